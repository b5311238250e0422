"""Inverses, determinants and linear equations.

Source of the rules: M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic
differentiation (2008), section 2; for the pseudo-inverse G. H. Golub and V. Pereyra (1973).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import ATOM, CALL, MIXING, MUL, OPEN, POW, Case, Latex, Sample, compose, define
from chalkgrad.ops.shared import call, flip_last

_SQUARE = Sample(-1, 1, (3, 3), "invertible")
_STACK = Sample(-1, 1, (2, 3, 3), "invertible")
_ONE_AND_MANY: tuple = ({}, Case({}, (_STACK,)))


def _per_matrix(g: Any) -> Any:
    """One number a matrix, shaped to multiply all its entries."""
    return g if np.ndim(g) == 0 else np.expand_dims(g, (-2, -1))


# ----- inverses -----

inv = define(
    np.linalg.inv,
    latex=Latex("{0}^{-1}", binds=POW, holes=(ATOM,)),
    grads=(lambda g, y, x: -flip_last(y) @ g @ flip_last(y),),
    xla="jax.numpy.linalg.inv",
    js="kernel:inv",
    try_on=(_SQUARE,),
    cases=_ONE_AND_MANY,
    kind=MIXING,
)


def _pinv_rule(g: Any, y: Any, x: Any, **_: Any) -> Any:
    yt, gt = flip_last(y), flip_last(g)
    beyond_rows = np.eye(np.shape(x)[-2]) - x @ y
    beyond_columns = np.eye(np.shape(x)[-1]) - y @ x
    return -yt @ g @ yt + beyond_rows @ gt @ y @ yt + yt @ y @ gt @ beyond_columns


pinv = define(
    np.linalg.pinv,
    latex=call("linalg.pinv"),
    grads=(_pinv_rule,),
    xla="jax.numpy.linalg.pinv({0}, {**})",
    js="kernel:pinv",
    try_on=(Sample(),),
    cases=({}, Case({}, (Sample(shape=(4, 2)),)), Case({}, (_SQUARE,))),
    kind=MIXING,
)

# ----- determinants -----

det = define(
    np.linalg.det,
    latex=Latex(r"\det({0})", binds=CALL, holes=(OPEN,)),
    grads=(lambda g, y, x: _per_matrix(g * y) * flip_last(np.linalg.inv(x)),),
    xla="jax.numpy.linalg.det",
    js="kernel:det",
    try_on=(_SQUARE,),
    cases=_ONE_AND_MANY,
    kind=MIXING,
)


def _log_abs_det(x: Any) -> Any:
    return np.linalg.slogdet(x)[1]


def _sign_det(x: Any) -> Any:
    return np.linalg.slogdet(x)[0]


log_abs_det = define(
    _log_abs_det,
    name="linalg.slogdet_log",
    latex=Latex(r"\ln|\det({0})|", binds=CALL, holes=(OPEN,)),
    grads=(lambda g, y, x: _per_matrix(g) * flip_last(np.linalg.inv(x)),),
    xla="jax.numpy.linalg.slogdet({0})[1]",
    js="kernel:slogdet_log",
    python="np.linalg.slogdet({0})[1]",
    try_on=(_SQUARE,),
    cases=_ONE_AND_MANY,
    kind=MIXING,
)
sign_det = define(
    _sign_det,
    name="linalg.slogdet_sign",
    latex=Latex(r"\operatorname{sign}(\det({0}))", binds=CALL, holes=(OPEN,)),
    grads=None,
    xla="jax.numpy.linalg.slogdet({0})[0]",
    js="kernel:slogdet_sign",
    python="np.linalg.slogdet({0})[0]",
    try_on=(_SQUARE,),
    cases=_ONE_AND_MANY,
    kind=MIXING,
)


@compose(np.linalg.slogdet)
def _slogdet(a: Any) -> Any:
    kind = type(np.linalg.slogdet(np.eye(1)))
    return kind(sign_det(a), log_abs_det(a))


# ----- linear equations -----


def _solve_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    t = np.linalg.solve(flip_last(a), g)
    if np.ndim(b) == 1:
        return -np.outer(t, y) if np.ndim(a) == 2 else -np.expand_dims(t, -1) * np.expand_dims(y, -2)
    return -t @ flip_last(y)


solve = define(
    np.linalg.solve,
    latex=Latex("{0}^{-1} {1}", binds=MUL, holes=(ATOM, MUL)),
    grads=(_solve_left, lambda g, y, a, b: np.linalg.solve(flip_last(a), g)),
    xla="jax.numpy.linalg.solve",
    js="kernel:solve",
    try_on=(_SQUARE, Sample(shape=(3, 2))),
    cases=({}, Case({}, (_SQUARE, Sample(shape=(3,)))), Case({}, (_STACK, Sample(shape=(2, 3, 2))))),
    kind=MIXING,
)


@compose(np.linalg.lstsq)
def _lstsq(a: Any, b: Any, rcond: Any = None) -> tuple:
    """The shortest of the best solutions, A⁺b, with what is left over, the rank, and the singular values."""
    m, n = np.shape(a)
    cut = np.finfo(float).eps * max(m, n) if rcond is None else rcond
    x = np.linalg.pinv(a, cut) @ b
    rank, s = np.linalg.matrix_rank(a), np.linalg.svdvals(a)
    left = b - a @ x
    residuals = np.sum(left**2, axis=0, keepdims=np.ndim(b) == 1)
    return x, residuals if m > n and rank == n else np.zeros(0), rank, s


matrix_rank = define(
    np.linalg.matrix_rank,
    latex=call("linalg.matrix_rank"),
    grads=None,
    xla="jax.numpy.linalg.matrix_rank({0}, {**})",
    js="kernel:matrix_rank",
    try_on=(Sample(),),
    kind=MIXING,
)

# ----- powers and chains of products -----


def _matrix_power_rule(g: Any, y: Any, x: Any, n: int) -> Any:
    if n < 0:
        inverse = np.linalg.inv(x)
        return -flip_last(inverse) @ _matrix_power_rule(g, y, inverse, -n) @ flip_last(inverse)
    xt = flip_last(x)
    terms = [np.linalg.matrix_power(xt, k) @ g @ np.linalg.matrix_power(xt, n - 1 - k) for k in range(n)]
    return sum(terms) if terms else 0 * x


matrix_power = define(
    np.linalg.matrix_power,
    latex=call("linalg.matrix_power"),
    grads=(_matrix_power_rule,),
    xla="jax.numpy.linalg.matrix_power({0}, {n})",
    js="kernel:matrix_power",
    try_on=(_SQUARE,),
    cases=({"n": 3}, {"n": 1}, {"n": 0}, {"n": -2}),
    kind=MIXING,
)


@compose(np.linalg.multi_dot)
def _multi_dot(arrays: Any, *, out: Any = None) -> Any:
    product = arrays[0]
    for a in arrays[1:]:
        product = np.dot(product, a)
    return product


@compose(np.linalg.cond)
def _cond(x: Any, p: Any = None) -> Any:
    if p in (None, 2):
        s = np.linalg.svdvals(x)
        return s[..., 0] / s[..., -1]
    return np.linalg.norm(x, p, (-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, (-2, -1))


@compose(np.linalg.tensorinv)
def _tensorinv(a: Any, ind: int = 2) -> Any:
    shape = np.shape(a)
    n = int(np.prod(shape[:ind]))
    return np.reshape(np.linalg.inv(np.reshape(a, (n, -1))), shape[ind:] + shape[:ind])


@compose(np.linalg.tensorsolve)
def _tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    if axes is not None:
        a = np.moveaxis(a, tuple(axes), tuple(range(np.ndim(a) - len(axes), np.ndim(a))))
    n = int(np.size(b))
    return np.reshape(np.linalg.solve(np.reshape(a, (n, -1)), np.ravel(b)), np.shape(a)[np.ndim(b) :])


# ----- the array standard's names -----


@compose(np.linalg.matmul)
def _matmul(x1: Any, x2: Any, /) -> Any:
    return np.matmul(x1, x2)


@compose(np.linalg.outer)
def _outer(x1: Any, x2: Any, /) -> Any:
    return np.outer(x1, x2)


@compose(np.linalg.cross)
def _cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return np.cross(x1, x2, axis=axis)


@compose(np.linalg.tensordot)
def _tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    return np.tensordot(x1, x2, axes)


@compose(np.linalg.trace)
def _trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return np.trace(x, offset, -2, -1)


@compose(np.linalg.diagonal)
def _diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return np.diagonal(x, offset, -2, -1)


@compose(np.matrix_transpose, np.linalg.matrix_transpose)
def _matrix_transpose(x: Any, /) -> Any:
    return flip_last(x)
