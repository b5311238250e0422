"""The name a person gave a value: the variable that the next instruction stores into.

    N = np.dot(X, W)      # the call that made the node is followed by STORE_FAST N

A value returned by one of the person's functions is named where the call's result is stored. Python's own
bytecode is the source: it needs no file, so it works for code that was typed or executed from notes.
"""

from __future__ import annotations

import dis
from functools import lru_cache
from types import CodeType

from chalkgrad.graph import Scope, Site
from chalkgrad.trace.sites import runs_links

_STORES = ("STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF", "STORE_ATTR")
_SKIPPED = ("CACHE", "EXTENDED_ARG", "NOP", "COPY")


@lru_cache(maxsize=512)
def _targets(code: CodeType) -> dict[int, str]:
    """For the offset of each instruction whose result is stored at once: the name it is stored under."""
    steps = [i for i in dis.get_instructions(code) if i.opname not in _SKIPPED]
    following = zip(steps, steps[1:], [*steps[2:], None], strict=False)
    named = ((made.offset, _stored(after, later)) for made, after, later in following)
    ends = [step.offset for step in steps[1:]]
    reach = zip(named, ends, strict=False)  # a call of a Python function is left at its last cache entry
    return {at: name for (start, name), end in reach if name for at in range(start, end, 2)}


def _stored(after: dis.Instruction, later: dis.Instruction | None) -> str:
    if after.opname in _STORES:
        return str(after.argval)
    if after.opname.startswith("STORE_FAST_"):  # two in one, from Python 3.13 on
        return str(after.argval[0])
    if later is not None and later.opname == "STORE_ATTR" and after.opname.startswith("LOAD_"):
        return str(later.argval)  # self.output = …
    return ""


def target(site: Site | None) -> str:
    """The name that the value made at a site is stored under; empty if it goes on without a name."""
    if site is None or runs_links(site.code):
        return ""
    return _targets(site.code).get(site.lasti, "")


def names_of(where: Site | None, scope: tuple[Scope, ...]) -> str:
    """A node's own name, as its innermost function calls it."""
    return target(where)


def result_name(scope: Scope) -> str:
    """The name that the caller gives the result of a call."""
    return target(scope.call)
