"""LaTeX source → tokens, each with its place.

Fonts, sizes and spaces are dropped here (a bold x is x), texts are kept whole, and `\\left(` becomes a
bracket that knows which way it faces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from chalkgrad.latex import symbols
from chalkgrad.latex.problem import unreadable


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    Args:
        kind: number, letter, word, text, command, open, close, bar, script (^ _), prime, sign (everything
            else that is one character), begin, end, row (`\\\\`), newline, or stop (after the last).
        text: what it is; for brackets the name of the bracket in `symbols`, for `begin` the environment.
        start: offset of its first character in the source.
        end: offset after its last.
        spaced: whether the author left room before it.
        font: the command that set it, if it is one that tells: mathbf, operatorname.
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False
    font: str = ""

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


PATTERN = re.compile(
    r"""
      (?P<comment>%[^\n]*)
    | (?P<junk></?\s*br\s*/?>)
    | (?P<newline>\s*\n\s*)
    | (?P<space>[\ \t\r~\u00a0\u2009]+)
    | (?P<number>[0-9]{1,3}(?:\{,\}[0-9]{3})+(?:\.[0-9]+)?
        |(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]+(?![0-9a-zA-Z]))?)
    | (?P<row>\\\\\*?(?:\s*\[-?[0-9.]+\s*[a-z]+\])?|\\cr\b|\\newline\b)
    | (?P<sized>\\(?:left|right|(?:[bB]igg?)[lr])(?![a-zA-Z])\s*(?:\\[a-zA-Z]+|\\.|.))
    | (?P<environment>\\(?P<edge>begin|end)\s*\{(?P<name>[a-zA-Z]+\*?)\})
    | (?P<command>\\[a-zA-Z]+)
    | (?P<escaped>\\.)
    | (?P<letter>[a-zA-Z])
    | (?P<assign>:=)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
GROUP = re.compile(r"\s*\{")
COLUMNS = re.compile(r"\s*\{[lcr|@{}\s\\quad]*?\}(?=[^}])")
LATEX_IN_TEXT = re.compile(
    r"\\(?:textgreater|textless|textbackslash|textasciitilde|textasciicircum|[a-zA-Z]+|.)(?:\{\})?", re.DOTALL
)
TEXT_SIGNS = {
    "textgreater": ">",
    "textless": "<",
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
}


def tokenize(source: str, start: int = 0, stop: int | None = None) -> list[Token]:
    """All tokens of `source[start:stop]`, then one of kind "stop"; offsets count in `source`.

    Raises:
        LatexError: an unknown character or command, or a text without its closing brace.

    >>> [t.text for t in tokenize(r"2\\,x_1")]
    ['2', 'x', '_', '1', '']
    """
    source = source[:stop]
    tokens: list[Token] = []
    position, spaced = start, False
    while position < len(source):
        match = PATTERN.match(source, position)
        assert match is not None and match.end() > position  # `other` takes any character
        new, position, room = _read(source, match)
        if spaced and new:
            new[0] = replace(new[0], spaced=True)
        tokens.extend(new)
        spaced = room or (spaced and not new)
        if match.lastgroup == "space" and tokens and _ends_in_word(source, tokens[-1], match.start()):
            spaced = False
    tokens.append(Token("stop", "", len(source), len(source)))
    return tokens


def _ends_in_word(source: str, token: Token, position: int) -> bool:
    """Whether the space at `position` only ends a control word, as in `\\sigma x`."""
    return token.end == position and token.kind == "command" and source[token.start] == "\\"


Read = tuple[list[Token], int, bool]  # tokens, where to go on, whether room was left


