"""One pair, judged: it agrees under some reading at points of some kind, or under none."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chalkgrad.notes.derivatives.fills import RATE, Fill, filled, fills, upstream
from chalkgrad.notes.derivatives.given import Given, is_parameter, known_leaves, returned_by, stored_by
from chalkgrad.notes.derivatives.readings import NEAR, Reading, behind, fits, has_shape, readings, stacked
from chalkgrad.notes.derivatives.slopes import Slopes, slopes_of
from chalkgrad.notes.derivatives.subject import Path, Subject, Unusable, leaves
from chalkgrad.notes.derivatives.values import Scenario, spread_out
from chalkgrad.notes.derivatives.words import CACHES, is_log_loss, labels_among

DRAWS = 4
TRIES = 8  # draws looked at for points without a kink
LOSS = re.compile(r"loss|cost|err|mse|mae|entropy|bce|objective|hinge|huber|nll|likelihood", re.IGNORECASE)
SOON, FEW = 0.8, 4  # seconds after which so many kinds of points, the likeliest ones, are enough
KINDS = 30  # kinds of points at which a pair is compared


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """What one way to read a derivative came to."""

    status: str  # "agrees", "disagrees" or "unclear"
    why: str = ""
    reading: str = ""
    part: str = ""  # which of several gradients
    slopes: Slopes | None = None
    given: np.ndarray | None = None
    wanted: Reading | None = None
    fine: int = 0  # parts that agree
    mean: bool | None = None  # the value is a mean over the samples; None: not to be told
    kind: str = ""
    fill: tuple[tuple[str, str], ...] = ()
    g: np.ndarray | None = None
    subject: Subject | None = None
    raised: bool = False  # it failed for the shapes of what it was given


def judge(subjects: Iterator[Subject], scenarios: Any) -> Outcome:
    """The verdict over all objects and kinds of points.

    Args:
        subjects: the pair, with one object after the other where it has methods.
        scenarios: `subject → kinds of points`.
    """
    told: dict[str, Outcome] = {}
    unclear = []
    for subject in (s for s in subjects if s.variant not in told):
        found = _over_kinds(subject, scenarios(subject))
        if found.status == "disagrees":
            return found
        if found.status == "agrees":
            told[subject.variant] = found
        else:
            unclear.append(found)
    last = Outcome("unclear", "there is nothing to try it with")
    return next(iter(told.values()), unclear[0] if unclear else last)


def _over_kinds(subject: Subject, scenarios: Iterator[tuple[int, Scenario]]) -> Outcome:
    found: list[Outcome] = []
    why, ran, at, settled = "", False, (0, 0), False
    end = time.process_time() + SOON
    for family, scenario in scenarios:
        if settled and " ints" not in scenario.kind:
            continue  # only whether whole numbers are labels too, which have a branch of their own
        if scenario.narrow and ran and not subject.narrows:
            continue
        if found and (family, scenario.stage) != at and _is_enough(subject, found, family, at):
            break
        if found and found[0].kind.startswith("layer") and _is_single(family, scenario):
            continue
        at = (family, scenario.stage)
        outcome = _at(subject, scenario)
        ran = ran or outcome.status != "unclear" or outcome.slopes is not None
        if outcome.status == "unclear":
            why = outcome.why if outcome.slopes is not None or not why else why
            continue
        found.append(outcome)
        settled = settled or (outcome.status == "agrees" and outcome.mean is not False)
        if settled and family == 0:
            break
        many = sum(o.status == "disagrees" for o in found)
        if many >= KINDS or _is_final(outcome) or (many >= FEW and time.process_time() > end):
            break
    return verdict(found) or Outcome("unclear", why)


def _is_enough(subject: Subject, found: list[Outcome], family: int, at: tuple[int, int]) -> bool:
    """One sample alone would hide what is missing; but arguments called W may be plain numbers as well."""
    layers = at[0] == 0 and not subject.products
    return not layers or any(o.status == "agrees" for o in found)


def _is_single(family: int, scenario: Scenario) -> bool:
    """One sample, of which the sum is the mean: it has no say where several disagree."""
    return scenario.stage > 0 or (family == 1 and scenario.kind.startswith(("(1,", "(5, 1)")))


def _at(subject: Subject, scenario: Scenario) -> Outcome:
    """One kind of points; where the derivative fails for the shapes, all sizes equal may show why."""
    outcome = at_kind(replace(subject, one_by_one=scenario.one_by_one), scenario)
    if outcome.raised and scenario.square is not None:
        square = subject if subject.square is None else replace(subject, owner=subject.square)
        again = at_kind(square, replace(scenario, make=scenario.square))
        if again.status == "disagrees":
            return again
    return outcome


def _is_final(outcome: Outcome) -> bool:
    """Entry by entry all over the number line: no matrix would show more."""
    wide = outcome.kind in ("points any", "numbers any")
    return (
        outcome.status == "disagrees" and wide and outcome.wanted is not None and outcome.wanted.elementwise
    )


def verdict(found: list[Outcome]) -> Outcome | None:
    """Where the value is a mean at some kind of points, only those kinds show a missing 1/n."""
    whole = [o for o in found if " ints" in o.kind]
    if whole and all(o.status == "disagrees" for o in whole):
        return whole[0]
    telling = [o for o in found if o.mean] if any(o.mean for o in found) else found
    if any(_is_reduced(o) for o in found):  # the sum, or the largest, of one number is that number
        telling = [o for o in telling if not o.kind.startswith("numbers")]
    for status in ("agrees", "disagrees"):
        for outcome in telling:
            if outcome.status == status:
                return outcome
    return None


def _is_reduced(outcome: Outcome) -> bool:
    """Whether a gradient of the right shape, of one number by an array, is wrong."""
    if outcome.status != "disagrees" or outcome.slopes is None or outcome.given is None:
        return False
    return outcome.slopes.ran.out.size == 1 < outcome.given.size


# ----- one kind of points -----


def at_kind(subject: Subject, scenario: Scenario) -> Outcome:
    """The outcome over several draws of one kind of points."""
    draws: list[Slopes] = []
    why, failed = "", False
    targets: set[str] = set()
    for draw in range(TRIES):
        arguments = scenario.make(draw)
        targets = _targets(subject, arguments)
        try:
            draws.append(
                slopes_of(
                    subject, arguments, state_of(subject, arguments, draw), targets | _settings(arguments)
                )
            )
        except TimeoutError:
            raise
        except (Exception, SystemExit) as error:
            why = why or f"{subject.pair.of}: {str(error) or type(error).__name__}"
            if not isinstance(error, Unusable):
                failed = isinstance(error, ValueError | IndexError) and subject.pair.backward is None
                break
        if len(draws) == 2:
            break
    if len(draws) < (1 if scenario.kind.startswith("points") else 2):
        return Outcome("unclear", why, raised=failed)
    merged = _over_draws(subject, draws, targets)
    if merged.status == "agrees" and not scenario.kind.startswith("points"):
        draws += _further(subject, scenario, targets)  # a mask may differ at few points
        merged = _over_draws(subject, draws, targets)
    return replace(merged, mean=_is_mean(subject, draws[0]), kind=scenario.kind)


def _further(subject: Subject, scenario: Scenario, targets: set[str]) -> list[Slopes]:
    """More draws, for a pair that agrees so far."""
    found: list[Slopes] = []
    for draw in range(TRIES, TRIES + 4):
        arguments = scenario.make(draw)
        try:
            state = state_of(subject, arguments, draw)
            found.append(slopes_of(subject, arguments, state, targets | _settings(arguments)))
        except TimeoutError:
            raise
        except (Exception, SystemExit):  # a kink; the other draws are there
            continue
        if len(found) == DRAWS - 2:
            break
    return found


def _targets(subject: Subject, arguments: dict[str, Any]) -> set[str]:
    """The labels among the arguments; the y of a plain f(x, y) is none."""
    found = labels_among(list(arguments)) if len(arguments) > 1 else set()
    plain = found == {"y"} and all(len(k) == 1 for k in arguments) and not LOSS.search(subject.pair.of)
    return set() if plain and (len(arguments) == 2 or subject.pair.by) else found - {subject.pair.by}


def _settings(arguments: dict[str, Any]) -> set[str]:
    """Arguments that are numbers beside arrays: strengths, slopes, rates."""
    arrays = [k for k, v in arguments.items() if isinstance(v, np.ndarray)]
    return {
        k
        for k, v in arguments.items()
        if arrays and not isinstance(v, np.ndarray | dict | list | tuple) and not k.lower().startswith("b")
    }


def state_of(subject: Subject, arguments: dict[str, Any], draw: int) -> dict[Path, Any]:
    """The object's own numbers on which its value hangs, none of them zero."""
    if subject.owner is None or isinstance(subject.owner, type):
        return {}
    if subject.one_by_one:
        return {}
    base = subject.forward(arguments)
    rng = np.random.default_rng(200 + draw)
    found = {}
    for path, value in leaves(subject.owner, ("self",), subject.home):
        array = np.asarray(value, dtype=float)
        if not isinstance(value, np.ndarray) or array.size > 160:
            continue
        new = _livened(array, rng)
        try:
            moved = subject.forward(arguments, {path: new + 0.37}).out
        except Exception:
            continue
        if moved.shape == base.out.shape and not np.array_equal(moved, base.out):
            found[path] = new
    return found


