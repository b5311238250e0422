"""What is finite wherever the inputs are: that alone may be multiplied by a zero in place of a choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from chalkgrad.graph import Node
from chalkgrad.people.algebra import Number

if TYPE_CHECKING:
    from chalkgrad.people.simplify import Simplifier

MOST = 200  # nodes looked at; beyond them nothing is said to be finite

# fmt: off
KEEPS = frozenset((
    "add subtract multiply negative positive absolute square maximum minimum clip where "
    "sum mean dot matmul transpose reshape broadcast_to expand_dims squeeze swapaxes getitem stack "
    "concatenate "
    "tanh sin cos arctan expit sign floor ceil trunc rint astype "
    "less less_equal greater greater_equal equal not_equal logical_and logical_or logical_not"
).split())
# fmt: on
ASKS = frozenset(("isnan", "isinf", "isfinite"))


def finite(s: Simplifier, a: int, k: Number) -> bool:
    """Whether the k-th power of an atom is finite for finite inputs."""
    if k < 0 or k != int(k):
        return False
    form = s.inside(a)
    if form is not None:
        return all(finite(s, b, m) for t in form.terms for b, m in t.powers.items())
    at = s.atoms[a][0]
    return at is not None and all(_keeps(n) for n in _behind(s.nodes, at))


def asks_finite(nodes: Sequence[Node], condition: int) -> bool:
    """Whether a condition picks out what is not finite: then the inputs are not taken to be finite either."""
    return any(n is None or (n.op is not None and n.op.name in ASKS) for n in _behind(nodes, condition))


def _keeps(node: Node | None) -> bool:
    if node is None:
        return False
    if node.op is None:
        return node.value is None or bool(np.all(np.isfinite(node.value)))
    return node.op.name in KEEPS


def _behind(nodes: Sequence[Node], at: int) -> list[Node | None]:
    """A node and all that it is made of; ends with None where that is too much to look at."""
    seen, todo = {at}, [at]
    found: list[Node | None] = []
    while todo and len(found) < MOST:
        node = nodes[todo.pop()]
        found.append(node)
        new = [a for a in node.args if a not in seen]
        seen.update(new)
        todo += new
    return [*found, None] if todo else [*found]
