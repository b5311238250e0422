"""What an author asks for in comments that neither GitHub nor a page shows: `<!-- chalkgrad: … -->`.

    skip                                  the fence that follows is shown and neither run nor checked
    skip sigmoid                          this function gets no card
    show sigmoid at x=2 over -6:6         this card is open, stands at x = 2, and plots from −6 to 6
    views formula,plot                    what the cards of the fence that follows show; on top: all cards
    show sigmoid views formula,plot       what this card shows
    order 3                               the note's place among the notes of a build
    answer                                the block that follows is folded; up to `end`, if there is one
    ignore CG201                          see check/wishes.py
    sigmoid                               the formula that follows speaks of this function

Whatever else such a comment says is a finding with the nearest word.
"""

from __future__ import annotations

import ast
import difflib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from markdown_it.token import Token

if TYPE_CHECKING:
    from chalkgrad.notes.note import Fence, Note

COMMENT = re.compile(r"<!--\s*chalkgrad:\s*(.*?)\s*-->", re.IGNORECASE | re.DOTALL)
VIEWS = ("formula", "plot", "factory", "code", "walk")
WORDS = ("skip", "show", "views", "order", "answer", "end", "ignore")
DEFINES = re.compile(r"^[ \t>]*(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)|^[ \t>]*(\w+)[ \t]*=", re.MULTILINE)
CLAUSE = re.compile(r"\s+(?=(?:at|over|views)\b)")
CODES = re.compile(r"(?:CG\d+[\s,]*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: what it says, and its place; lines and columns count from 1."""

    said: str
    line: int
    column: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A comment that is not understood, and why."""

    comment: Comment
    message: str


@dataclass(frozen=True, slots=True)
class Show:
    """How one card is to be shown."""

    open: bool = False
    at: Mapping[str, Any] = field(default_factory=dict)  # values of parameters
    over: tuple[float, float] | None = None
    views: tuple[str, ...] = ()  # none: all


@dataclass(frozen=True, slots=True)
class Asked:
    """All that the comments of one note ask for."""

    shows: Mapping[str, Show] = field(default_factory=dict)  # by function
    views: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # by the line of a fence; 0: all
    without: frozenset[str] = frozenset()  # functions that get no card
    order: float | None = None
    doubts: tuple[Doubt, ...] = ()

    def show(self, name: str, fence_line: int = 0) -> Show:
        """How the card of a function is to be shown, in a fence whose text begins on that line."""
        show = self.shows.get(name, Show())
        return replace(show, views=show.views or self.views.get(fence_line, ()) or self.views.get(0, ()))

    def points(self) -> dict[str, dict[str, Any]]:
        """Where cards are to stand, and which are not to be, for the process that makes their data."""
        stand: dict[str, dict[str, Any]] = {
            name: {"at": dict(show.at), "over": show.over}
            for name, show in self.shows.items()
            if show.at or show.over
        }
        return stand | {name: {"skip": True} for name in self.without}


def asked(note: Note) -> Asked:
    """Read the comments of a note."""
    reader = _Reader(names_in(note))
    for comment in comments(note.markdown, note.fences if not note.page else ()):
        reader.read(comment, _following(note, comment.line), not note.markdown[: _at(note, comment)].strip())
    return Asked(reader.shows, reader.views, frozenset(reader.without), reader.order, tuple(reader.doubts))


def names_in(note: Note) -> set[str]:
    """The functions and variables that the fences of a note define."""
    return {name for fence in note.fences for pair in DEFINES.findall(fence.text) for name in pair if name}


def skipped(text: str, fences: tuple[Fence, ...]) -> tuple[Fence, ...]:
    """The fences, those marked to be skipped as fences that do not run."""
    lines = text.split("\n")
    skips = [c.line for c in comments(text, fences) if c.said.lower() == "skip"]
    marked = {first for line in skips if (first := _next(lines, line)) is not None}
    return tuple(replace(f, kind="other") if f.line - 1 in marked else f for f in fences)


def comments(text: str, fences: Iterable[Fence]) -> Iterator[Comment]:
    """The comments for us, except for those that are shown as code."""
    fenced = {n for f in fences for n in range(f.line, f.line + f.text.count("\n"))}
    for match in COMMENT.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        line = text.count("\n", 0, start) + 1
        if line not in fenced and text.count("`", start, match.start()) % 2 == 0:
            end = min(match.end(), (text.find("\n", match.start()) + 1 or len(text) + 1) - 1)
            yield Comment(" ".join(match[1].split()), line, match.start() - start + 1, end - start + 1)


def _at(note: Note, comment: Comment) -> int:
    return sum(len(line) + 1 for line in note.markdown.split("\n")[: comment.line - 1])


def _following(note: Note, line: int) -> int:
    """The line on which the text of the fence begins that follows a comment at once; 0: none does."""
    opening = _next(note.markdown.split("\n"), line)
    return next((f.line for f in note.fences if f.line - 1 == opening), 0)


def _next(lines: list[str], line: int) -> int | None:
    """The next line after a comment's that says something else than comments."""
    for number in range(line + 1, len(lines) + 1):
        if COMMENT.sub("", lines[number - 1]).strip(" \t>"):
            return number
    return None


# ----- answers -----


def folded(tokens: Sequence[Token]) -> list[Token]:
    """The blocks of a note, those that are answers between an `answer_open` and an `answer_close`."""
    done: list[Token] = []
    closes: set[int] = set()  # positions before which an answer ends
    for i, token in enumerate(tokens):
        if i in closes:
            done.append(Token("answer_close", "", 0))
        done.append(token)
        if _says(token) == "answer":
            end = _end_of_answer(tokens, i)
            if end is not None:
                done.append(Token("answer_open", "", 0))
                closes.add(end)
    return done + [Token("answer_close", "", 0)] * (len(tokens) in closes)


def _says(token: Token) -> str:
    match = COMMENT.match(token.content.strip()) if token.type == "html_block" else None
    return match[1].lower() if match else ""


def _end_of_answer(tokens: Sequence[Token], start: int) -> int | None:
    """The position at which an answer ends: at its `end`, else behind the block that follows."""
    level, block = tokens[start].level, None
    for i in range(start + 1, len(tokens)):
        here = tokens[i]
        if here.level < level or _says(here) == "answer":
            break  # the list or quote around it ends, or another answer begins
        if here.level == level and _says(here) == "end":
            return i
        if block is None and here.level == level and here.nesting <= 0:
            block = i + 1
    return block


# ----- what one comment says -----


class _Reader:
    """Reads comments one after the other."""

    def __init__(self, names: set[str]):
        self.names = names
        self.shows: dict[str, Show] = {}
        self.views: dict[int, tuple[str, ...]] = {}
        self.without: set[str] = set()
        self.order: float | None = None
        self.doubts: list[Doubt] = []

    def read(self, comment: Comment, fence: int, on_top: bool) -> None:
        word, _, rest = comment.said.partition(" ")
        try:
            self._read(word.lower(), rest.strip(), word, fence, on_top)
        except ValueError as error:
            self.doubts.append(Doubt(comment, str(error)))

    def _read(self, word: str, rest: str, written: str, fence: int, on_top: bool) -> None:
        if word == "show":
            self._show(rest)
        elif word == "views":
            self.views[fence if fence or not on_top else 0] = _views(rest)
        elif word == "skip":
            self.without |= {self._name(name) for name in _listed(rest)}
        elif word == "order":
            self.order = _order(rest)
        elif word == "ignore" and not CODES.fullmatch(rest):
            raise ValueError(f"ignore takes codes such as CG201, not {rest or 'nothing'}")
        elif word in ("answer", "end") and rest:
            raise ValueError(f"{word} stands alone; what is {rest}?")
        elif word not in WORDS:
            self._label(written, rest)

    def _show(self, rest: str) -> None:
        first, *clauses = CLAUSE.split(rest)
        name = self._name(first)
        show = replace(self.shows.get(name, Show()), open=True)
        for clause in clauses:
            key, _, value = clause.partition(" ")
            show = CLAUSES[key](show, value)
        self.shows[name] = show

    def _name(self, name: str) -> str:
        if name.split(".")[0] not in self.names:
            raise ValueError(f"the note has no function {name or 'of that name'}{_near(name, self.names)}")
        return name

    def _label(self, word: str, rest: str) -> None:
        """A bare name says which function a formula speaks of."""
        if rest or word not in self.names:
            near = _near(word, [*WORDS, *self.names])
            raise ValueError(f"{word or 'nothing'} is no word of these comments{near}")


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f"; the nearest is {near[0]}" if near else ""


def _listed(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def _views(text: str) -> tuple[str, ...]:
    """
    >>> _views("plot, formula")
    ('formula', 'plot')
    """
    found = [word.lower() for word in _listed(text)]
    for word in found:
        if word not in VIEWS:
            raise ValueError(f"{word} is no view{_near(word, VIEWS)}; the views are {', '.join(VIEWS)}")
    if not found:
        raise ValueError(f"views takes some of {', '.join(VIEWS)}")
    return tuple(view for view in VIEWS if view in found)


CLAUSES: dict[str, Callable[[Show, str], Show]] = {
    "at": lambda show, text: replace(show, at=_point(text)),
    "over": lambda show, text: replace(show, over=_span(text)),
    "views": lambda show, text: replace(show, views=_views(text)),
}


def _order(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"order takes a number, not {text or 'nothing'}")
    return value


def _span(text: str) -> tuple[float, float]:
    """
    >>> _span("-6:6")
    (-6.0, 6.0)
    """
    try:
        low, high = (float(end) for end in text.split("=")[-1].split(":"))
    except ValueError:
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"over takes a range such as -6:6, not {text or 'nothing'}")
    return low, high


def _point(text: str) -> dict[str, Any]:
    """
    >>> _point("x=2, W=[1, 0.5]")
    {'x': 2.0, 'W': [1.0, 0.5]}
    """
    found = {}
    for name, value in re.findall(r"(\w+)\s*=\s*(.*?)\s*(?=,\s*\w+\s*=|$)", text):
        try:
            found[name] = _numbers(ast.literal_eval(value))
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            raise ValueError(f"at {name}={value}: give a number or a list of numbers") from None
    if not found:
        raise ValueError(f"at takes values such as x=2, not {text or 'nothing'}")
    return found


def _numbers(value: Any) -> Any:
    if isinstance(value, list | tuple) and value:
        return [_numbers(v) for v in value]
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError
    return float(value)
