"""The score of a walk: what each stop says, with its numbers; when everything is known. Data alone, all JSON.

It is made where the function lives, from the outermost level of the factory; `walk_player` draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from chalkgrad.errors import ChalkgradError
from chalkgrad.op import ATOM
from chalkgrad.render.factory_fold import Item, folded, items_of, limited, live_nodes
from chalkgrad.render.factory_math import HOLE, constant, is_constant, name_tex, operation
from chalkgrad.render.factory_model import Box, Level, Road
from chalkgrad.render.factory_plan import plan
from chalkgrad.render.pieces import width
from chalkgrad.render.walk_check import checked
from chalkgrad.render.walk_columns import columns, is_matrix
from chalkgrad.render.walk_entries import Speller
from chalkgrad.render.walk_plots import small_plot
from chalkgrad.render.walk_rules import Rules, over_shape, plain_name
from chalkgrad.render.walk_times import Stop, Timetable
from chalkgrad.render.walk_tokens import (
    DOT,
    EQUALS,
    PLUS,
    TIMES,
    Token,
    bracketed,
    code,
    math,
    num,
    number_latex,
    text,
)
from chalkgrad.render.walk_values import Passes

LETTERS = "uvwabcpqrst"
WIDEST = 13  # signs of a rule in a box
_TIMES = {2: "twice", 3: "three times", 4: "four times"}


def score_of(found: Passes, name: str) -> dict[str, Any] | None:
    """The score of a function's outermost level; None where there is no box to pass."""
    level = plan(found, name)[0]
    if not level.boxes:
        return None
    outputs = tuple(dict.fromkeys(o for o in found.graph.outputs if o < found.forward))
    nodes = live_nodes(found.graph, found.forward, outputs)
    items, _ = limited(folded(found.graph, items_of(found.graph, nodes, 0)))
    return _Score(found, level, items, name).data()


