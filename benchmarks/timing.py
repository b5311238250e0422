"""Interleaved medians: every contender in turn, many rounds, so that a busy moment hits all alike.

Between two of them there is a pause: the threads of some libraries spin for a while after their work is done,
and would take the processor from whoever comes next.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

PAUSE = 0.01  # seconds


@dataclass(frozen=True)
class Timing:
    """Seconds a call: the median over the rounds, and the fastest round."""

    median: float
    fastest: float


def measure(contenders: dict[str, Callable[[], object]], seconds: float = 2.0) -> dict[str, Timing]:
    """Time each contender.

    Args:
        contenders: by name, what to call.
        seconds: about how long each gets in all.

    Returns:
        A timing for each name.
    """
    batches = {name: _batch(call, seconds) for name, call in contenders.items()}
    rounds: dict[str, list[float]] = {name: [] for name in contenders}
    slowest = max(_once(call, batches[name]) * batches[name] for name, call in contenders.items())
    for _ in range(max(5, min(200, int(seconds / slowest)))):
        for name, call in contenders.items():
            time.sleep(PAUSE)
            rounds[name].append(_once(call, batches[name]))
    return {name: Timing(statistics.median(t), min(t)) for name, t in rounds.items()}


def _batch(call: Callable[[], object], seconds: float) -> int:
    """How many calls in a row make one round: a hundredth of the time, and at least one."""
    call()
    call()
    return max(1, int(seconds / 100 / max(_once(call, 3), 1e-7)))


def _once(call: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times
