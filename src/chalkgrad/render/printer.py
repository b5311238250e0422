r"""The walker of formulas: it puts pieces together and brackets where the binding powers ask for them.

What an operation looks like stands in its row (`op.latex`), or in `formula_rules` where textbooks have a
notation that no
template catches. Named nodes print as their name; everything else is inlined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from chalkgrad.errors import LatexError
from chalkgrad.graph import FunctionName, Node
from chalkgrad.op import ADD, CALL, ELEMENTWISE, NEG, OPEN, Op
from chalkgrad.people.calls import Call, View
from chalkgrad.render.literals import static, value_latex
from chalkgrad.render.numerals import numeral
from chalkgrad.render.pieces import Piece, bracketed, glyphs
from chalkgrad.render.variables import escaped, is_word

_FUNCTION = re.compile(r"(\\[a-zA-Z]+(?:\{\w+\})?(?:_\w|_\{\w+ ?\})?) \{0\}")
_HOLE = re.compile(r"\{(\d+|\*|_static|_axis|[a-z]\w*)\}")
_TRUTHS = frozenset(
    "logical_and logical_or logical_xor logical_not invert bitwise_and bitwise_or bitwise_xor where argwhere "
    "any all getitem equal not_equal transpose reshape ravel broadcast_to expand_dims squeeze concatenate "
    "stack setitem count_nonzero".split()
)
_LONGEST_LIST = 16  # arguments of one operation; more are not written out

Rule = Callable[["Printer", int], Piece]


class Printer:
    """Prints nodes of a view, given the names of those that have one.

    Args:
        view: the graph, some calls closed.
        names: LaTeX by position; a node in it prints as its name wherever it is used.
        mark: wrap what belongs to node 7 in `\\htmlData{node=7}{…}`.
    """

    def __init__(self, view: View, names: Mapping[int, str], mark: bool = False):
        self.view, self.names, self.mark = view, names, mark
        self.nodes = view.graph.nodes
        self.pointwise = is_pointwise(view)
        self.shaped = set() if self.pointwise else shaping(view)
        self.script = 0  # how many exponents deep
        self._made: dict[tuple[int, bool], Piece] = {}

    # ----- what is where -----

    def ndim(self, i: int) -> int:
        """The number of axes; none where the whole formula is about one entry at a time."""
        return 0 if self.pointwise else len(self.nodes[i].shape)

    def args(self, i: int) -> tuple[int, ...]:
        return self.nodes[i].args

    def inlined(self, i: int, *names: str) -> bool:
        """Whether a node is one of these operations and is printed where it is used."""
        op = self.nodes[i].op
        return op is not None and op.name in names and i not in self.names and i not in self.view.calls

    def constant(self, i: int) -> Any:
        """The number a node is, or that fills it, if it is printed as a number."""
        node = self.nodes[i]
        if not node.is_constant or i in self.names:
            return None
        if isinstance(node.value, np.ndarray):
            first = node.value.flat[0] if node.value.size else None
            return first if first is not None and (node.value == first).all() else None
        return node.value

    def is_number(self, i: int, value: float) -> bool:
        """Whether a node is this number and no array."""
        return self.nodes[i].shape == () and self.constant(i) is not None and self.constant(i) == value

    # ----- pieces -----

    def piece(self, i: int) -> Piece:
        """A node where it is used."""
        if i in self.names:
            latex = self.names[i]
            return self._marked(i, Piece(latex, flavour="word" if is_word(latex) else ""))
        key = (i, self.script > 0)
        if key not in self._made:
            self._made[key] = self.definition(i)
        return self._made[key]

    def definition(self, i: int) -> Piece:
        """What a node is: the right side of its own line."""
        node = self.nodes[i]
        if i in self.view.calls:
            made = self._call(self.view.calls[i])
        elif node.op is None:
            made = self._constant(i, node)
        else:
            from chalkgrad.render.formula_rules import RULES

            rule: Rule = RULES.get(node.op.name, template)
            made = rule(self, i)
        return self._marked(i, made)

    def _marked(self, i: int, p: Piece) -> Piece:
        if not self.mark:
            return p
        wrapped = [
            rf"\htmlData{{node={i}}}{{{part}}}" if part is not None else None
            for part in (p.latex, p.minus, p.shut)
        ]
        return replace(p, latex=wrapped[0] or "", minus=wrapped[1], shut=wrapped[2])

    def hole(self, i: int, asks: int = OPEN, boolean: bool = False) -> str:
        """A node in a hole: in brackets if it binds less tightly than the hole asks."""
        return self.fit(self.number(i) if not boolean else self.piece(i), asks)

    @staticmethod
    def fit(p: Piece, asks: int) -> str:
        return p.latex if p.binds >= asks else bracketed(p.latex)

    def number(self, i: int) -> Piece:
        """A node where a number is wanted: a condition stands in Iverson's brackets, [x > 0]."""
        p = self.piece(i)
        if (
            self.nodes[i].dtype.kind == "b"
            and p.binds < CALL
            and i not in self.names
            and not self.nodes[i].is_constant
        ):
            return Piece(bracketed(p.latex, "[]"))
        return p

    def raised(self, i: int) -> str:
        """A node as an exponent, where fractions are set with a slash."""
        self.script += 1
        try:
            return self.hole(i)
        finally:
            self.script -= 1

    # ----- leaves and calls -----

    def _constant(self, i: int, node: Node) -> Piece:
        value = self.constant(i)
        if value is None and node.value is None:
            raise LatexError(f"node {i} is an input without a name; give the function's parameter a name")
        if value is None:
            return Piece(value_latex(node.value))
        return self._spread(value, node.shape) if i in self.shaped else number_piece(value)

    @staticmethod
    def _spread(value: Any, shape: tuple[int, ...]) -> Piece:
        """A number that fills an array, where the size of the array matters."""
        setting = rf"\text{{shape}}={value_latex(shape)}"
        return Piece(rf"\operatorname{{broadcast\_to}}_{{{setting}}}({number_piece(value).latex})")

    def _call(self, call: Call) -> Piece:
        listed = [self.hole(at) if at is not None else value for at, value in call.args]
        shown = [x if at is not None else _plain(x) for x, (at, _) in zip(listed, call.args, strict=True)]
        inside = ", ".join(x for x in shown if x is not None)
        return Piece(f"{function_name(call.name)}{bracketed(inside)}")


