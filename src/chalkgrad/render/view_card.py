"""From a card's data to the card: KaTeX sets, Graphviz places, nothing of the person's runs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from html import escape
from typing import Any

from chalkgrad.errors import ChalkgradError, EngineError
from chalkgrad.render.card import CardView, Field, FormulaLine, NodeView
from chalkgrad.render.curve import Labels, curve_svg
from chalkgrad.render.curve_style import curve_rules
from chalkgrad.render.factory import Factory
from chalkgrad.render.factory_math import name_tex
from chalkgrad.render.factory_model import levels_from_json
from chalkgrad.render.factory_style import style_css
from chalkgrad.render.layers import layers_html
from chalkgrad.render.live import differs, live_json, precisions
from chalkgrad.render.numbers import num, number
from chalkgrad.render.packed import packed
from chalkgrad.render.prose import highlight
from chalkgrad.render.samples import Entry, Kink, Samples
from chalkgrad.render.training import training_html
from chalkgrad.render.view_code import code_html
from chalkgrad.render.walk_player import player_html
from chalkgrad.v8 import compute, math_html, prepare

DISPLAYED = r"\displaystyle "
MOST_ROW = 12  # entries of a vector whose boxes stand side by side
MOST_SIDE = 6  # of a matrix
_PLACES = {
    "formulas": "formula",
    "plot": "plot",
    "factory": "factory",
    "code": "code",
    "slope formula": "slope",
    "walk": "walk",
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
        model, still = self._model
        listed = self.attempt("factory", lambda: self._pictures(False).list_html()) if factory else ""
        walk = self.attempt("walk", self._walk) if factory else None
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
            at_num=self._at_num() if model else None,
            model=model,
            inputs=self._fields() if model else (),
            over=bool(model and plot) and self._is_over,
            still=still,
            layers_html=(self.attempt("layers", self._layers) if data.get("layers") else "") or "",
            training_html=(self.attempt("training", self._training) if data.get("training") else "") or "",
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
            if k not in ("plot", "factory", "formulas", "at", "nodes", "walk", "graph", "live")
        }
        told = [f"No {escape(_PLACES.get(k, k))}: {escape(v)}" for k, v in why.items()]
        return f'<p class="remark">{"<br>".join(told)}</p>' if told else ""

    # ----- the views -----

    def _formulas(self) -> tuple[FormulaLine, ...]:
        lines = self.data.get("formulas", [])
        return tuple(
            FormulaLine(
                d["kind"],
                math_html(DISPLAYED + d["latex"]),
                d["value"] or None,
                "step" in d,
                str(d.get("key", "")),
            )
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
        live = bool(self._model[0]) and "axis" in self.data["live"]
        drawn = curve_svg(samples_from_json(found), labels, f"plot-{self.ident}", styled=False, live=live)
        return f'{style}<div class="stage">{drawn}{_rail(found) if live else ""}</div>'

    def _factory(self) -> str | None:
        if "factory" not in self.data:
            return None
        style = "" if self.data.get("order") else f"<style>{style_css(False)}</style>"
        outside, mark, insides = self._pictures(False).html(styled=False).partition('<div class="inside"')
        return style + outside + packed(mark + insides)

    def _walk(self) -> str | None:
        found, backward = self.data.get("walk") or {}, self.data.get("backward") or {}
        return player_html(self._pictures(False), found.get("score"), backward.get("source", ""))

    def _layers(self) -> str:
        return layers_html(self.data["layers"], f"layer-{self.ident}")

    def _training(self) -> str:
        return training_html(self.data["training"], f"training-{self.ident}")

    def _pictures(self, upright: bool) -> Factory:
        levels = levels_from_json(self.data["factory"])
        return Factory(levels, True, upright, f"factory-{self.ident}{'-up' if upright else ''}")

    def _nodes(self) -> dict[str, NodeView]:
        return {k: self._node(d) for k, d in self.data.get("nodes", {}).items()}

    def _node(self, d: Mapping[str, Any]) -> NodeView:
        label = self.attempt("nodes", lambda: math_html(d["latex"])) if d["latex"] else ""
        story = _story(d["story"], self.data["name"])
        value, gradient = d.get("keys", ("", ""))
        return NodeView(
            label_html=label or "", code=d["code"], value=d["value"], gradient=d["gradient"], story=story,
            keys=(str(value), str(gradient)),
        )  # fmt: skip

    # ----- what moves -----

    @cached_property
    def _model(self) -> tuple[str, str]:
        """The graph for the page, once its engine has shown to compute what NumPy did; or why not."""
        live = self.data.get("live")
        if not live:
            return "", self.failed.get("live", "")
        if live["still"]:
            return "", live["still"]
        try:
            made = compute(live["graph"], [[float(e) for e in entries] for entries in live["at"]])
        except EngineError as error:
            return "", str(error)
        nodes = live["graph"]["nodes"]
        at = differs(live["check"], made, precisions(nodes))
        if at is not None:
            what = nodes[at].get("op") or "an input"
            return "", f"a page computes {what} otherwise than NumPy does"
        return live_json(live, json.dumps), ""

    @property
    def _is_over(self) -> bool:
        return self.data["live"].get("axis", {"input": 0})["input"] < 0

    def _at_num(self) -> tuple[str, str] | None:
        live = self.data["live"]
        axis = live.get("axis")
        if not axis or axis["input"] < 0:
            return None
        value = float(live["at"][axis["input"]][axis["entry"]])
        return f"{live['graph']['inputs'][axis['input']]}:{axis['entry']}", number(value)

    def _fields(self) -> tuple[Field, ...]:
        live = self.data["live"]
        found = (_field(live, k) for k in range(int(live.get("weights", 0)), len(live["at"])))
        return tuple(f for f in found if f is not None)


def _rail(found: Mapping[str, Any]) -> str:
    """The slider over the plot's rail: the page gives it its place."""
    name, at = escape(found["entry"]["name"]), escape(str(found["at"]))
    return f'<input type="range" class="rail" step="any" value="{at}" aria-label="{name}">'


