"""Dense derivatives: the Jacobian and the Hessian, column by column or row by row, whichever are fewer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import GradError
from chalkgrad.grad import Derived, as_float, grad, jvp, vjp
from chalkgrad.trace.run import name_of, place_of
from chalkgrad.trace.tape import bare


class Jacobian(Derived):
    """See `jacobian`."""

    @staticmethod
    def title(name: str) -> str:
        return f"jacobian_{name}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(self.argnums, int):
            return tuple(Jacobian(self.of, n)(*args, **kwargs) for n in self.argnums)
        n = self.argnums % len(args)
        x = as_float(args[n])
        if isinstance(bare(x), (dict, list, tuple)):
            where = f"jacobian by argument {n} of {name_of(self.of)}"
            raise GradError(f"{where}: it is nested. Cure: pass one array")

        def of_one(v: Any) -> Any:
            return self.of(*args[:n], v, *args[n + 1 :], **kwargs)

        of_one.__name__ = name_of(self.of)
        return _dense(of_one, x)


class Hessian(Jacobian):
    """See `hessian`."""

    def __init__(self, of: Callable, argnums: int | tuple[int, ...] = 0):
        super().__init__(of, argnums)
        self.inner = grad(of, argnums)

    @staticmethod
    def title(name: str) -> str:
        return f"hessian_{name}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(self.argnums, int):
            raise GradError("hessian takes one argument number. Cure: a function of one stacked argument")
        return Jacobian(self.inner, self.argnums)(*args, **kwargs)


def jacobian(f: Callable, argnums: int | tuple[int, ...] = 0) -> Jacobian:
    r"""The dense Jacobian.

    .. math:: J_{i,j} = \frac{\partial f_i}{\partial x_j}

    Args:
        f: a function of arrays whose result is one array (or number).
        argnums: which argument to differentiate by.

    Returns:
        A function of the same arguments; its result has the shape of f's result followed by the argument's.

    >>> import numpy as np
    >>> jacobian(lambda x: x[0] * x)(np.array([2.0, 3.0]))
    array([[4., 0.],
           [3., 2.]])
    """
    return Jacobian(f, argnums)


def hessian(f: Callable, argnums: int = 0) -> Hessian:
    r"""The dense matrix of second derivatives.

    .. math:: H_{i,j} = \frac{\partial^2 f}{\partial x_i \, \partial x_j}

    >>> import numpy as np
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([2.0, 3.0]))
    array([[6., 4.],
           [4., 0.]])
    """
    return Hessian(f, argnums)


def _dense(f: Callable, x: Any) -> Any:
    value, pullback = vjp(f, x)
    if isinstance(bare(value), (dict, list, tuple)):
        raise GradError(f"jacobian: {name_of(f)}{place_of(f)} returns several values. Cure: return one array")
    out, shape = np.shape(value), np.shape(x)
    rows, columns = int(np.prod(out)), int(np.prod(shape))
    if columns < rows:
        tangents = [jvp(f, (x,), (t,))[1] for t in _basis(x, shape)]
        dense = np.stack([np.reshape(t, -1) for t in tangents], axis=1)
    else:
        dense = np.stack([np.reshape(pullback(c)[0], -1) for c in _basis(value, out)])
    return np.reshape(dense, out + shape)[()] if out + shape == () else np.reshape(dense, out + shape)


def _basis(like: Any, shape: tuple[int, ...]) -> list[Any]:
    dtype = np.asarray(bare(like)).dtype
    flat = np.eye(int(np.prod(shape)), dtype=dtype)
    return [row.reshape(shape)[()] for row in flat]
