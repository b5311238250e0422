"""The matrix walk as HTML: each gradient under its value, cell under cell, and the boxes between them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from chalkgrad.render.factory_math import HOLE
from chalkgrad.render.factory_sizes import text_width
from chalkgrad.v8 import math_html

_ENTER = (
    '<svg class="door" viewBox="0 0 12 12" aria-hidden="true" fill="none" stroke="currentColor">'
    '<path d="M2 10l8-8M4 2h6v6" stroke-width="1.4"/></svg>'
)


def columns_html(score: Mapping[str, Any], result: str) -> str:
    """Values and boxes, from left to right; on a phone, from top to bottom."""
    parts: list[str] = []
    for k, column in enumerate(score["columns"]):
        made = _machine(column, score) if "box" in column else _values(column, score, result)
        after_box = k and "box" in score["columns"][k - 1]
        if after_box:
            parts[-1] += made
        else:
            parts.append(made)
    return f'<div class="columns">{"".join(f"<div class=unit>{p}</div>" for p in parts)}</div>'


def _values(column: Mapping[str, Any], score: Mapping[str, Any], result: str) -> str:
    values = "".join(_quantity(q, score, result) for q in column["values"])
    kind = "values group" if len(column["values"]) > 1 else "values"
    return f'<div class="{kind}">{values}</div>'


def latex_of_columns(score: Mapping[str, Any], result: str) -> list[str]:
    """The formulas that the columns set."""
    found = [pair[0] for pair in score["names"].values()]
    found += [_by(pair[0], result) for pair in score["names"].values()]
    for machine in score["machines"].values():
        found += [machine["tex"], *(_rule(r) for r in machine["rules"].values())]
    return [latex for latex in found if latex]


# ----- boxes -----


def _machine(column: Mapping[str, Any], score: Mapping[str, Any]) -> str:
    name = column["box"]
    machine, steps = score["machines"][name], score["boxes"][name]
    enter = machine["enter"]
    kind = "machine function" if machine["title"] else "machine"
    door = f' data-inside="{escape(enter)}" role="button" tabindex="0"' if enter else ""
    label = f' aria-label="{escape(machine["title"])}: look inside"' if enter else ""
    top = f"<code>{escape(machine['title'])}</code>" if machine["title"] else math_html(machine["tex"])
    rules = "".join(
        f'<span class="slope" data-since="{int(k)}">{math_html(_rule(tex))}</span>'
        for k, tex in machine["rules"].items()
    )
    floor = f'<div class="below">{rules}</div>' if rules else ""
    far = "".join(_far(n, score) for n in column["far"])
    at = " ".join(str(int(k)) for k in steps)
    ways = f'<span class="way up" data-since="{int(steps[0])}"></span>'
    back = min((int(k) for k in machine["rules"]), default=None)
    ways += f'<span class="way down" data-since="{back}"></span>' if back is not None else ""
    lane = f'<div class="lane" aria-hidden="true">{ways}</div>'
    body = f'<div class="above">{top}{_ENTER if enter else ""}</div>{floor}'
    return f'{lane}<div class="{kind}" data-at="{at}"{door}{label}>{body}{far}</div>{lane}'


def _rule(tex: str) -> str:
    return tex.replace(HOLE, r"\square")


def _far(node: int, score: Mapping[str, Any]) -> str:
    """A value from further left."""
    return f'<div class="far">with {math_html(score["names"][str(node)][0])}</div>'


# ----- values -----


def _quantity(q: Mapping[str, Any], score: Mapping[str, Any], result: str) -> str:
    tex, word = score["names"][str(q["node"])]
    shape = escape(str(q["shape"]))
    note = f'<span class="cut">{escape(q["note"])}</span>' if q["note"] else ""
    label = f'<p class="label">{math_html(tex)}<span>{shape}</span>{note}</p>'
    up = _cells(q, "up", int(q["forth"]), f"{word}, {q['shape']}")
    if q["down"] is None:
        return f'<div class="quantity">{label}{up}</div>'
    under = f'<p class="label by">{math_html(_by(tex, result))}</p>'
    down = _cells(q, "down", int(q["home"]), f"gradient by {word}, {q['shape']}")
    return f'<div class="quantity">{label}{up}{under}{down}</div>'


def _by(tex: str, result: str) -> str:
    return rf"\frac{{\partial {result}}}{{\partial {tex}}}"


def _cells(q: Mapping[str, Any], side: str, since: int, name: str) -> str:
    rows, cols, texts = q["rows"], q["cols"], q[side]
    key = str(q[f"{side}_key"])
    body = "".join(
        f"<tr>{''.join(_cell(q, key, r, c, text) for c, text in zip(cols, line, strict=True))}</tr>"
        for r, line in zip(rows, texts, strict=False)
    )
    kind = f"brackets {side}" + (" scalar" if q["scalar"] else "")
    widest = max((text_width(t, 16) for line in (*q["up"], *(q["down"] or ())) for t in line), default=0)
    style = f'class="{kind}" style="--cell:{widest + 9:.0f}px"'
    marks = f'role="grid" aria-label="{escape(name)}" data-since="{since}"'
    return f"<table {style} {marks}>{body}</table>"


def _cell(q: Mapping[str, Any], key: str, r: int | None, c: int | None, text: str) -> str:
    if r is None or c is None:
        return '<td class="more">…</td>'
    flat = int(r) * int(q["width"]) + int(c)
    at = key if q["scalar"] else f"{key}:{flat}"
    num = f' data-num="{escape(at)}"' if key else ""
    return f'<td{num} data-e="{flat}">{escape(text)}</td>'
