"""Source with its spans tied to graph nodes: found in the child, made HTML in the parent."""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from html import escape
from itertools import pairwise
from typing import Any

from chalkgrad.errors import SourceError
from chalkgrad.graph import Graph
from chalkgrad.render.opened import Opened
from chalkgrad.trace.run import code_of, name_of

Span = tuple[int, int, int]  # start, end (characters of the source), node


def source_of(f: Callable) -> tuple[str, int]:
    """The source of a function and the line it starts on.

    Raises:
        SourceError: it has none: a C function, or code that was typed and not kept.
    """
    while isinstance(f, partial):
        f = f.func
    if isinstance(f, Opened):
        return f.source, 0
    functions = getattr(f, "functions", None)
    if functions is not None:
        return f"Chain([{', '.join(name_of(g) for g in functions)}])", 0
    code = code_of(f)
    if code is None:
        raise SourceError(f"{name_of(f)} is not written in Python, so it has no source to show")
    try:
        lines, line = inspect.getsourcelines(code)
    except OSError as error:
        raise SourceError(f"the source of {name_of(f)} ({code.co_filename}) was not kept: {error}") from None
    return "".join(lines).rstrip("\n"), line


def spans_of(f: Callable, graph: Graph, source: str, line: int) -> list[Span]:
    """Where in the source each node of f's own code was made."""
    code = code_of(f)
    starts = [0, *(i + 1 for i, c in enumerate(source) if c == "\n")]
    found: dict[tuple[int, int], int] = {}
    for i, node in enumerate(graph.nodes):
        if node.where is None or node.where.code is not code or node.op is None:
            continue
        first, last, column, end = node.where.span
        if first is None or last is None or column is None or end is None or last - line >= len(starts):
            continue
        found[_place(source, starts, first - line, column), _place(source, starts, last - line, end)] = i
    return sorted((a, b, i) for (a, b), i in found.items() if a < b)


def inputs_in(source: str, graph: Graph) -> Iterator[Span]:
    """Where the source reads a parameter that is an input and is never bound to anything else."""
    starts = [0, *(i + 1 for i, c in enumerate(source) if c == "\n")]
    indent = len(source) - len(source.lstrip(" \t"))
    try:
        (function,) = ast.parse(textwrap.dedent(source)).body
    except (SyntaxError, ValueError):
        return
    if not isinstance(function, ast.FunctionDef):
        return
    own = {a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
    inside = [node for statement in function.body for node in ast.walk(statement)]
    bound = {n.id for n in inside if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    bound |= {n.arg for n in inside if isinstance(n, ast.arg)}
    nodes = {graph.nodes[i].name: i for i in graph.inputs}
    for name in (n for n in inside if isinstance(n, ast.Name) and n.id in own - bound and n.id in nodes):
        begin = _place(source, starts, name.lineno - 1, indent + name.col_offset)
        if source[begin : begin + len(name.id)] == name.id:
            yield begin, begin + len(name.id), nodes[name.id]


def _place(source: str, starts: Sequence[int], row: int, column: int) -> int:
    """A column of UTF-8 bytes as a place in the text."""
    begin = starts[row]
    end = source.find("\n", begin)
    text = source[begin : end if end >= 0 else len(source)]
    return begin + len(text.encode()[:column].decode(errors="ignore"))


def segment(node: Any) -> str:
    """The piece of source that made a node, on one line."""
    if node.where is None:
        return ""
    first, last, column, end = node.where.span
    if first is None or column is None or last != first:
        return ""
    return linecache.getline(node.where.file, first).encode()[column:end].decode(errors="ignore")


def code_html(source: str, spans: Iterable[Span]) -> str:
    """Highlighted source in which every span carries its node; spans nest, tokens are cut."""
    from pygments.lexers import PythonLexer
    from pygments.token import STANDARD_TYPES

    spans = sorted(spans, key=lambda s: (s[0], -s[1]))
    edges = {p for a, b, _ in spans for p in (a, b)}
    parts: list[str] = []
    opened: list[Any] = []
    at = 0
    for kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        name = STANDARD_TYPES.get(kind, "")
        cuts = [at, *sorted(e for e in edges if at < e < at + len(text)), at + len(text)]
        for a, b in pairwise(cuts):
            while opened and opened[-1][1] <= a:
                opened.pop()
                parts.append("</span>")
            for span in spans:
                if span[0] == a and span[1] > a and span not in opened:
                    opened.append(span)
                    parts.append(f'<span data-node="{span[2]}">')
            piece = escape(source[a:b], quote=False)
            parts.append(f'<span class="{name}">{piece}</span>' if name and piece.strip() else piece)
        at += len(text)
    return "".join(parts) + "</span>" * len(opened)
