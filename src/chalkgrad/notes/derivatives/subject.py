"""Runs a function, or a method of an object, and its derivative, without leaving traces."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from chalkgrad.notes.derivatives.pairs import Pair, parameters_of
from chalkgrad.notes.derivatives.source import returned

Path = tuple[Any, ...]  # where in arguments or in an object: ("x",), ("params", "W1"), ("self", "weights")
DEEP = 4
OUT_NAMES = (
    "output",
    "out",
    "outputs",
    "A",
    "a",
    "y",
    "activation",
    "activations",
    "Z",
    "z",
    "loss",
    "result",
    "value",
    "output_",
)


class Unusable(Exception):
    """Why something cannot be compared, in words."""


@dataclass(eq=False)
class Ran:
    """What one run of the function gave."""

    out: np.ndarray
    cache: Any
    result: Any
    owner: Any  # the object as the run left it


@dataclass(eq=False)
class Subject:
    """A pair and, for methods, the object."""

    pair: Pair
    owner: Any = None
    one_by_one: bool = False
    home: str = ""  # the module of the notes
    square: Any = None  # another object of the class whose sizes are all equal
    option: int = 0  # which of the strings that it tells apart
    variant: str = ""  # objects of one variant stand for each other
    products: bool = True  # matrix products occur in it
    narrows: bool = False  # it takes logarithms of probabilities: those are points enough

    # ----- the two sides -----

    def side(self, which: Any, owner: Any) -> tuple[Callable, dict[str, Any]]:
        if self.pair.owner is None:
            return which, {}
        name, keywords = which if isinstance(which, tuple) else (which, {})
        return getattr(owner, name), keywords

    def parameters(self, which: Any) -> list[Any]:
        f, keywords = self.side(which, self.owner)
        return [p for p in parameters_of(f) if p.name not in keywords and not _is_bound(f, p.name)]

    def forward(self, arguments: dict[str, Any], state: dict[Path, Any] | None = None) -> Ran:
        owner = self.fresh(state)
        f, keywords = self.side(self.pair.forward, owner)
        if self.one_by_one:
            return self._numbers(f, keywords, arguments, owner)
        seed()
        result = f(**copied(arguments), **keywords)
        out, cache = self._parted(result, owner)
        return Ran(as_array(out), cache, result, owner)

    def _numbers(self, f: Callable, keywords: dict[str, Any], arguments: dict[str, Any], owner: Any) -> Ran:
        values = entrywise(lambda **one: self._parted(f(**one, **keywords), owner)[0], arguments)
        return Ran(values, None, values, owner)

    def fresh(self, state: dict[Path, Any] | None) -> Any:
        if self.pair.owner is None or isinstance(self.owner, type):
            return self.owner
        owner = copy.deepcopy(self.owner)
        for path, value in (state or {}).items():
            put(owner, path[1:], value.copy() if isinstance(value, np.ndarray) else value)
        return owner

    def backward(self, ran: Ran, arguments: dict[str, Any]) -> tuple[Any, Any]:
        """What the derivative returns, and the object after it."""
        owner = ran.owner if ran.owner is None or isinstance(ran.owner, type) else copy.deepcopy(ran.owner)
        f, keywords = self.side(self.pair.backward, owner)
        seed()
        if self.one_by_one:
            return entrywise(lambda **one: f(**one, **keywords), arguments), owner
        return f(**copied(arguments), **keywords), owner

    # ----- what a run gave -----

    def _parted(self, result: Any, owner: Any) -> tuple[Any, Any]:
        """The value proper, and what is kept for the way back."""
        if result is None and owner is not None:
            name = next((n for n in OUT_NAMES if is_number(getattr(owner, n, None))), None)
            if name is None:
                raise Unusable(f"{self.pair.of} returns nothing")
            return getattr(owner, name), None
        if (
            isinstance(result, tuple | list)
            and result
            and not all(isinstance(v, float | int) for v in result)
        ):
            return self._of_several(result)
        if isinstance(result, dict):
            name = next(
                (k for k in (*OUT_NAMES, "AL", "A2", "probs", "scores", "loss") if is_number(result.get(k))),
                None,
            )
            if name is None:
                raise Unusable(f"{self.pair.of} returns a dictionary in which no value is the result")
            return result[name], result
        return result, None

    def _of_several(self, result: tuple | list) -> tuple[Any, Any]:
        k = 0
        if self.pair.backward is None:
            k = next((i for i, v in enumerate(result) if is_number(v) and np.size(v) == 1), 0)
        elif not is_number(result[0]):
            k = next((i for i, v in enumerate(result) if is_number(v)), 0)
        rest = [v for i, v in enumerate(result) if i != k]
        return result[k], (rest[0] if len(rest) == 1 else tuple(rest))

    def names_returned(self) -> list[str]:
        f, _ = self.side(self.pair.backward or self.pair.forward, self.owner)
        return returned(getattr(f, "__func__", f))


def _is_bound(f: Any, name: str) -> bool:
    return name in getattr(f, "keywords", {})


def seed() -> None:
    np.random.seed(5)
    random.seed(5)


def entrywise(f: Callable, arguments: dict[str, Any]) -> np.ndarray:
    """f at each entry of the arrays among the arguments, one at a time."""
    arrays = {k: v for k, v in arguments.items() if isinstance(v, np.ndarray) and v.ndim == 1}
    rest = {k: v for k, v in arguments.items() if k not in arrays}
    length = max((len(v) for v in arrays.values()), default=0)
    found = []
    for i in range(length):
        seed()
        value = f(**{k: float(v[i]) for k, v in arrays.items()}, **rest)
        if np.size(value) != 1:
            raise Unusable("it gives more than one number for a number")
        found.append(float(np.asarray(value).reshape(())))
    return np.array(found)


def is_number(value: Any) -> bool:
    """Whether a value is an array or a number of the kinds that are compared."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "fiub"
    return isinstance(value, int | float)


