"""The walk's player: a score (`walk_score`) set by KaTeX, drawn over the factory or in columns of matrices.

It goes into `CardView.walk_html`. The picture, the sentences and the words for screen readers come from the
same records, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from chalkgrad.errors import ChalkgradError
from chalkgrad.render.factory import Factory
from chalkgrad.render.factory_model import Level
from chalkgrad.render.player import StepView, walk_html
from chalkgrad.render.prose import highlight
from chalkgrad.render.walk_matrix import columns_html, latex_of_columns
from chalkgrad.render.walk_picture import timed
from chalkgrad.render.walk_spelled import entry_html, left_side
from chalkgrad.render.walk_tokens import display, latex_of, to_html, to_words
from chalkgrad.v8 import math_html, prepare

MOST_LINES = 120  # of both passes; beyond, the code beside the walk helps nobody


def player_html(made: Factory, score: Mapping[str, Any] | None, backward: str = "") -> str | None:
    """The player of a card; None where there is nothing to walk through.

    Args:
        made: the factory, lying.
        score: from `Walk.score`, by way of JSON.
        backward: both passes as source, for matrices: the line of each step is lit in it.
    """
    if score is None or not made.level.boxes:
        return None
    with suppress(ChalkgradError):  # each formula says for itself what is wrong with it
        prepare(_latex_of(score))
    steps = [_step(stop, score) for stop in score["stops"]]
    if score["layout"] == "matrix":
        return walk_html(steps, columns_html(score, _result(score)), _code(backward, score), "matrix")
    named = replace(made, levels=(_named(made.level, score), *made.levels[1:]), wrap=False)
    flat = timed(named, score)
    tall = timed(replace(named, upright=True), score)
    picture = f'<div class="flat">{flat}</div><div class="tall">{tall}</div>'
    return walk_html(steps, picture, "", score["layout"])


def _named(level: Level, score: Mapping[str, Any]) -> Level:
    """Every value between two boxes has its letter over the road."""
    gates = {g.node for g in (*level.ins, *level.outs)}
    seen: set[int] = set()
    roads = []
    for road in level.roads:
        new = road.node not in gates and road.node not in seen
        seen.add(road.node)
        roads.append(replace(road, name=score["names"][str(road.node)][0]) if new else road)
    return replace(level, roads=tuple(roads))


def _result(score: Mapping[str, Any]) -> str:
    return str(score["result_tex"])


# ----- the steps -----


def _step(stop: Mapping[str, Any], score: Mapping[str, Any]) -> StepView:
    entry = stop.get("entry")
    result = stop.get("result") or {"lines": [], "sentence": []}
    said = [*_joined(stop["lines"]), *stop["sentence"], *_joined(result["lines"]), *result["sentence"]]
    return StepView(
        stop["direction"],
        to_html(stop["place"]),
        _lines(stop["lines"]),
        "" if result["sentence"] else to_html(stop["sentence"]),
        f"{to_words(stop['place'])}. {to_words(said)}",
        entry_html(entry, score, _result(score)) if entry else "",
        _lines(result["lines"]) + _checked(result["sentence"]),
    )


def _checked(sentence: Sequence[Any]) -> str:
    return f'<p class="checked">{to_html(sentence)}</p>' if sentence else ""


def _joined(lines: Sequence[Sequence[Any]]) -> list[Any]:
    """Equations as they are read out, each with its stop."""
    return [token for line in lines for token in (*line, ["t", "."])]


def _lines(lines: Sequence[Sequence[Any]]) -> str:
    return "".join(f"<div>{math_html(display(line))}</div>" for line in lines)


def _latex_of(score: Mapping[str, Any]) -> list[str]:
    """Everything that KaTeX is to set, to be set in one go."""
    found: list[str] = []
    for stop in score["stops"]:
        result = stop.get("result") or {"lines": [], "sentence": []}
        found += latex_of(stop["lines"], stop["sentence"], stop["place"])
        found += latex_of(result["lines"], result["sentence"])
        if stop.get("entry"):
            found.append(left_side(stop["entry"], score, _result(score)))
            found += latex_of([], [t for t in stop["entry"]["said"] if len(t) > 1])
    return found + (latex_of_columns(score, _result(score)) if score["layout"] == "matrix" else [])


# ----- both passes as code -----


def _code(source: str, score: Mapping[str, Any]) -> str:
    """The lines of both passes, each tied to the step that it is."""
    lines = [line for line in source.split("\n") if line.startswith("    ") and "return" not in line]
    steps = _assignments(score)
    tied = [steps.get(line.split("=")[0].strip()) for line in lines]
    if sum(step is not None for step in tied) < 2 or len(lines) > MOST_LINES:
        return ""
    drawn = (_line(line, step) for line, step in zip(lines, tied, strict=True))
    return f"<h5>Both passes, generated</h5><pre><code>{''.join(drawn)}</code></pre>"


def _line(line: str, step: int | None) -> str:
    at = "" if step is None else f' data-at="{step}" data-pending="{step}"'
    return f"<span{at}>{highlight(line[4:])}</span>\n"


def _assignments(score: Mapping[str, Any]) -> dict[str, int]:
    """Which step assigns which name: `N` going forward, `dLdN` coming back."""
    tops = (score["result_word"], "L")  # a result without a name is L in the code
    found: dict[str, int] = {}
    for column in score["columns"]:
        for q in column.get("values", ()):
            word = score["names"][str(q["node"])][1]
            found[word] = int(q["forth"])
            for top in tops:
                found[f"d{top}d{word}" if len(top) == 1 else f"d{top}_d{word}"] = int(q["home"])
    return found
