"""One step of training as graphs: what the loss is and how each parameter moves it, then how each is moved.

The first is the network's own gradient graph, the very one that its page shows; the second is the optimizer's
update, traced like any other function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.grad import value_and_grad
from chalkgrad.nn.layers.layer import Mode, Params
from chalkgrad.nn.network import forward, join
from chalkgrad.program import Program
from chalkgrad.run.traced import Traced, traced
from chalkgrad.trace.box import living
from chalkgrad.train.metrics import Metric
from chalkgrad.tree import flatten, map_leaves, unflatten


class Recorded:
    """A function of nested arrays as one graph, for whichever engine runs it.

    Args:
        f: a function in plain NumPy.
        example: its arguments, or others of the same structure, shapes and dtypes.
    """

    def __init__(self, f: Callable, example: Sequence[Any]):
        leaves, structure = flatten((tuple(example), {}))
        leaves = [
            np.copy(x) if isinstance(x, np.ndarray) else x for x in leaves
        ]  # one array twice is one input
        self.traced: Traced = traced(f, leaves, structure, ())
        graph = self.graph = self.traced.graph
        self.made = tuple(dict.fromkeys(o for o in graph.outputs if graph.nodes[o].op is not None))

    def given(self, leaves: Sequence[Any]) -> list[Any]:
        """The values of the graph's inputs: those of the arguments, then what the function captures."""
        from chalkgrad.run.captures import flat_arrays

        found = self.traced
        given = [leaves[i] for i in found.sources]
        if found.captured:
            now = flat_arrays(found.captures.read())
            given += [now[k] for k in found.captured]
        return given

    def results(self, made: Sequence[Any], given: Sequence[Any]) -> tuple[Any, list[Any]]:
        """The function's result from what the graph computed, and the truth of what it asserts."""
        slots = dict(zip(self.made, made, strict=True))
        graph = self.graph
        inputs = dict(zip(graph.inputs, given, strict=True))
        flat = [slots[o] if o in slots else inputs.get(o, graph.nodes[o].value) for o in graph.outputs]
        count = len(self.traced.kinds)
        return unflatten(self.traced.out_structure, flat[:count]), flat[count:]

    def in_numpy(self) -> Callable:
        """The function, run by the NumPy engine."""
        graph = self.graph
        program = Program(graph, {at: k for k, at in enumerate(graph.inputs)}, self.made)

        def run(*args: Any) -> Any:
            given = self.given(flatten((args, {}))[0])
            result, checks = self.results(list(program(given)), given)
            self.verify(checks)
            return result

        return run

    def verify(self, truths: Sequence[Any]) -> None:
        """Raise what the function would have raised, had it run by itself."""
        for truth, check in zip(truths, self.traced.checks, strict=True):
            if bool(truth) is not check.truth:
                raise type(check.error)(*check.error.args)


def gradients_of(
    links: Sequence[Callable], loss: Callable, metrics: dict[str, Metric], weighted: bool
) -> Callable:
    """`(learnt, state, x, y, weight, rng) -> (loss, gradients, state, metrics)` in plain NumPy."""

    def gradients(learnt: Params, state: Params, x: Any, y: Any, weight: Any, rng: Any) -> Any:
        kept: list[Any] = []

        def objective(learnt: Params) -> Any:
            prediction, changed = forward(links, join(state, learnt), x, Mode(rng, True))
            kept[:] = [prediction, changed]
            return loss(prediction, y, weight) if weighted else loss(prediction, y)

        value, grads = value_and_grad(objective)(learnt)
        prediction, changed = map_leaves(living, kept)
        return value, grads, join(state, changed), {k: m(prediction, y) for k, m in metrics.items()}

    return gradients


def judged(links: Sequence[Callable], loss: Callable, metrics: dict[str, Metric]) -> Callable:
    """`(params, x, y) -> (loss, metrics)`: the network as it is used, against known answers."""

    def judge(params: Params, x: Any, y: Any) -> Any:
        prediction = forward(links, params, x, Mode())[0]
        return loss(prediction, y), {k: m(prediction, y) for k, m in metrics.items()}

    return judge


def check_target(prediction: Any, y: Any, loss: Callable) -> None:
    """Refuse shapes that NumPy would broadcast into a wrong loss without a word: (n, 1) against (n,).

    Raises:
        ArgumentError: the cure is in it.
    """
    ours, theirs = np.shape(prediction), np.shape(y)
    name = getattr(loss, "__name__", "the loss")
    if len(ours) == 2 and ours[1] == 1 and len(theirs) == 1:
        raise ArgumentError(
            f"the network's output has shape {ours} and the targets {theirs}: {name} would compare all "
            "with all. Cure: y[:, None]"
        )
    if ours == theirs or (len(ours) == len(theirs) + 1 and np.asarray(y).dtype.kind in "iub"):
        return
    if len(ours) == len(theirs):
        raise ArgumentError(
            f"the network's output has shape {ours} and the targets {theirs}; {name} needs them alike"
        )
