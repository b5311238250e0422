"""From a card's data to the card: KaTeX sets, Graphviz places, nothing of the person's runs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from html import escape
from typing import Any

from chalkgrad.errors import ChalkgradError
from chalkgrad.render.card import CardView, FormulaLine, NodeView
from chalkgrad.render.curve import Labels, curve_svg
from chalkgrad.render.curve_style import curve_rules
from chalkgrad.render.factory import Factory
from chalkgrad.render.factory_model import levels_from_json
from chalkgrad.render.factory_style import style_css
from chalkgrad.render.prose import highlight
from chalkgrad.render.samples import Entry, Kink, Samples
from chalkgrad.render.view_code import code_html
from chalkgrad.render.walk_player import player_html
from chalkgrad.v8 import math_html, prepare

DISPLAYED = r"\displaystyle "
_PLACES = {
    "formulas": "formula",
    "plot": "plot",
    "factory": "factory",
    "code": "code",
    "slope formula": "slope",
}


def card_of(data: Mapping[str, Any]) -> CardView:
    """See `view.card`."""
    if not data.get("order"):
        with suppress(ChalkgradError):  # each formula says for itself what is wrong with it
            prepare(_latex_of(data))
    return _Card(data).view()


def _latex_of(data: Mapping[str, Any]) -> Iterator[str]:
    """All the formulas of a card and of its derivative's."""
    yield from (DISPLAYED + line["latex"] for line in data.get("formulas", ()))
    yield from (node["latex"] for node in data.get("nodes", {}).values() if node["latex"])
    if data.get("derivative"):
        yield from _latex_of(data["derivative"])


