"""What the text of a function says: the names it returns, the keys it reads."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=512)
def tree_of(f: Callable) -> ast.FunctionDef | None:
    """The definition of a function, or nothing where its text cannot be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(f)))
    except (OSError, TypeError, SyntaxError, ValueError, IndentationError):
        return None
    return next((n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)), None)


def returned(f: Callable) -> list[str]:
    """The names that the last `return` lists; an empty one for what is no name.

    A dictionary is called "grads": its keys speak for themselves.
    """
    tree = tree_of(f)
    if tree is None:
        return []
    returns = [n for n in _own(tree) if isinstance(n, ast.Return) and n.value is not None]
    if not returns:
        return []
    value = max(returns, key=lambda n: n.lineno).value
    items = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return [_name(item) for item in items]


def _own(tree: ast.FunctionDef) -> list[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    found: list[ast.AST] = []
    waiting: list[Any] = list(tree.body)
    while waiting:
        node: Any = waiting.pop()
        found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))
    return found


SHELLS = ("float", "squeeze", "array", "asarray", "copy", "ravel", "flatten", "reshape", "astype", "item")


def _name(node: Any) -> str:
    """What a returned expression would be called: `dW` of `dW / m`, nothing for `W.T @ d`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr if node.attr != "T" else _name(node.value)
    if isinstance(node, ast.Dict):
        return "grads"
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    if isinstance(node, ast.Call) and _called(node.func) in SHELLS:
        shelled = isinstance(node.func, ast.Name) or _name(node.func.value) in ("np", "numpy")  # type: ignore[attr-defined]
        return _name(node.args[0] if shelled and node.args else getattr(node.func, "value", None))
    if isinstance(node, ast.UnaryOp):
        return _name(node.operand)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Mult | ast.Add):
        return _name(node.right if isinstance(node.left, ast.Constant) else node.left)
    return ""


def _called(node: Any) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def keys_read(f: Callable, name: str) -> list[str]:
    """The constant keys with which a function indexes one of its parameters: `parameters["W1"]`."""
    tree = tree_of(f)
    found = []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name:
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                found.append(node.slice.value)
    return list(dict.fromkeys(found))


def lengths_read(f: Callable, name: str) -> list[str]:
    """The names into which a function takes the shape of a parameter apart: `N, C, H, W = x.shape`."""
    tree = tree_of(f)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            of = node.value
            if isinstance(of, ast.Attribute) and of.attr == "shape" and _called(of.value) == name:
                return [_called(item) for item in node.targets[0].elts]
    return []


def words_compared(f: Callable, name: str) -> list[str]:
    """The strings that a function compares one of its parameters with: `if activation == "relu"`."""
    tree = tree_of(f)
    found: list[str] = []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id == name:
            constants = [c for part in node.comparators for c in ast.walk(part)]
            found += [c.value for c in constants if isinstance(c, ast.Constant) and isinstance(c.value, str)]
    return list(dict.fromkeys(found))
