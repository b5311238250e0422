"""Which entry of the argument each entry of a result depends on: what `derivative` has to know.

Every array of entries is replaced by an array of their numbers, and the record is run again on those: an
operation that moves entries moves their numbers, an elementwise one joins them, any other mixes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import GradError
from chalkgrad.op import ELEMENTWISE, STRUCTURAL
from chalkgrad.trace.run import Run, name_of, place_of
from chalkgrad.trace.tape import bare, describe

NONE, MIXED = -1, -2  # depends on no entry; on several


def check_entrywise(f: Callable, run: Run, outputs: Sequence[int]) -> bool:
    """Raise unless the result has the shape of the first argument and entry i depends on entry i alone.

    Returns:
        Whether the structure alone says so, so that it holds for other values too.
    """
    tape = run.tape
    shape = describe(tape.values[run.inputs[0]])[0]
    where = f"{name_of(f)}{place_of(f)}"
    if len(outputs) != 1:
        raise GradError(
            f"{where} returns {len(outputs)} values, and derivative takes one. "
            "Cure: return one, or use jacobian"
        )
    has = describe(tape.values[outputs[0]])[0]
    if has != shape:
        why = _first_mixing(run, outputs[0])
        raise GradError(
            f"{where}: the result has shape {has}, its argument {shape}, so there is no derivative at every "
            f"element{why}. "
            "Cure: jacobian for all entries, grad for one number"
        )
    if shape == () or _all_elementwise(run, shape):
        return True
    numbers = _entries(run, outputs[0])
    if numbers is None or not np.array_equal(numbers, np.arange(int(np.prod(shape))).reshape(shape)):
        raise GradError(
            f"{where}: an element of the result depends on another element of the argument"
            f"{_first_mixing(run, outputs[0])}. "
            "Cure: jacobian"
        )
    return False


def _all_elementwise(run: Run, shape: tuple[int, ...]) -> bool:
    """The common case, without running anything: every operation works entry by entry on the full shape."""
    tape, at = run.tape, run.inputs[0]
    depends = [i == at for i in range(len(tape.ops))]
    for i, op in enumerate(tape.ops):
        if op is not None and any(depends[a] for a in tape.args[i]):
            depends[i] = True
            if op.kind != ELEMENTWISE or describe(tape.values[i])[0] != shape:
                return False
    return True


def _entries(run: Run, output: int) -> Any:
    tape, start = run.tape, run.inputs[0]
    numbers: list[Any] = []
    for i, op in enumerate(tape.ops):
        shape = describe(tape.values[i])[0]
        if i == start:
            numbers.append(np.arange(int(np.prod(shape))).reshape(shape))
        elif op is None or all(numbers[a] is None for a in tape.args[i]):
            numbers.append(None)  # depends on nothing
        else:
            numbers.append(_through(op, tape, i, numbers))
    return numbers[output]


def _through(op: Any, tape: Any, i: int, numbers: list[Any]) -> Any:
    args, shape = tape.args[i], describe(tape.values[i])[0]
    known = [numbers[a] for a in args]
    if op.kind == ELEMENTWISE:
        return _joined([np.broadcast_to(k, shape) for k in known if k is not None])
    if op.kind != STRUCTURAL:
        return np.full(shape, MIXED)
    moved = [_moved(tape, a, k) for a, k in zip(args, known, strict=True)]
    result = np.asarray(op.fun(*moved, **tape.params[i]))
    return result if result.shape == shape else np.full(shape, MIXED)


def _moved(tape: Any, a: int, numbers: Any) -> Any:
    """What a structural operation moves: numbers of entries. Masks and indices say where to, and stay what
    they are.
    """
    shape, dtype, _ = describe(tape.values[a])
    if dtype.kind != "f":
        return bare(tape.values[a])
    return np.full(shape, NONE) if numbers is None else numbers


def _joined(known: list[np.ndarray]) -> np.ndarray:
    total = known[0]
    for k in known[1:]:
        both = (total != k) & (total != NONE) & (k != NONE)
        total = np.where(total == NONE, k, total)
        total = np.where(both, MIXED, total)
    return total


def _first_mixing(run: Run, output: int) -> str:
    """The first operation on the way whose entries depend on several, for the message."""
    tape = run.tape
    depends = [i == run.inputs[0] for i in range(len(tape.ops))]
    for i, op in enumerate(tape.ops):
        if op is not None and any(depends[a] for a in tape.args[i]):
            depends[i] = True
            if op.kind not in (ELEMENTWISE, STRUCTURAL):
                return f" ({op.name} mixes them)"
    return ""
