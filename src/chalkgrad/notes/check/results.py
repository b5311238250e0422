"""Results as text, the one stated and the one there is, compared piece by piece: numbers within their digits.

What NumPy and Python write differently in different years (`0.5`, `np.float64(0.5)`, `array([0.5])`, spaces,
commas) makes no difference.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

RELATIVE = 5e-6  # single precision, and other machines' last digits
NOTHING = 1e-12  # below this a number is what rounding left of zero
ENOUGH = 4  # digits from which on one more or less in the last place is no fault
LARGEST = 20_000  # characters of a result

NUMBER = (
    r"(?:(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d*)?|\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[%j]?"
    r"|(?<=[\d.])[-+](?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?j)(?![\w]|\.\d)|(?<![\w.])[-+]?(?:nan|inf)\b"
)
PIECE = re.compile(
    rf"(?P<number>{NUMBER})|(?P<dots>\.\.\.|…)|(?P<word>[^\W\d]\w*(?:\.\w+)*|\w+)|(?P<sign>\S)"
)
OBJECT = re.compile(r"<[^<>\n]* at 0x[^<>\n]*>|<[^<>\n]*\bobject\b[^<>\n]*>|<IPython[^>\n]*>")
DTYPE = re.compile(r",?\s*\b(?:dtype|device)\s*=\s*(?:'[^']*'|[\w.]+)")
WRAPPERS = re.compile(
    r"(?:(?:np|numpy|torch|jnp|tf)\.)?(?:array|Array|asarray|matrix|tensor|ndarray|dtype|bool_|str_|longlong"
    r"|(?:float|int|uint|complex)\d*_?)"
)
UNSEEN = ",'\""  # signs that say nothing
OPEN, CLOSE = {"(": "[", "[": "[", "{": "{"}, {")": "]", "]": "]", "}": "}"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A number, a word, a sign, or `...`; brackets are signs, round ones as square ones."""

    kind: str
    text: str

    @property
    def value(self) -> float:
        return float(self.text.rstrip("%j").replace(",", "").replace("_", ""))

    @property
    def whole(self) -> bool:
        """Whether it is written as an integer."""
        return bool(re.fullmatch(r"[-+]?[\d,_]+", self.text))

    @property
    def unit(self) -> float:
        """What one more in its last place is worth."""
        mantissa, _, exponent = self.text.rstrip("%j").lower().partition("e")
        decimals = len(mantissa.partition(".")[2])
        return float(10.0 ** (int(exponent or 0) - decimals))

    @property
    def digits(self) -> int:
        return len(re.sub(r"\D", "", self.text.lower().partition("e")[0]).lstrip("0"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """`how` is "same", "numbers" (others in the same place), "length" (more or fewer) or "words"."""

    how: str
    stated: str = ""
    given: str = ""


def pieces(text: str) -> list[Piece]:
    """The pieces of a result.

    >>> [p.text for p in pieces("array([0.5, −1.])")]
    ['[', '0.5', '-1.', ']']
    """
    text = DTYPE.sub("", OBJECT.sub("…", text[:LARGEST])).replace("−", "-").replace("<BLANKLINE>", "")
    text = re.sub(r"\bnp\.(True|False)_", r"\1", text)
    if re.search(r"[\[({]", text):
        text = re.sub(r"(?<=\d),(?=\S)", ", ", text)  # in brackets a comma parts numbers, not digits
    return _unwrapped([p for m in PIECE.finditer(text) if (p := _piece(m)) is not None])


def _piece(match: re.Match[str]) -> Piece | None:
    kind, text = match.lastgroup or "", match[0]
    if kind == "sign" and text in UNSEEN:
        return None
    if kind == "word" and text.lower() in ("nan", "inf", "infinity"):
        return Piece("number", text)
    return Piece("sign", OPEN.get(text, CLOSE.get(text, text))) if kind == "sign" else Piece(kind, text)


def _unwrapped(found: list[Piece]) -> list[Piece]:
    """Without `array(` … `)` and the like."""
    kept: list[Piece] = []
    closing: list[bool] = []  # for each open bracket: whether it goes
    for k, piece in enumerate(found):
        opens = piece.kind == "sign" and piece.text in "[{"
        if opens:
            wraps = bool(kept and kept[-1].kind == "word" and WRAPPERS.fullmatch(kept[-1].text))
            closing.append(wraps and found[k - 1] is kept[-1])
            if closing[-1]:
                kept.pop()
                continue
        elif piece.kind == "sign" and piece.text in "]}" and closing and closing.pop():
            continue
        kept.append(piece)
    return kept


def flat(found: list[Piece]) -> list[Piece]:
    """Without brackets and colons."""
    return [p for p in found if not (p.kind == "sign" and p.text in "[]{}")]


def numbers(found: list[Piece]) -> list[Piece]:
    return [p for p in found if p.kind == "number"]


# ----- two numbers -----


def close(stated: Piece, given: Piece, rough: bool = False) -> bool:
    """Whether a number is, within the digits given, what is stated: rounded, or cut off.

    >>> close(Piece("number", "0.1"), Piece("number", "0.104")), close(*[Piece("number", x) for x in "67"])
    (True, False)
    """
    if stated.text.endswith("%") and not given.text.endswith("%"):
        return any(_near(stated, given, rough, scale) for scale in (1.0, 100.0))
    return _near(stated, given, rough, 1.0)


def _near(stated: Piece, given: Piece, rough: bool, scale: float) -> bool:
    s, g = stated.value, given.value * scale
    if math.isnan(s) or math.isnan(g) or math.isinf(s) or math.isinf(g):
        return s == g or (math.isnan(s) and math.isnan(g))
    if max(abs(s), abs(g)) < NOTHING and not (s and s.is_integer()):
        return True
    if abs(s - g) <= RELATIVE * abs(g) and not (stated.whole and g.is_integer()):
        return True
    unit = _unit(stated, g, rough)
    many = stated.digits >= ENOUGH and not stated.whole
    return _within(s, g, unit, stated.whole, many) or (rough and _beside(s, g, unit))


def _unit(stated: Piece, given: float, rough: bool) -> float:
    if stated.whole and rough:
        zeros = len(stated.text) - len(stated.text.rstrip("0"))
        return 10.0 ** (zeros if zeros < len(stated.text.lstrip("+-")) else 0)
    return 0.0 if stated.whole and given.is_integer() else stated.unit


def _within(s: float, g: float, unit: float, whole: bool, wide: bool) -> bool:
    """Rounded to it, cut off to it; of a number with many digits the last one may be another."""
    slack = unit * (1 + 1e-9)
    rounded = abs(s - g) <= slack / 2
    cut = not whole and 0 <= abs(g) - abs(s) < unit * (1 - 1e-9) and s * g >= 0
    return rounded or cut or (wide and abs(s - g) <= slack)


def _beside(s: float, g: float, unit: float) -> bool:
    """About as much: nearer than the next number with as many digits."""
    return abs(s - g) < unit * 0.99


# ----- two texts -----


def same(stated: list[Piece], given: list[Piece], rough: bool = False) -> Outcome:
    """Compare what is stated with what there is; `...` stands for anything."""
    if any(p.kind == "dots" for p in stated):
        return _around_dots(stated, given, rough)
    given = [p for p in given if p.kind != "dots"]
    if [p.kind for p in stated] != [p.kind for p in given]:
        longer = len(numbers(stated)) != len(numbers(given)) and not _words(stated, given)
        return Outcome("length" if longer else "words")
    apart: list[tuple[Piece, Piece]] = []
    for s, g in zip(stated, given, strict=True):
        if s.kind != "number" and s.text != g.text:
            return Outcome("words", s.text, g.text)
        if s.kind == "number" and not close(s, g, rough):
            apart.append((s, g))
    return Outcome("numbers", apart[0][0].text, apart[0][1].text) if apart else Outcome("same")


def _words(stated: list[Piece], given: list[Piece]) -> bool:
    """Whether they differ in more than numbers."""
    one, other = ([p.text for p in flat(x) if p.kind != "number"] for x in (stated, given))
    return one != other


def _around_dots(stated: list[Piece], given: list[Piece], rough: bool) -> Outcome:
    """Each run of pieces between dots, in order; the first at the start, the last at the end."""
    runs: list[list[Piece]] = [[]]
    for piece in stated:
        if piece.kind == "dots":
            runs.append([])
        else:
            runs[-1].append(piece)
    first, *middle, last = runs
    if len(first) + len(last) > len(given):
        return Outcome("words")
    ends = same(first, given[: len(first)], rough), same(last, given[len(given) - len(last) :], rough)
    at = len(first)
    for run in middle:
        at = _find(run, given, at, rough)
        if at < 0:
            return Outcome("words")
    return next((end for end in ends if end.how != "same"), Outcome("same"))


def _find(run: list[Piece], given: list[Piece], at: int, rough: bool) -> int:
    """Where a run that begins at `at` or later ends; -1: nowhere."""
    for start in range(at, len(given) - len(run) + 1):
        if same(run, given[start : start + len(run)], rough).how == "same":
            return start + len(run)
    return -1
