"""Do a network, a loss and examples go together? Found out on two examples in NumPy before training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, ChalkgradError
from chalkgrad.foundation import Chain
from chalkgrad.nn import activations, losses
from chalkgrad.nn.layers.layer import Mode, Params
from chalkgrad.nn.network import Link, forward, init, named, parts
from chalkgrad.train.examples import entry
from chalkgrad.train.targets import check_shapes, check_values, original

FAILURES = (ValueError, TypeError, IndexError, AttributeError, KeyError)


def check_end(network: Chain, loss: Callable) -> None:
    """Refuse a softmax before a loss that takes scores and makes one itself: it learns little, and silently.

    Raises:
        ArgumentError: the cure is in it.
    """
    last = network.functions[-1]
    while parts(last):
        last = parts(last)[-1]
    made = getattr(getattr(last, "function", None), "made_by", (None,))
    function = made[-1] if made[0] == "activated" else last
    if (function, original(loss)) in TWICE:
        name, theirs = getattr(function, "__name__", "it"), getattr(original(loss), "__name__", "the loss")
        raise ArgumentError(
            f"the network ends in {name}, and {theirs} takes the scores before it. Cure: leave out {name} at "
            f"the end; for probabilities, nn.{name}(model(X))"
        )


TWICE = {
    (activations.softmax, losses.softmax_cross_entropy),
    (activations.log_softmax, losses.softmax_cross_entropy),
    (activations.softmax, losses.kl_divergence),
    (activations.log_softmax, losses.kl_divergence),
    (activations.sigmoid, losses.binary_cross_entropy),
    (activations.softmax, losses.binary_cross_entropy),
}


class Agreement:
    """Refuses examples that a network and a loss cannot take, or would take amiss.

    Args:
        network: the chain.
        params: some parameters of it.
        loss: `(prediction, target) -> number`.
    """

    def __init__(self, network: Chain, params: Params, loss: Callable):
        check_end(network, loss)
        self.network, self.params, self.loss = network, params, loss
        self.outputs: dict[Any, tuple] = {}  # the shape of what the network makes of some, by their shapes
        self.ends: dict[Any, tuple[np.ndarray, np.ndarray]] = {}  # the smallest and largest whole numbers

    def __call__(self, X: np.ndarray, y: np.ndarray, where: str = "") -> None:
        """Look at some examples.

        Raises:
            ArgumentError: what does not go together, and the cure.
        """
        shapes = X.shape[1:], X.dtype.kind, y.shape[1:]
        if shapes not in self.outputs:
            prediction = tried(self.network, self.params, X[:2], f"X{where}")
            check_shapes(self.loss, prediction, y[:2], f"y{where}")
            self.outputs[shapes] = np.shape(prediction)
        if X.dtype.kind in "iu":
            self._whole_numbers(X, where)
        check_values(self.loss, y, self.outputs[shapes], f"y{where}")

    def _whole_numbers(self, X: np.ndarray, where: str) -> None:
        """Numbers may say which row to take: the smallest and the largest must be there.

        XLA takes the nearest row instead of one that does not exist, so NumPy is asked.
        """
        ends = X.min(axis=0), X.max(axis=0)
        seen = self.ends.get(X.shape[1:])
        if seen is not None:
            ends = np.minimum(ends[0], seen[0]), np.maximum(ends[1], seen[1])
            if all(np.array_equal(a, b) for a, b in zip(ends, seen, strict=True)):
                return
        self.ends[X.shape[1:]] = ends
        tried(self.network, self.params, np.stack(ends), f"X{where}")
        if (ends[0] < 0).any() and self._names_rows(ends[0]):
            raise ArgumentError(
                f"X{where} has {ends[0].min()} in it, which takes a row from the end. Cure: whole numbers "
                "from 0, one of their own for what is missing"
            )

    def _names_rows(self, low: np.ndarray) -> bool:
        """Whether numbers below 0 say which row to take: then one far below has none."""
        far = np.where(low < 0, np.iinfo(low.dtype).min, low)
        try:
            with np.errstate(all="ignore"):
                self.network.apply(self.params, far[None])
        except IndexError:
            return True
        except Exception:  # it fails for a reason of its own, which says nothing of rows
            return False
        return False


# ----- a network that fails, and the link that does -----


def first_params(network: Chain, X: np.ndarray, seed: int) -> Params:
    """The network's first parameters.

    Raises:
        ArgumentError: a link cannot take what it gets.
    """
    try:
        return network.init(X[:1], seed)
    except ChalkgradError:
        raise
    except FAILURES as error:
        raise ArgumentError(_told(network.functions, None, X[:1], "X", error)) from error


def tried(network: Chain, params: Params, X: Any, where: str = "X") -> Any:
    """What a network makes of some examples.

    Raises:
        ArgumentError: a link cannot take what it gets.
    """
    try:
        with np.errstate(all="ignore"):  # what overflows is told of with its step and its layer
            return network.apply(params, X)
    except ChalkgradError:
        raise
    except FAILURES as error:
        raise ArgumentError(_told(network.functions, params, X, where, error)) from error


def _told(links: Sequence[Link], params: Params | None, X: Any, where: str, error: Exception) -> str:
    name, given = _failing(links, params, X)
    if np.ndim(X) == 1:
        column, row = entry(where, "[:, None]"), entry(where, "[None]")
        cure = f"{column}, if an example is one number; {row}, if this is one example"
    elif isinstance(error, IndexError):
        cure = f"whole numbers that {name} has room for, such as nn.Embedding({_room(X)}, …)"
    elif not isinstance(given, np.ndarray | np.generic):
        cure = "one array from the link before"
    else:
        cure = f"examples of another shape, or another link than {name}"
    what = f"{np.shape(given)} of {given.dtype}" if hasattr(given, "dtype") else f"a {type(given).__name__}"
    return (
        f"examples of shape {np.shape(X)[1:]} in {where}: the link {name} is given {what} and fails: "
        f"{error}. Cure: {cure}"
    )


def _room(X: Any) -> str:
    """How many numbers an embedding needs, where the examples are numbers of something."""
    return str(int(np.max(X)) + 1) if np.asarray(X).dtype.kind in "iu" else "…"


def _failing(links: Sequence[Link], params: Params | None, x: Any, above: str = "") -> tuple[str, Any]:
    """The name of the first link that raises, and what it was given."""
    for name, link in named(links):
        own = None if params is None else params.get(name, {})
        try:
            y = _alone(link, own, x)
        except Exception:  # whatever the link raises: it is the one
            if parts(link):
                return _failing(parts(link), own, x, f"{above}{name}.")
            return f"{above}{name}", x
        x = y
    return "after the last", x


def _alone(link: Link, own: Params | None, x: Any) -> Any:
    """One link by itself, with parameters made for this input if none are given."""
    if own is None:
        params = init([link], x, np.random.default_rng(0))
    else:
        params = {named([link])[0][0]: own}
    return forward([link], params, x, Mode())[0]
