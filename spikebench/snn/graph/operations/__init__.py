"""The table of operations that a network may use, each with its conversion rule and its counts."""
