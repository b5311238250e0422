"""A formula as one plain line, for terminals and screen readers: `1 / (1 + exp(-x))`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalkgrad.latex import nodes as n
from chalkgrad.latex.formula import Formula, read
from chalkgrad.latex.words import sizes_below

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
SIGNS = {
    "cdot": " * ", "times": " * ", "odot": " * ", "star": " * ", "slash": " / ",
    "circ": " ∘ ", "otimes": " ⊗ ", "oplus": " ⊕ ", "mod": " mod ",
}  # fmt: skip
COMPARES = {"<=": "≤", ">=": "≥", "!=": "≠", ":=": ":="}
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ",
    "epsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ",
    "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "psi": "ψ", "omega": "ω",
    "Delta": "Δ", "Theta": "Θ",
    "Sigma": "Σ", "Phi": "Φ", "Gamma": "Γ", "nabla": "∇", "infty": "∞",
}  # fmt: skip

Written = tuple[str, int]  # the text, and how tightly it holds together


def to_text(expr: n.Expr | Formula | str) -> str:
    """A formula on one line.

    Args:
        expr: LaTeX, what `read` returned, or a part of it.

    Raises:
        LatexError: LaTeX that cannot be read.

    >>> to_text(r"\\frac{1}{1 + e^{-x}}")
    '1 / (1 + exp(-x))'
    """
    if isinstance(expr, str):
        expr = read(expr)
    if isinstance(expr, Formula):
        return "; ".join(to_text(part) for part in expr.parts)
    return write(expr)[0]


def write(expr: n.Expr) -> Written:
    """The text of one record and its binding."""
    rule = RULES.get(type(expr))
    if rule is None:
        raise TypeError(f"to_text: a {type(expr).__name__} has no text; it takes what `read` returns")
    return rule(expr)


def tight(expr: n.Expr, binding: int) -> str:
    """The text, in brackets if it holds together less than `binding`."""
    text, own = write(expr)
    return text if own >= binding else f"({text})"


def listed(items: tuple[n.Expr, ...]) -> str:
    return ", ".join(write(item)[0] for item in items)


# ----- leaves -----


def _number(expr: n.Number) -> Written:
    return expr.text, ATOM


def _name(expr: n.Name) -> Written:
    spelled = GREEK.get(expr.base, expr.base) if expr.kind == "command" else expr.base
    return "_".join((spelled, *expr.accents)), ATOM


def _slice(expr: n.Slice) -> Written:
    if expr.ellipsis:
        return "…", ATOM
    bounds = ["" if bound is None else write(bound)[0] for bound in (expr.start, expr.stop)]
    return ":".join(bounds) + ("" if expr.step is None else ":" + write(expr.step)[0]), ATOM


# ----- scripts -----


def _subscripted(expr: n.Subscripted) -> Written:
    inside = listed(expr.entries) if expr.entries else expr.text
    if sizes := sizes_below(expr):
        return f"ones({listed(sizes)})", ATOM
    short = inside.isalnum()
    return f"{tight(expr.base, ATOM)}_{inside}" if short else f"{tight(expr.base, ATOM)}[{inside}]", ATOM


def _marked(expr: n.Marked) -> Written:
    closing = {"(": ")", "[": "]"}.get(expr.bracket, "")
    return f"{tight(expr.base, ATOM)}^{expr.bracket}{expr.text}{closing}", POWER


def _primed(expr: n.Primed) -> Written:
    return tight(expr.base, ATOM) + "'" * expr.count, ATOM


def _power(expr: n.Power) -> Written:
    if isinstance(expr.base, n.Name) and expr.base.base == "e":
        return f"exp({write(expr.exponent)[0]})", ATOM
    if isinstance(expr.exponent, n.Name) and expr.exponent.base == "T":
        return f"{tight(expr.base, ATOM)}ᵀ", ATOM
    return f"{tight(expr.base, ATOM)}^{tight(expr.exponent, ATOM)}", POWER


def _transpose(expr: n.Transpose) -> Written:
    return f"{tight(expr.base, ATOM)}ᵀ", ATOM


def _factorial(expr: n.Factorial) -> Written:
    return f"{tight(expr.base, ATOM)}!", ATOM


def _update(expr: n.Update) -> Written:
    return f"{tight(expr.base, ATOM)} with [{listed(expr.entries)}] := {write(expr.value)[0]}", SUM


# ----- brackets -----


def _paren(expr: n.Paren) -> Written:
    if expr.bracket == "{":
        return write(expr.items[0])
    if expr.bracket in ("floor", "ceil"):
        return f"{expr.bracket}({listed(expr.items)})", ATOM
    opening, closing = {"[": ("[", "]"), "\\{": ("{", "}")}.get(expr.bracket, ("(", ")"))
    return opening + listed(expr.items) + closing, ATOM


def _tuple(expr: n.Tuple) -> Written:
    return listed(expr.items), SUM


def _abs(expr: n.Abs) -> Written:
    return f"|{write(expr.body)[0]}|", ATOM


def _norm(expr: n.Norm) -> Written:
    order = f"_{listed(expr.settings)}" if expr.settings else ""
    return f"‖{write(expr.body)[0]}‖{order}", ATOM


def _inner(expr: n.Inner) -> Written:
    return f"⟨{write(expr.left)[0]}, {write(expr.right)[0]}⟩", ATOM


def _cases(expr: n.Cases) -> Written:
    rows = [
        f"{write(value)[0]} " + ("otherwise" if condition is None else f"if {write(condition)[0]}")
        for value, condition in expr.rows
    ]
    return "{" + "; ".join(rows) + "}", ATOM


def _matrix(expr: n.Matrix) -> Written:
    return "[" + "; ".join(listed(row) for row in expr.rows) + "]", ATOM


def _at(expr: n.At) -> Written:
    return f"{tight(expr.body, ATOM)} at {write(expr.name)[0]} = {write(expr.value)[0]}", SUM


# ----- arithmetic -----


def _terms(expr: n.Terms) -> Written:
    text = ""
    for k, (sign, item) in enumerate(zip(expr.signs, expr.items, strict=True)):
        inside = tight(item, PRODUCT)
        between = {(True, 1): "", (True, -1): "-", (False, 1): " + ", (False, -1): " - "}[(k == 0, sign)]
        text += between + inside
    return text, SUM


def _product(expr: n.Product) -> Written:
    text = tight(expr.factors[0], SIGN)
    whole = True  # a call, or a run of brackets
    for before, link, factor in zip(expr.factors, expr.links, expr.factors[1:], strict=False):
        divided = link.how == "slash"
        between = _between(before, link, factor)
        whole = whole and not between
        text += between + tight(factor, POWER if divided else SIGN)
    return text, POWER if whole else PRODUCT


def _between(before: n.Expr, link: n.Link, factor: n.Expr) -> str:
    """A function stands close to its bracket, everything else apart."""
    if link.how:
        return SIGNS[link.how]
    named = before
    while isinstance(named, n.Power | n.Subscripted | n.Primed | n.Marked):
        named = named.base
    opened = factor
    while isinstance(opened, n.Power | n.Subscripted | n.Transpose):
        opened = opened.base
    bracket = isinstance(opened, n.Paren) and opened.bracket != "{"
    return "" if isinstance(named, n.Name | n.Number | n.Derivative | n.Paren) and bracket else " "


def _fraction(expr: n.Fraction) -> Written:
    return f"{tight(expr.top, SIGN)} / {tight(expr.bottom, SIGN)}", PRODUCT


def _root(expr: n.Root) -> Written:
    if expr.degree is None:
        return f"sqrt({write(expr.body)[0]})", ATOM
    return f"root({write(expr.body)[0]}, {write(expr.degree)[0]})", ATOM


def _binomial(expr: n.Binomial) -> Written:
    return f"binomial({write(expr.top)[0]}, {write(expr.bottom)[0]})", ATOM


def _big(expr: n.Big) -> Written:
    above = "" if expr.above is None else f" to {write(expr.above)[0]}"
    below = f" over {listed(expr.below)}{above}" if expr.below else ""
    return f"{expr.op}{below} of {tight(expr.body, PRODUCT)}", SIGN if not below else PRODUCT


def _limit(expr: n.Limit) -> Written:
    goal = f"{write(expr.name)[0]} → {write(expr.target)[0]}{expr.side}"
    return f"limit {goal} of {tight(expr.body, PRODUCT)}", PRODUCT


def _derivative(expr: n.Derivative) -> Written:
    d = "∂" if expr.partial else "d"
    order = sum(expr.orders)
    raised = f"^{order}" if order > 1 else ""
    above = "" if expr.of is None else tight(expr.of, POWER)
    below = " ".join(
        f"{d}{write(by)[0]}" + (f"^{times}" if times > 1 else "")
        for by, times in zip(expr.by, expr.orders, strict=True)
    )
    return f"{d}{raised}{above}/{below}", POWER


# ----- relations -----


def _related(expr: n.Compare | n.Equation) -> Written:
    text = write(expr.sides[0])[0]
    for sign, side in zip(expr.signs, expr.sides[1:], strict=True):
        text += f" {COMPARES.get(sign, sign)} {write(side)[0]}"
    return text, SUM


def _logic(expr: n.Logic) -> Written:
    items = [write(item)[0] for item in expr.items]
    return f"not {items[0]}" if expr.how == "not" else f" {expr.how} ".join(items), SUM


RULES: dict[type, Callable[[Any], Written]] = {
    n.Number: _number,     n.Name: _name,         n.Slice: _slice,
    n.Subscripted: _subscripted, n.Marked: _marked, n.Primed: _primed,
    n.Power: _power,       n.Transpose: _transpose, n.Factorial: _factorial,
    n.Update: _update,
    n.Paren: _paren,       n.Tuple: _tuple,       n.Abs: _abs,        n.Norm: _norm,   n.Inner: _inner,
    n.Cases: _cases,       n.Matrix: _matrix,     n.At: _at,
    n.Terms: _terms,       n.Product: _product,   n.Fraction: _fraction,
    n.Root: _root,         n.Binomial: _binomial, n.Big: _big,        n.Limit: _limit,
    n.Derivative: _derivative,
    n.Compare: _related,   n.Equation: _related,  n.Logic: _logic,
}  # fmt: skip
