"""The exact gradient of a walk against the central difference: both computed, then compared."""

from __future__ import annotations

import math as maths
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chalkgrad.render.numbers import number
from chalkgrad.render.walk_tokens import Token, math, num, text
from chalkgrad.render.walk_values import Passes

STEP = 1e-5
ROUNDING = 1e-9  # below it, a difference of two values tells nothing
MOST = 40  # entries that are checked, of all inputs together
LARGEST = 4000  # nodes of the forward pass
ENOUGH = 4  # digits that must agree
MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Compared:
    """One entry of one input: its exact gradient, and the central difference."""

    node: int
    entry: int
    exact: float
    central: float

    @property
    def digits(self) -> float:
        scale = max(abs(self.exact), abs(self.central))
        if not maths.isfinite(scale):
            return 0.0
        if scale < ROUNDING or self.exact == self.central:  # nothing but rounding
            return float(MOST_DIGITS)
        return -maths.log10(abs(self.exact - self.central) / scale)


def checked(found: Passes, names: Mapping[int, tuple[str, str]]) -> list[Token]:
    """What the comparison showed, in words; empty where there was nothing to compare."""
    compared = list(comparisons(found))
    if not compared:
        return []
    if not all(np.isfinite([c.exact, c.central]).all() for c in compared):
        return [text("Not every slope here is a finite number, so there is nothing to compare.")]
    worst = min(compared, key=lambda c: c.digits)
    digits = int(min(worst.digits, MOST_DIGITS))
    if digits < ENOUGH:
        return _apart(found, worst, names)
    if len(compared) == 1:
        return _one(found, worst, digits, names)
    many = "Both gradients" if len(compared) == 2 else f"All {len(compared)} gradients"
    return [
        text(f"{many} agree with the central difference "),
        math(r"\frac{f(x + h) - f(x - h)}{2h}", "(f(x + h) − f(x − h)) / 2h"),
        text(f", {_steps(found, compared)}, each to {digits} digits or more."),
    ]


def _one(found: Passes, it: Compared, digits: int, names: Mapping[int, tuple[str, str]]) -> list[Token]:
    at = number(np.ravel(found.values[it.node])[it.entry])
    name = names.get(it.node, ("x", "x"))
    tiny = max(abs(it.exact), abs(it.central)) < ROUNDING and it.exact != it.central
    agrees = f"is {number(it.exact)}: the rest is rounding" if tiny else f"agrees with it to {digits} digits"
    return [
        text("The central difference "), math(_quotient(name[0]), "(f(x + h) − f(x − h)) / 2h"),
        text(f", {_steps(found, [it])}, gives "), num(number(it.central)), text(" at "),
        math(*name), text(" = "), num(at, "", "forward"), text(f". The exact derivative {agrees}."),
    ]  # fmt: skip


def _steps(found: Passes, compared: Sequence[Compared]) -> str:
    """How far apart the two points were."""
    sizes = [abs(float(np.ravel(found.values[c.node])[c.entry])) for c in compared]
    if max(sizes) <= 1:
        return "h = 10⁻⁵"
    return (
        f"h = {number(STEP * max(sizes))}"
        if len(sizes) == 1
        else "h = 10⁻⁵ of each entry, and not below 10⁻⁵"
    )


def _quotient(x: str) -> str:
    return rf"\frac{{f({x} + h) - f({x} - h)}}{{2h}}"


def _apart(found: Passes, it: Compared, names: Mapping[int, tuple[str, str]]) -> list[Token]:
    where = entry_name(names.get(it.node, ("x", "x")), it.entry, np.shape(found.values[it.node]))
    return [
        text("At "), math(*where), text(" the central difference gives "), num(number(it.central)),
        text(", the exact derivative is "), num(number(it.exact)),
        text(": here the function has a kink, a jump, or a slope too steep for differences."),
    ]  # fmt: skip


def entry_name(name: tuple[str, str], entry: int, shape: Sequence[int]) -> tuple[str, str]:
    """`X_{0,1}`: a name with the index of a flat entry."""
    if not shape:
        return name
    index = np.unravel_index(entry, tuple(shape))
    written = "".join(map(str, index)) if max(shape) <= 10 else ",".join(map(str, index))
    base = f"({name[0]})" if "_{" in name[0] else name[0]
    return rf"{base}_{{{written}}}", f"{name[1]}[{', '.join(map(str, index))}]"


# ----- the two numbers -----


def comparisons(found: Passes) -> Iterator[Compared]:
    """The exact and the numeric derivative of the sum of the results, entry by entry."""
    graph = found.graph
    results = [o for o in graph.outputs if o < found.forward]
    if found.why or found.forward > LARGEST:
        return
    left = MOST
    for i in dict.fromkeys(graph.inputs):
        g, value = found.gradient(i), np.asarray(found.values[i])
        if g is None or value.dtype.kind != "f" or not results:
            continue
        for entry in range(min(value.size, left)):
            left -= 1
            yield Compared(i, entry, float(np.ravel(g)[entry]), _central(found, results, i, entry))


def _central(found: Passes, results: list[int], i: int, entry: int) -> float:
    value = np.asarray(found.values[i], dtype=float)
    step = STEP * max(1.0, abs(float(value.ravel()[entry])))
    ends = []
    with np.errstate(all="ignore"):
        for sign in (1, -1):
            moved = value.copy()
            moved.ravel()[entry] += sign * step
            ends.append(_total(found, results, {i: moved[()] if not moved.shape else moved}))
        return (ends[0] - ends[1]) / (2 * step)


def _total(found: Passes, results: list[int], given: Mapping[int, Any]) -> float:
    """The forward pass alone, with some values replaced."""
    values = rerun(found, range(found.forward), given)
    return float(sum(np.sum(values[o]) for o in results))


def rerun(found: Passes, nodes: Sequence[int] | range, given: Mapping[int, Any]) -> dict[int, Any]:
    """These nodes anew, where a given value changes them; the others keep what they have."""
    values: dict[int, Any] = dict(given)
    with np.errstate(all="ignore"):
        for i in nodes:
            node = found.graph.nodes[i]
            if node.op is not None and i not in given and any(a in values for a in node.args):
                args = (values.get(a, found.values[a]) for a in node.args)
                values[i] = node.op.fun(*args, **node.params)
    return _Known(values, found.values)


class _Known(dict):
    """Values with those of the walk behind them."""

    def __init__(self, values: Mapping[int, Any], others: Sequence[Any]):
        super().__init__(values)
        self.others = others

    def __missing__(self, i: int) -> Any:
        return self.others[i]