def _read(source: str, match: re.Match[str]) -> Read:
    kind = str(match.lastgroup)
    start, end = match.span()
    text = match.group()
    if kind in ("comment", "space"):
        return [], end, kind == "space"
    if kind in ("newline", "junk"):
        return [Token("newline" if kind == "newline" else "row", text, start, end)], end, True
    if kind == "number":
        return [Token("number", _number(text, (start, end)), start, end)], end, False
    if kind in ("row", "letter"):
        return [Token(kind, text, start, end)], end, False
    if kind == "assign":
        return [Token("sign", ":=", start, end)], end, False
    if kind == "sized":
        return [_sized(text, start, end)], end, False
    if kind in ("environment", "name", "edge"):
        return _environment(source, match)
    if kind in ("command", "escaped"):
        return _command(source, text, start, end)
    return [_character(text, start, end)], end, False


def _number(text: str, span: tuple[int, int]) -> str:
    """`2e-3` may be 2·10⁻³ or 2·e − 3: taken only where one of the two is absurd."""
    mantissa, _, exponent = text.partition("e")
    digits = exponent.lstrip("+-")
    certain = digits == exponent or float(mantissa) == 1 or "." in mantissa or len(digits) > 1
    if exponent and not certain:
        raise unreadable(text, "may mean a power of ten or e; write 2 \\cdot 10^{-3}", span)
    return text.replace("{,}", "")


def _sized(text: str, start: int, end: int) -> Token:
    """`\\left(`, `\\bigr|` … : a bracket that faces one way."""
    command = re.match(r"\\[a-zA-Z]+", text)
    assert command is not None
    size, sign = command.group(), text[command.end() :].strip()
    opening = size == "\\left" or size.endswith("l")
    if sign == ".":
        return Token("open" if opening else "close", ".", start, end)
    bracket = symbols.BARS.get(sign) or symbols.OPEN.get(sign) or symbols.CLOSE.get(sign)
    if sign == "/" and not opening:
        return Token("sign", "/", start, end)
    if bracket is None or sign in "{}":
        raise unreadable(text, "a bracket is missing after it", (start, end))
    return Token("open" if opening else "close", bracket, start, end)


def _environment(source: str, match: re.Match[str]) -> Read:
    start, end = match.span()
    name, edge = match.group("name"), match.group("edge")
    known = symbols.ROWS | symbols.CASES | symbols.MATRICES
    if name not in known:
        raise unreadable(match.group(), "this environment is not read", (start, end))
    if edge == "begin" and name in ("array", "alignedat"):
        columns = COLUMNS.match(source, end)
        end = columns.end() if columns else end
    return [Token(edge, name, start, end)], end, False


def _character(text: str, start: int, end: int) -> Token:
    if text in symbols.BARS:
        return Token("bar", symbols.BARS[text], start, end)
    if text in symbols.OPEN:
        return Token("open", symbols.OPEN[text], start, end)
    if text in symbols.CLOSE:
        return Token("close", symbols.CLOSE[text], start, end)
    if text in "^_":
        return Token("script", text, start, end)
    if text in "'′’":
        return Token("prime", "'", start, end)
    if text in "‖∥":
        return Token("bar", "||", start, end)
    if text in "−–":
        return Token("sign", "-", start, end)
    if text in symbols.SUPERSCRIPTS:
        return Token("raised", symbols.SUPERSCRIPTS[text], start, end)
    if text in symbols.UNICODE:
        return Token("command", symbols.UNICODE[text], start, end)
    if text in "+-*/=<>:!,;.&":
        return Token("sign", text, start, end)
    why = "this character is not read"
    raise unreadable(text, symbols.NOT_READ.get(text, why), (start, end))


def _command(source: str, text: str, start: int, end: int) -> Read:
    name = text[1:]
    if text in symbols.OPEN:
        return [Token("open", symbols.OPEN[text], start, end)], end, False
    if text in symbols.CLOSE:
        return [Token("close", symbols.CLOSE[text], start, end)], end, False
    if text in symbols.BARS:
        return [Token("bar", symbols.BARS[text], start, end)], end, False
    if name in symbols.TEXT:
        return _text(source, name, start, end)
    if name in symbols.FONTS:
        return _font(source, name, start, end)
    if name in symbols.SKIP_GROUP:
        return [], _group(source, end, text)[1], False
    if name in symbols.SPACING:
        return [], end, not name.isalpha() or name.endswith(("quad", "space"))
    if name == "_":
        return [Token("letter", "_", start, end)], end, False
    name = symbols.VARIANTS.get(name, name)
    return [Token("command", name, start, end)], end, False


