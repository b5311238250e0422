"""The data of a card: pure Python, JSON all through, bounded. No V8, no Matplotlib."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from chalkgrad.errors import ChalkgradError
from chalkgrad.grad import Derivative, derivative
from chalkgrad.graph import Graph
from chalkgrad.graph_json import graph_to_json
from chalkgrad.op import ELEMENTWISE
from chalkgrad.people import gradient_graphs
from chalkgrad.render.chain import Step, chain
from chalkgrad.render.factory_math import is_constant, name_tex
from chalkgrad.render.factory_model import levels_to_json
from chalkgrad.render.factory_plan import plan
from chalkgrad.render.formula import Formula, formula, of_graph, partial_sign, primed
from chalkgrad.render.layers import layer_lines, layers_data
from chalkgrad.render.lines import unmarked
from chalkgrad.render.live import live_data
from chalkgrad.render.numbers import brief, number
from chalkgrad.render.opened import Opened, weights_of
from chalkgrad.render.pieces import width
from chalkgrad.render.samples import Entry, current, entry_of, samples, samples_over
from chalkgrad.render.training import training_data
from chalkgrad.render.view_code import inputs_in, segment, source_of, spans_of
from chalkgrad.render.walk import walk_of
from chalkgrad.render.walk_values import passes
from chalkgrad.trace.run import code_of, name_of

VERSION = 1
ORDERS = 2  # derivatives with a face of their own
MOST_NODES = 60  # that are told in the foot
MOST_FACE = (100, 32)  # nodes of f and of f′ whose derivative has a face: beyond, nobody could read it
MOST_GRAPH = 1500  # nodes whose graph goes along
MOST_PARTIALS = 6
MOST_STEPS = 12  # lines of a value told in steps, or of a backward pass
FITS = 46  # glyphs side by side in the column of the formulas
LONGEST_LATEX = 700  # characters of a partial derivative on the card
NUDGE = 0.01
AT = 1.0  # where the tangent stands over an axis
OVER = {"input": -1, "entry": 0, "at": AT}  # the axis of a plot that is no input
_IMPORT = re.compile(r"\Aimport numpy as np\n+")
_MARK = re.compile(r"\\htmlData\{node=(-?\d+)\}")


def collect_views(
    f: Callable, args: Sequence[Any], at: float | None, over: tuple[float, float] | None = None
) -> dict[str, Any]:
    """See `view.collect`."""
    args = _at(args, at)
    return _Collector(f, args, primed(f)[1], None, over).data(ORDERS)


def _at(args: Sequence[Any], at: float | None) -> tuple[Any, ...]:
    """A vector example of a function is where it is plotted; its card stands at one number."""
    return tuple(args) if at is None else (float(at), *args[1:])


class _Collector:
    """Collects one face; each view on its own."""

    def __init__(
        self,
        f: Callable,
        args: tuple[Any, ...],
        order: int,
        base: Graph | None,
        over: tuple[float, float] | None = None,
    ):
        self.f, self.args, self.order, self.over = f, args, order, over
        self.found = passes(f, *args)
        self.failed: dict[str, str] = {}
        self.scalar = len(args) == 1 and np.ndim(args[0]) == 0
        self.axis = self._is_axis()

    def data(self, orders: int) -> dict[str, Any]:
        name = name_of(self.f)
        made: dict[str, Any] = {"version": VERSION, "name": name, "order": self.order, "output": self.output}
        views = (
            ("at", self.at), ("formulas", self.formulas), ("code", self.code), ("backward", self.backward),
            ("plot", self.plot), ("factory", self.factory), ("nodes", self.nodes), ("walk", self.walk),
            ("graph", self.graph), ("live", self.live),
            ("layers", lambda: layers_data(self.found)), ("training", lambda: training_data(self.f)),
            ("derivative", lambda: self.derivative(orders)),
        )  # fmt: skip
        for key, make in views:
            value = self.attempt(key, make)
            if value is not None:
                made[key] = value
        made["failed"] = self.failed
        return made

    def attempt(self, key: str, make: Callable[[], Any]) -> Any:
        """One view; its failure is told in its place."""
        try:
            with np.errstate(all="ignore"):
                return make()
        except ChalkgradError as error:
            self.failed[key] = str(error)
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            self.failed[key] = f"{type(error).__name__}: {error}"
        return None

    def _is_axis(self) -> bool:
        """Whether the one argument is an array that f works on entry by entry: then f is plotted over it."""
        if len(self.args) != 1 or not isinstance(self.args[0], np.ndarray) or self.args[0].ndim != 1:
            return False
        try:
            with np.errstate(all="ignore"):
                derivative(self.f)(
                    np.append(self.args[0], 1.0)
                )  # of any length: it is not one entry a weight
            return True
        except (ChalkgradError, ArithmeticError, ValueError, TypeError, LookupError):
            return False

    @property
    def output(self) -> int:
        return self.found.graph.outputs[0]

    @property
    def network(self) -> bool:
        return isinstance(self.f, Opened)

    @property
    def drawn(self) -> bool:
        """Whether there is a plot: of a network only that of its loss, and only of one soon run."""
        number = not self.found.graph.nodes[self.output].shape
        return not self.network or (number and self.found.forward <= MOST_FACE[0])

    def entry(self) -> Entry:
        """Which entry of which argument the plot varies.

        Raises:
            ArgumentError: none of them is a real number.
        """
        return entry_of(self.f, self.args, self._vary())

    def _vary(self) -> str | None:
        """Of a network the weight of its first layer that matters most: others may do nothing."""
        first = next(iter(weights_of(self.found.graph)), None)
        g = None if first is None else self.found.gradient(first)
        if g is None or not np.ndim(g) or not np.isfinite(g).all():
            return None
        at = np.unravel_index(int(np.argmax(np.abs(g))), np.shape(g))
        return f"{entry_of(self.f, self.args).name.partition('[')[0]}[{','.join(map(str, at))}]"

    # ----- head and formulas -----

    def at(self) -> dict[str, str] | None:
        if not self.drawn:
            return None
        entry = self.entry()
        if self.axis:
            return {"tex": name_tex(entry.name.partition("[")[0]), "text": f"{AT:.2f}"}
        value = current(self.args, entry)
        text = f"{value:.2f}" if round(value, 2) == value else number(value)
        return {"tex": entry.tex, "text": text.replace("-", "−")}

    def formulas(self) -> list[dict[str, str]]:
        own = formula(self.f, *self.args, mark=True)
        lines = self._value_lines(own)
        if self.found.why or self.network:  # a network's partial derivatives are pictures
            return lines
        more = self.attempt("slope formula", self._slope_line if self.elementwise else self._partials)
        return lines + (more or [])

    def _value_lines(self, own: Formula) -> list[dict[str, str]]:
        """The value in one line, or, where that is too wide, in steps by the person's names."""
        value = brief(self.found.values[self.output])
        line = {"kind": "value", "latex": own.equation, "value": value, "key": self._key(self.output)}
        if self.order or (not own.lines and width(own.equation) <= FITS):
            return [line]
        stepped = own if own.lines else formula(self.f, *self.args, steps=True, mark=True)
        stepped = self._by_layers(own) or stepped
        if not 1 < len(stepped.steps) <= MOST_STEPS:
            return [line]
        at = {f"{x.name} = {x.latex}": x.node for x in stepped.lines}
        steps = [self._step(latex, at.get(latex)) for latex in stepped.steps]
        return [*steps[:-1], line | {"latex": stepped.steps[-1]}]

    def _by_layers(self, own: Formula) -> Formula | None:
        """A network's formula with a line for each layer: the innermost ones, or, of many, the outermost."""
        if own.graph is None:
            return None
        for layers in layer_lines(self.found):
            nodes = [i for i in layers if i != self.output]
            if nodes and len(nodes) < MOST_STEPS:
                return of_graph(own.graph, values=self.found.values, mark=True, lines_of=nodes)
        return None

    def _step(self, latex: str, node: int | None) -> dict[str, str]:
        value = "" if node is None else brief(self.found.values[node])
        return {"kind": "value", "latex": latex, "value": value, "key": self._key(node), "step": "yes"}

    def _chain_lines(self) -> list[dict[str, str]]:
        """The backward pass in the person's names; none where it is too long for a card."""
        steps = chain(self.f, *self.args, mark=True)
        if len(steps) > MOST_STEPS or any(len(unmarked(s.latex)) > LONGEST_LATEX for s in steps):
            return []
        return [self._chain_line(step) for step in steps]

    def _chain_line(self, step: Step) -> dict[str, str]:
        g = None if step.node is None else self.found.gradient(step.node)
        line = {
            "kind": "gradient",
            "latex": f"{step.left} = {step.latex}",
            "value": "" if g is None else brief(g),
            "key": self._gradient_key(step.node),
        }
        return line if step.node in self.found.graph.inputs else line | {"step": "yes"}

    @property
    def elementwise(self) -> bool:
        return self.scalar and self.single and np.ndim(self.found.values[self.output]) == 0

    @property
    def single(self) -> bool:
        """Whether there is one result."""
        return sum(o < self.found.forward for o in self.found.graph.outputs) == 1

    def _slope_line(self) -> list[dict[str, str]]:
        made = formula(derivative(self.f), *self.args, mark=True)
        g = self.found.gradient(self.found.graph.inputs[0])
        value, key = brief(0.0 if g is None else g), self._gradient_key(self.found.graph.inputs[0])
        latex = self._remarked(made.equation, made.graph)
        return [{"kind": "gradient", "latex": latex, "value": value, "key": key}]

    def _partials(self) -> list[dict[str, str]]:
        """∂L/∂W, one line an input."""
        if np.ndim(self.found.values[self.output]) or not self.single:
            return []
        found = gradient_graphs(self.f, *self.args)
        by_name = {self.found.graph.nodes[i].name: i for i in self.found.graph.inputs}
        lines = {n: self._partial(n, g, by_name.get(n)) for n, g in list(found.items())[:MOST_PARTIALS]}
        short = [line for line in lines.values() if line["latex"]]
        long = [n for n in found if n not in lines or not lines[n]["latex"]]
        if long or any(width(line["latex"]) > FITS for line in short):
            chained = self.attempt("chain", self._chain_lines)
            self.failed.pop("chain", None)
            if chained:
                return chained
        return [*short, self._told(long)] if long else short

    def _told(self, names: list[str]) -> dict[str, str]:
        """Partial derivatives too long for a line, or too many."""
        signs = [partial_sign(name_of(self.f), n) for n in names[:MOST_PARTIALS]]
        listed = r",\; ".join([*signs, r"\ldots"] if len(names) > MOST_PARTIALS else signs)
        return {"kind": "gradient", "latex": rf"{listed} \quad \text{{in the backward pass}}", "value": ""}

    def _partial(self, name: str, graph: Graph, at: int | None) -> dict[str, str]:
        sign = partial_sign(name_of(self.f), name)
        made = of_graph(graph, sign, mark=True)
        latex = self._remarked(made.equation, made.graph)
        if len(_MARK.sub("", latex)) > LONGEST_LATEX:
            latex = ""
        g = None if at is None else self.found.gradient(at)
        value = "" if g is None else brief(g)
        return {"kind": "gradient", "latex": latex, "value": value, "key": self._gradient_key(at)}

    def _remarked(self, latex: str, graph: Graph | None) -> str:
        """The marks of a derivative's formula as nodes of this face's graph; others go."""
        theirs = dict(getattr(graph, "origin", {}))
        ours = getattr(self.found.graph, "origin", None)
        back = {o: i for i, o in ours.items()} if ours else None

        def one(mark: re.Match[str]) -> str:
            at = theirs.get(int(mark[1]))
            at = back.get(at) if back is not None and at is not None else at
            return "" if at is None else rf"\htmlData{{node={at}}}"

        return _MARK.sub(one, latex)

    # ----- code -----

    def code(self) -> dict[str, Any] | None:
        base, order = primed(self.f)
        source, line = source_of(base)
        if order:
            return self._generated(base, order, line)
        graph = self.found.graph
        spans = sorted([*spans_of(base, graph, source, line), *inputs_in(source, graph)])
        return {"source": source, "spans": spans, "line": line, "label": "Code"}

    def _generated(self, base: Callable, order: int, line: int) -> dict[str, Any] | None:
        from chalkgrad.render.code import code  # it takes its spans from view_code

        label = f"Code, generated from line {line}" if line else "Code, generated"
        source = _IMPORT.sub("", str(code(self.f, *self.args)))
        return {"source": source, "spans": [], "line": 0, "label": label}

    def backward(self) -> dict[str, Any] | None:
        if self.order or self.found.why:
            return None
        from chalkgrad.render.code import backward_code

        return {"source": _IMPORT.sub("", str(backward_code(self.f, *self.args)))}

    # ----- pictures -----

    def plot(self) -> dict[str, Any] | None:
        if not self.drawn:
            return None
        name = self.entry().name.partition("[")[0]
        over = samples_over(self.f, name, AT, self.over) if self.axis else None
        found = over or samples(self.f, self.args, self.entry(), self.over, found=self.found)
        made = {f.name: getattr(found, f.name) for f in fields(found)} | {"entry": asdict(found.entry)}
        made["inner"] = {str(k): v for k, v in found.inner.items()}
        made["inner_at"] = {str(k): _safe(v) for k, v in found.inner_at.items()}
        made["kinks"] = [{k: _safe(v) for k, v in asdict(kink).items()} for kink in found.kinks]
        return made | {"at": _safe(found.at), "value": _safe(found.value), "slope": _safe(found.slope)}

    def factory(self) -> list[dict[str, Any]]:
        return levels_to_json(plan(self.found, name_of(self.f)))

    def live(self) -> dict[str, Any]:
        made = live_data(self.found, self.args, inherits=self.order > 0)
        if made["still"]:
            return made
        made["weights"] = len(set(weights_of(self.found.graph)))  # they have no boxes to type into
        axis = self._varied() if not self.axis else OVER if self._entrywise() else None
        return made | {"axis": axis} if axis else made

    def _entrywise(self) -> bool:
        """Whether a page can run the graph over another axis: every operation works entry by entry."""
        nodes, start = self.found.graph.nodes, self.found.graph.inputs[0]
        touched = [False] * len(nodes)
        for i, node in enumerate(nodes):
            touched[i] = i == start or any(touched[a] for a in node.args)
        own = (n for n, t in zip(nodes, touched, strict=True) if t)
        alike = all(n.shape == nodes[start].shape and (n.op is None or n.op.kind == ELEMENTWISE) for n in own)
        return alike and not self.found.graph.guards

    def _varied(self) -> dict[str, int] | None:
        """Which entry of which input the plot varies."""
        try:
            entry = self.entry()
        except ChalkgradError:
            return None
        k = min(entry.leaf, len(self.found.graph.inputs) - 1)
        shape = self.found.graph.nodes[self.found.graph.inputs[k]].shape
        return {"input": k, "entry": int(np.ravel_multi_index(entry.index, shape)) if shape else 0}

    def _key(self, at: int | None) -> str:
        """Which number of the page's graph node `at` is; empty where it is none."""
        return "" if at is None or self.found.graph.nodes[at].shape else str(at)

    def _gradient_key(self, i: int | None) -> str:
        return "" if i is None else self._key(self.found.graph.gradients.get(i))

    def walk(self) -> dict[str, Any]:
        return walk_of(self.found, name_of(self.f)).to_json()

    def graph(self) -> dict[str, Any] | None:
        return graph_to_json(self.found.graph) if len(self.found.graph.nodes) <= MOST_GRAPH else None

    # ----- nodes in words -----

    def nodes(self) -> dict[str, dict[str, Any]]:
        graph = self.found.graph
        needed = graph.needed(graph.outputs[:1])
        shown = [i for i in range(self.found.forward) if needed[i] and not is_constant(graph.nodes[i])]
        shown = [i for i in shown if graph.nodes[i].op is not None or i in graph.inputs]
        if len(shown) > MOST_NODES:  # then only what stands on the outermost floor is told
            outer = {r.node for r in plan(self.found, "")[0].roads}
            shown = [i for i in shown if i in outer][:MOST_NODES]
        return {str(i): self._node(i) for i in shown}

    def _node(self, i: int) -> dict[str, Any]:
        node, found = self.found.graph.nodes[i], self.found
        g = found.gradient(i)
        made = {
            "value": brief(found.values[i]),
            "gradient": "" if g is None else brief(g),
            "code": segment(node),
            "keys": [self._key(i), self._gradient_key(i)],
        }
        latex = self.attempt(
            f"node {i}", lambda: of_graph(found.graph.with_outputs((i,)), values=found.values).latex
        )
        self.failed.pop(f"node {i}", None)
        made["latex"] = latex if latex is not None and len(latex) < 240 else node.name
        return made | {"story": self._story(i, g)}

    def _story(self, i: int, g: Any) -> dict[str, Any]:
        graph = self.found.graph
        if i in graph.outputs:
            return {"kind": "result"}
        if g is None or np.ndim(g):
            return {}
        parts = [(p, key) for p, key in self._parts(i) if p is not None and np.ndim(p) == 0]
        if len(parts) > 1:
            return {
                "kind": "adds",
                "parts": [number(p) for p, _ in parts[:6]],
                "keys": [key for _, key in parts[:6]],
                "sum": number(g),
                "key": self._gradient_key(i),
                "more": max(0, len(parts) - 6),
            }
        change = float(g) * NUDGE
        if not np.isfinite(change):
            return {}
        return {
            "kind": "raise",
            "by": number(NUDGE),
            "much": number(float(f"{abs(change):.2g}")),
            "up": change > 0,
            "key": self._gradient_key(i),
        }

    def _parts(self, i: int) -> list[tuple[Any, str]]:
        """What comes back to node i from each place where it is used, and which number that is."""
        nodes, edges = self.found.graph.nodes[: self.found.forward], self.found.graph.edges
        places = [(j, k) for j, n in enumerate(nodes) for k, a in enumerate(n.args) if a == i]
        return [(self.found.edge(*place), self._key(edges.get(place))) for place in places]

    # ----- the derivative's own face -----

    def derivative(self, orders: int) -> dict[str, Any] | None:
        if not orders or not self.elementwise or self.found.why or isinstance(self.args[0], int):
            return None
        if len(self.found.graph.nodes) > MOST_FACE[min(self.order, 1)]:
            return None
        if (
            code_of(self.f) is None
            and not isinstance(self.f, Derivative)
            and not hasattr(self.f, "functions")
        ):
            return None
        return _Collector(derivative(self.f), self.args, self.order + 1, None, self.over).data(orders - 1)


def _safe(value: float | None) -> Any:
    """A number that JSON can say; others as strings."""
    return value if value is None or np.isfinite(value) else str(value)