def is_pointwise(view: View) -> bool:
    """Whether every operation works on one entry at a time, so that arrays can be spoken of as numbers."""
    nodes = view.graph.nodes
    needed = [n for n, shown in zip(nodes, view.graph.needed(), strict=True) if shown]
    shapes = {nodes[i].shape for i in view.graph.inputs} - {()}
    flat = all(len(shape) <= 1 for shape in shapes)  # of matrices the two products must be told apart
    return flat and len(shapes) <= 1 and all(_one_entry(n, view) for n in needed)


def _one_entry(node: Node, view: View) -> bool:
    if node.op is None:
        return not isinstance(node.value, np.ndarray) or node.value.size == 1 or _is_filled(node.value)
    spread = node.op.name == "broadcast_to" and view.graph.nodes[node.args[0]].shape == ()
    return node.op.kind == ELEMENTWISE or spread


def shaping(view: View) -> set[int]:
    """Arrays filled with one number that make something larger, or that an operation sees as arrays."""
    nodes, needed, found = view.graph.nodes, view.graph.needed(), set()
    filled = {
        i for i, n in enumerate(nodes) if isinstance(n.value, np.ndarray) and n.shape and _is_filled(n.value)
    }
    for node, kept in zip(nodes, needed, strict=True):
        here = filled.intersection(node.args) if kept and node.op is not None else ()
        if not here:
            continue
        others = [nodes[a].shape for a in node.args if a not in here]
        if node.op.kind != ELEMENTWISE or np.broadcast_shapes(*others) != node.shape:  # type: ignore[union-attr]
            found |= here
    return found


