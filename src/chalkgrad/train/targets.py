"""What targets each loss can take: their shape beside the prediction's, and their values.

NumPy would stretch (n, 1) over (n,) into all against all, and a class that has no score would add nothing to
the loss: both train without a word, and wrongly. Here they are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, ChalkgradError
from chalkgrad.nn import losses
from chalkgrad.trace.run import trace
from chalkgrad.train.examples import entry
from chalkgrad.train.metrics import r_squared

ROWS = 7  # examples of a trial of one's own loss: a number that is seldom a number of features
TOLERANCE = 1e-3


def check_shapes(loss: Callable, prediction: Any, y: Any, where: str = "y") -> None:
    """Refuse targets of a shape that does not go with the network's output.

    Raises:
        ArgumentError: the cure is in it.
    """
    known = original(loss)
    ours, theirs = np.shape(prediction), np.shape(y)
    if known is losses.softmax_cross_entropy:
        _check_classes(ours, theirs, where)
    elif known in ALIKE:
        _check_alike(known, ours, theirs, where)
    elif ours != theirs and len(ours) and len(theirs):
        _check_own(loss, prediction, y, where)


def check_values(loss: Callable, y: np.ndarray, output: tuple, where: str = "y") -> None:
    """Refuse targets that the loss gives no meaning to.

    Args:
        loss: one of `nn.losses`; others are their author's own business.
        y: (n, …).
        output: the shape of what the network makes of examples.
        where: what the targets are called in messages.

    Raises:
        ArgumentError: the cure is in it.
    """
    rule = VALUES.get(original(loss))
    if rule is not None:
        rule(y, output, where)


def original(loss: Callable) -> Any:
    """The loss itself, without the options that a `functools.partial` holds."""
    return original(loss.func) if isinstance(loss, partial) else loss


# ----- shapes -----

ALIKE = {
    losses.mean_squared_error,
    losses.mean_absolute_error,
    losses.huber,
    losses.binary_cross_entropy,
    losses.hinge,
    losses.kl_divergence,
    r_squared,
}


def _check_classes(ours: tuple, theirs: tuple, where: str) -> None:
    if theirs in (ours, ours[:-1]):
        return
    cure = f"classes as whole numbers, of shape {ours[:-1]}, or one-hot, of shape {ours}"
    if theirs == (*ours[:-1], 1):
        cure = entry(where, "[:, 0]" if len(theirs) == 2 else "[..., 0]")
    elif len(theirs) < len(ours) - 1:
        cure = "nn.Flatten() before the last layer, so that each example has one row of scores"
    elif len(theirs) == len(ours) and theirs[:-1] == ours[:-1]:
        cure = f"nn.Dense({theirs[-1]}) as the last layer"
    raise ArgumentError(
        f"the network's output has shape {ours} and the targets {where} {theirs}; softmax_cross_entropy "
        f"cannot tell which class is meant. Cure: {cure}"
    )


def _check_alike(loss: Callable, ours: tuple, theirs: tuple, where: str) -> None:
    if ours == theirs:
        return
    told = f"the network's output has shape {ours} and the targets {where} {theirs}; {loss.__name__}"
    if ours == (*theirs, 1):
        raise ArgumentError(f"{told} would compare all with all. Cure: {entry(where, _new_axis(theirs))}")
    cure = f"a last layer whose output has the targets' shape, or targets of shape {ours}"
    if len(ours) > len(theirs) + 1:
        cure = f"nn.Flatten() before the last layer, or {cure}"
    elif len(ours) == len(theirs) + 1:
        cure += "; numbers of classes go with nn.softmax_cross_entropy"
    raise ArgumentError(f"{told} needs them alike. Cure: {cure}")


def _new_axis(shape: tuple) -> str:
    return "[:, None]" if len(shape) == 1 else "[..., None]"


def _check_own(loss: Callable, prediction: Any, y: Any, where: str) -> None:
    """A loss of one's own may take apart what it is given; it must not stretch one over the other."""
    ours, theirs = np.shape(prediction), np.shape(y)
    some = [np.resize(a, (ROWS, *np.shape(a)[1:])) for a in (prediction, y)]
    try:
        with np.errstate(all="ignore"):
            graph = trace(loss, *some)
    except (ChalkgradError, ValueError, TypeError, IndexError):
        return  # it is called in a moment, and then says what it wants
    given = set(graph.inputs[:2])
    for node in graph.nodes:
        shapes = [graph.nodes[a].shape for a in node.args]
        pair = set(shapes[:2]) if node.op is not None and len(shapes) == 2 else set()
        direct = set(node.args) == given and len(pair) == 2 and node.shape == _together(shapes)
        if pair == {(ROWS, 1), (ROWS,)} or direct:
            name = getattr(loss, "__name__", "the loss")
            cure = entry(where, "[:, None]") if ours == (*theirs, 1) else "targets of the output's shape"
            raise ArgumentError(
                f"the network's output has shape {ours} and the targets {where} {theirs}: {name} would "
                f"stretch one over the other. Cure: {cure}"
            )


