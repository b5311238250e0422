"""The gradient of a loop: the loop that goes the other way round, and what is left to be done behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from chalkgrad.loops.late import Late, made_late
from chalkgrad.loops.record import Body, is_real, zeros
from chalkgrad.loops.saving import own_places, reusing
from chalkgrad.loops.step_back import Arriving, step_back


@dataclass(frozen=True, eq=False)
class Backward:
    """What goes back through one step, and what is left to be done behind the loop.

    `zeros` are the sums before the first step back.
    """

    body: Body
    late: tuple[Late, ...]
    zeros: list[Any]
    count: int  # of params with a gradient

    def gradients(self, sums: Sequence[Any], xs: Sequence[Any], ys: Sequence[Any]) -> list[Any]:
        """The gradient of each param, from what the loop added up, was given and made."""
        late = {one.param: one.gradient(xs, ys) for one in self.late}
        rest = iter(sums)
        return [late[k] if k in late else next(rest) for k in range(self.count)]


_known: WeakKeyDictionary[Body, dict[Arriving, Backward]] = WeakKeyDictionary()


def backward_of(body: Body, arriving: Arriving) -> Backward:
    """The way back through a body, made once for each way in which gradients arrive."""
    ways = _known.setdefault(body, {})
    if arriving not in ways:
        params, state, _ = ([n for n in nodes if is_real(n)] for nodes in body.given)
        whole = reusing(body, step_back(body, arriving), own_places(body)[-1] + 1)
        back, late = made_late(whole, len(state))
        done = {one.param for one in late}
        start = [zeros(n.shape, n.dtype) for k, n in enumerate(params) if k not in done]
        ways[arriving] = Backward(back, late, start, len(params))
    return ways[arriving]
