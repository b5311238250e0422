"""Arguments for the operations' tests, drawn as a row's `try_on` asks."""

from __future__ import annotations

import zlib

import numpy as np

from chalkgrad.op import Case, Op, Sample


def rng_for(*keys: object) -> np.random.Generator:
    """The same numbers in every run, others for every test."""
    return np.random.default_rng(zlib.crc32(repr(keys).encode()))


def draw(sample: Sample, rng: np.random.Generator) -> np.ndarray:
    """One argument of the kind that `sample` describes."""
    low, high, shape = sample.low, sample.high, sample.shape
    if sample.kind == "bool":
        return np.asarray(rng.random(shape) < 0.5)
    if sample.kind == "int":
        return rng.integers(int(low), int(high) + 1, shape)
    if sample.kind == "distinct":
        n = int(np.prod(shape))
        return rng.permutation(np.linspace(low, high, n) if n > 1 else np.array([high])).reshape(shape)
    x = rng.uniform(low, high, shape)
    if sample.kind == "sym":
        return (x + np.swapaxes(x, -1, -2)) / 2
    if sample.kind == "spd":
        return x @ np.swapaxes(x, -1, -2) + shape[-1] * np.eye(shape[-1])
    if sample.kind == "invertible":
        return x + 2 * shape[-1] * np.eye(shape[-1])
    return x


def arguments(op: Op, case: Case) -> tuple[np.ndarray, ...]:
    """Arguments for one case of a row."""
    rng = rng_for(op.name, sorted(case.params.items(), key=str))
    return tuple(draw(s, rng) for s in (op.try_on if case.samples is None else case.samples))


def cases(op: Op) -> tuple[Case, ...]:
    """The calls on which a row is tried: its own, or the one without parameters."""
    return op.cases or (Case(),)
