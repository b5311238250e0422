"""What people call of `scipy.linalg`, in terms of NumPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg as sl

from chalkgrad.errors import NotYetError
from chalkgrad.op import compose


@compose(sl.inv)
def _inv(a: Any, *_: Any, **__: Any) -> Any:
    return np.linalg.inv(a)


@compose(sl.det)
def _det(a: Any, *_: Any, **__: Any) -> Any:
    return np.linalg.det(a)


@compose(sl.pinv)
def _pinv(a: Any, *_: Any, **__: Any) -> Any:
    return np.linalg.pinv(a)


@compose(sl.norm)
def _norm(
    a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False, check_finite: bool = True
) -> Any:
    return np.linalg.norm(a, ord, axis, keepdims)


@compose(sl.solve)
def _solve(a: Any, b: Any, *, transposed: bool = False, **_: Any) -> Any:
    return np.linalg.solve(a.T if transposed else a, b)


@compose(sl.solve_triangular)
def _solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **_: Any
) -> Any:
    """The other triangle is not read."""
    part = np.tril(a) if lower else np.triu(a)
    if unit_diagonal:
        part = part - np.diag(np.diag(part)) + np.eye(np.shape(a)[0])
    return np.linalg.solve(part.T if trans in (1, "T") else part, b)


@compose(sl.cholesky)
def _cholesky(a: Any, lower: bool = False, **_: Any) -> Any:
    """SciPy reads the triangle that it writes."""
    return np.linalg.cholesky(a) if lower else np.linalg.cholesky(a.T).T


@compose(sl.cho_solve)
def _cho_solve(c_and_lower: Any, b: Any, **_: Any) -> Any:
    c, lower = c_and_lower
    factor = np.tril(c) if lower else np.triu(c).T
    return np.linalg.solve(factor.T, np.linalg.solve(factor, b))


@compose(sl.eigh)
def _eigh(a: Any, b: Any = None, *, lower: bool = True, eigvals_only: bool = False, **_: Any) -> Any:
    if b is not None:
        raise NotYetError("scipy.linalg.eigh: the generalised problem has no derivative yet")
    uplo: Any = "L" if lower else "U"
    return np.linalg.eigvalsh(a, uplo) if eigvals_only else tuple(np.linalg.eigh(a, uplo))


@compose(sl.block_diag)
def _block_diag(*arrs: Any) -> Any:
    blocks = [np.atleast_2d(a) for a in arrs]
    widths = [np.shape(b)[1] for b in blocks]
    rows = []
    for i, block in enumerate(blocks):
        before, after = sum(widths[:i]), sum(widths[i + 1 :])
        rows.append(np.pad(block, ((0, 0), (before, after))))
    return np.concatenate(rows, axis=0)
