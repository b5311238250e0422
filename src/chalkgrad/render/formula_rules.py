r"""Operations whose notation no template catches: signs, products, quotients, powers, cases, entries.

Each rule is `(printer, position) -> Piece`; the table is at the end.
"""

from __future__ import annotations

import re
from dataclasses import replace

from chalkgrad.op import ADD, ATOM, CALL, COMPARE, MUL, NEG, POW
from chalkgrad.ops.index import Hole
from chalkgrad.render.literals import static, value_latex
from chalkgrad.render.pieces import SLASH, Piece, bare, bracketed, glyphs
from chalkgrad.render.printer import Printer, Rule, filled, template
from chalkgrad.render.variables import is_word

_LONGEST_VECTOR = 12  # entries that are written out
_PRIMED = re.compile(r"\\operatorname\{[^{}]*\}'")
_POWERED = frozenset(r"\sin \cos \tan \sinh \cosh \tanh \ln".split())

# ----- signs and sums -----


def _add(p: Printer, i: int) -> Piece:
    for k, other in enumerate(p.args(i)[::-1]):
        if p.is_number(p.args(i)[k], 0):
            return p.number(other)
        if _vanishes(p, p.args(i)[k]) and p.nodes[other].shape == p.nodes[i].shape:
            return p.number(other)
    a, b = (p.number(x) for x in p.args(i))
    if b.minus is not None:
        return Piece(f"{p.fit(a, ADD)} - {b.minus}", ADD)
    return Piece(f"{p.fit(a, ADD)} + {p.fit(b, ADD)}", ADD)


def _vanishes(p: Printer, i: int) -> bool:
    """Whether a node is a matrix product with zeros, as the state before a loop's first turn makes it."""
    zeros = (p.constant(a) for a in p.args(i)) if p.inlined(i, "matmul", "dot") else ()
    return any(value is not None and value == 0 for value in zeros)


def _subtract(p: Printer, i: int) -> Piece:
    a, b = (p.number(x) for x in p.args(i))
    if b.minus is not None:
        return Piece(f"{p.fit(a, ADD)} + {b.minus}", ADD)
    return Piece(f"{p.fit(a, ADD)} - {p.fit(b, SLASH)}", ADD)


def _negative(p: Printer, i: int) -> Piece:
    inside = p.number(p.args(i)[0])
    if inside.minus is not None:
        return Piece(inside.minus, inside.rest, big=inside.big)
    rest, binds = p.fit(inside, SLASH), inside.binds if inside.binds >= SLASH else ATOM
    shut = inside.shut if rest == inside.latex else None
    return Piece(f"-{rest}", NEG, minus=rest, rest=binds, big=inside.big, shut=shut)


def _signed(latex: str, binds: int, negative: bool, **more: object) -> Piece:
    if not negative:
        return Piece(latex, binds, **more)  # type: ignore[arg-type]
    return Piece(f"-{latex}", NEG, minus=latex, rest=binds, **more)  # type: ignore[arg-type]


# ----- products -----


def _multiply(p: Printer, i: int) -> Piece:
    a, b = p.args(i)
    odot = p.ndim(a) > 0 and p.ndim(b) > 0 and p.constant(a) is None and p.constant(b) is None
    if p.constant(b) is not None and p.constant(a) is None:
        a, b = b, a
    if p.is_number(a, 1):
        return p.number(b)
    return product(p, p.number(a), p.number(b), "odot" if odot else "")


def product(p: Printer, a: Piece, b: Piece, flavour: str) -> Piece:
    """Two factors with the sign between them that keeps them apart."""
    negative = (a.minus is not None) != (b.minus is not None)
    a, b = _unsigned(a), _unsigned(b)
    left, right = _left(p, a, flavour), _right(p, b, flavour)
    sign = r" \odot " if flavour == "odot" else _between(a, b, left, right)
    last = b.big and right == b.latex
    shut = None if b.shut is None or right != b.latex else f"{left}{sign}{b.shut}"
    made = {
        "flavour": flavour or ("number" if a.flavour == b.flavour == "number" else ""),
        "big": last,
        "shut": shut,
    }
    return _signed(f"{left}{sign}{right}", MUL, negative, **made)


def _unsigned(a: Piece) -> Piece:
    return a if a.minus is None else replace(a, latex=a.minus, binds=a.rest, minus=None, head=None)


def _left(p: Printer, a: Piece, flavour: str) -> str:
    if a.big or (a.flavour == "odot" and flavour != "odot") or (a.flavour == "matmul" and flavour == "odot"):
        return bracketed(a.latex)
    return a.shut if a.shut is not None else p.fit(a, MUL)


