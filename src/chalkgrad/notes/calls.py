"""Watch the calls that notes make of their functions and of the vocabulary: they give example arguments."""

from __future__ import annotations

import copy
import sys
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import numpy as np

KEPT = 4  # calls of one function
LARGEST = 4_000_000  # entries of an array; larger ones are no examples

VARARGS, VARKEYWORDS = 0x04, 0x08


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """One call, with its arguments as they were when it began."""

    arguments: dict[str, Any]  # by parameter
    direct: bool  # made by a line of the notes, not by code that the notes call
    line: int  # that it was made from


@dataclass
class Calls:
    """The calls seen, by code object; `with calls:` watches."""

    files: tuple[str, ...]  # whose functions are watched; the first one is the note
    seen: dict[CodeType, list[Call]] = field(default_factory=dict)
    pool: dict[str, list[Any]] = field(
        default_factory=dict
    )  # values by the name of a parameter that they went to

    def __enter__(self) -> Calls:
        sys.setprofile(self._event)
        return self

    def __exit__(self, *exc: object) -> None:
        sys.setprofile(None)

    def _event(self, frame: FrameType, event: str, arg: Any) -> None:
        if event != "call":
            return
        code = frame.f_code  # only now: reading it is an audit event, which has a hook of ours
        if code.co_filename not in self.files or code.co_name.startswith("<"):
            return
        calls = self.seen.setdefault(code, [])
        if len(calls) < KEPT:
            sys.setprofile(None)  # copying arguments makes calls of its own
            try:
                self._keep(calls, frame, code)
            except Exception:  # an argument that cannot be looked at is no example, and the notes go on
                return
            finally:
                sys.setprofile(self._event)

    def _keep(self, calls: list[Call], frame: FrameType, code: CodeType) -> None:
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if code.co_flags & (VARARGS | VARKEYWORDS) or any(name not in frame.f_locals for name in names):
            return
        values = {name: frame.f_locals[name] for name in names}
        if not all(_is_example(value) for value in values.values()):
            return
        caller = frame.f_back
        direct = caller is not None and caller.f_code.co_filename == self.files[0]
        line = caller.f_lineno if caller is not None and direct else 0
        call = Call({name: snapshot(value) for name, value in values.items()}, direct, line)
        calls.append(call)
        for name, value in call.arguments.items() if direct else ():
            known = self.pool.setdefault(name, [])
            if len(known) < KEPT and not any(_same(value, other) for other in known):
                known.append(value)


def _is_example(value: Any) -> bool:
    """Whether a value may serve as an example: nothing traced, nothing huge."""
    if isinstance(value, list | tuple):
        return len(value) <= 1000 and all(_is_example(v) for v in value)
    if isinstance(value, dict):
        return len(value) <= 1000 and all(_is_example(v) for v in value.values())
    if isinstance(value, np.ndarray) and value.size > LARGEST:
        return False
    return not hasattr(type(value), "record_op")


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return type(one) is type(other) and bool(one == other)


def snapshot(value: Any) -> Any:
    """A copy that later writes do not reach; functions and what cannot be copied stay themselves."""
    if callable(value):
        return value
    if isinstance(value, list):
        return [snapshot(v) for v in value]
    if type(value) is tuple:
        return tuple(snapshot(v) for v in value)
    if isinstance(value, dict):
        return {k: snapshot(v) for k, v in value.items()}
    try:
        return copy.copy(value)
    except Exception:
        return value
