"""CG301: hand-written derivatives that fit no reading of the exact ones."""

from __future__ import annotations

import ast

from chalkgrad.notes.check.code import Code
from chalkgrad.notes.check.finding import Derivative, Evidence, Finding, Spot
from chalkgrad.notes.records import Derived, Execution

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def derivatives(code: Code, ran: Execution | None) -> tuple[list[Finding], tuple[Derivative, ...]]:
    """Findings, and what became of each derivative that was recognised."""
    derived = ran.derivatives if ran is not None else ()
    findings = [_finding(code, d) for d in derived if d.status == "disagrees"]
    return findings, tuple(Derivative(d.line, d.function, d.of, d.status, d.why) for d in derived)


def _finding(code: Code, derived: Derived) -> Finding:
    definition = _definition(code, derived)
    spot = _spot(code, derived, definition)
    evidence = Evidence(derived.at, derived.wanted[0], derived.given[0])
    return Finding("CG301", spot, _message(derived), derived.function, evidence, None, derived.cure)


def _message(derived: Derived) -> str:
    which = f"{derived.part} disagrees" if derived.part else "this disagrees"
    return f"{which} with the exact derivative of {derived.of}, read as {derived.reading}"


# ----- where -----


def _definition(code: Code, derived: Derived) -> Definition | None:
    """The innermost definition that begins on the derivative's line; decorators count."""
    for node in ast.walk(code.tree):
        if isinstance(node, Definition):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            if first == derived.line:
                return node
    return None


def _spot(code: Code, derived: Derived, definition: Definition | None) -> Spot:
    """Where the wrong part is made: its last assignment, else the return that gave it, else the head."""
    if definition is None:
        return Spot(derived.line, 1, 1)
    if isinstance(definition, ast.Lambda):
        return code.spot(definition.body)
    part = derived.part.removeprefix("step of ").split(".")[-1]
    assigned = [n for n in ast.walk(definition) if isinstance(n, ast.Assign) and part in _targets(n)]
    if part and len(assigned) == 1:
        return code.spot(assigned[0])
    returns = [n for n in ast.walk(definition) if isinstance(n, ast.Return) and n.value is not None]
    here = [n for n in returns if n.lineno <= derived.returned <= (n.end_lineno or n.lineno)]
    chosen = here or returns[-1:]
    if chosen:
        assert chosen[0].value is not None
        return code.spot(chosen[0].value)
    return _head(code, definition) or Spot(derived.line, 1, 1)


def _targets(node: ast.Assign) -> set[str]:
    """The names, attributes and keys that an assignment binds alone."""
    found = set()
    for target in node.targets:
        if isinstance(target, ast.Name):
            found.add(target.id)
        elif isinstance(target, ast.Attribute):
            found.add(target.attr)
        elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            found.add(str(target.slice.value))
    return found


def _head(code: Code, definition: Definition | None) -> Spot | None:
    """The `def f(x):` itself."""
    if definition is None or isinstance(definition, ast.Lambda):
        return None
    column = code.column(definition.lineno, definition.col_offset)
    line = code.lines[definition.lineno - 1] if definition.lineno <= len(code.lines) else ""
    return Spot(definition.lineno, column, max(column + 1, len(line.rstrip()) + 1))
