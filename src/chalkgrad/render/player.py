"""The walk as HTML: one picture that fills itself in, one sentence a step, a U-shaped track of stops.

The picture is drawn once for all steps. Inside it (and anywhere in the player)
    data-since="3"   shows from step 3 on: a value, a gradient
    data-until="3"   shows before step 3: the "?" in its place
    data-at="3"      is lit at step 3: the box that is being passed (several: data-at="3 7")
    data-inside="ID" opens a level of the card's factory below the player
Steps count from 0. The result goes into `CardView.walk_html`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

MANY = 20  # stops in a row: beyond, they stand close


@dataclass(frozen=True)
class StepView:
    """One step; what ends in `_html` is finished and trusted."""

    direction: Literal["forward", "backward"]
    place_html: str  # "backward through <code>sigmoid</code>"
    equation_html: str = ""  # KaTeX's: what is computed here, with its numbers
    sentence_html: str = ""  # the same in words
    say_html: str = ""  # the whole step for a screen reader; its numbers are elements that follow
    entry_html: str = ""  # one entry of an array, spelled out
    result_html: str = ""  # the last step's: what the walk came to


def _arrow(path: str) -> str:
    line = f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="2"/>'
    return f'<svg viewBox="0 0 10 14" aria-hidden="true">{line}</svg>'


_BACK, _NEXT = _arrow("M8 1 2 7l6 6"), _arrow("M2 1l6 6-6 6")


def walk_html(steps: Sequence[StepView], picture_html: str, beside_html: str = "", layout: str = "") -> str:
    """The player for a card.

    Args:
        steps: in the order of the walk.
        picture_html: the score.
        beside_html: what stands beside the sentences: both passes as code.
        layout: "row", "roads" or "matrix", for the style.

    >>> 'Step 1 of 1' in walk_html([StepView("forward", "forward through f")], "<svg></svg>")
    True
    """
    panels = "".join(_panel(k, step, len(steps)) for k, step in enumerate(steps))
    places = "".join(_place(k, step, len(steps)) for k, step in enumerate(steps))
    beside = f'<div class="beside">{beside_html}</div>' if beside_html else ""
    return (
        f'<div class="player {escape(layout)}"><h4>Walk</h4><div class="score scroll">{picture_html}</div>'
        f'<div class="tell">{beside}<div class="steps">{panels}</div></div>'
        f'<div class="controls"><div class="places">{places}</div>{_track(steps)}{_BUTTONS}</div>'
        f'<p class="sr" aria-live="polite" data-live></p>{_INSIDE}</div>'
    )


_BUTTONS = (
    f'<div class="go"><button type="button" class="push" data-back aria-label="Back">{_BACK}</button>'
    f'<button type="button" class="push" data-next>Next {_NEXT}</button></div>'
)
_LEAVES = "from the inside. <kbd>Esc</kbd> leaves"
_INSIDE = f'<p class="entered-note" hidden>Entered: <span>this step</span> {_LEAVES}</p>'


def _panel(k: int, step: StepView, of: int) -> str:
    equation = f'<div class="equation scroll">{step.equation_html}</div>' if step.equation_html else ""
    sentence = f"<p>{step.sentence_html}</p>" if step.sentence_html else ""
    result = f'<div class="result">{step.result_html}</div>' if step.result_html else ""
    place = f'<p class="print-only">Step {k + 1} of {of}, {step.place_html}</p>'
    say = f'<p class="say" hidden>{step.say_html}</p>' if step.say_html else ""
    body = f"{place}{equation}{sentence}{step.entry_html}{result}{say}"
    return f'<div class="step" data-step="{k}"{_hidden(k)}>{body}</div>'


def _place(k: int, step: StepView, of: int) -> str:
    return f'<p data-place="{k}"{_hidden(k)}><b>Step {k + 1} of {of}</b><span>{step.place_html}</span></p>'


def _hidden(k: int) -> str:
    return " hidden" if k else ""


def _track(steps: Sequence[StepView]) -> str:
    """Two rows: forward to the right, backward to the left below it, as the walk goes."""
    rows = []
    longest = 0
    for direction in ("forward", "backward"):
        stops = [_stop(k, step) for k, step in enumerate(steps) if step.direction == direction]
        longest = max(longest, len(stops))
        if stops:
            ordered = stops if direction == "forward" else stops[::-1]
            line = f"<span>{direction}</span><div>{''.join(ordered)}</div>"
            rows.append(f'<div class="row {direction}">{line}</div>')
    kind = "track many" if longest > MANY else "track"
    return f'<div class="{kind}" role="group" aria-label="Stops">{"".join(rows)}</div>'


def _stop(k: int, step: StepView) -> str:
    name = escape(f"Step {k + 1}, {step.direction}")
    return f'<button type="button" data-stop="{k}" aria-label="{name}"></button>'