def _right(p: Printer, b: Piece, flavour: str) -> str:
    mixed = b.flavour in ("odot", "matmul") and (b.flavour, flavour) != ("odot", "odot") and flavour != ""
    grouped = flavour == "matmul" and b.binds == MUL and not b.latex.startswith(r"\frac")
    return (
        bracketed(b.latex) if mixed or grouped or (b.flavour == "odot" and flavour == "") else p.fit(b, MUL)
    )


def _between(a: Piece, b: Piece, left: str, right: str) -> str:
    """Nothing, room, or a dot: two numbers, or two words, do not stand side by side."""
    left, right = bare(left), bare(right)
    digits = right[:1].isdigit() or b.flavour == "number"
    words = is_word(left) and (is_word(right) or right.startswith(("(", r"\left")))
    if digits or words:
        return r" \cdot "
    # KaTeX leaves room before a function's name by itself, unless the name has a prime
    return r" \, " if is_word(left) or is_word(right) or _PRIMED.match(right) else " "


def _matmul(p: Printer, i: int) -> Piece:
    a, b = p.args(i)
    na, nb = len(p.nodes[a].shape), len(p.nodes[b].shape)
    if na == 0 or nb == 0:
        return product(p, p.number(a), p.number(b), "")
    if p.nodes[i].op.name == "dot" and max(na, nb) > 2 and nb > 1:  # type: ignore[union-attr]
        return Piece(rf"\operatorname{{dot}}({p.hole(a)}, {p.hole(b)})")
    left = p.number(a)
    if na == nb == 1:
        left = Piece(rf"{p.fit(left, ATOM)}^\top", POW)
    return product(p, left, p.number(b), "matmul")


# ----- quotients and powers -----


def _divide(p: Printer, i: int) -> Piece:
    top, below = p.args(i)
    if p.inlined(top, "divide") and not p.script:
        return _joined(p, top, below)
    a, b = p.number(top), p.number(below)
    negative, a = a.minus is not None, _unsigned(a)
    if p.script and glyphs(a.latex) + glyphs(b.latex) <= 8:
        over = bracketed(a.latex) if a.big else p.fit(a, MUL)
        return _signed(f"{over} / {p.fit(b, POW)}", SLASH, negative)
    return _signed(rf"\frac{{{a.latex}}}{{{b.latex}}}", MUL, negative)


def _joined(p: Printer, inner: int, below: int) -> Piece:
    """(a / b) / c is a / (bc)."""
    top, under = p.args(inner)
    a, first, second = p.number(top), under, below
    if p.constant(below) is not None:
        first, second = below, under
    flavour = "odot" if p.ndim(first) and p.ndim(second) else ""
    under_both = product(p, p.number(first), p.number(second), flavour)
    return _signed(rf"\frac{{{_unsigned(a).latex}}}{{{under_both.latex}}}", MUL, a.minus is not None)


def _power(p: Printer, i: int) -> Piece:
    base, exponent = p.args(i)
    value = p.constant(exponent)
    if value is not None and value == 0.5:
        return Piece(rf"\sqrt{{{p.hole(base)}}}")
    if _looks_inverse(p, base, value):
        return Piece(rf"\frac{{1}}{{{_positive_power(p, base, -value).latex}}}", MUL)
    if isinstance(value, float) and value != int(value) and 2 * value == int(2 * value):
        return powered(p, base, f"{int(2 * value)}/2", value)
    return powered(p, base, p.raised(exponent), value)


def _looks_inverse(p: Printer, base: int, value: object) -> bool:
    """X^{-1} would be read as the inverse matrix."""
    return p.ndim(base) > 0 and isinstance(value, (int, float)) and value < 0 and value == int(value)


def _positive_power(p: Printer, base: int, value: float) -> Piece:
    return p.number(base) if value == 1 else powered(p, base, str(int(value)), value)


def powered(p: Printer, base: int, exponent: str, value: object) -> Piece:
    r"""A power; of a function the exponent stands behind its name, `\tanh^{2} x`."""
    inside = p.number(base)
    whole = isinstance(value, (int, float)) and value >= 2 and value == int(value)
    if whole and inside.head is not None and inside.head[0] in _POWERED:
        name, rest = inside.head
        shut = None if inside.shut is None else f"{name}^{{{exponent}}}" + _in_brackets(rest)
        return Piece(f"{name}^{{{exponent}}}{rest}", CALL, shut=shut)
    plain = inside.binds >= ATOM and not inside.latex.startswith(r"\begin")
    return Piece(f"{inside.latex if plain else bracketed(inside.latex)}^{{{exponent}}}", POW)


def _in_brackets(rest: str) -> str:
    return bracketed(rest.strip()) if rest.startswith(" ") else rest


