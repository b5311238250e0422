"""What a card shows: one function, its four views, and the card of its derivative.

The views fill these records in; `page.card_html` draws them. Every piece of HTML or SVG that belongs to graph
node 12 carries `data-node="12"` (several nodes: `data-node="12 15"`); a road of the factory from node 3 to
node 12 also carries `data-from="3" data-to="12"`. Colours are CSS variables (`var(--forward)`, see palette).

The page gives a node that is pointed at the class `lit`, in every view. What a picture wants to happen then
it says by classes on shapes that are `lit` or stand inside a `lit` group:
    box     a box: filled with the wash, its outline heavier
    wash    an area behind something, unseen at rest (under a road: a `path` with its own stroke-width)
    rule    a line under something, unseen at rest
    inner   seen only while lit: the curve of an inner node, with its label

A factory with boxes that can be entered is several pictures in one `factory_svg`, each in an element with
`data-level="ID"` and, but for the outermost, `data-parent="ID"` and `hidden`. Whatever has `data-enter="ID"`
(a box, a breadcrumb) leads to that level; Esc, or a `data-leave` button, leads to the parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypedDict


class NodeView(TypedDict, total=False):
    """One node in words, for the foot line."""

    label_html: str  # its formula, finished HTML
    code: str  # the source it comes from, plain text
    value: str  # forward, as printed: "0.3679", "3 × 2"
    gradient: str  # backward, as printed
    keys: tuple[
        str, str
    ]  # which numbers of the page's graph value and gradient are; empty: they never change
    story: str  # finished HTML: "Raise it by 0.01 and <code>sigmoid</code> falls by 0.0053."


@dataclass(frozen=True)
class FormulaLine:
    """One line of the formula view, which is the plot's legend too."""

    kind: Literal["value", "gradient", "said"]  # "said": as the notes write it
    html: str  # KaTeX's
    value: str | None = None  # at the chosen x
    step: bool = False  # on the way to a result: no key of the plot
    key: str = ""  # which number of the page's graph the value is


@dataclass(frozen=True)
class Field:
    """An input whose entries can be changed in the page."""

    input: int  # its place among the graph's inputs
    latex: str
    name: str
    shape: tuple[int, ...]
    entries: tuple[float, ...]
    gradient: int  # the node that is its gradient, or -1
    slopes: tuple[str, ...]  # what it has there, as printed
    whole: bool = False  # it counts: steps of one


@dataclass(frozen=True)
class CardView:
    """All that a card shows. Fields ending in `_html` or `_svg` are finished and trusted, others are text."""

    name: str
    title_latex: str = ""
    where: str = ""  # "line 110"
    at: tuple[str, str] | None = None  # ("x", "1.00")
    formulas: tuple[FormulaLine, ...] = ()
    code_html: str = ""
    backward_html: str | None = None
    plot_svg: str | None = None
    factory_svg: str | None = None
    factory_upright_svg: str | None = None  # the same, standing, for narrow screens
    factory_list_html: str = ""  # the factory as a list, for screen readers
    foot: str = "Point at a term to see it in all four views."
    derivative: CardView | None = None
    nodes: Mapping[str, NodeView] = field(default_factory=dict)  # in graph order, by node number
    # ----- optional extras -----
    code_label: str = "Code"  # "Code, generated from line 110"
    walk_html: str | None = None  # from walk_player.player_html; gives the head its button
    note_html: str = ""  # a finding or a remark under the card's head
    closed: bool = False  # head and formula only, until it is opened
    at_num: tuple[str, str] | None = None  # which number of the page's graph `at` is, and how that is printed
    model: str = ""  # the face's graph as JSON, safe in a script element (`live.live_json`)
    inputs: tuple[Field, ...] = ()
    over: bool = False  # the plot is over an axis of its own, not over an entry of the inputs
    still: str = ""  # why the page cannot compute it
    layers_html: str = ""  # a network's layers as pictures
    training_html: str = ""  # its training, to scrub through
