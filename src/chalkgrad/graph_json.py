"""A graph as JSON: versioned, without pickles, numbers that JSON cannot say as strings.

A graph that was read back runs and prints like the one that was written: operations are named, and looked
up in the table. What stays behind is the person's code: no scopes, no places in files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from chalkgrad import ops as ops
from chalkgrad.errors import ArgumentError
from chalkgrad.graph import Graph, Node, Step
from chalkgrad.loops.record import Body
from chalkgrad.op import NAMED
from chalkgrad.ops.index import Hole, Span

VERSION = 1
_DTYPES = ("f8", "f4", "b1", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1")  # of a page
LARGEST = 4096  # entries of a constant that is written out; a larger one is an input without a value

_SPECIAL = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def graph_to_json(graph: Graph) -> dict[str, Any]:
    """A graph as plain dicts, lists, strings and numbers.

    >>> from chalkgrad.trace.run import trace
    >>> graph_to_json(trace(lambda x: 2 * x, 1.0))["nodes"][2]["op"]
    'multiply'
    """
    return {
        "version": VERSION,
        "name": graph.name,
        "nodes": [_node(n) for n in graph.nodes],
        "inputs": list(graph.inputs),
        "outputs": list(graph.outputs),
        "forward": graph.forward,
        "gradients": [[i, g] for i, g in sorted(graph.gradients.items())],
        "edges": [[i, k, g] for (i, k), g in sorted(graph.edges.items())],
        "guarded": bool(graph.guards),
    }


def graph_from_json(data: Mapping[str, Any]) -> Graph:
    """The graph that `graph_to_json` wrote.

    Raises:
        ArgumentError: another version, an unknown operation, or a reference to a later node.
    """
    if data.get("version") != VERSION:
        raise ArgumentError(
            f"this graph has version {data.get('version')!r}, and this chalkgrad reads version {VERSION}"
        )
    nodes = tuple(_read_node(i, d) for i, d in enumerate(data["nodes"]))
    return Graph(
        nodes,
        tuple(data["inputs"]),
        tuple(data["outputs"]),
        name=data["name"],
        guards=(None,) if data["guarded"] else (),
        forward=data["forward"],
        gradients=dict(data["gradients"]),
        edges={(i, k): g for i, k, g in data["edges"]},
    )


# ----- nodes -----


def _node(node: Node) -> dict[str, Any]:
    written: dict[str, Any] = {"op": None if node.op is None else node.op.name, "dtype": node.dtype.str}
    optional = {
        "args": list(node.args),
        "params": {k: encode(v) for k, v in node.params.items()},
        "shape": list(node.shape),
        "name": node.name,
        "scope": [[s.name, s.serial] for s in node.scope],
        "line": None if node.where is None else node.where.line,
        "weak": node.weak,
        "step": None if node.step is None else [node.step.node, node.step.arg],
    }
    written |= {k: v for k, v in optional.items() if v}
    if node.value is not None:
        small = np.size(node.value) <= LARGEST
        written["value"] = encode(node.value) if small else {"left out": int(np.size(node.value))}
    return written


def _read_node(i: int, data: Mapping[str, Any]) -> Node:
    if data["op"] == "scan":
        from chalkgrad.loops import scan as scan  # its row comes with it
    op = None if data["op"] is None else NAMED.get(data["op"])
    if data["op"] is not None and op is None:
        raise ArgumentError(f"node {i}: there is no operation {data['op']!r}")
    args = tuple(data.get("args", ()))
    if any(not 0 <= a < i for a in args):
        raise ArgumentError(f"node {i} refers to {list(args)}, which are not before it")
    step = data.get("step")
    value = data.get("value")
    if isinstance(value, dict) and "left out" in value:
        value = None
    return Node(
        op,
        args,
        {k: decode(v) for k, v in data.get("params", {}).items()},
        tuple(data.get("shape", ())),
        np.dtype(data["dtype"]),
        name=data.get("name", ""),
        value=decode(value),
        step=None if step is None else Step(*step),
        weak=data.get("weak", False),
    )


# ----- values: what JSON lacks is tagged -----


def encode(value: Any) -> Any:
    """A value as JSON: tuples, slices, arrays and dtypes are tagged, non-finite numbers are strings.

    >>> encode((1, float("nan")))
    {'tuple': [1, {'number': 'nan'}]}
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and type(value) is float:
        return value if math.isfinite(value) else {"number": str(value)}
    if isinstance(value, Hole):
        return {"hole": value.at}
    if isinstance(value, Span):
        return {"span": list(value)}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, tuple | list):
        return {type(value).__name__: [encode(v) for v in value]}
    if isinstance(value, np.ndarray | np.generic):
        return {
            "array": value.dtype.str,
            "shape": list(value.shape),
            "entries": [encode(v) for v in value.ravel().tolist()],
        }
    if isinstance(value, np.dtype) or (
        isinstance(value, type) and issubclass(value, np.generic | float | int | bool)
    ):
        return {"dtype": np.dtype(value).str}
    if isinstance(value, Body):
        own = {"params": value.params, "state": value.state, "name": value.name}
        return {
            "body": own
            | {"kept": list(value.kept), "extra": value.extra, "graph": graph_to_json(value.graph)}
        }
    if isinstance(value, dict):
        return {"dict": [[encode(k), encode(v)] for k, v in value.items()]}
    raise ArgumentError(f"a {type(value).__name__} cannot be written as JSON")


def decode(data: Any) -> Any:
    """The reverse of `encode`.

    >>> decode(encode((slice, 1.5)[1:]))
    (1.5,)
    """
    if not isinstance(data, dict):
        return data
    ((tag, inner), *_) = data.items()
    if tag == "array":
        entries = np.array([decode(e) for e in data["entries"]], dtype=np.dtype(inner))
        return entries.reshape(data["shape"])[()]
    return _DECODERS[tag](inner)


def _body(data: Any) -> Body:
    return Body(**{**data, "graph": graph_from_json(data["graph"]), "kept": tuple(data["kept"])})


_DECODERS = {
    "number": lambda d: _SPECIAL[d],
    "hole": lambda d: Hole(d),
    "span": lambda d: Span(*d),
    "ellipsis": lambda d: Ellipsis,
    "tuple": lambda d: tuple(decode(v) for v in d),
    "list": lambda d: [decode(v) for v in d],
    "dtype": lambda d: np.dtype(d),
    "dict": lambda d: {decode(k): decode(v) for k, v in d},
    "body": _body,
}


# ----- what a page cannot compute -----


def lacking(graph: Graph) -> list[str]:
    """What a page cannot compute of a graph: names of operations, dtypes, constants too large to write; each
    once.

    >>> from chalkgrad.trace.run import trace
    >>> import numpy as np
    >>> lacking(trace(lambda x: np.linalg.eigh(x)[1], np.eye(2)))
    ['linalg.eigh_vectors']
    """
    missing = [name for node in graph.nodes if (name := _missing(node)) is not None]
    bodies = [v.graph for node in graph.nodes for v in node.params.values() if isinstance(v, Body)]
    return list(dict.fromkeys([*missing, *(name for inner in bodies for name in lacking(inner))]))


def _missing(node: Node) -> str | None:
    if node.op is not None and node.op.js is None:
        return node.op.name
    if node.dtype.str[1:] not in _DTYPES:
        return str(node.dtype)
    if node.is_constant and np.size(node.value) > LARGEST:
        return f"a constant of {np.size(node.value)} entries"
    return None
