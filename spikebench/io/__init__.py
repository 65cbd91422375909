"""Files: written whole or not at all, checked; what people write, YAML and BibTeX; journals."""
