"""From the two passes to floor plans: which boxes a level has, and which roads join them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chalkgrad.op import ELEMENTWISE
from chalkgrad.render.factory_fold import Item, folded, items_of, limited, live_nodes
from chalkgrad.render.factory_math import HOLE, Slope, is_constant, name_tex, slope, upstairs
from chalkgrad.render.factory_model import Box, Fork, Gate, Level, Road
from chalkgrad.render.live import slopes_of
from chalkgrad.render.numbers import brief, number
from chalkgrad.render.opened import weights_of
from chalkgrad.render.walk_values import Passes

MOST_ROADS = 8  # into one closed box; the others are told in a note


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of a level while it is being planned."""

    id: str
    title: str
    depth: int
    ins: tuple[Gate, ...]
    outs: tuple[tuple[int, str], ...]  # (node, its name outside)
    inside: bool = False
    note: str = ""
    parent: str = ""


def plan(passes: Passes, title: str) -> tuple[Level, ...]:
    """All levels, the outermost first; each box that can be entered names its level."""
    graph = passes.graph
    outputs = tuple(dict.fromkeys(graph.outputs[: _results(passes)]))
    nodes = live_nodes(graph, passes.forward, outputs)
    used = {a for i in nodes for a in graph.nodes[i].args} | set(outputs)
    ins = tuple(_gate(passes, i) for i in dict.fromkeys(graph.inputs) if i in used)
    unused = [graph.nodes[i].name for i in graph.inputs if i not in used]
    note = f"not used: {', '.join(n for n in unused if n)}" if any(unused) else ""
    taken = {graph.nodes[i].name for i in graph.inputs}
    count = len(outputs)
    outs = tuple((o, _result_name(graph.nodes[o].name, n, count, taken)) for n, o in enumerate(outputs))
    return Planner(passes).level(Frame("0", title, 0, ins, outs, note=note), items_of(graph, nodes, 0))


def _results(passes: Passes) -> int:
    """How many of the outputs are f's own: the gradients stand behind them."""
    return len([o for o in passes.graph.outputs if o < passes.forward]) or 1


def _result_name(name: str, n: int, of: int, taken: set[str]) -> str:
    """What a result is called: never as an input, which a loop or a chain may have rebound."""
    if name and name not in taken:
        return name
    free = next(x for x in ("y", "L", "z", "f", "out") if x not in taken)
    return free if of == 1 else f"{free}_{n + 1}"


def _gate(passes: Passes, i: int) -> Gate:
    return Gate(f"x{i}", i, name_tex(passes.graph.nodes[i].name or "x"))


