"""Derivatives of functions, as functions.

    grad         of a number by its arguments                ∂L/∂W, in the shape of W
    derivative   of an elementwise function, at every element     f′(x)
    vjp, jvp     products with the Jacobian, from the left and from the right
    jacobian, hessian   dense

All of them run the function once under trace and hand the record to `plan.differentiate`. Because the
gradient of a Box is made of operations on Boxes, they nest: a derivative is a function that can be
differentiated again.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, GradError
from chalkgrad.plan import Request, differentiate, plan_of
from chalkgrad.trace.box import Box
from chalkgrad.trace.run import Run, argument_names, check_callable, describe_value, name_of, place_of
from chalkgrad.trace.tape import bare, describe
from chalkgrad.tree import flatten, unflatten


def _check_numbers(argnums: Any) -> None:
    chosen = argnums if isinstance(argnums, tuple | list) else (argnums,)
    if not all(isinstance(n, int | np.integer) for n in chosen):
        raise ArgumentError(
            f"argnums={argnums!r} are no positions. "
            "Cure: argnums=0 for the first argument, argnums=(0, 1) for two"
        )


class Derived:
    """A function made from another: it keeps the name, the source function and what was asked."""

    def __init__(self, of: Callable, argnums: int | tuple[int, ...] = 0):
        check_callable(of)
        _check_numbers(argnums)
        self.of = of
        self.argnums = argnums if isinstance(argnums, tuple | list) else int(argnums)
        self.__doc__, self.__module__ = getattr(of, "__doc__", None), getattr(of, "__module__", None) or ""
        self.__name__ = self.title(name_of(of))
        self.__qualname__ = self.__name__

    @staticmethod
    def title(name: str) -> str:
        return name

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} of {name_of(self.of)}>"

    def _begin(self, args: tuple, kwargs: dict[str, Any]) -> tuple[Run, tuple[int, ...]]:
        chosen = (self.argnums,) if isinstance(self.argnums, int) else tuple(self.argnums)
        for n in chosen:
            if not -len(args) <= n < len(args):
                raise ArgumentError(
                    f"{self.__name__}: there is no argument {n}; {name_of(self.of)} was given {len(args)}"
                )
        chosen = tuple(n % len(args) for n in chosen)
        for n in chosen:
            check_real(self.of, args, n)
        return Run(self.of, args, kwargs), chosen


class Gradient(Derived):
    """See `grad`."""

    @staticmethod
    def title(name: str) -> str:
        return f"grad_{name}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.both(args, kwargs)[1]

    def both(self, args: tuple, kwargs: dict[str, Any]) -> tuple[Any, Any]:
        """The value and the gradient."""
        run, chosen = self._begin(args, kwargs)
        with run:
            outputs = run.outputs()
            check_scalar(self.of, run, outputs)
            wrt = positions(run, chosen)
            found = differentiate(run.tape, Request("grad", tuple(outputs), wrt))
            value = unflatten(run.out_structure, run.values())
        warn_of_nan(self.of, value, found)
        leaves = iter(found)
        grads = [_nested(args[n], leaves) for n in chosen]
        return value, grads[0] if isinstance(self.argnums, int) else tuple(grads)


class ValueAndGradient(Gradient):
    """See `value_and_grad`."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.both(args, kwargs)


