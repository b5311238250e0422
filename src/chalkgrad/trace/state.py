"""Arrays that a function reaches but was not given (`self.W`, a global, a closure's, a default), as held
arrays for one run.

Plain arrays take no traced values (`self.h[t] = np.tanh(z)`) and answer their own methods without asking
anybody (`self.W.dot(x)`). Where a function needs more than that, they are held while it runs, and back in
their places after.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import CellType, FunctionType, ModuleType
from typing import Any

import numpy as np

from chalkgrad.trace.box import Box, held
from chalkgrad.trace.namespaces import stand_in
from chalkgrad.trace.reach import Reach
from chalkgrad.trace.tape import Tape, bare


@contextmanager
def held_state(tape: Tape, found: Reach) -> Iterator[None]:
    """Hold every reachable array; afterwards the plain arrays are back, with what was written on them."""
    boxes: dict[int, tuple[Box, np.ndarray]] = {}
    swapped = [s for holder in _places(found) for s in _swap(holder, tape, boxes)]
    try:
        yield
    finally:
        for box, array in boxes.values():
            _write_back(box, array)
        for holder, key, original, replacement in swapped:
            if _get(holder, key) is replacement:
                _set(holder, key, original)


def _places(found: Reach) -> Iterator[tuple[Any, list[Any]]]:
    for holder in found.holders:
        if isinstance(holder, dict):
            yield holder, list(holder)
        elif isinstance(holder, list):
            yield holder, list(range(len(holder)))
        elif isinstance(holder, CellType):
            yield holder, [None]
    for f in found.defaulted:
        yield f, [None]
    for i, space in found.spaces.items():
        yield space, [n for n in found.names.get(i, ()) if isinstance(space.get(n), (np.ndarray, tuple))]


def _swap(place: tuple[Any, list[Any]], tape: Tape, boxes: dict) -> list[tuple[Any, Any, Any, Any]]:
    holder, keys = place
    swapped = []
    for key in keys:
        original = _get(holder, key)
        replacement = _held(original, tape, boxes)
        if replacement is not original:
            _set(holder, key, replacement)
            swapped.append((holder, key, original, replacement))
    return swapped


def _held(value: Any, tape: Tape, boxes: dict) -> Any:
    if type(value) is np.ndarray and value.dtype.kind in "fiub":
        if id(value) not in boxes:
            boxes[id(value)] = held(tape, value), value
        return boxes[id(value)][0]
    if type(value) is tuple and any(type(v) in (np.ndarray, tuple) for v in value):
        parts = tuple(_held(v, tape, boxes) for v in value)
        return parts if any(p is not v for p, v in zip(parts, value, strict=True)) else value
    if isinstance(value, _MEANT) or (callable(value) and hasattr(value, "__name__")):
        return stand_in(value, strong=True) or value  # `self.activation = math.tanh`, np in a closure
    return value


_MEANT = (ModuleType, np.vectorize)


def _write_back(box: Box, array: np.ndarray) -> None:
    """Plain writes went to the array itself; traced ones made a new version."""
    if box.store is not None and box.store.value is not array and array.flags.writeable:
        array[...] = bare(box.fresh().value)


def _get(holder: Any, key: Any) -> Any:
    if isinstance(holder, CellType):
        try:
            return holder.cell_contents
        except ValueError:
            return None
    if isinstance(holder, FunctionType):
        return holder.__defaults__
    if isinstance(holder, list):
        return holder[key] if key < len(holder) else None
    return holder.get(key)


def _set(holder: Any, key: Any, value: Any) -> None:
    if isinstance(holder, CellType):
        holder.cell_contents = value
    elif isinstance(holder, FunctionType):
        holder.__defaults__ = value
    else:
        holder[key] = value
