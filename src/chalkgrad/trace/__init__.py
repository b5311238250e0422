"""Tracing: NumPy functions run on Boxes, which write down what is done to them."""
