"""When each box is passed and each road is reached, on the way forward and on the way back.

The stops of a walk: the inputs; each box forward; the turn, where the gradient is 1; each road into each box,
backward; and, behind the last branch of a fork, the sum of what came back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalkgrad.render.factory_model import Box, Fork, Level, Road


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of the walk: `kind` is "start", "forward", "turn", "backward" or "adds"."""

    kind: str
    box: str = ""  # its id
    slot: int = 0  # backward: over which road of the box
    fork: str = ""  # adds: at which fork

    @property
    def direction(self) -> str:
        return "forward" if self.kind in ("start", "forward") else "backward"


class Timetable:
    """The stops of one level, and the step at which each thing is known."""

    def __init__(self, level: Level, both_ways: bool = True):
        self.level = level
        self.into = {road.head: road for road in level.roads}
        self.forks = {fork.id: fork for fork in level.forks}
        self.branches = {f: [r for r in level.roads if r.tail[0] == f] for f in self.forks}
        self.stops = tuple(self._stops(both_ways))
        self.ahead = {s.box: k for k, s in enumerate(self.stops) if s.kind == "forward"}
        self.back = {(s.box, s.slot): k for k, s in enumerate(self.stops) if s.kind == "backward"}
        self.sums = {s.fork: k for k, s in enumerate(self.stops) if s.kind == "adds"}
        self.turn = next((k for k, s in enumerate(self.stops) if s.kind == "turn"), len(self.stops))

    # ----- the stops -----

    def _stops(self, both_ways: bool) -> Iterator[Stop]:
        yield Stop("start")
        yield from (Stop("forward", box.id) for box in self.level.boxes)
        flows = {end for end, road in self.into.items() if road.down}
        if not both_ways or not any(end[0] in {b.id for b in self.level.boxes} for end in flows):
            return
        yield Stop("turn")
        waiting = {f: self._returning(f) for f in self.forks}
        for f in [f for f, ends in waiting.items() if not ends and self._counts(f)]:
            yield Stop("adds", fork=f)  # all its branches come from the turn
        for box in reversed(self.level.boxes):
            for slot in sorted((s for b, s in flows if b == box.id), reverse=False):
                yield Stop("backward", box.id, slot)
                yield from self._sums(self.into[box.id, slot], (box.id, slot), waiting)

    def _returning(self, fork: str) -> set[tuple[str, int]]:
        """The boxes' ends from which a fork waits for a gradient."""
        boxes = {b.id for b in self.level.boxes}
        return {r.head for r in self.branches[fork] if r.down and r.head[0] in boxes}

    def _counts(self, fork: str) -> bool:
        return sum(bool(r.down) for r in self.branches[fork]) > 1

    def _sums(self, road: Road, end: tuple[str, int], waiting: dict[str, set]) -> Iterator[Stop]:
        fork = road.tail[0]
        if fork not in waiting:
            return
        waiting[fork].discard(end)
        if not waiting[fork] and self._counts(fork):
            yield Stop("adds", fork=fork)

    # ----- when -----

    def forth(self, road: Road) -> int:
        """The step at which the road's value is known."""
        end = road.tail[0]
        if end in self.forks:
            return self.forth(self.into[end, 0])
        return self.ahead.get(end, 0)

    def home(self, road: Road) -> int:
        """The step at which the road's gradient is known; at a fork, when its branches have been added."""
        end = road.head[0]
        if end in self.sums:
            return self.sums[end]
        if end in self.forks:
            found = [self.home(r) for r in self.branches[end] if r.down]
            return max(found, default=self.turn)
        return self.back.get(road.head, self.turn)

    def of_box(self, box: Box) -> list[int]:
        """The steps at which a box is passed."""
        return [k for k, s in enumerate(self.stops) if s.box == box.id]

    def trunk(self, fork: Fork) -> Road:
        """The road into a fork."""
        return self.into[fork.id, 0]
