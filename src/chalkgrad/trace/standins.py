"""Stand-ins: while a function is traced, `np`, `math`, `float` … in the person's own code mean ours.

Why. NumPy asks a Box what to do in every call that *receives* one. Course code also fills arrays that it
makes itself (`out = np.zeros((h, w)); out[i, j] = np.sum(...)`, one differentiable function in six), builds
arrays from traced numbers (`np.array([a, b])`), and calls what asks nobody: `math.exp(x)`, `float(x)`,
`np.vectorize`. There the trace would be lost. So the arrays made inside a traced function must be able to
take traced values.

How. Not in the `numpy` module: compiled code inside NumPy calls `np.empty` and uses what it gets unchecked,
so a replaced attribute crashes the interpreter. No module but the person's own is touched. In every
namespace that the function's code, closure, instance and class reach, the *names* that mean NumPy, `math`,
SciPy or something imported from them are bound to stand-ins, for the time of the run: see `reach` for which
namespaces, `namespaces` for what stands for what. A stand-in passes straight through in a thread that traces
nothing. Installs are counted under a lock, so that nested and concurrent traces share them, and undone on
any exit.

When that is not enough. A value that would leave the record leaves a note on its tape (NumPy swallows
exceptions). Then the function runs a second time with more: the namespaces of the place where it happened,
held state (`state`), casts (`np.float64(x)`) and lists for ufuncs (`np.exp([a, b])`). Before that,
everything that the first run changed is put back (`again`), and what can't be put back raises. What was
learned is kept, so this happens once a function.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from types import FunctionType, MethodType, ModuleType, TracebackType
from typing import Any

from chalkgrad.errors import ChalkgradError, LostTraceError
from chalkgrad.trace.active import begin, finish
from chalkgrad.trace.again import Echo, Snapshot
from chalkgrad.trace.box import Box
from chalkgrad.trace.casts import BUILTINS
from chalkgrad.trace.namespaces import stand_in
from chalkgrad.trace.reach import Reach, reach
from chalkgrad.trace.sites import is_persons
from chalkgrad.trace.state import held_state
from chalkgrad.trace.tape import Tape

LARGEST_CACHE = 256  # plans
MOST_RUNS = 4  # a namespace that is made anew at each run is never known beforehand
_MISSING: Any = object()
_lock = threading.RLock()


class Space:
    """One namespace of the person's, and what its names mean while something is traced."""

    def __init__(self, names: dict[str, Any]):
        self.names = names
        self.size = -1
        self.uses = [0, 0]  # installs under way: with the usual stand-ins, with the strong ones
        self.meanings: list[tuple[str, Any, Any, Any]] = []  # name, real, usual, strong
        self.called: frozenset[str] = frozenset()  # builtins that are called here, so they have to mean ours

    def install(self, strong: bool) -> None:
        if not any(self.uses) and self.size != len(self.names):
            self._scan()
        self.uses[strong] += 1
        if self.uses[strong] == 1:
            self._apply()

    def uninstall(self, strong: bool) -> None:
        self.uses[strong] -= 1
        if not self.uses[strong]:
            self._apply()

    def call_builtins(self, names: frozenset[str]) -> None:
        if not names <= self.called:
            self.called, self.size = self.called | names, -1

    def _scan(self) -> None:
        self.meanings = []
        for name, real in list(self.names.items()):
            usual = stand_in(real)
            if usual is not None or _is_cast(real):
                self.meanings.append((name, real, usual or real, stand_in(real, strong=True) or usual))
        for name in self.called - self.names.keys():
            self.meanings.append((name, _MISSING, BUILTINS[name], BUILTINS[name]))
        self.size = len(self.names)

    def _apply(self) -> None:
        level = 3 if self.uses[1] else 2 if self.uses[0] else 1
        for meaning in self.meanings:
            name, now = meaning[0], self.names.get(meaning[0], _MISSING)
            if now is meaning[level] or all(now is not m for m in meaning[1:]):
                continue  # the person has bound the name anew
            if meaning[level] is _MISSING:
                del self.names[name]
            else:
                self.names[name] = meaning[level]


def _is_cast(real: Any) -> bool:
    return isinstance(real, type) and stand_in(real, strong=True) is not None


_spaces: dict[int, Space] = {}


def _space(names: dict[str, Any]) -> Space:
    found = _spaces.get(id(names))
    if found is None or found.names is not names:
        for key in [k for k, s in _spaces.items() if len(_spaces) > 4 * LARGEST_CACHE and not any(s.uses)]:
            del _spaces[key]
        found = _spaces[id(names)] = Space(names)
    return found


@dataclass(eq=False)
class Plan:
    """What a function needs while it is traced."""

    holds: tuple[Any, ...]  # whose identities are the key
    spaces: list[Space] = field(default_factory=list)
    strong: bool = False
    proven: bool = False  # it has run without losing anything
    stateless: bool = False

    def learn(self, found: Reach, lost_in: dict[str, Any]) -> bool:
        """Take in what an escape showed; False if there is nothing left to try."""
        known = {id(s.names) for s in self.spaces}
        self._add(found)
        if lost_in and id(lost_in) not in {id(s.names) for s in self.spaces}:
            self.spaces.append(_space(lost_in))
        new = {id(s.names) for s in self.spaces} - known
        if self.strong and not new:
            return False
        self.strong, self.proven = True, False
        return True

    def _add(self, found: Reach) -> None:
        known = {id(s.names) for s in self.spaces}
        self.spaces += [_space(names) for i, names in found.spaces.items() if i not in known]
        for i, names in found.builtins.items():
            _space(found.spaces[i]).call_builtins(frozenset(names))


