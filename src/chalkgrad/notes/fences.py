"""A fence that was run, as HTML: cards of its functions, its other lines as code, output, figures, errors."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import groupby

from chalkgrad.notes.callouts import Callouts
from chalkgrad.notes.cards import Cards
from chalkgrad.notes.execute import Execution, Failure, Out, Ran, Shown
from chalkgrad.notes.marks import marked
from chalkgrad.notes.pictures import data_address
from chalkgrad.notes.read import Fence, Note, kind_of
from chalkgrad.render.prose import fence_html, highlight, output_html


@dataclass(frozen=True, slots=True)
class Segment:
    """Lines of a fence that stand together: a function with a card, or the code between two cards."""

    line: int  # of the first line, from 1
    lines: tuple[str, ...]
    function: Shown | None = None

    @property
    def end(self) -> int:
        return self.line + len(self.lines) - 1


def segments(fence: Fence, functions: tuple[Shown, ...]) -> tuple[Segment, ...]:
    """Cut a fence at those of its functions that have cards; comments above a function stay above it."""
    lines = fence.text.rstrip("\n").split("\n")
    cuts: list[Segment] = []
    at = fence.line
    for shown in sorted((f for f in functions if not f.chain), key=lambda f: f.line):
        if shown.line >= at:
            cuts += _code(lines, fence.line, at, shown.line)
            cuts.append(
                Segment(shown.line, tuple(lines[shown.line - fence.line : shown.end + 1 - fence.line]), shown)
            )
            at = shown.end + 1
    cuts += _code(lines, fence.line, at, fence.line + len(lines))
    return tuple(cuts)


def _code(lines: list[str], first: int, start: int, end: int) -> list[Segment]:
    """Lines [start, end) without the empty ones at either end; none if nothing is left."""
    while start < end and not lines[start - first].strip():
        start += 1
    while end > start and not lines[end - 1 - first].strip():
        end -= 1
    return [Segment(start, tuple(lines[start - first : end - first]))] if end > start else []


# ----- one fence -----


@dataclass(frozen=True)
class FenceWriter:
    """Writes the fences of one note, once it has been run."""

    execution: Execution
    cards: Cards
    callouts: Callouts

    @cached_property
    def _functions(self) -> dict[int, list[Shown]]:
        by_fence: dict[int, list[Shown]] = {}
        for shown in self.execution.functions:
            by_fence.setdefault(shown.fence, []).append(shown)
        return by_fence

    def html(self, fence: Fence) -> str:
        """The fence as it stands on the page."""
        if not fence.runs:
            return fence_html(_as_written(fence))
        ran = self.execution.fences.get(fence.index)
        if ran is None:
            why = self.execution.stopped or "the note's process did not get here"
            return fence_html(
                highlight(fence.text),
                self.cards.note.where(fence.line),
                stopped=callout(f"This fence was not run: {why}."),
            )
        functions = tuple(self._functions.get(fence.index, ()))
        parts = segments(fence, functions)
        return "".join(self._segment(part, parts, ran, functions) for part in parts) + _lost(ran.lost)

    def _segment(
        self, part: Segment, parts: tuple[Segment, ...], ran: Ran, functions: tuple[Shown, ...]
    ) -> str:
        mine = [e for e in ran.errors if _belongs(e.statement, part, parts)]
        raised = "".join(self._raised(e, part) for e in mine[:1]) + _more(self.cards.note, mine[1:])
        put_out = [o for o in ran.outs if _belongs(o.line, part, parts)]
        text = "".join(map(output_html, _texts(put_out, part)))
        if part.function is not None:
            beside = f'<figure class="fence">{text}{raised}</figure>' if text or raised else ""
            body = self.cards.html(part.function, self.callouts) + beside
        else:
            body = self._code(part, mine, text, raised)
        figures = _figures([o for o in put_out if o.kind == "figure"])
        chains = [f for f in functions if f.chain and _belongs(f.line, part, parts)]
        return body + figures + "".join(map(self.cards.html, chains))

    def _code(self, part: Segment, errors: list[Failure], text: str, raised: str) -> str:
        spots = {(e.line, e.column, e.end_column) for e in errors}
        spots = {*self.callouts.spots(part.line, part.end), *(s for s in spots if s[0] not in self._waved)}
        code = marked("\n".join(part.lines), part.line, sorted(spots))
        body = fence_html(code, self.cards.note.where(part.line), text, raised)
        beside = self.callouts.beside(part.line, part.end)
        return f'<div class="with-asides">{body}{beside}</div>\n' if beside else body

    @property
    def _waved(self) -> set[int]:
        return {f.spot.line for f in self.callouts.seen if f.severity == "error"}

    def _raised(self, error: Failure, part: Segment) -> str:
        """The callout under the code that raised; the error's own line where it is in another place."""
        if error.type == "Stopped":
            return callout(f"This fence was {error.message}.", "")
        if self.callouts.explains(error.line):
            if error.statement >= self._last_statement(part):
                return ""
            where = self.cards.note.where(error.line)
            return callout(f"Below {where}, which failed, the code ran with the values from before.")
        far = error.line != part.line or part.end > part.line
        where = f", {self.cards.note.where(error.line)}" if far else ""
        went_on = "The lines below it ran with the values from before." * (
            error.statement < self._last_statement(part)
        )
        hint = f"{error.hint[:1].upper()}{error.hint[1:]}." if error.hint else ""
        cure = " ".join(filter(None, (hint, went_on)))
        return callout(error.message, f"{error.type}{where}: ", cure)

    @staticmethod
    def _last_statement(part: Segment) -> int:
        try:
            return ast.parse("\n".join(part.lines)).body[-1].lineno + part.line - 1
        except (SyntaxError, ValueError, IndexError):
            return part.line


