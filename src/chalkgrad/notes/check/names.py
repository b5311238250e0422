"""CG102 and CG105: names that nothing defines, and names that the prelude had to supply."""

from __future__ import annotations

import ast
import builtins
import difflib
from collections.abc import Iterator

from pyflakes.checker import Checker
from pyflakes.messages import UndefinedName

from chalkgrad.notes.check.code import Code, Def, bound_at_top, bound_by, function_name, loaded_by
from chalkgrad.notes.check.finding import Finding
from chalkgrad.notes.check.imports import add_import
from chalkgrad.notes.prelude import NAMES, given

HIDDEN = {"exec", "globals", "locals", "vars", "setattr"}  # by these a note may define names unseen


def names(code: Code) -> Iterator[Finding]:
    """Each name once a function, at its first use."""
    seen: set[tuple[str, Def | None]] = set()
    unseen = bool(HIDDEN & loaded_by(code.tree))
    for node, inside in undefined(code):
        around = inside[0] if inside and node.id not in NAMES else None
        if (node.id, around) in seen:
            continue
        seen.add((node.id, around))
        if node.id in NAMES:
            message = f"{node.id} is never imported, so the prelude supplied it"
            fix = add_import(code, node.id, node.lineno)
            yield Finding("CG105", code.spot(node), message, fix=fix)
        elif not unseen:
            yield Finding("CG102", code.spot(node), _never_defined(code, node, inside), function_name(inside))


def undefined(code: Code) -> list[tuple[ast.Name, tuple[Def, ...]]]:
    """The names that no fence defines, in order; those in annotations that are strings may mean anything."""
    checker = Checker(code.tree, filename=code.note.name, builtins=code.lost | given(code.note.kind))
    places = {(m.lineno, m.col) for m in checker.messages if isinstance(m, UndefinedName)}
    return [code.names[place] for place in sorted(places) if place in code.names]


# ----- words -----


def _never_defined(code: Code, node: ast.Name, inside: tuple[Def, ...]) -> str:
    for statement in code.statements:
        if not inside and statement.line > node.lineno and node.id in bound_at_top(statement.tree):
            return f"{node.id} is not defined yet; {code.note.where(statement.line)} defines it"
    return f"{node.id} is never defined{_cure(code, node, inside)}"


def _cure(code: Code, node: ast.Name, inside: tuple[Def, ...]) -> str:
    unused = [name for f in inside for name in unused_parameters(f)]
    if len(unused) == 1:
        return f"; the parameter is called {unused[0]}"
    if unused:
        return f"; the parameters {', '.join(unused)} are not used"
    known = {*bound_by(code.tree), *NAMES, *dir(builtins)} - {node.id}
    near = difflib.get_close_matches(node.id, [k for k in known if len(k) > 1], 1, 0.75)
    return f"; the nearest name is {near[0]}" if near else ""


def unused_parameters(f: Def) -> list[str]:
    """The parameters that a function's body never reads."""
    a = f.args
    parameters = [p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
    body = [f.body] if isinstance(f, ast.Lambda) else f.body
    read = {name for part in body for name in loaded_by(part)}
    return [p for p in parameters if p not in read and p not in ("self", "cls") and not p.startswith("_")]