def _livened(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another start for a layer that begins with zeros or ones, which hide what is missing."""
    if array.size and np.all(array == 1):
        return spread_out(rng, array.shape, 0.5, 1.5)
    if not array.size or np.max(np.abs(array)) < 0.3:
        return spread_out(rng, array.shape, -1.1, 1.1)
    return array.copy()


def _is_mean(subject: Subject, slopes: Slopes) -> bool | None:
    """Whether a loss stays as it is when every sample is given twice."""
    if slopes.ran.out.size != 1 or subject.one_by_one:
        return None
    arrays = {k: v for k, v in slopes.arguments.items() if isinstance(v, np.ndarray) and v.ndim}
    if not arrays or (len(arrays) == 1 and slopes.state):
        return None
    lengths = [v.shape for v in arrays.values()]
    axis = next(
        (a for a in range(max(map(len, lengths))) if any(len(s) > a and s[a] > 1 for s in lengths)), 0
    )
    count = max(s[axis] for s in lengths if len(s) > axis)
    if len(set(lengths)) > 1:
        return None  # layers: their layouts tell samples from features
    twice = {k: np.concatenate([v, v], axis=axis) if v.shape[axis] == count else v for k, v in arrays.items()}
    try:
        out = subject.forward(slopes.arguments | twice, slopes.state).out
    except Exception:
        return None
    return bool(np.allclose(out, slopes.ran.out, rtol=0.05))


# ----- all ways to fill, over all draws -----


def _over_draws(subject: Subject, draws: list[Slopes], targets: set[str]) -> Outcome:
    candidates = fills(subject, draws[0].arguments, targets)
    if draws[0].ran.cache is not None and subject.pair.backward is not None:
        candidates = [fill for fill in candidates if _takes_the_cache(fill)] or candidates
    if not candidates:
        return Outcome(
            "unclear", f"{subject.pair.name}: it is not clear what its arguments are", slopes=draws[0]
        )
    every: list[Outcome] = []
    for fill in candidates:
        outcomes = [_one(subject, fill, slopes, k, targets) for k, slopes in enumerate(draws)]
        if all(o.status == "agrees" for o in outcomes):
            return outcomes[0]
        wrong = [o for o in outcomes if o.status == "disagrees"]
        unclear = [o for o in outcomes if o.status == "unclear"]
        every.append(
            replace(wrong[0], fill=tuple(fill.items()), subject=subject)
            if wrong and not unclear
            else (unclear or outcomes)[0]
        )
    apart = [o for o in every if o.status == "disagrees"]
    if apart:
        return max(apart, key=lambda o: o.fine)
    return replace(every[0], slopes=draws[0], raised=all(o.raised for o in every))


def _takes_the_cache(fill: Fill) -> bool:
    """Whether a parameter called cache is given what the function returned for it."""
    return all(source in ("=cache", name) for name, source in fill.items() if CACHES.search(name))


def _one(subject: Subject, fill: Fill, slopes: Slopes, draw: int, targets: set[str]) -> Outcome:
    """One way to fill, at one point."""
    g = upstream(slopes.ran.out, draw)
    try:
        parts = given_at(subject, fill, slopes, g, targets)
    except TimeoutError:
        raise
    except (Exception, SystemExit) as error:
        why = f"{subject.pair.name} raised {type(error).__name__}: {error}"
        return Outcome("unclear", why[:200], raised=isinstance(error, ValueError | IndexError))
    used = g if "=g" in fill.values() else None
    skip = targets | _settings(slopes.arguments)
    return compare(subject, parts, slopes, used, skip, bool(targets) or "loss" in subject.pair.of.lower())


def given_at(subject: Subject, fill: Fill, slopes: Slopes, g: np.ndarray, targets: set[str]) -> list[Given]:
    skip = targets | _settings(slopes.arguments)
    if subject.pair.backward is None:
        rest = slopes.ran.cache
        names = subject.names_returned()
        found = returned_by(subject, rest if isinstance(rest, tuple | dict) else (rest,), slopes, skip)
        if isinstance(rest, tuple) and len(names) == len(rest) + 1:
            found = _renamed(subject, slopes, skip, names, rest)
        elif not isinstance(rest, tuple | dict) and len(names) == 2:
            found = _renamed(subject, slopes, skip, names, (rest,))
        return found
    result, after = subject.backward(slopes.ran, filled(fill, slopes, g, subject))
    rate = RATE if "=rate" in fill.values() else 0.0
    return returned_by(subject, result, slopes, skip) + stored_by(subject, after, slopes, skip, rate)


def _renamed(subject: Subject, slopes: Slopes, skip: set[str], names: list[str], rest: tuple) -> list[Given]:
    """The gradients beside a value, by the names they are returned under."""
    result = slopes.ran.result
    k = next((i for i, v in enumerate(result) if all(v is not r for r in rest)), 0)
    own = [n for i, n in enumerate(names) if i != k]
    named = {n or f"[{i}]": v for i, (n, v) in enumerate(zip(own, rest, strict=True))}
    if len(named) == 1 and not isinstance(rest[0], dict):
        found = returned_by(subject, named, slopes, skip)
        return [replace(f, path=f.path) for f in found]
    return returned_by(subject, named, slopes, skip)


# ----- numbers against numbers -----


def compare(
    subject: Subject, parts: list[Given], slopes: Slopes, g: np.ndarray | None, skip: set[str], is_loss: bool
) -> Outcome:
    """Each given array against the readings of its leaf."""
    order = known_leaves(slopes, skip)
    if not parts:
        return Outcome("unclear", f"{subject.pair.name} returns nothing that could be compared")
    fine = 0
    bad: list[Outcome] = []
    first = ""
    for part in parts:
        ok = _matching(subject, part, slopes, g, order, is_loss, len(parts) == 1)
        if ok is not None:
            fine, first = fine + 1, first or ok
        elif part.path is not None or len(parts) == 1:
            bad.append(_apart(subject, part, slopes, g, order, is_loss))
    if not bad:
        return (
            Outcome("agrees", reading=first)
            if fine
            else Outcome("unclear", "what it returns could not be told apart")
        )
    if (
        g is not None
        and g.size > 1
        and any(_scaled(parts, slopes, g, factor) for factor in _factors(slopes, parts))
    ):
        return Outcome("agrees", reading="the gradients by the parameters as means over the samples")
    if len(parts) == 1 and not parts[0].stored:
        bad = [replace(b, part="") for b in bad]
    wrong = [b for b in bad if b.status == "disagrees"]
    if wrong:
        return replace(wrong[0], fine=fine)
    missing = next((b for b in bad if b.wanted is not None and fine), None)
    return replace(missing, status="disagrees", fine=fine) if missing else bad[0]


def _choices(part: Given, slopes: Slopes, order: list[Path], alone: bool) -> list[Path]:
    if part.path is not None:
        return [part.path]
    by = [p for p in order if p[-1] == slopes.by] if slopes.by else []
    if by:
        return by
    if not alone:
        return order
    inside = [p for p in order if p[0] != "self"]
    return inside or order


def _all_readings(
    subject: Subject,
    part: Given,
    slopes: Slopes,
    g: np.ndarray | None,
    order: list[Path],
    is_loss: bool,
    alone: bool,
) -> Iterator[Reading]:
    for path in _choices(part, slopes, order, alone):
        yield from readings(slopes, path, g, is_loss)
    if alone and len(order) > 1 and part.path is None and g is None:
        yield from stacked([readings(slopes, p, g, is_loss) for p in order if p[0] != "self"])
    if alone and (subject.narrows or is_log_loss(subject.pair.name)):
        for path in _choices(part, slopes, order, alone):
            for how in ("softmax", "sigmoid", "softmax of columns"):
                deeper = behind(slopes, path, how)
                if deeper is not None:
                    for reading in readings(deeper, path, g, is_loss):
                        yield replace(reading, words=f"{reading.words} as a {how} of logits, by the logits")


def _matching(
    subject: Subject,
    part: Given,
    slopes: Slopes,
    g: np.ndarray | None,
    order: list[Path],
    is_loss: bool,
    alone: bool,
) -> str | None:
    for reading in _all_readings(subject, part, slopes, g, order, is_loss, alone):
        if fits(part.value, reading, slopes.smooth):
            return reading.words
    return None


def _factors(slopes: Slopes, parts: list[Given]) -> Iterator[float]:
    """What all gradients by parameters may have in common: a mean over samples; steps up instead of down."""
    several = sum(p.path is not None and is_parameter(p.path) for p in parts) > 1
    counts = [1, *({n for n in slopes.ran.out.shape if n > 1} if several else ())]
    signs = (1, -1) if any(p.name.startswith("step of") for p in parts) else (1,)
    yield from (sign / count for count in counts for sign in signs)


def _scaled(parts: list[Given], slopes: Slopes, g: np.ndarray, factor: float) -> bool:
    """Whether all gradients by parameters, and they alone, have one factor in common."""
    for part in parts:
        if part.path is None:
            return False
        wanted = np.tensordot(g, slopes.jacobians[part.path], slopes.ran.out.ndim)
        if not fits(part.value, Reading("", wanted * factor if is_parameter(part.path) else wanted), None):
            if is_parameter(part.path) or len(parts) == 1:
                return False
            if not fits(part.value, Reading("", wanted), slopes.smooth):
                return False
    return True


def _apart(
    subject: Subject, part: Given, slopes: Slopes, g: np.ndarray | None, order: list[Path], is_loss: bool
) -> Outcome:
    """Why one array fits no reading: it differs, or it is not of any shape that would do."""
    every = list(_all_readings(subject, part, slopes, g, order, is_loss, True))
    shaped = [r for r in every if has_shape(part.value, r)]
    name = part.name
    if not every:
        return Outcome(
            "unclear",
            f"{subject.pair.of} does not hang on anything that {subject.pair.name} could be the slope by",
        )
    if not shaped:
        summed = part.value.shape[1:] == every[0].value.shape or part.value.shape == slopes.ran.out.shape
        missing = every[0] if part.path is not None or summed else None
        why = f"its shape {part.value.shape} is that of no gradient here"
        status = "disagrees" if summed and part.path is not None else "unclear"
        return Outcome(status, why, every[0].words, name, slopes, part.value, missing, g=g)
    for reading in shaped:
        if not np.any(reading.value) and reading.elementwise:
            return Outcome(
                "unclear", f"the slope of {subject.pair.of} is 0 everywhere; a stand-in for it may be meant"
            )
        if fits(part.value, reading, slopes.smooth, NEAR):
            return Outcome("unclear", "they differ by little")
    if not np.all(np.isfinite(part.value)):
        return Outcome("unclear", "it gives values that are not finite")
    return Outcome("disagrees", "", shaped[0].words, name, slopes, part.value, shaped[0], g=g)


def line_of_return(outcome: Outcome) -> int:
    """The line of the `return` by which a derivative gave what was compared; 0 where that cannot be seen."""
    subject, slopes = outcome.subject, outcome.slopes
    if subject is None or slopes is None or (outcome.g is None and "=g" in dict(outcome.fill).values()):
        return 0
    code, lines = subject.pair.code, [0]

    def local(frame: Any, event: str, arg: Any) -> Any:
        if event == "return":
            lines.append(frame.f_lineno)
        return local

    sys.settrace(lambda frame, event, arg: local if frame.f_code is code else None)
    try:
        g = outcome.g if outcome.g is not None else upstream(slopes.ran.out, 0)
        given_at(subject, dict(outcome.fill), slopes, g, set())
        if subject.pair.backward is None:
            subject.forward(slopes.arguments, slopes.state)
    except TimeoutError:
        raise
    except Exception:  # the line is a help, and no finding hangs on it
        return 0
    finally:
        sys.settrace(None)
    return lines[-1]
