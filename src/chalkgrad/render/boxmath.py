r"""Small mathematics in SVG: a few words of LaTeX, set with Computer Modern's own widths.

KaTeX makes HTML, which no `<img>` shows; a box of the factory needs text whose size is known before it is
drawn. `measure(r"\frac{1}{\square}")` gives a `Set`, which knows its size and draws itself anywhere. In a
picture that stands alone each text carries its length: another font stretches to fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from html import escape

from chalkgrad.errors import LatexError

# ----- glyphs: Computer Modern's advance widths in thousandths of an em -----

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# fmt: off
_ITALIC = dict(zip(_LETTERS, (
    529, 429, 433, 520, 466, 490, 477, 576, 345, 412, 521, 298, 878, 600, 485, 503, 446, 451, 469, 361,
    572, 485, 716, 572, 490, 465, 750, 759, 715, 828, 738, 643, 786, 831, 440, 555, 849, 681, 970, 803,
    763, 642, 791, 759, 613, 584, 683, 583, 944, 828, 581, 683,
), strict=True))
_UPRIGHT = dict(zip(_LETTERS + "()[]+=/|,.;:!'<>{}", (
    500, 556, 444, 556, 444, 306, 500, 556, 278, 306, 528, 278, 833, 556, 500, 556, 528, 392, 394, 389,
    556, 528, 722, 528, 528, 444, 750, 708, 722, 764, 681, 653, 785, 750, 361, 514, 778, 625, 917, 750,
    778, 681, 778, 736, 556, 722, 750, 750, 1028, 750, 750, 611, 389, 389, 278, 278, 778, 778, 500, 278,
    278, 278, 278, 278, 278, 278, 778, 778, 500, 500,
), strict=True))

# what a command is: o ordinary, i an italic letter, b binary, r relation, p opening, c closing
_SYMBOLS = {
    "odot": ("⊙", "b"), "cdot": ("⋅", "b"), "times": ("×", "b"), "otimes": ("⊗", "b"), "pm": ("±", "b"),
    "land": ("∧", "b"), "lor": ("∨", "b"), "oplus": ("⊕", "b"), "top": ("⊤", "o"), "infty": ("∞", "o"),
    "partial": ("∂", "o"), "pi": ("π", "i"), "prime": ("′", "o"), "lnot": ("¬", "o"), "ldots": ("…", "o"),
    "le": ("≤", "r"), "leq": ("≤", "r"), "ge": ("≥", "r"), "geq": ("≥", "r"), "ne": ("≠", "r"),
    "neq": ("≠", "r"),
    "to": ("→", "r"), "gets": ("←", "r"), "lfloor": ("⌊", "p"), "rfloor": ("⌋", "c"), "lceil": ("⌈", "p"),
    "rceil": ("⌉", "c"), "lvert": ("|", "p"), "rvert": ("|", "c"), "lVert": ("∥", "p"), "rVert": ("∥", "c"),
    "langle": ("⟨", "p"), "rangle": ("⟩", "c"), "{": ("{", "p"), "}": ("}", "c"), "%": ("%", "o"),
    "_": ("_", "o"), "Gamma": ("Γ", "o"), "Delta": ("Δ", "o"), "Theta": ("Θ", "o"), "Lambda": ("Λ", "o"),
    "Sigma": ("Σ", "o"), "Phi": ("Φ", "o"), "Psi": ("Ψ", "o"), "Omega": ("Ω", "o"), "#": ("#", "o"),
    "&": ("&", "o"), "$": ("$", "o"), "dots": ("…", "o"),
}
_GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau "
    "upsilon phi varphi chi psi omega"
).split()
_SYMBOLS |= {name: (glyph, "i") for name, glyph in zip(_GREEK, "αβγδϵεζηθικλμνξρστυϕφχψω", strict=True)}
_SIGNS = {"sum": "∑", "prod": "∏", "int": "∫"}
_NAMED = set("sin cos tan sinh cosh tanh arcsin arccos arctan exp ln log max min det arg".split())
_WORDS = {"operatorname", "text", "mathrm", "texttt", "mathit", "mathbf"}
_SPACES = {",": 0.167, ";": 0.278, ":": 0.222, "!": -0.167, "quad": 1.0, " ": 0.25}
_BETWEEN = {"b": 0.222, "r": 0.278}
# fmt: on
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|(\s+)|(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Text or a box, placed; `font`: m upright, i italic, z large signs, t code, h a hole, l a bar."""

    x: float
    y: float
    text: str
    font: str
    size: float
    width: float


@dataclass(frozen=True, slots=True)
class Set:
    """Something that has been set: its size in em times `size`, and its pieces."""

    width: float
    up: float
    down: float
    pieces: tuple[Glyphs, ...] = ()

    def svg(self, x: float, y: float, kind: str = "", fit: bool = False) -> str:
        """Drawn with the left end of its baseline at (x, y); `fit` stretches other fonts to its size."""
        return f'<g class="m {kind}">{"".join(_drawn(p, x, y, fit) for p in self.pieces)}</g>'

    def at(self, x: float, y: float) -> tuple[Glyphs, ...]:
        return tuple(Glyphs(p.x + x, p.y + y, p.text, p.font, p.size, p.width) for p in self.pieces)


