r"""What stands in a box: the operation with a hole for each road upstairs, the local slope downstairs.

upstairs     -□    e^□    1 + □    □/□    X W
downstairs   × 0.3679   for numbers      □ W^⊤   ⊙ e^□   for arrays
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from chalkgrad.errors import LatexError
from chalkgrad.graph import Node
from chalkgrad.op import ATOM, CALL, ELEMENTWISE, MIXING, MUL, NEG, POW, Refusal
from chalkgrad.render.boxmath import measure
from chalkgrad.render.numbers import MINUS, number
from chalkgrad.render.walk_values import Passes

HOLE = r"\square"
WIDEST = 118.0  # pixels: a slope that is wider goes by name
_GREEK = re.compile(
    r"(alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi|chi|psi|omega)(\d*)"
)
_NUMERAL = re.compile(r"-?[\d.]+")
_HOLES = re.compile(r"\{(\d+)\}")


@dataclass(frozen=True, slots=True)
class Slope:
    """What a gradient is multiplied by on its way back over one road: a number, or a few words of LaTeX."""

    text: str = ""
    tex: str = ""
    key: str = ""  # which number of the graph the text is: "31/29" is node 31 over node 29


def name_tex(name: str) -> str:
    r"""A person's name as it stands in mathematics: `x`, `x_{1}`, `\sigma`, `\text{loss}`.

    >>> [name_tex(n) for n in ("W", "x_1", "W1", "sigma", "log_p")]
    ['W', 'x_{1}', 'W_{1}', '\\sigma', '\\text{log\\_p}']
    """
    greek = _GREEK.fullmatch(name)
    if greek:
        return f"\\{greek[1]}" + (f"_{{{greek[2]}}}" if greek[2] else "")
    short = re.fullmatch(r"([A-Za-z])_?(\w{0,3})", name)
    if short and (short[2].isdigit() or (len(short[2]) <= 1 and "_" in name) or not short[2]):
        return short[1] + (f"_{{{short[2]}}}" if short[2] else "")
    plain = name.replace("_", r"\_")
    return rf"\text{{{plain}}}"


# ----- upstairs -----


def upstairs(passes: Passes, i: int) -> str:
    """The mathematics of node i with holes for what comes in by road, and constants in their places."""
    node = passes.graph.nodes[i]
    return fitting(operation(passes, i, lambda k: argument(passes, i, k)), node)


def fitting(tex: str, node: Node) -> str:
    """The LaTeX itself if boxes can set it, else the operation by its name: `pad(□)`."""
    try:
        measure(tex)
        return tex
    except LatexError:
        return rf"\operatorname{{{node.op.name}}}({HOLE})"  # type: ignore[union-attr]


def argument(passes: Passes, i: int, k: int) -> tuple[str, int]:
    """Argument k as it stands in the box: a hole, a constant, or its name where holes say too little."""
    graph = passes.graph
    node, given = graph.nodes[i], graph.nodes[graph.nodes[i].args[k]]
    if is_constant(given):
        return constant(given)
    roads = sum(not is_constant(graph.nodes[a]) for a in node.args)
    if roads > 1 and node.op is not None and node.op.kind == MIXING:
        return (name_tex(given.name), ATOM) if given.name else ("ABCD"[k % 4], ATOM)
    return HOLE, ATOM


def is_constant(node: Node) -> bool:
    """Whether a node is folded into the boxes that use it."""
    return node.op is None and node.value is not None


def constant(node: Node) -> tuple[str, int]:
    """A constant in a box: a number as it is, an array by its name."""
    if np.ndim(node.value) == 0:
        text = number(node.value).replace(MINUS, "-").replace("∞", r"\infty")
        return text, 25 if text.startswith("-") else ATOM
    if node.name:
        return name_tex(node.name), ATOM
    flat = np.ravel(node.value)
    uniform = flat.size and flat.dtype.kind in "fiu" and (flat == flat[0]).all()
    return (number(flat[0]).replace(MINUS, "-") if uniform else r"\text{const}"), ATOM


def operation(passes: Passes, i: int, part: Callable[[int], tuple[str, int]]) -> str:
    """The operation of node i round its arguments, with brackets where the binding powers ask for them."""
    node = passes.graph.nodes[i]
    op = node.op
    assert op is not None
    parts = [part(k) for k in range(len(node.args))]
    if op.name == "divide" or op.name == "reciprocal":
        above, below = parts if len(parts) == 2 else [("1", ATOM), parts[0]]
        return f"{_bracketed(*above, NEG)}/{_bracketed(*below, POW)}"
    if op.name == "getitem":
        return f"{_bracketed(*parts[0], POW)}_{{{index_text(node.params['index'])}}}"
    if op.name == "multiply" and _NUMERAL.fullmatch(parts[1][0]) and not _NUMERAL.fullmatch(parts[0][0]):
        parts = parts[::-1]  # a number comes first: 2x
    if op.name == "multiply" and node.shape and all(passes.graph.nodes[a].shape for a in node.args):
        return rf"{_bracketed(*parts[0], MUL)} \odot {_bracketed(*parts[1], MUL)}"
    return _filled(op.latex, parts, node)


def _filled(latex: Any, parts: list[tuple[str, int]], node: Node) -> str:
    holes = latex.holes or ()

    def one(found: re.Match[str]) -> str:
        k = int(found[1])
        if k >= len(parts):
            return ""
        asks = holes[k] if k < len(holes) else (0 if holes else latex.binds)
        return "{" + _bracketed(*parts[k], asks) + "}"

    text = latex.template.replace("{*}", ", ".join(p for p, _ in parts))
    text = text.replace("{_axis}", _axis(node)).replace("{_static}", _axis(node))
    return re.sub(r"\{[a-z_*]+\}(?!\()", _static(node), _HOLES.sub(one, text))


def _static(node: Node) -> Callable[[re.Match[str]], str]:
    def one(found: re.Match[str]) -> str:
        name = found[0][1:-1]
        if name in node.params:
            return str(node.params[name])
        return found[0] if not name.startswith(("_", "*")) else ""

    return one


def _axis(node: Node) -> str:
    axis = node.params.get("axis")
    return "" if axis is None else rf"_{{\text{{axis {axis}}}}}"


def _bracketed(tex: str, binds: int, asks: int) -> str:
    return tex if binds >= asks else f"({tex})"


def index_text(index: tuple[Any, ...]) -> str:
    r"""An index as a subscript: `0`, `1:3`, `:,0`."""
    parts = []
    for p in index:
        if isinstance(p, tuple) and len(p) == 3:
            start, stop, step = ("" if s is None else str(s) for s in p)
            parts.append(f"{start}:{stop}" + (f":{step}" if step else ""))
        elif isinstance(p, tuple):
            parts.append(r"\text{i}")
        else:
            parts.append(r"\ldots" if p is Ellipsis else str(p) if p is not None else r"\text{new}")
    return ",".join(parts)


# ----- downstairs -----


def slope(passes: Passes, i: int, k: int) -> Slope:
    """The local slope of node i by its argument k."""
    node = passes.graph.nodes[i]
    if passes.edge(i, k) is None:
        return Slope()
    if node.op is not None and node.op.name == "getitem":
        return Slope("1")
    local = local_slope(passes, i, k)
    given = passes.graph.nodes[node.args[k]]
    if local is not None and np.size(local) and (local == np.ravel(local)[0]).all():
        uniform = number(np.ravel(local)[0])
        if np.size(local) == 1 or given.shape == np.shape(local):
            return Slope(uniform)
        sign = "" if uniform == "1" else uniform.replace(MINUS, "-")
        return Slope(tex=rf"{sign}\sum {HOLE}")
    return Slope(tex=_symbol(passes, i, k))


def local_slope(passes: Passes, i: int, k: int) -> Any:
    """The rule of an elementwise operation run on ones, or of any operation on numbers; None elsewhere."""
    node = passes.graph.nodes[i]
    op = node.op
    scalar = node.shape == () and all(passes.graph.nodes[a].shape == () for a in node.args)
    reduces = node.shape == () and op is not None and op.name in ("sum", "mean")
    if op is None or not (scalar or reduces or op.kind == ELEMENTWISE):
        return None
    rule = op.rule(k)
    if rule is None or isinstance(rule, Refusal):
        return None
    values = [passes.values[a] for a in node.args]
    one = np.ones(node.shape)[()] if node.shape else 1.0
    with np.errstate(all="ignore"):
        found = rule(one, passes.values[i], *values, **node.params)
    return None if found is None else np.asarray(found)


def _symbol(passes: Passes, i: int, k: int) -> str:
    """The rule as mathematics, read off the gradient graph; by name where that would not fit."""
    node = passes.graph.nodes[i]
    at = passes.graph.edges.get((i, k))
    tex = None if at is None else _Printer(passes, i).gradient(at)
    if tex is not None and _fits(tex):
        return tex
    return rf"\odot \operatorname{{{node.op.name}}}'" if node.op.kind == ELEMENTWISE else rf"J^\top {HOLE}"  # type: ignore[union-attr]


def rule(passes: Passes, i: int, k: int, names: Mapping[int, str]) -> str | None:
    """What leaves over argument k, as mathematics with a hole for what arrives; values go by these names."""
    at = passes.graph.edges.get((i, k))
    tex = None if at is None else _Printer(passes, i, names).gradient(at)
    if tex is None or r"\ldots" in tex:
        return None
    return f"{HOLE} {tex}" if tex.startswith((r"\odot", r"\times")) else tex


def _fits(tex: str) -> bool:
    try:
        return measure(tex, 17).width <= WIDEST
    except LatexError:
        return False


class _Printer:
    """Prints the few nodes between the gradient that arrives at node i and the one that leaves it."""

    def __init__(self, passes: Passes, i: int, names: Mapping[int, str] | None = None):
        self.passes, self.i, self.names = passes, i, names or {}
        self.arrives = passes.graph.gradients.get(i)
        self.met = False

    def gradient(self, at: int) -> str | None:
        if at == self.arrives:
            return r"\times 1"
        factor = self.factor(at, 0)
        op = self.passes.graph.nodes[self.i].op
        alone = op is not None and (op.kind == ELEMENTWISE or at in self.passes.graph.nodes[self.i].args)
        if factor is None and alone and self._ones_arrive():
            factor = self.tex(at, 0)  # times one: the product was tidied away
        if factor is not None and not self.passes.graph.nodes[self.i].shape:
            return rf"{HOLE} {_bracketed(*factor, MUL)}"  # a number times an array
        if factor is not None:
            tex, binds = factor
            return rf"\odot {_bracketed(tex, 0 if tex.startswith('-') else binds, MUL)}"
        whole = self.tex(at, 0)
        return None if whole is None or not self.met else whole[0]

    def _ones_arrive(self) -> bool:
        return self.arrives is not None and bool(np.all(np.asarray(self.passes.values[self.arrives]) == 1))

    def factor(self, at: int, depth: int) -> tuple[str, int] | None:
        """What the gradient that arrives is multiplied by, entry by entry; None if more happens to it."""
        node = self.passes.graph.nodes[at]
        name = "" if node.op is None else node.op.name
        if name not in ("multiply", "divide", "negative") or depth > 3:
            return None
        a = node.args[0]
        inner = ("", ATOM) if a == self.arrives else self.factor(a, depth + 1)
        if name == "multiply" and inner is None:
            a, b = node.args
            inner, other = ("", ATOM) if b == self.arrives else self.factor(b, depth + 1), self.tex(a, 0)
        else:
            other = self.tex(node.args[-1], 0) if name != "negative" else ("", ATOM)
        if inner is None or other is None:
            return None
        if name == "negative":
            return f"-{inner[0] or 1}", NEG
        if name == "divide":
            return f"{_bracketed(*inner, NEG) or 1}/{_bracketed(*other, POW)}", MUL
        first, second = sorted(
            (_bracketed(*inner, MUL), _bracketed(*other, MUL)), key=lambda t: not t[:1].isdigit()
        )
        joined = r" \odot " if first and second and not first[:1].isdigit() else ""
        return f"{first}{joined}{second}", MUL

    def tex(self, at: int, depth: int) -> tuple[str, int] | None:
        if at == self.arrives:
            self.met = True
            return HOLE, ATOM
        graph = self.passes.graph
        node = graph.nodes[at]
        if is_constant(node):
            return constant(node)
        if at in graph.nodes[self.i].args or at < self.passes.forward:
            return self.known(at)
        if depth > 3 or node.op is None:
            return None
        parts = [self.tex(a, depth + 1) for a in node.args]
        if any(p is None for p in parts):
            return None
        text = operation(self.passes, at, lambda k: parts[k])  # type: ignore[arg-type,return-value]
        return text, ATOM if node.op.name == "getitem" else node.op.latex.binds

    def known(self, at: int) -> tuple[str, int]:
        """A value of the forward pass by its name; the box's own result as the box says it."""
        node = self.passes.graph.nodes[at]
        if at in self.names:
            return self.names[at], ATOM
        if node.name:
            return name_tex(node.name), ATOM
        if at == self.i:
            return upstairs(self.passes, at), min(node.op.latex.binds, CALL)  # type: ignore[union-attr]
        args = self.passes.graph.nodes[self.i].args
        if at in args:
            return argument(self.passes, self.i, args.index(at))
        return r"\ldots", ATOM
