"""`code`: the source of a function, tied to its graph; of a derivative the source is generated, and is
valid input again.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from chalkgrad.grad import Derivative, Derived, Gradient
from chalkgrad.graph import Graph
from chalkgrad.people import derivative_graph, gradient_graphs, record
from chalkgrad.render.backward import backward_code as backward_code
from chalkgrad.render.examples import with_examples
from chalkgrad.render.formula import primed
from chalkgrad.render.function import function_source, identifier
from chalkgrad.render.view_code import Span, source_of, spans_of
from chalkgrad.trace.run import name_of

ORDERS = {1: "_prime", 2: "_second", 3: "_third"}


@dataclass(frozen=True, slots=True)
class Code:
    """Source of a function; `str()` gives it.

    Args:
        source: the source, not indented.
        spans: `(start, end, node)`: which characters made which node of the graph.
        line: where it stands in its file; 0 for generated source.
        graph: the record that the nodes belong to; None where no example was given.
    """

    source: str
    spans: tuple[Span, ...] = ()
    line: int = 0
    graph: Graph | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.source

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.source}\n```"


def code(f: Callable, *args: Any) -> Code:
    """The source of a function; of a derivative, source that is generated.

    Args:
        f: any callable in plain NumPy, or what `grad` or `derivative` returned.
        *args: example arguments; with them, spans are tied to the nodes of the graph.

    Returns:
        An object whose `str()` is the source.

    Raises:
        SourceError: f is not written in Python, or its source was not kept.

    >>> import numpy as np
    >>> from chalkgrad import derivative
    >>> print(code(derivative(np.tanh)))
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def tanh_prime(x):
        return 1 - np.tanh(x) ** 2
    """
    if isinstance(f, Derived):
        return with_examples("code", lambda *given: _generated(f, given), f, args)
    text, line = source_of(f)
    plain = textwrap.dedent(text)
    if not args:
        return Code(plain, line=line)
    graph, _ = record(f, *args)
    base = f.func if isinstance(f, partial) else f
    return Code(plain, _dedented(spans_of(base, graph, text, line), text, plain), line, graph)


def _dedented(spans: list[Span], text: str, plain: str) -> tuple[Span, ...]:
    """Spans moved by the indentation that was taken away."""
    cut = len(text.split("\n", 1)[0]) - len(plain.split("\n", 1)[0])

    def moved(at: int) -> int:
        row = text.count("\n", 0, at)
        return at - cut * (row + 1)

    return tuple((moved(a), moved(b), i) for a, b, i in spans)


# ----- generated -----


def _generated(f: Derived, args: tuple) -> Code:
    if isinstance(f, Derivative):
        base, order = primed(f)
        derived = derivative_graph(base, *args, order=order, expand=True)
        title = identifier(name_of(base)) + ORDERS.get(order, f"_d{order}")
        return Code(function_source(title, derived), graph=derived)
    if isinstance(f, Gradient) and isinstance(f.argnums, int):
        graphs = gradient_graphs(f.of, *args, expand=True)
        name = list(graphs)[f.argnums]
        return Code(function_source(f"grad_{identifier(name_of(f.of))}", graphs[name]), graph=graphs[name])
    graph, _ = record(f, *args)  # type: ignore[arg-type]  # every kind of Derived can be called
    return Code(function_source(identifier(f.__name__), graph), graph=graph)


__all__ = ["Code", "backward_code", "code"]
