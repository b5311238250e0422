"""Training side by side: an epoch of a small network, a convolutional step, a recurrent step.

    python -m benchmarks.training

Same network, same batches, float32, every contender in turn in one process. The data are random numbers of
the shapes of MNIST: the time does not depend on them.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import chalkgrad as cg
from benchmarks.__main__ import QUICK, compare, conditions, console, show
from benchmarks.timing import PAUSE, Timing
from chalkgrad import nn
from chalkgrad.train.batches import order_of

RNG = np.random.default_rng(0)
ROWS, BATCH = 60_000, 60


def torch() -> Any:
    """PyTorch, if it is installed."""
    try:
        import torch as found
    except ImportError:
        return None
    return found


def keras() -> Any:
    """Keras on JAX, if it is installed."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    try:
        import keras as found
    except ImportError:
        return None
    return found


# ----- one epoch of 784-89-10 -----


def epoch() -> dict[str, Timing]:
    """60,000 rows in batches of 60, descent with momentum; after each of our epochs one of the others."""
    X = RNG.random((ROWS, 784), dtype=np.float32)
    y = RNG.integers(0, 10, ROWS).astype(np.int32)
    peers = {"JAX, hand-written lax.scan": _jax_epoch(X, y)}
    peers |= {"PyTorch, eager": _torch_epoch(X, y)} if torch() else {}
    peers |= {"PyTorch, its DataLoader": _torch_loader_epoch(X, y)} if torch() else {}
    peers |= {"Keras, on JAX": _keras_epoch(X, y)} if keras() else {}
    taken: dict[str, list[float]] = {name: [] for name in peers}

    def others(_: object) -> None:
        for name, run in peers.items():
            time.sleep(PAUSE)
            started = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - started)
        time.sleep(PAUSE)

    given = {"loss": nn.softmax_cross_entropy, "optimizer": nn.sgd(0.1, momentum=0.9), "metrics": {}}
    net = cg.Chain([nn.Dense(89, nn.tanh), nn.Dense(10)])
    model = cg.fit(net, X, y, epochs=4 if QUICK else 9, batch_size=BATCH, callbacks=[others], **given)
    taken = {"chalkgrad, cg.fit": model.history.seconds} | taken
    console.print(f"first epoch, compilation included: {model.history.seconds[0]:.1f} s")
    return {k: Timing(statistics.median(v[1:]), min(v[1:])) for k, v in taken.items()}


def _jax_epoch(X: np.ndarray, y: np.ndarray) -> Callable[[], Any]:
    rows = jnp.asarray(order_of(ROWS, 0, 0).reshape(-1, BATCH))
    data = jnp.asarray(X), jnp.asarray(y)
    shapes = ((784, 89), (89,), (89, 10), (10,))
    params = tuple(jnp.asarray(RNG.normal(0, 0.05, s), jnp.float32) for s in shapes)

    def loss(p: Any, x: Any, t: Any) -> Any:
        score = jnp.tanh(x @ p[0] + p[1]) @ p[2] + p[3]
        return -jnp.mean(jnp.sum(jax.nn.one_hot(t, 10) * jax.nn.log_softmax(score), axis=-1))

    def step(carry: Any, at: Any) -> Any:
        p, v = carry
        value, g = jax.value_and_grad(loss)(p, data[0][at], data[1][at])
        v = tuple(0.9 * a + b for a, b in zip(v, g, strict=True))
        return (tuple(a - 0.1 * b for a, b in zip(p, v, strict=True)), v), value

    run = jax.jit(lambda p: jax.lax.scan(step, (p, tuple(map(jnp.zeros_like, p))), rows))
    return lambda: np.asarray(run(params)[1])


def _torch_epoch(X: np.ndarray, y: np.ndarray) -> Callable[[], Any]:
    t = torch()
    data, target = t.from_numpy(X), t.from_numpy(y.astype(np.int64))
    rows = t.from_numpy(order_of(ROWS, 0, 0).astype(np.int64)).reshape(-1, BATCH)
    return _torch_training(t, lambda: ((data[at], target[at]) for at in rows))


def _torch_loader_epoch(X: np.ndarray, y: np.ndarray) -> Callable[[], Any]:
    t = torch()
    pairs = t.utils.data.TensorDataset(t.from_numpy(X), t.from_numpy(y.astype(np.int64)))
    loader = t.utils.data.DataLoader(pairs, BATCH, shuffle=True)
    return _torch_training(t, lambda: loader)


def _torch_training(t: Any, batches: Callable[[], Any]) -> Callable[[], Any]:
    net = t.nn.Sequential(t.nn.Linear(784, 89), t.nn.Tanh(), t.nn.Linear(89, 10))
    rule = t.optim.SGD(net.parameters(), 0.1, momentum=0.9)

    def run() -> None:
        for x, target in batches():
            rule.zero_grad()
            t.nn.functional.cross_entropy(net(x), target).backward()
            rule.step()

    return run