def measure(latex: str, size: float = 24.0) -> Set:
    r"""Set LaTeX of the small dialect that boxes use, at a font size in pixels.

    Raises:
        LatexError: a command or a construction that boxes do not have.

    >>> round(measure("x + 1", 10).width, 2)
    22.94
    """
    return _Setter(latex, size).whole()


def code(text: str, size: float = 16.5) -> Set:
    """A name in code type."""
    width = 0.6 * size * len(text)
    return Set(width, 0.66 * size, 0.2 * size, (Glyphs(0, 0, text, "t", size, width),))


def _drawn(p: Glyphs, x: float, y: float, stretch: bool) -> str:
    if p.font == "h":
        side = f'width="{_n(p.size)}" height="{_n(p.size)}"'
        return f'<rect class="hole" x="{_n(x + p.x)}" y="{_n(y + p.y - p.size)}" {side}/>'
    if p.font == "l":
        return f'<path class="bar" d="M{_n(x + p.x)} {_n(y + p.y)}h{_n(p.width)}"/>'
    fit = (
        f' textLength="{_n(p.width)}" lengthAdjust="spacingAndGlyphs"' if stretch and len(p.text) > 1 else ""
    )
    kind = {"m": "", "i": ' class="i"', "t": ' class="t"', "z": ' class="z"'}[p.font]
    place = f'x="{_n(x + p.x)}" y="{_n(y + p.y)}"'
    return f'<text{kind} {place} font-size="{_n(p.size)}"{fit}>{escape(p.text)}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


