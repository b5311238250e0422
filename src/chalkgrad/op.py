"""One operation, one place: its NumPy function, formula, derivative and lowerings are one row of one table.

`define` checks a row and files it in `OPS` under the NumPy function that people call. Nothing else in
chalkgrad lists operations: the tracer, the derivative, the printers and the engines all read this table.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from chalkgrad.errors import OpError

# ----- binding powers of formulas: a hole takes whatever binds at least as tightly as the hole asks -----

OPEN = 0  # a hole that closes itself: the inside of a fraction, a root, a pair of bars
COMPARE = 10  # x < y
ADD = 20  # x + y
NEG = 25  # -x
MUL = 30  # xy
CALL = 40  # \tanh x
POW = 50  # x^2
ATOM = 60  # x

# ----- how an operation treats the entries of its arguments -----

ELEMENTWISE = "elementwise"  # entry i of the result depends on entry i of each (broadcast) argument
STRUCTURAL = "structural"  # every entry of the result is a copy of one entry of one argument
MIXING = "mixing"  # anything else: sums, products of matrices, sorting by value

SEQUENCE = -1  # `arrays=SEQUENCE`: the first argument is a sequence of arrays (np.stack)


@dataclass(frozen=True, slots=True)
class Latex:
    r"""How an operation prints in a formula: a template, and how tightly the result binds.

    `{0}`, `{1}` … are the arguments, `{axis}` a static parameter. `holes` gives the binding power that each
    argument must have to stand without brackets; left out, it is `binds` for every hole that is not
    already closed by braces of its own (`\frac{{0}}{{1}}`).
    """

    template: str
    binds: int = ATOM
    holes: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Stands in the place of a rule where there is no derivative to give: `why` goes into the error."""

    why: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Where tests sample one argument: values in [low, high], of this shape and kind.

    `kind` is "float", "int" (integers in [low, high]), "bool", "spd" (symmetric positive definite), "sym",
    "distinct"     (no two entries closer than 0.05), or "invertible".
    """

    low: float = -3.0
    high: float = 3.0
    shape: tuple[int, ...] = (3, 4)
    kind: str = "float"


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One call for the tests: static parameters, and other samples than the row's own if need be."""

    params: Mapping[str, Any] = field(default_factory=dict)
    samples: tuple[Sample, ...] | None = None


