r"""`formula`: what a NumPy function says, in mathematics.

A function is run once on example arguments; its record is printed by `printer`, from the templates of the
operations' own rows. Calls of the person's functions print by name; names that were given to values
carry long formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalkgrad.errors import LatexError
from chalkgrad.grad import Derivative, Derived, Gradient
from chalkgrad.graph import Graph
from chalkgrad.people import derivative_graph, gradient_graphs, record
from chalkgrad.people.calls import View, closed
from chalkgrad.render.conditions import conditions
from chalkgrad.render.examples import with_examples
from chalkgrad.render.lines import MANY, Line, cuts, folded, input_names, names_for, unmarked
from chalkgrad.render.opened import opened, weights_of
from chalkgrad.render.printer import Printer, function_name
from chalkgrad.render.variables import variable
from chalkgrad.trace.run import name_of


@dataclass(frozen=True, slots=True)
class Formula:
    r"""A formula; shows itself in a notebook.

    Args:
        left: the left side, `\operatorname{sigmoid}(x)`.
        results: the right side of each result.
        lines: named quantities that the results are made of, in order; often none.
        condition: for which values the formula holds, if values decided the path.
    """

    left: str
    results: tuple[str, ...]
    lines: tuple[Line, ...] = ()
    condition: str = ""
    graph: Graph | None = field(default=None, repr=False, compare=False)

    @property
    def latex(self) -> str:
        """The right side; where it takes several lines, all of them."""
        return self._rows(self._result()) if self.lines else self._result() + self._end()

    @property
    def equation(self) -> str:
        """The whole, with its left side."""
        return self._rows(f"{self.left} &= {self._result()}") if self.lines else f"{self.left} = {self.latex}"

    @property
    def steps(self) -> tuple[str, ...]:
        """The lines of the whole, one after the other; loops folded."""
        rows = self._listed(f"{self.left} &= {self._result()}")
        return tuple(row.replace("&", "", 1) for row in rows[:-1]) + (
            rows[-1].replace("&", "", 1) + self._end(),
        )

    def _result(self) -> str:
        return self.results[0] if len(self.results) == 1 else rf"\left( {', '.join(self.results)} \right)"

    def _rows(self, last: str) -> str:
        rows = self._listed(last)
        return r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}" + self._end()

    def _listed(self, last: str) -> list[str]:
        named = {line.name for line in self.lines}
        rows = folded(self.lines)
        if len(rows) > 2 * MANY:
            left_out = len(rows) - 2 * MANY
            rows = [*rows[:MANY], rf"&\;\;\vdots \quad \text{{({left_out} more lines)}}", *rows[-MANY:]]
        result = unmarked(self._result())
        result = result[1:-1] if result.startswith("{") else result
        if result not in named or "_{" in result:  # that x₃ is the last of x₁, x₂, … has to be said
            rows.append(last if "&=" in last else f"&{last}")
        return rows

    def _end(self) -> str:
        return rf" \qquad \text{{for }} {self.condition}" if self.condition else ""

    def _repr_latex_(self) -> str:
        return f"${self.equation}$" if not self.lines else f"$${self.equation}$$"

    def __str__(self) -> str:
        from chalkgrad.latex.text import to_text

        try:
            return to_text(self.equation)
        except LatexError:  # an array written on has no notation that is read: x := v
            return self.equation


def formula(
    f: Callable, *args: Any, expand: bool = False, steps: bool = False, mark: bool = False
) -> Formula:
    r"""The formula of a NumPy function, or of a derivative.

    Args:
        f: any callable in plain NumPy, or what `grad` or `derivative` returned.
        *args: example arguments; where none are given a float vector is tried.
        expand: open the calls of the person's own functions.
        steps: a line for each value that has a name.
        mark: wrap what belongs to node 7 of the graph in `\htmlData{node=7}{…}`.

    Returns:
        An object with `.latex` (the right side) and `.equation` (with the left side).

    Raises:
        ArgumentError: example arguments are needed; the message says which.

    >>> import numpy as np
    >>> def sigmoid(x):
    ...     return 1 / (1 + np.exp(-x))
    >>> print(formula(sigmoid).equation)
    \operatorname{sigmoid}(x) = \frac{1}{1 + e^{-x}}
    """
    f, args = opened(f, args)
    return with_examples("formula", lambda *given: _made(f, given, expand, steps, mark), f, args)


def _made(f: Callable, args: tuple, expand: bool, steps: bool, mark: bool) -> Formula:
    if isinstance(f, Derived):
        return _of_derived(f, args, expand, steps, mark)
    graph, values = record(f, *args)
    return of_graph(graph, values=values, expand=expand, steps=steps, mark=mark)


def of_graph(
    graph: Graph,
    left: str | None = None,
    values: Sequence[Any] | None = None,
    expand: bool = False,
    steps: bool = False,
    mark: bool = False,
    lines_of: Sequence[int] | None = None,
) -> Formula:
    """The formula of a graph that is there already; `values`, one a node, say which way a condition went.

    Nodes of `lines_of` that can be seen have a line each; default: those that are named, or too long.
    """
    view = closed(graph, expand)
    inputs = input_names(view)
    chosen = cuts(view, steps) if lines_of is None else _seen(view, lines_of)
    names = names_for(view, chosen, inputs)
    printer = Printer(view, names, mark)
    lines = tuple(Line(i, names[i], printer.definition(i).latex) for i in chosen)
    results = tuple(printer.piece(o).latex for o in graph.outputs)
    holds = conditions(graph, printer, values) if graph.guards else ""
    if left is None:
        given = graph.inputs[len(set(weights_of(graph))) :]  # a network's weights go without saying
        left = left_side(graph.name, [inputs[i] for i in given if i in inputs])
    return Formula(left, results, lines, holds, graph)


def _seen(view: View, nodes: Sequence[int]) -> list[int]:
    shown = view.shown()
    return sorted(i for i in set(nodes) if shown[i])


def left_side(name: str, inputs: Sequence[str]) -> str:
    r"""`\operatorname{sigmoid}(x)`; what is no name, as a chain's title is not, becomes f."""
    known = name.rstrip("'").replace("_", "").isalnum()
    primes = name[len(name.rstrip("'")) :]
    return f"{function_name(name if known else 'f' + primes)}({', '.join(inputs)})"


