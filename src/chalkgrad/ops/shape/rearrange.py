"""The same entries in another shape or order of axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import POW, STRUCTURAL, Case, Latex, Sample, define
from chalkgrad.ops.shared import call

# ----- binders: NumPy's defaults, and what stays out of the params -----


def _bind_reshape(a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None, **_: Any) -> tuple:
    params = {"shape": newshape if shape is None else shape}
    return (a,), params if order == "C" else {**params, "order": order}


def laid_out(x: Any, order: str, shape: Any = -1) -> Any:
    """`np.reshape` and `np.ravel` in another order than by rows: by columns is by rows of the transpose."""
    if order == "F":
        turned = shape[::-1] if isinstance(shape, tuple | list) else shape
        return np.transpose(np.reshape(np.transpose(x), turned))
    if np.ndim(x) > 1:
        raise NotYetError(
            f"order={order!r} goes by how the entries lie in memory. "
            "Cure: order='C', by rows, or order='F', by columns"
        )
    return np.reshape(x, shape)


def _bind_transpose(a: Any, axes: Any = None) -> tuple:
    return (a,), {} if axes is None else {"axes": tuple(axes)}


# ----- rules -----


def _transpose_rule(g: Any, y: Any, x: Any, axes: Any = None) -> Any:
    if axes is None:
        return g.T
    return np.transpose(g, tuple(int(i) for i in np.argsort([a % len(axes) for a in axes])))


def _reshape_rule(g: Any, y: Any, x: Any, shape: Any = None) -> Any:
    return np.reshape(g, np.shape(x))


reshape = define(
    np.reshape,
    latex=call("reshape"),
    grads=(_reshape_rule,),
    xla="jax.numpy.reshape({0}, {shape})",
    js="kernel:reshape",
    try_on=(Sample(),),
    cases=({"shape": (4, 3)}, {"shape": -1}, {"shape": (2, -1)}),
    arrays=1,
    bind=_bind_reshape,
    python="np.reshape({0}, {shape})",
    kind=STRUCTURAL,
    view=True,
)
transpose = define(
    np.transpose,
    name="transpose",
    latex=Latex(r"{0}^\top", binds=POW),
    grads=(_transpose_rule,),
    xla="jax.numpy.transpose({0}, {**})",
    js="kernel:transpose",
    try_on=(Sample(),),
    cases=({}, Case({"axes": (1, 2, 0)}, (Sample(shape=(2, 3, 4)),)), Case({}, (Sample(shape=(2, 3, 4)),))),
    bind=_bind_transpose,
    kind=STRUCTURAL,
    view=True,
)
swapaxes = define(
    np.swapaxes,
    latex=call("swapaxes"),
    grads=(lambda g, y, x, axis1, axis2: np.swapaxes(g, axis1, axis2),),
    xla="jax.numpy.swapaxes({0}, {axis1}, {axis2})",
    js="kernel:swapaxes",
    try_on=(Sample(shape=(2, 3, 4)),),
    cases=({"axis1": 0, "axis2": -1},),
    kind=STRUCTURAL,
    view=True,
)
moveaxis = define(
    np.moveaxis,
    latex=call("moveaxis"),
    grads=(lambda g, y, x, source, destination: np.moveaxis(g, destination, source),),
    xla="jax.numpy.moveaxis({0}, {source}, {destination})",
    js="kernel:moveaxis",
    try_on=(Sample(shape=(2, 3, 4)),),
    cases=({"source": 0, "destination": -1}, {"source": (0, 1), "destination": (2, 0)}),
    kind=STRUCTURAL,
    view=True,
)
expand_dims = define(
    np.expand_dims,
    latex=call("expand_dims"),
    grads=(lambda g, y, x, axis: np.reshape(g, np.shape(x)),),
    xla="jax.numpy.expand_dims({0}, {axis})",
    js="kernel:reshape",
    try_on=(Sample(),),
    cases=({"axis": 0}, {"axis": (0, -1)}),
    kind=STRUCTURAL,
    view=True,
)
squeeze = define(
    np.squeeze,
    latex=call("squeeze"),
    grads=(lambda g, y, x, axis=None: np.reshape(g, np.shape(x)),),
    xla="jax.numpy.squeeze({0}, {**})",
    js="kernel:reshape",
    try_on=(Sample(shape=(1, 3, 1)),),
    cases=({}, {"axis": 0}, {"axis": (0, 2)}),
    kind=STRUCTURAL,
    view=True,
)
broadcast_to = define(
    np.broadcast_to,
    latex=call("broadcast_to"),
    grads=(lambda g, y, x, shape, subok=False: g,),  # undone where all broadcasting is
    xla="jax.numpy.broadcast_to({0}, {shape})",
    js="kernel:broadcast_to",
    try_on=(Sample(shape=(3, 1)),),
    cases=({"shape": (2, 3, 4)},),
    kind=STRUCTURAL,
    view=True,
)
ravel = define(
    np.ravel,
    latex=call("ravel"),
    grads=(_reshape_rule,),
    xla="jax.numpy.ravel({0}, {**})",
    js="kernel:reshape",
    try_on=(Sample(),),
    kind=STRUCTURAL,
    view=True,
)