@dataclass(frozen=True, eq=False)
class Op:
    """A row of the table; see `define` for the fields."""

    name: str
    key: Callable
    fun: Callable
    latex: Latex
    grads: tuple | Callable | None
    xla: str | None
    js: str | None
    try_on: tuple[Sample, ...]
    cases: tuple[Case, ...]
    kind: str
    arrays: int
    bind_call: Callable | None
    python: str | None
    jvp: Callable | None
    view: bool
    kinks: str | None
    reads_values: bool

    def __repr__(self) -> str:
        return f"Op({self.name})"

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Run on plain values, or be recorded if one of `args` is traced."""
        for arg in args:
            record = getattr(type(arg), "record_op", None)
            if record is not None:
                return record(self, args, params)
        return self.fun(*args, **params)

    def rule(self, argnum: int) -> Callable | Refusal | None:
        """The derivative rule `(g, y, *args, **params)` of one argument; None where it is zero everywhere."""
        grads = self.grads
        if grads is None or isinstance(grads, tuple):
            return None if grads is None else grads[argnum]
        return partial(grads, argnum)

    @cached_property
    def signature(self) -> inspect.Signature:
        """The signature that people call; NumPy has it for all but a few C functions."""
        return inspect.signature(self.key)

    @cached_property
    def takes(self) -> frozenset[str]:
        """The names of the static parameters."""
        if self.bind_call is not None:
            return frozenset(inspect.signature(self.bind_call).parameters)
        names = list(self.signature.parameters) if not isinstance(self.key, np.ufunc) else []
        return frozenset(names[1 if self.arrays == SEQUENCE else self.arrays :])

    def bind(self, args: tuple, kwargs: Mapping[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """Split a call into traced arguments and static parameters, of which defaults are dropped."""
        if self.bind_call is not None:
            return self.bind_call(*args, **kwargs)
        if not kwargs and len(args) == self.arrays:
            return args, {}
        given = self.signature.bind(*args, **kwargs).arguments
        names = list(self.signature.parameters)
        if self.arrays == SEQUENCE:
            arrays, static = tuple(given[names[0]]), names[1:]
        else:
            arrays, static = tuple(given[n] for n in names[: self.arrays] if n in given), names[self.arrays :]
        params = {n: given[n] for n in static if n in given and not self._is_default(n, given[n])}
        if self.signature.parameters[names[-1]].kind is inspect.Parameter.VAR_KEYWORD:
            params.update(params.pop(names[-1], {}))  # np.pad's **kwargs
        return arrays, params

    def _is_default(self, name: str, value: Any) -> bool:
        default = self.signature.parameters[name].default
        if isinstance(value, tuple) or type(value) is not type(default):
            return value is default
        return bool(value == default)


OPS: dict[Any, Op] = {}  # by the function that people call, aliases included
NAMED: dict[str, Op] = {}  # by name
COMPOSED: dict[Any, Callable] = {}  # functions that are written in terms of others, in plain NumPy


def define(
    key: Callable,
    *,
    latex: Latex,
    grads: tuple | Callable | None,
    xla: str | None,
    js: str | None,
    try_on: tuple,
    name: str | None = None,
    fun: Callable | None = None,
    also: tuple[Callable, ...] = (),
    cases: tuple = (),
    kind: str = ELEMENTWISE,
    arrays: int | None = None,
    bind: Callable | None = None,
    python: str | None = None,
    jvp: Callable | None = None,
    view: bool = False,
    kinks: str | None = None,
    reads_values: bool = False,
) -> Op:
    r"""File one operation.

    Args:
        key: the function people call; also the NumPy engine, unless `fun(*arrays, **params)` is given.
        latex: the formula (`Latex`).
        grads: one rule `(g, y, *args, **params)` per argument, in plain NumPy. A rule may be `None` (the
            derivative is zero wherever it exists) or `Refusal("why")`. `grads=None`: zero for every argument.
            For operations of any number of arguments: one function `(argnum, g, y, *args, **params)`.
        xla: JAX's function by dotted name, or an expression over `{0}`, `{1}`, `{axis}` …, `{*}` (all
            arguments, comma-separated) and `{**}` (all static parameters as keywords), with `jax` in scope;
            None: the engine refuses.
        js: a JavaScript function by dotted name or an expression over the same holes on single entries
            (elementwise operations), the name of a kernel as `kernel:name`, or None: the card stays static.
        try_on: where tests sample each argument: `(low, high)` or `Sample(...)`, one an argument.
        name: how errors, tests and JSON call it; default: NumPy's own (`linalg.inv` for `np.linalg.inv`).
        also: other functions that mean the same (`np.amax`).
        cases: further calls for the tests: dicts of static parameters, or `Case`.
        kind: ELEMENTWISE, STRUCTURAL or MIXING.
        arrays: how many leading arguments are arrays (default: as many as `try_on` has), or SEQUENCE.
        bind: `(*args, **kwargs) -> (arrays, params)` where the signature can't tell.
        python: how it prints as NumPy: a template over the same holes as `xla` (`{0} + {1}`); default
            `np.name({*}, {**})`.
        jvp: forward-mode rule `(tangents, y, *args, **params)`; default: the reverse rule transposed.
        view: NumPy may return a view of the first argument.
        kinks: expression over the holes whose change of sign marks a kink: `{0}` for abs.
        reads_values: the result's shape or path depends on values (`np.unique`); compiled programs refuse it.

    Raises:
        OpError: a field is missing or contradicts another.
    """
    samples = tuple(s if isinstance(s, Sample) else Sample(*s) for s in try_on)
    op = Op(
        name=name or _name_of(key),
        key=key,
        fun=fun or key,
        latex=latex,
        grads=grads,
        xla=xla,
        js=js,
        try_on=samples,
        cases=tuple(c if isinstance(c, Case) else Case(c) for c in cases),
        kind=kind,
        arrays=len(samples) if arrays is None else arrays,
        bind_call=bind,
        python=python,
        jvp=jvp,
        view=view,
        kinks=kinks,
        reads_values=reads_values,
    )
    _check(op, also)
    NAMED[op.name] = op
    OPS.update(dict.fromkeys((key, *also), op))
    return op


def compose(*keys: Callable) -> Callable[[Callable], Callable]:
    """File a function that is written in terms of other operations, in plain NumPy: `@compose(np.vstack)`."""

    def file(function: Callable) -> Callable:
        for key in keys:
            if key in OPS or key in COMPOSED:
                raise OpError(f"{_name_of(key)} is defined twice")
            COMPOSED[key] = function
        return function

    return file


def _name_of(key: Callable) -> str:
    module = getattr(key, "__module__", None) or ""
    family = module.removeprefix("numpy").removeprefix("scipy").lstrip(".").split(".")[0]
    return f"{family}.{key.__name__}" if family in ("linalg", "fft") else key.__name__


def _check(op: Op, also: tuple[Callable, ...]) -> None:
    for key in (op.key, *also):
        if key in OPS or key in COMPOSED:
            raise OpError(f"{op.name}: {_name_of(key)} is defined twice")
    if op.name in NAMED:
        raise OpError(f"two operations are called {op.name}")
    if isinstance(op.grads, tuple) and len(op.grads) != op.arrays:
        raise OpError(f"{op.name}: {op.arrays} arguments but {len(op.grads)} derivative rules")
    if op.kind not in (ELEMENTWISE, STRUCTURAL, MIXING):
        raise OpError(f"{op.name}: kind is {op.kind!r}; give ELEMENTWISE, STRUCTURAL or MIXING")
