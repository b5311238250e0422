r"""Activation functions: what a neuron does with its weighted sum. Plain NumPy, entry by entry
but for softmax.

Each keeps the dtype of its argument and neither overflows nor warns for any finite argument.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # the fixed point of mean 0, variance 1


# ----- lines and kinks -----


def step(x: Any) -> Any:
    r"""The threshold neuron: 1 above zero, 0 elsewhere; flat, so that nothing can be learnt through it.

    $$[x > 0]$$

    Args:
        x: an array of any shape.

    Returns:
        The same shape: 0 or 1.

    Source: McCulloch and Pitts, "A logical calculus of the ideas immanent in nervous activity", 1943.

    >>> step(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    return np.heaviside(x, 0.0)


def linear(x: Any) -> Any:
    """The sum as it is: $x$.

    Args:
        x: an array of any shape.

    Returns:
        x itself.

    Source: Widrow and Hoff, "Adaptive switching circuits", 1960.

    >>> linear(2.0)
    2.0
    """
    return x


def relu(x: Any) -> Any:
    r"""The rectified linear unit.

    $$\max(x, 0)$$

    Args:
        x: an array of any shape.

    Returns:
        The same shape, nothing below 0.

    Source: Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", ICML 2010.

    >>> relu(np.array([-2.0, 3.0]))
    array([0., 3.])
    """
    return np.maximum(x, 0)


def leaky_relu(x: Any, slope: float = 0.2) -> Any:
    r"""A rectifier that lets a little through below zero, so that no neuron dies.

    $$\max(\text{slope} \cdot x, x)$$

    Args:
        x: an array of any shape.
        slope: of the part below zero, between 0 and 1.

    Returns:
        The same shape.

    Source: Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    >>> leaky_relu(np.array([-2.0, 3.0]))
    array([-0.4,  3. ])
    """
    return np.maximum(slope * x, x)


# ----- the S-shaped -----


def sigmoid(x: Any) -> Any:
    r"""The logistic function, between 0 and 1: a probability.

    $$\frac{1}{1 + e^{-x}} = \frac{1 + \tanh(x / 2)}{2}$$

    Computed as on the right: $e^{-x}$ overflows where x is very negative, and its gradient with it.

    Args:
        x: an array of any shape.

    Returns:
        The same shape, between 0 and 1.

    Source: Verhulst, "Recherches mathématiques sur la loi d'accroissement de la population", 1845.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


def tanh(x: Any) -> Any:
    r"""The hyperbolic tangent, between -1 and 1.

    $$\tanh x = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}$$

    Args:
        x: an array of any shape.

    Returns:
        The same shape, between -1 and 1.

    Source: LeCun, Bottou, Orr and Müller, "Efficient backprop", 1998.

    >>> float(tanh(0.0))
    0.0
    """
    return np.tanh(x)


# ----- smooth rectifiers -----


def softplus(x: Any) -> Any:
    r"""A rectifier without a kink; its derivative is the sigmoid.

    $$\log(1 + e^{x})$$

    Args:
        x: an array of any shape.

    Returns:
        The same shape, above 0.

    Source: Dugas et al., "Incorporating second-order functional knowledge for better option pricing", 2001.

    >>> softplus(np.array([-1000.0, 0.0, 1000.0])).round(4)
    array([0.000e+00, 6.931e-01, 1.000e+03])
    """
    return np.logaddexp(x, 0)


def elu(x: Any, alpha: float = 1.0) -> Any:
    r"""The exponential linear unit: a rectifier that bends softly to $-\alpha$.

    $$\begin{cases} x & \text{if } x > 0 \\ \alpha (e^{x} - 1) & \text{otherwise} \end{cases}$$

    Args:
        x: an array of any shape.
        alpha: α.

    Returns:
        The same shape, nothing below -α.

    Source: Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential
    linear units", ICLR 2016.

    >>> elu(np.array([-1000.0, 3.0]))
    array([-1.,  3.])
    """
    return np.where(x >= 0, x, alpha * np.expm1(np.minimum(x, 0)))  # where computes both: no overflow above


def selu(x: Any) -> Any:
    r"""The exponential linear unit whose layers keep mean 0 and variance 1 by themselves.

    $$\lambda \begin{cases} x & \text{if } x > 0 \\ \alpha (e^{x} - 1) & \text{otherwise} \end{cases}$$

    with $\lambda = 1.0507$ and $\alpha = 1.6733$.

    Args:
        x: an array of any shape.

    Returns:
        The same shape.

    Source: Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks", NIPS 2017.

    >>> selu(np.array([-1000.0, 1.0])).round(4)
    array([-1.7581,  1.0507])
    """
    return SELU_SCALE * elu(x, SELU_ALPHA)


def silu(x: Any) -> Any:
    r"""The sum times its own sigmoid, also called swish.

    $$x \, \sigma(x)$$

    Args:
        x: an array of any shape.

    Returns:
        The same shape.

    Source: Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units", 2018.

    >>> silu(np.array([-1000.0, 0.0, 1000.0]))
    array([  -0.,    0., 1000.])
    """
    return x * sigmoid(x)


def gelu(x: Any) -> Any:
    r"""The Gaussian error linear unit, by its usual approximation.

    $$\frac{x}{2} \left(1 + \tanh\left(\sqrt{2 / \pi} \, (x + 0.044715 x^3)\right)\right)$$

    It differs from $x \Phi(x)$, with Φ the normal distribution, by less than 0.0005.

    Args:
        x: an array of any shape.

    Returns:
        The same shape.

    Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016.

    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1588,  0.    ,  0.8412])
    """
    return 0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))


# ----- over classes -----


def log_softmax(x: Any, axis: int = -1) -> Any:
    r"""The logarithm of `softmax`.

    $$x_i - \log \sum_j e^{x_j}$$

    Args:
        x: scores; those of one example lie along `axis`.
        axis: of the classes.

    Returns:
        The same shape, nothing above 0.

    Source: Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.

    >>> log_softmax(np.array([1000.0, 0.0]))
    array([    0., -1000.])
    """
    return x - np.logaddexp.reduce(x, axis=axis, keepdims=True)


def softmax(x: Any, axis: int = -1) -> Any:
    r"""Scores as probabilities: positive, and one in sum.

    $$\frac{e^{x_i}}{\sum_j e^{x_j}}$$

    Args:
        x: scores; those of one example lie along `axis`.
        axis: of the classes.

    Returns:
        The same shape; along `axis` the sum is 1.

    Source: Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.

    >>> softmax(np.array([0.0, 0.0, 1000.0]))
    array([0., 0., 1.])
    """
    return np.exp(log_softmax(x, axis))
