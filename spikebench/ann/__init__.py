"""The networks to convert: what they are, their weights, their training, their cost."""
