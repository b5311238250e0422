"""A card as HTML: the faces of f, f′ and f″, each with its head, its four views and its foot."""

from __future__ import annotations

import re
from html import escape

from chalkgrad.render.card import CardView, FormulaLine, NodeView
from chalkgrad.render.fields import box_html, branch_html, inputs_html, over, sole
from chalkgrad.render.heat import pattern
from chalkgrad.render.numbers import num
from chalkgrad.render.packed import packed
from chalkgrad.v8 import math_html

_LONG = 32  # glyphs after which a formula is set smaller
_BESIDE = 40  # lines of a backward pass that stand beside the code where there is no plot
_WALK_ICON = (
    '<svg viewBox="0 0 22 12" aria-hidden="true" fill="none" stroke-width="1.6">'
    '<path d="M0 3H19M15.5 .5 19 3l-3.5 2.5" stroke="var(--forward)"/>'
    '<path d="M22 9H3" stroke="var(--gradient)" stroke-dasharray="3.5 2"/>'
    '<path d="M6.5 6.5 3 9l3.5 2.5" stroke="var(--gradient)"/></svg>'
)


def card_html(card: CardView) -> str:
    """One card; the faces of its derivatives are in it and wait.

    >>> card_html(CardView("square", where="line 33")).startswith('<section class="card" id="square"')
    True
    """
    faces = _faces(card)
    drawn = "".join(_face(face, order, faces, card.closed) for order, face in enumerate(faces))
    kind, brief = ("card closed", _brief(card)) if card.closed else ("card", "")
    name = escape(card.name)
    return (
        f'<section class="{kind}" id="{anchor(card.name)}" data-card="{name}" aria-label="{name}">'
        f"{brief}{drawn}</section>\n"
    )


def _faces(card: CardView) -> tuple[CardView, ...]:
    """f, f′ and f″, as far as they are there."""
    faces = [card]
    while faces[-1].derivative is not None and len(faces) < 3:
        faces.append(faces[-1].derivative)
    return tuple(faces)


def anchor(name: str) -> str:
    return re.sub(r"[^\w.()-]+", "-", name)


# ----- one face -----


def _face(card: CardView, order: int, faces: tuple[CardView, ...], closed: bool) -> str:
    hidden = " hidden" if order or closed else ""
    parts = [
        _model(card),
        _head(card, order, faces),
        card.note_html,
        branch_html() if card.model and not order else "",
        _views(card),
        inputs_html(card.inputs) if card.model and not sole(card) else "",
        _factory(card),
        _network(card),
        _walk(card),
        _foot(card),
    ]
    return f'<div class="face" data-order="{order}"{hidden}>{"".join(parts)}</div>'


def _model(card: CardView) -> str:
    """The face's graph: data, which no browser runs."""
    return f'<script type="application/json" class="model">{card.model}</script>' if card.model else ""


def _head(card: CardView, order: int, faces: tuple[CardView, ...]) -> str:
    title = f'<span class="brief">{math_html(card.title_latex)}</span>' if _needs_title(card) else ""
    tools = f"{_at(card)}{_orders(order, faces)}{_walk_button(card)}"
    return (
        f'<header class="head"><h3 class="name">{escape(card.name)}</h3>{_where(card)}{title}'
        f'<div class="tools">{tools}</div></header>'
    )


def _needs_title(card: CardView) -> bool:
    return bool(card.title_latex) and not card.formulas


def _where(card: CardView) -> str:
    drawn = ""
    if card.at:
        key, text = card.at_num or ("", card.at[1])
        at = f"<span{num(key)}>{escape(text)}</span>"
        comma = ", " if card.where else ""
        drawn = f'<span class="print-only">{comma}drawn at {math_html(card.at[0])} = {at}</span>'
    return f'<span class="where">{escape(card.where)}{drawn}</span>' if card.where or drawn else ""


def _at(card: CardView) -> str:
    if card.at is None:
        return ""
    name, value = card.at
    own = over(card) if card.over else card.inputs[0] if card.model and sole(card) else None
    if own is not None:
        return f'<label class="at">{math_html(name)} ={box_html(own, 0, value)}</label>'
    if card.model and card.inputs:
        return ""  # the boxes of all inputs stand below
    return f'<span class="at">{math_html(name)} =<b>{escape(value)}</b></span>'


def _orders(order: int, faces: tuple[CardView, ...]) -> str:
    """The switch f f′ f″: this face's function is solid blue, the next one dashed orange."""
    if len(faces) == 1:
        return ""
    buttons = "".join(_order_button(k, order) for k in range(len(faces)))
    return f'<div class="orders" role="group" aria-label="Function or derivative">{buttons}</div>'


def _order_button(k: int, order: int) -> str:
    kind = {order: "value", order + 1: "gradient"}.get(k, "other")
    pressed = str(k == order).lower()
    name = f'aria-label="{("f", "f′", "f″")[k]}"'
    label = math_html("f" + k * "'")
    return (
        f'<button type="button" data-go="{k}" class="{kind}" aria-pressed="{pressed}" {name}>{label}</button>'
    )


def _walk_button(card: CardView) -> str:
    if card.walk_html is None:
        return ""
    kind = 'type="button" class="push walk-button" aria-pressed="false"'
    return f"<button {kind}>{_WALK_ICON}<span>Walk</span></button>"


def _walk(card: CardView) -> str:
    if card.walk_html is None:
        return ""
    return f'<section class="view walk" aria-label="Walk" hidden>{packed(card.walk_html)}</section>'


# ----- the views -----


