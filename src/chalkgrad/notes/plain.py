"""Formulas in plain text, `f(x) = max(0, x)`, as LaTeX; only what can be nothing else."""

from __future__ import annotations

import ast
import re

EQUATION = re.compile(
    r"\s*(?:[A-Z][\w ]*:\s*)?(?P<name>[^\W\d]\w*)\((?P<arguments>[\w, ]+)\)"
    r"\s*=(?!=)\s*(?P<right>.+?)[.;,]?\s*"
)
LONGEST = 400  # characters of a line; what is longer is no formula of a comment
GREEK = set(
    "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi rho sigma tau phi chi psi "
    "omega".split()
)
CONSTANTS = {"e": "e", "pi": r"\pi"}
KNOWN = set("max min exp log ln sin cos tan sinh cosh tanh".split())
SIGNS = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge"}


class _NotPlain(Exception):
    """It may be anything."""


def tex_of(line: str, function: str, parameters: tuple[str, ...]) -> str:
    r"""A line that is an equation `f(x) = …` in the parameters of a function, as LaTeX; otherwise nothing.

    >>> tex_of("f(x) = 1 / (1 + e^-x)", "sigmoid", ("x",))
    'f(x) = \\frac{1}{1 + e^{-x}}'
    >>> tex_of("f(x) = something else", "sigmoid", ("x",)), tex_of("y(x) = k x", "g", ("x",))
    ('', '')
    """
    match = EQUATION.fullmatch(line) if len(line) <= LONGEST else None
    if match is None or not (match["name"] == function or match["name"] in ("f", "g", "h")):
        return ""
    arguments = [name.strip() for name in match["arguments"].split(",")]
    if not set(arguments) <= set(parameters):
        return ""
    try:
        right = ast.parse(match["right"].replace("^", "**"), mode="eval").body
        left = rf"\text{{{match['name']}}}" if len(match["name"]) > 1 else match["name"]
        left = left.replace("_", r"\_") + f"({', '.join(map(_name, arguments))})"
        return f"{left} = {_tex(right, set(parameters))}"
    except (_NotPlain, SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def _name(name: str) -> str:
    if name in GREEK:
        return "\\" + name
    return name if len(name) == 1 else rf"\text{{{name}}}".replace("_", r"\_")


def _tex(node: ast.expr, names: set[str], power: int = 0) -> str:
    """LaTeX of an expression; it stands in brackets where what is around it binds closer than `power`."""
    text, own = _bare(node, names)
    return f"({text})" if own < power else text


def _bare(node: ast.expr, names: set[str]) -> tuple[str, int]:
    """LaTeX and how close it binds: 1 sums, 2 products, 3 signs, 4 powers, 5 all else."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return repr(node.value), 5 if "e" not in repr(node.value) else _refuse()
    if isinstance(node, ast.Name) and (node.id in names or node.id in CONSTANTS):
        return (_name(node.id) if node.id in names else CONSTANTS[node.id]), 5
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return f"-{_tex(node.operand, names, 3)}", 1
    if isinstance(node, ast.BinOp):
        return _binary(node, names)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _call(node.func.id, node.args, names), 5
    if isinstance(node, ast.IfExp):
        return _cases(node, names), 5
    raise _NotPlain


def _refuse() -> int:
    raise _NotPlain


def _binary(node: ast.BinOp, names: set[str]) -> tuple[str, int]:
    left, right = node.left, node.right
    if isinstance(node.op, ast.Add | ast.Sub):
        sign, close = ("+", 1) if isinstance(node.op, ast.Add) else ("-", 2)
        return f"{_tex(left, names, 1)} {sign} {_tex(right, names, close)}", 1
    if isinstance(node.op, ast.Mult):
        return rf"{_tex(left, names, 2)} \cdot {_tex(right, names, 2)}", 2
    if isinstance(node.op, ast.Div):
        return rf"\frac{{{_tex(left, names)}}}{{{_tex(right, names)}}}", 5
    if isinstance(node.op, ast.Pow):
        base = _tex(left, names, 5)
        base = f"({base})" if base.startswith("\\") and not isinstance(left, ast.Name) else base
        return f"{base}^{{{_tex(right, names)}}}", 4
    raise _NotPlain


def _call(name: str, arguments: list[ast.expr], names: set[str]) -> str:
    inside = ", ".join(_tex(a, names) for a in arguments)
    if name in KNOWN and arguments:
        return rf"\{name}({inside})"
    if name == "sqrt" and len(arguments) == 1:
        return rf"\sqrt{{{inside}}}"
    if name == "abs" and len(arguments) == 1:
        return f"|{inside}|"
    raise _NotPlain


def _cases(node: ast.IfExp, names: set[str]) -> str:
    test = node.test
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or type(test.ops[0]) not in SIGNS:
        raise _NotPlain
    when = f"{_tex(test.left, names)} {SIGNS[type(test.ops[0])]} {_tex(test.comparators[0], names)}"
    first, second = _tex(node.body, names), _tex(node.orelse, names)
    return rf"\begin{{cases}} {first} & \text{{if }} {when} \\ {second} & \text{{otherwise}} \end{{cases}}"
