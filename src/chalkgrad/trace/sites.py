"""Where in a person's source an operation was made, and inside which calls of their functions.

A frame is looked at only while its operation is being recorded; what is kept is the code object and the
instruction (`Site`) and a record a call (`Scope`). The frames of the calls now under way are held, so that
two calls of one function are told apart, and let go as soon as the call or the trace has ended.
"""

from __future__ import annotations

import dis
import itertools
import os
import sys
import sysconfig
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

import numpy as np

from chalkgrad.graph import Scope, Site

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OURS_BUT_READABLE = tuple(os.path.join(_PACKAGE, part) for part in ("nn", "foundation.py"))
_STDLIB = sysconfig.get_paths()["stdlib"]
_NUMPY = os.path.dirname(np.__file__)
_SCIPY = os.path.join(os.path.dirname(_NUMPY), "scipy")
_TRANSPARENT = {"<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<lambda>", "<module>"}
_serials = itertools.count(1)


def is_persons(code: CodeType) -> bool:
    """Whether a code object is the person's own and not NumPy's, SciPy's, the standard library's or ours."""
    return is_persons_file(code.co_filename)


@lru_cache(maxsize=4096)
def is_persons_file(file: str) -> bool:
    """Whether code of this file is the person's own."""
    if file.startswith(_OURS_BUT_READABLE):
        return True
    if file.startswith(
        (_PACKAGE + os.sep, _NUMPY + os.sep, _SCIPY + os.sep, "<__array_function__", "<frozen", "<chalkgrad")
    ):
        return False
    return not (file.startswith(_STDLIB + os.sep) and "site-packages" not in file)


def persons_frame(frame: FrameType | None = None) -> FrameType | None:
    """The innermost frame of the person's own code."""
    at: FrameType | None = frame or sys._getframe(1)
    while at is not None and not is_persons(at.f_code):
        at = at.f_back
    return at


def here() -> str:
    """`file:line in function` of the person's code that is running now, for messages."""
    frame = persons_frame(sys._getframe(1))
    return "(no Python source)" if frame is None else str(Site(frame.f_code, frame.f_lasti))


def imports_inside(frame: FrameType | None) -> bool:
    """Whether the person's function imports NumPy, math or SciPy itself, where no stand-in can be put."""
    leaf = persons_frame(frame)
    if leaf is None or leaf.f_code.co_name == "<module>":
        return False
    steps = dis.get_instructions(leaf.f_code)
    roots = {str(s.argval).partition(".")[0] for s in steps if s.opname == "IMPORT_NAME"}
    return bool(roots & {"numpy", "math", "scipy"})


def prints(frame: FrameType) -> bool:
    """Whether a number is asked for by `"…%f" % x`: text is no loss of the trace."""
    code, at = frame.f_code.co_code, frame.f_lasti
    return dis.opname[code[at]] == "BINARY_OP" and code[at + 1] in _REMAINDERS


_REMAINDERS = (6, 19)  # the argument of BINARY_OP for % and %=


@lru_cache(maxsize=4096)
def runs_links(code: CodeType) -> bool:
    """Whether code of ours runs the links of a network: no call of a person's, but its local variable `_link`
    may name the call below it.
    """
    return "_link" in code.co_varnames and code.co_filename.startswith(_OURS_BUT_READABLE)


class Calls:
    """The calls of the person's functions that are under way in one trace, outermost first."""

    def __init__(self, root: FrameType, own: CodeType | None, position_of: Any):
        self.root = root
        self.own = own  # the traced function's code: its own frame makes no scope
        self.position_of = position_of
        # the frames, what they are inside of, and a network's name for the call to come
        self.stack: list[tuple[FrameType, tuple[Scope, ...], str]] = []

    def locate(self, frame: FrameType | None) -> tuple[Site | None, tuple[Scope, ...]]:
        """The site and the scope of an operation made in `frame`."""
        leaf = self._leaf(frame)
        if leaf is None:
            return None, ()
        if not (self.stack and self.stack[-1][0] is leaf):
            self._follow(leaf)
        return Site(leaf.f_code, leaf.f_lasti), self.stack[-1][1] if self.stack else ()

    def _leaf(self, frame: FrameType | None) -> FrameType | None:
        """The person's innermost frame below the trace: who asked for it makes none of its operations."""
        at = frame
        while at is not None and at is not self.root:
            if is_persons(at.f_code):
                return at
            at = at.f_back
        return None

    def _follow(self, leaf: FrameType) -> None:
        under_way = {id(f): i for i, (f, *_) in enumerate(self.stack)}
        new: list[FrameType] = []
        at: FrameType | None = leaf
        while at is not None and at is not self.root and id(at) not in under_way:
            if is_persons(at.f_code):
                new.append(at)
            at = at.f_back
        depth = under_way[id(at)] + 1 if at is not None and id(at) in under_way else 0
        del self.stack[depth:]
        for frame in reversed(new):
            self._enter(frame)

    def _enter(self, frame: FrameType) -> None:
        _, outer, label = self.stack[-1] if self.stack else (None, (), "")
        code = frame.f_code
        if runs_links(code):
            own_label = frame.f_locals.get("_link")
            self.stack.append((frame, outer, label if own_label is None else own_label))
            return
        own = code is self.own and not any(f.f_code is self.own for f, *_ in self.stack)
        if own or (code.co_name in _TRANSPARENT and not label):
            self.stack.append((frame, outer, label))
            return
        caller = self._leaf(frame.f_back)
        call = None if caller is None else Site(caller.f_code, caller.f_lasti)
        name = code.co_qualname.rpartition("<locals>.")[2]
        name = label if name in _TRANSPARENT else name
        made = Scope(name, code, call, next(_serials), self._arguments(frame), label)
        self.stack.append((frame, (*outer, made), ""))

    def _arguments(self, frame: FrameType) -> tuple[tuple[str, int | None, Any], ...]:
        code, bound = frame.f_code, frame.f_locals
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        return tuple((n, *self.position_of(bound[n])) for n in names if n in bound)

    def end(self) -> None:
        """Let every frame go."""
        self.stack.clear()
        self.root = None  # type: ignore[assignment]
