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
    X, y = numbers_of(X, f"X{where}"), numbers_of(y, f"y{where}")
    if len(X) != len(y):
        raise ArgumentError(
            f"there are {len(X)} examples in X and {len(y)} in y{where}. Cure: an answer for each example"
        )
    return X, y


def numbers_of(given: Any, name: str) -> np.ndarray:
    """An array of finite numbers, with one row at least.

    Raises:
        ArgumentError: what is wrong with it, and the cure.
    """
    array = _array(given, name)
    if array.dtype.kind not in "fiub":
        cure = CURES.get(array.dtype.kind, f"{name}.astype(np.float32), if they are numbers")
        raise ArgumentError(f"{name} has dtype {array.dtype}; a network computes with numbers. Cure: {cure}")
    if array.dtype.itemsize > 8:
        raise ArgumentError(
            f"{name} has dtype {array.dtype}, which XLA has not. Cure: {name}.astype(np.float64)"
        )
    array = array.astype(array.dtype.newbyteorder("="), copy=False)  # files may have the bytes the other way
    if not array.ndim or not len(array):
        raise ArgumentError(
            f"{name} has shape {array.shape}: there are no examples along its first axis. "
            "Cure: one row an example"
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ArgumentError(f"{entry(name, at)} is {array[at]}. Cure: fill in or leave out what is missing")
    return array


def entry(name: str, at: tuple[int, ...] | str) -> str:
    """A part of an array, in words.

    >>> entry("y of batch 3", (0, 1)), entry("y", "[:, None]")
    ('y[0, 1] of batch 3', 'y[:, None]')
    """
    first, *more = name.split(" ", 1)
    return " ".join([f"{first}{at if isinstance(at, str) else list(at)}", *more])


CURES = {
    "U": "np.unique(y, return_inverse=True)[1] for names of classes, cg.data.characters for text",
    "c": "the real and the imaginary part as features of their own",
}


def _array(given: Any, name: str) -> np.ndarray:
    """An array of what was given, without what NumPy would do unasked."""
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        raise ArgumentError(
            f"{name} has masked entries, which have no value. Cure: {name}.filled(0), or leave them out"
        )
    try:
        return np.asarray(given)
    except ValueError as error:  # lists of different lengths
        raise ArgumentError(f"{name} is no array: {error}. Cure: rows of one length") from error


def batch_of(given: Any, name: str) -> tuple[np.ndarray, np.ndarray, Any]:
    """One batch: (x, y, weight or None).

    Raises:
        ArgumentError: it is no pair, or holds what a network cannot compute with.
    """
    if not isinstance(given, tuple | list) or len(given) not in (2, 3):
        told = type(given).__name__ + (f" of {len(given)}" if hasattr(given, "__len__") else "")
        raise ArgumentError(f"{name} is a {told}. Cure: (x, y) or (x, y, weight)")
    X, y = examples(given[0], given[1], f" of {name}")
    return X, y, given[2] if len(given) == 3 else None


def weights_of(
    y: np.ndarray, sample: Any, by_class: Mapping[int, float] | str | None, name: str = "sample_weight"
) -> np.ndarray | None:
    """One number an example, or nothing.

    Raises:
        ArgumentError: too many or few, negative, all 0, or a class without one.
    """
    if sample is None and by_class is None:
        return None
    weight = np.ones(len(y)) if sample is None else _numbers(sample, name)
    if weight.shape != (len(y),):
        raise ArgumentError(
            f"{name} has shape {weight.shape}. Cure: shape ({len(y)},), one number for each example"
        )
    if by_class is not None:
        weight = weight * _by_class(y, by_class)
    fine = np.isfinite(weight) & (weight >= 0)
    if not fine.all():
        at = int(np.argmin(fine))
        raise ArgumentError(f"{name} of example {at} is {weight[at]}. Cure: numbers, 0 or more")
    if not weight.any() and name == "sample_weight":
        raise ArgumentError("all weights are 0: there is nothing to learn from. Cure: weights above 0")
    return weight.astype(np.float32)


def _numbers(sample: Any, name: str) -> np.ndarray:
    try:
        return np.asarray(sample, float)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name} holds no numbers: {error}. Cure: one number for each example") from error


def _by_class(y: np.ndarray, by_class: Mapping[int, float] | str) -> np.ndarray:
    """The weight of each example's class."""
    shares = y.ndim > 1 and y.shape[-1] > 1
    whole = shares or (y.size == len(y) and (y.dtype.kind in "iub" or bool((y == np.floor(y)).all())))
    if not whole:
        raise ArgumentError("class_weight is for classes, and y holds quantities. Cure: sample_weight=…")
    classes = np.argmax(y, axis=-1) if shares else y.reshape(len(y)).astype(int)
    if classes.ndim > 1:
        raise ArgumentError("class_weight is for one class an example. Cure: sample_weight=…")
    if not isinstance(by_class, Mapping):
        raise ArgumentError(f"class_weight={by_class!r}. Cure: a dictionary, such as {{0: 1.0, 1: 5.0}}")
    unknown = sorted(set(classes.tolist()) - set(by_class))
    if unknown:
        raise ArgumentError(f"class_weight says nothing of class {unknown[0]}. Cure: a weight for it too")
    return np.array([by_class[int(c)] for c in classes], float)