def as_array(value: Any) -> np.ndarray:
    if isinstance(value, list | tuple):
        value = np.asarray(value)
    if not is_number(value):
        raise Unusable(f"its value is a {type(value).__name__}, which is not compared")
    return np.array(value, dtype=float)


def copied(value: Any) -> Any:
    """The same arguments, whose arrays may be written into."""
    if isinstance(value, dict):
        return {k: copied(v) for k, v in value.items()}
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(copied(v) for v in value)
    return value.copy() if isinstance(value, np.ndarray) else value


# ----- the numbers inside arguments and objects -----


def leaves(value: Any, path: Path, home: str, deep: int = DEEP) -> Iterator[tuple[Path, Any]]:
    """Every float array and float inside, with its place; objects of the notes' own classes are entered."""
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "f":
        if value.size:
            yield path, value
    elif type(value) is float:
        yield path, value
    elif deep and isinstance(value, dict):
        for k, v in list(value.items())[:40]:
            yield from leaves(v, (*path, k), home, deep - 1)
    elif deep and isinstance(value, list | tuple):
        for k, v in enumerate(value[:20]):
            yield from leaves(v, (*path, k), home, deep - 1)
    elif deep and type(value).__module__ == home and hasattr(value, "__dict__"):
        for k, v in list(vars(value).items())[:60]:
            yield from leaves(v, (*path, k), home, deep - 1)


def get(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key] if isinstance(value, dict | list | tuple) else getattr(value, key)
    return value


def put(value: Any, path: Path, new: Any) -> None:
    """Write into an object, in place."""
    holder = get(value, path[:-1])
    if isinstance(holder, dict | list):
        holder[path[-1]] = new
    elif not isinstance(holder, tuple):
        setattr(holder, path[-1], new)


def replaced(value: Any, path: Path, new: Any) -> Any:
    """Nested arguments with one leaf changed."""
    if not path:
        return new
    if isinstance(value, dict):
        return value | {path[0]: replaced(value[path[0]], path[1:], new)}
    items = list(value)
    items[path[0]] = replaced(items[path[0]], path[1:], new)
    return type(value)(items)
