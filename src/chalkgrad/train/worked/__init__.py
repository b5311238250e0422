"""Worked models on real data, one command each: `python -m chalkgrad.train.worked mnist`."""
