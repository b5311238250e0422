"""Products over any axes: einsum, tensordot, outer, kron, cross, convolve."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import ATOM, MIXING, MUL, Case, Latex, Sample, compose, define
from chalkgrad.ops.linalg.products import pairs
from chalkgrad.ops.shared import call, flat, shaped

# ----- outer and inner -----

outer = define(
    np.outer,
    latex=Latex(r"{0} \otimes {1}", binds=MUL, holes=(ATOM, ATOM)),
    grads=(
        lambda g, y, a, b: shaped(g @ flat(b), a),
        lambda g, y, a, b: shaped(flat(a) @ g, b),
    ),
    xla="jax.numpy.outer",
    js="kernel:outer",
    try_on=(Sample(shape=(3,)), Sample(shape=(4,))),
    cases=pairs((((3,), (4,)), ((2, 2), (3,)))),
    kind=MIXING,
)


@compose(np.inner)
def _inner(a: Any, b: Any, /) -> Any:
    """The sum over the last axis of both."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return np.dot(a, b)
    return np.tensordot(a, b, (-1, -1))


@compose(np.vdot)
def _vdot(a: Any, b: Any, /) -> Any:
    return np.dot(np.ravel(a), np.ravel(b))


# ----- tensordot -----


def _axes(a: Any, b: Any, axes: Any) -> tuple[list[int], list[int]]:
    if isinstance(axes, int | np.integer):
        return list(range(np.ndim(a) - axes, np.ndim(a))), list(range(axes))
    left, right = ([int(i) for i in np.atleast_1d(part)] for part in axes)
    return [i % np.ndim(a) for i in left], [i % np.ndim(b) for i in right]


def _to_places(t: Any, places: list[int]) -> Any:
    """Put axis i of `t` where `places[i]` says."""
    return np.transpose(t, tuple(int(i) for i in np.argsort(places)))


