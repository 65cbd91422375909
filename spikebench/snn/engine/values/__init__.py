"""Networks whose layers wait: one value and one count for each neuron in place of every step."""
