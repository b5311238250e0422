r"""Optimizers: how a gradient becomes a step. Pairs of `init` and `update`; state goes in and comes out.

    state = optimizer.init(params)
    updates, state = optimizer.update(grads, state, params)
    params = apply_updates(params, updates)

They are plain NumPy on nested dictionaries and mean what Optax's of the same name mean, so that either kind
can be given wherever one is asked for. A `rate` is a number, or a schedule: a function of the number of steps
made so far.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from chalkgrad.tree import flatten

Tree = Any
Rate = float | Callable[[Any], Any]


class Optimizer(NamedTuple):
    """`init(params) -> state` and `update(grads, state, params) -> (updates, state)`.

    Args:
        init: what the state is before the first step.
        update: what a step adds to the parameters, and the next state.

    >>> Optimizer(lambda params: (), lambda grads, state, params: (grads, state)).init({})
    ()
    """

    init: Callable[[Tree], Tree]
    update: Callable[..., tuple[Tree, Tree]]


def apply_updates(params: Tree, updates: Tree) -> Tree:
    """The parameters, each moved by its update.

    Args:
        params: nested as they are.
        updates: nested alike.

    Returns:
        The new parameters.

    >>> apply_updates({"b": 1.0}, {"b": -0.25})
    {'b': 0.75}
    """
    return each(lambda p, u: p + u, params, updates)


def chain(*steps: Optimizer) -> Optimizer:
    """One after another: `chain(clip_by_global_norm(1.0), adam(1e-3))`.

    Args:
        *steps: optimizers; each is given what the one before makes of the gradient.

    >>> both, w = chain(add_l2(0.5), sgd(0.1)), {"w": np.float64(2)}
    >>> float(both.update({"w": np.float64(0)}, both.init(w), w)[0]["w"])
    -0.1
    """

    def init(params: Tree) -> Tree:
        return tuple(s.init(params) for s in steps)

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        new = []
        for s, own in zip(steps, state, strict=True):
            grads, own = s.update(grads, own, params)
            new.append(own)
        return grads, tuple(new)

    return Optimizer(init, update)


# ----- descent -----


def sgd(rate: Rate, momentum: float = 0.0, nesterov: bool = False) -> Optimizer:
    r"""Stochastic gradient descent, with momentum if it is asked for.

    $$v \leftarrow \mu v + g \qquad \Delta = -\eta v \qquad \text{(Nesterov: } \Delta = -\eta (g + \mu v)
    \text{)}$$

    Args:
        rate: η.
        momentum: μ, the share of the last step that is kept.
        nesterov: whether the gradient is taken where momentum alone would lead.

    Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; Sutskever,
    Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning", ICML 2013.

    >>> sgd(0.5).update({"w": 2.0}, sgd(0.5).init({"w": 1.0}))[0]
    {'w': -1.0}
    """

    def init(params: Tree) -> Tree:
        return counted(rate, {"velocity": each(np.zeros_like, params)} if momentum else {})

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        new, eta = dict(count_on(state)), rate_at(rate, state)
        if momentum:
            new["velocity"] = each(lambda v, g: momentum * v + g, state["velocity"], grads)
            ahead = each(lambda v, g: momentum * v + g, new["velocity"], grads)
            grads = ahead if nesterov else new["velocity"]
        return each(lambda g: scaled(g, -eta), grads), new

    return Optimizer(init, update)


# ----- a rate for each parameter -----


def adagrad(rate: Rate, initial: float = 0.1, eps: float = 1e-7) -> Optimizer:
    r"""Divide by the size of all gradients so far: seldom seen features take larger steps.

    $$s \leftarrow s + g^2 \qquad \Delta = -\eta \frac{g}{\sqrt{s + \varepsilon}}$$

    Args:
        rate: η.
        initial: of s.
        eps: ε.

    Source: Duchi, Hazan and Singer, "Adaptive subgradient methods", JMLR 2011.

    >>> float(adagrad(1.0, initial=0.0).update({"w": 2.0}, {"sum": {"w": 0.0}})[0]["w"].round(4))
    -1.0
    """

    def init(params: Tree) -> Tree:
        return counted(rate, {"sum": each(lambda p: np.full_like(p, initial), params)})

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        total, eta = each(lambda s, g: s + g * g, state["sum"], grads), rate_at(rate, state)
        steps = each(lambda g, s: scaled(np.where(s > 0, g / np.sqrt(s + eps), 0 * g), -eta), grads, total)
        return steps, count_on(state) | {"sum": total}

    return Optimizer(init, update)


def rmsprop(rate: Rate, decay: float = 0.9, eps: float = 1e-8) -> Optimizer:
    r"""Divide by the size of recent gradients.

    $$s \leftarrow \rho s + (1 - \rho) g^2 \qquad \Delta = -\eta \frac{g}{\sqrt{s + \varepsilon}}$$

    Args:
        rate: η.
        decay: ρ.
        eps: ε.

    Source: Tieleman and Hinton, "Lecture 6.5: rmsprop", Coursera, 2012.

    >>> float(rmsprop(1.0, decay=0.0).update({"w": 2.0}, {"square": {"w": 0.0}})[0]["w"].round(4))
    -1.0
    """

    def init(params: Tree) -> Tree:
        return counted(rate, {"square": each(np.zeros_like, params)})

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        square = each(lambda s, g: decay * s + (1 - decay) * g * g, state["square"], grads)
        eta = rate_at(rate, state)
        steps = each(lambda g, s: scaled(g / np.sqrt(s + eps), -eta), grads, square)
        return steps, count_on(state) | {"square": square}

    return Optimizer(init, update)


def adam(rate: Rate, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    r"""Momentum, divided by the size of recent gradients, both corrected for having begun at zero.

    $$m \leftarrow \beta_1 m + (1 - \beta_1) g \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2 \qquad
    \Delta = -\eta \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \varepsilon}$$

    Args:
        rate: η.
        b1, b2: β₁ and β₂.
        eps: ε.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015.

    >>> a = adam(0.1)
    >>> float(a.update({"w": np.float64(3)}, a.init({"w": np.float64(0)}))[0]["w"].round(4))
    -0.1
    """

    def init(params: Tree) -> Tree:
        return {
            "count": np.int32(0),
            "mean": each(np.zeros_like, params),
            "square": each(np.zeros_like, params),
        }

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        t, eta = state["count"] + 1, rate_at(rate, state)
        mean = each(lambda m, g: b1 * m + (1 - b1) * g, state["mean"], grads)
        square = each(lambda v, g: b2 * v + (1 - b2) * g * g, state["square"], grads)

        def one(m: Any, v: Any) -> Any:
            lead, size = (1 - b**t for b in (b1, b2))
            return scaled((m / like(lead, m)) / (np.sqrt(v / like(size, v)) + eps), -eta)

        return each(one, mean, square), {"count": t, "mean": mean, "square": square}

    return Optimizer(init, update)


def adamw(
    rate: Rate, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8, weight_decay: float = 1e-4
) -> Optimizer:
    r"""Adam with weights that shrink by themselves: $\Delta - \eta \lambda w$.

    Args:
        rate: η.
        b1, b2, eps: as for `adam`.
        weight_decay: λ.

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.

    >>> a = adamw(0.1, weight_decay=0.5)
    >>> w = {"w": np.float64(2)}
    >>> float(a.update({"w": np.float64(3)}, a.init(w), w)[0]["w"].round(4))
    -0.2
    """
    plain = adam(rate, b1, b2, eps)

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        eta = rate_at(rate, state)
        steps, new = plain.update(grads, state, params)
        return each(lambda s, p: s + scaled(p, -eta * weight_decay), steps, params), new

    return Optimizer(plain.init, update)


# ----- before the step -----


def clip_by_global_norm(largest: float) -> Optimizer:
    r"""Shorten the whole gradient if it is longer than this: $g \cdot \min(1, c / \lVert g \rVert)$.

    Args:
        largest: the norm that is kept to.

    Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.

    >>> clip_by_global_norm(1.0).update({"a": np.float64(3), "b": np.float64(4)}, ())[0]["b"].round(4)
    np.float64(0.8)
    """

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        norm = np.sqrt(sum(np.sum(g * g) for g in flatten(grads)[0]))
        factor = largest / np.maximum(norm, largest)
        return each(lambda g: g * like(factor, g), grads), state

    return Optimizer(lambda params: (), update)


def clip(largest: float) -> Optimizer:
    """Cut every entry of the gradient to at most this size.

    Args:
        largest: of an entry, in size.

    >>> clip(1.0).update({"a": np.array([-3.0, 0.5])}, ())[0]["a"]
    array([-1. ,  0.5])
    """

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        return each(lambda g: np.clip(g, -largest, largest), grads), state

    return Optimizer(lambda params: (), update)


def add_l2(rate: float) -> Optimizer:
    r"""What the penalty $\frac{\lambda}{2} \lVert w \rVert^2$ adds to the gradient: $\lambda w$.

    Args:
        rate: λ.

    >>> add_l2(0.5).update({"a": 1.0}, (), {"a": 4.0})[0]
    {'a': 3.0}
    """

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        return each(lambda g, p: g + rate * p, grads, params), state

    return Optimizer(lambda params: (), update)


def add_l1(rate: float) -> Optimizer:
    r"""What the penalty $\lambda \sum |w|$ adds to the gradient: $\lambda \, \text{sign}(w)$.

    Args:
        rate: λ.

    >>> add_l1(0.5).update({"a": np.float64(1)}, (), {"a": np.float64(-4)})[0]["a"]
    np.float64(0.5)
    """

    def update(grads: Tree, state: Tree, params: Tree = None) -> tuple[Tree, Tree]:
        return each(lambda g, p: g + rate * np.sign(p), grads, params), state

    return Optimizer(lambda params: (), update)


# ----- helpers -----


def each(f: Callable, *trees: Tree) -> Tree:
    """f of the leaves at each place of trees of one structure; dictionaries are matched by their keys.

    >>> each(max, {"a": 1, "b": 5}, {"b": 3, "a": 2})
    {'a': 2, 'b': 5}
    """
    first = trees[0]
    kind = type(first)  # isinstance would ask a traced value for the class of what it stands for
    if issubclass(kind, dict):
        return kind((k, each(f, *(t[k] for t in trees))) for k in first)
    if issubclass(kind, list | tuple):
        parts = [each(f, *values) for values in zip(*trees, strict=True)]
        return kind(*parts) if hasattr(first, "_fields") else kind(parts)
    return f(*trees)


def like(number: Any, array: Any) -> Any:
    """A number in an array's dtype, so that it does not widen it."""
    return np.asarray(number).astype(array.dtype) if hasattr(array, "dtype") else number


def scaled(array: Any, rate: Any) -> Any:
    """An array times a rate, which may have come from a schedule in another dtype."""
    return array * (rate if type(rate) is float else like(rate, array))  # a traced one passes isinstance


def counted(rate: Rate, state: dict[str, Any]) -> dict[str, Any]:
    """A state that counts its steps, if the rate is a schedule."""
    return {"count": np.int32(0)} | state if callable(rate) else state


def count_on(state: dict[str, Any]) -> dict[str, Any]:
    """The count of the next state."""
    return {"count": state["count"] + 1} if "count" in state else {}


def rate_at(rate: Rate, state: dict[str, Any]) -> Any:
    """The rate of this step."""
    return rate(state["count"]) if callable(rate) else rate
