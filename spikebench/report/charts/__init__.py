"""Charts as deterministic SVG and PDF."""
