"""Imports point down only: a module imports from its own floor's list or below, never from above."""

import ast
from pathlib import Path

import pytest

import chalkgrad

PACKAGE = Path(chalkgrad.__file__).parent

# ----- from the cellar to the roof -----

FLOORS = (
    ("errors", "op", "v8", "tree", "web"),
    ("graph", "latex", "ops"),
    ("trace",),
    (
        "chain_rule",
        "program",
        "rewrite",
        "plan",
        "grad",
        "entries",
        "jacobian",
        "check",
        "people",
        "graph_json",
        "gather",
        "loops",
    ),
    ("render", "run"),
    ("foundation", "nn", "train"),
    ("notes",),
    ("cli",),
)
STRANGERS = ({"render", "run"},)  # on one floor, yet neither imports the other
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.relative_to(PACKAGE).parts[0] not in ("web", "book"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The rooms of chalkgrad that a module imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {
                f"{node.module}.{a.name}" if node.module == "chalkgrad" else node.module for a in node.names
            }
        elif isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
    return {n.split(".")[1] for n in names if n.startswith("chalkgrad.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path):
    here = room(path)
    if here in ("__init__", "__main__"):
        return
    assert here in LEVEL, f"{here} has no floor yet: give it one in tests/test_floors.py"
    for other in imported(path) - {here, "__init__"}:
        assert other in LEVEL, f"{path.name} imports {other}, which has no floor"
        assert LEVEL[other] <= LEVEL[here], f"{here} imports {other}, a floor above"
        assert not any({here, other} <= pair for pair in STRANGERS), (here, other)


def test_no_module_imports_the_package_itself():
    for path in MODULES:
        if room(path) in ("__init__", "__main__"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert not any(a.name == "chalkgrad" for a in node.names), f"{path}: import sibling modules"