_plans: OrderedDict[Any, Plan] = OrderedDict()


def plan_for(f: Callable, args: tuple, kwargs: dict[str, Any]) -> tuple[Plan, Reach | None]:
    """The plan of a function, and what it reaches if that had to be looked at."""
    holds = (*_identities(f), *(i for a in (*args, *kwargs.values()) for i in _of_argument(a)))
    key = tuple(map(id, holds))
    plan = _plans.get(key)
    if plan is not None:
        _plans.move_to_end(key)
        return plan, None if plan.proven else reach(f, args, kwargs)
    found = reach(f, args, kwargs)
    plan = _plans[key] = Plan(holds, strong=found.asks_arrays, stateless=found.stateless)
    plan._add(found)
    if len(_plans) > LARGEST_CACHE:
        _plans.popitem(last=False)
    return plan, found


def _identities(f: Any, depth: int = 3) -> list[Any]:
    """What tells one function from another: code, namespace, and the kinds of all that they are bound to."""
    if type(f) is FunctionType:
        return [f.__code__, f.__globals__, *(i for c in f.__closure__ or () for i in _of_cell(c, depth))]
    if type(f) is MethodType:
        return [*_identities(f.__func__, depth), *_identities(f.__self__, depth)]
    if isinstance(f, partial):
        return [*_identities(f.func, depth), *map(type, (*f.args, *f.keywords.values()))]
    state = getattr(f, "__dict__", None)
    if depth == 0 or not isinstance(state, dict) or isinstance(f, (type, ModuleType)):
        return [f if callable(f) and not isinstance(state, dict) else type(f)]
    links = [p for v in state.values() for p in (v if isinstance(v, (list, tuple)) else (v,)) if _tells(p)]
    return [type(f), *(i for link in links for i in _identities(link, depth - 1))]


def _of_argument(value: Any) -> list[Any]:
    return _identities(value, 2) if _tells(value) else [type(value)]


def _tells(value: Any) -> bool:
    if type(value) is Box:
        return False
    return type(value) is FunctionType or hasattr(value, "__dict__") or isinstance(value, partial)


def _of_cell(cell: Any, depth: int) -> list[Any]:
    try:
        content = cell.cell_contents
    except ValueError:  # not bound yet
        return [None]
    return _identities(content, depth - 1) if depth and _tells(content) else [type(content)]


def standing_in(
    f: Callable, tape: Tape, args: tuple, kwargs: dict[str, Any], plan: Plan | None = None, found: Any = None
) -> Any:
    """Run f once with stand-ins in its namespaces."""
    if plan is None:
        plan, found = plan_for(f, args, kwargs)
    strong, spaces = plan.strong, list(plan.spaces)
    with _lock:
        for space in spaces:
            space.install(strong)
    begin(tape)
    try:
        with held_state(tape, found or reach(f, args, kwargs)) if strong else nullcontext():
            return f(*args, **kwargs)
    finally:
        finish()
        with _lock:
            for space in spaces:
                space.uninstall(strong)


def run_standing_in(run: Any) -> Any:
    """Run the function of a `Run`, a second time if the first has lost a value and everything can be put
    back.
    """
    args, kwargs = run.arguments()
    plan, found = plan_for(run.f, args, kwargs)
    if plan.proven:
        return _proven(run, plan, args, kwargs)
    snapshot = Snapshot(found or reach(run.f, args, kwargs))
    with Echo() as echo:
        for attempt in range(MOST_RUNS):
            result, error = _attempt(run, plan, args, kwargs, found)
            if run.tape.lost is None:
                plan.proven = error is None
                return _settled(result, error)
            note, lost_in = run.tape.lost, run.tape.lost_in
            found = reach(run.f, *run.plain_arguments())
            if attempt + 1 == MOST_RUNS or not plan.learn(found, lost_in):
                raise LostTraceError(note) from error
            snapshot.roll_back(note)
            echo.once_more()
            run.renew()
            args, kwargs = run.arguments()


def _proven(run: Any, plan: Plan, args: tuple, kwargs: dict[str, Any]) -> Any:
    result, error = _attempt(run, plan, args, kwargs, None)
    if run.tape.lost is None:
        return _settled(result, error)
    note, lost_in = run.tape.lost, run.tape.lost_in
    if not plan.learn(reach(run.f, *run.plain_arguments()), lost_in):
        raise LostTraceError(note) from error
    if not plan.stateless:
        raise LostTraceError(
            f"{note} (Or call again: this path is new, and a second run needs the state before it.)"
        ) from error
    run.renew()
    return run_standing_in(run)


def _attempt(
    run: Any, plan: Plan, args: tuple, kwargs: dict[str, Any], found: Any
) -> tuple[Any, BaseException | None]:
    if run.tape.calls is not None:
        run.tape.calls.root = sys._getframe()
    try:
        return standing_in(run.f, run.tape, args, kwargs, plan, found), None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        if not isinstance(error, ChalkgradError):
            _say_where(error)
        return None, error


def _say_where(error: BaseException) -> None:
    """Add the person's line to an error of NumPy's or Python's."""
    lines = [t for t in _traceback(error) if is_persons(t.tb_frame.f_code)]
    if lines:
        code = lines[-1].tb_frame.f_code
        error.add_note(f"{code.co_filename}:{lines[-1].tb_lineno} in {code.co_name}, traced by chalkgrad")


def _traceback(error: BaseException) -> Iterator[TracebackType]:
    at = error.__traceback__
    while at is not None:
        yield at
        at = at.tb_next


def _settled(result: Any, error: BaseException | None) -> Any:
    if error is not None:
        raise error
    return result
