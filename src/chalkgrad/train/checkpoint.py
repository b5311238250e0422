"""Checkpoints: a training that goes on where it was, bit for bit, whatever ended it.

A checkpoint has all that the next step depends on (parameters, state, the optimizer's state, the place in the
epoch), what was measured so far, and what the training was: with anything else it is refused.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, DataError
from chalkgrad.train.callbacks import Callback
from chalkgrad.train.history import History
from chalkgrad.train.job import Carry
from chalkgrad.train.place import Made, Place
from chalkgrad.train.store import Arrays, beside, kind_of, pack, read, swap_in, unpack
from chalkgrad.tree import flatten, unflatten

SHARE = 20  # a checkpoint may take one part in so many of the time


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """What a checkpoint has."""

    place: Place
    history: History


class Keeper:
    """Writes and reads the checkpoints of one training.

    Args:
        path: of the file; the one before it stays beside it, as `….old`.
        every: seconds between two checkpoints within an epoch.
        resume: whether to go on from the file, if it is there.
        what: what the training is, as names and texts; a checkpoint of another is refused.
        callbacks: their state is kept too.
        start: the first parameters, for the structure.
        writes: whether this process writes; of several hosts one does.

    Raises:
        ArgumentError: there is a checkpoint, and it is not to be gone on from or of another training.
        DataError: the checkpoint is damaged.
    """

    def __init__(
        self,
        path: Path,
        every: float,
        resume: bool,
        what: dict[str, str],
        callbacks: Sequence[Callback],
        start: Carry,
        writes: bool = True,
    ):
        self.path, self.every, self.what, self.callbacks = path, every, what, callbacks
        self.structure, self.writes = flatten(start)[1], writes
        self.start = start
        _check_callbacks(callbacks)
        self.found = self._read(resume)
        self.last, self.cost = time.monotonic(), 0.0

    def is_due(self, epoch: bool) -> bool:
        """Whether to write one: after an epoch or a while, and never so often that it slows the work."""
        since = time.monotonic() - self.last
        return since >= SHARE * self.cost and (epoch or since >= self.every)

    def write(self, place: Place, history: History) -> None:
        """Write a checkpoint; the last one stays whole beside it."""
        if not self.writes:
            return
        started = time.monotonic()
        arrays: Arrays = {f"carry.{k:04}": np.asarray(a) for k, a in enumerate(flatten(place.carry)[0])}
        document = {
            "what": self.what,
            "structure": repr(self.structure),
            "place": {"epoch": place.epoch, "done": place.done, "seconds": place.seconds},
            "figures": _figures(place, arrays),
            "history": history.first(place.epoch).to_json(),
            "callbacks": [_state(c, k, arrays) for k, c in enumerate(self.callbacks)],
        }
        swap_in(self.path, pack("checkpoint", document, arrays), keep=True)
        self.last = time.monotonic()
        self.cost = self.last - started

    # ----- reading -----

    def check_epochs(self, epochs: int) -> None:
        """Refuse to end before the checkpoint does: what was learnt since could not be undone."""
        place = self.found.place if self.found is not None else None
        if place is not None and (place.epoch > epochs or (place.epoch == epochs and place.made)):
            raise ArgumentError(
                f"epochs={epochs}, and {self.path} has {place.epoch} already. Cure: epochs={place.epoch} or "
                "more, or another file"
            )

    def _read(self, resume: bool) -> Found | None:
        path, old = self.path, beside(self.path, "old")
        if not path.exists() and not old.exists():
            return None
        if path.exists():
            _check_kind(path)
        if not resume:
            raise ArgumentError(
                f"there is a checkpoint, {path}. Cure: resume=True to go on from it, or remove "
                f"{path.name} and {old.name} to begin anew"
            )
        if not path.exists():  # killed between the two renames of a swap
            path = old
        try:
            document, arrays = unpack(read(path), "checkpoint", path)
            self._check(path, document["what"])
            return self._restored(document, arrays)
        except DataError as error:
            raise DataError(f"{error}. Cure: {_fallback(path, old)}") from error
        except ArgumentError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"{path} is not a checkpoint that this chalkgrad wrote: {error!r}") from error

    def _check(self, path: Path, what: dict[str, str]) -> None:
        """Refuse what another training has left."""
        names = [n for n in {**what, **self.what} if what.get(n) != self.what.get(n)]
        if names:
            told = "; ".join(
                f"{n}: {_short(what.get(n))} there, {_short(self.what.get(n))} here" for n in names
            )
            raise ArgumentError(
                f"{path} is a checkpoint of another training ({told}). Cure: the same arguments as then, or "
                "another file"
            )

    def _restored(self, document: dict[str, Any], arrays: Arrays) -> Found:
        leaves = [arrays[k] for k in sorted(arrays) if k.startswith("carry.")]
        known = flatten(self.start)[0]
        now = [(np.shape(a), np.asarray(a).dtype) for a in known]
        if document["structure"] != repr(self.structure) or [(a.shape, a.dtype) for a in leaves] != now:
            raise DataError(f"{self.path} has parameters of other shapes than this network's")
        for k, (callback, state) in enumerate(zip(self.callbacks, document["callbacks"], strict=True)):
            if state is not None:
                callback.resume(_with_arrays(state, k, arrays))  # type: ignore[attr-defined]
        place = document["place"]
        made = _made(document["figures"], arrays)
        carry = unflatten(self.structure, leaves)
        return Found(
            Place(carry, place["epoch"], place["done"], made, place["seconds"]),
            History.from_json(document["history"]),
        )


def _check_kind(path: Path) -> None:
    """Refuse a model's file before advising anybody to remove it."""
    found = kind_of(read(path))
    if found not in ("checkpoint", ""):
        raise ArgumentError(
            f"{path} is a {found}, and no checkpoint. Cure: another file, checkpoint='run.ckpt'"
        )


