"""The modules that the person's names mean while their function is traced.

Each is a copy of the real module's names in which some functions are ours; the real module is never touched.
A copy passes straight through to NumPy in a thread that traces nothing.
"""

from __future__ import annotations

import functools
import importlib
import math
import sys
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

from chalkgrad.op import COMPOSED, OPS, SEQUENCE
from chalkgrad.trace import creation, mathematics, randoms
from chalkgrad.trace.active import hold, is_traced, newest, plain
from chalkgrad.trace.box import Box, assembled
from chalkgrad.trace.casts import NUMPY as CASTS
from chalkgrad.trace.protocols import call_function, lookup

ROOTS = ("numpy", "math", "scipy")


def when_tracing(ours: Callable, real: Callable) -> Callable:
    """`ours` while this thread traces something, else the real function itself."""

    @functools.wraps(real, updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        return (ours if newest() is not None else real)(*args, **kwargs)

    return call


def taking_lists(real: Callable) -> Callable:
    """A function of arrays that is also given lists of traced values: `np.sum([a, b])`."""
    if real is np.block:
        return real  # its lists nest, and their blocks differ in shape
    op = OPS.get(real)
    count = 1 if op is None or op.arrays == SEQUENCE else op.arrays
    sequence = (op is not None and op.arrays == SEQUENCE) or real in _SEQUENCES

    def gather(a: Any) -> Any:
        if type(a) not in (list, tuple) or not is_traced(a):
            return a
        return type(a)(assembled(p) for p in a) if sequence else assembled(a)

    def call(*args: Any, **kwargs: Any) -> Any:
        for i, a in enumerate(args):
            if type(a) is list or (type(a) is tuple and i < count):
                args = (*args[:i], gather(a), *args[i + 1 :])
        result = real(*args, **kwargs)
        return result if type(result) is Box else hold(result)

    return call


_SEQUENCES = {np.vstack, np.hstack, np.dstack, np.column_stack, np.concatenate, np.stack, np.select}
_SEQUENCES |= {np.linalg.multi_dot, np.choose}


class Ufunc:
    """A ufunc that is also given lists of traced values: `np.exp([a, b])`."""

    def __init__(self, real: np.ufunc):
        self.means = real
        functools.update_wrapper(self, real, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.means(*(assembled(a) if is_traced(a) else a for a in args), **kwargs)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.means, name)
        if name not in ("reduce", "accumulate", "outer"):
            return value
        return lambda *args, **kwargs: value(*(assembled(a) if is_traced(a) else a for a in args), **kwargs)


class Vectorize:
    """`np.vectorize`, as a call and as a class."""

    means = np.vectorize

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return (creation.Vectorized if newest() is not None else np.vectorize)(*args, **kwargs)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, (np.vectorize, creation.Vectorized))


def asking(real: Callable) -> Callable:
    """A question about values (`np.testing.assert_allclose`): the answer decides the path."""
    return lambda *args, **kwargs: real(*plain(args), **plain(kwargs))


