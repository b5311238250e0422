"""A network as a plain function of its parameters and an example, for views to open.

What has a method `opened(args, y)` is asked for it: chains with parameters, and what `fit` returns. The views
draw such a function like any other; only its weights stand inside their layers instead of at the gate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from chalkgrad.errors import ArgumentError
from chalkgrad.graph import Graph
from chalkgrad.render.layouts import example_image
from chalkgrad.tree import flatten


@dataclass(frozen=True, eq=False)
class Opened:
    """A network's function: `f(params, x)`, or, where its loss is known, `f(params, x, y)`."""

    run: Callable[..., Any]
    args: tuple[Any, ...]  # params, x and, with a loss, y
    name: str
    source: str  # how the network is written down
    paths: tuple[str, ...]  # of the parameters, in the order of their leaves: "dense_2.W"
    aim: str = ""  # what the gradients are of, in words
    history: Any = field(default=None, repr=False)  # of a training: columns, snapshots, sample
    # (params, X, y) -> a number each, what the network says of examples, and the classes or None
    decide: Callable[..., Any] | None = field(default=None, repr=False)
    image: tuple[int, ...] | None = None  # rows and columns of an example; None: as its shape says

    @property
    def __name__(self) -> str:
        return self.name

    def __call__(self, params: Any, x: Any, y: Any = None) -> Any:
        return self.run(params, x) if y is None else self.run(params, x, y)


def opened(
    f: Callable, args: tuple[Any, ...], y: Any = None, image: tuple[int, ...] | None = None
) -> tuple[Callable, tuple[Any, ...]]:
    """A function and its example arguments, as views take them; networks opened.

    Raises:
        ArgumentError: a network's parameters are missing; a target or an image's size was given for something
            else.
    """
    found = getattr(f, "opened")(args, y) if hasattr(type(f), "opened") else None  # noqa: B009 (for mypy)
    if found is None and y is not None:
        raise ArgumentError("y is the target of a trained network; give what f takes as its arguments")
    if found is None and image is not None:
        raise ArgumentError("image is the size of a network's examples; this function is none")
    if found is None:
        return f, args
    if image is not None:
        example_image(found.args[1], image)
    return replace(found, image=image), found.args


def weights_of(graph: Graph) -> tuple[int, ...]:
    """The inputs of a graph that are a network's parameters, one a path; none for other functions.

    An array that several layers have in common is one input.
    """
    if not isinstance(graph.source, Opened):
        return ()
    seen: dict[int, int] = {}
    leaves = flatten(graph.source.args[0])[0]
    return tuple(graph.inputs[seen.setdefault(id(leaf), len(seen))] for leaf in leaves)
