"""CG104: names that a module does not have. Only modules that chalkgrad itself depends on are imported."""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import warnings
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

from chalkgrad.notes.check.code import Code, bound_by, function_name, walk
from chalkgrad.notes.check.finding import Finding, Spot

TITLES = {"numpy": "NumPy", "math": "math", "matplotlib": "Matplotlib", "scipy": "SciPy"}
GIVEN = {"np": "numpy", "plt": "matplotlib.pyplot"}  # by the prelude
GUARDS = {"AttributeError", "ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
FORMER = {  # NumPy's own former names for what Python has
    "float": "float64", "int": "int64", "complex": "complex128", "object": "object_", "str": "str_",
    "float_": "float64", "Inf": "inf", "NaN": "nan", "product": "prod", "cumproduct": "cumprod",
    "sometrue": "any", "alltrue": "all", "in1d": "isin", "row_stack": "vstack", "trapz": "trapezoid",
}  # fmt: skip


def attributes(code: Code) -> Iterator[Finding]:
    """Names of modules that there are not, each at its place."""
    aliases = _aliases(code)
    excused = {id(n) for n in _guarded(code.tree)}
    inner = {
        id(n.value)
        for n in ast.walk(code.tree)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Attribute)
    }
    written = {n.attr for n, _ in walk(code.tree) if isinstance(n, ast.Attribute) and _is_written(n)}
    asked = {n.value for n in ast.walk(code.tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    found = []
    for node, inside in walk(code.tree):
        if id(node) in excused:
            continue
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            missing = _missing(node, aliases)
            if missing and not {missing[2]} & (written | asked):
                owner, here, name = missing
                found.append(Finding("CG104", code.spot(here), _message(owner, name), function_name(inside)))
        elif isinstance(node, ast.ImportFrom):
            found += _imported(code, node, function_name(inside))
    yield from sorted(found, key=lambda f: (f.spot.line, f.spot.column))


def _is_written(node: ast.Attribute) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _guarded(tree: ast.AST) -> Iterator[ast.AST]:
    """What stands where its absence is caught."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try):
            caught = [n for h in node.handlers for n in ([] if h.type is None else ast.walk(h.type))]
            if any(h.type is None for h in node.handlers) or any(
                isinstance(n, ast.Name) and n.id in GUARDS for n in caught
            ):
                yield from (n for part in (*node.body, *node.handlers) for n in ast.walk(part))


# ----- which names are modules -----


def _aliases(code: Code) -> dict[str, str]:
    """Names that mean one module wherever they stand in the note."""
    found: dict[str, set[str]] = {}
    for statement in ast.walk(code.tree):
        for name, module in _bindings(statement):
            found.setdefault(name, set()).add(module)
    others = bound_by(_without_imports(code.tree)) | code.lost
    given = {k: {v} for k, v in GIVEN.items() if k not in found}
    return {k: next(iter(v)) for k, v in (given | found).items() if len(v) == 1 and k not in others}


def _bindings(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (
                (alias.asname, alias.name)
                if alias.asname
                else (alias.name.split(".")[0], alias.name.split(".")[0])
            )
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


class _Imports(ast.NodeTransformer):
    def visit_Import(self, node: ast.Import) -> ast.stmt:
        return ast.Pass()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt:
        return ast.Pass()


def _without_imports(tree: ast.Module) -> ast.AST:
    import copy

    return _Imports().visit(copy.deepcopy(tree))


# ----- what modules have -----


@cache
def module(name: str) -> ModuleType | None:
    """A module of ours or Python's `math`; `None` for all others, which are not imported here."""
    if name.split(".")[0] not in TITLES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except Exception:
        return None


def _has(owner: ModuleType, name: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return hasattr(owner, name) or _is_submodule(owner, name)


def _is_submodule(owner: ModuleType, name: str) -> bool:
    try:
        return hasattr(owner, "__path__") and importlib.util.find_spec(f"{owner.__name__}.{name}") is not None
    except (ImportError, ValueError):
        return False


def _missing(node: ast.Attribute, aliases: dict[str, str]) -> tuple[ModuleType, ast.Attribute, str] | None:
    """The module, the first attribute of a chain that it has not, and its name."""
    links: list[ast.Attribute] = []
    here: ast.expr = node
    while isinstance(here, ast.Attribute):
        links.append(here)
        here = here.value
    if not isinstance(here, ast.Name) or here.id not in aliases:
        return None
    owner: Any = module(aliases[here.id])
    for link in reversed(links):
        if (
            not isinstance(owner, ModuleType)
            or owner.__name__.split(".")[0] not in TITLES
            or _is_written(link)
        ):
            return None
        if not _has(owner, link.attr):
            return owner, link, link.attr
        owner = getattr(owner, link.attr, None) or module(f"{owner.__name__}.{link.attr}")
    return None


def _imported(code: Code, node: ast.ImportFrom, function: str | None) -> Iterator[Finding]:
    owner = module(node.module) if node.module and not node.level else None
    if owner is None:
        return
    for alias in node.names:
        if alias.name != "*" and not _has(owner, alias.name):
            start = code.column(alias.lineno, alias.col_offset)
            spot = Spot(alias.lineno, start, start + len(alias.name))
            yield Finding("CG104", spot, _message(owner, alias.name), function)


def _message(owner: ModuleType, name: str) -> str:
    near = nearest(owner, name)
    title = TITLES.get(owner.__name__, owner.__name__)
    return f"{title} has no {name}" + (f"; the nearest name is {near}" if near else "")


def nearest(owner: ModuleType, name: str) -> str:
    """The name that may have been meant, or nothing."""
    if owner.__name__ == "numpy" and name in FORMER:
        return FORMER[name]
    public = [n for n in dir(owner) if not n.startswith("_")]
    return next(iter(difflib.get_close_matches(name, public, 1)), "")
