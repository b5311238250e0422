"""What is asked of `fit`, looked at before anything is computed; each refusal says the cure."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.foundation import Chain
from chalkgrad.nn.network import has_params, parts
from chalkgrad.train.metrics import BY_LOSS, BY_NAME, Metric
from chalkgrad.tree import flatten

OWN_COLUMNS = ("loss", "seconds")  # of the history


def whole(name: str, value: Any, least: int) -> int:
    """A whole number.

    >>> whole("epochs", 3, 1)
    3
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ArgumentError(f"{name}={value!r}. Cure: a whole number, {least} or more")
    return int(value)


def seeded(seed: Any) -> int:
    """A seed that random draws can begin with."""
    if whole("seed", seed, 0) >= 1 << 63:
        raise ArgumentError(f"seed={seed} is too large. Cure: a whole number below 2**63")
    return int(seed)


# ----- the network -----


def chain_of(network: Any) -> Chain:
    """The chain that is to learn.

    Raises:
        ArgumentError: it is none, or has nothing to learn.
    """
    if not isinstance(network, Chain):
        given = "a list" if isinstance(network, list | tuple) else repr(network)
        raise ArgumentError(
            f"the network is {given}; a chain of functions and layers is wanted. Cure: cg.Chain([...])"
        )
    _check_called(network)
    if not has_params(network):
        raise ArgumentError(
            f"{network!r} has no parameters; there is nothing to learn. Cure: a layer in it, such as "
            "cg.nn.Dense(10)"
        )
    return network


def _check_called(chain: Chain) -> None:
    """`nn.Dense` makes a layer, and is none."""
    from chalkgrad import nn

    for link in chain.functions:
        name = getattr(link, "__name__", "")
        if name[:1].isupper() and getattr(nn, name, None) is link:
            raise ArgumentError(
                f"the chain has nn.{name} itself in it. Cure: nn.{name}(…), which makes a layer"
            )
        if parts(link):
            _check_called(link)  # type: ignore[arg-type]


# ----- loss and metrics -----


def check_loss(loss: Any, weighted: bool) -> None:
    """A function of prediction and target, and of weights where there are some."""
    if not callable(loss):
        cure = f"loss=cg.nn.{_nearest(loss, _losses())}" if isinstance(loss, str) else "loss=cg.nn.huber"
        raise ArgumentError(f"loss={loss!r} is no function. Cure: {cure}")
    name = getattr(loss, "__name__", "the loss")
    if not _takes(loss, 2):
        raise ArgumentError(f"{name} does not take two arguments. Cure: def {name}(prediction, target): …")
    if weighted and not _takes(loss, 3):
        cure = f"def {name}(prediction, target, weight=None): …"
        raise ArgumentError(f"there are weights, and {name} takes none. Cure: {cure}")


def _losses() -> list[str]:
    from chalkgrad.nn import losses

    return [
        n for n, f in vars(losses).items() if inspect.isfunction(f) and "target" in f.__code__.co_varnames
    ]


def _nearest(word: str, known: Sequence[str]) -> str:
    found = difflib.get_close_matches(word, known, 1, 0.5)
    return found[0] if found else known[0]


def _takes(function: Callable, count: int) -> bool:
    """Whether a function can be called with so many arguments; one that does not tell is believed to."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def metrics_of(loss: Any, asked: Any) -> dict[str, Metric]:
    """The metrics of a training, by the names of their columns.

    Args:
        loss: decides, where nothing is asked for.
        asked: a function or the name of one, several of them, or a mapping from names; or nothing.
    """
    if asked is None:
        found = BY_LOSS.get(loss)
        return {found[0]: found[1]} if found else {}
    if isinstance(asked, str) or callable(asked):
        asked = [asked]
    if not isinstance(asked, Mapping):
        asked = {m if isinstance(m, str) else getattr(m, "__name__", type(m).__name__): m for m in asked}
    return {_column(name): _metric(name, m, loss) for name, m in asked.items()}


def _column(name: Any) -> str:
    if not isinstance(name, str) or name in OWN_COLUMNS or name.startswith("val_"):
        raise ArgumentError(
            f"a metric cannot be called {name!r}: the history has columns of its own. Cure: another name"
        )
    return name


def _metric(name: str, metric: Any, loss: Any) -> Metric:
    if isinstance(metric, str):
        known = dict(BY_NAME) | ({BY_LOSS[loss][0]: BY_LOSS[loss][1]} if loss in BY_LOSS else {})
        if metric not in known:
            raise ArgumentError(
                f"there is no metric {metric!r}; by name there are {', '.join(known)}. Cure: "
                f"{_nearest(metric, list(known))!r}, or a function (prediction, target) -> number"
            )
        return known[metric]
    if not callable(metric) or not _takes(metric, 2):
        raise ArgumentError(
            f"the metric {name!r} is no function of two arguments. Cure: (prediction, target) -> number"
        )
    return metric


# ----- optimizer and callbacks -----


def check_optimizer(optimizer: Any) -> None:
    """A pair of `init` and `update`."""
    from chalkgrad.nn import optimizers

    if hasattr(optimizer, "init") and hasattr(optimizer, "update"):
        return
    name = optimizer if isinstance(optimizer, str) else getattr(optimizer, "__name__", "")
    own = name if isinstance(getattr(optimizers, name, None), type(whole)) else "sgd"
    told = f"{name} itself" if callable(optimizer) and name else repr(optimizer)
    rate = 0.1 if own == "sgd" else 0.001
    raise ArgumentError(f"optimizer={told} has no init and update. Cure: optimizer=cg.nn.{own}({rate})")


def check_state(state: Any) -> None:
    """What an optimizer remembers can be kept, and given to either engine."""
    for leaf in flatten(state)[0]:
        dtype = getattr(leaf, "dtype", None)
        plain = isinstance(leaf, bool | int | float) or getattr(dtype, "kind", "") in ("f", "i", "u", "b")
        if not plain:
            what = f"an array of {dtype}" if dtype is not None else repr(leaf)
            raise ArgumentError(
                f"the optimizer's init gives {what}. Cure: nested dictionaries and tuples of arrays of "
                "numbers; {} if there is nothing to remember"
            )


def callbacks_of(given: Any) -> tuple[Callable, ...]:
    """Functions of an `Epoch`."""
    found = (given,) if callable(given) else tuple(given or ())
    for c in found:
        if isinstance(c, type):
            raise ArgumentError(f"the callback {c.__name__} is a class. Cure: {c.__name__}(…)")
        if not callable(c):
            raise ArgumentError(f"the callback {c!r} cannot be called. Cure: a function of an Epoch")
    return found


# ----- files -----


def file_of(checkpoint: Any) -> Path:
    """Where checkpoints go; that they cannot is said before the training, and not after its first hour."""
    try:
        path = Path(checkpoint)
    except TypeError as error:
        raise ArgumentError(
            f"checkpoint={checkpoint!r} is no file's name. Cure: checkpoint='run.ckpt'"
        ) from error
    if path.is_dir():
        raise ArgumentError(
            f"checkpoint={str(path)!r} is a folder. Cure: checkpoint={str(path / 'run.ckpt')!r}"
        )
    if not path.absolute().parent.is_dir():
        raise ArgumentError(
            f"checkpoint={str(path)!r}: there is no folder {path.parent}. Cure: make it first"
        )
    return path
