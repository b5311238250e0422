"""Nested dicts, lists and tuples as a flat list of leaves and a shape to put them back into."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

LEAF = "*"


def flatten(tree: Any) -> tuple[list[Any], Any]:
    """Return the leaves, in order, and the structure: hashable, and what `unflatten` takes.

    >>> flatten({"W": 1.0, "b": (2.0, [3.0])})
    ([1.0, 2.0, 3.0], ('dict', ('W', 'b'), ('*', ('tuple', ('*', ('list', ('*',)))))))
    """
    leaves: list[Any] = []
    return leaves, _flatten(tree, leaves)


def _flatten(tree: Any, leaves: list[Any]) -> Any:
    kind = type(tree)  # isinstance would ask a Box for the class of its value
    if issubclass(kind, dict):
        return (
            "ordered" if issubclass(kind, OrderedDict) else "dict",
            tuple(tree),
            tuple(_flatten(tree[k], leaves) for k in tree),
        )
    if issubclass(kind, list):
        return ("list", tuple(_flatten(t, leaves) for t in tree))
    if issubclass(kind, tuple):
        return (kind if hasattr(tree, "_fields") else "tuple", tuple(_flatten(t, leaves) for t in tree))
    leaves.append(tree)
    return LEAF


def unflatten(structure: Any, leaves: list[Any]) -> Any:
    """Put leaves back into a structure.

    >>> unflatten(flatten({"a": (1, 2)})[1], [3, 4])
    {'a': (3, 4)}
    """
    return _unflatten(structure, iter(leaves))


def _unflatten(structure: Any, leaves: Iterator[Any]) -> Any:
    if structure == LEAF:
        return next(leaves)
    kind, children = structure[0], [_unflatten(s, leaves) for s in structure[-1]]
    if kind in ("dict", "ordered"):
        return (dict if kind == "dict" else OrderedDict)(zip(structure[1], children, strict=True))
    if kind == "list":
        return children
    return tuple(children) if kind == "tuple" else kind(*children)


def map_leaves(f: Callable[[Any], Any], tree: Any) -> Any:
    """Apply f to every leaf.

    >>> map_leaves(lambda x: x + 1, [1, (2, 3)])
    [2, (3, 4)]
    """
    leaves, structure = flatten(tree)
    return unflatten(structure, [f(leaf) for leaf in leaves])
