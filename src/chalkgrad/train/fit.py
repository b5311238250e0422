"""`fit`: a network learns from examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.foundation import Chain
from chalkgrad.nn.network import split
from chalkgrad.train.callbacks import Callback
from chalkgrad.train.epochs import Epochs
from chalkgrad.train.job import Carry, Job
from chalkgrad.train.metrics import Metric, metrics_for
from chalkgrad.train.model import Model
from chalkgrad.train.progress import Bar
from chalkgrad.train.step import check_target

ENGINES = ("xla", "numpy")


def fit(
    network: Chain,
    X: Any,
    y: Any,
    *,
    loss: Callable,
    optimizer: Any,
    epochs: int = 1,
    batch_size: int = 32,
    validation: tuple[Any, Any] | None = None,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    metrics: Mapping[str, Metric] | None = None,
    sample_weight: Any = None,
    class_weight: Mapping[int, float] | None = None,
    engine: str | None = None,
    shuffle: bool = True,
    progress: bool | None = None,
) -> Model:
    r"""Train a network: each step moves its parameters against the gradient of the loss on one batch.

    $$\theta \leftarrow \theta - \eta \, \nabla_\theta L(\theta)$$

    Args:
        network: a `Chain` whose links are functions and layers.
        X: (n, …), examples along the first axis; parameters take on its dtype.
        y: (n, …), what the network is to say of them.
        loss: `(prediction, target) -> number`, such as `nn.softmax_cross_entropy`.
        optimizer: such as `nn.sgd(0.1)`; any Optax transformation is taken too.
        epochs: how many times all examples are gone through.
        batch_size: examples a step; the last step of an epoch takes what is left.
        validation: `(X, y)` to be judged after each epoch, and not learnt from.
        seed: of first parameters, order and noise: the same seed gives the same result.
        callbacks: functions of an `Epoch`; one that returns True ends the training.
        metrics: more figures, by name, each `(prediction, target) -> number`; default: accuracy for classes.
        sample_weight: (n,), how much each example counts; the loss must take `weight`.
        class_weight: how much the examples of each class count.
        engine: "xla" or "numpy"; default: XLA if JAX is there.
        shuffle: whether examples come in another order each epoch.
        progress: whether to show a bar; default: on a terminal.

    Returns:
        The model: the network with its parameters, and the history.

    Raises:
        ArgumentError: arguments that do not go together.
        DivergedError: the loss is no finite number any more; the message names the step and the layer, and
            the error's `model` has the last good parameters.

    Interrupted by Ctrl-C it returns what was learnt so far; `history.stopped` says so.

    Source: Robbins and Monro, "A stochastic approximation method", 1951.

    >>> from chalkgrad import nn
    >>> X = np.linspace(-1, 1, 64)[:, None]
    >>> model = fit(Chain([nn.Dense(1)]), X, 3 * X + 1, loss=nn.mean_squared_error, optimizer=nn.sgd(0.5),
    ...             epochs=40, engine="numpy")
    >>> model.params["dense"]["W"].round(3), model.params["dense"]["b"].round(3)
    (array([[3.]]), array([1.]))
    """
    X, y = _examples(X, y)
    weight = _weights(y, sample_weight, class_weight)
    if epochs < 1 or batch_size < 1:
        raise ArgumentError(f"epochs={epochs} and batch_size={batch_size}: both are 1 or more")
    found = metrics_for(loss, dict(metrics) if metrics is not None else None)
    start = _start(network, X, y, loss, optimizer, seed)
    job = Job(network, loss, optimizer, found, (X, y, weight), min(batch_size, len(X)), seed, start)
    if validation is not None:
        validation = _examples(*validation)
    with Bar(progress, job, epochs) as bar:
        return Epochs(job, engine_for(engine)(job), epochs, shuffle, validation, callbacks, bar).run()


def _examples(X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    X, y = np.asarray(X), np.asarray(y)
    for name, array in (("X", X), ("y", y)):
        if array.dtype.kind not in "fiub":
            raise ArgumentError(f"{name} has dtype {array.dtype}; a network computes with numbers")
        if not array.ndim or not len(array):
            raise ArgumentError(f"{name} has shape {array.shape}: there are no examples along its first axis")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise ArgumentError(f"{name}{list(at)} is {array[at]}; fill in or leave out what is missing")
    if len(X) != len(y):
        raise ArgumentError(f"there are {len(X)} examples in X and {len(y)} in y")
    return X, y


def _weights(y: np.ndarray, sample: Any, by_class: Mapping[int, float] | None) -> np.ndarray | None:
    """One number an example, or nothing."""
    if sample is None and by_class is None:
        return None
    weight = np.ones(len(y)) if sample is None else np.asarray(sample, float)
    if weight.shape != (len(y),):
        raise ArgumentError(
            f"sample_weight has shape {weight.shape}; it needs one number for each of {len(y)}"
        )
    if by_class is not None:
        classes = np.argmax(y, axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y)).astype(int)
        unknown = sorted(set(classes.tolist()) - set(by_class))
        if unknown:
            raise ArgumentError(f"class_weight says nothing of class {unknown[0]}")
        weight = weight * np.array([by_class[int(c)] for c in classes])
    if (weight < 0).any() or not weight.sum() > 0:
        raise ArgumentError("weights are 0 or more, and not all 0")
    return weight.astype(np.float32)


def _start(network: Chain, X: np.ndarray, y: np.ndarray, loss: Callable, optimizer: Any, seed: int) -> Carry:
    """First parameters; what does not go together is found here, on two examples and in plain NumPy."""
    if not hasattr(network, "init"):
        raise ArgumentError("a network is a cg.Chain of functions and layers. Cure: cg.Chain([...])")
    params = network.init(X[:1], seed)
    learnt, state = split(network.functions, params)
    if not learnt:
        raise ArgumentError(f"{network!r} has no parameters; there is nothing to learn")
    if not (hasattr(optimizer, "init") and hasattr(optimizer, "update")):
        raise ArgumentError(f"optimizer={optimizer!r} has no init and update. Cure: optimizer=cg.nn.sgd(0.1)")
    check_target(network.apply(params, X[:2]), y[:2], loss)
    return Carry(learnt, state, optimizer.init(learnt))


def engine_for(name: str | None) -> Callable:
    """The class that runs the steps."""
    if name not in (None, *ENGINES):
        raise ArgumentError(f"there is no engine {name!r}. Cure: engine='xla' or engine='numpy'")
    if name != "numpy":
        try:
            from chalkgrad.train.xla_engine import XlaEngine

            return XlaEngine
        except ImportError as error:
            if name == "xla":
                cure = "Cure: pip install 'chalkgrad[xla]', or engine='numpy'"
                raise ArgumentError(f"the engine XLA needs JAX ({error}). {cure}") from error
    from chalkgrad.train.numpy_engine import NumpyEngine

    return NumpyEngine
