"""One entry spelled out: the numbers that make it, and where each of them stands.

An entry is a sum of terms, a term a product of factors; a factor is a key ("12:3" is entry 3 of node 12,
"31:3/29:3" a quotient) or, behind "=", a number that no place of the page holds. Each sum is carried out
before it is told: what does not come to the entry's own value is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from chalkgrad.op import ELEMENTWISE
from chalkgrad.render.factory_fold import Item
from chalkgrad.render.factory_math import is_constant, local_slope
from chalkgrad.render.numbers import number
from chalkgrad.render.walk_check import rerun
from chalkgrad.render.walk_columns import cut
from chalkgrad.render.walk_tokens import Token, math, text
from chalkgrad.render.walk_values import Passes

SHOWN = 6  # terms that are written out
LARGEST = 64  # entries of a value whose dependence is found by trying
BIGGEST = 200_000  # entries that are looked at at all

Term = tuple[tuple[str, float], ...]  # factors: key and value
Spelled = dict[str, Any]


class Speller:
    """Spells out entries of values and gradients."""

    def __init__(self, found: Passes, names: Mapping[int, tuple[str, str]]):
        self.found, self.nodes, self.names = found, found.graph.nodes, names

    # ----- forward -----

    def forward(self, item: Item, out: int) -> Spelled | None:
        """How each entry of a box's result is made."""
        terms = self._forward_terms(item, out)
        if terms is None:
            return None
        made, said = terms
        return self._spelled(np.asarray(self.found.values[out]), str(out), "up", out, made, said)

    def _forward_terms(self, item: Item, out: int) -> tuple[Any, list[Token]] | None:
        op = self.nodes[out].op
        name = "" if op is None or item.kind != "op" else op.name
        args = self.nodes[out].args
        if name in ("dot", "matmul") and self._flat(out):
            a, b = self._pair(out)
            said = [text("Row "), ["r"], text(" of "), self._name(args[0]), text(" times column "), ["k"],
                    text(" of "), self._name(args[1]), text(".")]  # fmt: skip
            return lambda e: _product(e, a, b), said
        if name in ("sum", "mean"):
            groups = _groups(self.nodes[args[0]].shape, self.nodes[out].params)
            share = 1.0 if name == "sum" else 1.0 / max(1, groups.shape[1])
            said = [text("The entries of "), self._name(args[0])]
            said += [text(" added up." if name == "sum" else f", each over {groups.shape[1]}.")]
            flat = np.ravel(self.found.values[args[0]])

            def summed(e: int) -> list[Term]:
                return [_with((self._key(args[0], int(k)), float(flat[k])), share) for k in groups[e]]

            return summed, said
        return self._by_entry(item, out)

    def call(self, item: Item, a: int, out: int, wrap: list[str]) -> Spelled | None:
        """One value, entry by entry: the number stands between the two halves of `wrap`."""
        shape = self.nodes[out].shape
        if self.nodes[a].shape != shape or not all(_works_by_entry(self.nodes[i]) for i in item.nodes):
            return None
        value, flat = np.asarray(self.found.values[out]), np.ravel(self.found.values[a])
        made = {str(e): [[self._key(a, e)]] for e in _written(shape)}
        if not made or value.size > BIGGEST:
            return None
        return {
            "node": out, "key": str(out), "side": "up", "scalar": not shape, "vector": len(shape) == 1,
            "shape": [*shape] if len(shape) != 1 else [1, *shape], "terms": made, "frozen": False,
            "wrap": wrap,
            "texts": {made[e][0][0]: number(flat[int(e)]) for e in made}, "said": [text("Entry by entry.")],
            "values": {e: number(value.ravel()[int(e)]) for e in made},
        }  # fmt: skip

    def _by_entry(self, item: Item, out: int) -> tuple[Any, list[Token]] | None:
        """Sums, differences and products of entries."""
        node = self.nodes[out]
        name = "" if node.op is None or item.kind != "op" else node.op.name
        if name not in ("add", "subtract", "multiply") or any(a not in self.names for a in node.args):
            return None
        a, b = (self._broadcast(x, node.shape) for x in node.args)
        if name == "multiply":
            return lambda e: [(a(e), b(e))], [text("Entry by entry.")]
        second = [("=", -1.0)] if name == "subtract" else []
        return lambda e: [(a(e),), (*second, b(e))], [text("Entry by entry.")]

    def _broadcast(self, node: int, shape: tuple[int, ...]) -> Any:
        """The entry of a value that an entry of a larger one takes."""
        given = self.nodes[node].shape
        went = np.broadcast_to(np.arange(int(np.prod(given))).reshape(given), shape).ravel()
        flat = np.ravel(self.found.values[node])
        return lambda e: (self._key(node, int(went[e])), float(flat[went[e]]))

    # ----- backward -----

    def backward(self, item: Item, slot: int, a: int) -> Spelled | None:
        """How each entry of the gradient is made that a box sends back over one road."""
        found = self._backward_terms(item, slot, a)
        back = self._sent(item, slot, a)
        if found is None or back is None:
            return None
        value, key = back
        op = self.nodes[item.nodes[-1]].op
        fixed = item.kind == "op" and op is not None and op.name in ("sum", "mean")
        return self._spelled(np.asarray(value), key, "down", a, *found, fixed)

    def shares(self, ends: list[tuple[Item, int]], a: int) -> Spelled | None:
        """How the shares of a value's gradient add up."""
        sent = [self._sent(item, slot, a) for item, slot in ends]
        whole, at = self.found.gradient(a), self.found.graph.gradients.get(a)
        parts = [(np.ravel(value), key) for value, key in filter(None, sent)]
        if (
            len(parts) < len(sent)
            or whole is None
            or any(not key or p.size != np.size(whole) for p, key in parts)
        ):
            return None

        def terms(e: int) -> list[Term]:
            return [((f"{key}:{e}", float(part[e])),) for part, key in parts]

        return self._spelled(np.asarray(whole), str(at), "down", a, terms, [text("Entry by entry.")])

    def _sent(self, item: Item, slot: int, a: int) -> tuple[Any, str] | None:
        graph = self.found.graph
        ends = [(j, k) for j in item.nodes for k, x in enumerate(self.nodes[j].args) if x == a]
        if item.kind == "op":
            ends = [(item.nodes[-1], self._argument(item, slot))]
        parts = [self.found.edge(*end) for end in ends]
        parts = [p for p in parts if p is not None]
        if not parts:
            return None
        whole, total = sum(parts[1:], parts[0]), self.found.gradient(a)
        if total is not None and np.shape(total) == np.shape(whole) and np.array_equal(total, whole):
            return whole, str(graph.gradients[a])
        keys = [graph.edges.get(end) for end in ends]
        return whole, str(keys[0]) if len(keys) == 1 and keys[0] is not None else ""

    def _argument(self, item: Item, slot: int) -> int:
        """Which argument of the operation comes in by this road."""
        args = self.nodes[item.nodes[-1]].args
        return [k for k, x in enumerate(args) if not is_constant(self.nodes[x])][slot]

    def _backward_terms(self, item: Item, slot: int, a: int) -> tuple[Any, list[Token]] | None:
        last = item.nodes[-1]
        at = self.found.graph.gradients.get(last)
        if at is None:
            return None
        if item.kind == "op":
            k = self._argument(item, slot)
            found = self._of_product(last, k, at) or self._of_sum(last, at) or self._of_entries(last, k, at)
            if found is not None:
                return found
        return self._of_slopes(item, a, at)

    def _of_product(self, i: int, k: int, at: int) -> tuple[Any, list[Token]] | None:
        op, args = self.nodes[i].op, self.nodes[i].args
        if op is None or op.name not in ("dot", "matmul") or not self._flat(i):
            return None
        a, b = self._pair(i)
        g = _Matrix(at, np.reshape(self.found.values[at], (a.array.shape[0], b.array.shape[1])), self)
        coming = self._gradient_name(i)
        flat = any(len(self.nodes[x].shape) == 1 for x in args)
        met = [text("The entries that met on the way forward, multiplied.")]
        if k == 0:  # G Bᵀ
            said = [text("Row "), ["r"], text(" of "), coming, text(" times row "), ["k"], text(" of ")]
            said = met if flat else [*said, self._name(args[1]), text(".")]
            return lambda e: _product(e, g, b.turned()), said
        said = [text("Column "), ["r"], text(" of "), self._name(args[0]), text(" times column "), ["k"]]
        said = met if flat else [*said, text(" of "), coming, text(".")]
        return lambda e: _product(e, a.turned(), g), said

    def _of_sum(self, i: int, at: int) -> tuple[Any, list[Token]] | None:
        """What went into a sum gets the sum's gradient; into a mean, its share of it."""
        op, args = self.nodes[i].op, self.nodes[i].args
        if op is None or op.name not in ("sum", "mean"):
            return None
        groups = _groups(self.nodes[args[0]].shape, self.nodes[i].params)
        went = np.empty(groups.size, dtype=int)
        went[groups.ravel()] = np.repeat(np.arange(len(groups)), groups.shape[1])
        share = 1.0 if op.name == "sum" else 1.0 / max(1, groups.shape[1])
        arrives = np.ravel(self.found.values[at])
        said = "Each entry went into the sum once: its slope is 1."
        said = said if share == 1 else f"Each entry counts for one in {groups.shape[1]}."

        def terms(e: int) -> list[Term]:
            return [_with((self._key(at, int(went[e])), float(arrives[went[e]])), share)]

        return terms, [text(said)]

    def _of_entries(self, i: int, k: int, at: int) -> tuple[Any, list[Token]] | None:
        """Elementwise operations: each entry times its slope, summed where it was broadcast."""
        node = self.nodes[i]
        if node.op is None or node.op.kind != ELEMENTWISE:
            return None
        slope = local_slope(self.found, i, k)
        given = self.nodes[node.args[k]].shape
        if slope is None:
            return None
        slopes = np.broadcast_to(slope, node.shape).ravel()
        went = np.broadcast_to(np.arange(int(np.prod(given))).reshape(given), node.shape).ravel()
        arrives = np.ravel(self.found.values[at])
        same = given == node.shape
        key = self._slope_key(i, k, at) if same else None

        def terms(e: int) -> list[Term]:
            entries = [e] if same else [int(j) for j in np.flatnonzero(went == e)]
            return [self._factors(at, j, arrives[j], slopes[j], key) for j in entries]

        said = [text("Entry by entry: what arrives, times the slope there."
                     if same else "It was used for every one of these, so their gradients add.")]  # fmt: skip
        return terms, said

    def _slope_key(self, i: int, k: int, at: int) -> Any:
        """The key of a slope: the other factor of a product, else what leaves over what arrives."""
        node = self.nodes[i]
        others = [a for n, a in enumerate(node.args) if n != k]
        if node.op is not None and node.op.name == "multiply" and len(others) == 1:
            other = others[0]
            if other in self.names and self.nodes[other].shape == node.shape:
                return lambda j: self._key(other, j)
        edge = self.found.graph.edges.get((i, k))
        return None if edge is None else lambda j: f"{self._key(edge, j)}/{self._key(at, j)}"

    def _factors(self, at: int, j: int, arrives: float, slope: float, key: Any) -> Term:
        first = (self._key(at, j), float(arrives))
        if slope == 1:
            return (first,)
        known = key is not None and (arrives or "/" not in key(j))
        return (first, (key(j) if known else "=", float(slope)))

    def _of_slopes(self, item: Item, a: int, at: int) -> tuple[Any, list[Token]] | None:
        """Any box: the gradient is linear in what arrives, so its slopes are found by sending ones back."""
        found = self._of_ratios(item, a, at)
        if found is not None:
            return found
        arrives, given = np.asarray(self.found.values[at], dtype=float), self.nodes[a].shape
        if arrives.size > LARGEST or np.prod(given, dtype=int) > LARGEST or item.kind in ("loop", "more"):
            return None
        table = self._jacobian(item, a, at, arrives)
        if table is None:
            return None
        flat = arrives.ravel()

        def terms(e: int) -> list[Term]:
            used = np.flatnonzero(table[:, e])
            return [self._factors(at, int(j), flat[j], table[j, e], None) for j in used]

        return terms, [text("What arrives, each entry times its slope.")]

    def _of_ratios(self, item: Item, a: int, at: int) -> tuple[Any, list[Token]] | None:
        """A function that works entry by entry."""
        graph, shape = self.found.graph, self.nodes[a].shape
        elementwise = all(_works_by_entry(self.nodes[i]) for i in item.nodes)
        sent = self.found.gradient(a)
        if not elementwise or sent is None or np.shape(self.found.values[at]) != shape:
            return None
        arrives, leaves = np.ravel(self.found.values[at]), np.ravel(sent)

        def terms(e: int) -> list[Term]:
            if not arrives[e]:
                return [((self._key(graph.gradients[a], e), float(leaves[e])),)]
            key = f"{self._key(graph.gradients[a], e)}/{self._key(at, e)}"
            return [((self._key(at, e), float(arrives[e])), (key, float(leaves[e] / arrives[e])))]

        return terms, [text("Entry by entry: what arrives, times the slope there.")]

    def _jacobian(self, item: Item, a: int, at: int, arrives: Any) -> Any:
        own = set(item.nodes)
        ends = [(j, k) for j in own for k, x in enumerate(self.nodes[j].args) if x == a]
        edges = [self.found.graph.edges[end] for end in ends if end in self.found.graph.edges]
        if not edges:
            return None
        between = range(self.found.forward, max(edges) + 1)
        rows = []
        for j in range(arrives.size):
            one = np.zeros(arrives.size)
            one[j] = 1.0
            values = rerun(self.found, between, {at: one.reshape(arrives.shape)[()]})
            sent = [np.asarray(values[e]) for e in edges if self._depends(e, at)]
            whole: Any = sum(sent[1:], sent[0]) if sent else 0.0
            rows.append(np.broadcast_to(whole, self.nodes[a].shape).ravel())
        return np.array(rows)

    def _depends(self, node: int, at: int) -> bool:
        if node == at:
            return True
        reached = {at}
        for i in range(at + 1, node + 1):
            if any(x in reached for x in self.nodes[i].args):
                reached.add(i)
        return node in reached

    # ----- rules in letters -----

    def product(self, item: Item, slot: int) -> list[tuple[int, bool]]:
        """The two factors of a matrix product's gradient: node (-1: what arrives), and whether transposed."""
        i = item.nodes[-1]
        op, args = self.nodes[i].op, self.nodes[i].args
        if item.kind != "op" or op is None or op.name not in ("dot", "matmul"):
            return []
        if any(len(self.nodes[x].shape) != 2 or x not in self.names for x in args):
            return []
        first = self._argument(item, slot) == 0
        return [(-1, False), (args[1], True)] if first else [(args[0], True), (-1, False)]

    # ----- the whole -----

    def _spelled(
        self, value: Any, key: str, side: str, node: int, terms: Any, said: list[Token], fixed: bool = True
    ) -> Spelled | None:
        """`fixed`: numbers without a key hold for all values, not for these alone."""
        if value.size > BIGGEST:
            return None
        made: dict[str, Any] = {}
        texts: dict[str, str] = {}
        for e in _written(value.shape):
            found = list(terms(e))
            if not found or not _comes_to(found, float(value.ravel()[e])):
                return None
            kept = found if len(found) <= SHOWN else [*found[: SHOWN - 2], found[-1]]
            made[str(e)] = [[_factor(f, texts) for f in term] for term in kept]
            if len(found) > SHOWN:
                made[str(e)].insert(SHOWN - 2, len(found))
        if not made:
            return None
        bare = any(f[:1] == "=" for e in made.values() for term in e if isinstance(term, list) for f in term)
        shape = [*value.shape] if value.ndim != 1 else [1, *value.shape]
        return {
            "node": node, "key": key, "side": side, "scalar": not value.shape, "shape": shape,
            "vector": value.ndim == 1, "terms": made, "texts": texts, "said": said,
            "frozen": bare and not fixed,
            "values": {str(e): number(value.ravel()[e]) for e in _written(value.shape)},
        }  # fmt: skip

    # ----- small parts -----

    def _flat(self, i: int) -> bool:
        """A product of two matrices, or of a matrix and a vector."""
        return all(1 <= len(self.nodes[x].shape) <= 2 for x in self.nodes[i].args)

    def _pair(self, i: int) -> tuple[_Matrix, _Matrix]:
        """The factors of a product; a vector is a row on the left, a column on the right."""
        a, b = (np.asarray(self.found.values[x]) for x in self.nodes[i].args)
        a, b = a.reshape(1, -1) if a.ndim == 1 else a, b.reshape(-1, 1) if b.ndim == 1 else b
        first, second = self.nodes[i].args
        return _Matrix(first, a, self), _Matrix(second, b, self)

    def _key(self, node: int, j: int) -> str:
        return f"{node}:{int(j)}" if self.nodes[node].shape else str(node)

    def _name(self, node: int) -> Token:
        return math(*self.names[node]) if node in self.names else text("the other")

    def _gradient_name(self, node: int) -> Token:
        result = self.found.graph.outputs[0]
        top, below = (self.names.get(n, (r"\square", "")) for n in (result, node))
        return math(rf"\partial {top[0]}/\partial {below[0]}", f"∂{top[1]}/∂{below[1]}")