# ----- derivatives -----


def _of_derived(f: Derived, args: tuple, expand: bool, steps: bool, mark: bool) -> Formula:
    if isinstance(f, Derivative):
        base, order = primed(f)
        derived = derivative_graph(base, *args, order=order, expand=expand)
        return of_graph(derived, expand=expand, steps=steps, mark=mark)
    if isinstance(f, Gradient):
        return _of_gradient(f, args, expand, steps, mark)
    graph, values = record(f, *args)  # type: ignore[arg-type]  # every kind of Derived can be called
    return of_graph(graph, values=values, expand=expand, steps=steps, mark=mark)


def primed(f: Callable) -> tuple[Callable, int]:
    """The function under its derivatives, and how many there are."""
    order = 0
    while isinstance(f, Derivative):
        f, order = f.of, order + 1
    return f, order


def _of_gradient(f: Gradient, args: tuple, expand: bool, steps: bool, mark: bool) -> Formula:
    graphs = gradient_graphs(f.of, *args, expand=expand)
    chosen = f.argnums if isinstance(f.argnums, int) else f.argnums[0]
    name = list(graphs)[chosen]
    base = name_of(f.of)
    return of_graph(graphs[name], partial_sign(base, name), expand=expand, steps=steps, mark=mark)


def partial_sign(function: str, name: str) -> str:
    r"""`\frac{\partial \operatorname{loss}}{\partial W}`."""
    known = function if function.replace("_", "").isalnum() else "f"
    return rf"\frac{{\partial {function_name(known)}}}{{\partial {variable(name)}}}"


def view_of(graph: Graph, expand: bool = False) -> View:
    """The graph with its calls closed, as the formula shows it."""
    return closed(graph, expand)