def _is_filled(value: np.ndarray) -> bool:
    return value.size > 0 and bool((value == value.flat[0]).all())


def _plain(value: Any) -> str | None:
    """A plain argument of a call: a number, a truth value, a function by its name; nothing else is shown."""
    if isinstance(value, FunctionName):
        return function_name(value)
    if isinstance(value, (bool, int, float)):
        return value_latex(value) if isinstance(value, bool) else number_piece(value).latex
    return None


def function_name(name: str) -> str:
    r"""A function's name before its bracket: `f`, `\sigma`, `\operatorname{leaky\_relu}`; primes stay
    outside.
    """
    bare = name.rstrip("'")
    primes = name[len(bare) :]
    if len(bare) == 1 and bare.isalpha():
        return bare + primes
    return rf"\operatorname{{{escaped(bare)}}}" + primes


def number_piece(value: Any) -> Piece:
    """A number, its sign apart."""
    if isinstance(value, (bool, np.bool_)):
        return Piece(rf"\text{{{bool(value)}}}")
    below = value < 0 or (value == 0 and np.signbit(value))
    latex, binds = numeral(-value if below else value)
    if below:
        return Piece(f"-{latex}", NEG, minus=latex, rest=binds, flavour="number")
    return Piece(latex, binds, flavour="number")


# ----- templates -----


def template(p: Printer, i: int) -> Piece:
    """An operation by the template of its row."""
    node = p.nodes[i]
    op = node.op
    assert op is not None
    found = _FUNCTION.fullmatch(op.latex.template)
    if found and op.latex.binds == CALL and len(node.args) == 1:
        return function(p, i, found[1].replace(" }", "}"))
    return Piece(filled(p, i, op, node), op.latex.binds)


def function(p: Printer, i: int, name: str) -> Piece:
    r"""A function with one argument: `\tanh x`, in brackets where the argument is more than one thing."""
    inside = p.number(p.args(i)[0])
    shut = name + bracketed(inside.latex)
    simple = (
        inside.binds >= CALL and not inside.big and inside.flavour != "word" and glyphs(inside.latex) <= 12
    )
    if not simple or (inside.binds == CALL and inside.shut is None):
        return Piece(shut, CALL, shut=shut, head=(name, bracketed(inside.latex)))
    return Piece(f"{name} {inside.latex}", CALL, shut=shut, head=(name, f" {inside.latex}"))


def filled(p: Printer, i: int, op: Op, node: Node) -> str:
    """The template with its holes filled."""
    holes, truths = op.latex.holes, op.name in _TRUTHS or op.latex.binds < ADD

    def fill(match: re.Match) -> str:
        key = match[1]
        if key.isdigit():
            k = int(key)
            asks = OPEN if k >= len(node.args) else _asks(op, k, holes)
            return p.hole(node.args[k], asks, boolean=truths)
        if key == "*":
            return listed(p, node.args, truths)
        if key in ("_static", "_axis"):
            return static(node.params, op)
        return value_latex(node.params[key]) if key in node.params else match[0]

    return _HOLE.sub(fill, op.latex.template)


def _asks(op: Op, k: int, holes: tuple[int, ...] | None) -> int:
    if holes is None:
        return op.latex.binds
    return holes[k] if k < len(holes) else OPEN


def listed(p: Printer, args: tuple[int, ...], truths: bool = False) -> str:
    """Arguments in a row; of a long row the beginning and the end."""
    if len(args) <= _LONGEST_LIST:
        return ", ".join(p.hole(a, boolean=truths) for a in args)
    first = ", ".join(p.hole(a, boolean=truths) for a in args[:3])
    return rf"{first}, \ldots, {p.hole(args[-1], boolean=truths)}"
