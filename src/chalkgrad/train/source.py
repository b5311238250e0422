"""Where batches come from: arrays, or an iterable of batches that need not fit into memory.

Either gives an epoch in pieces: some steps, with batches of one shape, that an engine runs at once.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.train.batches import order_of
from chalkgrad.train.examples import batch_of, weights_of

AT_ONCE = 1024  # examples that are judged together
BUFFER = 1 << 25  # bytes of batches that are read ahead, and given to the engine together
MOST = 64  # batches likewise
HELD = 0x4E1D  # what is put aside is drawn apart from the order of epochs

Batch = tuple[Any, Any, Any]  # X, y, and weights or None
Check = Callable[[Any, Any, str], None]  # of X, y and what they are called; raises what is wrong with them


class Piece(NamedTuple):
    """Some steps with batches of one shape."""

    data: Batch  # arrays whose rows are numbered
    order: np.ndarray  # (rows,), in which they are taken
    size: int  # rows of one batch
    stride: int  # from one batch to the next
    first: int  # number of the first batch in the order
    steps: int

    def batch(self, k: int) -> Batch:
        """The k-th batch."""
        at = (self.first + k) * self.stride
        rows = self.order[at : at + self.size]
        X, y, weight = self.data
        return X[rows], y[rows], None if weight is None else weight[rows]

    def part(self, first: int, steps: int) -> Piece:
        """Some of these steps."""
        return self._replace(first=self.first + first, steps=steps)

    @property
    def shape(self) -> tuple:
        """What programs for these batches have in common."""
        shapes = tuple((a.shape[1:], str(a.dtype)) for a in self.data if a is not None)
        return self.size, self.stride, len(self.order), shapes


class Arrays:
    """Examples in memory, in another order each epoch."""

    def __init__(self, data: Batch, batch_size: int, seed: int, shuffle: bool):
        self.data, self.seed, self.shuffle = data, seed, shuffle
        self.count = len(data[0])
        self.batch_size = min(batch_size, self.count)
        X, y, weight = data
        rows = slice(self.batch_size)
        self.example = X[rows], y[rows], None if weight is None else weight[rows]

    def expect(self, check: Check) -> None:
        """Have the examples looked at."""
        check(self.data[0], self.data[1], "")

    @property
    def steps(self) -> int:
        """Of an epoch."""
        return -(-self.count // self.batch_size)

    def pieces(self, epoch: int, first: int, at_once: Callable[[], int]) -> Iterator[Piece]:
        """What is left of an epoch from a step on; the last batch, if it is smaller, by itself."""
        order = order_of(self.count, self.seed, epoch, self.shuffle)
        full, size = self.count // self.batch_size, self.batch_size
        while first < full:
            steps = min(at_once(), full - first)
            yield Piece(self.data, order, size, size, first, steps)
            first += steps
        if first < self.steps:
            yield Piece(self.data, order, self.count - full * size, size, full, 1)

    def told(self) -> dict[str, str]:
        """What tells other data from these."""
        names = ("X", "y", "the weights")
        found = {n: digest(a) for n, a in zip(names, self.data, strict=True) if a is not None}
        return found | {"batch_size": str(self.batch_size), "shuffle": str(self.shuffle)}


class Stream:
    """Batches as they come: from something that can be gone through once an epoch.

    Args:
        batches: an iterable of (x, y) or (x, y, weight), or a function that returns one; a function that
            takes an argument is given the number of the epoch, from 0.
        epochs: how many times it is to be gone through.
        by_class: how much the examples of each class count, or None.

    Raises:
        ArgumentError: it can be gone through once only, or has no batches.
    """

    steps: int | None = None  # of an epoch: nobody knows

    def __init__(self, batches: Any, epochs: int, by_class: Any = None, title: str = "batch"):
        self.batches, self.by_class, self.title = batches, by_class, title
        self.check: Check | None = None
        once = not callable(batches) and iter(batches) is batches
        if once and epochs > 1:
            raise ArgumentError(
                f"batches is a {type(batches).__name__}: it can be gone through once, and there are {epochs} "
                "epochs. Cure: a list, an object with __iter__, or the generator function itself: "
                "cg.fit(net, read_batches, …) without the brackets of a call"
            )
        opened = self._open(0)
        first = next(opened, None)
        if first is None:
            raise ArgumentError("there are no batches: the iterable is empty")
        self.example, self.weighted = first, first[2] is not None
        self.peeked: Iterator[Batch] | None = chain([first], opened)

    def expect(self, check: Check) -> None:
        """Have each batch looked at, the first one now."""
        check(self.example[0], self.example[1], f" of {self.title} 0")
        self.check = check

    def opened(self, epoch: int) -> Iterator[Batch]:
        """An epoch's batches; the first epoch goes on where it was looked into."""
        peeked, self.peeked = self.peeked, None
        return peeked if peeked is not None and epoch == 0 else self._open(epoch)

    def _open(self, epoch: int) -> Iterator[Batch]:
        found = self.batches
        if callable(found):
            found = found(epoch) if _takes_epoch(found) else found()
        return (self._checked(b, k) for k, b in enumerate(found))

    def _checked(self, batch: Any, k: int) -> Batch:
        name = f"{self.title} {k}"
        X, y, weight = batch_of(batch, name)
        weight = weights_of(y, weight, self.by_class, f"the weight of {name}")
        if hasattr(self, "weighted") and self.weighted is not (weight is not None):
            raise ArgumentError(f"{name} has {'no ' * self.weighted}weights, unlike the first one")
        if self.check is not None:
            self.check(X, y, f" of {name}")
        return X, y, weight

    def pieces(self, epoch: int, first: int, at_once: Callable[[], int]) -> Iterator[Piece]:
        """What is left of an epoch from a step on."""
        opened = islice(self.opened(epoch), first, None)
        kept = next(opened, None)
        if kept is None and not first:
            raise ArgumentError(f"epoch {epoch + 1} has no batches. Cure: batches that begin anew each time")
        while kept is not None:
            piece, kept = self._gather(kept, opened, at_once())
            yield piece

    def _gather(self, first: Batch, rest: Iterator[Batch], at_once: int) -> tuple[Piece, Batch | None]:
        """Batches of one shape together, in memory of a size that does not depend on how many they are."""
        size = sum(a.nbytes for a in first if a is not None)
        room = max(1, min(MOST, BUFFER // max(size, 1)))
        data = [None if a is None else np.zeros((room * len(a), *a.shape[1:]), a.dtype) for a in first]
        kept: Batch | None = first
        taken, rows = 0, len(first[0])
        while kept is not None and taken < min(room, at_once) and _alike(kept, first):
            for into, a in zip(data, kept, strict=True):
                if into is not None:
                    into[taken * rows : (taken + 1) * rows] = a
            taken += 1
            kept = next(rest, None)
        order = np.arange(room * rows, dtype=np.int32)
        X, y, weight = data
        return Piece((X, y, weight), order, rows, rows, 0, taken), kept

    def told(self) -> dict[str, str]:
        """What tells other data from these: their first batch."""
        return {"the first batch": ", ".join(digest(a) for a in self.example if a is not None)}


def _alike(one: Batch, other: Batch) -> bool:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None]
    return all(a.shape == b.shape and a.dtype == b.dtype for a, b in pairs)


def _takes_epoch(function: Callable) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # C functions need not have one
        return False
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return any(p.default is p.empty and p.kind in by_place for p in parameters)


def digest(array: Any) -> str:
    """An array in words that another array does not share."""
    text = hashlib.blake2b(np.ascontiguousarray(array).data if array.size else b"", digest_size=8).hexdigest()
    return f"{array.shape} of {array.dtype}, {text}"


# ----- what is judged and not learnt from -----


class Held:
    """Examples for validation, as arrays or as batches.

    Args:
        given: `(X, y)` or `(X, y, weight)`, or an iterable of batches or a function that returns one.
        epochs: how many times it is to be gone through.
    """

    def __init__(self, given: Any, epochs: int):
        if isinstance(given, tuple) and len(given) == 2 and given[1] is None:
            given = given[0]
        self.arrays: Batch | None = None
        self.stream: Any = None
        if _are_arrays(given):
            X, y, weight = batch_of(tuple(given), "validation")
            self.arrays = X, y, weights_of(y, weight, None, "the weight of validation")
        elif isinstance(given, str) or not (callable(given) or hasattr(given, "__iter__")):
            raise ArgumentError(
                f"validation={given!r}. Cure: validation=(X, y), batches, or a share such as 0.2"
            )
        else:
            self.stream = Stream(given, epochs, title="validation's batch")

    def expect(self, check: Check) -> None:
        """Have the examples looked at."""
        if self.arrays is None:
            self.stream.expect(check)
        else:
            check(self.arrays[0], self.arrays[1], " of validation")

    @property
    def weighted(self) -> bool:
        """Whether some examples count more than others."""
        return (self.stream.weighted if self.arrays is None else self.arrays[2] is not None) is True

    def batches(self, epoch: int) -> Iterator[Batch]:
        """(x, y, weight or None), some at a time."""
        if self.arrays is None:
            yield from self.stream.opened(epoch)
            return
        X, y, weight = self.arrays
        for k in range(0, len(X), AT_ONCE):
            rows = slice(k, k + AT_ONCE)
            yield X[rows], y[rows], None if weight is None else weight[rows]

    def told(self) -> str:
        """What tells other examples from these."""
        if self.arrays is None:
            return self.stream.told()["the first batch"]
        return "; ".join(digest(a) for a in self.arrays if a is not None)


def _are_arrays(given: Any) -> bool:
    """Whether these are examples and answers, and not some batches of them."""
    if isinstance(given, list):
        return len(given) in (2, 3) and all(hasattr(a, "shape") for a in given)
    return isinstance(given, tuple) and len(given) in (2, 3) and not isinstance(given[0], tuple)


def put_aside(data: Batch, share: float, seed: int) -> tuple[Batch, Batch]:
    """Examples to learn from and examples for validation, drawn by seed.

    Raises:
        ArgumentError: one part would be empty.
    """
    count = len(data[0])
    held = round(count * share) if 0 < share < 1 else 0
    if not 0 < held < count:
        raise ArgumentError(
            f"validation={share} of {count} examples leaves one part empty. Cure: a share between 0 and 1, "
            "such as 0.2"
        )
    order = np.random.default_rng([seed, HELD]).permutation(count)
    parts = [[None if a is None else a[rows] for a in data] for rows in (order[:-held], order[-held:])]
    return tuple(parts[0]), tuple(parts[1])  # type: ignore[return-value]