class Derivative(Derived):
    """See `derivative`."""

    @staticmethod
    def title(name: str) -> str:
        return f"{name}'"

    def __call__(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        from chalkgrad.entries import check_entrywise

        x = as_float(x)
        run, _ = self._begin((x, *args), kwargs)
        with run:
            request = Request("grad", tuple(run.outputs()), positions(run, (0,)))
            plan = plan_of(run.tape, request)
            if not plan.entrywise:
                plan.entrywise = check_entrywise(self.of, run, request.outputs)
            (found,) = differentiate(run.tape, request, (), plan)
            value = run.tape.values[request.outputs[0]]
        warn_of_nan(self.of, value, [found])
        return kind_of(x, found)


def grad(f: Callable, argnums: int | tuple[int, ...] = 0) -> Gradient:
    r"""The exact gradient of a function with one number as its result.

    .. math:: \left(\nabla f\right)_i = \frac{\partial f}{\partial x_i}

    Args:
        f: a function in plain NumPy whose result is one number.
        argnums: which argument to differentiate by; a tuple for several.

    Returns:
        A function of the same arguments whose result has the nesting, shapes and dtypes of the argument
        chosen (of a tuple of arguments, if `argnums` is a tuple).

    Raises:
        GradError: the argument is not made of real floating-point numbers, or the result is not one number.

    Source: reverse accumulation, as in Griewank and Walther, *Evaluating Derivatives*, 2nd ed., §3.2.

    >>> grad(lambda x: x * grad(lambda y: x + y)(1.0))(2.0)
    1.0
    """
    return Gradient(f, argnums)


def value_and_grad(f: Callable, argnums: int | tuple[int, ...] = 0) -> ValueAndGradient:
    """The value of f and its gradient, from one run; see `grad`.

    >>> value_and_grad(lambda x: x**2)(3.0)
    (9.0, 6.0)
    """
    return ValueAndGradient(f, argnums)


def derivative(f: Callable) -> Derivative:
    r"""The derivative of an elementwise function, at every element.

    .. math:: f'(x)_i = \frac{\mathrm{d} f(x_i)}{\mathrm{d} x_i}

    Args:
        f: a function whose result has the shape of its first argument, entry i depending on entry i alone.

    Returns:
        A function of the same arguments; it has all views, and a derivative.

    Raises:
        GradError: an element of the result depends on another element; the message names the operation. Use
            `jacobian`.

    >>> import numpy as np
    >>> derivative(np.square)(np.array([1.0, 2.0, 3.0]))
    array([2., 4., 6.])
    >>> derivative(derivative(np.square))(5)
    2.0
    """
    return Derivative(f)


def vjp(f: Callable, *args: Any) -> tuple[Any, Callable[[Any], tuple]]:
    r"""The value of f and its pullback, :math:`v \mapsto v^\top J`.

    Args:
        f: a function in plain NumPy.
        *args: its arguments.

    Returns:
        `(value, pullback)`; the pullback takes a value's like and returns a tuple with one gradient an
        argument.

    >>> import numpy as np
    >>> value, pullback = vjp(np.multiply, 2.0, 5.0)
    >>> [float(g) for g in pullback(1.0)]
    [5.0, 2.0]
    """
    for n in range(len(args)):
        check_real(f, args, n)
    check_callable(f)
    run = Run(f, args, {})
    with run:
        outputs, wrt = tuple(run.outputs()), positions(run, range(len(args)))
        value, record = unflatten(run.out_structure, run.values()), run.tape.kept()

    def pullback(cotangent: Any) -> tuple:
        seeds = _like(cotangent, record, outputs, "a cotangent")
        leaves = iter(differentiate(record, Request("vjp", outputs, wrt), seeds))
        return tuple(_nested(a, leaves) for a in args)

    return value, pullback


def jvp(f: Callable, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    r"""The value of f and its tangent, :math:`J t`.

    Args:
        f: a function in plain NumPy.
        args: its arguments.
        tangents: one an argument, of the same nesting and shapes.

    Returns:
        `(value, tangent)`.

    >>> jvp(lambda x: x**3, (2.0,), (1.0,))
    (8.0, 12.0)
    """
    check_callable(f)
    if not (isinstance(args, tuple | list) and isinstance(tangents, tuple | list)):
        raise ArgumentError("jvp takes a tuple of arguments and one of tangents. Cure: jvp(f, (x,), (t,))")
    for n in range(len(args)):
        check_real(f, tuple(args), n)
    with Run(f, tuple(args), {}) as run:
        outputs, wrt = tuple(run.outputs()), positions(run, range(len(args)))
        directions = _like(tuple(tangents), run.tape, wrt, "a tangent")
        found = differentiate(run.tape, Request("jvp", outputs, wrt), directions)
        values = run.values()
        tangent = [kind_of(v, t) for v, t in zip(values, found, strict=True)]
        return unflatten(run.out_structure, values), unflatten(run.out_structure, tangent)


# ----- checks and kinds -----


def check_real(f: Callable, args: tuple, argnum: int) -> None:
    """Raise unless every leaf of an argument is a real floating-point number or an array of them."""
    if _is_plain(args[argnum]) and args[argnum].dtype.kind == "f":
        return
    for i, leaf in enumerate(flatten(args[argnum])[0]):
        value = bare(leaf)
        kind = type(value)
        if kind is float or (isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind == "f"):
            continue
        names = argument_names(f, args, {})
        at = i + sum(len(flatten(a)[0]) for a in args[:argnum])
        name = names[at] if at < len(names) else str(argnum)
        raise GradError(_not_real(f, argnum, name, value))


def _not_real(f: Callable, argnum: int, name: str, value: Any) -> str:
    where = f"argument {argnum} ({name}) of {name_of(f)}{place_of(f)}"
    if isinstance(value, (bool, np.bool_)):
        return f"{where} is a truth value, which has no derivative"
    if isinstance(value, int):
        return f"{where} is the integer {value}. Cure: pass {value}.0"
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "iub":
        return f"{where} has dtype {value.dtype}: integers have no derivative. Cure: {name}.astype(float)"
    if isinstance(value, complex) or (
        isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind == "c"
    ):
        return f"{where} is complex. Cure: pass the real and the imaginary part on their own"
    cure = "np.array(..., dtype=float)" if isinstance(value, np.ndarray) else "pass a float or an array"
    return f"{where} is {describe_value(value)}, not a real number. Cure: {cure}"


def check_scalar(f: Callable, run: Run, outputs: Sequence[int]) -> None:
    """Raise unless the result is one real number."""
    where = f"{name_of(f)}{place_of(f)}"
    if len(outputs) != 1:
        raise GradError(
            f"{where} returns {len(outputs)} values; grad takes a function of one number. "
            "Cure: return the loss alone"
        )
    shape, dtype, _ = describe(run.tape.values[outputs[0]])
    if int(np.prod(shape)) != 1:
        raise GradError(
            f"{where} returns an array of shape {shape}; grad takes a function of one number. "
            "Cure: np.sum(...) of it, derivative for an elementwise function, jacobian for all entries"
        )
    if dtype.kind != "f":
        raise GradError(
            f"{where} returns {dtype}, whose derivative is zero or undefined. Cure: return a float"
        )


def _is_plain(x: Any) -> bool:
    return type(x) is np.ndarray


def warn_of_nan(f: Callable, value: Any, found: Sequence[Any]) -> None:
    """Say so where the derivative of a finite value is nan: it comes from a branch that was not taken."""
    for g in found:
        if g is None or type(g) is Box or not np.isnan(g).any():
            continue
        if all(np.isfinite(bare(v)).all() for v in flatten(value)[0]):
            where = f"{np.isnan(g).sum()} of {np.size(g)} entries"
            warnings.warn(
                f"{name_of(f)}{place_of(f)}: the value is finite but its derivative is nan at {where}. "
                "np.where(c, a, b) computes both branches, and the one that is not taken is infinite or "
                "undefined there. Cure: a safe argument inside, np.where(c, f(np.where(c, x, 1.0)), b)",
                RuntimeWarning,
                stacklevel=4,
            )
        return


def positions(run: Run, argnums: Sequence[int]) -> tuple[int, ...]:
    """Where the leaves of some arguments stand on the tape."""
    if len(argnums) == 1 and argnums[0] == 0 and _is_plain(run.args[0]):
        return (run.inputs[0],)
    sizes = [len(flatten(a)[0]) for a in run.args]
    starts = [sum(sizes[:n]) for n in range(len(sizes))]
    boxes = [run.inputs[s + k] for n in argnums for s in (starts[n],) for k in range(sizes[n])]
    return tuple(boxes)


def _nested(arg: Any, found: Any) -> Any:
    """Gradients in the nesting and the kinds of the argument."""
    leaves, structure = flatten(arg)
    return unflatten(structure, [kind_of(leaf, next(found)) for leaf in leaves])


def kind_of(example: Any, g: Any) -> Any:
    """A gradient as its argument is: a float for a float, a NumPy scalar for one, an array for an array."""
    if type(g) is np.ndarray and type(example) is np.ndarray and g.flags.writeable:
        return g
    value = bare(example)
    if g is None:
        g = 0.0 if type(value) is float else np.zeros(np.shape(value), describe(value)[1])[()]
    if type(g) is Box:
        return g
    if type(value) is float:
        return float(g)
    if isinstance(value, np.generic):
        return value.dtype.type(g)
    if isinstance(value, np.ndarray):
        return (
            np.asarray(g)
            if isinstance(g, np.ndarray) and g.flags.writeable
            else np.array(g, dtype=value.dtype)
        )
    return g


def as_float(x: Any) -> Any:
    """Integers, and lists of numbers, as float64: `derivative` takes them."""
    if type(x) is Box or type(x) is float:
        return x
    if type(x) in (int, bool):
        return float(x)
    if isinstance(x, (list, tuple)) or (isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "iub"):
        return np.asarray(x, dtype=float)[()]
    return x


def _like(tree: Any, tape: Any, at: Sequence[int], what: str) -> list[Any]:
    leaves = flatten(tree)[0]
    if len(leaves) != len(at):
        raise ArgumentError(f"{what} must have {len(at)} parts, not {len(leaves)}")
    return [_one_like(leaf, tape.values[a], what) for leaf, a in zip(leaves, at, strict=True)]


def _one_like(leaf: Any, value: Any, what: str) -> Any:
    shape, dtype, weak = describe(value)
    if np.shape(bare(leaf)) != shape:
        raise ArgumentError(
            f"{what} must have the shape {shape} of what it belongs to, not {np.shape(bare(leaf))}"
        )
    if type(leaf) is Box:
        return leaf
    return float(leaf) if weak else np.asarray(leaf, dtype)[()]