def _group(source: str, position: int, owner: str) -> tuple[str, int]:
    """The inside of the `{…}` at `position`, and the offset after it."""
    opened = GROUP.match(source, position)
    if opened is None:
        raise unreadable(owner, "a group {…} is missing after it", (position, position))
    depth, here = 1, opened.end()
    while here < len(source):
        sign = source[here]
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            return source[opened.end() : here], here + 1
        here += 2 if sign == "\\" else 1
    raise unreadable(owner, "its { is never closed", (position, len(source)))


SIMPLE = re.compile(r"[A-Za-z0-9 .'_-]*|.*\\_.*", re.DOTALL)


def _text(source: str, name: str, start: int, end: int) -> Read:
    if name == "operatorname" and source[end : end + 1] == "*":
        end += 1
    if GROUP.match(source, end) is None:
        return _single(source, "text", start, end)
    inside, stop = _group(source, end, "\\" + name)
    if name == "mathrm" and not SIMPLE.fullmatch(inside):
        return [], end, False  # a font around mathematics: the group stays
    if "$" in inside:
        return _mixed(source, stop - 1 - len(inside), inside), stop, False
    return [Token("text", _plain(inside), start, stop, font=name)], stop, False


def _single(source: str, kind: str, start: int, end: int) -> Read:
    """`\\mathrm d`, `\\mathbf x`: the next letter."""
    letter = re.compile(r"\s*([A-Za-z0-9])").match(source, end)
    if letter is None:
        return [], end, False
    if letter.group(1).isdigit():
        return [], end, False
    return [Token(kind, letter.group(1), start, letter.end())], letter.end(), False


def _mixed(source: str, offset: int, inside: str) -> list[Token]:
    """`\\text{if $x > 0$}`: prose and mathematics in turn."""
    tokens: list[Token] = []
    for k, piece in enumerate(inside.split("$")):
        if k % 2:
            tokens.extend(
                replace(t, start=t.start + offset, end=t.end + offset) for t in tokenize(piece)[:-1]
            )
        elif piece.strip():
            tokens.append(Token("text", _plain(piece), offset, offset + len(piece)))
        offset += len(piece) + 1
    return tokens


def _plain(inside: str) -> str:
    """Text as a reader sees it: `leaky\\_relu` is leaky_relu, `arg\\,max` is argmax."""

    def plain(match: re.Match[str]) -> str:
        name = match.group()[1:].removesuffix("{}")
        if name in TEXT_SIGNS:
            return TEXT_SIGNS[name]
        if name.isalpha() or name in (",", "!", ";", ":"):
            return ""
        return name

    return LATEX_IN_TEXT.sub(plain, inside).replace("~", " ").strip()


INDICATORS = {("mathbb", "1"), ("mathbf", "1"), ("mathbb", "I"), ("boldsymbol", "1"), ("bm", "1")}


def _font(source: str, name: str, start: int, end: int) -> Read:
    if GROUP.match(source, end) is None:
        tokens, stop, room = _single(source, "text" if name == "mathbb" else "letter", start, end)
        tokens = [replace(token, font=name) for token in tokens]
        if not tokens and (name, source[end:].lstrip()[:1]) in INDICATORS:
            stop = source.index("1", end) + 1
            return [Token("command", "indicator", start, stop)], stop, False
        return tokens, stop, room
    inside, stop = _group(source, end, "\\" + name)
    if (name, inside.strip()) in INDICATORS:
        return [Token("command", "indicator", start, stop)], stop, False
    if not re.fullmatch(r"\s*[A-Za-z]+\s*", inside):
        return [], end, False
    word = inside.strip()
    kind = "text" if name == "mathbb" else "letter" if len(word) == 1 else "word"
    return [Token(kind, word, start, stop, font=name)], stop, False