class Planner:
    """Plans one level and, from there, those inside it."""

    def __init__(self, passes: Passes):
        self.passes = passes
        self.nodes = passes.graph.nodes
        self.results = tuple(o for o in passes.graph.outputs if o < passes.forward)
        self.needed = passes.graph.needed(self.results)  # a loop keeps more, for the way back alone
        self.users: dict[int, list[int]] = {}
        for i, a in passes.graph.edges:
            self.users.setdefault(self.nodes[i].args[a], []).append(i)
        self.weights = {w: self._takers(w) for w in weights_of(passes.graph)}
        named = [n.name for n in self.nodes[: passes.forward] if n.name and not is_constant(n)]
        self.rebound = {
            name for name in named if named.count(name) > 1
        }  # it would say too little which is meant

    def level(self, frame: Frame, items: list[Item]) -> tuple[Level, ...]:
        items, left_out = limited(folded(self.passes.graph, items))
        frame = replace(frame, ins=tuple(g for g in frame.ins if not self._is_within(g.node, items)))
        boxes = [self._box(frame, n, item, items) for n, item in enumerate(items)]
        outs = tuple(Gate(f"y{o}", o, name_tex(name)) for o, name in frame.outs)
        forks, roads, dropped = self._roads(frame, items, boxes, outs)
        notes = [frame.note, f"… {left_out} more boxes in the middle" if left_out else "", dropped]
        own = Level(
            frame.id, frame.title, frame.ins, outs, tuple(boxes), forks, roads, frame.inside,
            "; ".join(n for n in notes if n), frame.parent,
        )  # fmt: skip
        inner = [
            self._inside(frame, box, item, items) for box, item in zip(boxes, items, strict=True) if box.enter
        ]
        return (own, *(level for levels in inner for level in levels))

    def name(self, i: int) -> str:
        """The person's name of a value, if it has that name for itself."""
        name = self.nodes[i].name
        return "" if name in self.rebound else name

    # ----- a network's weights, which stand inside their layers -----

    def _takers(self, weight: int) -> set[int]:
        """The nodes of the forward pass that take it."""
        return {i for i in range(self.passes.forward) if weight in self.nodes[i].args}

    def _is_within(self, i: int, items: list[Item]) -> bool:
        """Whether an input is a weight of one closed box alone."""
        return i in self.weights and any(self._is_own(i, item) for item in items)

    def _is_own(self, i: int, item: Item) -> bool:
        return item.kind != "op" and i in self.weights and self.weights[i] <= set(item.nodes)

    # ----- boxes -----

    def _box(self, frame: Frame, n: int, item: Item, items: list[Item]) -> Box:
        ins = self.incoming(item)
        last = item.nodes[-1]
        main = max(range(len(ins)), key=lambda s: ins[s], default=0)
        outs = max(1, len(self.outgoing(item, items, frame)))
        box = Box(f"b{n}", item.kind, item.nodes, "", "", (), outs, main)
        slopes = self.slopes(item)
        if item.kind == "op":
            op = self.nodes[last].op
            title = "" if op is None else op.name
            slopes = tuple(self._keyed(s, last, k) for s, k in zip(slopes, self._slots(last), strict=True))
            return replace(box, tex=upstairs(self.passes, last), title=title, slopes=slopes)
        title, times = self.title(item)
        enter = "" if item.kind == "more" else f"{frame.id}.{n}"
        return replace(box, title=title, slopes=slopes, times=times, enter=enter)

    def slopes(self, item: Item) -> tuple[Slope, ...]:
        """The local slope by each value that comes in."""
        if item.kind != "op":
            return tuple(self._group_slope(item, a) for a in self.incoming(item))
        last = item.nodes[-1]
        return tuple(slope(self.passes, last, k) for k in self._slots(last))

    def _slots(self, i: int) -> list[int]:
        """The arguments of node i that come in by road."""
        return [k for k, a in enumerate(self.nodes[i].args) if not is_constant(self.nodes[a])]

    def _keyed(self, found: Slope, i: int, k: int) -> Slope:
        """With its key: which number of the page's graph it is; one that never changes has none."""
        return replace(found, key=slopes_of(self.passes).key(i, k)) if found.text else found

    def title(self, item: Item) -> tuple[str, int]:
        """The name of a closed box, and how often it is run."""
        if item.kind == "more":
            return f"… {len(item.nodes)} more", 1
        if item.scope is not None:
            return item.scope.title, 1
        links = [i.scope.label for i in item.turns[0] if i.scope is not None and i.scope.label]
        if len(links) > 1:  # a block of layers
            return f"{links[0]}, {links[1]}" if len(links) == 2 else f"{links[0]} … {links[-1]}", len(
                item.turns
            )
        calls = [i.scope.title for i in item.turns[0] if i.scope is not None]
        name = calls[-1] if calls else (self.nodes[item.turns[0][-1].nodes[-1]].name or "loop")
        return name, len(item.turns)

    def incoming(self, item: Item) -> list[int]:
        """The values that come in by road, one a slot: the arguments, in their order."""
        if item.kind == "op":
            return [a for a in self.nodes[item.nodes[-1]].args if not is_constant(self.nodes[a])]
        own = set(item.nodes)
        used = dict.fromkeys(
            a
            for i in item.nodes
            for a in self.nodes[i].args
            if a not in own and not is_constant(self.nodes[a])
        )
        first = [at for _, at, _ in item.scope.arguments if at in used] if item.scope is not None else []
        return [a for a in dict.fromkeys([*first, *used]) if not self._is_own(a, item)][:MOST_ROADS]

    def _weights(self, item: Item) -> list[int]:
        """The weights that an item has for itself."""
        return [w for w in self.weights if self.weights[w] and self._is_own(w, item)]

    def outgoing(self, item: Item, items: list[Item], frame: Frame) -> list[int]:
        """The values that leave an item: what other boxes or the level's results take."""
        own = set(item.nodes)
        taken = {a for other in items if other is not item for a in self._takes(other)} | {
            o for o, _ in frame.outs
        }
        return [i for i in item.nodes if i in taken and i in own]

    def _takes(self, item: Item) -> set[int]:
        own = set(item.nodes)
        return {a for i in item.nodes for a in self.nodes[i].args if a not in own}

    # ----- slopes of closed boxes -----

    def _group_slope(self, item: Item, a: int) -> Slope:
        back = self.backward_over(item, a)
        if back is None:
            return Slope()
        leaves = self.passes.gradient(item.nodes[-1])
        if np.ndim(back) == 0 and leaves is not None and np.ndim(leaves) == 0 and item.kind != "more":
            ratio = float(back) / float(leaves) if leaves else float("nan")
            arrives, over = self.passes.graph.gradients.get(item.nodes[-1]), self.key_over(item, a)
            key = f"{over}/{arrives}" if over and arrives is not None else ""
            return Slope(number(ratio) if np.isfinite(ratio) else "?", key=key)
        if (
            item.scope is not None
            and np.shape(back) == self.nodes[item.nodes[-1]].shape
            and len(self.incoming(item)) == 1
            and all(getattr(self.nodes[i].op, "kind", "") == ELEMENTWISE for i in item.nodes)
        ):
            return Slope(tex=rf"\odot \texttt{{{item.scope.name}}}'")
        names = {at: name for name, at, _ in item.scope.arguments} if item.scope is not None else {}
        by = name_tex(names.get(a) or self.nodes[a].name or "u")
        return Slope(tex=rf"J_{{{by}}}^\top {HOLE}")

    def backward_over(self, item: Item, a: int) -> Any:
        """The gradient that an item sends back to value `a`: over all the places where it takes it."""
        found = [
            self.passes.edge(j, k) for j in item.nodes for k, arg in enumerate(self.nodes[j].args) if arg == a
        ]
        found = [g for g in found if g is not None]
        return sum(found[1:], found[0]) if found else None

    def key_over(self, item: Item, a: int) -> str:
        """The key of what `backward_over` finds."""
        graph, own = self.passes.graph, set(item.nodes)
        if all(j in own for j in self.users.get(a, ())) and a in graph.gradients:
            return str(graph.gradients[a])  # all of it comes from here
        ends = [(j, k) for j in item.nodes for k, arg in enumerate(self.nodes[j].args) if arg == a]
        found = [graph.edges.get(end) for end in ends if self.passes.edge(*end) is not None]
        return "" if None in found else "+".join(map(str, found))

    # ----- roads -----

    def _roads(self, frame: Frame, items: list[Item], boxes: list[Box], outs: tuple[Gate, ...]) -> tuple:
        tails = self._tails(frame, items, boxes)
        ends = self._heads(items, boxes, outs, tails)
        forks: list[Any] = []
        roads: list[Any] = []
        for a, heads in ends.items():
            tail = tails[a]
            first = len(roads)
            if len(heads) > 1:
                fork = Fork(f"k{a}", a)
                forks.append(fork)
                down, key = self._down(self.passes.gradient(a)), self._gradient_key(a)
                trunk = Road(tail, (fork.id, 0), a, -1, self._up(a), down, main=True)
                roads.append(self._with_keys(trunk, key))
                tail = (fork.id, 0)
            for head, to, back, main, key in heads:
                road = Road(tail, head, a, to, self._up(a), self._down(back), main=main)
                roads.append(self._with_keys(road, key))
            named = self.name(a) if self.nodes[a].op is not None else ""
            out_names = [o.tex for o in outs]
            if named and name_tex(named) not in out_names:
                roads[first] = replace(roads[first], name=name_tex(named))
        lost = [a for a in ends if a not in tails]
        return tuple(forks), tuple(roads), f"{len(lost)} roads not drawn" if lost else ""

    def _tails(self, frame: Frame, items: list[Item], boxes: list[Box]) -> dict[int, tuple[str, int]]:
        """Where each value comes from."""
        tails: dict[int, tuple[str, int]] = {g.node: (g.id, 0) for g in frame.ins}
        for item, box in zip(items, boxes, strict=True):
            for slot, i in enumerate(self.outgoing(item, items, frame)):
                tails[i] = (box.id, box.main if box.outs == 1 else slot)
        return tails

    def _heads(
        self, items: list[Item], boxes: list[Box], outs: tuple[Gate, ...], tails: dict
    ) -> dict[int, list]:
        """Where each value goes: `(end, node, gradient that comes back, on the main road)`."""
        heads: dict[int, list] = {}
        for item, box in zip(items, boxes, strict=True):
            ins = self.incoming(item)
            ks = [k for k, a in enumerate(self.nodes[item.nodes[-1]].args) if not is_constant(self.nodes[a])]
            for slot, a in enumerate(ins):
                if a not in tails:
                    continue
                op = item.kind == "op"
                last = item.nodes[-1]
                back = self.passes.edge(last, ks[slot]) if op else self.backward_over(item, a)
                edge = self.passes.graph.edges.get((last, ks[slot]), "") if op else self.key_over(item, a)
                heads.setdefault(a, []).append(((box.id, slot), last, back, slot == box.main, str(edge)))
        for gate in outs:
            if gate.node in tails:
                alone = self._gradient_key(gate.node) if gate.node not in heads else ""
                end = ((gate.id, 0), -1, self._seed(gate.node, heads), True, alone)
                heads.setdefault(gate.node, []).append(end)
        return heads

    def _with_keys(self, road: Road, key: str) -> Road:
        if self.nodes[road.node].shape:
            return road
        return replace(road, up_key=str(road.node), down_key=key)

    def _gradient_key(self, a: int) -> str:
        at = self.passes.graph.gradients.get(a)
        return "" if at is None else str(at)

    def _seed(self, o: int, heads: dict[int, list]) -> Any:
        """What comes in at a way out: the whole gradient, less what this level's boxes send back."""
        whole = self.passes.gradient(o)
        others = [back for _, _, back, *_ in heads.get(o, []) if back is not None]
        return whole if whole is None or not others else whole - sum(others[1:], others[0])

    def _up(self, a: int) -> str:
        return brief(self.passes.values[a])

    def _down(self, back: Any) -> str:
        return "" if back is None else brief(back)

    # ----- what is inside a closed box -----

    def _inside(self, frame: Frame, box: Box, item: Item, items: list[Item]) -> tuple[Level, ...]:
        turn = item.turns[0] if item.kind == "loop" else ()
        nodes = [i for t in turn for i in t.nodes] if turn else list(item.nodes)
        shown = Item(item.kind, tuple(nodes), item.scope)
        names = {at: name for name, at, _ in item.scope.arguments if at is not None} if item.scope else {}
        ins = tuple(
            Gate(f"x{a}", a, name_tex(names.get(a) or self.nodes[a].name or "u"))
            for a in [*self.incoming(shown), *self._weights(shown)]
        )
        leaving = self._leaving(shown, frame)
        taken = {g.tex for g in ins}
        outs = tuple((o, self._leaves_as(o, taken)) for o in leaving)
        depth = frame.depth + (1 if item.scope is not None else 0)
        note = f"turn 1 of {len(item.turns)}" if turn else ""
        inner = list(turn) if turn else items_of(self.passes.graph, nodes, depth)
        return self.level(Frame(box.enter, box.title, depth, ins, outs, True, note, frame.id), inner)

    def _leaving(self, item: Item, frame: Frame) -> list[int]:
        own = set(item.nodes)
        outside = set(self.results)
        for i, needed in enumerate(self.needed[: self.passes.forward]):
            if needed and i not in own:
                outside.update(self.nodes[i].args)
        return [i for i in item.nodes if i in outside] or [item.nodes[-1]]

    def _leaves_as(self, o: int, taken: set[str]) -> str:
        """The name of what leaves a level; a name that was rebound on the way in is not it."""
        name = self.nodes[o].name
        return name if name and name_tex(name) not in taken else "v" if "v" not in taken else "y"
