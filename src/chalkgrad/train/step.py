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
        with np.errstate(all="ignore"):  # an example is only an example
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
            with np.errstate(
                all="ignore"
            ):  # what does not stay finite is told of with its step and its layer
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
            if not weighted:
                return _number(loss(prediction, y), "the loss", loss)
            counts = np.sum(weight) > 0  # a batch that does not count moves nothing
            return _number(loss(prediction, y, np.where(counts, weight, 1)), "the loss", loss) * counts

        value, grads = value_and_grad(objective)(learnt)
        prediction, changed = map_leaves(living, kept)
        found = {k: _number(m(prediction, y), "the metric", m) for k, m in metrics.items()}
        return value, grads, join(state, changed), found

    return gradients


def _number(value: Any, what: str, function: Callable) -> Any:
    if np.shape(value):
        name = getattr(function, "__name__", type(function).__name__)
        raise ArgumentError(
            f"{what} {name} gives an array of shape {np.shape(value)} for a batch, and no number. "
            "Cure: np.mean(…) of it"
        )
    return value
