"""What to write instead of a wrong derivative."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable

from chalkgrad.latex import read, to_text
from chalkgrad.render.code import code
from chalkgrad.render.formula import formula

LONG = 90  # characters of an expression that a line still holds


def cure(exact: Callable, written: Callable) -> str:
    """The exact derivative as one NumPy expression in the parameter of the written one; else as mathematics.

    Raises:
        ChalkgradError: it cannot be written down.
    """
    asked = [p.name for p in inspect.signature(written).parameters.values() if p.default is p.empty]
    (function,) = (n for n in ast.parse(str(code(exact, 0.7))).body if isinstance(n, ast.FunctionDef))
    expression = inlined(function)
    if [a.arg for a in function.args.args][:1] == asked[:1] and 0 < len(expression) <= LONG:
        return expression
    text = to_text(read(formula(exact, 0.7).latex)).replace("\n", " ")
    return text if len(text) <= 2 * LONG else ""


def inlined(function: ast.FunctionDef) -> str:
    """The result of a function of plain assignments, with the names put in; nothing if it is none.

    >>> inlined(ast.parse("def f(x):\\n    e = np.exp(-x)\\n    return e / (1 + e) ** 2").body[0])
    'np.exp(-x) / (1 + np.exp(-x)) ** 2'
    """
    names: dict[str, ast.expr] = {}
    for statement in function.body:
        match statement:
            case ast.Assign([ast.Name(name)], value) if name not in names:
                names[name] = _Put(names).visit(value)
            case ast.Return(ast.expr() as value):
                return ast.unparse(_Put(names).visit(value))
            case _:
                return ""
    return ""


class _Put(ast.NodeTransformer):
    def __init__(self, names: dict[str, ast.expr]):
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)
