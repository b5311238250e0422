"""Networks of functions: a backward pass is the gradient of a forward pass and a cost together."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalkgrad.notes.derivatives.words import MARKERS, labels_among, words

COST = re.compile(r"cost|loss|error|objective", re.IGNORECASE)
FORWARD = re.compile(r"forward|feed_?forward|predict_proba|^model$|^net(work)?$", re.IGNORECASE)
OUT = ("AL", "A2", "A3", "yhat", "y_hat", "Y_hat", "probs", "y_pred", "output", "out", "A")


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """What a forward pass leaves for the backward pass: its cache, and what it gave."""

    cache: Any
    out: Any


def cost_of(backward: Callable, functions: Mapping[str, Any]) -> str | None:
    """The one cost that takes just what a backward pass takes, labels among it."""
    names = list(inspect.signature(backward).parameters)
    alike = [
        k
        for k, f in functions.items()
        if COST.search(k) and not set(words(k)) & MARKERS and list(inspect.signature(f).parameters) == names
    ]
    return alike[0] if len(alike) == 1 and labels_among([*names, "x"]) else None


def network_of(backward: Callable, functions: Mapping[str, Any]) -> Callable | None:
    """The cost by what the forward pass takes and the labels; nothing unless both passes are there."""
    names = list(inspect.signature(backward).parameters)
    targets = labels_among([*names, "x"])
    forwards = [
        f for k, f in functions.items() if FORWARD.search(k) and not set(words(k)) & (MARKERS - {"d"})
    ]
    costs = [f for k, f in functions.items() if COST.search(k) and not set(words(k)) & (MARKERS - {"d"})]
    if len(targets) != 1 or not forwards or not costs:
        return None
    for forward in reversed(forwards):
        for cost in costs:
            found = _together(forward, cost, targets.pop() if len(targets) == 1 else names[-1])
            if found is not None:
                return found
    return None


def _together(forward: Callable, cost: Callable, target: str) -> Callable | None:
    first = [p for p in inspect.signature(forward).parameters.values() if p.default is p.empty]
    second = list(inspect.signature(cost).parameters)
    labels = labels_among([*second, "x"])
    if len(labels) != 1 or len(second) < 2 or labels_among([p.name for p in first]) or len(first) < 2:
        return None
    if {p.name for p in first} <= set(second):
        return None  # it runs the forward pass itself
    label = labels.pop()
    place = next((k for k, name in enumerate(second) if name != label), 0)

    def together(**given: Any) -> Any:
        passed = {p.name: given[p.name] for p in first}
        out, cache = _parted(forward(**passed))
        more = {k: given[k] for k in second if k in passed and k != second[place]}
        return cost(**{second[place]: out, label: given[target]} | more), Kept(cache, out)

    parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in first]
    parameters.append(inspect.Parameter(target, inspect.Parameter.KEYWORD_ONLY))
    together.__wrapped__ = forward  # type: ignore[attr-defined]  # its text tells the keys of its parameters
    together.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return together


def _parted(result: Any) -> tuple[Any, Any]:
    if isinstance(result, tuple) and len(result) > 1:
        return result[0], result[1] if len(result) == 2 else result[1:]
    if isinstance(result, dict):
        return next(result[k] for k in OUT if k in result), result
    return result, None
