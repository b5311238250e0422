"""`walk`: the chain rule as two passes, forward through the values and backward through the gradients.

sigmoid(x), at x = 1
                 value ↓      slope    gradient ↑
x                      1                   0.1966
                             × −1
−x                    −1                  −0.1966
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chalkgrad.errors import ArgumentError, ChalkgradError
from chalkgrad.render.factory_fold import Item, folded, items_of, live_nodes
from chalkgrad.render.factory_math import is_constant, name_tex, upstairs
from chalkgrad.render.factory_plan import Planner, plan
from chalkgrad.render.numbers import brief, number, shape_text
from chalkgrad.render.walk_values import Passes, passes
from chalkgrad.trace.run import name_of

if TYPE_CHECKING:
    from rich.console import RenderableType

VERSION = 1
LARGEST = 36  # entries of an array that are written out in JSON
MOST = 400  # steps


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the walk.

    Args:
        direction: "forward" or "backward".
        name: the person's name of the value, or its formula in words.
        formula: LaTeX of what is computed.
        local: the local derivative by each value that comes in: a number, or LaTeX for arrays.
        incoming: forward, the values that come in; backward, the gradient that arrives.
        outgoing: forward, the value that leaves; backward, the gradient handed to each value that came in.
        value: the value of the quantity.
        gradient: the gradient of the result by it; None where there is none.
        shape: of the value.
        node: its place in the graph.
        takes: the nodes that come in.
        steps: what happens inside, if this is one of the person's functions.
    """

    direction: str
    name: str
    formula: str
    local: tuple[str, ...]
    incoming: tuple[Any, ...]
    outgoing: tuple[Any, ...]
    value: Any
    gradient: Any
    shape: tuple[int, ...]
    node: int
    takes: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, eq=False)
