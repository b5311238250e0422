"""Arrays that can be written on: a storage is the array, a view is the way from it to what a name looks at.

    row = X[0]; row += 1      # the Box of `row` is (storage of X, path [getitem 0])

A write makes a new version of the storage by a functional update, carried back along the path; whoever looks at
the storage afterwards reads anew. While nobody else holds the current version, the buffer itself is written in
place, so that filling n entries costs n steps and not n².
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import NAMED, Op
from chalkgrad.ops.index import Hole, join_index
from chalkgrad.trace.sites import here
from chalkgrad.trace.tape import Overwritten, Tape, bare


@dataclass(frozen=True, slots=True)
class View:
    """One step from an array to a part of it or another look at it."""

    op: Op
    params: dict[str, Any]


class Storage:
    """One array under trace, in its newest version."""

    __slots__ = ("at", "shared", "tape", "value", "version")

    def __init__(self, tape: Tape, at: int, value: Any):
        self.tape = tape
        self.at = at
        self.value = value
        self.version = 0
        self.shared = True  # whether a recorded value may alias the buffer, so that a write must copy

    # ----- reading -----

    def refresh(self, box: Any) -> None:
        """Bring a Box up to date: walk its path from the newest version."""
        box.tape, box.version = self.tape, self.version
        box.at, box.value = self._walk(box.path)[-1]

    def _walk(self, path: tuple[View, ...]) -> list[tuple[int, Any]]:
        stations = [(self.at, self.value)]
        for step in path:
            at, value = stations[-1]
            seen = step.op(value, **step.params)
            if self.filling and isinstance(seen, np.ndarray):
                seen = seen.copy()
            at = self.tape.append(step.op, (at,), step.params, seen) if self.tape.live else at
            stations.append((at, seen))
        return stations

    @property
    def filling(self) -> bool:
        """Whether the buffer is ours alone, so that what is read from it must be copied to stay as it is."""
        return not self.shared

    # ----- writing -----

    def write(self, box: Any, parts: tuple, arrays: tuple, v: Any) -> None:
        """`box[index] = v`, for everyone who looks at this storage."""
        if self.version != box.version:
            self.refresh(box)
        if self.filling and not box.path and not arrays and self._takes(v):
            self._write_in_place(box, parts, v)
            return
        whole = self._copy_of(box)
        self._put_back(box, NAMED["setitem"](whole, _cast(v, whole.plain.dtype), *arrays, index=parts))

    def _takes(self, v: Any) -> bool:
        """Whether v can go into the plain buffer: no list, and nothing of another trace."""
        if type(v) in (list, tuple) or not isinstance(self.value, np.ndarray):
            return False
        if not hasattr(type(v), "record_op"):
            return id(v) not in self.tape.adopted
        v.fresh()
        return v.tape is self.tape and not hasattr(type(v.value), "record_op")

    def _write_in_place(self, box: Any, parts: tuple, v: Any) -> None:
        tape, value = self.tape, self.value
        inner, at = (v.value, v.at) if type(v) is type(box) else (v, tape.constant(v))
        value[join_index(parts, ())] = inner
        tape.values[self.at] = Overwritten(value)
        self.at = tape.append(NAMED["setitem"], (self.at, at), {"index": parts}, value)
        self._renew(box)

    def augment(self, box: Any, op: Op, other: Any, python: Callable) -> Any:
        """`box op= other`: the array keeps its dtype, and everyone who looks at it sees the change."""
        new = type(box).record_op(op, (box, other), {})
        old, made = box.plain, new.plain
        if made.shape != old.shape:
            raise ValueError(f"{here()}: an array of shape {old.shape} can't take in place the shape {made.shape}")
        if not np.can_cast(made.dtype, old.dtype, "same_kind"):
            raise TypeError(f"{here()}: {op.name} makes {made.dtype}, which {old.dtype} can't hold. Write x = x + … instead")
        self._put_back(box, _cast(new, old.dtype))
        return box

    def overwrite(self, box: Any, new: Any) -> None:
        """Everything that `box` looks at becomes `new` (`out=`, `fill`, `sort`)."""
        shape, dtype = box.plain.shape, box.plain.dtype
        if np.shape(new) != shape:
            new = np.broadcast_to(new, shape)
        if not hasattr(type(new), "record_op"):
            new = NAMED["setitem"](self._copy_of(box), new, index=(Ellipsis,))
        self._put_back(box, _cast(new, dtype))

    def _copy_of(self, box: Any) -> Any:
        """A Box of the same node that looks at a storage of its own."""
        return type(box)(self.tape, box.at, box.value, Storage(self.tape, box.at, box.value))

    def _put_back(self, box: Any, new: Any) -> None:
        stations = self._walk(box.path[:-1]) if box.path else []
        for (at, value), step in zip(reversed(stations), reversed(box.path), strict=True):
            new = _inverse(step, type(box)(self.tape, at, value, Storage(self.tape, at, value)), new)
        new.fresh()
        self.tape, self.at, self.value = new.tape, new.at, new.value
        self.shared = self.tape.ops[self.at] is not NAMED["setitem"]  # only a functional update made a copy of its own
        self._renew(box)

    def _renew(self, box: Any) -> None:
        self.version += 1
        if box.path:
            self.refresh(box)
        else:
            box.tape, box.at, box.value, box.version = self.tape, self.at, self.value, self.version


def _cast(v: Any, dtype: np.dtype) -> Any:
    """A traced value in the dtype of the array that it is written into, as NumPy casts it."""
    if hasattr(type(v), "record_op") and not isinstance(v, (float, int)) and bare(v).dtype != dtype:
        return v.astype(dtype)
    return v


def _inverse(step: View, whole: Any, part: Any) -> Any:
    """`whole` with `part` in the place that `step` looks at."""
    if step.op.name == "getitem":
        return NAMED["setitem"](whole, part, **step.params)
    shape, size = whole.plain.shape, whole.plain.size
    seen = step.op.fun(np.arange(size).reshape(shape), **step.params)
    if len(np.unique(seen)) != seen.size:
        raise NotYetError(f"{here()}: writing through a view made by {step.op.name}. Cure: write on the array itself")
    if seen.size != size:
        at = seen.reshape(-1)
        return NAMED["setitem"](whole.reshape(-1), part.reshape(-1), at, index=(Hole(0),)).reshape(shape)
    if step.op.name == "transpose":
        axes = step.params.get("axes")
        return np.transpose(part, None if axes is None else tuple(int(a) for a in np.argsort(axes)))
    if np.array_equal(seen.reshape(-1), np.arange(size)):
        return np.reshape(part, shape)
    return np.reshape(part, -1)[np.argsort(seen.reshape(-1))].reshape(shape)
