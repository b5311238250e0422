"""A network as JSON and back: its links by names from a list, with their options, shapes and activations.

    {"link": "chain", "links": [
        {"link": "layer", "function": {"link": "activated", "function": …, "activation": …}, "shapes": …},
        {"link": "function", "name": "numpy.tanh"}]}

A link that the list does not know becomes {"link": "other", "is": "…"}, which can be read by people and
compared, and not built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
from typing import Any

from chalkgrad.errors import DataError
from chalkgrad.foundation import Chain
from chalkgrad.nn.initialisers import normal
from chalkgrad.nn.layers.basic import activated
from chalkgrad.nn.layers.layer import Layer
from chalkgrad.nn.layers.residual import Residual
from chalkgrad.train.names import allowed, described, name_of

FIELDS = tuple(f.name for f in fields(Layer))
PLAIN = (type(None), bool, int, float, str)

# ----- to JSON -----


def describe(value: Any) -> Any:
    """What JSON says of a link, or of an option of one.

    >>> import numpy as np
    >>> describe(Chain([np.tanh]))
    {'link': 'chain', 'links': [{'link': 'function', 'name': 'numpy.tanh'}]}
    """
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, tuple):
        return {"link": "tuple", "links": [describe(v) for v in value]}
    if isinstance(value, list):
        return [describe(v) for v in value]
    if isinstance(value, Mapping):
        return {"link": "dict", "items": [[str(k), describe(v)] for k, v in value.items()]}
    return _link(value)


def _link(value: Any) -> dict[str, Any]:
    name = name_of(value)
    if name is not None:
        return {"link": "function", "name": name}
    made = vars(value).get("made_by") if hasattr(value, "__dict__") else None
    if made is not None and made[0] in MAKERS:
        return {"link": made[0], "with": [describe(v) for v in made[1:]]}
    if isinstance(value, Layer):
        return {"link": "layer"} | {name: describe(getattr(value, name)) for name in FIELDS}
    if type(value) is Chain:
        return {"link": "chain", "links": [describe(f) for f in value.functions]}
    if type(value) is Residual:
        return {"link": "residual", "links": [describe(f) for f in value.links]}
    if isinstance(value, partial) and not value.args:
        return {"link": "partial", "function": describe(value.func), "options": describe(value.keywords)}
    return {"link": "other", "is": described(value)}


def others(description: Any) -> list[str]:
    """The links that only their author can supply, in words."""
    if isinstance(description, list):
        return [o for d in description for o in others(d)]
    if not isinstance(description, dict):
        return []
    if description.get("link") == "other":
        return [str(description["is"])]
    return [o for d in description.values() for o in others(d)]


# ----- from JSON -----

MAKERS: dict[str, Callable] = {"activated": activated, "normal": normal}


def build(description: Any) -> Any:
    """The link that JSON speaks of.

    Raises:
        DataError: it speaks of something that is not in the list.
    """
    if isinstance(description, PLAIN):
        return description
    if isinstance(description, list):
        return [build(d) for d in description]
    kind = description.get("link") if isinstance(description, dict) else None
    if kind in MAKERS:
        return MAKERS[kind](*[build(d) for d in description["with"]])
    if kind not in READERS:
        raise DataError(f"a link of the kind {kind!r} is not one that a file may speak of")
    return READERS[kind](description)


def _function(d: dict[str, Any]) -> Callable:
    if d["name"] not in allowed():
        raise DataError(f"the function {d['name']!r} is not one that a file may speak of")
    return allowed()[d["name"]]


def _layer(d: dict[str, Any]) -> Layer:
    unknown = sorted(set(d) - set(FIELDS) - {"link"})
    if unknown:
        raise DataError(f"a layer has {', '.join(unknown)}: the file is of a later version")
    return Layer(**{name: build(d[name]) for name in FIELDS if name in d})


READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "chain": lambda d: Chain(build(d["links"])),
    "dict": lambda d: {k: build(v) for k, v in d["items"]},
    "function": _function,
    "layer": _layer,
    "partial": lambda d: partial(build(d["function"]), **build(d["options"])),
    "residual": lambda d: Residual(*build(d["links"])),
    "tuple": lambda d: tuple(build(d["links"])),
}
