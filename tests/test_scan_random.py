"""Random loops: values, gradients and second derivatives agree in both engines, with JAX's and with the loop
written out in Python.

A quick run tries some; `CHALKGRAD_EXAMPLES=5000 pytest tests/test_scan_random.py` tries thousands.
"""

import numpy as np
import pytest
from hypothesis import assume, given

import chalkgrad as cg
from chalkgrad.loops.scan import _in_python
from chalkgrad.tree import flatten

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

from often import EXAMPLES, often  # noqa: E402
from scans import LARGEST, Loop, loops  # noqa: E402

leaves = jax.tree.leaves


def written_out(step, params, state, xs):
    return _in_python(step, params, state, xs, len(flatten(xs)[0][0]))


def in_jax(step, params, state, xs):
    return jax.lax.scan(lambda s, x: step(params, s, x), state, xs)


def product_with(gradient, direction):
    """The number whose gradient is the Hessian times a direction."""

    def along(given):
        pairs = zip(leaves(gradient(given)), leaves(direction), strict=True)
        return sum((g * d).sum() for g, d in pairs)

    return along


def alike(got, wanted, digits, what):
    got, wanted = leaves(got), [np.asarray(w) for w in leaves(wanted)]
    scale = 1 + max(float(np.max(np.abs(w))) for w in wanted)
    for one, other in zip(got, wanted, strict=True):
        assert np.shape(one) == other.shape, what
        assert np.asarray(one).dtype == other.dtype, what
        np.testing.assert_allclose(one, other, rtol=digits, atol=digits * scale, err_msg=what)


def direction_of(loop):
    rng = np.random.default_rng(1)
    return jax.tree.map(lambda v: np.asarray(rng.normal(size=np.shape(v)), loop.dtype), loop.given)


def digits_of(loop):
    return 1e-9 if loop.dtype == np.float64 else 3e-4


def assume_tame(*trees):
    """No value is so large that rounding decides."""
    assume(all(np.all(np.abs(v) < LARGEST) for tree in trees for v in leaves(tree)))


@often(EXAMPLES or 60)
@given(loops())
def test_it_is_the_loop_written_out(loop: Loop):
    ours, plain, digits = loop.loss(np, cg.scan), loop.loss(np, written_out), digits_of(loop)
    value, slopes = cg.value_and_grad(plain)(loop.given)
    twice = [cg.grad(product_with(cg.grad(f), direction_of(loop))) for f in (ours, plain)]
    curved = twice[1](loop.given)
    assume_tame(value, slopes, curved)
    alike(ours(loop.given), value, digits, "value")
    found, gradient = cg.value_and_grad(ours)(loop.given)
    alike(found, value, digits, "value under trace")
    alike(gradient, slopes, digits, "gradient")
    alike(twice[0](loop.given), curved, 10 * digits, "second derivative")


@often((EXAMPLES or 64) // 16)
@given(loops())
def test_engines_and_jax_agree(loop: Loop):
    ours, theirs, digits = loop.loss(np, cg.scan), loop.loss(jnp, in_jax), digits_of(loop)
    value, slopes = cg.value_and_grad(ours)(loop.given)
    assume_tame(value, slopes)
    with jax.enable_x64(True):
        arrays, direction = jax.tree.map(jnp.asarray, (loop.given, direction_of(loop)))
        both = lambda v: (  # noqa: E731
            *jax.value_and_grad(theirs)(v),
            jax.grad(product_with(jax.grad(theirs), direction))(v),
        )
        value, slopes, curved = jax.tree.map(np.asarray, jax.jit(both)(arrays))
    assume_tame(curved)
    twice = cg.grad(product_with(cg.grad(ours), direction_of(loop)))
    for wrap in (lambda f: f, cg.compile):
        found, gradient = wrap(cg.value_and_grad(ours))(loop.given)
        alike(found, value, digits, f"value, {wrap}")
        alike(gradient, slopes, digits, f"gradient, {wrap}")
        alike(wrap(twice)(loop.given), curved, 10 * digits, f"second derivative, {wrap}")


# ----- numbers, and what is no number -----

H, XS = np.array([0.1, 0.2], np.float32), np.array([1, 2, 3], np.float32)


def add_with(factor):
    return lambda p, s, x: (s * factor + x, s)


# fmt: off
NUMBERS = {
    "as a param":    (lambda h, scan: np.sum(scan(lambda p, s, x: (s * p + x, s), 0.5, h, XS)[0]), H),
    "as the state":  (lambda x, scan: np.sum(scan(lambda p, s, x: (s + x, s * x), (), 0.0, x)[1]), XS),
    "traced state":  (lambda s, scan: np.sum(scan(lambda p, s, x: (s * s + x, s * x), (), s, XS)[1]), 0.5),
    "traced param":  (lambda p, scan: np.sum(scan(lambda p, s, x: (s * p + x, s), p, H, XS)[0]), 0.5),
    "captured":      (lambda c, scan: np.sum(scan(add_with(c), (), c * H, XS)[0]), 0.5),
    "no y":          (lambda h, scan: np.sum(scan(lambda p, s, x: (s * x, None), (), h, XS)[0]), H),
    "some y":        (lambda h, scan: np.sum(scan(lambda p, s, x: (s, (None, s * x)), (), h, XS)[1][1]), H),
}
# fmt: on


@pytest.mark.parametrize("f,x", NUMBERS.values(), ids=list(NUMBERS))
def test_python_numbers_leave_single_precision_single(f, x):
    ours, plain = (lambda x: f(x, cg.scan)), (lambda x: f(x, written_out))
    curved = [cg.grad(lambda x, g=g: np.sum(cg.grad(g)(x) ** 2)) for g in (ours, plain)]
    for wrap in (lambda f: f, cg.compile):
        value, slope = wrap(cg.value_and_grad(ours))(x)
        assert value.dtype == plain(x).dtype == np.float32
        assert value == pytest.approx(plain(x), rel=1e-6)
        np.testing.assert_allclose(slope, cg.grad(plain)(x), rtol=1e-5)
        np.testing.assert_allclose(wrap(curved[0])(x), curved[1](x), rtol=1e-5)


def test_none_stays_none():
    def f(h):
        last, (nothing, ys) = cg.scan(lambda p, s, x: (s, (None, s * x)), (), h, XS)
        assert nothing is None
        return np.sum(last * ys)

    assert f(H) == cg.value_and_grad(f)(H)[0]
