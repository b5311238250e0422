"""`backward_code`: both passes as a textbook writes them, in the person's own names, standalone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalkgrad.graph import Node
from chalkgrad.op import NAMED
from chalkgrad.people.passes import Passes, two_passes
from chalkgrad.render.examples import with_examples
from chalkgrad.render.function import assembled, identifier, safe, short_name, taken
from chalkgrad.render.python import fits, identifiers
from chalkgrad.render.statements import Lines, merged, needs_line
from chalkgrad.trace.run import name_of


@dataclass(frozen=True, slots=True)
class BackwardCode:
    """Source of a backward pass; `str()` gives it.

    Args:
        source: a module with one function that returns the gradients.
        name: that function's name.
        lines: for each line of the source the graph node that it computes, or None.
        passes: the two passes as nodes.
    """

    source: str
    name: str
    lines: tuple[int | None, ...] = ()
    passes: Passes | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.source

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.source}\n```"


def backward_code(f: Callable, *args: Any) -> BackwardCode:
    """The forward and the backward pass of a function as readable, standalone NumPy.

    Args:
        f: any callable in plain NumPy; a result that is no single number is differentiated as its sum.
        *args: example arguments; where none are given a float vector is tried.

    Returns:
        An object whose `str()` is a module with one function; it takes f's real arguments (a nested one as
        its parts) and
        returns their gradients. It can be traced in its turn.

    Raises:
        GradError: an operation on the way has no derivative.
        SourceError: an operation or a value cannot be written as Python source.

    >>> import numpy as np
    >>> def loss(w, x):
    ...     p = np.tanh(w * x)
    ...     return np.sum(p**2)
    >>> print(backward_code(loss, np.ones(3), np.ones(3)))
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def loss_backward(w, x):
        # forward
        p = np.tanh(w * x)
        # backward
        dLdp = 2 * p
        t = 1 - p ** 2
        dLdw = dLdp * x * t
        dLdx = dLdp * w * t
        return dLdw, dLdx
    """
    return with_examples("backward_code", lambda *given: _made(f, given), f, args)


def _made(f: Callable, args: tuple) -> BackwardCode:
    passes = two_passes(f, *args)
    nodes = _as_written(passes)
    forward = len(passes.graph.nodes)
    gradients = [passes.gradients[w] for w in passes.inputs]
    named = _named(passes, nodes)
    wanted = _wanted(nodes, [*gradients, *named])
    title = f"{identifier(name_of(f))}_backward"
    inputs, names, outside = _all_names(passes, nodes, wanted, named, title)
    hidden = {*inputs, *outside, *_aliases(passes, nodes, names)}
    chosen = sorted(i for i in names if wanted[i] and i not in hidden)
    lines = Lines(nodes, names, wanted)
    lines.likes = {at: names[i] for i, at in passes.gradients.items() if i in names}
    first = lines.write([i for i in chosen if i < forward])
    count = len(first)
    lines.write([i for i in chosen if i >= forward])
    body = ["# forward", *lines.lines[:count]] if count else []
    body += ["# backward", *lines.lines[count:], f"return {', '.join(names[g] for g in gradients)}"]
    notes = {
        names[i]: f"an array of shape {nodes[i].shape} that {name_of(f)} reads; too large to write out"
        for i in outside
    }
    parameters = [*inputs.values(), *(names[i] for i in outside)]
    source = assembled(title, parameters, body, passes.graph, notes)
    return BackwardCode(source, title, _owners(source, lines), passes)


def _owners(source: str, lines: Lines) -> tuple[int | None, ...]:
    """The node of each line of the finished source."""
    owners = iter(lines.owners)
    inside = False
    found: list[int | None] = []
    for line in source.split("\n"):
        inside = inside or line.startswith("def ")
        plain = inside and line.startswith("    ") and not line.strip().startswith(("#", "return "))
        found.append(next(owners, None) if plain else None)
    return tuple(found)


def _as_written(passes: Passes) -> list[Node]:
    """Products of matrices by the function that the person uses: where that is `np.dot`, gradients have
    it too.
    """
    used = {n.op.name for n in passes.graph.nodes if n.op is not None}
    if "dot" not in used or "matmul" in used:
        return passes.nodes
    return [_with_dot(n, passes.nodes) for n in passes.nodes]


def _with_dot(node: Node, nodes: Sequence[Node]) -> Node:
    if node.op is None or node.op.name != "matmul" or any(len(nodes[a].shape) > 2 for a in node.args):
        return node
    return replace(node, op=NAMED["dot"])


def _named(passes: Passes, nodes: Sequence[Node]) -> dict[int, str]:
    """The names of quantities of both passes: `S`, and `dLdS` for its gradient."""
    graph, view = passes.graph, passes.view
    needed = graph.needed()
    names = {
        i: safe(view.name(i)) for i in range(len(graph.nodes)) if needed[i] and graph.nodes[i].op is not None
    }
    names = {i: name for i, name in names.items() if name}
    result = nodes[graph.outputs[0]]
    if len(graph.outputs) == 1 and result.op is not None and result.shape != ():
        names.setdefault(graph.outputs[0], "y")
    return names


def _slope(output: str, name: str) -> str:
    """`dLdW`, or `dloss_dW` where a name is a word."""
    return f"d{output}d{name}" if len(output) == 1 else f"d{output}_d{name}"


def _wanted(nodes: Sequence[Node], roots: Sequence[int]) -> list[bool]:
    keep = [False] * len(nodes)
    for r in roots:
        keep[r] = True
    for i in range(len(nodes) - 1, -1, -1):
        for a in nodes[i].args if keep[i] else ():
            keep[a] = True
    return keep


def _all_names(
    passes: Passes, nodes: Sequence[Node], wanted: Sequence[bool], named: Mapping[int, str], title: str
) -> tuple[dict[int, str], dict[int, str], list[int]]:
    """Names of the inputs, of everything that has a line, and the large constants that come in as
    arguments.
    """
    known = {*taken(nodes), title}
    own = {i: safe(nodes[i].name or f"x{k}") for k, i in enumerate(passes.graph.inputs)}
    inputs = identifiers(own, known)
    slopes = {at: i for i, at in passes.gradients.items() if wanted[at]}
    extra = needs_line(nodes, wanted, {**inputs, **named, **slopes})
    outside = [i for i in extra if nodes[i].op is None and not fits(nodes[i].value)]
    lines = {i: named[i] for i in named if wanted[i]} | {i: short_name(nodes[i]) for i in extra}
    names = merged(nodes, wanted, inputs | identifiers(dict(sorted(lines.items())), known))
    output = names.get(passes.graph.outputs[0], "L")
    own = {at: _slope(output, names[i]) for at, i in slopes.items()}
    return inputs, names | identifiers(own, known), outside


def _aliases(passes: Passes, nodes: Sequence[Node], names: dict[int, str]) -> set[int]:
    """Gradients that are nothing but a buffer just filled: the buffer takes the name, and the line goes."""
    found: set[int] = set()
    for at in passes.gradients.values():
        (inside,) = nodes[at].args
        node = nodes[inside]
        if at in names and node.op is not None and node.op.name == "scatter" and inside not in found:
            names[inside] = names[at]
            found.add(at)
    return found
