"""What the pages rank together, and what is said of it."""