def _views(card: CardView) -> str:
    """Text on the left, the plot on the right; without a plot the backward pass stands beside the code."""
    backward = card.backward_html or ""
    beside = card.plot_svg is None and bool(backward) and backward.count("\n") < _BESIDE
    left = _formulas(card) + _code(card) + ("" if beside else _folded_backward(card))
    right = _plot(card) or (_backward(card) if beside else "")
    if not left and not right:
        return ""
    if not right:
        return f'<div class="views one"><div class="left">{left}</div></div>'
    return f'<div class="views"><div class="left">{left}</div><div class="right">{right}</div></div>'


def _view(kind: str, label: str, content: str) -> str:
    return f'<section class="view {kind}"><h4>{escape(label)}</h4>{content}</section>'


def _formulas(card: CardView) -> str:
    if not card.formulas:
        return ""
    kind = "lines steps" if any(line.step for line in card.formulas) else "lines"
    return _view("formula", "Formula", f'<ul class="{kind}">{"".join(map(_line, card.formulas))}</ul>')


def _line(line: FormulaLine) -> str:
    text = "" if line.value is None else f"<b{num(line.key)}>{escape(line.value)}</b>"
    value = f'<span class="is">= {text}</span>' if text else ""
    size = " long" if _glyphs(line.html) > _LONG else ""
    formula = f'<span class="tex{size}">{line.html}</span>'
    key = "" if line.step else '<span class="key"></span>'
    row = f'<span class="row">{key}{formula}</span>'
    return f'<li class="{line.kind}{" way" if line.step else ""}">{row}{value}</li>'


def _glyphs(html: str) -> int:
    """About how many glyphs KaTeX sets side by side; of several rows, the average."""
    seen = html.rpartition("katex-html")[2].partition(">")[2]
    return len(re.sub(r"<[^>]*>|\s|\u200b|&[a-z]+;", "", seen)) // max(1, html.count("<mtr"))


def _code(card: CardView) -> str:
    if not card.code_html:
        return ""
    return _view("code", card.code_label, f"<pre><code>{card.code_html}</code></pre>")


def _backward(card: CardView) -> str:
    return _view("code", "Backward, generated", f"<pre><code>{card.backward_html}</code></pre>")


def _folded_backward(card: CardView) -> str:
    if not card.backward_html:
        return ""
    code = f"<pre><code>{card.backward_html}</code></pre>"
    return f'<details class="view code backward"><summary>Backward, generated</summary>{code}</details>'


def _plot(card: CardView) -> str:
    return _view("plot", "Plot", card.plot_svg) if card.plot_svg else ""


def _factory(card: CardView) -> str:
    if not card.factory_svg:
        return ""
    standing = card.factory_upright_svg
    upright = packed(f'<div class="upright">{standing}</div>') if standing else ""
    listed = f'<div class="sr">{card.factory_list_html}</div>' if card.factory_list_html else ""
    return _view(
        "factory", "Factory", f'<div class="lying scroll">{_legible(card.factory_svg)}</div>{upright}{listed}'
    )


def _network(card: CardView) -> str:
    """A network's training and its layers."""
    if not card.training_html and not card.layers_html:
        return ""
    training = _view("training", "Training", card.training_html) if card.training_html else ""
    layers = _view("layers-view", "Layers", card.layers_html) if card.layers_html else ""
    ident = f"below-{anchor(card.name)}"
    where = f'<div class="network" style="--below:url(#{escape(ident)})">'
    return f"{where}{pattern(ident)}{training}{layers}</div>"


def _legible(svg: str) -> str:
    """Wide pictures shrink to the card, but never below what can be read: then they scroll."""
    least = r'<svg style="min-width:calc(\2px * .8)"\1 width="\2"'
    return re.sub(r'<svg((?: (?!width=)[\w:-]+="[^"]*")*) width="([\d.]+)"', least, svg)


# ----- the foot -----


def _foot(card: CardView) -> str:
    told = "".join(_told(number, node) for number, node in card.nodes.items())
    how = '<p class="how">Click<span class="keys"> or <kbd>Enter</kbd></span> to pin</p>' if told else ""
    shut = '<button type="button" class="shut" aria-label="Release">✕</button>' if told else ""
    rest = f'<p class="rest">{escape(card.foot)}</p>' if card.foot else ""
    if card.still:
        rest += f'<p class="still">These numbers stay as they are: {escape(card.still)}.</p>'
    if not rest and not told:
        return ""
    return f'<footer class="foot" aria-live="polite">{rest}{packed(told)}{how}{shut}</footer>'


def _told(number: str, node: NodeView) -> str:
    parts = [
        f"<span>{node['label_html']}</span>" if node.get("label_html") else "",
        f"<code>{escape(node['code'])}</code>" if node.get("code") else "",
        _quantity("value", node.get("value"), node.get("keys", ("", ""))[0]),
        _quantity("gradient", node.get("gradient"), node.get("keys", ("", ""))[1]),
        f'<span class="story">{node["story"]}</span>' if node.get("story") else "",
    ]
    return f'<p class="told" data-told="{escape(str(number))}" hidden>{" ".join(filter(None, parts))}</p>'


def _quantity(kind: str, value: str | None, key: str) -> str:
    return f'<span class="{kind}">{kind} <b{num(key)}>{escape(value)}</b></span>' if value else ""


def _brief(card: CardView) -> str:
    """The head of a closed card: name, place, formula, and the button that opens it."""
    latex = f'<span class="brief">{math_html(card.title_latex)}</span>' if card.title_latex else ""
    if not latex and card.formulas:
        latex = f'<span class="brief">{card.formulas[0].html}</span>'
    button = '<div class="tools"><button type="button" class="push">Open</button></div>'
    name = escape(card.name)
    return (
        f'<header class="head brief-head"><h3 class="name">{name}</h3>{_where(card)}{latex}{button}</header>'
    )