class _Matrix:
    """A matrix of the graph whose entries know their keys."""

    def __init__(self, node: int, array: Any, speller: Speller, keys: Any = None):
        self.node, self.speller = node, speller
        self.keys = np.arange(array.size).reshape(array.shape) if keys is None else keys
        self.array = array

    def turned(self) -> _Matrix:
        return _Matrix(self.node, self.array.T, self.speller, self.keys.T)

    def at(self, *index: int) -> tuple[str, float]:
        return self.speller._key(self.node, self.keys[index]), float(self.array[index])


def _product(e: int, a: _Matrix, b: _Matrix) -> Iterator[Term]:
    """Entry e of a matrix product."""
    r, c = divmod(e, b.array.shape[1])
    for k in range(a.array.shape[1]):
        yield (a.at(r, k), b.at(k, c))


def _works_by_entry(node: Any) -> bool:
    return node.op is not None and node.op.kind == ELEMENTWISE


def _groups(shape: tuple[int, ...], params: Mapping[str, Any]) -> Any:
    """For each entry of a sum, the entries that it adds."""
    axis = params.get("axis")
    axes = tuple(range(len(shape))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    moved = np.moveaxis(np.arange(int(np.prod(shape))).reshape(shape), axes, range(-len(axes), 0))
    summed = int(np.prod([shape[x] for x in axes]))
    return moved.reshape(-1, summed)


def _with(factor: tuple[str, float], share: float) -> Term:
    return (factor,) if share == 1 else (factor, ("=", share))


def _written(shape: Sequence[int]) -> Iterable[int]:
    """The flat entries that stand in the picture."""
    rows, cols, _ = cut(shape)
    width = shape[-1] if shape else 1
    return [r * width + c for r in rows for c in cols if r is not None and c is not None]


def _comes_to(terms: Sequence[Term], value: float) -> bool:
    total = sum(float(np.prod([v for _, v in term])) for term in terms)
    scale = sum(abs(float(np.prod([v for _, v in term]))) for term in terms)
    return bool(abs(total - value) <= 1e-5 * max(scale, 1e-300)) if np.isfinite(value) else False


def _factor(factor: tuple[str, float], texts: dict[str, str]) -> str:
    key, value = factor
    if key == "=":
        return f"={number(value)}"
    texts[key] = number(value)
    return key
