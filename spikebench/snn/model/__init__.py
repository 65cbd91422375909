"""A converted network: neurons, protocols, readouts on a compiled graph, and its file."""
