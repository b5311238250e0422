"""Functions as courses have them: the value is NumPy's, the gradient is that of central differences."""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.tree import flatten
from course.shelf import CASES, Course

for _module in pkgutil.iter_modules(importlib.import_module("course").__path__, "course."):
    importlib.import_module(_module.name)

STEP = 1e-6


def real(leaf):
    return isinstance(leaf, (float, np.floating)) or (isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f")


def weighted(result):
    """One number of everything a function returns, each entry with a weight of its own."""
    total, r = 0.0, np.random.default_rng(3)
    for leaf in flatten(result)[0]:
        if real(leaf):
            total = total + np.sum(leaf * r.uniform(0.5, 1.5, size=np.shape(leaf)))
    return total


def objective(case: Course):
    def f(*args):
        np.random.seed(5)
        return weighted(case.f(*args))

    return f


def difference(case: Course, argument: int, leaf: int, entry: int) -> float:
    """The central difference by one entry of one leaf of one argument."""
    values = []
    for h in (STEP, -STEP):
        args = list(case.arguments())
        leaves, structure = flatten(args[argument])
        moved = np.array(leaves[leaf], dtype=float)
        moved.reshape(-1)[entry] += h
        leaves[leaf] = moved if isinstance(leaves[leaf], np.ndarray) else float(moved)
        args[argument] = importlib.import_module("chalkgrad.tree").unflatten(structure, leaves)
        values.append(objective(case)(*args))
    return (values[0] - values[1]) / (2 * STEP)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_value_and_gradient(case: Course):
    args = case.arguments()
    argnums = tuple(
        i for i, a in enumerate(args) if flatten(a)[0] and all(real(leaf) for leaf in flatten(a)[0])
    )
    assert argnums, "nothing to differentiate by"
    expected = objective(case)(*case.arguments())
    value, grads = cg.value_and_grad(objective(case), argnums)(*args)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    r = np.random.default_rng(11)
    for argument, grad in zip(argnums, grads, strict=True):
        for leaf, g in enumerate(flatten(grad)[0]):
            for entry in r.permutation(np.size(g))[:4]:
                approximate = difference(case, argument, leaf, entry)
                np.testing.assert_allclose(np.reshape(g, -1)[entry], approximate, rtol=2e-4, atol=2e-6)


def test_the_callers_arrays_stay_as_they_are():
    for case in CASES:
        args = case.arguments()
        before = [np.array(leaf) for leaf in flatten(args)[0] if real(leaf)]
        cg.grad(objective(case), next(i for i, a in enumerate(args) if all(map(real, flatten(a)[0]))))(*args)
        after = [np.array(leaf) for leaf in flatten(args)[0] if real(leaf)]
        for a, b in zip(before, after, strict=True):
            np.testing.assert_array_equal(a, b)


def test_there_are_many():
    assert len(CASES) >= 80