def _keras_epoch(X: np.ndarray, y: np.ndarray) -> Callable[[], Any]:
    k = keras()
    net = k.Sequential([k.Input((784,)), k.layers.Dense(89, "tanh"), k.layers.Dense(10)])
    loss = k.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(k.optimizers.SGD(0.1, momentum=0.9), loss)
    return lambda: net.fit(X, y, batch_size=BATCH, epochs=1, verbose=0)


# ----- one step of a convolutional net -----


def convolution() -> dict[str, Callable[[], Any]]:
    """1-32-64 channels, 3 × 3, max pooling, 128 units, batches of 64: the loss's gradient."""
    X, y = RNG.normal(size=(64, 28, 28, 1)).astype(np.float32), RNG.integers(0, 10, 64)
    links = [nn.Conv2D(32, 3, nn.relu), nn.MaxPool2D(), nn.Conv2D(64, 3, nn.relu), nn.MaxPool2D()]
    net = cg.Chain([*links, nn.Flatten(), nn.Dense(128, nn.relu), nn.Dense(10)])
    params = net.init(X[:1])
    ours = cg.compile(cg.grad(lambda p, x, t: nn.softmax_cross_entropy(net.apply(p, x), t)))
    first("convolution", lambda: ours(params, X, y))
    return {"chalkgrad": lambda: ours(params, X, y)} | _torch_convolution(X, y)


def _torch_convolution(X: np.ndarray, y: np.ndarray) -> dict[str, Callable[[], Any]]:
    t = torch()
    if t is None:
        return {}
    net = t.nn.Sequential(
        *(t.nn.Conv2d(1, 32, 3, padding=1), t.nn.ReLU(), t.nn.MaxPool2d(2)),
        *(t.nn.Conv2d(32, 64, 3, padding=1), t.nn.ReLU(), t.nn.MaxPool2d(2)),
        *(t.nn.Flatten(), t.nn.Linear(3136, 128), t.nn.ReLU(), t.nn.Linear(128, 10)),
    )
    x, target = t.from_numpy(X.transpose(0, 3, 1, 2).copy()), t.from_numpy(y)

    def run() -> None:
        net.zero_grad()
        t.nn.functional.cross_entropy(net(x), target).backward()

    return {"PyTorch, eager": run}


# ----- one step of an LSTM -----


def recurrent() -> dict[str, Callable[[], Any]]:
    """65 features, 128 units, 64 steps, batches of 32: the gradient of the sum of squares."""
    x = RNG.normal(size=(32, 64, 65)).astype(np.float32)
    layer = nn.LSTM(128, return_sequences=True)
    params = layer.init(x, RNG)
    ours = cg.compile(cg.grad(lambda p, x: np.sum(layer(x, **p) ** 2)))
    first("LSTM", lambda: ours(params, x))
    ways = {"chalkgrad": lambda: ours(params, x), "JAX, hand-written lax.scan": _jax_lstm(params, x)}
    t = torch()
    if t is None:
        return ways
    theirs, data = t.nn.LSTM(65, 128, batch_first=True), t.from_numpy(x)

    def run() -> None:
        theirs.zero_grad()
        (theirs(data)[0] ** 2).sum().backward()

    return ways | {"PyTorch, nn.LSTM": run, "PyTorch, eager, step by step": _torch_lstm(t, params, x)}


def _torch_lstm(t: Any, params: dict[str, np.ndarray], x: np.ndarray) -> Callable[[], Any]:
    W, U, b = (t.from_numpy(params[k].copy()).requires_grad_() for k in "WUb")
    data = t.from_numpy(x)

    def run() -> None:
        h = c = t.zeros(32, 128)
        total = t.zeros(())
        for z in (data @ W + b).unbind(1):
            i, f, g, o = (z + h @ U).chunk(4, -1)
            c = t.sigmoid(f) * c + t.sigmoid(i) * t.tanh(g)
            h = t.sigmoid(o) * t.tanh(c)
            total = total + (h * h).sum()
        t.autograd.grad(total, (W, U, b))

    return run


def _jax_lstm(params: dict[str, np.ndarray], x: np.ndarray) -> Callable[[], Any]:
    def loss(p: Any, x: Any) -> Any:
        def step(state: Any, x: Any) -> Any:
            h, c = state
            i, f, g, o = jnp.split(x @ p["W"] + h @ p["U"] + p["b"], 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zero = jnp.zeros((32, 128), jnp.float32)
        return jnp.sum(jax.lax.scan(step, (zero, zero), jnp.swapaxes(x, 0, 1))[1] ** 2)

    grad = jax.jit(jax.grad(loss))
    return lambda: jax.tree.map(np.asarray, grad(params, x))


def first(name: str, run: Callable[[], Any]) -> None:
    """What the first step takes: trace, gradient, compilation."""
    started = time.perf_counter()
    run()
    console.print(f"first step, {name}: {time.perf_counter() - started:.1f} s")


def main() -> None:
    """All three tables."""
    conditions()
    show("an epoch of 784-89-10, 60,000 rows, batches of 60", epoch(), "chalkgrad, cg.fit")
    compare("a convolutional step", convolution(), "chalkgrad", 10)
    compare("an LSTM step", recurrent(), "chalkgrad", 10)


if __name__ == "__main__":
    main()