def _together(shapes: list[tuple]) -> tuple | None:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


# ----- values -----


def _classes(y: np.ndarray, output: tuple, where: str) -> None:
    scores = output[-1]
    whole = y.dtype.kind in "iub" or bool((y == np.floor(y)).all())
    if not whole:
        _refuse(y, y == np.floor(y), where, "is no number of a class", "whole numbers from 0, or one-hot")
    told = f"and the network gives {scores} scores an example, for classes 0 to {scores - 1}"
    most = int(y.max())
    more = f"nn.Dense({most + 1}) as the last layer, or " if most >= scores else ""
    cure = f"{more}numbers that count from 0: np.unique(y, return_inverse=True)[1]"
    _refuse(y, (y >= 0) & (y < scores), where, told, cure, of="class")


def _scored(y: np.ndarray, output: tuple, where: str) -> None:
    (_shares if y.ndim == len(output) else _classes)(y, output, where)


def _shares(y: np.ndarray, output: tuple, where: str) -> None:
    cure = "one-hot rows, or shares of 1: cg.data.one_hot"
    _refuse(y, (y >= 0) & (y <= 1 + TOLERANCE), where, "is no share", cure)
    sums = np.asarray(np.sum(y, axis=-1, dtype=np.float64))
    cure = "one class an example; several at once go with nn.binary_cross_entropy"
    _refuse(sums, sums <= 1 + TOLERANCE, where, "is the sum of its shares, more than 1", cure)


def _probability(y: np.ndarray, output: tuple, where: str) -> None:
    minus = "(y + 1) / 2 for targets of -1 and 1, " if (y == -1).any() else ""
    cure = f"{minus}0 or 1, or a share between them; classes 0, 1, 2, … go with nn.softmax_cross_entropy"
    _refuse(y, (y >= 0) & (y <= 1), where, "and binary_cross_entropy wants 0 to 1", cure)


def _side(y: np.ndarray, output: tuple, where: str) -> None:
    _refuse(
        y, np.abs(y.astype(float)) == 1, where, "and hinge wants -1 or 1", "2 * y - 1 for targets of 0 and 1"
    )


def _refuse(y: np.ndarray, fine: Any, where: str, what: str, cure: str, of: str = "") -> None:
    """Name the first entry that is not fine, if there is one."""
    if np.all(fine):
        return
    at = tuple(int(i) for i in np.argwhere(~np.asarray(fine))[0])
    value = y[at].item()
    raise ArgumentError(f"{entry(where, at)} is {of + ' ' if of else ''}{value} {what}. Cure: {cure}")


# fmt: off
VALUES: dict[Any, Callable[[np.ndarray, tuple, str], None]] = {
    losses.softmax_cross_entropy: _scored,
    losses.kl_divergence:         _shares,
    losses.binary_cross_entropy:  _probability,
    losses.hinge:                 _side,
}
# fmt: on
