"""Arrays that can be written on: a storage is the array, a view is the way from it to what a name looks at.

    row = X[0]; row += 1      # the Box of `row` is (storage of X, path [getitem 0])

A write makes a new version of the storage by a functional update, carried back along the path; whoever looks
at the storage afterwards reads anew. While nobody else holds the current version, the buffer itself is
written in place, so that filling n entries costs n steps and not n².
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import NAMED, Op
from chalkgrad.ops.index import Hole, is_basic, join_index
from chalkgrad.trace.sites import here
from chalkgrad.trace.tape import HELD, Overwritten, Tape, bare


@dataclass(frozen=True, slots=True)
class View:
    """One step from an array to a part of it or another look at it; `arrays` are the traced numbers in an
    index.
    """

    op: Op
    params: dict[str, Any]
    arrays: tuple[Any, ...] = ()


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
        if not box.path:
            box.at, box.value = self.at, self.value
            return
        seen = self._stations(box, box.path)[-1]
        if type(seen) is type(box) and seen.tape is self.tape:
            box.at, box.value = seen.at, seen.value
        else:
            box.value = seen  # the trace has ended: only values are left

    def _stations(self, box: Any, path: tuple[View, ...]) -> list[Any]:
        """What is seen from the array itself and after each step of a path."""
        seen = [type(box)(self.tape, self.at, self.value, self)]
        for step in path:
            seen.append(step.op(seen[-1], *step.arrays, **step.params))
        return seen

    # ----- writing -----

    def write(self, box: Any, parts: tuple, arrays: tuple, v: Any) -> None:
        """`box[index] = v`, for everyone who looks at this storage."""
        if self.version != box.version:
            self.refresh(box)
        if self._only_plain(v, *arrays):
            box.value[join_index(parts, arrays)] = bare(v)
            self.version += not self.tape.live
            return
        if self._is_seen_there(box, parts, v):
            return  # x[i] += v has already written on x when Python assigns the result
        if not box.path and self._fills(parts, v):
            self._fill(parts, v)
        else:
            whole = type(box)(self.tape, box.at, box.value)
            new = NAMED["setitem"](whole, _cast(v, bare(box.value).dtype), *arrays, index=parts)
            self._put_back(box, new, ours=True)
        self.refresh(box)

    def augment(self, box: Any, op: Op, other: Any) -> Any:
        """`box op= other`: the array keeps its dtype, and everyone who looks at it sees the change."""
        if self._only_plain(other):
            op.key(box.value, bare(other), out=box.value)
            return box
        new = type(box).record_op(op, (box, other), {})
        old, made = bare(box.value), bare(new)
        if made.shape != old.shape:
            raise ValueError(
                f"{here()}: an array of shape {old.shape} can't take the shape {made.shape} in place"
            )
        if not np.can_cast(made.dtype, old.dtype, "same_kind"):
            raise TypeError(
                f"{here()}: {op.name} makes {made.dtype}, which an array of {old.dtype} can't hold. "
                "Cure: x = x + …"
            )
        self._put_back(box, _cast(new, old.dtype))
        self.refresh(box)
        return box

    def overwrite(self, box: Any, new: Any) -> None:
        """Everything that `box` looks at becomes `new` (`out=`, `fill`, `sort`)."""
        if self.version != box.version:
            self.refresh(box)
        if self._only_plain(new):
            box.value[...] = bare(new)
            return
        old = bare(box.value)
        if np.shape(new) != old.shape or type(new) is not type(box) or new.at == HELD:
            new = NAMED["setitem"](
                type(box)(self.tape, box.at, box.value), _cast(new, old.dtype), index=(Ellipsis,)
            )
        self._put_back(box, _cast(new, old.dtype))
        self.refresh(box)

    def _only_plain(self, *values: Any) -> bool:
        """Whether the array is plain and so is all that is written on it: NumPy writes."""
        if (self.at != HELD and self.tape.live) or hasattr(type(self.value), "record_op"):
            return False
        return not any(_holds_traced(v) for v in values)

    def _is_seen_there(self, box: Any, parts: tuple, v: Any) -> bool:
        if type(v) is not type(box) or v.store is not self or len(v.path) != len(box.path) + 1:
            return False
        step = v.path[-1]
        return step.params.get("index") == parts and not step.arrays and v.path[:-1] == box.path

    def _fills(self, parts: tuple, v: Any) -> bool:
        """Whether v can go into the buffer itself: no one else looks at it, and v belongs to the same
        trace.
        """
        if (
            self.shared
            or not is_basic(parts)
            or type(v) in (list, tuple)
            or type(self.value) is not np.ndarray
        ):
            return False
        if not hasattr(type(v), "record_op"):
            return True
        v.fresh()
        if v.tape is not self.tape or v.at == HELD or hasattr(type(v.value), "record_op"):
            return False
        return not isinstance(v.value, np.ndarray) or not np.may_share_memory(v.value, self.value)

    def _fill(self, parts: tuple, v: Any) -> None:
        tape, value = self.tape, self.value
        v = _cast(v, value.dtype)
        inner, at = (v.value, v.at) if hasattr(type(v), "record_op") else (v, tape.constant(v))
        value[join_index(parts, ())] = inner
        tape.values[self.at] = Overwritten(value)
        self.at = tape.append(NAMED["setitem"], (self.at, at), {"index": parts}, value)
        self.version += 1

    def _as_before(self, new: Any) -> Any:
        """The same value in the memory layout of the array: whether reshape makes a view depends on it."""
        value = np.empty_like(self.value, dtype=new.value.dtype)
        value[...] = new.value
        new.tape.values[new.at] = value
        return type(new)(new.tape, new.at, value)

    def _put_back(self, box: Any, new: Any, ours: bool = False) -> None:
        """Make `new` what `box` looks at, by carrying it back along the path."""
        stations = self._stations(box, box.path[:-1]) if box.path else []
        for station, step in zip(reversed(stations), reversed(box.path), strict=True):
            parts = step.params.get("index")
            if station is stations[0] and parts is not None and not step.arrays and self._fills(parts, new):
                self._fill(parts, new)
                return
            whole = type(box)(station.tape, station.at, station.value)
            new, ours = _inverse(step, whole, new), step.op is NAMED["getitem"]
        new.fresh()
        if _laid_out_anew(self.value, new.value):
            new, ours = self._as_before(new), True
        self.tape, self.at, self.value = new.tape, new.at, new.value
        self.shared = not ours  # a functional update has just made a copy that nobody else holds
        self.version += 1


def _laid_out_anew(old: Any, new: Any) -> bool:
    return type(old) is np.ndarray and type(new) is np.ndarray and old.strides != new.strides


def _holds_traced(v: Any) -> bool:
    if type(v) in (list, tuple):
        return any(_holds_traced(p) for p in v)
    return hasattr(type(v), "record_op") and not v.untraced


def _cast(v: Any, dtype: np.dtype) -> Any:
    """A traced value in the dtype of the array that it is written into, as NumPy casts it."""
    if not hasattr(type(v), "record_op") or v.untraced:
        return v
    plain = v.plain
    if isinstance(plain, (np.ndarray, np.generic)):
        return v if plain.dtype == dtype else v.astype(dtype)
    return v.astype(dtype) if dtype.kind in "iub" and type(plain) is float else v


def _inverse(step: View, whole: Any, part: Any) -> Any:
    """`whole` with `part` in the place that `step` looks at."""
    if step.op is NAMED["getitem"]:
        return NAMED["setitem"](whole, part, *step.arrays, **step.params)
    shape, size = whole.plain.shape, whole.plain.size
    seen = step.op.fun(np.arange(size).reshape(shape), **step.params)
    if len(np.unique(seen)) != seen.size:
        raise NotYetError(
            f"{here()}: writing through a view made by {step.op.name}. Cure: write on the array itself"
        )
    if seen.size != size:
        at = seen.reshape(-1)
        return NAMED["setitem"](whole.reshape(-1), part.reshape(-1), at, index=(Hole(0),)).reshape(shape)
    if step.op.name == "transpose":
        axes = step.params.get("axes")
        return np.transpose(part, None if axes is None else tuple(int(a) for a in np.argsort(axes)))
    if np.array_equal(seen.reshape(-1), np.arange(size)):
        return np.reshape(part, shape)
    return np.reshape(part, -1)[np.argsort(seen.reshape(-1))].reshape(shape)