class _Card:
    """One face; what fails leaves a sentence in its place."""

    def __init__(self, data: Mapping[str, Any]):
        self.data = data
        self.failed: dict[str, str] = dict(data.get("failed", {}))
        digest = hashlib.sha1(
            repr((data["name"], data.get("factory"), data.get("code"))).encode()
        ).hexdigest()
        self.ident = f"{re.sub(r'[^A-Za-z0-9]+', '-', data['name'])[:40]}-{digest[:6]}"

    def view(self) -> CardView:
        data = self.data
        at, code = data.get("at"), data.get("code")
        formulas = self.attempt("formulas", self._formulas) or self._instead("formulas")
        plot = self.attempt("plot", self._plot)
        factory = self.attempt("factory", self._factory)
        upright = (
            self.attempt("factory", lambda: self._pictures(upright=True).html(styled=False))
            if factory
            else None
        )
        listed = self.attempt("factory", lambda: self._pictures(False).list_html()) if factory else ""
        walk = self.attempt("walk", lambda: player_html(self._pictures(False))) if factory else None
        nodes = self.attempt("nodes", self._nodes) or {}
        drawn = (
            self.attempt("code", lambda: code_html(code["source"], map(tuple, code["spans"]))) if code else ""
        )
        derivative = (
            self.attempt("derivative", lambda: card_of(data["derivative"]))
            if data.get("derivative")
            else None
        )
        backward = data.get("backward")
        return CardView(
            name=data["name"],
            title_latex="",
            at=(at["tex"], at["text"]) if at else None,
            formulas=formulas,
            code_html=drawn or "",
            code_label=code["label"] if code else "Code",
            backward_html=highlight(backward["source"]) if backward else None,
            plot_svg=plot or self._said("plot"),
            factory_svg=factory or self._said("factory"),
            factory_upright_svg=upright,
            factory_list_html=listed or "",
            derivative=derivative,
            walk_html=walk,
            nodes=nodes,
            note_html=self._note(),
        )

    def attempt(self, key: str, make: Callable[[], Any]) -> Any:
        """One view; its failure is told in its place."""
        try:
            return make()
        except (ChalkgradError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            name = "" if isinstance(error, ChalkgradError) else f"{type(error).__name__}: "
            self.failed.setdefault(key, f"{name}{error}")
            return None

    # ----- what failed -----

    def _said(self, key: str) -> str | None:
        why = self.failed.get(key)
        return f'<p class="failed">There is no {_PLACES[key]}: {escape(why)}</p>' if why else None

    def _instead(self, key: str) -> tuple[FormulaLine, ...]:
        said = self._said(key)
        return (FormulaLine("value", said),) if said else ()

    def _note(self) -> str:
        """Failures that have no place of their own."""
        why = {
            k: v
            for k, v in self.failed.items()
            if k not in ("plot", "factory", "formulas", "at", "nodes", "walk", "graph")
        }
        told = [f"No {escape(_PLACES.get(k, k))}: {escape(v)}" for k, v in why.items()]
        return f'<p class="remark">{"<br>".join(told)}</p>' if told else ""

    # ----- the views -----

    def _formulas(self) -> tuple[FormulaLine, ...]:
        lines = self.data.get("formulas", [])
        return tuple(
            FormulaLine(d["kind"], math_html(DISPLAYED + d["latex"]), d["value"] or None, "step" in d)
            for d in lines
        )

    def _plot(self) -> str | None:
        found = self.data.get("plot")
        if found is None:
            return None
        order = self.data.get("order", 0)
        inner = {int(k): v["latex"] for k, v in self.data.get("nodes", {}).items()}
        labels = Labels("f" + "'" * order, "f" + "'" * (order + 1), inner, self.data["output"])
        style = "" if order else f"<style>{curve_rules(False)}</style>"
        return style + curve_svg(samples_from_json(found), labels, f"plot-{self.ident}", styled=False)

    def _factory(self) -> str | None:
        if "factory" not in self.data:
            return None
        style = "" if self.data.get("order") else f"<style>{style_css(False)}</style>"
        return style + self._pictures(False).html(styled=False)

    def _pictures(self, upright: bool) -> Factory:
        levels = levels_from_json(self.data["factory"])
        return Factory(levels, True, upright, f"factory-{self.ident}{'-up' if upright else ''}")

    def _nodes(self) -> dict[str, NodeView]:
        return {k: self._node(d) for k, d in self.data.get("nodes", {}).items()}

    def _node(self, d: Mapping[str, Any]) -> NodeView:
        label = self.attempt("nodes", lambda: math_html(d["latex"])) if d["latex"] else ""
        story = _story(d["story"], self.data["name"])
        return NodeView(
            label_html=label or "", code=d["code"], value=d["value"], gradient=d["gradient"], story=story
        )


def _story(d: Mapping[str, Any], name: str) -> str:
    """A node's gradient, put into words."""
    kind = d.get("kind")
    name = f"<code>{escape(name)}</code>"
    if kind == "result":
        return "This is the result."
    if kind == "adds":
        parts = [f"({p})" if k and p.startswith("−") else p for k, p in enumerate(d["parts"])]
        times = {2: "twice", 3: "three times"}.get(len(parts) + d["more"], f"{len(parts) + d['more']} times")
        sums = " + ".join(f"<b>{escape(p)}</b>" for p in parts) + (" + …" if d["more"] else "")
        sums = f'<span class="gradient">{sums} = <b>{escape(d["sum"])}</b></span>'
        return f"Used {times}, so its gradients add: {sums}"
    if kind == "raise":
        if d["much"] == "0":
            return f"Raise it by {escape(d['by'])} and {name} stays, as far as its slope can say."
        moves = "rises" if d["up"] else "falls"
        return f"Raise it by {escape(d['by'])} and {name} {moves} by {escape(d['much'])}."
    return ""


def samples_from_json(d: Mapping[str, Any]) -> Samples:
    """The samples that `collect` wrote."""
    entry = Entry(d["entry"]["leaf"], tuple(d["entry"]["index"]), d["entry"]["name"])
    return Samples(
        entry,
        float(d["at"]),
        float(d["value"]),
        None if d["slope"] is None else float(d["slope"]),
        d["xs"],
        d["f"],
        d["g"],
        {int(k): v for k, v in d["inner"].items()},
        {int(k): float(v) for k, v in d["inner_at"].items()},
        tuple(Kink(**{k: float(v) for k, v in kink.items()}) for kink in d["kinks"]),
        d["note"],
    )
