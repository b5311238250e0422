"""One record a pair: what became of it, with the evidence."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from chalkgrad.notes.calls import Calls
from chalkgrad.notes.derivatives.judge import Outcome, at_kind, judge, line_of_return
from chalkgrad.notes.derivatives.objects import objects
from chalkgrad.notes.derivatives.pairs import Pair, pairs, parameters_of, takes_logarithms, takes_products
from chalkgrad.notes.derivatives.slopes import Slopes
from chalkgrad.notes.derivatives.subject import Subject, copied
from chalkgrad.notes.derivatives.values import Scenario, alike, images, layered, options, sided, spread_out
from chalkgrad.notes.derivatives.words import labels_among
from chalkgrad.notes.limits import Limits, alarm
from chalkgrad.notes.views import quiet

EACH, TOTAL = 4.0, 20.0  # seconds: of a pair, of a note
SHOWN = 24  # entries of an argument in the evidence

Place = Callable[[int], "tuple[int, int] | None"]


def derivatives(
    namespace: Mapping[str, Any], calls: Calls, file: str, limits: Limits
) -> Iterator[dict[str, Any]]:
    """Records without their fences."""
    end = time.monotonic() + TOTAL
    wrong: set[str] = set()
    for pair in pairs(namespace, file):
        left = end - time.monotonic()
        start = {"function": pair.name, "of": pair.of, "line": pair.code.co_firstlineno}
        if left < 0.01:
            yield start | {"status": "not checked", "why": "the other derivatives took all the time"}
            continue
        found = _record(pair, namespace, calls, min(limits.view_seconds, EACH, left))
        blamed = wrong & set(pair.code.co_names)
        if found["status"] == "disagrees" and blamed:
            found = {"status": "not checked", "why": f"it calls {min(blamed)}, which is wrong itself"}
        elif found["status"] == "disagrees":
            wrong.add(pair.code.co_name)
        if "NotImplementedError" not in found.get("why", ""):  # a base class: its children are judged
            yield start | found


def _record(pair: Pair, namespace: Mapping[str, Any], calls: Calls, seconds: float) -> dict[str, Any]:
    try:
        with alarm(seconds), quiet(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            outcome = judge(_subjects(pair, namespace), _scenarios)
            if outcome.status == "agrees":
                outcome = _where_set(pair, namespace) or outcome
            else:
                outcome = _where_called(pair, namespace, calls, outcome.status) or outcome
            return _told(pair, outcome, namespace)
    except TimeoutError:
        return {"status": "not checked", "why": f"trying it took longer than {seconds:.0f} s"}
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        return {
            "status": "not checked",
            "why": f"it could not be tried: {type(error).__name__}: {error}"[:200],
        }


def _subjects(pair: Pair, namespace: Mapping[str, Any]) -> Iterator[Subject]:
    home = namespace["__name__"]
    narrows = takes_logarithms(pair)
    if pair.owner is None:
        names = [p.name for p in parameters_of(pair.forward)]
        for option in range(options(pair.forward, names)):
            one = Subject(pair, home=home, narrows=narrows, option=option, variant=str(option))
            yield replace(one, products=takes_products(pair.forward))
        return
    for owner, square, variant in objects(pair, namespace):
        yield Subject(pair, owner, home=home, square=square, narrows=narrows, variant=variant)


def _where_called(pair: Pair, namespace: Mapping[str, Any], calls: Calls, status: str) -> Outcome | None:
    """The outcome for the shapes that the notes call the function with. Where others disagree, it counts
    if it agrees there: `G @ W.T` is right for matrices, and for vectors it runs too and means something else.
    """
    if pair.owner is not None:
        return None
    subject = next(_subjects(pair, namespace))
    code = getattr(subject.side(pair.forward, None)[0], "__code__", None)
    for call in (calls.seen.get(code, []) if code else [])[:2]:
        floats = [_is_floats(v) for v in call.arguments.values()]
        if all(floats) or (status == "unclear" and any(floats)):
            outcome = at_kind(subject, Scenario("as called", partial(_like, call.arguments)))
            if outcome.status == "agrees" or (status == "unclear" and outcome.status == "disagrees"):
                return outcome
    return None


def _is_floats(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _like(arguments: Mapping[str, Any], seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    given = {name: copied(value) for name, value in arguments.items()}
    return given | {name: spread_out(rng, v.shape) for name, v in arguments.items() if _is_floats(v)}


# ----- settings that both take -----

CHANCE = re.compile(r"prob|^p$|rate|keep|eps|tol|seed|clip", re.IGNORECASE)


STRENGTH = re.compile(r"(reg|lam|l[12]_?|wd|weight_decay|alpha|beta|gamma)", re.IGNORECASE)


def _where_set(pair: Pair, namespace: Mapping[str, Any]) -> Outcome | None:
    """A disagreement once a setting that both take, by one name, is not at its default of 0 or 1."""
    if pair.owner is not None or pair.backward is None:
        return None
    sides = [{p.name: p.default for p in parameters_of(f)} for f in (pair.forward, pair.backward)]
    for name, usual in sides[0].items():
        is_quantity = type(usual) is float or (type(usual) is int and STRENGTH.match(name))
        if is_quantity and usual in (0, 1) and sides[1].get(name) == usual and not CHANCE.search(name):
            try:
                outcome = judge(_subjects(pair, namespace), partial(_scenarios, also={name: usual + 0.7}))
            except TimeoutError:
                return None
            if outcome.status == "disagrees":
                return outcome
    return None


def _scenarios(subject: Subject, also: Mapping[str, Any] | None = None) -> Iterator[tuple[int, Scenario]]:
    """Kinds of points, with the number of their family: what an earlier family tells is enough."""
    for family, scenario in _families(subject):
        yield family, scenario if also is None else _with(scenario, also)


def _with(scenario: Scenario, also: Mapping[str, Any]) -> Scenario:
    square = scenario.square
    return replace(
        scenario,
        make=lambda seed: scenario.make(seed) | dict(also),
        square=None if square is None else lambda seed: square(seed) | dict(also),
    )


def _families(subject: Subject) -> Iterator[tuple[int, Scenario]]:
    parameters = subject.parameters(subject.pair.forward)
    names = [p.name for p in parameters if p.default is p.empty] or [p.name for p in parameters[:1]]
    if subject.pair.backward is None:  # loss(X, y=None): without labels it gives scores
        labels = labels_among([p.name for p in parameters])
        names += [p.name for p in parameters if p.default is None and p.name in labels]
    f = subject.side(subject.pair.forward, subject.owner)[0]
    f = getattr(f, "__func__", f)
    if names:
        yield from ((0, s) for way in (images, layered) for s in way(f, names, subject.option))
        yield from ((1, s) for way in (sided, alike) for s in way(f, names, subject.option))


# ----- words -----


def _told(pair: Pair, outcome: Outcome, namespace: Mapping[str, Any]) -> dict[str, Any]:
    if outcome.status == "unclear":
        return {"status": "not checked", "why": outcome.why[:300]}
    if outcome.status == "agrees":
        return {"status": "agrees", "reading": outcome.reading}
    assert outcome.slopes is not None and outcome.wanted is not None and outcome.given is not None
    at, given, wanted = _evidence(outcome, outcome.slopes)
    return {
        "status": "disagrees",
        "reading": outcome.reading,
        "part": outcome.part,
        "at": at,
        "given": [given],
        "wanted": [wanted],
        "returned": line_of_return(outcome),
        "cure": _cure(pair, outcome),
    }


def _evidence(outcome: Outcome, slopes: Slopes) -> tuple[dict[str, Any], Any, Any]:
    """A point and both values; of an elementwise function the entry at which they differ most."""
    assert outcome.given is not None and outcome.wanted is not None
    given, wanted = outcome.given, outcome.wanted.value
    points = {k: v for k, v in slopes.arguments.items() if _is_shown(v)}
    g = {"upstream": outcome.g} if outcome.g is not None else {}
    if outcome.wanted.elementwise and wanted.ndim:
        given = np.broadcast_to(given, wanted.shape) if given.size == 1 else given.reshape(wanted.shape)
        first = next((np.asarray(v) for v in points.values() if np.shape(v) == wanted.shape), wanted)
        worst = _worst(given, wanted, slopes.smooth, first)
        at = {
            k: _plain(np.asarray(v)[worst] if np.shape(v) == wanted.shape else v)
            for k, v in (points | g).items()
        }
        return at, _plain(given[worst]), _plain(wanted[worst])
    return {k: _plain(v) for k, v in (points | g).items()}, _plain(given), _plain(wanted)


def _worst(
    given: np.ndarray, wanted: np.ndarray, smooth: np.ndarray | None, at: np.ndarray
) -> tuple[int, ...]:
    """The largest difference in proportion, near zero if there is one, where a reader can follow."""
    apart = np.abs(given - wanted) / (1 + np.abs(wanted))
    apart = np.where(np.isfinite(apart), apart, 0.0)
    if smooth is not None:
        apart = np.where(smooth, apart, 0.0)
    near = np.where(np.abs(at) <= 3, apart, 0.0) if at.shape == apart.shape else apart
    chosen = near if near.max() > 0.01 else apart
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(chosen)), wanted.shape))


def _is_shown(value: Any) -> bool:
    return (isinstance(value, int | float | np.number) and not isinstance(value, bool)) or (
        isinstance(value, np.ndarray) and 0 < value.size <= SHOWN
    )


def _plain(value: Any) -> Any:
    array = np.round(np.asarray(value, dtype=float), 10)
    return np.where(np.isfinite(array), array, 0.0).tolist()


def _cure(pair: Pair, outcome: Outcome) -> str:
    """The exact derivative of a function of one number, as code that can be pasted, else as mathematics."""
    if pair.owner is not None or pair.backward is None or outcome.g is not None or pair.order != 1:
        return ""
    if outcome.wanted is None or not outcome.wanted.elementwise or len(outcome.slopes.arguments) != 1:  # type: ignore[union-attr]
        return ""
    from chalkgrad.grad import derivative
    from chalkgrad.notes.derivatives.cure import cure

    try:
        return cure(derivative(pair.forward), pair.backward)
    except TimeoutError:
        raise
    except Exception:  # a cure is a help, and no finding hangs on it
        return ""
