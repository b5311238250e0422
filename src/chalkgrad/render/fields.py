"""The inputs of a face as boxes: a number, a row, or a matrix, each entry with its gradient under it."""

from __future__ import annotations

from html import escape

from chalkgrad.render.card import CardView, Field
from chalkgrad.render.numbers import number
from chalkgrad.v8 import math_html


def sole(card: CardView) -> bool:
    """Whether the one input is one number: its box stands in the head, and its grip under the plot."""
    return card.plot_svg is not None and len(card.inputs) == 1 and card.inputs[0].shape == ()


def over(card: CardView) -> Field:
    """Where the tangent stands on an axis that is no input: the page's input −1."""
    value = float(card.at[1].replace("\u2212", "-")) if card.at else 0.0
    return Field(-1, "", "x", (), (value,), -1, ())


def branch_html() -> str:
    """What is said when a value takes another path than the one that was recorded."""
    told = "Another branch of the code begins here."
    return f'<p class="branch" role="status" hidden>{told} <button type="button">Go back</button></p>'


def inputs_html(fields: tuple[Field, ...]) -> str:
    """All inputs, side by side."""
    if not fields:
        return ""
    boxes = "".join(map(_field, fields))
    return f'<section class="view inputs"><h4>Inputs</h4><div class="fields">{boxes}</div></section>'


def _field(field: Field) -> str:
    name = math_html(field.latex)
    if not field.shape:
        slider = (
            f'<input type="range" class="slide" {_of(field, 0)} aria-label="{escape(field.name)}, slider" '
            f'value="{field.entries[0]}">'
        )
        return f'<div class="field number"><label>{name} = {_cell(field, 0)}</label>{slider}</div>'
    columns = field.shape[-1]
    cells = "".join(_cell(field, k) for k in range(len(field.entries)))
    kind = "matrix" if len(field.shape) == 2 else "row"
    grid = f'<div class="cells" style="--columns:{columns}">{cells}</div>'
    return (
        f'<div class="field {kind}" role="group" aria-label="{escape(field.name)}">{name}<i>=</i>{grid}</div>'
    )


def _cell(field: Field, k: int) -> str:
    """One entry, its gradient under it."""
    at = f"{field.gradient}" if not field.shape else f"{field.gradient}:{k}"
    gradient = f'<span class="under" data-num="{at}">{field.slopes[k]}</span>' if field.slopes else ""
    return f'<span class="cell">{box_html(field, k, number(field.entries[k]))}{gradient}</span>'


def box_html(field: Field, k: int, text: str) -> str:
    """One entry to type into, to step and to drag."""
    place = "" if not field.shape else f"[{','.join(map(str, _index(k, field.shape)))}]"
    return (
        f'<input type="text" inputmode="decimal" role="spinbutton" autocomplete="off" spellcheck="false" '
        f'class="entry" {_of(field, k)} aria-label="{escape(field.name + place)}" '
        f'aria-valuenow="{field.entries[k]}" value="{escape(text)}">'
    )


def _of(field: Field, k: int) -> str:
    whole = ' data-step="1"' if field.whole else ""
    return f'data-input="{field.input}:{k}"{whole}'


def _index(k: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return (k,) if len(shape) == 1 else divmod(k, shape[1])
