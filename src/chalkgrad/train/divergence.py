"""Where a training left the finite numbers: at which step, and in which layer it began."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from chalkgrad.errors import DivergedError
from chalkgrad.graph import Graph, Node
from chalkgrad.nn.layers.layer import Mode, Params
from chalkgrad.nn.network import Link, join, named, parts, paths, run_link
from chalkgrad.nn.random import Keyed
from chalkgrad.program import step as runs
from chalkgrad.train.job import Carry, Job, Progress
from chalkgrad.train.source import Batch, Piece
from chalkgrad.tree import flatten

LATER = "a smaller learning rate, cg.nn.chain(cg.nn.clip_by_global_norm(1.0), …), or scaled inputs"
AT_FIRST = (
    "scaled inputs, smaller first parameters, or another function there: before the first step no learning "
    "rate has changed anything"
)

if TYPE_CHECKING:
    from chalkgrad.train.epochs import Epochs


def diverged(epochs: Epochs, before: Carry, piece: Piece, made: Progress) -> DivergedError:
    """The error to raise: the steps are run again up to the one that failed, and that one value by value.

    Args:
        epochs: the training.
        before: what it began these steps with; all of it is finite.
        piece: the steps, after one of which a loss or a parameter was no finite number.
        made: what they gave.
    """
    place, job = epochs.place, epochs.job
    finite = np.isfinite(made.losses)
    known = len(finite) if finite.all() else int(np.argmin(finite))  # steps whose loss is finite
    good, carry = _last_good(epochs, before, piece, known)
    step = place.step + good + 1
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        where = _place(job, carry, piece.batch(good), place.done + good)
    loss = f"the loss is {made.losses[known]}" if known == good and known < len(finite) else "a step fails"
    epochs.history.stopped = f"diverged in epoch {place.epoch + 1}"
    message = (
        f"{loss} in epoch {place.epoch + 1}, step {step}; {where}. "
        f"Cure: {AT_FIRST if place.done + good == 0 else LATER}. "
        "The last good parameters are in this error's .model"
    )
    return DivergedError(message, epochs.model(epochs.engine.start(carry), best=True), place.done + good)


def _last_good(epochs: Epochs, before: Carry, piece: Piece, known: int) -> tuple[int, Carry]:
    """How many steps left all parameters finite, and those: halving, since what is not finite stays so."""
    engine, done = epochs.engine, epochs.place.done
    good, bad = 0, known + 1
    carry = engine.copy(before)
    while bad - good > 1:
        middle = (good + bad) // 2
        now = engine.run(engine.copy(carry), piece.part(good, middle - good), done + good).carry
        if engine.finite(now):
            good, carry = middle, now
        else:
            bad = middle
    return min(good, piece.steps - 1), engine.finish(carry)


# ----- one step, value by value -----


def _place(job: Job, carry: Carry, batch: Batch, at: int) -> str:
    """The first value that is not finite, in words: on the way forward, on the way back, or in the update."""
    link = _first_link(job.network.functions, join(carry.state, carry.learnt), batch[0], _drawing(job, at))
    recorded = job.gradient_graph(batch)
    leaves = flatten(((carry.learnt, carry.state, *batch, job.key(at)), {}))[0]
    node = _first_bad(recorded.graph, recorded.given(leaves))
    if link:
        return f"it began in {link}{_told(node)}"
    _, grads, _, _ = recorded.in_numpy()(carry.learnt, carry.state, *batch, job.key(at))
    bad = [name for name, g in paths(grads) if not np.isfinite(g).all()]
    if bad:
        return f"it began on the way back, in the gradient of {bad[-1]}{_told(node)}"
    if node is not None:
        return f"it began in the loss{_told(node)}"
    size, name = max((float(np.max(np.abs(g), initial=0)), name) for name, g in paths(grads))
    return f"it began in the optimizer's update: the largest entry of the gradient is {size:.3g}, in {name}"


def _drawing(job: Job, at: int) -> Mode:
    return Mode(Keyed(job.key(at)), True)


def _first_link(links: Any, params: Params, x: Any, mode: Mode, above: str = "") -> str:
    """The name of the first link whose result is not finite; nothing if all are."""
    for name, link in named(links):
        own = params.get(name, {})
        y, _ = run_link(link, own, x, mode)
        if not np.isfinite(y).all():
            inner = _inside(link, own, x, mode, f"{above}{name}.")
            return inner or f"{above}{name}"
        x = y
    return ""


def _inside(link: Link, params: Params, x: Any, mode: Mode, above: str) -> str:
    inner = parts(link) or getattr(link, "links", ())
    return _first_link(inner, params, x, mode, above) if inner else ""


def _told(node: Node | None) -> str:
    if node is None or node.op is None:
        return ""
    return f", at {node.op.name}" + (f" ({node.where})" if node.where else "")


def _first_bad(graph: Graph, given: list[Any]) -> Node | None:
    """The first value of a graph that is not finite."""
    inputs = iter(given)
    made: list[Any] = []
    for node in graph.nodes:
        if node.op is None:
            made.append(node.value if node.is_constant else next(inputs))
            continue
        made.append(runs(node)(*(made[a] for a in node.args), **node.params))
        if np.asarray(made[-1]).dtype.kind == "f" and not np.isfinite(made[-1]).all():
            return node
    return None
