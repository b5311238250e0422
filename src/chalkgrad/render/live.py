"""What a page needs to compute a face anew: its graph, both passes, and the local slopes beside it.

{"graph":     as graph_json writes it, without names and places,
 "at":        the entries of each input, flat,
 "gradients": for each input the node that is its gradient, or -1,
 "guards":    [node, entries] where a value decided the path: it holds while they are the same,
 "names", "shapes", "kinds":  of the inputs,
 "axis":      what the plot varies: {"input": 0, "entry": 0},
 "still":     why the page cannot compute it, if it cannot,
 "check":     what NumPy has at every node, for the builder to compare}
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from chalkgrad.graph import Graph
from chalkgrad.graph_json import graph_to_json, lacking
from chalkgrad.op import Refusal
from chalkgrad.render.walk_values import Passes, _leaves
from chalkgrad.trace.box import Box
from chalkgrad.trace.tape import Tape, bare

MOST_NODES = 1500
MOST_ENTRIES = 20_000  # of all nodes together: what is recomputed at each move of a hand
_LEFT_BEHIND = ("name", "scope", "line", "step")


class Slopes:
    """The graph of both passes with a node for every local slope that was asked for."""

    def __init__(self, found: Passes):
        self.found = found
        nodes = found.graph.nodes
        self.tape = Tape()
        self.tape.ops = [n.op for n in nodes]
        self.tape.args = [n.args for n in nodes]
        self.tape.params = [dict(n.params) for n in nodes]
        self.tape.values = list(found.values)
        self.tape.inputs = list(found.graph.inputs)
        self.made: dict[tuple[int, int], str] = {}

    def key(self, i: int, k: int) -> str:
        """Which number of the page's graph the slope of node i by its argument k is; empty if it is none."""
        if (i, k) not in self.made:
            self.made[i, k] = self._key(i, k)
        return self.made[i, k]

    def _key(self, i: int, k: int) -> str:
        node = self.found.graph.nodes[i]
        rule = None if node.op is None else node.op.rule(k)
        if rule is None or isinstance(rule, Refusal):
            return ""
        one = np.ones(node.shape)[()] if node.shape else 1.0
        with np.errstate(all="ignore"):
            made = rule(one, self._box(i), *map(self._box, node.args), **node.params)
        if type(made) is not Box:
            return ""
        at = made.fresh().at
        return f"{at}:*" if np.ndim(bare(self.tape.values[at])) else str(at)

    def _box(self, i: int) -> Any:
        node, value = self.found.graph.nodes[i], self.tape.values[i]
        return value if node.op is None and i not in self.tape.inputs else Box(self.tape, i, value)

    def graph(self) -> Graph:
        """Both passes, the slopes behind them."""
        count = len(self.found.graph.nodes)
        made = self.tape.graph(self.found.graph.outputs).nodes[count:]
        return replace(self.found.graph, nodes=(*self.found.graph.nodes, *made))


def slopes_of(found: Passes) -> Slopes:
    """The one record of slopes that belongs to two passes."""
    if "slopes" not in found.memo:
        found.memo["slopes"] = Slopes(found)
    return found.memo["slopes"]


def live_data(found: Passes, args: Sequence[Any], inherits: bool) -> dict[str, Any]:
    """See the top of this file.

    Args:
        found: both passes.
        args: where.
        inherits: whether the path is that of another face of the same card, whose guards hold here too.
    """
    slopes = slopes_of(found)
    graph, values = slopes.graph(), slopes.tape.values
    still = _still(graph, values, inherits)
    if still:
        return {"still": still}
    written = graph_to_json(graph)
    for node in written["nodes"]:
        for gone in _LEFT_BEHIND:
            node.pop(gone, None)
    return {
        "graph": {k: written[k] for k in ("version", "nodes", "inputs", "outputs")},
        "at": [_flat(leaf) for leaf in _leaves(tuple(args))],
        "gradients": [graph.gradients.get(i, -1) for i in graph.inputs],
        "guards": [[i, _flat(values[i])] for i in dict.fromkeys(graph.decided)],
        "names": [graph.nodes[i].name or "x" for i in graph.inputs],
        "shapes": [list(graph.nodes[i].shape) for i in graph.inputs],
        "kinds": [graph.nodes[i].dtype.kind for i in graph.inputs],
        "still": "",
        "check": [_flat(bare(v)) for v in values],
    }


def _still(graph: Graph, values: Sequence[Any], inherits: bool) -> str:
    """Why a page cannot compute a graph; empty if it can."""
    if missing := lacking(graph):
        return f"a page has no {' and no '.join(missing)}"
    if len(graph.nodes) > MOST_NODES:
        return f"its {len(graph.nodes)} operations are too many for a page"
    if (entries := sum(np.size(bare(v)) for v in values)) > MOST_ENTRIES:
        return f"its {entries} numbers are too many for a page"
    known = len(graph.decided) == len(graph.guards) and -1 not in graph.decided
    if graph.guards and not known and not inherits:
        return "which way it goes depends on values in a way that a page cannot follow"
    return ""


def _flat(value: Any) -> list[Any]:
    """Entries as JSON has them; those that are not finite as strings."""
    entries = np.ravel(np.asarray(value)).astype(float).tolist()
    return [e if math.isfinite(e) else str(e) for e in entries]


# ----- in the builder -----


def precisions(nodes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The dtype that a node's digits are good for: what is made of single precision is no better."""
    found: list[str] = []
    for node in nodes:
        own = [node["dtype"], *(found[a] for a in node.get("args", ()))]
        found.append(next((d for d in own if d.endswith("f4")), own[0]))
    return found


def differs(
    check: Sequence[Sequence[Any]], page: Sequence[Sequence[float]], dtypes: Sequence[str]
) -> int | None:
    """The first node at which a page computes something else than NumPy did; None if there is none."""
    for i, (ours, theirs, dtype) in enumerate(zip(check, page, dtypes, strict=True)):
        a, b = np.array([float(e) for e in ours]), np.asarray(theirs, float)
        finite = a[np.isfinite(a)]
        size = float(np.max(np.abs(finite), initial=0.0))
        within = (1e-5 if dtype.endswith("f4") else 1e-9) * size + 1e-12
        if a.shape != b.shape or not np.allclose(a, b, rtol=0, atol=within, equal_nan=True):
            return i
    return None


def live_json(live: Mapping[str, Any], dumps: Any) -> str:
    """What goes into the page, safe inside a script element."""
    kept = {k: v for k, v in live.items() if k not in ("check", "still", "names", "shapes", "kinds")}
    return dumps(kept).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
