r"""The chain of the backward pass as formulas, in the person's own names, one line a quantity.

    \frac{\partial L}{\partial W_{2}} = H^\top \frac{\partial L}{\partial P}

They are the statements of `backward_code`: gradients of named quantities stop the chain, and a term that
several lines share is called δ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalkgrad.graph import Graph
from chalkgrad.people.calls import View
from chalkgrad.people.passes import Passes, two_passes
from chalkgrad.render.formula import partial_sign
from chalkgrad.render.lines import MARK, SHARED, Sizes, input_names, names_for
from chalkgrad.render.printer import Printer
from chalkgrad.render.variables import Names, variable
from chalkgrad.trace.run import name_of


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the chain.

    Args:
        node: the forward node whose gradient it is; None for a shared term.
        left: `\\frac{\\partial L}{\\partial P}`.
        latex: the right side.
    """

    node: int | None
    left: str
    latex: str


def chain(f: Callable, *args: Any, mark: bool = False) -> tuple[Step, ...]:
    r"""The backward pass of a function as formulas, in the order of computing.

    Args:
        f: any callable in plain NumPy whose result is one number.
        *args: example arguments.
        mark: wrap what belongs to node 7 of the forward graph in `\htmlData{node=7}{…}`; a gradient
            belongs to the node whose gradient it is.

    Raises:
        GradError: an operation on the way has no derivative.

    >>> import numpy as np
    >>> def loss(w, x):
    ...     p = np.tanh(w * x)
    ...     L = np.sum(p**2)
    ...     return L
    >>> for step in chain(loss, np.ones(3), np.ones(3))[:1]:
    ...     print(step.left, "=", step.latex)
    \frac{\partial L}{\partial p} = 2 p
    """
    passes = two_passes(f, *args)
    owners = {at: i for i, at in passes.gradients.items()}
    view = _whole(passes)
    shown = view.shown()
    forward = len(passes.graph.nodes)
    named = [i for i in range(forward) if shown[i] and passes.view.name(i) and view.graph.nodes[i].op]
    names = names_for(view, named, input_names(passes.view))
    sign = _sign(passes, name_of(f), names)
    names |= {at: sign(i) for at, i in owners.items() if shown[at]}
    shared = _shared(view, shown, names)
    names |= _shared_names(shared, names, forward)
    printer = Printer(view, names, mark)
    lines = sorted([*(at for at in owners if shown[at]), *shared])
    left = {
        at: rf"\htmlData{{node={i}}}{{{names[at]}}}" if mark else names[at]
        for at, i in owners.items()
        if shown[at]
    }
    return tuple(
        Step(
            owners.get(at), left.get(at, names[at]), _remarked(printer.definition(at).latex, owners, forward)
        )
        for at in lines
    )


def _whole(passes: Passes) -> View:
    """Both passes as one graph whose results are the gradients of the inputs."""
    results = tuple(passes.gradients[w] for w in passes.inputs)
    return View(Graph(tuple(passes.nodes), passes.graph.inputs, results))


def _sign(passes: Passes, title: str, names: Mapping[int, str]) -> Callable[[int], str]:
    r"""Makes ∂L/∂P of P: L is the result's name, else the function's."""
    result = passes.view.name(passes.graph.outputs[0])

    def sign(i: int) -> str:
        below = names.get(i) or variable(passes.view.name(i) or f"x_{i}")
        if not result:
            return partial_sign(title, "x").replace(r"\partial x", rf"\partial {below}")
        return rf"\frac{{\partial {variable(result)}}}{{\partial {below}}}"

    return sign


def _shared(view: View, shown: list[bool], names: Mapping[int, str]) -> list[int]:
    """Terms without a name that are used twice and too long to be said twice."""
    sizes = Sizes(view, shown)
    alone = sizes.total(names)
    unnamed = (i for i, seen in enumerate(shown) if seen and i not in names and not sizes.is_leaf(i))
    return [i for i in unnamed if sizes.uses[i] > 1 and alone[i] >= SHARED]


def _shared_names(shared: list[int], names: Mapping[int, str], forward: int) -> dict[int, str]:
    """Terms of the forward pass are u₁, u₂, …; of the backward pass δ, or δ₁, δ₂, …"""
    given = Names(names.values())
    late = [i for i in shared if i >= forward]
    found = {i: given.numbered("u") for i in shared if i < forward}
    one = len(late) == 1
    return found | {i: given.plain("delta", False) if one else given.numbered(r"\delta") for i in late}


def _remarked(latex: str, owners: Mapping[int, int], forward: int) -> str:
    """Marks of gradients as marks of what they are gradients of; those of other backward nodes go."""

    def one(mark: re.Match[str]) -> str:
        at = int(mark[1])
        at = owners.get(at, at)
        return rf"\htmlData{{node={at}}}" if at < forward else ""

    return MARK.sub(one, latex)
