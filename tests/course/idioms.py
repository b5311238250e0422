"""One idiom each: ways to build, index, fill and join arrays that notebooks are full of."""

import math

import numpy as np

from course.shelf import case


def three(r):
    return (np.array([0.31, 0.57, 0.83]),)


@case(three)
def inner_exec_lambda(x):
    return (lambda v: np.array([v[0], v[1]]).dot(np.array([1.0, 2])))(x)


@case(three)
def reduceat(x):
    return np.sum(np.logaddexp.reduce(x)) + np.add.outer(x, x).sum() + np.maximum.accumulate(x).sum()


@case(three)
def strides(x):
    return np.sum(np.lib.stride_tricks.sliding_window_view(x, 2) ** 2)


@case(three)
def as_list(x):
    return np.sum(list(x)) + np.mean([v * 2 for v in x]) + np.max([x[0], x[1]]) + np.dot([1.0, 2.0, 3.0], x)


@case(three)
def vst(x):
    return np.sum(np.vstack([x, [1, 2, 3]]) * np.hstack([[x[0]], [x[1]], [1.0]]))


@case(three)
def nested_list(x):
    return np.sum(np.array([[x[0], [1.0][0]], [2, x[1]]]) ** 2)


@case(three)
def whr(x):
    i = np.where(x > 0.3)
    return np.sum(x[i] ** 2) + np.sum(x[np.nonzero(x > 0.3)[0]]) + x[np.argsort(x)][0]


@case(three)
def ein(x):
    return np.einsum("i,i->", x, x) + np.tensordot(x, x, 1)


@case(three)
def cum(x):
    r = [0.0]
    for v in x:
        r.append(r[-1] * 0.5 + v)
    return np.array(r[1:]) @ np.arange(1, 4)


@case(three)
def outk(x):
    a = np.empty_like(x)
    np.multiply(x, 2, out=a)
    np.add(a, 1, out=a)
    b = np.zeros(3)
    np.dot(np.diag(x), a, out=b)
    return a @ b


@case(three)
def objarr(x):
    a = np.empty(2, dtype=object)
    a[0] = x
    a[1] = x[:2] * 2
    return np.sum(a[0]) + np.sum(a[1])


@case(three)
def struct_(x):
    d = np.zeros(2, dtype=[("a", float)])
    return np.sum(x) + d["a"].sum()


@case(three)
def clip_method(x):
    return x.clip(0.3, 0.6).sum() + x.round(2).sum() * 0 + np.clip(x, None, 0.5).sum()


@case(three)
def minmax(x):
    return (x - x.min()) / (x.max() - x.min()) @ x


@case(three)
def deepc(x):
    return np.prod(x) + np.std(x) + np.var(x, ddof=1) + np.linalg.norm(x) + np.linalg.norm(x, 1)


@case(three)
def unique(x):
    _, c = np.unique(np.array([1, 1, 2]), return_counts=True)
    return np.sum(x[:2] * c)


@case(three)
def intdiv(x):
    return (x // 0.2).sum() + (x % 0.2).sum()


@case(three)
def setslice(x):
    y = np.ones((2, 3))
    y[:, 1:] = x[1:]
    y[0] += x
    y[1, :] *= x[::-1]
    y[:, [0, 2]] = y[:, [2, 0]]
    return (y**2).sum()


@case(three)
def setmask2(x):
    y = np.outer(x, x)
    y[y > 0.2] = y[y > 0.2] * 3
    y[np.eye(3, dtype=bool)] = x
    return y.sum()


@case(three)
def ndiag(x):
    y = np.zeros((3, 3))
    np.fill_diagonal(y, x)
    y[np.diag_indices(3)] += 1
    y[np.tril_indices(3, -1)] = x
    return np.linalg.det(y) + np.trace(y)


@case(three)
def mgrid(x):
    gx, gy = np.mgrid[0:3, 0:3]
    return np.sum(x[gx] * gy) + np.sum(np.ogrid[0:3] * x)


@case(three)
def randstate(x):
    r = np.random.RandomState(0)
    w = r.randn(3, 3)
    w[0] = x
    return w.dot(x).sum()


@case(three)
def fl(x):
    return float(np.sum(x)) * 2 + float(x[0]) ** 2 + math.sqrt(x[1])


@case(three)
def flat_iter(x):
    s = 0.0
    for v in x.reshape(1, 3).flat:
        s += v * v
    y = x.copy()
    y.flat[0] = 5
    y.flat = y * 2
    return s + y.sum()


@case(three)
def take(x):
    return x.take([0, 2]).sum() + np.take(x, 1) + x.repeat(2).sum() + np.tile(x, 2) @ np.arange(6)


@case(three)
def poly(x):
    return np.polyval([1.0, 2.0, 3.0], x).sum() + np.interp(0.5, [0.0, 1.0], [x[0], x[1]])


@case(three)
def finfo(x):
    return np.sum(x + np.finfo(float).eps + np.finfo(x.dtype).tiny)


@case(three)
def isin(x):
    return np.sum(np.nan_to_num(np.log(x))) + np.isfinite(x).sum() * x[0]


@case(three)
def swapax(x):
    y = x.reshape(1, 3, 1)
    return np.squeeze(np.moveaxis(y, 1, 0)).sum() + np.transpose(y, (2, 1, 0)).transpose(1, 0, 2).sum()
