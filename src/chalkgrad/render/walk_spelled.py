"""One entry spelled out, as HTML: ∂L/∂X₀₀ = 0.2477 · 0.7551 + 0.2418 · 0.2556 = 0.2489.

The page writes the line anew when another entry is chosen, from the terms that go along as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from chalkgrad.render.numbers import number
from chalkgrad.render.walk_check import entry_name
from chalkgrad.render.walk_tokens import number_html, to_html
from chalkgrad.v8 import math_html

NUDGE = 0.01
_PACKED = ("key", "side", "shape", "vector", "scalar", "frozen", "terms", "texts", "values", "wrap")


def left_side(entry: Mapping[str, Any], score: Mapping[str, Any], result: str) -> str:
    r"""`\frac{\partial L}{\partial X_{00}}`, its index marked so that the page can change it."""
    name = tuple(score["names"][str(entry["node"])])
    shape = entry["shape"][1:] if entry["vector"] else entry["shape"]
    latex = entry_name(name, 0, [] if entry["scalar"] else shape)[0]
    latex = re.sub(r"_\{([\d,]+)\}$", r"_{\\htmlData{index=1}{\1}}", latex)
    return latex if entry["side"] == "up" else rf"\frac{{\partial {result}}}{{\partial {latex}}}"


def entry_html(entry: Mapping[str, Any], score: Mapping[str, Any], result: str) -> str:
    """The panel of one step, for the first entry."""
    first = next(iter(entry["terms"]))
    left = math_html(left_side(entry, score, result))
    total = number_html(entry["values"][first], "", _hue(entry["key"], score), True)
    line = f"{left}<span>=</span>{terms_html(entry, first, score)}<span>=</span>{total}"
    said = _said(entry["said"])
    data = {k: entry[k] for k in _PACKED if k in entry}
    packed = json.dumps(data | {"forward": score["forward"]}, separators=(",", ":")).replace("<", "\\u003c")
    block = f'<script type="application/json" class="spelled">{packed}</script>'
    return (
        f'<div class="spelt"><h5>One entry of it</h5><div class="line scroll">{line}</div>'
        f"<p>{said}{_raise(entry, score, result, first)}</p>{block}</div>"
    )


def _said(tokens: Sequence[Sequence[str]]) -> str:
    """The sentence; its row and column are places that the page writes on."""
    parts: list[str] = []
    plain: list[list[str]] = []
    for token in tokens:
        if token[0] not in ("r", "k"):
            plain.append(list(token))
            continue
        parts += [to_html(plain), f"<span data-{'row' if token[0] == 'r' else 'column'}>0</span>"]
        plain = []
    return "".join([*parts, to_html(plain)])


def _raise(entry: Mapping[str, Any], score: Mapping[str, Any], result: str, first: str) -> str:
    """A gradient in words: what a small change of the entry does."""
    if entry["side"] != "down" or not entry["key"] or "∞" in entry["values"][first]:
        return ""
    latex = left_side(dict(entry) | {"side": "up"}, score, "")
    return (
        f" Raise {math_html(latex)} by {number(NUDGE)} and {math_html(result)} "
        f"<span data-raised>{raised(entry['values'][first])}</span>."
    )


def raised(text: str) -> str:
    """What the result does, of a gradient as it is printed."""
    try:
        much = NUDGE * float(text.replace("−", "-").replace("×10", "e").translate(_LOWERED))
    except ValueError:
        return "moves"
    moves = "rises" if much >= 0 else "falls"
    return f"{moves} by {number(float(f'{abs(much):.2g}'))}" if much else "stays"


_LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def terms_html(entry: Mapping[str, Any], e: str, score: Mapping[str, Any]) -> str:
    """`0.2477 · 0.7551 + 0.2418 · 0.2556`; the page's `spell.ts` writes the same."""
    parts: list[str] = []
    if entry.get("wrap"):
        before, after = (escape(w) for w in entry["wrap"])
        made = _factor(entry["terms"][e][0][0], entry, score, False)
        return f'<span class="call">{before}{made}{after}</span>'
    for term in entry["terms"][e]:
        if isinstance(term, int):
            parts.append(f'<span class="op">+</span><span class="left-out">… {term} terms in all</span>')
            continue
        minus = term[0] == "=−1" and len(term) > 1
        factors = term[1:] if minus else term
        each = (_factor(f, entry, score, bool(k or parts)) for k, f in enumerate(factors))
        drawn = '<span class="op">·</span>'.join(each)
        sign = "−" if minus else "+" if parts else ""
        parts.append(f'<span class="op">{sign}</span>{drawn}' if sign else drawn)
    return "".join(parts)


def _factor(factor: str, entry: Mapping[str, Any], score: Mapping[str, Any], inner: bool) -> str:
    written = factor[1:] if factor.startswith("=") else entry["texts"][factor]
    shown = f"({written})" if inner and written.startswith("−") else written
    return number_html(shown, "", _hue(factor, score))


def _hue(key: str, score: Mapping[str, Any]) -> str:
    """Values are forward, gradients and slopes gradient; what is the same for all values has no hue."""
    if key.startswith("=") or not key:
        return ""
    return "forward" if "/" not in key and int(re.split(r"[:+]", key)[0]) < score["forward"] else "gradient"
