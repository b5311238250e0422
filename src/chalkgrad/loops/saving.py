"""What a step keeps for the way back: what would take long to compute there again.

The way back through `tanh(h @ U)` needs the tanh and not the product. So the tanh is kept for each step;
sums and products of entries are cheaper to compute again than to keep.

Source: Griewank and Walther, *Evaluating Derivatives*, 2nd ed., chapter 12, on keeping and recomputing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from chalkgrad.errors import ChalkgradError
from chalkgrad.graph import Graph
from chalkgrad.loops.record import Body, is_real
from chalkgrad.loops.step_back import step_back
from chalkgrad.rewrite import identity, prune

CHEAP = frozenset(
    "add subtract multiply negative positive square abs sign maximum minimum where less less_equal greater "
    "greater_equal equal not_equal getitem scatter reshape ravel transpose swapaxes moveaxis expand_dims "
    "squeeze broadcast_to astype concatenate stack".split()
)

_known: WeakKeyDictionary[Body, Body] = WeakKeyDictionary()


def saving(body: Body) -> Body:
    """The same step with what its way back needs as further y; made once for each body."""
    if body not in _known:
        _known[body] = _saving(body)
    return _known[body]


def _saving(body: Body) -> Body:
    try:
        worth = _worth_keeping(body, step_back(body).graph)
    except ChalkgradError:  # it has no derivative; whoever asks for one is told
        return body
    ys = list(body.graph.outputs[body.state :])
    extra = [at for at in worth if at not in ys]
    ys += extra
    graph = replace(body.graph, outputs=(*body.graph.outputs, *extra))
    return replace(body, graph=graph, kept=tuple(ys.index(at) for at in worth), extra=len(extra))


def _worth_keeping(body: Body, back: Graph) -> list[int]:
    """Positions in the step's graph: what the way back needs of it, without what is cheap."""
    step = {there: here for here, there in correspondence(body, back).items()}
    known = _known_before(body, back)
    waiting, seen, found = list(_needed(back, known)), set(), set()
    while waiting:
        at = waiting.pop()
        node = back.nodes[at]
        if at in seen or node.op is None or not known[at]:
            continue
        seen.add(at)
        if at in step and node.op.name not in CHEAP:
            found.add(step[at])
        else:
            waiting += node.args
    return sorted(found)


def _needed(back: Graph, known: list[bool]) -> Iterator[int]:
    """What is known before the way back begins and goes into what is not."""
    for at, node in enumerate(back.nodes):
        if not known[at]:
            yield from (a for a in node.args if known[a])
    yield from (o for o in back.outputs if known[o])


def _known_before(body: Body, back: Graph) -> list[bool]:
    """For each node of the way back: whether the step itself knows it and it is another each time."""
    places = [back.inputs[k] for k in own_places(body)]
    fixed, varying = set(places[: body.params]), set(places[body.params :])
    known, constant = [False] * len(back.nodes), [False] * len(back.nodes)
    for at, node in enumerate(back.nodes):
        if node.op is None:
            known[at], constant[at] = at in varying, at in fixed or node.value is not None
        else:
            constant[at] = all(constant[a] for a in node.args)
            known[at] = not constant[at] and all(known[a] or constant[a] for a in node.args)
    return known


def own_places(body: Body) -> list[int]:
    """Where the step's own params, state and x stand among the inputs of its way back."""
    params, state, x = body.given
    sums = sum(is_real(n) for n in (*state, *params))
    first = len(params) + sums
    return [*range(len(params)), *range(first, first + len(state) + len(x))]


def correspondence(body: Body, back: Graph) -> dict[int, int]:
    """Where the step's nodes are found in the graph of its way back, by what they compute."""
    there = {identity(n, n.args): i for i, n in reversed(list(enumerate(back.nodes)))}
    found = {here: back.inputs[k] for here, k in zip(body.graph.inputs, own_places(body), strict=True)}
    for here, node in enumerate(body.graph.nodes):
        if here not in found and all(a in found for a in node.args):
            at = there.get(identity(node, tuple(found[a] for a in node.args)))
            if at is not None:
                found[here] = at
    return found


def reusing(body: Body, back: Body, first: int) -> Body:
    """The way back, which reads what was kept instead of computing it.

    Args:
        body: the step.
        back: its way back.
        first: among the inputs of `back`, where what was kept begins.
    """
    there, graph = correspondence(body, back.graph), back.graph
    made = [body.graph.outputs[body.state + k] for k in body.kept]
    read = {there[here]: graph.inputs[first + k] for k, here in enumerate(made) if here in there}
    nodes = tuple(
        replace(n, args=tuple(read.get(a, a) for a in n.args)) if n.args else n for n in graph.nodes
    )
    outputs = tuple(read.get(o, o) for o in graph.outputs)
    return replace(back, graph=prune(replace(graph, nodes=nodes, outputs=outputs)))