def _fallback(path: Path, old: Path) -> str:
    try:
        unpack(read(old), "checkpoint", old)
    except DataError:
        return f"remove {path.name} and {old.name}, and begin anew"
    return f"the one before it is whole: rename {old.name} to {path.name} and resume from there"


def _short(text: str | None) -> str:
    if text is None:
        return "nothing"
    return text if len(text) <= 160 else f"{text[:150]}… ({len(text)} characters)"


# ----- the parts of a checkpoint -----


def _figures(place: Place, arrays: Arrays) -> list[str]:
    """What was measured in this epoch, as arrays; the metrics' names."""
    if not place.made:
        return []
    made = place.figures()
    arrays["epoch.losses"], arrays["epoch.sizes"] = made.losses, made.sizes
    arrays.update({f"epoch.metrics.{k}": np.asarray(v) for k, v in made.metrics.items()})
    return ["loss", *made.metrics]


def _made(names: list[str], arrays: Arrays) -> tuple[Made, ...]:
    if not names:
        return ()
    metrics = {k: arrays[f"epoch.metrics.{k}"] for k in names[1:]}
    return (Made(arrays["epoch.losses"], metrics, arrays["epoch.sizes"]),)


def _check_callbacks(callbacks: Sequence[Callback]) -> None:
    """What remembers something from epoch to epoch must be able to tell it."""
    for c in callbacks:
        keeps = bool(getattr(c, "__dict__", None)) and not hasattr(c, "__code__")
        if keeps and not (hasattr(c, "state") and hasattr(c, "resume")):
            name = type(c).__name__
            raise ArgumentError(
                f"the callback {name} keeps something from epoch to epoch, which a checkpoint must have. "
                f"Cure: {name}.state(), a dictionary of numbers and arrays, and {name}.resume(state)"
            )


def _state(callback: Any, k: int, arrays: Arrays) -> Any:
    from chalkgrad.train.saved import laid_out

    if not hasattr(callback, "state"):
        return None
    plain: dict[str, Any] = {}
    nested: dict[str, Any] = {}
    for name, value in callback.state().items():
        is_array = isinstance(value, dict | np.ndarray)
        (nested if is_array else plain)[name] = value
    return {"plain": plain, "arrays": laid_out(nested, arrays, f"callback.{k}")}


def _with_arrays(state: dict[str, Any], k: int, arrays: Arrays) -> dict[str, Any]:
    from chalkgrad.train.saved import put_back

    return state["plain"] | put_back(state["arrays"], arrays)
