"""Functions written in terms of others give NumPy's values, traced and plain, and exact gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special

from chalkgrad.errors import NotYetError
from chalkgrad.grad import value_and_grad
from chalkgrad.op import COMPOSED
from samples import rng_for

F: dict[str, tuple[Callable, tuple[int, ...]]] = {
    "average": (lambda x: np.average(x, axis=1, weights=[1, 2, 3, 4]), (3, 4)),
    "average_all": (lambda x: np.average(x), (3, 4)),
    "average_rows": (lambda x: np.average(x, axis=0, weights=[1, 2, 3], keepdims=True), (3, 4)),
    "average_returned": (lambda x: np.average(x, weights=x**2, returned=True)[0], (3, 4)),
    "ptp": (lambda x: np.ptp(x, axis=0), (3, 4)),
    "cov": (lambda x: np.cov(x), (3, 4)),
    "cov_columns": (lambda x: np.cov(x, rowvar=False, ddof=0), (3, 4)),
    "cov_two": (lambda x: np.cov(x[0], x[1]), (2, 4)),
    "corrcoef": (lambda x: np.corrcoef(x), (3, 4)),
    "nansum": (lambda x: np.nansum(np.where(x > 1, np.nan, x), axis=0), (3, 4)),
    "nanmean": (lambda x: np.nanmean(np.where(x > 2, np.nan, x)), (3, 4)),
    "nanvar": (lambda x: np.nanvar(x, axis=1, ddof=1), (3, 4)),
    "nanstd": (lambda x: np.nanstd(x, axis=0), (3, 4)),
    "nanprod": (lambda x: np.nanprod(x, axis=1, keepdims=True), (3, 4)),
    "nancumsum": (lambda x: np.nancumsum(x, axis=1), (3, 4)),
    "nancumprod": (lambda x: np.nancumprod(x), (5,)),
    "diff": (lambda x: np.diff(x), (3, 4)),
    "diff_twice": (lambda x: np.diff(x, 2, axis=0), (3, 4)),
    "diff_ends": (lambda x: np.diff(x, prepend=0, append=x[:, :1]), (3, 4)),
    "ediff1d": (lambda x: np.ediff1d(x, to_begin=0.0, to_end=[1.0, 2.0]), (5,)),
    "trapezoid": (lambda x: np.trapezoid(x, dx=0.5, axis=0), (3, 4)),
    "trapezoid_x": (lambda x: np.trapezoid(x, x=np.array([0.0, 1.0, 3.0, 4.0])), (3, 4)),
    "trapezoid_xx": (lambda x: np.trapezoid(x**2, x=x), (3, 4)),
    "flipud": (lambda x: np.flipud(x), (3, 4)),
    "fliplr": (lambda x: np.fliplr(x), (3, 4)),
    "diagflat": (lambda x: np.diagflat(x, 1), (2, 2)),
    "atleast_1d": (lambda x: np.atleast_1d(x[0, 0], x)[0], (3, 4)),
    "atleast_2d": (lambda x: np.atleast_2d(x), (4,)),
    "atleast_3d": (lambda x: np.atleast_3d(x), (3, 4)),
    "atleast_3d_line": (lambda x: np.atleast_3d(x), (4,)),
    "hstack": (lambda x: np.hstack([x, x**2]), (3, 4)),
    "hstack_lines": (lambda x: np.hstack((x, 1.0, x[0])), (3,)),
    "vstack": (lambda x: np.vstack([x, np.ones(4), x[0] ** 2]), (3, 4)),
    "vstack_lines": (lambda x: np.vstack((x, x**2)), (3,)),
    "dstack": (lambda x: np.dstack([x, x**2]), (3, 4)),
    "dstack_lines": (lambda x: np.dstack([x, x**2]), (4,)),
    "column_stack": (lambda x: np.column_stack([x, x**2, np.ones((4, 2))]), (4,)),
    "append": (lambda x: np.append(x, [1.0, 2.0]), (3, 4)),
    "append_axis": (lambda x: np.append(x, x[:, :1], axis=1), (3, 4)),
    "insert": (lambda x: np.insert(x, 1, x[0] ** 2, axis=0), (3, 4)),
    "insert_number": (lambda x: np.insert(x, -1, 5.0), (4,)),
    "insert_places": (lambda x: np.insert(x, [3, 1, 1], x[0] * np.arange(3.0)), (4,)),
    "insert_columns": (lambda x: np.insert(x, 1, x[:2], axis=1), (3, 3)),
    "insert_slice": (lambda x: np.insert(x, slice(0, 2), [7.0, 8.0], axis=1), (3, 2)),
    "delete": (lambda x: np.delete(x, [0, 2], axis=1), (3, 4)),
    "choose_by_list": (lambda x: np.choose([0, 1, 0, 2], [x, x**2, 3.0]), (4,)),
    "compress_by_numbers": (lambda x: x.compress([1, 0, 2]), (3,)),
    "polyval_at_a_list": (lambda x: np.polyval(x, [1, 2.0]), (4,)),
    "trapezoid_of_a_list": (lambda x: np.trapezoid([1, 2, 3, 4], x), (4,)),
    "nanvar_with_gaps": (lambda x: np.nanvar(np.where(x > 1, np.nan, x), axis=1), (3, 4)),
    "nanstd_with_gaps": (lambda x: np.nanstd(np.where(x > 1, np.nan, x), ddof=1), (3, 4)),
    "flatten_by_columns": (lambda x: x.flatten("F"), (3, 4)),
    "reshape_by_columns": (lambda x: np.reshape(x, (2, -1), "F"), (3, 4)),
    "ravel_by_columns": (lambda x: (x * x).ravel(order="F"), (3, 2, 2)),
    "block": (lambda x: np.block([[x, x.T @ x[:, :2]], [np.zeros((1, 4)), x[:1, :2]]]), (4, 4)),
    "block_row": (lambda x: np.block([x[0], x[1] ** 2]), (3, 4)),
    "array_split": (lambda x: np.array_split(x, 3, axis=1)[0] ** 2, (3, 4)),
    "split": (lambda x: np.concatenate(np.split(x, 2, axis=1)[::-1]), (3, 4)),
    "split_at": (lambda x: np.split(x, [1, 3], axis=1)[1], (3, 4)),
    "hsplit": (lambda x: np.hsplit(x, 2)[1], (3, 4)),
    "vsplit": (lambda x: np.vsplit(x, 3)[2], (3, 4)),
    "dsplit": (lambda x: np.dsplit(x, 2)[1], (2, 3, 4)),
    "broadcast_arrays": (lambda x: np.broadcast_arrays(x[0], x)[0], (3, 4)),
    "meshgrid": (lambda x: sum(i * g for i, g in enumerate(np.meshgrid(x, x**2, x[:2]), 1)), (3,)),
    "meshgrid_ij": (lambda x: np.meshgrid(x, x**2, indexing="ij", sparse=True)[1], (3,)),
    "rollaxis": (lambda x: np.rollaxis(x, 2), (2, 3, 4)),
    "rollaxis_to": (lambda x: np.rollaxis(x, 0, 2), (2, 3, 4)),
    "resize": (lambda x: np.resize(x, (3, 3)), (2, 2)),
    "take": (lambda x: np.take(x, [[0, 2], [1, 1]], axis=1), (3, 4)),
    "take_flat": (lambda x: np.take(x, np.array([0, 5, 5])), (3, 4)),
    "take_wrap": (lambda x: np.take(x, [5, -1], axis=0, mode="wrap"), (3, 4)),
    "take_clip": (lambda x: np.take(x, [9, -3], axis=-1, mode="clip"), (3, 4)),
    "compress": (lambda x: np.compress([True, False, True], x, axis=0), (3, 4)),
    "extract": (lambda x: np.extract(x > 0, x), (3, 4)),
    "select": (lambda x: np.select([x < -1, x > 1], [x**2, np.sin(x)], 7.0), (3, 4)),
    "choose": (lambda x: np.choose(np.array([0, 2, 1]), [x, x**2, x**3]), (3,)),
    "piecewise": (lambda x: np.piecewise(x, [x < 0, x >= 1], [lambda t: t**2, np.log, 0.5]), (6,)),
    "clip_low": (lambda x: np.clip(x, 0, None), (3, 4)),
    "clip_high": (lambda x: np.clip(x, None, 1.5), (3, 4)),
    "clip_min_max": (lambda x: np.clip(x, min=-1, max=1), (3, 4)),
    "where_one": (lambda x: x[np.where(x > 0)], (3, 4)),
    "nonzero": (lambda x: x[np.nonzero(x > 0)], (3, 4)),
    "flatnonzero": (lambda x: x[np.flatnonzero(x > 0)], (6,)),
    "unique": (lambda x: np.unique(np.concatenate([x, x])), (5,)),
    "unique_all": (lambda x: np.unique(x, return_index=True, return_inverse=True)[0], (5,)),
    "interp": (lambda x: np.interp(x, [-2.0, 0.1, 1.0], np.array([1.0, 5.0, 2.0])), (6,)),
    "interp_fp": (lambda x: np.interp(0.3, np.array([0.0, 1.0]), x, left=1.0), (2,)),
    "inner": (lambda x: np.inner(x, x**2), (3, 4)),
    "inner_lines": (lambda x: np.inner(x, x**2), (4,)),
    "vdot": (lambda x: np.vdot(x, x**2), (3, 4)),
    "correlate": (lambda x: np.correlate(x, x[:3], "full"), (5,)),
    "correlate_same": (lambda x: np.correlate(x, x[:3], "same"), (5,)),
    "vecdot": (lambda x: np.vecdot(x, x**2), (3, 4)),
    "vecdot_axis": (lambda x: np.vecdot(x, x**2, axis=0), (3, 4)),
    "matvec": (lambda x: np.matvec(x, x[0]), (3, 4)),
    "vecmat": (lambda x: np.vecmat(x[:, 0], x), (3, 4)),
    "slogdet": (lambda x: np.linalg.slogdet(x).logabsdet * np.linalg.slogdet(x)[0], (3, 3)),
    "eigh": (lambda x: np.linalg.eigh(x @ x.T).eigenvalues ** 2, (3, 3)),
    "eigh_function": (lambda x: _of_symmetric(x @ x.T), (3, 3)),
    "svd": (lambda x: np.linalg.svd(x, full_matrices=False)[1], (3, 4)),
    "svd_values": (lambda x: np.linalg.svd(x, compute_uv=False), (3, 4)),
    "svd_back": (lambda x: _from_svd(x), (3, 4)),
    "qr": (lambda x: np.linalg.qr(x).R, (4, 3)),
    "qr_r": (lambda x: np.linalg.qr(x, "r"), (3, 3)),
    "qr_back": (lambda x: np.matmul(*np.linalg.qr(x)), (4, 3)),
    "lstsq": (lambda x: np.linalg.lstsq(x, np.arange(4.0), rcond=None)[0], (4, 2)),
    "lstsq_rest": (lambda x: np.linalg.lstsq(x, np.arange(4.0), rcond=None)[1], (4, 2)),
    "multi_dot": (lambda x: np.linalg.multi_dot([x, x.T, x, x[0]]), (3, 4)),
    "cond": (lambda x: np.linalg.cond(x), (3, 3)),
    "cond_one": (lambda x: np.linalg.cond(x, 1), (3, 3)),
    "vector_norm": (lambda x: np.linalg.vector_norm(x, ord=3, keepdims=True), (3, 4)),
    "matrix_norm": (lambda x: np.linalg.matrix_norm(x, ord="nuc"), (3, 4)),
    "linalg_trace": (lambda x: np.linalg.trace(x, offset=1), (2, 3, 4)),
    "linalg_diagonal": (lambda x: np.linalg.diagonal(x), (2, 3, 4)),
    "linalg_cross": (lambda x: np.linalg.cross(x, x**2), (2, 3)),
    "matrix_transpose": (lambda x: np.matrix_transpose(x), (2, 3, 4)),
    "angle": (lambda x: np.angle(x) * x, (3, 4)),
    "real": (lambda x: np.real(x) + np.conj(x) + np.real_if_close(x), (3, 4)),
    "divmod": (lambda x: sum(np.divmod(x, 0.71)), (5,)),
    "modf": (lambda x: np.modf(0.9 * x)[0], (5,)),
    "frexp": (lambda x: np.frexp(0.9 * x)[0], (5,)),
    "apply_along_axis": (lambda x: np.apply_along_axis(lambda v: v**2 / np.sum(v), 0, x), (3, 4)),
    "apply_along_axis_to_one": (lambda x: np.apply_along_axis(np.prod, 1, x), (2, 3, 4)),
    "apply_along_axis_to_matrix": (lambda x: np.apply_along_axis(lambda v: np.outer(v, v), -1, x), (2, 3)),
    "apply_over_axes": (lambda x: np.apply_over_axes(np.sum, x, [0, 2]), (2, 3, 4)),
    "nanmedian": (lambda x: np.nanmedian(np.where(x > 2, np.nan, x), axis=0), (5, 3)),
    "nanquantile": (lambda x: np.nanquantile(np.where(x > 2, np.nan, x), 0.3), (5, 3)),
    "nanpercentile": (lambda x: np.nanpercentile(x, 40, axis=1, keepdims=True), (3, 5)),
    "polyval": (lambda x: np.polyval(x, 0.7) + np.polyval([2.0, 1.0, 0.0], x), (3,)),
    "polyadd": (lambda x: np.polyadd(x, [1.0, 2.0]), (4,)),
    "polysub": (lambda x: np.polysub(x[:2], x), (4,)),
    "polymul": (lambda x: np.polymul(x, x[:2]), (4,)),
    "polyder": (lambda x: np.polyder(x, 2), (5,)),
    "polyint": (lambda x: np.polyint(x, 2), (3,)),
    "polyfit": (lambda x: np.polyfit(np.arange(5.0), x, 2), (5,)),
    "polyfit_x": (lambda x: np.polyfit(x, np.arange(5.0) ** 2, 1, w=np.arange(1.0, 6.0)), (5,)),
    "vander": (lambda x: np.vander(x, 4, increasing=True), (3,)),
    "gradient": (lambda x: np.gradient(x, 0.5), (5,)),
    "gradient_axes": (lambda x: np.gradient(x)[1], (3, 4)),
    "gradient_uneven": (lambda x: np.gradient(x, np.array([0.0, 1.0, 3.0, 3.5]), axis=1), (3, 4)),
    "unstack": (lambda x: np.unstack(x, axis=1)[2] ** 2, (3, 4)),
    "fftshift": (lambda x: np.fft.fftshift(x) + 2 * np.fft.ifftshift(x, axes=1), (3, 5)),
    "tril_indices_from": (lambda x: x[np.tril_indices_from(x)] + x[np.triu_indices_from(x)], (3, 3)),
    "put_along_axis": (lambda x: _written(x, lambda a: np.put_along_axis(a, _PLACES, a[:, 2:], 1)), (2, 3)),
    "put": (lambda x: _written(x, lambda a: np.put(a, [0, -1], a[0, 1] ** 2)), (2, 3)),
    "place": (lambda x: _written(x, lambda a: np.place(a, a > 0, [1.0, 2.0])), (2, 3)),
    "putmask": (lambda x: _written(x, lambda a: np.putmask(a, a > 0, a**2)), (2, 3)),
    "fill_diagonal": (lambda x: _written(x, lambda a: np.fill_diagonal(a, a[0, 2])), (2, 3)),
    "lexsort": (lambda x: x[np.lexsort((x, np.array([0, 1, 0, 1])))] ** 2 * np.arange(4.0), (4,)),
    "histogram": (lambda x: np.histogram(x, 3)[1] * np.arange(4.0), (6,)),
    "histogram_density": (lambda x: np.histogram(x, [-3, -1.1, 0, 4], density=True)[0], (6,)),
    "union1d": (lambda x: np.union1d(x[:2], x[2:]), (5,)),
    "tensorinv": (lambda x: np.linalg.tensorinv(np.reshape(x, (2, 2, 4)) + _UNIT), (4, 4)),
    "tensorsolve": (lambda x: np.linalg.tensorsolve(x.reshape(2, 2, 4) + _UNIT, np.ones((2, 2))), (4, 4)),
    "block_square": (lambda x: np.block([[x, x**2], [-x, x]]), (2, 2)),
    "polygamma": (lambda x: scipy.special.polygamma(1, x + 4), (3,)),
    "logsumexp": (lambda x: scipy.special.logsumexp(x, axis=1, b=[1, 2, 3]), (2, 3)),
    "softmax": (lambda x: scipy.special.softmax(x, axis=1), (2, 3)),
    "factorial": (lambda x: scipy.special.factorial(x + 3), (3,)),
    "scipy_solve": (lambda x: scipy.linalg.solve(9 * np.eye(3), x), (3, 3)),
    "scipy_triangular": (lambda x: scipy.linalg.solve_triangular(x + 9 * np.eye(3), x, lower=True), (3, 3)),
    "scipy_cholesky": (lambda x: scipy.linalg.cholesky(x @ x.T + np.eye(3)), (3, 3)),
    "scipy_cho_solve": (lambda x: scipy.linalg.cho_solve((x + 9 * np.eye(3), True), x), (3, 3)),
    "scipy_block_diag": (lambda x: scipy.linalg.block_diag(x, x[0], 2.0), (2, 3)),
    "scipy_det": (lambda x: scipy.linalg.det(x) + scipy.linalg.norm(scipy.linalg.inv(x)), (3, 3)),
    "cumulative_sum": (lambda x: np.cumulative_sum(x, axis=1, include_initial=True), (3, 4)),
    "linalg_tensordot": (lambda x: np.linalg.tensordot(x, x, axes=1), (3, 3)),
}  # fmt: skip


_PLACES = np.array([[1], [0]])
_UNIT = 9 * np.eye(4).reshape(2, 2, 4)


def _written(x: Any, write: Callable) -> Any:
    a = x.copy()
    write(a)
    return a * 2


def _of_symmetric(a: Any) -> Any:
    w, v = np.linalg.eigh(a)
    return (v * np.exp(w / 10)) @ v.T


def _from_svd(a: Any) -> Any:
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return (u * np.sqrt(s)) @ vh


@pytest.mark.parametrize("name", F)
def test_value_and_gradient(name: str) -> None:
    f, shape = F[name]
    rng = rng_for("composed", name)
    x = rng.permutation(np.linspace(-2.9, 3.0, int(np.prod(shape)))).reshape(shape)
    c = rng.uniform(0.5, 1.5, np.shape(f(x)))
    phi = lambda x: np.sum(c * f(x))  # noqa: E731
    value, slope = value_and_grad(phi)(x)
    np.testing.assert_allclose(value, phi(x), rtol=1e-12)
    np.testing.assert_allclose(slope, _central(phi, x), rtol=5e-5, atol=5e-6)


def _central(f: Callable, x: np.ndarray, step: float = 1e-6) -> np.ndarray:
    slope = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        bump = np.zeros(x.shape)
        bump[i] = step
        slope[i] = (f(x + bump) - f(x - bump)) / (2 * step)
    return slope


def test_the_composed_functions_on_plain_arrays_are_numpys() -> None:
    """Each gives the same without a trace: the table can be used as it is."""
    x = np.array([[4.0, 2.0], [1.0, 3.0]])
    for key in (
        np.ptp,
        np.nansum,
        np.cov,
        np.flipud,
        np.vstack,
        np.unique,
        np.linalg.slogdet,
        np.linalg.cond,
    ):
        for mine, theirs in zip(np.atleast_1d(COMPOSED[key](x)), np.atleast_1d(key(x)), strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_axes_of_a_matrix_product_are_refused_and_not_overlooked() -> None:
    with pytest.raises(NotYetError, match=r"matmul\(axes=…\)\. Cure"):
        value_and_grad(lambda x: np.sum(np.matmul(x, x, axes=[(0, 1), (1, 0), (0, 1)])))(np.eye(3))


@pytest.mark.parametrize("f", [np.fft.fft, np.fft.irfft, np.linalg.eig], ids=lambda f: f.__name__)
def test_complex_results_are_refused_with_the_cure(f: Callable) -> None:
    with pytest.raises(NotYetError, match=rf"np\.(fft|linalg)\.{f.__name__} gives complex numbers.*Cure: "):
        value_and_grad(lambda x: np.sum(f(x)))(np.eye(3))


@pytest.mark.parametrize("make", [np.ravel, lambda x, order: x.reshape(-1, order=order)])
@pytest.mark.parametrize("order", ["A", "K"])
def test_an_order_of_memory_is_refused_with_the_cure(make: Callable, order: str) -> None:
    with pytest.raises(NotYetError, match=rf"order='{order}'.*Cure: order='C'"):
        value_and_grad(lambda x: np.sum(make(x.T, order=order) ** 2))(np.ones((2, 3)))
