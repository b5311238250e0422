"""Functions by name: those that a file may speak of are looked up in a list, and nothing is ever imported.

The list has the functions of `chalkgrad.nn` (layers' functions, activations, losses, initialisers) and those
of NumPy that have a derivative. A function of a person's own has no name here, and is only described.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import FunctionType
from typing import Any

import numpy as np

DEEP = 8  # closures within closures that are described


@cache
def allowed() -> Mapping[str, Callable]:
    """Every function that a file may name.

    >>> allowed()["nn.activations.relu"].__name__, allowed()["numpy.tanh"]
    ('relu', <ufunc 'tanh'>)
    """
    import sys

    from chalkgrad import nn as nn  # loads every module of layers
    from chalkgrad.op import OPS

    found: dict[str, Callable] = {}
    for title, module in list(sys.modules.items()):
        if title.startswith("chalkgrad.nn.") and module is not None:
            short = title.removeprefix("chalkgrad.")
            found |= {f"{short}.{k}": v for k, v in vars(module).items() if _is_of(v, title)}
    for function in OPS:
        name = getattr(function, "__name__", "")
        if function is not None and function is getattr(np, name, None):
            found[f"numpy.{name}"] = getattr(np, name)
    return found


def _is_of(value: Any, module: str) -> bool:
    return isinstance(value, FunctionType) and value.__module__ == module and "<" not in value.__qualname__


@cache
def _names() -> dict[int, str]:
    return {id(f): name for name, f in allowed().items()}


def name_of(function: Any) -> str | None:
    """The name under which a file may speak of a function, if there is one.

    >>> name_of(np.tanh), name_of(lambda x: x)
    ('numpy.tanh', None)
    """
    return _names().get(id(function))


def described(value: Any, deep: int = 0) -> str:
    """A function or an optimizer in words that are the same for the same one in another process.

    Functions of a person's own tell their code and what they close over: another body is another text.

    >>> from chalkgrad import nn
    >>> described(nn.relu)
    'nn.activations.relu'
    >>> described(nn.sgd(0.1)) == described(nn.sgd(0.1)) != described(nn.sgd(0.2))
    True
    """
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic):
        return repr(value)
    if isinstance(value, np.ndarray) or hasattr(value, "__array__"):
        return _array(np.asarray(value))
    if deep > DEEP:
        return "…"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {described(v, deep + 1)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple | list | set | frozenset):
        parts = [described(v, deep + 1) for v in value]
        return f"({', '.join(sorted(parts) if isinstance(value, set | frozenset) else parts)})"
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    return _callable(value, deep)


def _callable(value: Any, deep: int) -> str:
    name = name_of(value)
    if name is not None:
        return name
    if isinstance(value, partial):
        return f"partial{described((value.func, value.args, value.keywords), deep + 1)}"
    if isinstance(value, FunctionType):
        return _function(value, deep)
    inside = getattr(value, "__self__", None), getattr(value, "__func__", None)
    if inside[1] is not None:
        return f"{described(inside[1], deep + 1)} of {described(inside[0], deep + 1)}"
    title = f"{type(value).__module__}.{type(value).__qualname__}"
    kept = vars(value) if hasattr(value, "__dict__") else {}
    return f"{title}{described(kept, deep + 1)}" if kept else f"{title} {getattr(value, '__name__', '')}"


def _function(value: FunctionType, deep: int) -> str:
    code = value.__code__
    cells = dict(zip(code.co_freevars, value.__closure__ or (), strict=True))
    kept = {k: cell.cell_contents for k, cell in cells.items() if cell.cell_contents is not value}
    kept |= {str(k): v for k, v in enumerate(value.__defaults__ or ())} | (value.__kwdefaults__ or {})
    told = ", ".join(f"{k}={described(v, deep + 1)}" for k, v in kept.items())
    title = value.__qualname__.replace("<locals>.", "").replace("<lambda>", "lambda")
    return f"{title}({told}){_code(code) if _is_own(value) else ''}"


def _is_own(value: FunctionType) -> bool:
    """Whether a function's code can change from one run to the next: that of packages does not."""
    return (value.__module__ or "").split(".")[0] not in ("chalkgrad", "numpy", "optax", "jax")


def _code(code: Any) -> str:
    """A short number for what a function does, whatever its file is called."""
    import hashlib

    consts = [c if not hasattr(c, "co_code") else _code(c) for c in code.co_consts]
    text = repr((code.co_code, consts, code.co_names))
    return "#" + hashlib.sha256(text.encode()).hexdigest()[:12]


def _array(array: np.ndarray) -> str:
    import hashlib

    text = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:12]
    return f"array{array.shape} of {array.dtype}#{text}"
