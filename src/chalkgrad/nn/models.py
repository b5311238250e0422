"""Worked models: the networks of a first course, each a `chalkgrad.Chain` to be read, opened and trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chalkgrad.errors import ArgumentError
from chalkgrad.foundation import Chain
from chalkgrad.nn.activations import gelu, relu, sigmoid, tanh
from chalkgrad.nn.layers.attention import MultiHeadAttention, Positions
from chalkgrad.nn.layers.basic import Dense, Embedding, Flatten
from chalkgrad.nn.layers.convolution import Conv2D
from chalkgrad.nn.layers.normalisation import LayerNorm
from chalkgrad.nn.layers.pooling import MaxPool2D
from chalkgrad.nn.layers.recurrent import LSTM
from chalkgrad.nn.layers.residual import Residual

# ----- one neuron, many neurons -----


def linear_regression(outputs: int = 1) -> Chain:
    r"""A weighted sum; trained with `nn.mean_squared_error`.

    $$xW + b$$

    Source: Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", 1805.

    >>> linear_regression()
    Chain([dense])
    """
    return Chain([Dense(outputs)])


def logistic_regression(classes: int = 2) -> Chain:
    r"""A score for each class, of which the loss makes probabilities; for two, one is enough.

    $$xW + b$$

    Args:
        classes: 2 gives one score, for `nn.binary_cross_entropy`; more give one each, for
            `nn.softmax_cross_entropy`.

    The sigmoid or the softmax is in the loss, where it cannot overflow.

    Source: Cox, "The regression analysis of binary sequences", 1958.

    >>> logistic_regression(3)
    Chain([dense])
    """
    return Chain([Dense(1 if classes == 2 else classes)])


def perceptron(hidden: Sequence[int], outputs: int, activation: Callable = tanh) -> Chain:
    r"""A multilayer perceptron: every neuron of a layer sees all of the layer before; pictures become rows.

    $$f(\dots f(x W_1 + b_1) \dots) W_n + b_n$$

    Args:
        hidden: how many neurons each inner layer has.
        outputs: how many the last one has, whose sums come out as they are.
        activation: f.

    Source: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.

    >>> perceptron([89], 10)
    Chain([flatten, dense, dense])
    """
    return Chain([Flatten(), *(Dense(n, activation) for n in hidden), Dense(outputs)])


def autoencoder(features: int, code: int, hidden: Sequence[int] = (128,)) -> Chain:
    """A network that says again what it is shown, through a narrow place; rows in, rows in [0, 1] out.

    Args:
        features: of the input and of the output.
        code: how many numbers the narrow place has; its sums pass as they are.
        hidden: the layers before it; those behind it are the same, the other way round.

    Source: Hinton and Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006.

    >>> autoencoder(784, 2)
    Chain([dense, dense, dense, dense])
    """
    there = [Dense(n, relu) for n in hidden]
    back = [Dense(n, relu) for n in reversed(hidden)]
    return Chain([*there, Dense(code), *back, Dense(features, sigmoid)])


# ----- pictures -----


def convolutional(
    classes: int, filters: Sequence[int] = (32, 64), units: int = 128, activation: Callable = relu
) -> Chain:
    """Small windows that look for the same things everywhere, each time at half the size: for pictures.

    Args:
        classes: how many scores come out.
        filters: how many windows of 3 by 3 each stage has; behind each, the largest of 2 by 2 is kept.
        units: neurons of the layer before the last.
        activation: of all layers but the last.

    Inputs are (n, rows, columns, channels): grey pictures are `X[..., None]`.

    Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
    recognition", 1998.

    >>> convolutional(10)
    Chain([conv2d, max_pool2d, conv2d, max_pool2d, flatten, dense, dense])
    """
    stages = [link for n in filters for link in (Conv2D(n, 3, activation), MaxPool2D())]
    return Chain([*stages, Flatten(), Dense(units, activation), Dense(classes)])


# ----- sequences -----


def recurrent(
    outputs: int, units: int = 128, symbols: int = 0, features: int = 32, layer: Callable = LSTM
) -> Chain:
    """A layer with a memory, run along time, and a score for each time: what comes next?

    Args:
        outputs: how many numbers come out at each time.
        units: of the memory.
        symbols: inputs are whole numbers below this, (n, time), each with a vector of its own; 0: inputs are
            (n, time, features) as they are.
        features: of those vectors.
        layer: `LSTM`, `GRU` or `SimpleRNN`.

    Source: Elman, "Finding structure in time", 1990.

    >>> recurrent(27, symbols=27)
    Chain([embedding, lstm, dense])
    """
    first = [Embedding(symbols, features)] if symbols else []
    return Chain([*first, layer(units, return_sequences=True), Dense(outputs)])


def transformer(symbols: int, places: int, width: int = 64, heads: int = 4, blocks: int = 2) -> Chain:
    """A small decoder-only transformer: each place looks back at those before it, and says what comes next.

    Args:
        symbols: inputs are whole numbers below this, (n, time); so many scores come out at each time.
        places: the longest time.
        width: how many numbers stand for a place; a multiple of heads.
        heads: attentions side by side.
        blocks: pairs of attention and of two layers of neurons, the inner one four times as wide.

    Raises:
        ArgumentError: the width is no multiple of heads.

    Source: Vaswani et al., "Attention is all you need", NIPS 2017; with the norms before the layers, as in
    Radford et al., "Language models are unsupervised multitask learners", 2019.

    >>> transformer(65, 64, blocks=1)
    Chain([embedding, positions, residual, residual, layer_norm, dense])
    """
    if width % heads:
        raise ArgumentError(f"width={width} is no multiple of heads={heads}")
    inside: list[Callable] = []
    for _ in range(blocks):
        inside.append(Residual(LayerNorm(), MultiHeadAttention(heads, causal=True)))
        inside.append(Residual(LayerNorm(), Dense(4 * width, gelu), Dense(width)))
    return Chain([Embedding(symbols, width), Positions(places), *inside, LayerNorm(), Dense(symbols)])
