"""Text from a network that has learnt what comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn.activations import softmax
from chalkgrad.train.data.text import Characters


def generate(
    model: Callable[[Any], Any],
    code: Characters,
    start: str,
    length: int = 200,
    places: int = 64,
    temperature: float = 1.0,
    stop: str = "",
    seed: int = 0,
) -> str:
    r"""Draw one character after another, each from what the network thinks of those before it.

    $$c_{t + 1} \sim \text{softmax}(s_t / \tau)$$

    Args:
        model: (1, time) whole numbers to scores (1, time, characters), such as what `fit` returns.
        code: the alphabet that the network was trained with.
        start: what the text begins with, one character at least.
        length: how many characters are added at most.
        places: how many of the last characters the network sees.
        temperature: τ; below 1 the likely becomes likelier, above 1 all becomes more alike.
        stop: a character that ends the text, and is not part of it.
        seed: the same seed gives the same text.

    Returns:
        What was added to the start.

    Raises:
        ArgumentError: there is no start, or the temperature is not above 0.

    Source: Ackley, Hinton and Sejnowski, "A learning algorithm for Boltzmann machines", 1985, for the
    temperature.

    >>> after = np.log(np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]) + 1e-300)
    >>> generate(lambda x: after[x], Characters("abc"), "a", length=5)
    'bcabc'
    """
    if not start:
        raise ArgumentError("a text begins with something: generate(model, code, start='a')")
    if not temperature > 0:
        raise ArgumentError(f"temperature={temperature}: it is above 0. Cure: 1.0, or less for likelier text")
    if places < 1 or length < 0:
        raise ArgumentError(
            f"places={places} and length={length}. Cure: a place or more, and no length below 0"
        )
    if len(stop) > 1:
        raise ArgumentError(f"stop={stop!r} is more than one character. Cure: stop={stop[0]!r}")
    rng, numbers = np.random.default_rng(seed), code.encode(start).tolist()
    for _ in range(length):
        score = _next(model(np.array([numbers[-places:]], np.int32)), code)
        numbers.append(_drawn(softmax(score / temperature), rng))
        if code.alphabet[numbers[-1]] == stop:
            numbers.pop()
            break
    return code.decode(numbers[len(start) :])


def _next(scores: Any, code: Characters) -> np.ndarray:
    """The scores of what comes after the last place."""
    scores = np.asarray(scores)
    if scores.ndim != 3 or scores.shape[-1] != len(code):
        raise ArgumentError(
            f"the network gives scores of shape {scores.shape}, and {len(code)} characters want (1, time, "
            f"{len(code)}). Cure: the alphabet that it was trained with, and scores at each place"
        )
    return scores[0, -1].astype(np.float64)


def _drawn(shares: np.ndarray, rng: np.random.Generator) -> int:
    return min(int(np.searchsorted(np.cumsum(shares), rng.random())), len(shares) - 1)
