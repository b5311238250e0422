"""The syntax tree of a formula: frozen records, each with its place in the source.

    read:   source → tokens → these records, with every ambiguity kept
    bind:   the same records, ambiguities settled by the names and functions that are known
    meaning: numbers

What LaTeX leaves open stays open here: a `Product` lists its factors side by side, whether they turn out to
be a function and its argument, two matrices, or a name spelled in several letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Expr:
    """Any part of a formula; `span` is (start, end) in the source and does not count in comparisons."""

    span: Span = field(default=(0, 0), compare=False, repr=False, kw_only=True)

    def parts(self) -> Iterator[Expr]:
        """The expressions directly inside this one, from left to right."""
        found: list[Expr] = []
        for name in _names(type(self)):
            _collect(getattr(self, name), found)
        return iter(found)


_known: dict[type, tuple[str, ...]] = {}


def _names(kind: type[Expr]) -> tuple[str, ...]:
    if kind not in _known:
        _known[kind] = tuple(item.name for item in fields(kind) if item.name != "span")
    return _known[kind]


def _collect(value: object, found: list[Expr]) -> None:
    if isinstance(value, Expr):
        found.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, found)


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and everything inside it, outermost first."""
    waiting = [expr]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed([*here.parts()]))


# ----- leaves -----


@dataclass(frozen=True, slots=True)
class Number(Expr):
    """`2`, `0.5`, `1e-8`; the text as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Expr):
    """A letter, a run of letters, a command or a text.

    Args:
        base: the spelling, without backslash: `x`, `max`, `sigma`, `leaky_relu`.
        kind: "letter", "word" (letters side by side: one name, or a product), "command" or "text".
        accents: outermost last: `\\hat{\\bar{x}}` has ("bar", "hat").
        font: the font that tells two names apart: a bold x beside a plain one.
    """

    base: str
    kind: str = "letter"
    accents: tuple[str, ...] = ()
    font: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Slice(Expr):
    """`:`, `1:3`, `::2` or `\\ldots` in a subscript."""

    start: Expr | None = None
    stop: Expr | None = None
    step: Expr | None = None
    ellipsis: bool = False


# ----- what is written on a base -----


@dataclass(frozen=True, slots=True)
class Subscripted(Expr):
    """`x_{i,j}`: entries of x, part of a name, or a function's settings.

    Args:
        entries: the subscript as expressions; empty when it reads as none.
        text: the subscript as written, without braces, spaces and fonts.
    """

    base: Expr
    entries: tuple[Expr, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Marked(Expr):
    """`x^{(i)}`, `W^{[1]}`, `w^*`: a superscript that is no power. `bracket` is "(", "[" or ""."""

    base: Expr
    bracket: str
    inside: Expr | None
    text: str


@dataclass(frozen=True, slots=True)
class Primed(Expr):
    base: Expr
    count: int


@dataclass(frozen=True, slots=True)
class Power(Expr):
    base: Expr
    exponent: Expr


@dataclass(frozen=True, slots=True)
class Transpose(Expr):
    base: Expr


@dataclass(frozen=True, slots=True)
class Factorial(Expr):
    base: Expr


@dataclass(frozen=True, slots=True)
class Update(Expr):
    """`x\\big|_{0,: := y}`: x with other entries in one place, as NumPy's assignment leaves it."""

    base: Expr
    entries: tuple[Expr, ...]
    value: Expr


# ----- brackets -----


@dataclass(frozen=True, slots=True)
class Paren(Expr):
    """A bracket and what stands in it; `bracket` is `(`, `[`, `\\{` or, unseen, `{`."""

    bracket: str
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Tuple(Expr):
    """`a, b` outside brackets."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Abs(Expr):
    body: Expr


@dataclass(frozen=True, slots=True)
class Norm(Expr):
    """`\\lVert x \\rVert`, with its subscript: an order, or settings such as `\\text{axis}=0`."""

    body: Expr
    settings: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Inner(Expr):
    """`\\langle a, b \\rangle`."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Cases(Expr):
    """Pairs of a value and its condition; `None` means otherwise."""

    rows: tuple[tuple[Expr, Expr | None], ...]


@dataclass(frozen=True, slots=True)
class Matrix(Expr):
    rows: tuple[tuple[Expr, ...], ...]


@dataclass(frozen=True, slots=True)
class At(Expr):
    """`\\left. body \\right|_{x=2}`."""

    body: Expr
    name: Name
    value: Expr


