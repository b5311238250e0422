"""Rows for SciPy. Importing this imports SciPy, so `chalkgrad.ops.load_special` does it when needed."""

from __future__ import annotations

from chalkgrad.ops.scipys import bessel, entropy, errors, gamma, linear, logistic, softmax

__all__ = ["bessel", "entropy", "errors", "gamma", "linear", "logistic", "softmax"]
