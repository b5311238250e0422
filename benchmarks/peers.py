"""The functions that are measured, in NumPy and as each peer wants them; a peer that is not installed is left
out.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np

import chalkgrad as cg

# ----- the derivative of square(sigmoid(leaky_relu(x))) -----


def square(x: Any) -> Any:
    return np.power(x, 2)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def leaky_relu(x: Any) -> Any:
    return np.maximum(0.2 * x, x)


def chain(x: Any) -> Any:
    return square(sigmoid(leaky_relu(x)))


def central(x: np.ndarray, delta: float = 0.001) -> np.ndarray:
    """What the notes do: central differences."""
    return (chain(x + delta) - chain(x - delta)) / (2 * delta)


def derivatives(x: np.ndarray) -> dict[str, Callable[[], Any]]:
    """All ways to the derivative of `chain` at x, NumPy in and NumPy out."""
    exact, compiled = cg.derivative(chain), cg.compile(cg.derivative(chain))
    ways: dict[str, Callable[[], Any]] = {
        "chalkgrad": lambda: exact(x),
        "chalkgrad, compiled": lambda: compiled(x),
        "NumPy, central differences": lambda: central(x),
    }
    if has("autograd"):
        ways["HIPS autograd"] = _autograd(x)
    if has("jax"):
        ways["jax.jit(jax.grad)"] = _jax(x)
    if has("torch"):
        ways["PyTorch, eager"] = _torch(x)
    return ways


def _autograd(x: np.ndarray) -> Callable[[], Any]:
    import autograd.numpy as anp
    from autograd import elementwise_grad

    slope = elementwise_grad(lambda v: anp.power(1 / (1 + anp.exp(-anp.maximum(0.2 * v, v))), 2))
    return lambda: slope(x)


def _jax(x: np.ndarray) -> Callable[[], Any]:
    import jax
    import jax.numpy as jnp

    slope = jax.jit(jax.grad(lambda v: jnp.sum(jnp.power(1 / (1 + jnp.exp(-jnp.maximum(0.2 * v, v))), 2))))

    def call() -> Any:
        with jax.enable_x64(True):
            return np.asarray(slope(x))

    return call


def _torch(x: np.ndarray) -> Callable[[], Any]:
    import torch

    def call() -> Any:
        v = torch.from_numpy(x).requires_grad_()
        torch.pow(1 / (1 + torch.exp(-torch.maximum(0.2 * v, v))), 2).sum().backward()
        return v.grad.numpy()

    return call


# ----- the gradient of a two-layer loss at (60, 784) -----


def loss(p: dict[str, Any], X: Any, y: Any) -> Any:
    return _two_layers(np, p, X, y)


def _two_layers(n: Any, p: dict[str, Any], X: Any, y: Any) -> Any:
    hidden = n.tanh(n.dot(X, p["W1"]) + p["b1"])
    scores = 1 / (1 + n.exp(-(n.dot(hidden, p["W2"]) + p["b2"])))
    return n.mean((scores - y) ** 2)


def gradients() -> dict[str, Callable[[], Any]]:
    """All ways to the gradient of `loss` by its parameters: 60 images of 784 points, 89 hidden units, 10
    classes.
    """
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 784)), np.eye(10)[rng.integers(0, 10, 60)]
    p = {
        "W1": rng.normal(size=(784, 89)) / 28,
        "b1": np.zeros(89),
        "W2": rng.normal(size=(89, 10)) / 9,
        "b2": np.zeros(10),
    }
    exact, compiled = cg.grad(loss), cg.compile(cg.grad(loss))
    ways: dict[str, Callable[[], Any]] = {
        "chalkgrad": lambda: exact(p, X, y),
        "chalkgrad, compiled": lambda: compiled(p, X, y),
    }
    if has("autograd"):
        import autograd.numpy as anp
        from autograd import grad

        theirs = grad(lambda p: _two_layers(anp, p, X, y))
        ways["HIPS autograd"] = lambda: theirs(p)
    if has("jax"):
        ways["jax.jit(jax.grad)"] = _jax_gradient(p, X, y)
    return ways


def _jax_gradient(p: dict[str, Any], X: np.ndarray, y: np.ndarray) -> Callable[[], Any]:
    import jax
    import jax.numpy as jnp

    theirs = jax.jit(jax.grad(lambda p, X, y: _two_layers(jnp, p, X, y)))

    def call() -> Any:
        with jax.enable_x64(True):
            return {k: np.asarray(g) for k, g in theirs(p, X, y).items()}

    return call


def has(name: str) -> bool:
    """Whether a peer is installed."""
    return importlib.util.find_spec(name) is not None
