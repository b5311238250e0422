"""The same entries in another shape."""
