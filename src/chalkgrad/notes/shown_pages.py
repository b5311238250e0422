"""In the child: the pages that notes show themselves, `cg.show(model, X[:1])`: each becomes a card."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chalkgrad.notes.statements import Statement
from chalkgrad.notes.views import LARGEST, describe


@dataclass
class Pages:
    """The pages shown so far: name, statement, fence and page."""

    seen: list[tuple[str, Statement, int, Any]] = field(default_factory=list)

    def take(self, value: Any, statement: Statement, fence: int) -> bool:
        """Keep what a statement on a line of its own gave, if it is a page; whether it is."""
        view = sys.modules.get("chalkgrad.render.view")
        if view is None or not isinstance(value, view.Page):
            return False
        self.seen.append((_name(statement, value), statement, fence, value))
        return True

    def in_place(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record of a function with what the notes show of it, if they do; the last time counts."""
        pages = [page for name, _, _, page in self.seen if name == record["name"]]
        if not pages:
            return record
        return {k: v for k, v in record.items() if k not in ("why", "error")} | _views(pages[-1])

    def records(self, known: set[str]) -> Iterator[dict[str, Any]]:
        """A record a page; a function of the notes has its card already."""
        used: dict[str, int] = {}
        for name, statement, fence, page in self.seen:
            if name in known:
                continue
            used[name] = used.get(name, 0) + 1
            numbered = name if used[name] == 1 else f"{name} {used[name]}"
            place = {"fence": fence, "name": numbered, "line": statement.line, "end": statement.end}
            yield {"kind": "function"} | place | {"chain": True, "page": True} | _views(page)


def _views(page: Any) -> dict[str, Any]:
    size = len(json.dumps(page.data, allow_nan=False))
    if size > LARGEST:
        return {"why": f"its views take {size >> 20} MiB; show it on less"}
    given = {f"argument {k}": a for k, a in enumerate(page.args, start=1)}
    return {"data": page.data, "example": describe(given)}


def _name(statement: Statement, page: Any) -> str:
    """What the notes call that which is shown: `model` of `cg.show(model, X[:1])`; else its own name."""
    value = getattr(statement.tree, "value", None)
    first = value.args[0] if isinstance(value, ast.Call) and value.args else None
    return first.id if isinstance(first, ast.Name) else str(page.data["name"])
