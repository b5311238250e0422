"""Nodes as NumPy source: one expression each, by the template of the operation's row.

Templates are parsed once and filled as syntax trees, so that Python's own printer puts the brackets.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from chalkgrad.errors import SourceError
from chalkgrad.graph import Node
from chalkgrad.op import Op
from chalkgrad.ops.index import Hole, Span

_HOLE = re.compile(r"\{(\d+|\*\*?|[a-z_]\w*)\}")
MADE_UP = ("t", "e", "C", "d", "out")  # names that are ours, not the person's
LARGEST = 64  # entries of a captured array that are written out
NUMBERS = {np.pi: "np.pi", np.e: "np.e", 2 * np.pi: "2 * np.pi", np.sqrt(2 / np.pi): "np.sqrt(2 / np.pi)"}

Argument = Callable[[int], ast.expr]  # an argument's position → its expression


def expression(node: Node, argument: Argument) -> ast.expr:
    """The NumPy expression of an operation.

    Raises:
        SourceError: the operation cannot be written as one expression.
    """
    assert node.op is not None
    if node.op.name == "getitem":
        return subscript(argument(node.args[0]), node.params["index"], [argument(a) for a in node.args[1:]])
    if node.op.name == "transpose" and not node.params:
        return ast.Attribute(argument(node.args[0]), "T", ast.Load())
    if node.op.name == "astype":
        return _cast(node, argument)
    filler = _Filler(node, [argument(a) for a in node.args])
    return filler.visit(ast.parse(_template(node.op), mode="eval").body)


def _cast(node: Node, argument: Argument) -> ast.expr:
    inner = argument(node.args[0])
    if node.shape == ():  # a Python number has no astype
        return ast.Call(parsed(f"np.{np.dtype(node.params['dtype']).name}"), [inner], [])
    return ast.Call(ast.Attribute(inner, "astype", ast.Load()), [parsed(literal(node.params["dtype"]))], [])


@lru_cache(maxsize=512)
def _template(op: Op) -> str:
    """The template as parseable Python: holes are names."""
    template = op.python or f"{qualified(op)}({{*}}, {{**}})"
    marks = {"*": "*_args", "**": "**_params"}

    def mark(match: re.Match) -> str:
        key = match[1]
        return marks.get(key) or (f"_hole{key}" if key.isdigit() else f"_param_{key}")

    return _HOLE.sub(mark, template)


def qualified(op: Op) -> str:
    """NumPy's or SciPy's name of an operation, `np.linalg.inv`."""
    found: Any = np
    for part in op.name.split("."):
        found = getattr(found, part, None)
    if callable(found):
        return f"np.{op.name}"
    home = getattr(op.key, "__module__", None) or _home(op)
    if home.startswith("scipy"):
        return f"{'.'.join(p for p in home.split('.') if not p.startswith('_'))}.{op.key.__name__}"
    raise SourceError(
        f"{op.name} has no name in NumPy to print; its row needs a template: define(…, python=…)"
    )


def _home(op: Op) -> str:
    """SciPy's ufuncs don't say where they live."""
    return "scipy.special" if isinstance(op.key, np.ufunc) and not hasattr(np, op.key.__name__) else ""


class _Filler(ast.NodeTransformer):
    """Puts arguments and settings into the holes of a template."""

    def __init__(self, node: Node, args: Sequence[ast.expr]):
        self.node, self.args = node, args

    def visit_Name(self, name: ast.Name) -> ast.expr:
        if name.id.startswith("_hole"):
            return self.args[int(name.id[5:])]
        if name.id.startswith("_param_"):
            return parsed(literal(self.node.params.get(name.id[7:])))
        return name

    def visit_List(self, made: ast.List) -> ast.List:
        return ast.List(self._spread(made.elts), ast.Load())

    def visit_Call(self, call: ast.Call) -> ast.Call:
        used = {n.id[7:] for n in ast.walk(call) if isinstance(n, ast.Name) and n.id.startswith("_param_")}
        keywords: list[ast.keyword] = []
        for k in call.keywords:
            if k.arg is None and isinstance(k.value, ast.Name) and k.value.id == "_params":
                rest = {key: v for key, v in self.node.params.items() if key not in used}
                keywords += [ast.keyword(key, parsed(literal(v))) for key, v in rest.items()]
            else:
                keywords.append(ast.keyword(k.arg, self.visit(k.value)))
        return ast.Call(self.visit(call.func), self._spread(call.args), keywords)

    def _spread(self, listed: Sequence[ast.expr]) -> list[ast.expr]:
        out: list[ast.expr] = []
        for a in listed:
            starred = isinstance(a, ast.Starred) and isinstance(a.value, ast.Name) and a.value.id == "_args"
            out += self.args if starred else [self.visit(a)]
        return out


def subscript(
    base: ast.expr, index: Sequence[Any], arrays: Sequence[ast.expr], store: bool = False
) -> ast.Subscript:
    """`x[0, 1:, rows]`."""
    parts = [arrays[p.at] if isinstance(p, Hole) else _part(p) for p in index]
    inside = parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())
    return ast.Subscript(base, inside, ast.Store() if store else ast.Load())


def _part(part: Any) -> ast.expr:
    if isinstance(part, Span):
        return ast.Slice(*(None if end is None else ast.Constant(end) for end in part))
    return ast.Constant(part)


# ----- values -----


def parsed(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


def literal(value: Any) -> str:
    """A Python value as source.

    Raises:
        SourceError: a value that source cannot say.
    """
    if isinstance(value, (bool, np.bool_)) or value is None or value is Ellipsis or isinstance(value, str):
        return repr(bool(value) if isinstance(value, np.bool_) else value)
    if isinstance(value, (int, np.integer)):
        return repr(int(value))
    if isinstance(value, (float, np.floating)):
        return real(float(value))
    if isinstance(value, np.dtype):
        return f"np.{value.name}"
    if isinstance(value, np.ndarray):
        return array(value)
    if isinstance(value, tuple):
        inside = ", ".join(map(literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, type):
        return f"np.{value.__name__}" if issubclass(value, np.generic) else value.__name__
    if hasattr(value, "graph"):  # the body of a loop
        raise SourceError(f"the loop over {value!r} is one operation, of which NumPy has no line")
    raise SourceError(f"{value!r} cannot be written as Python source")


def real(value: float) -> str:
    """A float, by its name if it has one."""
    if value != value:
        return "np.nan"
    if value in (np.inf, -np.inf):
        return "np.inf" if value > 0 else "-np.inf"
    return NUMBERS.get(value) or repr(value)


def array(value: np.ndarray) -> str:
    """A small array entry by entry; one of equal entries by its shape."""
    kind = "" if value.dtype in (np.float64, np.int64, np.bool_) else f", dtype=np.{value.dtype.name}"
    if value.size > 1 and (value == value.flat[0]).all() and value.dtype.kind == "f":
        maker = {0: "np.zeros({})", 1: "np.ones({})"}.get(
            value.flat[0].item(), f"np.full({{}}, {literal(value.flat[0])})"
        )
        shape = literal(value.shape) if value.ndim > 1 else str(value.shape[0])
        return maker.format(shape + kind)
    return f"np.array({literal(value.tolist())}{kind})"


def fits(value: Any) -> bool:
    """Whether a constant can be written out."""
    return not isinstance(value, np.ndarray) or value.size <= LARGEST or is_filled(value)


def is_filled(value: Any) -> bool:
    """Whether an array holds one number everywhere, as a new buffer does."""
    return isinstance(value, np.ndarray) and value.size > 0 and bool((value == value.flat[0]).all())


def source(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node))


def identifiers(wanted: Mapping[int, str], taken: set[str]) -> dict[int, str]:
    """A Python name for each position; a name that is bound again counts up, `h_1`, `h_2`."""
    counts: dict[str, int] = {}
    for name in wanted.values():
        counts[name] = counts.get(name, 0) + 1
    found: dict[int, str] = {}
    seen: dict[str, int] = {}
    for i, name in wanted.items():
        new = name
        while counts[name] > 1 or new in taken:
            seen[name] = seen.get(name, 0) + 1
            new = f"{name}{'' if name in MADE_UP else '_'}{seen[name]}"
            if new not in taken:
                break
        found[i] = new
        taken.add(new)
    return found
