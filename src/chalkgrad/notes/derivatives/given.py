"""What a derivative gave: arrays, each with the argument or the parameter that it is the gradient by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from chalkgrad.notes.derivatives.slopes import Slopes
from chalkgrad.notes.derivatives.subject import Path, Subject, get, is_number, leaves
from chalkgrad.notes.derivatives.values import PARAMETERS

GRADIENT = re.compile(
    r"^(?:d_?[lj]_?d_?|d_?loss_?d_?|d_?cost_?d_?|gradients?_?(?:of_?)?|grads?_?|nabla_?|delta_?|d_?)(?P<a>.+)$"
    r"|^(?P<b>.+?)_?(?:grads?|gradients?|prime|deriv)_?$",
    re.IGNORECASE,
)
HOLDERS = re.compile(r"^_?(grads?|gradients?|nablas?|d?param_?grads?|derivatives?)$", re.IGNORECASE)
ALIKE = {
    "weight": "w", "weights": "w", "ws": "w", "bias": "b", "biases": "b", "bs": "b", "inputs": "x",
    "input": "x", "in": "x", "inp": "x", "features": "x", "data": "x", "aprev": "x", "prev": "x",
    "params": "w", "param": "w",
    "theta": "w", "kernel": "w", "kernels": "w", "inputdata": "x", "wt": "w",
}  # fmt: skip
VALUES = ("data", "value", "val", "w", "params", "tensor", "array")


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """One array, how it is called, and the leaf that it belongs to, if that is known."""

    name: str
    value: np.ndarray
    path: Path | None = None
    stored: bool = False  # in the object, not returned


def canon(name: str) -> str:
    plain = re.sub(r"[_\W]", "", name).lower()
    digits = re.search(r"\d+$", plain)
    head = plain[: digits.start()] if digits else plain
    return ALIKE.get(head, head) + (digits[0] if digits else "")


def about(name: str) -> str:
    """
    >>> about("dW1"), about("weights_gradient"), about("dL_db"), about("dinputs")
    ('w1', 'w', 'b', 'x')
    """
    match = GRADIENT.match(name)
    return canon((match["a"] or match["b"]) if match else name)


# ----- what was returned -----


def returned_by(subject: Subject, result: Any, slopes: Slopes, skip: set[str]) -> list[Given]:
    """The arrays among what a derivative returned, with their leaves."""
    if result is None:
        return []
    names = subject.names_returned()
    if is_number(result):
        name = names[0] if len(names) == 1 else ""
        inside = [p for p in known_leaves(slopes, skip) if p[0] != "self"]
        said = _leaf((name,), inside) if GRADIENT.match(name) else None  # `return dtheta`
        return [Given(name, np.array(result, dtype=float), inside[0] if len(inside) == 1 else said)]
    found = [(n, v) for n, v in _arrays(result, names)]
    order = known_leaves(slopes, skip)
    by_name = [_leaf(name, order) for name, _ in found]
    if not any(by_name) and len(found) == len(order):
        return [Given(".".join(map(str, n)), v, p) for (n, v), p in zip(found, order, strict=True)]
    if (
        len(found) == len(order)
        and len({p for p in by_name if p}) == len(order) - 1
        and sum(map(bool, by_name)) == len(order) - 1
    ):
        left = next(p for p in order if p not in by_name)
        by_name = [p or left for p in by_name]
    by_name = _by_shape(found, by_name, order, slopes) if any(by_name) else by_name
    return [Given(".".join(map(str, n)), v, p) for (n, v), p in zip(found, by_name, strict=True)]


def _by_shape(
    found: list[tuple[Path, np.ndarray]], by_name: list[Path | None], order: list[Path], slopes: Slopes
) -> list[Path | None]:
    """An array without a name beside named ones: the gradient by the one parameter left of its shape."""
    left = [p for p in order if p not in by_name and is_parameter(p)]
    paths: list[Path | None] = []
    for (_, value), path in zip(found, by_name, strict=True):
        alike = [p for p in left if np.squeeze(leaf_value(slopes, p)).shape == np.squeeze(value).shape]
        paths.append(path or (alike[0] if len(alike) == 1 else None))
    return paths


def _arrays(result: Any, names: list[str]) -> Iterator[tuple[Path, np.ndarray]]:
    """Nested arrays with the names that lead to them."""
    if is_number(result):
        yield (names[0] if names else "",), np.array(result, dtype=float)
    elif isinstance(result, dict):
        for k, v in result.items():
            for path, value in _arrays(v, []):
                yield (k, *(p for p in path if p != "")), value
    elif isinstance(result, tuple | list):
        if len(result) and all(isinstance(v, float | int) for v in result) and len(names) != len(result):
            yield (names[0] if len(names) == 1 else "",), np.array(result, dtype=float)
            return
        several = (
            names if len(names) == len(result) else [f"{names[0] if len(names) == 1 else ''}"] * len(result)
        )
        for k, (v, name) in enumerate(zip(result, several, strict=True)):
            for path, value in _arrays(v, []):
                index = () if len(names) == len(result) else (k,)
                yield (name, *index, *(p for p in path if p != "")), value


def _leaf(name: Path, order: list[Path]) -> Path | None:
    """The leaf that a name of several parts speaks of: `("dW", 0)` of `("weights", 0)`."""
    texts = [p for p in name if isinstance(p, str) and p and not HOLDERS.match(p)]
    numbers = [p for p in name if isinstance(p, int)]
    if not texts:
        return None
    wanted = about(texts[-1])
    found = [p for p in order if wanted in _called(p) and [k for k in p if isinstance(k, int)] == numbers]
    return found[0] if len(found) == 1 else None


def _called(path: Path) -> set[str]:
    texts = [p for p in path if isinstance(p, str)]
    found = {canon(texts[-1])}
    if len(texts) > 1 and texts[-1] in VALUES:
        found |= {canon(texts[-2])}
    return found


def known_leaves(slopes: Slopes, skip: set[str]) -> list[Path]:
    """What the value hangs on, in order: arguments, then the object's parameters."""
    return [p for p, j in slopes.jacobians.items() if p[0] not in skip and np.any(j)]