class Walk:
    """Both passes; prints as a table."""

    name: str
    forward: list[Step]
    backward: list[Step]
    why: str = ""  # why there is no backward pass
    found: Passes | None = field(default=None, repr=False)
    source: Callable[[], str] | None = field(default=None, repr=False)  # gives both passes as code

    def to_json(self) -> dict[str, Any]:
        """Versioned, and JSON all through; arrays beyond 36 entries as their corners and shape."""
        return {
            "version": VERSION,
            "name": self.name,
            "why": self.why,
            "forward": [_step_json(s) for s in self.forward],
            "backward": [_step_json(s) for s in self.backward],
            "score": self.score(),
        }

    def score(self) -> dict[str, Any] | None:
        """What the player shows, as data; None where there is nothing to walk through."""
        from chalkgrad.render.walk_score import score_of  # it prints its words as this module does

        return None if self.found is None else score_of(self.found, self.name)

    def rows(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """`(name, value, gradient, slopes by what comes in)`, in the order of the forward pass."""
        gradients = {s.node: s.gradient for s in self.backward}
        return [(s.name, brief(s.value), _brief(gradients.get(s.node)), s.local) for s in self.forward]

    def __str__(self) -> str:
        lines = [f"{'':30}{'value ↓':>12}{'slope':>14}{'gradient ↑':>14}"]
        for name, value, gradient, slopes in self.rows():
            lines += [f"{'':42}{'× ' + s:>14}".rstrip() for s in slopes if s]
            lines.append(f"{_cut(name, 29):30}{value:>12}{'':14}{gradient:>14}".rstrip())
        return "\n".join([*lines, *([self.why] if self.why else [])])

    def __rich__(self) -> RenderableType:
        return _rich_table(self)

    @property
    def html(self) -> str:
        """The player as a page of its own; it opens from disk and fetches nothing.

        Raises:
            ArgumentError: the function does nothing that could be walked through.
        """
        score = self.score()
        if score is None or self.found is None:
            raise ArgumentError(f"{self.name} does nothing to its arguments: there is no box to walk through")
        from chalkgrad.render.walk_page import walk_page  # V8 stays away until a page is wanted

        source = self.source() if self.source is not None and not self.why else ""
        return walk_page(self.name, plan(self.found, self.name), score, source) or ""

    def save(self, path: str | Path) -> Path:
        """Write the player to one file, and return its path."""
        path = Path(path)
        path.write_text(self.html, encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        if not any(step.takes for step in self.forward):
            return f"<pre>{escape(str(self))}</pre>"
        from chalkgrad.render.walk_page import framed

        return framed(self.html, self.name)


def walk(f: Callable, *args: Any) -> Walk:
    """Walk through both passes of a function.

    Args:
        f: any function in plain NumPy, a chain, or a derivative.
        *args: where.

    Returns:
        A `Walk`: `.forward` and `.backward` are lists of steps. Each link of a chain is one step.

    Raises:
        ChalkgradError: f could not be recorded at these arguments.

    >>> import numpy as np
    >>> print(walk(np.exp, 0.0))
                                       value ↓         slope    gradient ↑
    x                                        0                           1
                                                         × 1
    exp(x)                                   1                           1
    """
    return replace(walk_of(passes(f, *args), name_of(f)), source=partial(_both_passes, f, args))


def _both_passes(f: Callable, args: tuple[Any, ...]) -> str:
    from chalkgrad.render.code import backward_code

    try:
        return str(backward_code(f, *args))
    except ChalkgradError:  # the player does without
        return ""


def walk_of(found: Passes, name: str) -> Walk:
    """The walk through passes that are there already."""
    graph = found.graph
    outputs = tuple(dict.fromkeys(o for o in graph.outputs if o < found.forward))
    nodes = live_nodes(graph, found.forward, outputs)
    items = folded(graph, items_of(graph, nodes, 0))[:MOST]
    used = {a for i in nodes for a in graph.nodes[i].args} | set(outputs)
    walker = _Walker(found, dict.fromkeys(outputs, name))
    ins = [i for i in dict.fromkeys(graph.inputs) if i in used]
    forward = [walker.enter(i) for i in ins] + [walker.forward(item, 0) for item in items]
    backward = [] if found.why else [*walker.backward_pass(items, outputs)]
    return Walk(name, forward, backward, found.why, found)


class _Walker:
    """Makes the steps."""

    def __init__(self, found: Passes, results: dict[int, str]):
        self.found, self.nodes, self.results = found, found.graph.nodes, results
        self.planner = Planner(found)

    def enter(self, i: int) -> Step:
        node, value = self.nodes[i], self.found.values[i]
        name = node.name or "x"
        return Step(
            "forward",
            name,
            name_tex(name),
            (),
            (),
            (value,),
            value,
            self.found.gradient(i),
            np.shape(value),
            i,
        )

    def forward(self, item: Item, depth: int) -> Step:
        i, ins = item.nodes[-1], self.planner.incoming(item)
        values = self.found.values
        return self._step("forward", item, depth, tuple(values[a] for a in ins), (values[i],), self.forward)

    def backward(self, item: Item, depth: int) -> Step:
        i, ins = item.nodes[-1], self.planner.incoming(item)
        leaves = tuple(self.back(item, n, a) for n, a in enumerate(ins))
        return self._step("backward", item, depth, (self.found.gradient(i),), leaves, self.backward)

    def _step(
        self,
        direction: str,
        item: Item,
        depth: int,
        incoming: tuple,
        outgoing: tuple,
        make: Callable[..., Step],
    ) -> Step:
        i = item.nodes[-1]
        value, inside = self.found.values[i], self.inside(item, depth, make)
        return Step(
            direction, self.name(item, depth), self.formula(item, depth), self.slopes(item), incoming,
            outgoing, value, self.found.gradient(i), np.shape(value), i, tuple(self.planner.incoming(item)),
            inside if direction == "forward" else inside[::-1],
        )  # fmt: skip

    def backward_pass(self, items: list[Item], outputs: tuple[int, ...]) -> Iterator[Step]:
        for item in reversed(items):
            if self.found.gradient(item.nodes[-1]) is not None:
                yield self.backward(item, 0)
        for i in dict.fromkeys(self.found.graph.inputs):
            g = self.found.gradient(i)
            if g is not None:
                name = self.nodes[i].name or "x"
                value = self.found.values[i]
                yield Step("backward", name, name_tex(name), (), (g,), (), value, g, np.shape(value), i)

    def back(self, item: Item, n: int, a: int) -> Any:
        if item.kind != "op":
            return self.planner.backward_over(item, a)
        i = item.nodes[-1]
        slots = [k for k, arg in enumerate(self.nodes[i].args) if not is_constant(self.nodes[arg])]
        return self.found.edge(i, slots[n])

    def slopes(self, item: Item) -> tuple[str, ...]:
        return tuple(s.text or plain_words(s.tex) for s in self.planner.slopes(item))

    def inside(self, item: Item, depth: int, make: Callable) -> tuple[Step, ...]:
        if item.kind == "op":
            return ()
        inner = list(item.turns[0]) if item.turns else items_of(self.found.graph, list(item.nodes), depth + 1)
        return tuple(make(i, depth + (0 if item.turns else 1)) for i in inner)

    # ----- names -----

    def formula(self, item: Item, depth: int) -> str:
        if item.kind != "op":
            holes = ", ".join(self._tex(a) for a in self.planner.incoming(item))
            title = item.scope.name if item.scope is not None else self.planner.title(item)[0]
            return rf"\operatorname{{{title.replace('_', chr(92) + '_')}}}({holes})"
        return upstairs(self.found, item.nodes[-1]) if depth else self._whole(item.nodes[-1])

    def _whole(self, i: int) -> str:
        from chalkgrad.render.formula import of_graph

        try:
            found = of_graph(self.found.graph.with_outputs((i,)), values=self.found.values)
            return found.latex if not found.lines else upstairs(self.found, i)
        except ChalkgradError:
            return upstairs(self.found, i)

    def _tex(self, a: int) -> str:
        return name_tex(self.nodes[a].name) if self.nodes[a].name else r"\square"

    def name(self, item: Item, depth: int) -> str:
        i = item.nodes[-1]
        if self.planner.name(i):
            return self.planner.name(i)
        if item.turns:
            title, times = self.planner.title(item)
            return f"{title} ×{times}"
        if item.kind == "function" and i not in self.results:
            return f"{item.scope.name}(…)" if item.scope is not None else "…"
        return plain_words(self.formula(item, depth))


# ----- words -----


@lru_cache(maxsize=4096)
def plain_words(tex: str) -> str:
    """LaTeX as people type it."""
    if not tex:
        return ""
    try:
        from chalkgrad.latex.text import to_text

        return to_text(tex)
    except (ImportError, ChalkgradError):
        from chalkgrad.render.factory import plain

        return plain(tex)


def _brief(value: Any) -> str:
    return "" if value is None else brief(value)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _rich_table(found: Walk) -> RenderableType:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("")
    table.add_column("value ↓", justify="right", style="bold blue", header_style="blue")
    table.add_column("slope", justify="right", style="dark_orange", header_style="dark_orange")
    table.add_column("gradient ↑", justify="right", style="bold dark_orange", header_style="dark_orange")
    for name, value, gradient, slopes in found.rows():
        for s in filter(None, slopes):
            table.add_row("", "", f"× {s}", "")
        table.add_row(name, value, "", gradient)
    return table


# ----- JSON -----


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "direction": step.direction,
        "name": step.name,
        "formula": step.formula,
        "local": list(step.local),
        "incoming": [value_json(v) for v in step.incoming],
        "outgoing": [value_json(v) for v in step.outgoing],
        "value": value_json(step.value),
        "gradient": value_json(step.gradient),
        "shape": list(step.shape),
        "node": step.node,
        "takes": list(step.takes),
        "steps": [_step_json(s) for s in step.steps],
    }


def value_json(value: Any) -> Any:
    """A value for people: numbers as they are and as they print, arrays cut to their corners.

    >>> value_json(0.1 + 0.2)
    {'number': 0.30000000000000004, 'text': '0.3'}
    """
    if value is None:
        return None
    if np.ndim(value) == 0:
        plain = np.asarray(value).item()
        finite = isinstance(plain, bool | int) or np.isfinite(plain)
        return {"number": plain if finite else str(plain), "text": number(value)}
    array = np.asarray(value)
    shown = array if array.size <= LARGEST else array[tuple(slice(0, 3) for _ in array.shape)]
    entries = [number(v) for v in shown.ravel()[:LARGEST]]
    return {
        "shape": list(array.shape),
        "text": shape_text(array.shape),
        "shown": list(shown.shape),
        "entries": entries,
    }
