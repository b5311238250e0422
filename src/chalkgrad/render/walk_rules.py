"""The rules of the way back as mathematics: what arrives, and what the box makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from chalkgrad.render.factory_fold import Item
from chalkgrad.render.factory_math import HOLE, Slope, is_constant, rule
from chalkgrad.render.factory_model import Box, Road
from chalkgrad.render.walk_tokens import Token, math
from chalkgrad.render.walk_values import Passes


class Rules:
    """Writes rules in the names of a level."""

    def __init__(self, found: Passes, names: Mapping[int, tuple[str, str]]):
        self.found, self.nodes, self.names = found, found.graph.nodes, names

    def _tex(self, node: int) -> str:
        return self.names[node][0]

    def tex(self, box: Box, item: Item, slot: int, road: Road) -> str:
        """LaTeX with a hole for the gradient that arrives."""
        found, slope = None, box.slopes[slot]
        if box.kind == "op":
            i = item.nodes[-1]
            k = [k for k, a in enumerate(self.nodes[i].args) if not is_constant(self.nodes[a])][slot]
            if slope.text:
                by = slope.text.replace("−", "-")
                by = f"({by})" if by[0] == "-" else by
                return HOLE if by == "1" else rf"{HOLE} \cdot {by}"
            texs = {n: tex for n, (tex, _) in self.names.items()}
            found = self._other(i, k) or self._spread(i) or rule(self.found, i, k, texs)
        if found is None and box.kind == "function" and r"\texttt" in slope.tex:
            found = rf"\odot \operatorname{{{plain_name(box.title)}}}'({self._tex(road.node)})"
        found = found or slope.tex or rf"\times {slope.text or 1}"
        return found if HOLE in found else f"{HOLE} {found}"

    def _other(self, i: int, k: int) -> str | None:
        """The slope of a product is its other factor."""
        node = self.nodes[i]
        if node.op is None or node.op.name != "multiply" or self.nodes[node.args[k]].shape != node.shape:
            return None
        other = node.args[1 - k]
        return rf"{HOLE} \odot {self._tex(other)}" if other in self.names else None

    def _spread(self, i: int) -> str | None:
        """A sum along an axis sends its gradient back to each entry."""
        node = self.nodes[i]
        if node.op is None or node.op.name not in ("sum", "mean") or node.params.get("axis") is None:
            return None
        summed = self.nodes[node.args[0]].shape
        share = int(np.prod(summed)) // max(1, int(np.prod(node.shape)))
        by = "" if node.op.name == "sum" else rf"\tfrac{{1}}{{{share}}}"
        return rf"{by} {HOLE}\;\text{{, copied along axis {node.params['axis']}}}"

    def product(self, factors: list[tuple[int, bool]], coming: Token, out: Road) -> Iterator[Token]:
        """`∂L/∂N · Wᵀ`, each factor over its shape; -1 stands for the gradient that arrives."""
        for node, turned in factors:
            shape = self.nodes[out.node if node < 0 else node].shape
            shape = shape[::-1] if turned else shape
            latex, words = (coming[1], coming[2]) if node < 0 else self.names.get(node, (r"\square", ""))
            latex, words = (rf"{latex}^\top", f"{words} transposed") if turned else (latex, words)
            yield over_shape(math(latex, words), shape)

    def short(self, made: str, slope: Slope) -> str:
        """A rule that is too wide for a box."""
        return rf"{HOLE}\;\text{{copied}}" if "copied" in made else slope.tex or r"\ldots"


def over_shape(token: Token, shape: tuple[int, ...]) -> Token:
    """A factor over its shape."""
    return math(rf"\underset{{\htmlData{{shape=1}}{{{_shape(shape)}}}}}{{{token[1]}}}\,", token[2])


def _shape(shape: tuple[int, ...]) -> str:
    return r" \times ".join(map(str, shape)) if shape else "1"


def plain_name(name: str) -> str:
    """A function's name as it may stand in LaTeX."""
    kept = "".join(c for c in name if c.isalnum() or c in "_ .…")
    return kept.replace("_", r"\_").replace("…", r"\ldots ")