# ----- what was stored in the object -----


def stored_by(subject: Subject, after: Any, slopes: Slopes, skip: set[str], rate: float = 0.0) -> list[Given]:
    """The gradients that a backward pass left in its object: `self.dW`, `self.grads["W"]`, `W.grad`.

    With a learning rate, the steps that it took too: each is the rate times a gradient.
    """
    if after is None or isinstance(after, type):
        return []
    before = dict(leaves(slopes.ran.owner, ("self",), subject.home))
    order = known_leaves(slopes, skip)
    found = []
    for path, value in leaves(after, ("self",), subject.home):
        old = before.get(path)
        if old is not None and np.shape(old) == np.shape(value) and np.array_equal(old, value):
            continue
        if rate and path in order and old is not None:
            step = (np.asarray(old) - np.asarray(value)) / rate
            found.append(Given(f"step of {path[-1]}", step, path))
            continue
        leaf = _stored_leaf(path, order)
        if leaf is not None:
            found.append(Given(str(path[-1]), np.array(value, dtype=float), leaf, True))
    return found


def _stored_leaf(path: Path, order: list[Path]) -> Path | None:
    texts = [p for p in path[1:] if isinstance(p, str)]
    if not texts:
        return None
    last, numbers = texts[-1], [p for p in path if isinstance(p, int)]
    if HOLDERS.match(last) and not numbers and len(texts) > 1:  # W.grad beside W.data
        found = [p for p in order if p[: len(path) - 1] == path[:-1]]
        return found[0] if len(found) == 1 else None
    held = any(HOLDERS.match(t) for t in texts)
    if numbers and held:  # self.grads[0] beside self.params[0]
        beside = [p for p in order if p[0] == "self" and [k for k in p if isinstance(k, int)] == numbers]
        return beside[0] if len(beside) == 1 else None
    if not (held or GRADIENT.match(last)) or last in ("data", "delta", "decay"):
        return None
    wanted = about(last)
    inside = [p for p in order if p[0] != "self"]
    found = [
        p for p in order if wanted in _called(p) and (p[0] != "self" or p[:-1] == path[:-1] or len(path) <= 3)
    ]
    if not found and wanted == "x" and len(inside) == 1:
        return inside[0]
    return found[0] if len(found) == 1 else None


def is_parameter(path: Path) -> bool:
    return path[0] == "self" or bool(PARAMETERS.match(str(path[-1])))


def leaf_value(slopes: Slopes, path: Path) -> Any:
    return slopes.state[path] if path[0] == "self" else get(slopes.arguments, path)
