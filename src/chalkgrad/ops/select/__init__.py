"""Some of the entries, or the entries in another order."""
