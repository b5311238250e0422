"""One node in JAX: a row's `xla` string as a function, fed with the dtypes that NumPy would use.

NumPy and JAX disagree about the dtype of a result in many cases, so JAX is never asked: the arguments of a
ufunc are cast to what NumPy's own loop takes, and every result to the dtype that its node recorded.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chalkgrad.errors import CompileError, EngineError
from chalkgrad.graph import Graph, Node
from chalkgrad.op import ELEMENTWISE, Op
from chalkgrad.run import places

_HOLE = re.compile(r"\{(\*\*|\*|\w+)\}")
_PYTHON_NUMBERS = {"f": float, "i": int, "b": bool}
_WIDENED = ("sum", "prod", "cumsum", "cumprod")  # NumPy adds small integers in large ones

# ----- operations whose parameters hold an index -----

_BY_NAME: dict[str, Callable] = {
    "getitem": places.getitem,
    "setitem": places.setitem,
    "setitems": places.setitems,
    "scatter": places.scatter,
}


@cache
def lowering(op: Op) -> Callable | None:
    """The JAX function `(*arrays, **params)` of a row; None where the row has none."""
    if op.name in _BY_NAME:
        return _BY_NAME[op.name]
    if op.xla is None:
        return None
    return _dotted(op.xla) if "{" not in op.xla else _expression(op)


def _dotted(name: str) -> Callable:
    """`jax.numpy.linalg.inv`: the longest importable front is the module."""
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _expression(op: Op) -> Callable:
    body = _HOLE.sub(_hole, op.xla or "")
    names = {"jax": jax, "numpy": np}
    for name in re.findall(r"chalkgrad(?:\.\w+)+", body):
        importlib.import_module(name.rpartition(".")[0])
        names["chalkgrad"] = importlib.import_module("chalkgrad")
    return eval(compile(f"lambda *args, **params: {body}", f"<xla of {op.name}>", "eval"), names)


def _hole(match: re.Match) -> str:
    inside = match[1]
    if inside in ("*", "**"):
        return "*args" if inside == "*" else "**params"
    return f"args[{inside}]" if inside.isdigit() else f"params[{inside!r}]"


class Lowered:
    """One node ready to run: which dtype each argument is cast to, and the function.

    Args:
        graph: the graph.
        i: the position of the node.
    """

    def __init__(self, graph: Graph, i: int):
        node = self.node = graph.nodes[i]
        self.op = node.op
        self.run = lowering(node.op)
        if self.run is None:
            raise CompileError(
                f"{node.where or graph.name}: {node.op.name} has no lowering to XLA. "  # type: ignore[union-attr]
                "Cure: call the function without cg.compile, or leave this operation outside it"
            )
        self.kinds = kinds_of(node, [graph.nodes[a] for a in node.args])
        self.numbers = [_number(graph.nodes[a], node, k) for k, a in enumerate(node.args)]

    def __call__(self, args: Sequence[Any]) -> Any:
        given = [
            _cast(a, d) if n is None else n for a, d, n in zip(args, self.kinds, self.numbers, strict=True)
        ]
        try:
            made = jnp.asarray(self.run(*given, **self.node.params), self.node.dtype)  # type: ignore[misc]
        except (CompileError, TypeError, ValueError, NotImplementedError) as error:
            why = str(error).partition("\n")[0]
            raise CompileError(f"{self.node.where or 'chalkgrad'}: {self.op.name}: {why}") from error  # type: ignore[union-attr]
        if made.shape != self.node.shape:
            raise EngineError(f"{self.op.name}: XLA gives shape {made.shape}, NumPy {self.node.shape}")  # type: ignore[union-attr]
        return made


def kinds_of(node: Node, args: Sequence[Node]) -> list[np.dtype | None]:
    """The dtype that each argument is cast to; None: as it is."""
    op = node.op
    if isinstance(op.fun, np.ufunc) and len(args) == op.fun.nin:  # type: ignore[union-attr]
        return _loop(op.fun, node, args)  # type: ignore[union-attr]
    if op.name in _WIDENED and node.dtype.kind in "iuf":  # type: ignore[union-attr]
        return [node.dtype]
    if node.dtype.kind == "f" and "body" not in node.params and all(a.dtype != node.dtype for a in args):
        return [node.dtype] * len(args)  # JAX would compute on whole numbers in single precision
    if op.kind == ELEMENTWISE and node.dtype.kind == "f":  # type: ignore[union-attr]
        return [node.dtype if a.weak and a.dtype.kind != "b" else None for a in args]
    return [None] * len(args)


def _loop(ufunc: np.ufunc, node: Node, args: Sequence[Node]) -> list[np.dtype | None]:
    """What NumPy's own loop takes: its rule for weak Python numbers included."""
    asked = [_PYTHON_NUMBERS[a.dtype.kind] if a.weak and not node.weak else a.dtype for a in args]
    resolved = ufunc.resolve_dtypes((*asked, *([None] * ufunc.nout)))
    return list(resolved[: len(args)])


def _number(arg: Node, node: Node, k: int) -> Any:
    """A whole number as an exponent stays Python's: XLA then multiplies instead of taking logarithms."""
    exponent = node.op.name == "power" and k == 1 and arg.is_constant  # type: ignore[union-attr]
    if (
        exponent
        and arg.weak
        and node.dtype.kind == "f"
        and float(arg.value).is_integer()
        and abs(arg.value) <= 8
    ):
        return int(arg.value)
    return None


def _cast(a: Any, dtype: np.dtype | None) -> Any:
    if dtype is None or getattr(a, "dtype", None) == dtype:
        return a
    return a.astype(dtype) if isinstance(a, jax.Array) else np.asarray(a, dtype)[()]
