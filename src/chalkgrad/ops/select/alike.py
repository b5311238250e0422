"""Questions whose answer is true or false: constant almost everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import ELEMENTWISE, MIXING, Sample, define
from chalkgrad.ops.shared import call


def _question(key: Any, kind: str, cases: tuple = ()) -> None:
    name = key.__name__
    define(
        key,
        latex=call(name),
        grads=None,
        xla=f"jax.numpy.{name}({{0}}, {{1}}, {{**}})",
        js=f"kernel:{name}",
        try_on=(Sample(0, 2, kind="int"), Sample(0, 2, kind="int")),
        cases=cases,
        kind=kind,
    )


_question(np.isclose, ELEMENTWISE, ({}, {"atol": 1.0}))
_question(np.isin, MIXING)