def _square(p: Printer, i: int) -> Piece:
    return powered(p, p.args(i)[0], "2", 2)


def _exponential(base: str) -> Rule:
    return lambda p, i: Piece(f"{base}^{{{p.raised(p.args(i)[0])}}}", POW)


def _reciprocal(p: Printer, i: int) -> Piece:
    return Piece(rf"\frac{{1}}{{{p.hole(p.args(i)[0])}}}", MUL)


# ----- sums and extremes over axes -----


def _big(symbol: str, body: int) -> Rule:
    def rule(p: Printer, i: int) -> Piece:
        node = p.nodes[i]
        inside = p.number(node.args[0])
        simple = inside.binds >= body and not (inside.minus is not None)
        latex = inside.latex if simple else bracketed(inside.latex)
        return Piece(f"{symbol}{static(node.params, node.op)} {latex}", MUL, big=True)  # type: ignore[arg-type]

    return rule


def _extreme(symbol: str) -> Rule:
    """Of one array: brackets unless the sign has a subscript, which makes it an operator."""

    def rule(p: Printer, i: int) -> Piece:
        node = p.nodes[i]
        below = static(node.params, node.op)  # type: ignore[arg-type]
        inside = p.number(node.args[0])
        if not below or inside.binds < CALL or inside.big:
            return Piece(f"{symbol}{below}{bracketed(inside.latex)}", MUL if below else ATOM, big=bool(below))
        return Piece(f"{symbol}{below} {inside.latex}", MUL, big=True)

    return rule


# ----- cases -----


def _where(p: Printer, i: int) -> Piece:
    rows, rest = [], i
    while rest == i or p.inlined(rest, "where"):
        condition, then, rest = p.args(rest)
        rows.append(rf"{p.hole(then)} & \text{{if }} {p.hole(condition, boolean=True)}")
    rows.append(rf"{p.hole(rest)} & \text{{otherwise}}")
    return Piece(r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}")


def _abs(p: Printer, i: int) -> Piece:
    return Piece(rf"\lvert {p.hole(p.args(i)[0])} \rvert")


# ----- entries -----


def _getitem(p: Printer, i: int) -> Piece:
    base = i
    parts: list[str] = []
    while base == i or (p.inlined(base, "getitem") and _all_integers(p, base)):
        node = p.nodes[base]
        parts = [_part(p, part, node.args[1:]) for part in node.params["index"]] + parts
        base = node.args[0]
    inside = p.piece(base)
    named = base in p.names and "_" not in inside.latex
    return Piece(f"{inside.latex if named else bracketed(inside.latex)}_{{{', '.join(parts)}}}")


def _all_integers(p: Printer, i: int) -> bool:
    return all(type(part) is int for part in p.nodes[i].params["index"])


class _Shown(str):
    """A part of an index that is LaTeX already."""


def _part(p: Printer, part: object, arrays: tuple[int, ...]) -> str:
    if isinstance(part, _Shown):
        return part
    if isinstance(part, Hole):
        return p.hole(arrays[part.at], boolean=True)
    return r"\text{newaxis}" if part is None else value_latex(part)


def _setitem(p: Printer, i: int) -> Piece:
    """A buffer filled entry by entry is a vector; any other array written on, the array with what was
    written.
    """
    base, written = _writes(p, i)
    node = p.nodes[base]
    places = [index[0] for index, _ in written if len(index) == 1 and type(index[0]) is int]
    filled = node.is_constant and len(node.shape) == 1 and len(places) == len(written) <= _LONGEST_VECTOR
    if filled and node.shape[0] <= _LONGEST_VECTOR:
        last = {index[0] % node.shape[0]: latex for index, latex in written}  # type: ignore[operator]
        entries = [last.get(k) or value_latex(node.value[k]) for k in range(node.shape[0])]
        return Piece(rf"\begin{{bmatrix}} {' & '.join(entries)} \end{{bmatrix}}")
    rows = [f"{', '.join(_part(p, x, ()) for x in index)} := {latex}" for index, latex in written]
    before = _zeros(node.shape) if p.constant(base) == 0 and node.shape else p.hole(base, ATOM)
    return Piece(rf"{before}\big|_{{" + r";\, ".join(rows) + "}", POW)


def _zeros(shape: tuple[int, ...]) -> str:
    """An array of zeros before it is written on, with its size."""
    size = r" \times ".join(map(str, shape))
    return rf"\mathbf{{0}}_{{{size}}}"


def _winners(p: Printer, i: int) -> Piece:
    """Of an index that names places twice: which of its entries are written last."""
    node = p.nodes[i]
    inside = ", ".join(_part(p, part, node.args) for part in node.params["indices"][0])
    shape = value_latex(tuple(node.params["shape"]))
    return Piece(rf"\operatorname{{winners}}_{{\text{{shape}}={shape}}}({inside})")