def _tensordot_left(g: Any, y: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    left, right = _axes(a, b, axes)
    free, free_b = (sorted(set(range(np.ndim(t))) - set(s)) for t, s in ((a, left), (b, right)))
    t = np.tensordot(g, b, (list(range(len(free), np.ndim(g))), free_b))
    # what is left of b are its summed axes in the order in which b has them
    return _to_places(t, free + [left[right.index(i)] for i in sorted(right)])


def _tensordot_right(g: Any, y: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    left, right = _axes(a, b, axes)
    free, free_b = (sorted(set(range(np.ndim(t))) - set(s)) for t, s in ((a, left), (b, right)))
    t = np.tensordot(a, g, (free, list(range(len(free)))))
    return _to_places(t, [right[left.index(i)] for i in sorted(left)] + free_b)


tensordot = define(
    np.tensordot,
    latex=call("tensordot"),
    grads=(_tensordot_left, _tensordot_right),
    xla="jax.numpy.tensordot({0}, {1}, {**})",
    js="kernel:tensordot",
    try_on=(Sample(shape=(2, 3, 4)), Sample(shape=(3, 4, 2))),
    cases=(
        {},
        {"axes": ([2, 0], [1, 2])},
        *pairs((((2, 3), (4, 5)),), ({"axes": 0},)),
        *pairs((((2, 3), (3, 2)),), ({"axes": (-1, 0)}, {"axes": ([0, 1], [1, 0])})),
    ),
    kind=MIXING,
)

# ----- einsum -----

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _bind_einsum(*operands: Any, out: Any = None, optimize: Any = False, **params: Any) -> tuple:
    if isinstance(operands[0], str):
        return operands[1:], {"subscripts": operands[0].replace(" ", ""), **params}
    arrays, lists = operands[: len(operands) // 2 * 2 : 2], operands[1::2]
    inputs = ",".join(_letters(part) for part in lists)
    result = "->" + _letters(operands[-1]) if len(operands) % 2 else ""
    return arrays, {"subscripts": inputs + result, **params}


def _letters(axes: Any) -> str:
    return "".join("..." if i is Ellipsis else _LETTERS[i] for i in axes)


def _explicit(subscripts: str, ndims: list[int]) -> tuple[list[str], str]:
    """Letters for every axis of every operand and of the result, dots written out."""
    left, arrow, result = subscripts.partition("->")
    inputs = left.split(",")
    spare = [c for c in _LETTERS if c not in subscripts]
    lengths = [n - len(s.replace("...", "")) if "..." in s else 0 for s, n in zip(inputs, ndims, strict=True)]
    dots = "".join(spare[: max(lengths)])
    if not arrow:
        once = sorted(c for c in set(left) - set(".,") if left.count(c) == 1)
        result = ("..." if "..." in left else "") + "".join(once)
    inputs = [s.replace("...", dots[len(dots) - k :]) for s, k in zip(inputs, lengths, strict=True)]
    return inputs, result.replace("...", dots)


def _einsum_rule(argnum: int, g: Any, y: Any, *arrays: Any, subscripts: str, **_: Any) -> Any:
    """The other operands and g, summed to the letters of this one: einsum is linear in each operand."""
    inputs, result = _explicit(subscripts, [np.ndim(a) for a in arrays])
    shape = np.shape(arrays[argnum])
    mine, deltas, units = _told_apart(inputs, inputs[argnum], shape)
    others = [s for i, s in enumerate(inputs) if i != argnum]
    factors = [a for i, a in enumerate(arrays) if i != argnum]
    known = set("".join([result, *others, *deltas]))
    reached = "".join(c for c in mine if c in known)
    if not result and others:
        t = g * _product([*others, *deltas], reached, [*factors, *units])
    else:
        t = _product([result, *others, *deltas], reached, [g, *factors, *units])
    missing = tuple(i for i, c in enumerate(mine) if c not in known)
    if not missing:
        return t
    t = np.expand_dims(t, missing)  # a letter that only this operand has was summed: g is the same along it
    return np.broadcast_to(t, tuple(shape[i] if i in missing else n for i, n in enumerate(np.shape(t))))


def _product(inputs: list[str], result: str, arrays: list) -> Any:
    return arrays[0] if inputs == [result] else np.einsum(",".join(inputs) + "->" + result, *arrays)


def _told_apart(inputs: list[str], mine: str, shape: tuple) -> tuple[str, list[str], list[np.ndarray]]:
    """A letter that stands twice reads a diagonal: give each its own letter and tie them by a unit matrix."""
    spare = [c for c in _LETTERS if c not in "".join(inputs)]
    letters, deltas, units = "", [], []
    for c, n in zip(mine, shape, strict=True):
        if c in letters:
            new = spare.pop()
            deltas.append(c + new)
            units.append(np.eye(n))
            c = new
        letters += c
    return letters, deltas, units


def _einsum_case(subscripts: str, *shapes: tuple) -> Case:
    return Case({"subscripts": subscripts}, tuple(Sample(shape=s) for s in shapes))


einsum = define(
    np.einsum,
    fun=lambda *arrays, subscripts, **params: np.einsum(subscripts, *arrays, **params),
    latex=call("einsum"),
    grads=_einsum_rule,
    xla="jax.numpy.einsum({subscripts}, {*})",
    js="kernel:einsum",
    python="np.einsum({subscripts}, {*})",
    try_on=(Sample(shape=(3, 4)), Sample(shape=(4, 2))),
    cases=(
        _einsum_case("ij,jk->ik", (3, 4), (4, 2)),
        _einsum_case("ij,jk", (3, 4), (4, 2)),
        _einsum_case("ij->j", (3, 4)),
        _einsum_case("ii", (3, 3)),
        _einsum_case("ii->i", (3, 3)),
        _einsum_case("i,j,k->ijk", (2,), (3,), (2,)),
        _einsum_case("...ij,...jk->...ik", (2, 3, 4), (4, 2)),
        _einsum_case("bij,bj->bi", (2, 3, 4), (2, 4)),
        _einsum_case("ij,k->k", (2, 3), (4,)),
    ),
    bind=_bind_einsum,
    kind=MIXING,
)

# ----- kron -----


def _woven(first: tuple, second: tuple) -> tuple[int, ...]:
    return tuple(n for pair in zip(first, second, strict=True) for n in pair)


def _kron_rule(argnum: int, g: Any, y: Any, a: Any, b: Any) -> Any:
    ndim = max(np.ndim(a), np.ndim(b))
    shapes = [(1,) * (ndim - np.ndim(t)) + np.shape(t) for t in (a, b)]
    blocks = np.reshape(g, _woven(*shapes))
    other = (b, a)[argnum]
    ones = (1,) * ndim
    factor = np.reshape(other, _woven(ones, shapes[1]) if argnum == 0 else _woven(shapes[0], ones))
    axes = tuple(range(1 - argnum, 2 * ndim, 2))
    return np.reshape(np.sum(blocks * factor, axis=axes), np.shape((a, b)[argnum]))


kron = define(
    np.kron,
    latex=call("kron"),
    grads=_kron_rule,
    xla="jax.numpy.kron",
    js="kernel:kron",
    try_on=(Sample(shape=(2, 3)), Sample(shape=(3, 2))),
    cases=pairs((((2, 3), (3, 2)), ((3,), (2,)), ((3,), (2, 2)))),
    kind=MIXING,
)

# ----- cross -----


def _cross(u: Any, v: Any, **params: Any) -> Any:
    axis = params.get("axis", -1)
    odd = {k: params[k] for k in ("axisa", "axisb", "axisc") if params.get(k, -1) != -1}
    if odd or 3 not in (np.shape(u)[axis], np.shape(v)[axis]) or np.shape(u)[axis] != np.shape(v)[axis]:
        raise NotYetError("np.cross: no derivative yet but for 3-vectors along one axis; give axis=")
    return np.cross(u, v, **({"axis": axis} if axis != -1 else {}))


cross = define(
    np.cross,
    latex=call("cross"),
    grads=(lambda g, y, a, b, **p: _cross(b, g, **p), lambda g, y, a, b, **p: _cross(g, a, **p)),
    xla="jax.numpy.cross({0}, {1}, {**})",
    js="kernel:cross",
    try_on=(Sample(shape=(2, 3)), Sample(shape=(2, 3))),
    cases=(*pairs((((2, 3), (2, 3)), ((3,), (3,)))), *pairs((((3, 2), (3, 2)),), ({"axis": 0},))),
    kind=MIXING,
)

# ----- convolution of sequences -----


def _full(g: Any, n: int, m: int, mode: str) -> Any:
    """g as it would be for the full convolution: zero beyond what the mode keeps."""
    if mode in ("full", 2):
        return g
    start = min(n, m) - 1 if mode in ("valid", 0) else (min(n, m) - 1) // 2
    return np.pad(g, (start, n + m - 1 - start - np.shape(g)[0]))


def _convolve_rule(argnum: int, g: Any, y: Any, a: Any, v: Any, mode: Any = "full") -> Any:
    g = _full(g, np.shape(a)[0], np.shape(v)[0], mode)
    return np.convolve(g, np.flip((v, a)[argnum]), "valid")


_LINES = (((5,), (3,)), ((2,), (4,)))
convolve = define(
    np.convolve,
    latex=call("convolve"),
    grads=_convolve_rule,
    xla="jax.numpy.convolve({0}, {1}, {**})",
    js="kernel:convolve",
    try_on=(Sample(shape=(5,)), Sample(shape=(3,))),
    cases=pairs(_LINES, ({}, {"mode": "same"}, {"mode": "valid"})),
    kind=MIXING,
)


@compose(np.correlate)
def _correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    return np.convolve(a, np.flip(v), mode)


# ----- products by row: NumPy's newer names -----


@compose(np.vecdot, np.linalg.vecdot)
def _vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    return np.sum(x1 * x2, axis=axis)


if hasattr(np, "matvec"):  # NumPy 2.2

    @compose(np.matvec)
    def _matvec(x1: Any, x2: Any, /) -> Any:
        return np.squeeze(x1 @ np.expand_dims(x2, -1), -1)

    @compose(np.vecmat)
    def _vecmat(x1: Any, x2: Any, /) -> Any:
        return np.squeeze(np.expand_dims(x1, -2) @ x2, -2)
