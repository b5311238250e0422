r"""Smooth activations, with the mathematics in the docstrings."""
import numpy as np
from scipy.special import erf


def gelu(x):
    r"""Gaussian error linear unit.

    .. math::
        \text{gelu}(x) = \frac{x}{2} \left(1 + \text{erf}\left(\frac{x}{\sqrt{2}}\right)\right)
    """
    return 0.5 * x * (1 + erf(x / np.sqrt(2)))


def gelu_grad(x):
    phi = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    return 0.5 * (1 + erf(x / np.sqrt(2))) + x * phi


def swish(x, beta=1.0):
    r"""$\text{swish}(x) = \frac{x}{1 + e^{-\beta x}}$"""
    return x / (1 + np.exp(-beta * x))


def swish_grad(x, beta=1.0):
    s = 1 / (1 + np.exp(-beta * x))
    return s + beta * x * s * (1 - s)


def mish(x):
    r"""$$\text{mish}(x) = x \tanh(\log(1 + e^x))$$"""
    return x * np.tanh(np.log1p(np.exp(x)))


def softsign(x):
    r"""$\text{softsign}(x) = \frac{x}{1 + |x|}$"""
    return x / (1 + np.abs(x))


def softsign_grad(x):
    return 1 / (1 + np.abs(x)) ** 2
