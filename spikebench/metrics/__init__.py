"""How a restored image is compared with its target, under named protocols."""
