"""Data sets: where they come from, how they are degraded, what a network receives."""
