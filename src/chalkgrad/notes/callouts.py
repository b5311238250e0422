"""What the check found, on the page: beside the prose, beside code, on cards, in the counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any

import numpy as np

from chalkgrad.errors import ChalkgradError, EngineError, LatexError
from chalkgrad.notes.check.compare import callables, formula_at, spelling
from chalkgrad.notes.check.finding import Finding, Report, Status
from chalkgrad.notes.check.formulas import statement
from chalkgrad.notes.execute import Execution, Samples, Shown
from chalkgrad.notes.marks import Spot, underline
from chalkgrad.notes.prose import Draft
from chalkgrad.notes.read import Note
from chalkgrad.notes.saying import as_written, evidence, point_of, sentence, short
from chalkgrad.notes.spark import HIGH, LOW, POINTS
from chalkgrad.render.apart import with_apart
from chalkgrad.render.card import CardView
from chalkgrad.render.face import anchor
from chalkgrad.render.prose import finding_html
from chalkgrad.render.view_card import samples_from_json
from chalkgrad.v8 import author_math_html, math_html

UNSEEN = ("CG202", "CG203", "CG502")  # of what a page shows, these say nothing
ROW, TEXT, WIDE = 23.5, 24.0, 54  # of a line of code, of a line of a callout, and its characters


@dataclass(frozen=True, eq=False)
class Callouts:
    """The findings of one note, each for its place."""

    note: Note
    report: Report
    execution: Execution

    @cached_property
    def seen(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.report.findings if f.code not in UNSEEN)

    @cached_property
    def _in_code(self) -> set[int]:
        fences = (f for f in self.note.fences if f.runs)
        return {line for f in fences for line in range(f.line, f.line + f.text.count("\n"))}

    @cached_property
    def _indents(self) -> dict[int, int]:
        """What stands before each line of code in the file."""
        return {f.line + k: f.indent for f in self.note.fences for k in range(f.text.count("\n"))}

    # ----- code -----

    def within(self, first: int, last: int) -> list[Finding]:
        """The findings on lines of code."""
        return [f for f in self.seen if first <= f.spot.line <= last and f.spot.line in self._in_code]

    def spots(self, first: int, last: int) -> list[Spot]:
        """Where wavy lines go under code, in columns of the code."""
        found = [s for f in self.seen if f.severity == "error" for s in (f.spot, f.also) if s is not None]
        indents = self._indents
        return [
            (s.line, s.column - indents[s.line], s.end_column - indents[s.line])
            for s in found
            if first <= s.line <= last and s.line in indents
        ]

    def beside(self, first: int, last: int) -> str:
        """The callouts of lines of code, each at the height of its line, as far as there is room."""
        done, at = "", 0.0
        for f in self._gathered(self.within(first, last)):
            place = (f.spot.line - first) * ROW
            gap = max(0.0, place - at)
            drawn = self.callout(f)
            style = f' style="margin-top:{gap:g}px"' if gap else ""
            done += drawn.replace("<div ", f"<div{style} ", 1)
            at = max(at, place) + TEXT * (1 + len(f.message + f.cure) // WIDE) + 14
        return f'<div class="asides">{done}</div>' if done else ""

    @staticmethod
    def _gathered(found: list[Finding]) -> Iterator[Finding]:
        """Names that were not imported are one finding."""
        given = [f for f in found if f.code == "CG105"]
        if given:
            names = list(dict.fromkeys(f.message.split(" ")[0] for f in given))
            listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
            many = "are never imported; the prelude supplied them"
            one = "is never imported; the prelude supplied it"
            found = [f for f in found if f.code != "CG105"]
            yield replace(given[0], message=f"{listed} {many if len(names) > 1 else one}")
        yield from found

    def explains(self, line: int) -> bool:
        """Whether a finding says what went wrong on a line."""
        return any(f.spot.line == line and f.severity == "error" for f in self.within(line, line))

    # ----- prose -----

    def beside_prose(self, draft: Draft) -> list[tuple[int, str]]:
        """Callouts for the lines of the prose; formulas that are wrong get wavy lines, frames get tags."""
        notes = []
        for f in (f for f in self.seen if f.spot.line not in self._in_code):
            frames = draft.frames.get(f.spot.line, [])
            if f.code == "CG401" and frames:
                for slot in frames:
                    draft.slots[slot] = '<span class="tag soft">CG401</span>'
                continue
            if f.code == "CG201" and (status := self.said(f)):
                draft.wave(f.spot.line, status.latex)
            notes.append((f.spot.line, self.callout(f, span=True)))
        return notes

    def callout(self, f: Finding, span: bool = False) -> str:
        """One finding in the free column."""
        name = f"<code>{escape(f.function or '')}</code>"
        if f.code == "CG201" and f.function and self._has_card(f.function):
            link = f'<a href="#{escape(anchor(f.function))}">See its card.</a>'
            isnt = f"the derivative of {name}" if self.of_slope(f) else f"what {name} computes"
            return finding_html(f.code, f"This is not {isnt}. {link}", f.severity, span=span)
        return finding_html(f.code, sentence(f), f.severity, self._cure(f), span=span)

    def _has_card(self, name: str) -> bool:
        return any(shown.name == name for shown in self.execution.functions)

    @staticmethod
    def _cure(f: Finding) -> str:
        return f"To agree, write <code>{escape(f.cure)}</code>" if f.cure else ""

    # ----- cards -----

    def about(self, shown: Shown) -> list[Finding]:
        """The findings that belong on a function's card: in its lines, and formulas that it contradicts."""
        named = [f for f in self.seen if f.function == shown.name and f.also is not None]
        if shown.chain:
            return []
        inside = [f for f in self.within(shown.line, shown.end) if f not in named]
        return [*self._gathered(inside), *named]

    def card(self, card: CardView, shown: Shown) -> CardView:
        """A card with what was found about its function."""
        found = self.about(shown)
        if not found:
            return card
        rows = "".join(self._row(f) for f in found)
        told = shown.data is None and any(f.severity == "error" for f in found)
        code = self._waved(card, shown) if card.code_html else card.code_html
        done = replace(card, note_html=rows + ("" if told else card.note_html), code_html=code)
        apart = next((f for f in found if f.code == "CG201"), None)
        return self._apart(done, shown, apart) if apart else done

    def _row(self, f: Finding) -> str:
        words = (self._says(f) if f.code == "CG201" else "") or sentence(f)
        return finding_html(f.code, words, f.severity, self._cure(f))

    def _waved(self, card: CardView, shown: Shown) -> str:
        code = (shown.data or {}).get("code") or {}
        first = code.get("line") or shown.line
        lines = card.code_html.split("\n")
        for line, column, end in self.spots(shown.line, shown.end):
            if 0 <= line - first < len(lines) and "wavy" not in lines[line - first]:
                lines[line - first] = underline(lines[line - first], column - 1, end - 1)
        return "\n".join(lines)

    # ----- CG201 -----

    def said(self, f: Finding) -> Status | None:
        """The formula that a finding is about."""
        near = (s for s in self.report.formulas if s.status == "disagrees" and s.function == f.function)
        return min(near, key=lambda s: abs(s.line - f.spot.line), default=None)

    def _samples(self, name: str | None) -> Samples | None:
        return next((s for s in reversed(self.execution.samples) if s.name == name), None)

    def _says(self, f: Finding) -> str:
        """The disagreement in a sentence with both formulas set; nothing where KaTeX cannot set them."""
        status, samples = self.said(f), self._samples(f.function)
        if status is None or samples is None or not samples.latex:
            return ""
        try:
            says = author_math_html(status.latex.partition("=")[2] or status.latex, False)
            computes = math_html(samples.latex)
        except EngineError:
            return ""
        if self.of_slope(f):
            name = f"<code>{escape(f.function or '')}</code>"
            return f"The formula says {says}, which is not the derivative of {name}. {evidence(f)}"
        return f"The formula says {says}, the code computes {computes}. {evidence(f)}"

    def of_slope(self, f: Finding) -> bool:
        """Whether the formula speaks of the derivative of the function."""
        status = self.said(f)
        try:
            return status is not None and statement(status.latex).slope
        except LatexError:
            return False

    def curve(self, f: Finding, xs: Sequence[float]) -> list[float | None] | None:
        """The formula's values, if it is one of one number."""
        status, samples = self.said(f), self._samples(f.function)
        if status is None or samples is None or len(samples.parameters) != 1:
            return None
        try:
            said = statement(status.latex)
            spelled = spelling(said, samples)
            if spelled is None:
                return None
            others = {k: v for k, v in callables(self.execution.samples).items() if k != samples.name}

            def at(x: object) -> Any:
                given = samples.settings | {samples.parameters[0]: x}
                return formula_at(said, {k: given[v] for k, v in spelled.items()}, others)

            values = along(at, xs)
        except (LatexError, KeyError, ArithmeticError, ValueError, TypeError):
            return None
        return [float(v) if np.ndim(v) == 0 and np.isfinite(v) else None for v in values]

    def _apart(self, card: CardView, shown: Shown, f: Finding) -> CardView:
        """The formula as it is written among the card's formulas, and its curve on the plot."""
        status = self.said(f)
        if status is not None:
            card = replace(
                card,
                formulas=(
                    *card.formulas[:1],
                    *as_written(status, self.note.where(status.line)),
                    *card.formulas[1:],
                ),
            )
        data = (shown.data or {}).get("plot")
        if data is None or not card.plot_svg:
            return card
        try:
            found = samples_from_json(data)
            curve = self.curve(f, found.xs)
            drawn = card.plot_svg
            if curve:
                drawn = with_apart(drawn, found, curve, point_of(f), self.of_slope(f))
        except (ChalkgradError, LookupError, ValueError, TypeError):
            return card  # the sentence and the wavy lines say it too
        return replace(card, plot_svg=drawn)

    # ----- the index -----

    def verdict(self, shown: Shown) -> tuple[str, bool]:
        """What the index says of a function, as HTML, and whether that is an error."""
        found = [f for f in self.about(shown) if f.severity == "error"]
        if found:
            f = found[0]
            words = f"disagrees with {self.note.where(f.spot.line)}" if f.code == "CG201" else short(f)
            return f'<span class="tag">{f.code}</span>{words}', True
        place = escape("chain, " * (shown.chain and not shown.page) + self.note.where(shown.line))
        if shown.data is None:
            return f"{place}; code only", False
        of_it = [s for s in self.report.formulas if s.function == shown.name]
        agreeing = next((s for s in of_it if s.status == "agrees"), None)
        if agreeing is not None:
            return f"agrees with {escape(self.note.where(agreeing.line))}", False
        return place, False

    def dotted(self, shown: Shown) -> list[float | None] | None:
        """The formula's curve for the small picture, where it differs."""
        apart = next((f for f in self.about(shown) if f.code == "CG201"), None)
        return None if apart is None else self.curve(apart, np.linspace(LOW, HIGH, POINTS).tolist())


def along(f: Callable[[Any], Any], xs: Sequence[float]) -> Sequence[Any]:
    """f at every x: at once, where that gives at some places what f gives there alone; else one by one.

    >>> along(lambda x: 2 * x, [1.0, 2.0]), along(lambda x: float(np.sum(x)), [1.0, 2.0])
    ([2.0, 4.0], [1.0, 2.0])
    """
    probes = (0, len(xs) // 3, len(xs) - 1)
    try:
        values = np.asarray(f(np.array(xs)))
        alike = [np.allclose(values[k], f(xs[k]), equal_nan=True) for k in probes]
        if values.shape == (len(xs),) and all(alike):
            return values.tolist()
    except (LatexError, ArithmeticError, ValueError, TypeError, IndexError):
        pass  # it takes numbers alone
    return [f(x) for x in xs]