class _Setter:
    """One pass over the tokens; every method returns what it has set."""

    def __init__(self, latex: str, size: float):
        self.latex, self.size = latex, size
        self.tokens = [(m[1], m[3]) for m in _TOKEN.finditer(latex) if m[2] is None]
        self.at = 0

    def whole(self) -> Set:
        made = self.row(stop=None)
        if self.at < len(self.tokens):
            raise LatexError(f"unexpected {self._here()!r} in {self.latex!r}")
        return made

    def _here(self) -> str:
        command, char = self.tokens[self.at]
        return char if command is None else "\\" + command

    def row(self, stop: str | None) -> Set:
        """Atoms side by side up to a closing brace (or bracket)."""
        parts: list[tuple[Set, str]] = []
        while self.at < len(self.tokens) and self._here() != stop:
            if self._here() == "}":
                break
            made, kind = self.atom()
            made = self.scripts(made, kind)
            parts.append((made, kind))
        return self._side_by_side(parts)

    def _side_by_side(self, parts: list[tuple[Set, str]]) -> Set:
        x, up, down, before = 0.0, 0.0, 0.0, "p"
        pieces: list[Glyphs] = []
        for n, (made, kind) in enumerate(parts):
            last = n == len(parts) - 1
            if kind == "b" and (before in "bpru" or last):
                kind = "o"  # a sign, not an operation
            gap = _BETWEEN.get(kind, _BETWEEN.get(before, 0.0)) * self.size
            gap += self._function_gap(before, kind)
            x += gap if n else 0.0
            pieces.extend(made.at(x, 0))
            x, up, down = x + made.width, max(up, made.up), max(down, made.down)
            before = kind if kind != "s" else before
        return Set(x, up, down, tuple(pieces))

    def _function_gap(self, before: str, kind: str) -> float:
        if before == "u" or (before == "f" and kind in "oif") or (kind == "f" and before in "oic"):
            return 0.167 * self.size
        return 0.0

    def atom(self) -> tuple[Set, str]:
        command, char = self.tokens[self.at]
        self.at += 1
        if command is not None:
            return self.command(command)
        if char == "{":
            made = self.row("}")
            self._expect("}")
            return made, "o"
        return self.glyph(char)

    def glyph(self, char: str) -> tuple[Set, str]:
        if char in "^_&~#$%\\":
            raise LatexError(f"unexpected {char!r} in {self.latex!r}")
        if char == "□":
            return self.hole(), "o"
        kind = {
            "+": "b",
            "-": "b",
            "*": "b",
            "=": "r",
            "<": "r",
            ">": "r",
            ",": "u",
            "(": "p",
            "[": "p",
            ")": "c",
            "]": "c",
        }.get(char, "o")
        if char in "-*":
            return self._text({"-": "−", "*": "∗"}[char], "m"), kind
        return self._text(char, "i" if char in _ITALIC else "m"), kind

    def hole(self) -> Set:
        side = 0.62 * self.size
        return Set(side + 0.06 * self.size, side, 0, (Glyphs(0.03 * self.size, 0, "□", "h", side, side),))

    def command(self, name: str) -> tuple[Set, str]:
        if name in _SYMBOLS:
            glyph, kind = _SYMBOLS[name]
            return (self._text(glyph, "i"), "o") if kind == "i" else (self._text(glyph, "m"), kind)
        if name in _SIGNS:
            return self._sign(_SIGNS[name]), "f"
        if name in _NAMED:
            return self._text(name, "m"), "f"
        if name in _WORDS:
            return self.word(name)
        if name in _SPACES:
            return Set(_SPACES[name] * self.size, 0, 0), "s"
        if name in ("left", "right", "bigl", "bigr"):
            return self.atom()
        if name == "square":
            return self.hole(), "o"
        if name == "frac":
            return self.fraction(), "o"
        if name == "sqrt":
            return self.root(), "o"
        if name == "bmod":
            return self._text("mod", "m"), "b"
        raise LatexError(f"\\{name} is not for boxes (in {self.latex!r})")

    def word(self, name: str) -> tuple[Set, str]:
        self._expect("{")
        chars = []
        while self._here() != "}":
            command, char = self.tokens[self.at]
            chars.append(char if command is None else command)
            self.at += 1
        self._expect("}")
        font = {"texttt": "t", "mathit": "i"}.get(name, "m")
        return self._text("".join(chars), font), ("f" if name == "operatorname" else "o")

    def scripts(self, base: Set, kind: str) -> Set:
        above = below = None
        primes = 0
        while self.at < len(self.tokens) and self._here() in ("^", "_", "'"):
            mark = self._here()
            self.at += 1
            if mark == "'":
                primes += 1
                above = self._small(partial(self._text, "′" * primes, "m"))
            elif mark == "^":
                above = self._small(lambda: self.atom()[0])
            else:
                below = self._small(lambda: self.atom()[0])
        pieces, width, up, down = list(base.pieces), base.width, base.up, base.down
        for script, rise in (
            (above, max(0.4 * self.size, base.up - 0.3 * self.size)),
            (below, -0.2 * self.size),
        ):
            if script is not None:
                pieces.extend(script.at(base.width, -rise))
                width = max(width, base.width + script.width + 0.04 * self.size)
                up, down = max(up, script.up + rise), max(down, script.down - rise)
        return Set(width, up, down, tuple(pieces))

    def _small(self, make) -> Set:
        self.size, size = 0.7 * self.size, self.size
        try:
            return make()
        finally:
            self.size = size

    def fraction(self) -> Set:
        above, below = (self._small_group() for _ in range(2))
        width = max(above.width, below.width) + 0.2 * self.size
        axis = 0.25 * self.size
        pieces = above.at((width - above.width) / 2, -axis - 0.16 * self.size - above.down)
        pieces += below.at((width - below.width) / 2, -axis + 0.18 * self.size + below.up)
        pieces += (Glyphs(0, -axis, "", "l", 1, width),)
        up = axis + 0.16 * self.size + above.down + above.up
        return Set(width, up, 0.18 * self.size + below.up + below.down - axis, pieces)

    def _small_group(self) -> Set:
        return self._small(lambda: self.atom()[0])

    def root(self) -> Set:
        degree = None
        if self.at < len(self.tokens) and self._here() == "[":
            self.at += 1
            degree = self._small(lambda: self.row("]"))
            self._expect("]")
        inside = self.atom()[0]
        lead = 0.83 * self.size
        sign = Glyphs(0, 0, "√", "m", self.size, lead)
        top = max(inside.up + 0.12 * self.size, 0.8 * self.size)
        pieces = (sign, Glyphs(lead, -top, "", "l", 1, inside.width + 0.08 * self.size), *inside.at(lead, 0))
        if degree is not None:
            pieces += degree.at(0.12 * self.size, -0.5 * self.size)
        return Set(lead + inside.width + 0.1 * self.size, top, max(inside.down, 0.1 * self.size), pieces)

    def _sign(self, glyph: str) -> Set:
        width = 1.06 * self.size
        return Set(width, 0.75 * self.size, 0.25 * self.size, (Glyphs(0, 0, glyph, "z", self.size, width),))

    def _text(self, text: str, font: str) -> Set:
        if font == "t":
            return code(text, 0.86 * self.size)
        widths = _ITALIC if font == "i" else _UPRIGHT
        width = sum(widths.get(c, 500 if c.isalnum() or c in "_…⋅" else 778) for c in text) / 1000 * self.size
        if text[:1] == "′":
            width = 0.28 * self.size * len(text)
        return Set(width, 0.69 * self.size, 0.1 * self.size, (Glyphs(0, 0, text, font, self.size, width),))

    def _expect(self, char: str) -> None:
        if self.at >= len(self.tokens) or self._here() != char:
            raise LatexError(f"{char!r} is missing in {self.latex!r}")
        self.at += 1
