"""Simulation: a converted network through time, and exact counts of what it does."""