class _Score:
    """Makes the data of one level."""

    def __init__(self, found: Passes, level: Level, items: list[Item], title: str):
        self.found, self.level, self.title = found, level, title
        self.nodes = found.graph.nodes
        self.items = {box.id: item for box, item in zip(level.boxes, items, strict=True)}
        self.boxes = {box.id: box for box in level.boxes}
        self.times = Timetable(level, not found.why)
        self.outs = {r.tail[0]: r for r in reversed(level.roads)}
        self.names = self._names()
        self.matrix = is_matrix(found, level)
        self.speller = Speller(found, self.names)
        self.rules = Rules(found, self.names)

    def data(self) -> dict[str, Any]:
        times = self.times
        made: dict[str, Any] = {
            "layout": "matrix" if self.matrix else "row" if self._in_a_row() else "roads",
            "why": self.found.why,
            "forward": self.found.forward,
            "roads": [[times.forth(r), times.home(r)] for r in self.level.roads],
            "boxes": {box.id: times.of_box(box) for box in self.level.boxes},
            "slopes": {f"{b}.{s}": k for (b, s), k in times.back.items()},
            "forks": dict(times.sums),
            "turn": times.turn,
            "result_tex": self._top()[0],
            "result_word": self._top()[1],
            "names": {str(n): list(pair) for n, pair in self.names.items()},
            "stops": [self._stop(k, stop) for k, stop in enumerate(times.stops)],
        }
        if self.matrix:
            made["columns"] = columns(self.found, self.level, self.items, self.times, self.names)
            made["machines"] = {box.id: self._machine(box) for box in self.level.boxes}
        elif made["layout"] == "row":
            made["plots"] = self._plots()
        return made

    # ----- names -----

    def _names(self) -> dict[int, tuple[str, str]]:
        """For each value on a road its name, as LaTeX and in plain type: the person's, or a letter."""
        gates = (*self.level.outs, *self.level.ins)
        names = {g.node: (g.tex, self._plain(g.node, g.tex)) for g in gates}
        roads = {r.node: r for r in self.level.roads}
        for node, road in roads.items():
            found = next((r.name for r in self.level.roads if r.node == node and r.name), road.name)
            if found and node not in names:
                names[node] = (found, self.nodes[node].name or found)
        taken = {tex for tex, _ in names.values()}
        free = iter([x for x in LETTERS if x not in taken])
        bare = [n for n in roads if n not in names]
        for k, node in enumerate(sorted(bare), 1):
            letter = f"u_{{{k}}}" if len(bare) > 6 else next(free)
            names[node] = (letter, letter.replace("{", "").replace("}", ""))
        return names

    def _plain(self, node: int, tex: str) -> str:
        name = self.nodes[node].name
        return name if name and name_tex(name) == tex else tex.replace("{", "").replace("}", "").strip("\\")

    def _tex(self, node: int) -> str:
        return self.names[node][0]

    def _word(self, node: int) -> str:
        return self.names[node][1]

    @property
    def result(self) -> int:
        return self.level.outs[0].node if self.level.outs else self.level.roads[-1].node

    def _top(self) -> tuple[str, str]:
        """What is differentiated: the result, or the sum of all results."""
        return self.names[self.result] if len(self.level.outs) == 1 else (r"\Sigma", "Σ")

    def _by(self, node: int, share: int = 0) -> Token:
        """∂L/∂u; of a value with several uses, the share that comes back from one."""
        top, word = self._top()
        latex = rf"\frac{{\partial {top}}}{{\partial {self._tex(node)}}}"
        words = f"∂{word}/∂{self._word(node)}"
        if share:
            return math(rf"\left({latex}\right)_{{\!{share}}}", f"share {share} of {words}")
        return math(latex, words)

    # ----- the stops -----

    def _stop(self, k: int, stop: Stop) -> dict[str, Any]:
        make: dict[str, Callable[[Stop], dict[str, Any]]] = {
            "start": self._start,
            "forward": self._forward,
            "turn": self._turn,
            "backward": self._backward,
            "adds": self._adds,
        }
        made = {"direction": stop.direction, "lines": [], "sentence": []} | make[stop.kind](stop)
        if k == len(self.times.stops) - 1:
            made["result"] = self._result()
        return made

    def _start(self, _: Stop) -> dict[str, Any]:
        tokens: list[Token] = []
        for gate in self.level.ins:
            road = next((r for r in self.level.roads if r.node == gate.node), None)
            if road is not None and road.up_key:
                comma = [math(r",\quad", ",")] if tokens else []
                value = num(road.up, road.up_key, "forward", True)
                tokens += [*comma, math(gate.tex, self._word(gate.node)), EQUALS, value]
        place = "the input" if len(self.level.ins) == 1 else "the inputs"
        made: dict[str, Any] = {"place": [text(place)], "sentence": [text("Every value follows from here.")]}
        return made | ({"lines": [tokens]} if tokens else {})

    def _turn(self, _: Stop) -> dict[str, Any]:
        one = num("1", self._seed_key(), "gradient", True)
        told = [text("Here the road turns round: raise the result by a little, and it rises by as much.")]
        if self.nodes[self.result].shape or len(self.level.outs) > 1:
            told = [text("Here the road turns round: each entry of the result counts once.")]
        return {
            "place": [text("the road turns round")],
            "lines": [[self._by(self.result), EQUALS, one]],
            "sentence": told,
        }

    def _seed_key(self) -> str:
        at = self.found.graph.gradients.get(self.result)
        return "" if at is None or self.nodes[at].shape else str(at)

    # ----- forward -----

    def _forward(self, stop: Stop) -> dict[str, Any]:
        box, item = self.boxes[stop.box], self.items[stop.box]
        out = self.outs.get(box.id)
        made: dict[str, Any] = {"place": [text("forward through "), self._called(box)]}
        if out is None:
            return made
        line = [math(self._tex(out.node), self._word(out.node)), EQUALS]
        line.append(math(self._applied(box, item, self._tex), self._applied_words(box, item)))
        if out.up_key:
            filled = self._applied(box, item, self._value)
            if all(r.up_key for r in self._into(box)) and filled != out.up:
                line.append(math(f"= {filled}", ""))  # said by the sentence
            line += [EQUALS, num(out.up, out.up_key, "forward", True)]
            if all(r.up_key for r in self._into(box)):
                return made | {"lines": [line], "sentence": self._takes(box, out)}
        entry = self.speller.forward(item, out.node) or self._by_call(box, item, out)
        return made | {"lines": [line], "sentence": self._takes(box, out), "entry": entry}

    def _by_call(self, box: Box, item: Item, out: Road) -> dict[str, Any] | None:
        """An entry of what works entry by entry on one value: `sigmoid(−0.1903)`."""
        into = self._into(box)
        if len(into) != 1 or box.times > 1:
            return None
        from chalkgrad.render.walk import plain_words

        said = f"{box.title}(□)" if box.kind == "function" else plain_words(self._applied(box, item, _hole))
        before, _, after = said.partition("□")
        if "□" not in said or "□" in after:
            return None
        return self.speller.call(item, into[0].node, out.node, [before, after])

    def _takes(self, box: Box, out: Road) -> list[Token]:
        if box.times > 1:
            return [self._called(box), text(f" runs {box.times} times, each time on what it gave before.")]
        taken = [self._up(road) for road in self._into(box)]
        tokens = [self._called(box), text(" takes ")]
        for k, parts in enumerate(taken):
            tokens += [text(" and " if k == len(taken) - 1 else ", ")] if k else []
            tokens += parts
        return [*tokens, text(" and gives "), *self._up(out), text(".")]

    def _up(self, road: Road) -> list[Token]:
        """A number, or a name with its shape."""
        if road.up_key:
            return [num(road.up, road.up_key, "forward")]
        return [math(*self.names[road.node]), text(f" ({road.up})")]

    def _value(self, node: int) -> str:
        road = next((r for r in self.level.roads if r.node == node), None)
        return number_latex(road.up, road.up_key) if road is not None and road.up_key else self._tex(node)

    def _applied(self, box: Box, item: Item, part: Callable[[int], str]) -> str:
        r"""The box's mathematics with its holes filled: `e^{u}`, `\operatorname{sigmoid}(u)`."""
        if box.kind != "op":
            holes = ", ".join(part(a) for a in dict.fromkeys(r.node for r in self._into(box)))
            return rf"\operatorname{{{plain_name(box.title)}}}({holes})"
        i = item.nodes[-1]
        args = self.nodes[i].args

        def one(k: int) -> tuple[str, int]:
            if is_constant(self.nodes[args[k]]):
                return constant(self.nodes[args[k]])
            made = part(args[k]) if args[k] in self.names else HOLE
            return made, 25 if "{-" in made else ATOM

        op = self.nodes[i].op
        if op is not None and op.name == "multiply" and part == self._value:  # "2 3" would read as one number
            parts = [one(k) for k in range(2)]
            return r" \cdot ".join(f"({tex})" if binds < ATOM else tex for tex, binds in parts)
        try:
            return operation(self.found, i, one)
        except (ChalkgradError, KeyError, IndexError, ValueError):
            return box.tex

    def _applied_words(self, box: Box, item: Item) -> str:
        from chalkgrad.render.walk import plain_words

        return plain_words(self._applied(box, item, self._tex))

    # ----- backward -----

    def _backward(self, stop: Stop) -> dict[str, Any]:
        box, item = self.boxes[stop.box], self.items[stop.box]
        road, out = self.times.into[stop.box, stop.slot], self.outs[stop.box]
        several = sum(bool(r.down) for r in self._into(box)) > 1
        place = [text("backward through "), self._called(box)]
        if several:
            place += [text(", to "), math(self._tex(road.node), self._word(road.node))]
        made: dict[str, Any] = {"place": place}
        left, slope = self._by(road.node, self._share(road)), box.slopes[stop.slot]
        if slope.text and road.up_key and out.up_key and out.down:
            line = [left, EQUALS, self._by(out.node), DOT, self._slope_sign(box, road, out), EQUALS]
            line += [num(out.down, out.down_key), TIMES, *bracketed(num(slope.text, slope.key)), EQUALS]
            line.append(num(road.down, road.down_key, now=True))
            return made | {"lines": [line], "sentence": self._told(box, road)}
        if self.speller.product(item, stop.slot):
            left = over_shape(left, self.nodes[road.node].shape)
        line = [left, EQUALS, *self._rule(box, item, stop.slot, road, out)]
        entry = self.speller.backward(item, stop.slot, road.node)
        return made | {"lines": [line], "sentence": self._told(box, road), "entry": entry}

    def _share(self, road: Road) -> int:
        """Which share of a gradient comes back over this road: 0 where there is only the one."""
        if road.tail[0] not in self.times.sums:
            return 0
        return self._shares(road.tail[0]).index(road) + 1

    def _shares(self, fork: str) -> list[Road]:
        """The branches of a fork that bring gradients back, in the order in which they do."""
        return sorted((r for r in self.times.branches[fork] if r.down), key=self.times.home)

    def _slope_sign(self, box: Box, road: Road, out: Road) -> Token:
        u = self._tex(road.node)
        if box.kind == "function" and len(self._into(box)) == 1:
            words = f"{box.title}′({self._word(road.node)})"
            return math(rf"\operatorname{{{plain_name(box.title)}}}'({u})", words)
        latex = rf"\frac{{\partial {self._tex(out.node)}}}{{\partial {u}}}"
        return math(latex, f"∂{self._word(out.node)}/∂{self._word(road.node)}")

    def _told(self, box: Box, road: Road) -> list[Token]:
        if self._share(road):
            uses = sum(bool(r.down) for r in self.times.branches[road.tail[0]])
            often, share = _TIMES.get(uses, f"{uses} times"), self._share(road)
            said = text(f" is used {often}; this is share {share} of its gradient.")
            return [math(self._tex(road.node), self._word(road.node)), said]
        name = math(self._tex(road.node), self._word(road.node))
        if not road.up_key:
            factors = self.speller.product(self.items[box.id], road.head[1])
            return self._fits(factors, name) if factors else [
                text("A gradient has the shape of what it belongs to: this one that of "), name,
                text(f", {road.up}."),
            ]  # fmt: skip
        return [text("The gradient that arrives from the right, times the slope of "), self._called(box),
                text(" here, is the gradient that leaves to the left.")]  # fmt: skip

    def _fits(self, factors: list[tuple[int, bool]], name: Token) -> list[Token]:
        """Why the transposed matrix stands where it stands."""
        node, side = next((n, "right" if k else "left") for k, (n, turned) in enumerate(factors) if turned)
        other = math(rf"{self._tex(node)}^\top", f"{self._word(node)} transposed")
        why = text(f" stands on the {side}: only so the shapes fit, and give that of ")
        return [other, why, name, text(".")]

    def _rule(self, box: Box, item: Item, slot: int, road: Road, out: Road) -> Iterator[Token]:
        """How an array's gradient is made, with the shapes that fit together."""
        coming = self._by(out.node)
        factors = self.speller.product(item, slot)
        if factors:
            yield from self.rules.product(factors, coming, out)
            return
        rule = self.rules.tex(box, item, slot, road)
        words = f"{coming[2]}, by the rule of {box.title or 'this box'}"
        yield math(rule.replace(HOLE, coming[1], 1), words)

    # ----- sums -----

    def _adds(self, stop: Stop) -> dict[str, Any]:
        trunk = self.times.into[stop.fork, 0]
        shares = self._shares(stop.fork)
        line = [self._by(trunk.node), EQUALS]
        for k in range(1, len(shares) + 1):
            line += [*([PLUS] if k > 1 else []), self._by(trunk.node, k)]
        if trunk.down_key:
            line.append(EQUALS)
            for k, road in enumerate(shares):
                line += [*([PLUS] if k else []), *bracketed(num(road.down, road.down_key))]
            line += [EQUALS, num(trunk.down, trunk.down_key, now=True)]
        entry = None
        if not trunk.down_key:
            ends = [(self.items[r.head[0]], r.head[1]) for r in shares if r.head[0] in self.items]
            entry = self.speller.shares(ends, trunk.node) if len(ends) == len(shares) else None
        name = math(self._tex(trunk.node), self._word(trunk.node))
        said = f" is used {_TIMES.get(len(shares), f'{len(shares)} times')}, so its gradients add."
        place = [text("the gradients add at "), name]
        return {"place": place, "lines": [line], "sentence": [name, text(said)], "entry": entry}

    # ----- the result -----

    def _result(self) -> dict[str, Any]:
        if self.found.why:
            return {"lines": [], "sentence": [text(f"There is no way back: {self.found.why}")]}
        if not self.times.back:
            return {"lines": [], "sentence": [text(self._no_way_back())]}
        made: dict[str, Any] = {"lines": [], "sentence": checked(self.found, self.names)}
        chain = self._chain()
        return made | ({"lines": [chain]} if chain else {})

    def _no_way_back(self) -> str:
        kinds = {self.nodes[g.node].dtype.kind for g in self.level.ins}
        if kinds and kinds <= set("iub"):
            return "There is no way back: whole numbers have no gradient. Give 2.0 instead of 2."
        return "There is no way back: the result does not change with its arguments, or only in jumps."

    def _chain(self) -> list[Token]:
        """The whole product, where the walk is one row of numbers."""
        if not self._in_a_row() or self.matrix or len(self.level.boxes) < 2:
            return []
        first, last = self.level.roads[0], self.outs[self.level.boxes[-1].id]
        start = self.times.into[self.level.boxes[0].id, 0]
        if not (start.down and last.down) or len(self.level.boxes) > 8:
            return []
        tokens = [self._by(first.node), EQUALS, num(last.down, last.down_key)]
        for box in reversed(self.level.boxes):
            tokens += [TIMES, *bracketed(num(box.slopes[0].text, box.slopes[0].key))]
        return [*tokens, EQUALS, num(start.down, start.down_key, now=True)]

    # ----- plots -----

    def _in_a_row(self) -> bool:
        """Whether each box has one road in and one out: then plots stand under the boxes."""
        single = not self.level.forks and len(self.level.ins) == len(self.level.outs) == 1
        return single and all(len(self._into(b)) == 1 and b.outs == 1 for b in self.level.boxes)

    def _plots(self) -> dict[str, Any]:
        made = {}
        for box in self.level.boxes:
            (road,), out = self._into(box), self.outs[box.id]
            plot = small_plot(self.found, self.items[box.id], road.node, out.node)
            if plot is None or not (road.up_key and out.up_key):
                continue
            keys = {"u": road.up_key, "v": out.up_key, "slope": box.slopes[0].key if box.slopes else ""}
            texts = {"title": box.title if box.kind == "function" else "", "at": road.up}
            slope, s = (box.slopes[0].text if box.slopes else ""), self._slope(road, out)
            made[box.id] = plot | {"keys": keys, "text": slope, "s": s} | texts
        return made

    def _slope(self, road: Road, out: Road) -> float | None:
        """What leaves over what arrives."""
        leaves, arrives = self.found.gradient(road.node), self.found.gradient(out.node)
        if leaves is None or not arrives or not np.isfinite(leaves / arrives):
            return None
        return float(leaves / arrives)

    def _machine(self, box: Box) -> dict[str, Any]:
        """What stands in a box of the matrix walk: its mathematics, and a rule for each road back."""
        item, rules = self.items[box.id], {}
        for (b, slot), k in self.times.back.items():
            if b == box.id:
                made = self.rules.tex(box, item, slot, self.times.into[b, slot])
                made = r"\times 1" if made == HOLE else made.replace(rf"{HOLE} \cdot", r"\times")
                made = made.partition("(")[0] if box.kind == "function" and r"\odot" in made else made
                rules[str(k)] = made if width(made) <= WIDEST else self.rules.short(made, box.slopes[slot])
        named = self._applied(box, item, self._tex) if box.kind == "op" else ""
        title = box.title + (f" ×{box.times}" if box.times > 1 else "")
        return {"tex": named, "title": "" if box.kind == "op" else title, "enter": box.enter, "rules": rules}

    # ----- small parts -----

    def _called(self, box: Box) -> Token:
        if box.kind != "op":
            return code(box.title + (f" ×{box.times}" if box.times > 1 else ""))
        from chalkgrad.render.walk import plain_words

        if self.matrix:  # there the boxes say the names
            made = self._applied(box, self.items[box.id], self._tex)
            return math(made, plain_words(made))
        return math(box.tex, plain_words(box.tex.replace(HOLE, r"\square")))

    def _into(self, box: Box) -> list[Road]:
        found = (r for end, r in self.times.into.items() if end[0] == box.id)
        return sorted(found, key=lambda r: r.head[1])


def _hole(node: int) -> str:
    return HOLE
