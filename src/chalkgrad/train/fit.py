"""`fit`: a network learns from examples."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from chalkgrad.errors import ArgumentError
from chalkgrad.foundation import Chain
from chalkgrad.nn.network import join, split
from chalkgrad.train.callbacks import Callback
from chalkgrad.train.checkpoint import Keeper
from chalkgrad.train.describe import describe
from chalkgrad.train.epochs import Epochs
from chalkgrad.train.examples import examples, weights_of
from chalkgrad.train.job import Carry, Job, first_state
from chalkgrad.train.metrics import Metric, metrics_for
from chalkgrad.train.model import Model
from chalkgrad.train.names import described
from chalkgrad.train.progress import Bar
from chalkgrad.train.snapshots import sample_of, snapshots_for
from chalkgrad.train.source import Arrays, Batch, Held, Stream
from chalkgrad.train.step import check_target

ENGINES = ("xla", "numpy")


def fit(
    network: Chain,
    X: Any,
    y: Any = None,
    *,
    loss: Callable,
    optimizer: Any,
    epochs: int = 1,
    batch_size: int = 32,
    validation: Any = None,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    metrics: Mapping[str, Metric] | None = None,
    sample_weight: Any = None,
    class_weight: Mapping[int, float] | None = None,
    engine: str | None = None,
    devices: int | str | None = None,
    shuffle: bool = True,
    statistics: bool = False,
    checkpoint: str | PathLike[str] | None = None,
    resume: bool = False,
    checkpoint_every: float = 30.0,
    keep: int | None = None,
    progress: bool | None = None,
) -> Model:
    r"""Train a network: each step moves its parameters against the gradient of the loss on one batch.

    $$\theta \leftarrow \theta - \eta \, \nabla_\theta L(\theta)$$

    Args:
        network: a `Chain` whose links are functions and layers.
        X: (n, …), examples along the first axis; parameters take on its dtype. Or batches, more than memory
            holds: an iterable of (x, y) or (x, y, weight), or a function that returns one, each epoch anew
            (if it takes an argument, that is the number of the epoch, from 0).
        y: (n, …), what the network is to say of them; nothing where X is batches.
        loss: `(prediction, target) -> number`, such as `nn.softmax_cross_entropy`.
        optimizer: such as `nn.sgd(0.1)`; any Optax transformation is taken too.
        epochs: how many times all examples are gone through.
        batch_size: examples a step; the last step of an epoch takes what is left.
        validation: `(X, y)`, or batches, to be judged after each epoch, and not learnt from.
        seed: of first parameters, order and noise: the same seed gives the same result.
        callbacks: functions of an `Epoch`; one that returns True ends the training.
        metrics: more figures, by name, each `(prediction, target) -> number`; default: accuracy for classes.
        sample_weight: (n,), how much each example counts; the loss must take `weight`.
        class_weight: how much the examples of each class count.
        engine: "xla" or "numpy"; default: XLA if JAX is there.
        devices: how many share out each batch, or "all"; default: one, or all that several hosts have.
        shuffle: whether examples come in another order each epoch.
        statistics: whether `history.layers` gets figures of each layer, after each epoch on one batch.
        checkpoint: a file to which the training is written as it goes on.
        resume: whether to go on from that file, if it is there: bit for bit as if nothing had happened.
        checkpoint_every: seconds between two checkpoints within an epoch.
        keep: how many moments of the training `history.snapshots` gets: `cg.show` scrubs through them.
            Default: up to 24, and none where a checkpoint is written, for it would have to hold them all.
        progress: whether to show a bar; default: on a terminal.

    Returns:
        The model: the network with its parameters, and the history.

    Raises:
        ArgumentError: arguments that do not go together, or a checkpoint of another training.
        DataError: the checkpoint is damaged.
        DivergedError: the loss is no finite number any more; the message names the step and the layer, and
            the error's `model` has the last good parameters.

    Interrupted by Ctrl-C it returns what was learnt so far; `history.stopped` says so.

    Source: Robbins and Monro, "A stochastic approximation method", 1951.

    >>> import numpy as np
    >>> from chalkgrad import nn
    >>> X = np.linspace(-1, 1, 64)[:, None]
    >>> model = fit(Chain([nn.Dense(1)]), X, 3 * X + 1, loss=nn.mean_squared_error, optimizer=nn.sgd(0.5),
    ...             epochs=40, engine="numpy")
    >>> model.params["dense"]["W"].round(3), model.params["dense"]["b"].round(3)
    (array([[3.]]), array([1.]))
    """
    if epochs < 1 or batch_size < 1:
        raise ArgumentError(f"epochs={epochs} and batch_size={batch_size}: both are 1 or more")
    if resume and checkpoint is None:
        raise ArgumentError("resume=True, and no checkpoint is named. Cure: checkpoint='run.ckpt'")
    source = _source(X, y, epochs, batch_size, (sample_weight, class_weight), seed, shuffle)
    held = Held(validation, epochs) if validation is not None else None
    found = metrics_for(loss, dict(metrics) if metrics is not None else None)
    start = _start(network, source.example, loss, optimizer, seed)
    job = Job(network, loss, optimizer, found, source, seed, start)
    runs = engine_for(engine, devices)(job)
    for callback in callbacks:
        getattr(callback, "begin", lambda: None)()
    snapshots = snapshots_for(keep, checkpoint is not None, join(start.state, start.learnt))
    if snapshots is not None:
        snapshots.start(join(start.state, start.learnt))
        callbacks = (*callbacks, snapshots)
    keeper = None
    if checkpoint is not None:
        what = _what(job, runs, held) | {"statistics": str(statistics)}
        keeper = _keeper(Path(checkpoint), checkpoint_every, resume, what, callbacks, runs)
    with Bar(progress, epochs) as bar:
        model = Epochs(job, runs, epochs, held, callbacks, bar, statistics, keeper).run()
    if snapshots is not None:
        model.history.snapshots, model.history.sample = snapshots.all(), sample_of(X, y)
    return model


def _source(
    X: Any, y: Any, epochs: int, batch_size: int, weights: tuple[Any, Any], seed: int, shuffle: bool
) -> Arrays | Stream:
    """Where batches come from."""
    sample, by_class = weights
    if y is not None:
        X, y = examples(X, y)
        return Arrays((X, y, weights_of(y, sample, by_class)), batch_size, seed, shuffle)
    if hasattr(X, "shape") or not (callable(X) or hasattr(X, "__iter__")):
        raise ArgumentError(
            f"y is missing, and X is a {type(X).__name__}. Cure: cg.fit(net, X, y, …), or an iterable of "
            "batches (x, y)"
        )
    if sample is not None:
        raise ArgumentError("sample_weight goes with arrays. Cure: batches of (x, y, weight)")
    return Stream(X, epochs, by_class)


def _what(job: Job, engine: Any, held: Held | None) -> dict[str, str]:
    """What a training is, for checkpoints: with anything else it would not go on as it was."""
    metrics = {name: described(m) for name, m in job.metrics.items()}
    devices = {"devices": str(engine.devices.count)} if engine.name == "xla" else {}
    return {
        "network": json.dumps(describe(job.network)),
        "loss": described(job.loss),
        "optimizer": described(job.optimizer),
        "metrics": str(metrics),
        "seed": str(job.seed),
        "engine": engine.name,
        **devices,
        **job.source.told(),
        "validation": held.told() if held is not None else "none",
    }


def _keeper(
    path: Path, every: float, resume: bool, what: dict[str, str], callbacks: Sequence[Callback], engine: Any
) -> Keeper:
    """The checkpoints; of several hosts the first one writes, and all go on from the same."""
    several = not engine.alone
    writes = not several or engine.devices.host == 0
    keeper = Keeper(path, every, resume, what, callbacks, engine.job.start, writes)
    place = keeper.found.place if keeper.found is not None else None
    if several and not engine.devices.alike(f"{place.epoch} {place.done}" if place is not None else "none"):
        raise ArgumentError(f"the hosts have different checkpoints. Cure: put {path} where all hosts read it")
    return keeper


def _start(network: Chain, example: Batch, loss: Callable, optimizer: Any, seed: int) -> Carry:
    """First parameters; what does not go together is found here, on two examples and in plain NumPy."""
    if not hasattr(network, "init"):
        raise ArgumentError("a network is a cg.Chain of functions and layers. Cure: cg.Chain([...])")
    X, y, _ = example
    params = network.init(X[:1], seed)
    learnt, state = split(network.functions, params)
    if not learnt:
        raise ArgumentError(f"{network!r} has no parameters; there is nothing to learn")
    if not (hasattr(optimizer, "init") and hasattr(optimizer, "update")):
        raise ArgumentError(f"optimizer={optimizer!r} has no init and update. Cure: optimizer=cg.nn.sgd(0.1)")
    check_target(network.apply(params, X[:2]), y[:2], loss)
    return Carry(learnt, state, first_state(optimizer, learnt))


def engine_for(name: str | None, devices: int | str | None = None) -> Callable:
    """What makes the engine that runs the steps of a job."""
    if name not in (None, *ENGINES):
        raise ArgumentError(f"there is no engine {name!r}. Cure: engine='xla' or engine='numpy'")
    if name != "numpy":
        try:
            from chalkgrad.train.xla_engine import XlaEngine

            return partial(XlaEngine, devices=devices)
        except ImportError as error:
            if name == "xla":
                cure = "Cure: pip install 'chalkgrad[xla]', or engine='numpy'"
                raise ArgumentError(f"the engine XLA needs JAX ({error}). {cure}") from error
    from chalkgrad.train.numpy_engine import NumpyEngine

    if devices not in (None, 1):
        raise ArgumentError(f"devices={devices!r} are for the engine XLA. Cure: engine='xla', with JAX")
    return NumpyEngine
