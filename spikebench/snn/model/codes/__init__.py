"""Codes of layers that wait: a value is sent as one-bit events in a window of steps of its own."""
