"""The compiled network: traced, every operation of a known kind, what its spikes reach."""
