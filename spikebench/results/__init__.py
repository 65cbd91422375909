"""The tables of a run: their columns, how they are written, which numbers cannot be."""