def _writes(p: Printer, i: int) -> tuple[int, list[tuple[tuple[object, ...], str]]]:
    """What was written on before the first of a run of writes, and each place with what was put there."""
    written: list[tuple[tuple[object, ...], str]] = []
    at = i
    while at == i or p.inlined(at, "setitem", "setitems"):
        node = p.nodes[at]
        several = "indices" in node.params
        indices = node.params["indices"] if several else (node.params["index"],)
        arrays = [p.hole(a, boolean=True) for a in node.args[1 + len(indices) :]]
        here = [
            (tuple(_Shown(arrays[x.at]) if isinstance(x, Hole) else x for x in index), p.hole(v))
            for index, v in zip(indices, node.args[1:], strict=False)
        ]
        written = here + written
        at = node.args[0]
    return at, written


# ----- shapes that a reader of mathematics does not see -----


def _transpose(p: Printer, i: int) -> Piece:
    node = p.nodes[i]
    if len(node.shape) == 1:
        return p.piece(node.args[0])
    axes = node.params.get("axes")
    if len(node.shape) == 2 and axes in (None, (1, 0), (-1, -2), (-1, 0), (1, -2)):
        inside = p.number(node.args[0])
        whole = inside.binds >= ATOM or (inside.binds == CALL and inside.shut == inside.latex)
        return Piece(rf"{inside.latex if whole else bracketed(inside.latex)}^\top", POW)
    return Piece(rf"\operatorname{{transpose}}{static(node.params, node.op)}({p.hole(node.args[0])})")  # type: ignore[arg-type]


def _transparent(p: Printer, i: int) -> Piece:
    return p.number(p.args(i)[0])


def _broadcast(p: Printer, i: int) -> Piece:
    (a,) = p.args(i)
    shape = p.nodes[i].shape
    if p.pointwise or not shape or p.nodes[a].shape:
        return _transparent(p, i) if p.pointwise else template(p, i)
    sizes = r" \times ".join(map(str, shape))
    ones = Piece(rf"\mathbf{{1}}_{{{sizes}}}", ATOM)
    return ones if p.is_number(a, 1) else product(p, p.number(a), ones, "")


def _matrix_transpose(p: Printer, i: int) -> Piece:
    return Piece(rf"{p.hole(p.args(i)[0], ATOM)}^\top", POW)


# ----- logic -----


def _logic(p: Printer, i: int) -> Piece:
    node = p.nodes[i]
    holes = [p.piece(a) for a in node.args]
    assert node.op is not None
    sign = node.op.latex.template.replace("{0}", "").replace("{1}", "").strip()
    a, b = (h.latex if h.binds >= COMPARE else bracketed(h.latex) for h in holes)
    return Piece(f"{a} {sign} {b}", node.op.latex.binds)


def _not(p: Printer, i: int) -> Piece:
    inside = p.piece(p.args(i)[0])
    return Piece(rf"\lnot {inside.latex if inside.binds >= CALL else bracketed(inside.latex)}", NEG)


def _called(p: Printer, i: int) -> Piece:
    """A call with its brackets: tight whatever stands beside it."""
    node = p.nodes[i]
    assert node.op is not None
    return Piece(filled(p, i, node.op, node))


RULES: dict[str, Rule] = {
    # arithmetic
    "add":         _add,
    "subtract":    _subtract,
    "negative":    _negative,
    "positive":    _transparent,
    "multiply":    _multiply,
    "matmul":      _matmul,
    "dot":         _matmul,
    "divide":      _divide,
    "ratio":       _divide,
    "power":       _power,
    "float_power": _power,
    "square":      _square,
    "reciprocal":  _reciprocal,
    "exp":         _exponential("e"),
    "exp2":        _exponential("2"),
    "abs":         _abs,
    "fabs":        _abs,
    # over axes
    "sum":         _big(r"\sum", MUL),
    "prod":        _big(r"\prod", CALL),
    "max":         _extreme(r"\max"),
    "min":         _extreme(r"\min"),
    # choice
    "where":       _where,
    "logical_and": _logic,
    "logical_or":  _logic,
    "logical_not": _not,
    "invert":      _not,
    # entries and shapes
    "getitem":     _getitem,
    "setitem":     _setitem,
    "setitems":    _setitem,
    "winners":     _winners,
    "transpose":   _transpose,
    "astype":      _transparent,
    "broadcast_to": _broadcast,
    # calls
    "maximum":     _called,
    "minimum":     _called,
    "clip":        _called,
    "mean":        _called,
    "var":         _called,
    "std":         _called,
}  # fmt: skip