def looked_up(real: Callable) -> Callable:
    """One of SciPy's Python-level functions, by its row."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if any(is_traced(a) for a in (*args, *kwargs.values())):
            args = tuple(assembled(a) if type(a) is list and is_traced(a) else a for a in args)
            if lookup(real) is not None or real in COMPOSED:
                return call_function(real, args, kwargs)
        return real(*plain_unless_traced(args), **kwargs)

    return call


def plain_unless_traced(args: tuple) -> tuple:
    """Held arrays as plain ones."""
    return tuple(a if is_traced(a) else plain(a) for a in args)


# ----- the copies -----


def copied(real: ModuleType, ours: dict[str, Any]) -> ModuleType:
    """A module with the names of `real`, some of them ours."""
    copy = ModuleType(real.__name__, real.__doc__)
    copy.__dict__.update({k: v for k, v in vars(real).items() if not _own_name(k)})
    copy.__dict__.update(ours)
    copy.__dict__["__getattr__"] = lambda name: _late(copy, real, name)
    return copy


def _own_name(name: str) -> bool:
    return name in ("__name__", "__dict__", "__getattr__", "__builtins__")


def _late(copy: ModuleType, real: ModuleType, name: str) -> Any:
    """An attribute that the real module itself makes at first use, such as `np.testing`."""
    value = getattr(real, name)
    return stand_in(value) or value


def _numpy(strong: bool) -> dict[str, Any]:
    made = {n: when_tracing(f, getattr(np, n)) for n, f in creation.STANDS_FOR.items() if n != "nditer"}
    listed = {
        n: taking_lists(f)
        for n, f in vars(np).items()
        if callable(f)
        and not isinstance(f, (type, np.ufunc))
        and (f in OPS or f in COMPOSED)
        and n not in made
    }
    objects = {
        "nditer": when_tracing(creation.nditer, np.nditer),
        "vectorize": Vectorize(),
        "r_": creation.Joined(np.r_, column=False),
        "c_": creation.Joined(np.c_, column=True),
        "random": copied(
            np.random, {n: when_tracing(f, getattr(np.random, n)) for n, f in randoms.table().items()}
        ),
        "linalg": copied(
            np.linalg, {n: taking_lists(f) for n, f in vars(np.linalg).items() if _is_listed(f)}
        ),
    }
    if "numpy.testing" in sys.modules:
        objects["testing"] = module(sys.modules["numpy.testing"], strong)
    ufuncs = {n: Ufunc(f) for n, f in vars(np).items() if isinstance(f, np.ufunc)} if strong else {}
    return {**listed, **made, **objects, **ufuncs, **(CASTS if strong else {})}


def _is_listed(f: Any) -> bool:
    return callable(f) and not isinstance(f, type) and (f in OPS or f in COMPOSED)


def _math() -> dict[str, Any]:
    return {n: when_tracing(f, getattr(math, n)) for n, f in mathematics.TABLE.items() if hasattr(math, n)}


def _testing(real: ModuleType) -> dict[str, Any]:
    return {n: asking(f) for n, f in vars(real).items() if n.startswith("assert_")}


_FUNCTIONS = (FunctionType, BuiltinFunctionType)  # not the objects that can be called: `scipy.stats.gamma`


def _scipy(real: ModuleType) -> dict[str, Any]:
    from chalkgrad.trace.distributions import DISTRIBUTIONS

    functions = {n: looked_up(f) for n, f in vars(real).items() if isinstance(f, _FUNCTIONS)}
    modules = {
        n: stand_in(m) for n, m in vars(real).items() if isinstance(m, ModuleType) and stand_in(m) is not None
    }
    named = DISTRIBUTIONS if real.__name__ == "scipy.stats" else {}
    return {**functions, **modules, **{n: make(getattr(real, n)) for n, make in named.items()}}


_copies: dict[tuple[str, bool], ModuleType] = {}
_SCIPY = ("scipy", "scipy.linalg", "scipy.special", "scipy.stats")


def module(real: ModuleType, strong: bool = False) -> ModuleType | None:
    """The copy of a module, made at first use; None where there is nothing to stand in for."""
    name = getattr(real, "__name__", "")
    if name.partition(".")[0] not in ROOTS or sys.modules.get(name) is not real:
        return None
    key = (name, strong)
    if key not in _copies:
        made = _contents(name, real, strong)
        if made is None:
            return None
        _copies[key] = copied(real, made)
    return _copies[key]


def _contents(name: str, real: ModuleType, strong: bool) -> dict[str, Any] | None:
    if name == "numpy":
        return _numpy(strong)
    if name in ("numpy.random", "numpy.linalg"):
        return vars(getattr(module(np, strong), name.partition(".")[2]))
    if name == "numpy.testing":
        return _testing(real)
    if name == "math":
        return _math()
    return _scipy(real) if name in _SCIPY else None


def stand_in(value: Any, strong: bool = False) -> Any:
    """What stands for a value that the person's name means; None: the value itself."""
    if isinstance(value, ModuleType):
        return module(value, strong)
    if isinstance(value, np.vectorize):
        return creation.Vectorized(value.pyfunc, value.otypes, None, value.excluded)
    if isinstance(value, functools._lru_cache_wrapper):
        return value.__wrapped__  # a result kept from another trace would carry no derivative
    if not callable(value):
        return {id(np.r_): creation.Joined(np.r_, False), id(np.c_): creation.Joined(np.c_, True)}.get(
            id(value)
        )
    return _function(value, strong)


def _function(value: Any, strong: bool) -> Any:
    """For a function that was imported by name: what its module's copy has under that name."""
    home = _home(value)
    name = getattr(value, "__name__", None) or getattr(value, "name", None) or _named(home, value)
    if home is None or name is None:
        return None
    copy = module(importlib.import_module(home), strong)
    ours = None if copy is None else vars(copy).get(name)
    real = vars(sys.modules[home]).get(name)
    return ours if real is value and ours is not value else None


def _named(home: str | None, value: Any) -> str | None:
    """The name of an object without one in its module (`scipy.stats.multivariate_normal`)."""
    names = vars(sys.modules[home]) if home in sys.modules else {}
    return next((n for n in ("norm", "multivariate_normal") if names.get(n) is value), None)


def _home(value: Any) -> str | None:
    own = getattr(value, "__self__", None)
    if isinstance(own, np.random.RandomState):
        return "numpy.random"
    home = getattr(value, "__module__", None)
    if isinstance(value, np.ufunc):
        return "numpy"
    if not isinstance(home, str) or home.partition(".")[0] not in ROOTS:
        return None
    for public in ("scipy.special", "scipy.stats", "numpy.random", "numpy.linalg", "numpy.testing"):
        if home.startswith(public):
            return public
    return "math" if home == "math" else "numpy" if home.startswith("numpy") else None
