"""Convolutions: the same small product at every place.

Inputs are (examples, length, channels) and (examples, rows, columns, channels), as in Keras.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn.initialisers import Initialiser, glorot
from chalkgrad.nn.layers.basic import BEST, activated
from chalkgrad.nn.layers.layer import Layer
from chalkgrad.ops.linalg.convolution import Margins, Moves, Sizes, conv, counts, spans


def places(lengths: Sizes, window: Sizes, strides: Sizes, dilation: Sizes) -> Sizes:
    """How many places the window has along each axis.

    Raises:
        ArgumentError: the window is larger than the input.

    >>> places((28, 28), (3, 3), (2, 2), (1, 1))
    (13, 13)
    """
    found = counts(lengths, window, strides, dilation)
    if min(found) < 1:
        raise ArgumentError(
            f"a window of {window} (dilation {dilation}) does not fit into {tuple(lengths)}. "
            'Cure: a smaller kernel_size, or padding="same"'
        )
    return found


def check_places(x: Any, axes: int, name: str) -> None:
    """Refuse inputs without an axis for examples or for channels.

    Raises:
        ArgumentError: the cure is in it.
    """
    if np.ndim(x) == axes + 2:
        return
    wanted = "(examples, length, channels)" if axes == 1 else "(examples, rows, columns, channels)"
    cures = {axes + 1: "x[..., None] for one channel, x[None] for one example"}
    cure = cures.get(np.ndim(x), "np.reshape to that")
    raise ArgumentError(f"{name} takes {wanted}; this has shape {np.shape(x)}. Cure: {cure}")


def margins(lengths: Sizes, window: Sizes, strides: Sizes, dilation: Sizes, padding: str) -> Margins:
    """How many zeros go around: as many as keep ⌈length / stride⌉ places ("same"), or none ("valid").

    >>> margins((4,), (3,), (1,), (1,), "same")
    ((1, 1),)
    """
    if padding == "valid":
        return ((0, 0),) * len(window)
    missing = [
        max((-(-n // t) - 1) * t + k - n, 0)
        for n, k, t in zip(lengths, spans(window, dilation), strides, strict=True)
    ]
    return tuple((k // 2, k - k // 2) for k in missing)


def convolution(
    x: Any, W: Any, b: Any = None, strides: Sizes = (1, 1), padding: str = "same", dilation: Sizes = (1, 1)
) -> Any:
    r"""The sum of products of a small window of weights with each place of the input.

    $$y_{p, f} = b_f + \sum_{k, c} x_{s p + d k, c} \, W_{k, c, f}$$

    Args:
        x: (examples, *places, channels).
        W: (*window, channels, filters).
        b: (filters,), or nothing.
        strides: how far the window moves, s.
        padding: "same" or "valid".
        dilation: how far apart the window's entries lie, d.

    Returns:
        (examples, *new places, filters).

    Source: LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989.

    >>> convolution(np.ones((1, 3, 1)), np.ones((2, 1, 1)), None, (1,), "valid", (1,))[0, :, 0]
    array([2., 2.])
    """
    window = np.shape(W)[:-2]
    check_places(x, len(window), "convolution")
    around = margins(np.shape(x)[1:-1], window, strides, dilation, padding)
    lengths = tuple(n + sum(zeros) for n, zeros in zip(np.shape(x)[1:-1], around, strict=True))
    places(lengths, window, strides, dilation)  # refuses a window that does not fit
    y = conv(x, W, **Moves(strides, dilation, around).given())
    return y if b is None else y + b


def _conv(
    axes: int,
    filters: int,
    kernel_size: int | Sizes,
    activation: Callable | None,
    strides: int | Sizes,
    padding: str,
    dilation: int | Sizes,
    use_bias: bool,
    initial: Initialiser | None,
) -> Layer:
    window = sizes(kernel_size, axes, "kernel_size")
    if padding not in ("same", "valid"):
        raise ArgumentError(f'padding={padding!r}; give "same" or "valid"')
    options = {
        "strides": sizes(strides, axes, "strides"),
        "padding": padding,
        "dilation": sizes(dilation, axes, "dilation"),
    }
    shapes: dict[str, tuple[int | str, ...]] = {"W": (*window, "in", filters)}
    if use_bias:
        shapes["b"] = (filters,)
    chosen = initial or BEST.get(getattr(activation, "__name__", ""), glorot)
    function = activated(convolution, activation)
    return Layer(function, shapes, {"W": chosen}, f"conv{axes}d", options=options)


def sizes(value: int | Sizes, axes: int, name: str) -> Sizes:
    """One whole number above 0 for each axis.

    >>> sizes(3, 2, "kernel_size")
    (3, 3)
    """
    found = (value,) * axes if isinstance(value, int) else tuple(value)
    if len(found) != axes or any(not isinstance(v, int) or v < 1 for v in found):
        raise ArgumentError(f"{name}={value!r}; give a whole number above 0, or {axes} of them")
    return found


def Conv1D(
    filters: int,
    kernel_size: int | Sizes,
    activation: Callable | None = None,
    strides: int | Sizes = 1,
    padding: str = "same",
    dilation: int | Sizes = 1,
    use_bias: bool = True,
    initial: Initialiser | None = None,
) -> Layer:
    """Filters along one axis: (examples, length, channels) to (examples, length, filters).

    Args:
        filters: how many windows of weights.
        kernel_size: entries of a window along each axis.
        activation: a function of one array; default: none.
        strides: how far the window moves.
        padding: "same" keeps ⌈length / stride⌉ places, "valid" only those where the window fits.
        dilation: how far apart the window's entries lie.
        use_bias: whether there is a b.
        initial: of W; default: He's for rectifiers, LeCun's for selu, else Glorot's.

    >>> Conv1D(8, 5)
    conv1d(W=(5, 'in', 8), b=(8,))
    """
    return _conv(1, filters, kernel_size, activation, strides, padding, dilation, use_bias, initial)


def Conv2D(
    filters: int,
    kernel_size: int | Sizes,
    activation: Callable | None = None,
    strides: int | Sizes = 1,
    padding: str = "same",
    dilation: int | Sizes = 1,
    use_bias: bool = True,
    initial: Initialiser | None = None,
) -> Layer:
    """Filters over pictures: (examples, rows, columns, channels) to (examples, rows, columns, filters).

    Args:
        filters: how many windows of weights.
        kernel_size: entries of a window along each axis.
        activation: a function of one array; default: none.
        strides: how far the window moves.
        padding: "same" keeps ⌈length / stride⌉ places, "valid" only those where the window fits.
        dilation: how far apart the window's entries lie.
        use_bias: whether there is a b.
        initial: of W; default: He's for rectifiers, LeCun's for selu, else Glorot's.

    >>> Conv2D(32, 3)
    conv2d(W=(3, 3, 'in', 32), b=(32,))
    """
    return _conv(2, filters, kernel_size, activation, strides, padding, dilation, use_bias, initial)
