"""The table of a page: which function of `web/kernels` computes each operation, made from the rows' `js`.

    python -m chalkgrad.run.js_table

writes `web/kernels/table.ts`. Expressions become functions there, so a page never evaluates a string.
"""

from __future__ import annotations

import re
from pathlib import Path

from chalkgrad import ops
from chalkgrad.errors import OpError
from chalkgrad.loops import scan as scan
from chalkgrad.op import ELEMENTWISE, NAMED, Op

KERNELS = Path(__file__).parents[1] / "web" / "kernels"
TABLE = KERNELS / "table.ts"
OF_ENTRIES = ("entry", "special")  # files whose functions take single entries
OF_ARRAYS = (
    "decompose",
    "elementwise",
    "index",
    "linalg",
    "loops",
    "order",
    "pad",
    "products",
    "reduce",
    "shape",
    "softmax",
)

_EXPORT = re.compile(r"^export const (\w+)\b|^export \{ \w+ as (\w+) \};", re.MULTILINE)
_HOLE = re.compile(r"\{(\d)\}")
_PREFIX = "kernel:"
_HEAD = "// Made from the rows of chalkgrad's operations by `python -m chalkgrad.run.js_table`: edit those."


def table() -> str:
    """The TypeScript of `table.ts`.

    Raises:
        OpError: a row names a kernel that no file exports, or an expression stands in a row that is not
            elementwise.
    """
    ops.load_special()
    rows = [op for _, op in sorted(NAMED.items()) if op.js is not None]
    entries, arrays = _exports(OF_ENTRIES), _exports(OF_ARRAYS)
    of_entries = [f'  "{op.name}": {f},' for op in rows if (f := _of_entries(op, entries, arrays))]
    of_arrays = [f'  "{op.name}": {arrays[_kernel(op)]},' for op in rows if _kernel(op) in arrays]
    used = "\n".join([*of_entries, *of_arrays])
    files = [f for f in (*OF_ENTRIES, *OF_ARRAYS) if f": {f}." in used or f in ("elementwise", "index")]
    imports = [f'import * as {file} from "./{file}";' for file in files]
    entry_table = ["export const ENTRIES: Record<string, elementwise.Entry> = {", *of_entries, "};"]
    array_table = ["export const ARRAYS: Record<string, index.PlaceKernel> = {", *of_arrays, "};"]
    return "\n".join([_HEAD, *imports, "", *entry_table, "", *array_table, ""])


def _kernel(op: Op) -> str:
    """The name of the kernel that a row names; empty where it has an expression."""
    js = op.js or ""
    return js.removeprefix(_PREFIX) if js.startswith(_PREFIX) else ""


def _of_entries(op: Op, entries: dict[str, str], arrays: dict[str, str]) -> str | None:
    """The function of single entries; None for a row whose kernel takes arrays."""
    name = _kernel(op)
    if name:
        if name not in entries and name not in arrays:
            raise OpError(f"{op.name}: js names the kernel {name!r}, which no file of web/kernels exports")
        return entries.get(name)
    if op.kind != ELEMENTWISE:
        raise OpError(f"{op.name}: js is an expression, but the operation is not elementwise: name a kernel")
    holes = [int(i) for i in _HOLE.findall(op.js or "")]
    names = ", ".join(f"{'abcdef'[i]}: any" for i in range(max(holes, default=-1) + 1))
    return f"({names}) => {_HOLE.sub(lambda m: 'abcdef'[int(m[1])], op.js or '')}"


def _exports(files: tuple[str, ...]) -> dict[str, str]:
    """Where each exported function is: `{"sum": "reduce.sum"}`."""
    return {
        plain or renamed: f"{file}.{plain or renamed}"
        for file in files
        for plain, renamed in _EXPORT.findall((KERNELS / f"{file}.ts").read_text(encoding="utf-8"))
    }


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
