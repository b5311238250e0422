"""Recurrent layers: one step run along time, as one node of the graph (`chalkgrad.scan`).

Inputs are (examples, time, features). What the inputs contribute is computed for all times at once, before
the loop: one large product of matrices instead of many small ones, on the way there and on the way back.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.loops.scan import scan
from chalkgrad.nn.activations import sigmoid
from chalkgrad.nn.initialisers import glorot, orthogonal
from chalkgrad.nn.layers.layer import Layer

# ----- the simple one -----


def rnn_step(params: tuple[Any, Any], h: Any, z: Any) -> tuple[Any, Any]:
    r"""$h_t = \tanh(z_t + h_{t-1} U + b)$, where z is what the input contributes.

    >>> h, y = rnn_step((np.eye(1), np.zeros(1)), np.zeros((1, 1)), np.zeros((1, 1)))
    >>> float(h[0, 0])
    0.0
    """
    U, b = params
    h = np.tanh(z + np.dot(h, U) + b)
    return h, h


def simple_rnn(x: Any, W: Any, U: Any, b: Any, return_sequences: bool = False) -> Any:
    r"""Each time sees the input and what the layer said a time before.

    $$h_t = \tanh(x_t W + h_{t-1} U + b)$$

    Args:
        x: (examples, time, features).
        W: (features, units).
        U: (units, units).
        b: (units,).
        return_sequences: whether all times come out, or the last.

    Returns:
        (examples, time, units) or (examples, units).

    Source: Elman, "Finding structure in time", Cognitive Science 1990.

    >>> simple_rnn(np.zeros((2, 5, 3)), np.zeros((3, 4)), np.zeros((4, 4)), np.zeros(4)).shape
    (2, 4)
    """
    return _along_time(rnn_step, (U, b), (_zeros(x, U),), _by_time(x, W), return_sequences, single=True)


# ----- long short-term memory -----


def lstm_step(params: tuple[Any, Any], state: tuple[Any, Any], z: Any) -> tuple[tuple[Any, Any], Any]:
    r"""The gates decide what of the memory c is kept, what is added and what is said.

    $$c' = \sigma(f) \odot c + \sigma(i) \odot \tanh(g) \qquad h' = \sigma(o) \odot \tanh(c')$$

    with $i, f, g, o = z + h U + b$.

    >>> params, state = (np.zeros((1, 4)), np.zeros(4)), (np.zeros((2, 1)), np.ones((2, 1)))
    >>> (h, c), y = lstm_step(params, state, np.zeros((2, 4)))
    >>> float(c[0, 0])
    0.5
    """
    (U, b), (h, c) = params, state
    i, f, g, o = np.split(z + np.dot(h, U) + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return (h, c), h


def lstm(x: Any, W: Any, U: Any, b: Any, return_sequences: bool = False) -> Any:
    r"""A recurrent layer with a memory that gates protect; see `lstm_step`.

    $$c_t = \sigma(f) \odot c_{t-1} + \sigma(i) \odot \tanh(g)
    \qquad h_t = \sigma(o) \odot \tanh(c_t) \qquad
    i, f, g, o = x_t W + h_{t-1} U + b$$

    Args:
        x: (examples, time, features).
        W: (features, 4 units), for the gates i, f, g, o in this order.
        U: (units, 4 units).
        b: (4 units,).
        return_sequences: whether all times come out, or the last.

    Returns:
        (examples, time, units) or (examples, units).

    Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997; with the forget gate of Gers,
    Schmidhuber and Cummins, 2000.

    >>> lstm(np.zeros((2, 5, 3)), np.zeros((3, 16)), np.zeros((4, 16)), np.zeros(16), True).shape
    (2, 5, 4)
    """
    zero = _zeros(x, U)
    return _along_time(lstm_step, (U, b), (zero, zero), _by_time(x, W), return_sequences)


# ----- gated recurrent unit -----


def gru_step(params: tuple[Any, Any], h: Any, z: Any) -> tuple[Any, Any]:
    r"""Two gates: r resets what enters the proposal n, u says how much of h stays.

    $$r, u = \sigma(z_{ru} + h U_{ru} + b_{ru}) \qquad n = \tanh(z_n + r \odot (h U_n + b_n)) \qquad h' = (1 -
    u) \odot n + u \odot h$$

    >>> h, y = gru_step((np.zeros((1, 3)), np.zeros(3)), np.ones((2, 1)), np.zeros((2, 3)))
    >>> float(h[0, 0])
    0.5
    """
    U, b = params
    zr, zu, zn = np.split(z, 3, axis=-1)
    hr, hu, hn = np.split(np.dot(h, U) + b, 3, axis=-1)
    r, u = sigmoid(zr + hr), sigmoid(zu + hu)
    h = (1 - u) * np.tanh(zn + r * hn) + u * h
    return h, h


def gru(x: Any, W: Any, U: Any, b: Any, c: Any, return_sequences: bool = False) -> Any:
    r"""A recurrent layer with two gates and no memory beside what it says; see `gru_step`.

    $$h_t = (1 - u) \odot n + u \odot h_{t-1} \qquad
    r, u = \sigma(x_t W_{ru} + b_{ru} + h_{t-1} U_{ru} + c_{ru}) \qquad
    n = \tanh(x_t W_n + b_n + r \odot (h_{t-1} U_n + c_n))$$

    Args:
        x: (examples, time, features).
        W: (features, 3 units), for r, u and n in this order.
        U: (units, 3 units).
        b: (3 units,), added to what the input contributes.
        c: (3 units,), added to what the state contributes.
        return_sequences: whether all times come out, or the last.

    Returns:
        (examples, time, units) or (examples, units).

    Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", EMNLP 2014, in the form
    of cuDNN, which resets behind the product.

    >>> gru(np.zeros((2, 5, 3)), np.zeros((3, 12)), np.zeros((4, 12)), np.zeros(12), np.zeros(12)).shape
    (2, 4)
    """
    return _along_time(gru_step, (U, c), (_zeros(x, U),), _by_time(x, W) + b, return_sequences, single=True)


# ----- shared -----


def _zeros(x: Any, U: Any) -> Any:
    """What the layer said before the first time: nothing."""
    return np.zeros((np.shape(x)[0], np.shape(U)[0]), x.dtype)


def _by_time(x: Any, W: Any) -> Any:
    """What the inputs contribute, (time, examples, units); x is turned before it grows."""
    if np.ndim(x) != 3:
        raise ArgumentError(
            f"a recurrent layer takes (examples, time, features); this has shape {np.shape(x)}. "
            "Cure: x[..., None] for one feature, nn.Embedding before it for whole numbers"
        )
    return np.matmul(np.swapaxes(x, 0, 1), W)


def _along_time(
    step: Any, params: Any, state: tuple, z: Any, return_sequences: bool, single: bool = False
) -> Any:
    _, ys = scan(step, params, state[0] if single else state, z)
    return np.swapaxes(ys, 0, 1) if return_sequences else ys[-1]


def forget_less(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Biases of an LSTM: 1 for the forget gate, so that the memory holds at first.

    Source: Jozefowicz, Zaremba and Sutskever, "An empirical exploration of recurrent network architectures",
    ICML 2015.

    >>> forget_less(np.random.default_rng(0), (8,))
    array([0., 0., 1., 1., 0., 0., 0., 0.])
    """
    b = np.zeros(shape)
    b[shape[0] // 4 : shape[0] // 2] = 1
    return b


def _recurrent(function: Any, units: int, gates: int, return_sequences: bool, **biases: Any) -> Layer:
    if units < 1:
        raise ArgumentError(f"{function.__name__} has {units} units; give 1 or more")
    shapes: dict[str, tuple[int | str, ...]] = {"W": ("in", gates * units), "U": (units, gates * units)}
    shapes |= dict.fromkeys(("b", *biases), (gates * units,))
    initial = {"W": glorot, "U": orthogonal} | ({"b": forget_less} if gates == 4 else {})
    options = {"return_sequences": True} if return_sequences else {}
    return Layer(function, shapes, initial, function.__name__, options=options)


def SimpleRNN(units: int, return_sequences: bool = False) -> Layer:
    """A layer of `simple_rnn`.

    Args:
        units: how many numbers come out at each time.
        return_sequences: whether all times come out, or the last.

    >>> SimpleRNN(4)
    simple_rnn(W=('in', 4), U=(4, 4), b=(4,))
    """
    return _recurrent(simple_rnn, units, 1, return_sequences)


def LSTM(units: int, return_sequences: bool = False) -> Layer:
    """A layer of `lstm`.

    Args:
        units: how many numbers come out at each time.
        return_sequences: whether all times come out, or the last.

    >>> LSTM(4)
    lstm(W=('in', 16), U=(4, 16), b=(16,))
    """
    return _recurrent(lstm, units, 4, return_sequences)


def GRU(units: int, return_sequences: bool = False) -> Layer:
    """A layer of `gru`.

    Args:
        units: how many numbers come out at each time.
        return_sequences: whether all times come out, or the last.

    >>> GRU(4)
    gru(W=('in', 12), U=(4, 12), b=(12,), c=(12,))
    """
    return _recurrent(gru, units, 3, return_sequences, c=None)
