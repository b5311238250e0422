"""Where a training left the finite numbers: at which step, and at which layer it began."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from chalkgrad.errors import DivergedError
from chalkgrad.graph import Graph
from chalkgrad.program import step as runs
from chalkgrad.train.job import Carry, Progress
from chalkgrad.tree import flatten

if TYPE_CHECKING:
    from chalkgrad.train.epochs import Epochs


def diverged(
    epochs: Epochs, before: Carry, order: np.ndarray, first: int, epoch: int, made: Progress
) -> DivergedError:
    """The error to raise: the steps are run again, up to the one that failed, and that one node by node."""
    job, engine = epochs.job, epochs.engine
    good = int(np.argmin(np.isfinite(made.losses)))
    done = epoch * epochs.steps
    carry = before if good == 0 else engine.run(before, order, first, good, done).carry
    carry = engine.finish(carry)
    rows = order[(first + good) * job.batch_size : (first + good + 1) * job.batch_size]
    place = _place(job, carry, job.batch(rows), done + first + good)
    epochs.history.stopped = f"diverged in epoch {epoch + 1}"
    message = (
        f"the loss is {made.losses[good]} in epoch {epoch + 1}, step {first + good + 1}; {place}. "
        "Cure: a smaller learning rate, cg.nn.chain(cg.nn.clip_by_global_norm(1.0), …), or scaled inputs. "
        "The last good parameters are in this error's .model"
    )
    return DivergedError(message, epochs.model(engine.start(carry)), done + first + good)


def _place(job: Any, carry: Carry, batch: tuple, at: int) -> str:
    """The first value that is not finite, in words."""
    bad = [name for name, a in _named(carry.learnt) if not np.isfinite(a).all()]
    if bad:
        return f"the parameters {', '.join(bad)} were no finite numbers after the step before"
    recorded = job.gradient_graph(batch)
    leaves = flatten(((carry.learnt, carry.state, *batch, job.key(at)), {}))[0]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return _first_bad(recorded.graph, recorded.given(leaves))


def _named(params: Any) -> Any:
    from chalkgrad.nn.network import paths

    return paths(params)


def _first_bad(graph: Graph, given: list[Any]) -> str:
    inputs = iter(given)
    made: list[Any] = []
    for node in graph.nodes:
        if node.op is None:
            made.append(node.value if node.is_constant else next(inputs))
            continue
        made.append(runs(node)(*(made[a] for a in node.args), **node.params))
        if np.asarray(made[-1]).dtype.kind == "f" and not np.isfinite(made[-1]).all():
            layer = node.scope[-1].name if node.scope else "the loss"
            place = f" ({node.where})" if node.where else ""
            return f"it began in {layer}, at {node.op.name}{place}"
    return "every value of that step is finite when it is run again in NumPy"