def _field(live: Mapping[str, Any], k: int) -> Field | None:
    """The entries of an input as boxes; None where they are too many, or no numbers to vary."""
    name, shape, kind, gradient = (live[key][k] for key in ("names", "shapes", "kinds", "gradients"))
    longest = {0: 1, 1: MOST_ROW, 2: MOST_SIDE}.get(len(shape), 0)
    if kind not in "fiu" or not live["at"][k] or max(shape, default=1) > longest:
        return None
    values = tuple(float(e) for e in live["at"][k])
    slopes = live["check"][gradient] if gradient >= 0 else ()
    told = tuple(number(float(e)) for e in slopes)
    return Field(k, name_tex(name), name, tuple(shape), values, gradient, told, kind != "f")


def _story(d: Mapping[str, Any], name: str) -> str:
    """A node's gradient, put into words."""
    kind = d.get("kind")
    name = f"<code>{escape(name)}</code>"
    if kind == "result":
        return "This is the result."
    if kind == "adds":
        keys = d.get("keys", [""] * len(d["parts"]))
        parts = [_summand(k, *pair) for k, pair in enumerate(zip(d["parts"], keys, strict=True))]
        times = {2: "twice", 3: "three times"}.get(len(parts) + d["more"], f"{len(parts) + d['more']} times")
        sums = " + ".join(parts) + (" + …" if d["more"] else "")
        sums = f'<span class="gradient">{sums} = <b{num(d.get("key", ""))}>{escape(d["sum"])}</b></span>'
        return f"Used {times}, so its gradients add: {sums}"
    if kind == "raise":
        moves = f"{'rises' if d['up'] else 'falls'} by {escape(d['much'])}"
        moves = "stays, as far as its slope can say" if d["much"] == "0" else moves
        raised = f' data-raise="{escape(str(d["key"]))}"' if d.get("key") else ""
        return f"Raise it by {escape(d['by'])} and {name} <span{raised}>{moves}</span>."
    return ""


def _summand(k: int, text: str, key: str) -> str:
    """One of several numbers that are added; but for the first, a negative one stands in brackets."""
    if k == 0:
        return f"<b{num(key)}>{escape(text)}</b>"
    return f"<b{num(key)} data-brackets>{escape(f'({text})' if text.startswith('−') else text)}</b>"


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
