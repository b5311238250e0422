"""Matrices taken apart: Cholesky, eigenvalues, singular values, QR.

An operation has one result, so each factor is a row of its own; what people call returns all.
Symmetric input is read from one triangle only, as LAPACK does, and the gradient lies in that triangle. Where
two eigenvalues or singular values coincide, the terms between their vectors are left out.

Sources: M. B. Giles, Collected matrix derivative results (2008), section 3; J. Townsend, Differentiating the
singular value decomposition (2016); I. Murray, Differentiation of the Cholesky decomposition (2016), section
3; S. F. Walter and L. Lehmann, Algorithmic differentiation of linear algebra functions (2010), section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import MIXING, Case, Op, Sample, compose, define
from chalkgrad.ops.elementwise.arithmetic import ratio
from chalkgrad.ops.shared import call, flip_last

# ----- helpers -----


def _unit(x: Any) -> np.ndarray:
    return np.eye(np.shape(x)[-1])


def _one_triangle(s: Any, upper: bool = False) -> Any:
    """The gradient of all entries, gathered in the triangle that is read."""
    both = s + flip_last(s)
    return (np.triu(both) if upper else np.tril(both)) - s * _unit(s)


def _gaps(values: Any) -> Any:
    """1 / (vⱼ − vᵢ), and 0 where they coincide."""
    return ratio(1.0, np.expand_dims(values, -2) - np.expand_dims(values, -1))


def _factor(
    fun: Callable,
    name: str,
    rule: Callable,
    xla: str,
    python: str,
    samples: tuple,
    cases: tuple = (),
    js: str | None = None,
) -> Op:
    return define(
        fun,
        name=name,
        latex=call(name),
        grads=(rule,),
        xla=xla,
        js=js,
        python=python,
        try_on=samples,
        cases=cases,
        kind=MIXING,
    )


# ----- Cholesky -----


def _cholesky_rule(g: Any, y: Any, x: Any, upper: bool = False) -> Any:
    if upper:
        raise NotYetError("np.linalg.cholesky: no derivative yet with upper=True; transpose the lower factor")
    p = flip_last(y) @ g
    p = np.tril(p) - p * _unit(x) / 2
    left = np.linalg.solve(flip_last(y), p)
    s = flip_last(np.linalg.solve(flip_last(y), flip_last(left)))
    return _one_triangle((s + flip_last(s)) / 2)


cholesky = define(
    np.linalg.cholesky,
    latex=call("linalg.cholesky"),
    grads=(_cholesky_rule,),
    xla="jax.numpy.linalg.cholesky({0}, symmetrize_input=False, {**})",
    js="kernel:cholesky",
    try_on=(Sample(-1, 1, (3, 3), "spd"),),
    cases=({}, Case({}, (Sample(-1, 1, (2, 3, 3), "spd"),))),
    kind=MIXING,
)

# ----- eigenvalues of symmetric matrices -----


def _bind_uplo(a: Any, UPLO: Any = "L") -> tuple:
    return (a,), {} if UPLO == "L" else {"UPLO": UPLO}


def _eigenvectors(x: Any, UPLO: Any = "L") -> Any:
    return np.linalg.eigh(x, UPLO)[1]


def _eigenvalues_rule(g: Any, y: Any, x: Any, UPLO: Any = "L") -> Any:
    v = eigenvectors(x, **_bind_uplo(x, UPLO)[1])
    return _one_triangle(v * np.expand_dims(g, -2) @ flip_last(v), UPLO == "U")


def _eigenvectors_rule(g: Any, y: Any, x: Any, UPLO: Any = "L") -> Any:
    w = np.linalg.eigvalsh(x, UPLO)
    s = y @ (_gaps(w) * (flip_last(y) @ g)) @ flip_last(y)
    return _one_triangle((s + flip_last(s)) / 2, UPLO == "U")


_SYMMETRIC = (Sample(-3, 3, (3, 3), "sym"),)
_EIGH: tuple = ({}, {"UPLO": "U"}, Case({}, (Sample(-3, 3, (2, 3, 3), "sym"),)))
eigenvalues = define(
    np.linalg.eigvalsh,
    latex=call("linalg.eigvalsh"),
    grads=(_eigenvalues_rule,),
    xla="jax.numpy.linalg.eigh({0}, symmetrize_input=False, {**})[0]",
    js="kernel:eigvalsh",
    try_on=_SYMMETRIC,
    cases=_EIGH,
    bind=_bind_uplo,
    kind=MIXING,
)
eigenvectors = _factor(
    _eigenvectors,
    "linalg.eigh_vectors",
    _eigenvectors_rule,
    "jax.numpy.linalg.eigh({0}, symmetrize_input=False, {**})[1]",
    "np.linalg.eigh({0}, {**})[1]",
    _SYMMETRIC,
    _EIGH,
)


@compose(np.linalg.eigh)
def _eigh(a: Any, UPLO: Any = "L") -> Any:
    kind = type(np.linalg.eigh(np.eye(1)))
    return kind(np.linalg.eigvalsh(a, UPLO), eigenvectors(a, **_bind_uplo(a, UPLO)[1]))


# ----- singular values -----


def _u(x: Any) -> Any:
    return np.linalg.svd(x, full_matrices=False)[0]


def _vh(x: Any) -> Any:
    return np.linalg.svd(x, full_matrices=False)[2]


def _beyond(u: Any) -> Any:
    """The projector on what the columns of `u` do not span."""
    return np.eye(np.shape(u)[-2]) - u @ flip_last(u)


def _s_rule(g: Any, y: Any, x: Any) -> Any:
    return left_vectors(x) * np.expand_dims(g, -2) @ right_vectors(x)


def _u_rule(g: Any, y: Any, x: Any) -> Any:
    s, vh = np.linalg.svdvals(x), right_vectors(x)
    turn = flip_last(y) @ g
    inside = _gaps(s**2) * (turn - flip_last(turn)) * np.expand_dims(s, -2)
    return (y @ inside + _beyond(y) @ g / np.expand_dims(s, -2)) @ vh


def _vh_rule(g: Any, y: Any, x: Any) -> Any:
    s, u = np.linalg.svdvals(x), left_vectors(x)
    turn = y @ flip_last(g)
    inside = np.expand_dims(s, -1) * _gaps(s**2) * (turn - flip_last(turn))
    return u @ (inside @ y + g @ _beyond(flip_last(y)) / np.expand_dims(s, -1))


_RECTANGLES: tuple = ({}, Case({}, (Sample(shape=(4, 2)),)), Case({}, (Sample(shape=(2, 3, 3)),)))
singular_values = define(
    np.linalg.svdvals,
    latex=call("linalg.svdvals"),
    grads=(_s_rule,),
    xla="jax.numpy.linalg.svd({0}, full_matrices=False, compute_uv=False)",
    js="kernel:svdvals",
    try_on=(Sample(),),
    cases=_RECTANGLES,
    kind=MIXING,
)
_SVD, _JAX_SVD = "np.linalg.svd({0}, full_matrices=False)", "jax.numpy.linalg.svd({0}, full_matrices=False)"
left_vectors = _factor(_u, "linalg.svd_u", _u_rule, _JAX_SVD + "[0]", _SVD + "[0]", (Sample(),), _RECTANGLES)
right_vectors = _factor(
    _vh, "linalg.svd_vh", _vh_rule, _JAX_SVD + "[2]", _SVD + "[2]", (Sample(),), _RECTANGLES
)


@compose(np.linalg.svd)
def _svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    if not compute_uv:
        return np.linalg.svdvals(a)
    if full_matrices and np.shape(a)[-1] != np.shape(a)[-2]:
        raise NotYetError(
            "np.linalg.svd: the full factors have no unique derivative; give full_matrices=False"
        )
    kind = type(np.linalg.svd(np.eye(1)))
    return kind(left_vectors(a), np.linalg.svdvals(a), right_vectors(a))


# ----- QR -----


def _q(x: Any) -> Any:
    return np.linalg.qr(x)[0]


def _r(x: Any) -> Any:
    return np.linalg.qr(x)[1]


def _qr_back(m: Any, lead: Any, q: Any, r: Any) -> Any:
    """(lead + Q sym(m)) R⁻ᵀ, where sym copies the lower triangle to the upper one."""
    sym = np.tril(m) + flip_last(np.tril(m, -1))
    return flip_last(np.linalg.solve(r, flip_last(lead + q @ sym)))


def _q_rule(g: Any, y: Any, x: Any) -> Any:
    return _qr_back(-flip_last(g) @ y, g, y, r_factor(x))


def _r_rule(g: Any, y: Any, x: Any) -> Any:
    q = q_factor(x)
    return _qr_back(y @ flip_last(g), 0 * q, q, y)


_TALL = (Sample(shape=(4, 3)),)
_QR: tuple = ({}, Case({}, (Sample(shape=(3, 3)),)))
q_factor = _factor(
    _q,
    "linalg.qr_q",
    _q_rule,
    "jax.numpy.linalg.qr({0})[0]",
    "np.linalg.qr({0})[0]",
    _TALL,
    _QR,
    "kernel:qr_q",
)
r_factor = _factor(
    _r,
    "linalg.qr_r",
    _r_rule,
    "jax.numpy.linalg.qr({0})[1]",
    "np.linalg.qr({0})[1]",
    _TALL,
    _QR,
    "kernel:qr_r",
)


@compose(np.linalg.qr)
def _qr(a: Any, mode: str = "reduced") -> Any:
    m, n = np.shape(a)[-2:]
    if m < n or (mode == "complete" and m != n) or mode == "raw":
        raise NotYetError(f"np.linalg.qr: no derivative yet for a {m}×{n} matrix with mode={mode!r}")
    if mode == "r":
        return r_factor(a)
    kind = type(np.linalg.qr(np.eye(1)))
    return kind(q_factor(a), r_factor(a))
