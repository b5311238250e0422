"""A graph as a whole function in NumPy: its head, its lines, and what it needs imported."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Mapping, Sequence

from chalkgrad.graph import Graph, Node
from chalkgrad.people.calls import closed
from chalkgrad.render.python import identifiers, is_filled, source
from chalkgrad.render.stand_alone import FUNCTIONS, written_out
from chalkgrad.render.statements import Lines, merged, needs_line


def identifier(name: str) -> str:
    """A callable's name as a Python name; what is none, as a chain's title is not, becomes f."""
    return (
        name if name.isidentifier() else "f" if not re.fullmatch(r"[\w.]+", name) else name.replace(".", "_")
    )


def function_source(name: str, graph: Graph) -> str:
    """A graph as a function in NumPy, standalone.

    Shared terms have names: the person's where there are any, `e` for an exponential, t1, t2 otherwise.
    """
    nodes, wanted = graph.nodes, graph.needed()
    inputs = identifiers(
        {i: safe(nodes[i].name or f"x{k}") for k, i in enumerate(graph.inputs)}, {*taken(nodes), name}
    )
    chosen = needs_line(nodes, wanted, inputs)
    view = closed(graph, expand=True)
    named = {i: safe(view.name(i)) or short_name(nodes[i]) for i in chosen}
    names = merged(nodes, wanted, inputs | identifiers(named, {*inputs.values(), *taken(nodes), name}))
    lines = Lines(nodes, names, wanted)
    body = lines.write(chosen)
    results = ", ".join(source(lines.use(o)) for o in graph.outputs)
    return assembled(name, list(inputs.values()), [*body, f"return {results}"], graph)


def taken(nodes: Sequence[Node]) -> set[str]:
    """Names that mean something in the source of some nodes."""
    return {"np", *(n.op.name for n in nodes if n.op is not None and n.op.name in FUNCTIONS)}


def safe(name: str) -> str:
    """A person's name as a Python name."""
    clean = re.sub(r"\W", "_", name)
    return clean + "_" if keyword.iskeyword(clean) else clean


def short_name(node: Node) -> str:
    """A name for a term that has none: `e` for an exponential, `out` for a buffer, `t` otherwise."""
    if node.op is None:
        return "out" if is_filled(node.value) else "C"
    return {"exp": "e", "setitem": "out", "setitems": "out", "scatter": "d"}.get(node.op.name, "t")


def assembled(
    name: str, parameters: list[str], body: list[str], graph: Graph, notes: Mapping[str, str] | None = None
) -> str:
    """The whole source: imports, a note if values decided the path, and the function."""
    text = "\n".join(body)
    imports = ["import numpy as np"]
    for module in sorted(set(re.findall(r"\b(scipy\.\w+)\.", text))):
        imports.append(f"import {module}")
    comments = [f"# {key}: {why}" for key, why in (notes or {}).items()]
    if graph.guards:
        comments.append("# Valid while the values take the path that the example took.")
    head = [*imports, "", "", *comments, f"def {name}({', '.join(parameters)}):"]
    called = [line for source in written_out(text) for line in ("", "", source)]
    return "\n".join([*head, textwrap.indent(text, "    "), *called])
