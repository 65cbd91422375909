"""Training networks: backbones from nothing, and backbones for spikes."""
