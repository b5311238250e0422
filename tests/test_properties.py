"""Random compositions of operations: the engines and JAX's own gradient of the same program agree.

A quick run tries some programs; `CHALKGRAD_EXAMPLES=5000 pytest tests/test_properties.py` tries thousands.
"""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

import chalkgrad as cg
from chalkgrad.run.numpy import run

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

from programs import programs  # noqa: E402

EXAMPLES = int(os.environ.get("CHALKGRAD_EXAMPLES", "60"))


def same(got, wanted, scale=1.0):
    np.testing.assert_allclose(got, wanted, rtol=1e-7, atol=1e-9 * scale)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=EXAMPLES <= 60,
    database=None,
    print_blob=False,
)
@given(programs())
def test_engines_and_jax_agree(drawn):
    program, inputs = drawn
    with np.errstate(all="ignore"):
        assume(program.is_tame(inputs))

    def f(*inputs):
        return program(np, *inputs)

    everything = tuple(range(len(inputs)))
    value, gradients = cg.value_and_grad(f, everything)(*inputs)
    graph = cg.trace(f, *inputs)
    same(value, f(*inputs))
    same(run(graph, *inputs), f(*inputs))

    compiled_value, compiled_gradients = cg.compile(cg.value_and_grad(f, everything))(*inputs)
    with jax.enable_x64(True):
        theirs = jax.jit(jax.value_and_grad(lambda *v: program(jnp, *v), everything))
        their_value, their_gradients = theirs(*inputs)
    scale = 1 + max(float(np.max(np.abs(g))) for g in their_gradients)
    same(compiled_value, value, abs(float(value)) + 1)
    same(their_value, value, abs(float(value)) + 1)
    for ours, compiled, other in zip(gradients, compiled_gradients, their_gradients, strict=True):
        assert np.shape(ours) == np.shape(other)
        same(ours, other, scale)
        same(compiled, ours, scale)
