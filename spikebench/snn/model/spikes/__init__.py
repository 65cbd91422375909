"""Spikes as tensors: what kind they are, which values graded ones have, how a map holds them."""
