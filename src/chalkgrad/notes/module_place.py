"""In the child: a module runs as if its own programs imported it, beside its siblings, in its package."""

from __future__ import annotations

import ast
import importlib
import os
import re
import sys
import types
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

INSTALLED = re.compile(r"[\\/](site|dist)-packages([\\/]|$)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where imports look for the siblings of a file, and what it is called among them."""

    root: str  # the folder that its outermost package lies in
    package: str  # "" for none
    name: str  # with the package's name before it; "__main__" for notes


def place_of(file: str, folder: str, source: str) -> Place:
    """The place of a file, by its name, its folder and what it says.

    A folder with an `__init__.py` is a package; so is one whose modules say `from .utils import …`.
    """
    stem = Path(file).stem
    if Path(file).suffix.lower() != ".py":
        return Place(folder, "", "__main__")
    here, depth = Path(folder), 0
    needed = _level(source)
    names: list[str] = []
    while (here / "__init__.py").is_file() or depth < needed:
        if here.parent == here:
            break
        names.insert(0, here.name)
        here, depth = here.parent, depth + 1
    package = ".".join(names)
    name = package if stem == "__init__" and package else f"{package}.{stem}" if package else stem
    taken = not package and (name in sys.modules or name in sys.stdlib_module_names)
    return Place(str(here), package, f"{name}_" if taken else name)  # `random.py` is not Python's `random`


def _level(source: str) -> int:
    """How many dots the file's relative imports have at most."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    return max((n.level for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)), default=0)


def settle(place: Place, file: str, doc: str | None, also: Iterable[str] = ()) -> types.ModuleType:
    """Make the module, under its name, and let imports find its siblings.

    Python's own modules come first, so that a `random.py` beside the notes does not stand for Python's; then
    the siblings; then what is installed.
    """
    at = next((i for i, p in enumerate(sys.path) if INSTALLED.search(p)), len(sys.path))
    sys.path[at:at] = [place.root]
    sys.path += [path for path in also if path not in sys.path]
    if place.package:
        _load_package(place.package)
    module = types.ModuleType(place.name, doc)
    module.__file__ = os.path.join(os.getcwd(), os.path.basename(file))
    module.__package__ = place.package
    sys.modules[place.name] = module
    return module


def _load_package(name: str) -> None:
    """Run a package's `__init__.py` first, as Python does; its errors come up again in the imports."""
    try:
        importlib.import_module(name)
    except (Exception, SystemExit):
        for part in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[part]
