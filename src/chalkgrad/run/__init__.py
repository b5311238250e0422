"""Engines: what runs a graph. NumPy is the reference; XLA compiles it."""