# ----- sums, products, fractions -----


@dataclass(frozen=True, slots=True)
class Terms(Expr):
    """`a + b - c`: items and a sign (1 or -1) for each."""

    signs: tuple[int, ...]
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Link(Expr):
    """What stands before a factor: "" (nothing), "cdot", "times", "odot", "star", "circ", "slash" …

    `spaced` tells whether the author left room there, which is all that separates `1/2 x` from `1/2x`.
    """

    how: str
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Product(Expr):
    """Factors side by side; `links[k]` stands before `factors[k + 1]`."""

    factors: tuple[Expr, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Expr):
    top: Expr
    bottom: Expr


@dataclass(frozen=True, slots=True)
class Root(Expr):
    body: Expr
    degree: Expr | None = None


@dataclass(frozen=True, slots=True)
class Binomial(Expr):
    top: Expr
    bottom: Expr


@dataclass(frozen=True, slots=True)
class Big(Expr):
    """`\\sum_{i=1}^{n} body`; `op` is "sum", "prod", "max", "min", or "stack" for one value per index.

    Args:
        below: the subscript as written: an `Equation`, names, a `Compare`, settings; empty when there is
            none.
        above: the superscript.
    """

    op: str
    below: tuple[Expr, ...]
    above: Expr | None
    body: Expr


@dataclass(frozen=True, slots=True)
class Limit(Expr):
    """`\\lim_{name \\to target} body`; `side` is "+", "-" or ""."""

    name: Name
    target: Expr
    side: str
    body: Expr


@dataclass(frozen=True, slots=True)
class Derivative(Expr):
    """`\\frac{d^2 f}{d x^2}`, `\\frac{\\partial L}{\\partial W}`, `\\frac{d}{dx}` (of nothing yet)."""

    of: Expr | None
    by: tuple[Expr, ...]
    orders: tuple[int, ...]
    partial: bool = False


# ----- relations -----


@dataclass(frozen=True, slots=True)
class Compare(Expr):
    """`0 < x \\le 1`: sides, and a sign between each two: < > <= >= != =."""

    sides: tuple[Expr, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Logic(Expr):
    """`and`, `or`, `not` of conditions."""

    how: str
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Equation(Expr):
    """`a = b = c`: sides, and a sign between each two: "=", ":=" or "≈"."""

    sides: tuple[Expr, ...]
    signs: tuple[str, ...]

    @property
    def left(self) -> Expr:
        return self.sides[0]

    @property
    def right(self) -> Expr:
        return self.sides[-1]


# ----- settled by bind -----


@dataclass(frozen=True, slots=True)
class Constant(Expr):
    name: str


@dataclass(frozen=True, slots=True)
class Value(Expr):
    """A name that stands for a number or an array; `key` is the caller's spelling."""

    key: str


@dataclass(frozen=True, slots=True)
class Local(Expr):
    """A name bound inside the formula: an index, or the variable of a limit."""

    name: str


@dataclass(frozen=True, slots=True)
class Count(Expr):
    """The n of `\\frac1n \\sum_{i=1}^{n}` when nobody has given it: the length that the sum runs over."""

    name: str


@dataclass(frozen=True, slots=True)
class Entry(Expr):
    """`x_{i,j}` as entries: one item per axis."""

    base: Expr
    entries: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function on arguments; `order` counts derivatives, `static` holds settings such as axis.

    Args:
        source: "given" (the caller's functions) or "known" (the default table).
    """

    key: str
    args: tuple[Expr, ...]
    static: tuple[tuple[str, Expr], ...] = ()
    order: int = 0
    source: str = "given"


@dataclass(frozen=True, slots=True)
class Slope(Expr):
    """The derivative of `body` by a value, where that value stands."""

    body: Expr
    key: str
    order: int


@dataclass(frozen=True, slots=True)
class Reduce(Expr):
    """`\\sum x`, `\\max_{\\text{axis}=0} x`: over a whole array, or along axes."""

    op: str
    body: Expr
    static: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class Run(Expr):
    """A big operator with its index settled; bounds that are `None` follow from what the index indexes.

    Args:
        count: the unknown name that stood for the upper bound.
        shift: what was added to that name: -1 in `\\sum_{i=0}^{n-1}`.
        unless: the index value that is left out, as in `\\sum_{j \\ne i}`.
    """

    op: str
    index: str
    lower: Expr | None
    upper: Expr | None
    body: Expr
    count: str = ""
    shift: int = 0
    unless: Expr | None = None