# ----- pieces -----


def _as_written(fence: Fence) -> str:
    """A fence that is not run; one that its author had skipped is code all the same."""
    text = fence.text.rstrip("\n")
    is_python = kind_of(fence.info, fence.text) in ("python", "pycon")
    return highlight(text) if is_python else escape(text)


def _belongs(line: int, part: Segment, parts: tuple[Segment, ...]) -> bool:
    """Whether something on a line is shown with this part: the last part that begins at or before it."""
    before = [p for p in parts if p.line <= line] or list(parts[:1])
    return before[-1] is part


def callout(text: str, head: str = "", cure: str = "") -> str:
    bold = f"<b>{escape(head)}</b>" if head else ""
    below = f'<span class="cure">{escape(cure)}</span>' if cure else ""
    return f'<div class="stopped" role="note">{bold}{escape(text)}{below}</div>'


def _more(note: Note, errors: list[Failure]) -> str:
    """Errors after the first one of a segment, which most often follow from it."""
    if not errors:
        return ""
    listed = "; ".join(f"{note.where(e.line)}, {e.type}: {e.message}" for e in errors[:4])
    rest = f"; and {len(errors) - 4} more" if len(errors) > 4 else ""
    return callout(f"After that: {listed}{rest}")


def _lost(characters: int) -> str:
    return callout(f"{characters:,} more characters of output are not shown.") if characters else ""


def _texts(outs: list[Out], part: Segment) -> list[str]:
    """What was put out, in one piece as a terminal shows it; errors and warnings stand apart. A transcript
    that says the same already says it once.
    """
    runs = groupby((o for o in outs if o.kind != "figure"), key=lambda o: o.kind == "err")
    texts = [_as_one(list(run)) for _, run in runs]
    prompts = [line.startswith((">>>", "...")) for line in part.lines]
    stated = [line for line, prompt in zip(part.lines, prompts, strict=True) if not prompt]
    return [] if any(prompts) and "".join(texts).split() == " ".join(stated).split() else texts


def _as_one(outs: list[Out]) -> str:
    text = ""
    for out in outs:
        begins = out.kind == "value" and text and not text.endswith("\n")
        text += ("\n" if begins else "") + out.text
    return text


def _figures(figures: list[Out]) -> str:
    if not figures:
        return ""
    address = [data_address(f.svg.encode(), "image/svg+xml") for f in figures]
    drawn = "".join(
        f'<img src="{src}" alt="{escape(f.alt)}"{_photo(f)} style="width:100%;margin:0">'
        for src, f in zip(address, figures, strict=True)
    )
    columns = "repeat(auto-fit,minmax(min(100%,380px),1fr))" if len(figures) > 1 else "minmax(0,540px)"
    style = f"display:grid;grid-template-columns:{columns};gap:16px 28px;margin:16px 0 28px"
    return f'<div class="figures" style="{style}">{drawn}</div>\n'


def _photo(figure: Out) -> str:
    """A figure with pixels in it keeps its colours on the board; line drawings are turned."""
    return ' class="photo"' if "<image" in figure.svg else ""
