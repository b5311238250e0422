"""Examples as arrays that a network can compute with; what is wrong with them is said here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError


def examples(X: Any, y: Any, where: str = "") -> tuple[np.ndarray, np.ndarray]:
    """Two arrays with as many rows.

    Raises:
        ArgumentError: they hold no numbers, none at all, some that are not finite, or differ in length.
    """
    X, y = np.asarray(X), np.asarray(y)
    for name, array in ((f"X{where}", X), (f"y{where}", y)):
        if array.dtype.kind not in "fiub":
            raise ArgumentError(f"{name} has dtype {array.dtype}; a network computes with numbers")
        if not array.ndim or not len(array):
            raise ArgumentError(f"{name} has shape {array.shape}: there are no examples along its first axis")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise ArgumentError(f"{name}{list(at)} is {array[at]}; fill in or leave out what is missing")
    if len(X) != len(y):
        raise ArgumentError(f"there are {len(X)} examples in X and {len(y)} in y{where}")
    return X, y


def batch_of(given: Any, name: str) -> tuple[np.ndarray, np.ndarray, Any]:
    """One batch: (x, y, weight or None).

    Raises:
        ArgumentError: it is no pair, or holds what a network cannot compute with.
    """
    if not isinstance(given, tuple | list) or len(given) not in (2, 3):
        told = type(given).__name__ + (f" of {len(given)}" if hasattr(given, "__len__") else "")
        raise ArgumentError(f"{name} is a {told}; it needs to be (x, y) or (x, y, weight)")
    X, y = examples(given[0], given[1], f" of {name}")
    return X, y, given[2] if len(given) == 3 else None


def weights_of(y: np.ndarray, sample: Any, by_class: Mapping[int, float] | None) -> np.ndarray | None:
    """One number an example, or nothing.

    Raises:
        ArgumentError: too many or few, negative, all 0, or a class without one.
    """
    if sample is None and by_class is None:
        return None
    weight = np.ones(len(y)) if sample is None else np.asarray(sample, float)
    if weight.shape != (len(y),):
        raise ArgumentError(
            f"sample_weight has shape {weight.shape}; it needs one number for each of {len(y)}"
        )
    if by_class is not None:
        classes = np.argmax(y, axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y)).astype(int)
        unknown = sorted(set(classes.tolist()) - set(by_class))
        if unknown:
            raise ArgumentError(f"class_weight says nothing of class {unknown[0]}")
        weight = weight * np.array([by_class[int(c)] for c in classes])
    if (weight < 0).any() or not weight.sum() > 0:
        raise ArgumentError("weights are 0 or more, and not all 0")
    return weight.astype(np.float32)
