"""Example arguments where a person gave none: a float vector for each argument that has no default."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.trace.run import check_callable, name_of, place_of

Made = TypeVar("Made")


def with_examples(view: str, make: Callable[..., Made], f: Callable, args: tuple[Any, ...]) -> Made:
    """`make(*args)`, or, where no arguments were given, with a float vector in the place of each.

    Raises:
        ArgumentError: the vector did not do; the message says what to pass.
    """
    check_callable(f)
    if args:
        return make(*args)
    count = required(f)
    if count == 0:
        return make()
    vectors = tuple(np.linspace(0.3, 1.7, 4) + 0.1 * k for k in range(count))
    try:
        return make(*vectors)
    except Exception as error:
        name = name_of(f)
        raise ArgumentError(
            f"{view}({name}){place_of(f)}: no example arguments were given, and float vectors did not do "
            f"({type(error).__name__}: {error}). Cure: {view}({name}, …) with arguments that {name} takes"
        ) from error


def required(f: Callable) -> int:
    """How many positional arguments a callable needs; one where that cannot be told."""
    f = getattr(f, "of", f)
    while hasattr(f, "of"):
        f = f.of
    if isinstance(f, np.ufunc):
        return f.nin
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return 1
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in kinds and p.default is inspect.Parameter.empty for p in parameters)
