r"""Schedules: learning rates that change, as functions of the number of steps made so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Schedule = Callable[[Any], Any]


def exponential_decay(start: float, steps: int, factor: float) -> Schedule:
    r"""$\eta_0 \cdot \text{factor}^{t / \text{steps}}$.

    Args:
        start: η₀.
        steps: in how many the rate falls by the factor.
        factor: below 1.

    >>> float(exponential_decay(0.8, 10, 0.5)(20))
    0.2
    """
    return lambda count: start * factor ** (count / steps)


def cosine_decay(start: float, steps: int, floor: float = 0.0) -> Schedule:
    r"""From the start to the floor along half a wave, then level: $\frac{1}{2} (1 + \cos(\pi t / T))$.

    Args:
        start: the first rate.
        steps: until the floor is reached, T.
        floor: the last rate.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.

    >>> schedule = cosine_decay(1.0, 10)
    >>> [round(float(schedule(t)), 4) for t in (0, 5, 10, 99)]
    [1.0, 0.5, 0.0, 0.0]
    """

    def rate(count: Any) -> Any:
        share = np.minimum(count, steps) / steps
        return floor + (start - floor) * 0.5 * (1 + np.cos(np.pi * share))

    return rate


def warmup(steps: int, then: float | Schedule) -> Schedule:
    """Rise from zero in a line, and go on with another schedule, which counts from the end of the rise.

    Args:
        steps: of the rise.
        then: the rate behind it, or a schedule.

    Source: Goyal et al., "Accurate, large minibatch SGD", 2017.

    >>> schedule = warmup(4, 1.0)
    >>> [float(schedule(t)) for t in (0, 2, 4, 9)]
    [0.0, 0.5, 1.0, 1.0]
    """

    def rate(count: Any) -> Any:
        after = then(np.maximum(count - steps, 0)) if callable(then) else then
        return after * np.minimum(count / steps, 1.0)

    return rate


def piecewise(start: float, drops: dict[int, float]) -> Schedule:
    """A rate that is multiplied at given steps.

    Args:
        start: the first rate.
        drops: what the rate is multiplied by, by the number of the step.

    >>> schedule = piecewise(1.0, {10: 0.1, 20: 0.5})
    >>> [float(schedule(t)) for t in (0, 10, 25)]
    [1.0, 0.1, 0.05]
    """

    def rate(count: Any) -> Any:
        value: Any = start
        for step, factor in drops.items():
            value = value * np.where(count >= step, factor, 1.0)
        return value

    return rate
