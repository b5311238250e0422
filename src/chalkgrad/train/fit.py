"""`fit`: a network learns from examples."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.foundation import Chain
from chalkgrad.nn.layers.layer import Params
from chalkgrad.nn.network import join, paths, split
from chalkgrad.train.agree import Agreement, first_params
from chalkgrad.train.asked import (
    callbacks_of,
    chain_of,
    check_loss,
    check_optimizer,
    check_state,
    file_of,
    metrics_of,
    seeded,
    whole,
)
from chalkgrad.train.callbacks import Callback
from chalkgrad.train.checkpoint import Keeper
from chalkgrad.train.describe import describe
from chalkgrad.train.epochs import Epochs
from chalkgrad.train.examples import examples, weights_of
from chalkgrad.train.job import Carry, Job, check_update, first_state
from chalkgrad.train.metrics import Metric
from chalkgrad.train.model import Model
from chalkgrad.train.names import described
from chalkgrad.train.progress import Bar
from chalkgrad.train.snapshots import sample_of, snapshots_for
from chalkgrad.train.source import Arrays, Batch, Held, Stream, digest, put_aside

ENGINES = ("xla", "numpy")


def fit(
    network: Chain | Model,
    X: Any,
    y: Any = None,
    *,
    loss: Callable,
    optimizer: Any,
    epochs: int = 1,
    batch_size: int = 32,
    validation: Any = None,
    seed: int = 0,
    callbacks: Callback | Sequence[Callback] = (),
    metrics: Mapping[str, Metric | str] | Sequence[Metric | str] | None = None,
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
        network: a `Chain` whose links are functions and layers; or a model, to go on from its parameters.
        X: (n, …), examples along the first axis; parameters take on its dtype. Or batches, more than memory
            holds: an iterable of (x, y) or (x, y, weight), or a function that returns one, each epoch anew
            (if it takes an argument, that is the number of the epoch, from 0).
        y: (n, …), what the network is to say of them; nothing where X is batches.
        loss: `(prediction, target) -> number`, such as `nn.softmax_cross_entropy`.
        optimizer: such as `nn.sgd(0.1)`; any Optax transformation is taken too.
        epochs: how many times all examples are gone through.
        batch_size: examples a step; the last step of an epoch takes what is left.
        validation: `(X, y)`, or batches, to be judged after each epoch, and not learnt from; or a share of
            the examples, such as 0.2, drawn by seed and put aside.
        seed: of first parameters, order and noise: the same seed gives the same result.
        callbacks: functions of an `Epoch`; one that returns True ends the training (`cg.EarlyStopping`).
        metrics: more figures: functions `(prediction, target) -> number`, names of such ("accuracy",
            "r_squared", "mean_absolute_error"), or a dictionary from column names; default: accuracy for
            classes.
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
    epochs, batch_size, seed = whole("epochs", epochs, 1), whole("batch_size", batch_size, 1), seeded(seed)
    if resume and checkpoint is None:
        raise ArgumentError("resume=True, and no checkpoint is named. Cure: checkpoint='run.ckpt'")
    path = file_of(checkpoint) if checkpoint is not None else None
    callbacks = callbacks_of(callbacks)
    data = _data(X, y, sample_weight, class_weight)
    if isinstance(validation, float | int) and not isinstance(validation, bool):
        data, validation = _put_aside(data, validation, seed)
    source = Arrays(data, batch_size, seed, shuffle) if data else Stream(X, epochs, class_weight)
    held = Held(validation, epochs) if validation is not None else None
    check_loss(loss, source.example[2] is not None or (held is not None and held.weighted))
    start = _start(network, source, held, loss, optimizer, seed)
    chain = network.network if isinstance(network, Model) else network
    job = Job(chain, loss, optimizer, metrics_of(loss, metrics), source, seed, start)
    check_update(job)
    runs = engine_for(engine, devices)(job)
    for callback in callbacks:
        getattr(callback, "begin", lambda: None)()
    snapshots = snapshots_for(keep, checkpoint is not None, join(start.state, start.learnt))
    if snapshots is not None:
        snapshots.start(join(start.state, start.learnt))
        callbacks = (*callbacks, snapshots)
    keeper = None
    if path is not None:
        what = _what(job, runs, held) | {"statistics": str(statistics), "callbacks": _kept(callbacks)}
        what |= {"first parameters": _digest(network.params)} if isinstance(network, Model) else {}
        keeper = _keeper(path, checkpoint_every, resume, what, callbacks, runs)
        keeper.check_epochs(epochs)
    with Bar(progress, epochs) as bar:
        model = Epochs(job, runs, epochs, held, callbacks, bar, statistics, keeper).run()
    if snapshots is not None:
        model.history.snapshots, model.history.sample = snapshots.all(), sample_of(X, y)
    return model


def _data(X: Any, y: Any, sample: Any, by_class: Any) -> Batch | None:
    """The arrays to learn from; nothing where X is batches."""
    if y is not None:
        if callable(X) or hasattr(X, "__next__"):
            raise ArgumentError(
                f"X is a {type(X).__name__}, and y is given too. Cure: batches of (x, y), and no y"
            )
        X, y = examples(X, y)
        return X, y, weights_of(y, sample, by_class)
    if hasattr(X, "shape") or not (callable(X) or hasattr(X, "__iter__")):
        raise ArgumentError(
            f"y is missing, and X is a {type(X).__name__}. Cure: cg.fit(net, X, y, …), or an iterable of "
            "batches (x, y)"
        )
    if sample is not None:
        raise ArgumentError("sample_weight goes with arrays. Cure: batches of (x, y, weight)")
    return None


def _put_aside(data: Batch | None, share: float, seed: int) -> tuple[Batch, Any]:
    """What is left to learn from, and a share of the examples for validation."""
    if data is None:
        raise ArgumentError(f"validation={share} is a share of arrays. Cure: validation=(X, y), or batches")
    data, held = put_aside(data, share, seed)
    return data, held if held[2] is not None else held[:2]


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


def _kept(callbacks: Sequence[Callback]) -> str:
    """The callbacks whose state a checkpoint has."""
    return ", ".join(type(c).__name__ for c in callbacks if hasattr(c, "state")) or "none"


def _digest(params: Params) -> str:
    return "; ".join(f"{name} {digest(np.asarray(a))}" for name, a in paths(params))


def _start(
    network: Any, source: Arrays | Stream, held: Held | None, loss: Callable, optimizer: Any, seed: int
) -> Carry:
    """First parameters; what does not go together is found here, on two examples and in plain NumPy."""
    chain = chain_of(network.network if isinstance(network, Model) else network)
    check_optimizer(optimizer)
    params = network.params if isinstance(network, Model) else first_params(chain, source.example[0], seed)
    agreement = Agreement(chain, params, loss)
    source.expect(agreement)
    if held is not None:
        held.expect(agreement)
    learnt, state = split(chain.functions, params)
    memory = first_state(optimizer, learnt)
    check_state(memory)
    return Carry(learnt, state, memory)


def engine_for(name: str | None, devices: int | str | None = None) -> Callable:
    """What makes the engine that runs the steps of a job."""
    if name not in (None, *ENGINES):
        raise ArgumentError(f"there is no engine {name!r}. Cure: engine='xla' or engine='numpy'")
    if name != "numpy":
        try:
            from chalkgrad.train.xla_engine import XlaEngine

            return partial(XlaEngine, devices=devices)
        except ImportError as error:
            if name == "xla" or error.name != "jax":  # JAX that is there and broken is not passed over
                cure = "Cure: pip install 'chalkgrad[xla]', or engine='numpy'"
                raise ArgumentError(f"the engine XLA needs JAX ({error}). {cure}") from error
    from chalkgrad.train.numpy_engine import NumpyEngine

    if devices not in (None, 1):
        raise ArgumentError(f"devices={devices!r} are for the engine XLA. Cure: engine='xla', with JAX")
    return NumpyEngine
