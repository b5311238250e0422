"""The ways in which a derivative's own parameters may be filled."""

from __future__ import annotations

from itertools import islice, product
from typing import Any

import numpy as np

from chalkgrad.notes.derivatives.networks import Kept
from chalkgrad.notes.derivatives.slopes import Slopes
from chalkgrad.notes.derivatives.subject import Subject
from chalkgrad.notes.derivatives.values import settings
from chalkgrad.notes.derivatives.words import CACHES, OUTPUTS, RATES, is_upstream, labels_among

MOST = 36
RATE = 0.125  # a learning rate; a power of two, so that a step can be undone without a rest
Fill = dict[str, str]  # the derivative's parameter: what it is given


def fills(subject: Subject, arguments: dict[str, Any], targets: set[str]) -> list[Fill]:
    """Each a source for every parameter: an argument's name, "=out", "=g", "=cache", "=rate", "=setting"."""
    if subject.pair.backward is None:
        return [{}]
    parameters = subject.parameters(subject.pair.backward)
    wanted = [
        p
        for p in parameters
        if p.default is p.empty or p.name in arguments or (p.default is None and is_upstream(p.name))
    ]
    lists = [
        _sources(p.name, i, [w.name for w in wanted], arguments, targets, subject)
        for i, p in enumerate(wanted)
    ]
    ranked = sorted(
        product(*(list(enumerate(options)) for options in lists)), key=lambda c: sum(i for i, _ in c)
    )
    found = ({p.name: s for p, (_, s) in zip(wanted, c, strict=True)} for c in ranked)
    return list(islice((f for f in found if _is_plain(f)), MOST))


def _is_plain(fill: Fill) -> bool:
    """Whether nothing is given twice."""
    used = [s for s in fill.values() if s not in ("=setting", "=rate")]
    return len(set(used)) == len(used)


def _sources(
    name: str, place: int, names: list[str], arguments: dict[str, Any], targets: set[str], subject: Subject
) -> list[str]:
    own = list(arguments)
    inputs = [n for n in own if n not in targets and isinstance(arguments[n], np.ndarray | float)]
    if name in own:
        turned = name in inputs and len(inputs) == 1 and not targets
        return [name, "=out"] if turned else [name]
    if RATES.match(name):
        return ["=rate"]
    if subject.pair.of.startswith("the cost of"):
        return ["=cache"] if CACHES.search(name) else ["=out", "=cache"]
    if CACHES.search(name):
        return ["=cache", *inputs[:1], "=out"]
    if subject.pair.name.endswith("delta") and len(names) == len(own) + 1:
        return ["=logit"]
    alone = len(names) == 1
    labels = labels_among([*names, "x"])
    if targets and name in labels:
        return sorted(targets)
    if is_upstream(name) and not _is_same_number(names, own, targets):
        return ["=g", *([*inputs, "=kept"] if targets and len(names) == 2 else [])]
    if alone and _is_pass(subject) and len(own) <= 1 + len(targets):
        return ["=g", *inputs, "=out", *targets]
    kept = ["=kept"] if targets and _is_pass(subject) else []
    if OUTPUTS.match(name) or name in ("x", "z", "u", "v", "n", "h", "X", "Z"):
        return _near(place, names, own, inputs, targets) + [*kept, "=out", "=g"]
    return [*_near(place, names, own, inputs, targets), *kept, "=out", "=g", "=cache", "=setting"]


def _is_same_number(names: list[str], own: list[str], targets: set[str]) -> bool:
    """Whether a loss's gradient takes what the loss takes: then `error` or `a` is a prediction."""
    return (
        bool(targets) and len(names) == len(own) and not any("grad" in n or n.startswith("d_") for n in names)
    )


def _is_pass(subject: Subject) -> bool:
    name = subject.pair.backward[0] if isinstance(subject.pair.backward, tuple) else subject.pair.backward
    return subject.pair.owner is not None and isinstance(name, str) and "back" in name.lower()


def _near(place: int, names: list[str], own: list[str], inputs: list[str], targets: set[str]) -> list[str]:
    """The argument at the same place first, then the others."""
    at = [own[place]] if len(names) == len(own) else []
    return list(dict.fromkeys([*at, *inputs, *(sorted(targets) if len(names) >= len(own) else ())]))


def filled(fill: Fill, slopes: Slopes, g: np.ndarray, subject: Subject) -> dict[str, Any]:
    """The values for one way to fill."""
    sources = {
        "=out": slopes.ran.result if slopes.ran.cache is None else slopes.ran.out,
        "=cache": slopes.ran.cache,
        "=rate": RATE,
    }
    if isinstance(slopes.ran.cache, Kept):
        sources |= {"=cache": slopes.ran.cache.cache, "=out": slopes.ran.cache.out}
    sources["=g"] = float(g) if g.ndim == 0 else g
    if "=kept" in fill.values():
        sources["=kept"] = _kept(slopes)
    if "=logit" in fill.values():
        sources["=logit"] = _logits(slopes)
    found = {}
    for name, source in fill.items():
        if source == "=setting":
            f = subject.side(subject.pair.backward, subject.owner)[0]
            given = settings(f, ["_", name])
            if name not in given:
                raise ValueError(f"nothing to give for {name}")
            found[name] = given[name]
        else:
            found[name] = sources[source] if source in sources else slopes.arguments[source]
    if any(v is None for v in found.values()):
        raise ValueError("there is no cache")
    if "=out" in fill.values() and slopes.ran.result is None:
        found = {k: slopes.ran.out if fill[k] == "=out" else v for k, v in found.items()}
    return found


def _kept(slopes: Slopes) -> np.ndarray | None:
    """What the object has kept of its forward pass and hands to the backward pass: probabilities."""
    x = next((v for v in slopes.arguments.values() if isinstance(v, np.ndarray)), None)
    held = vars(slopes.ran.owner) if hasattr(slopes.ran.owner, "__dict__") else {}
    arrays = [v for v in held.values() if isinstance(v, np.ndarray) and x is not None and v.shape == x.shape]
    return next((v.copy() for v in arrays if x is not None and not np.array_equal(v, x)), None)


def _logits(slopes: Slopes) -> np.ndarray:
    """What a sigmoid makes the prediction of."""
    p = next(np.asarray(v) for v in slopes.arguments.values() if isinstance(v, np.ndarray))
    if np.any(p <= 0) or np.any(p >= 1):
        raise ValueError("no sigmoid gives such values")
    return np.log(p / (1 - p))


def upstream(out: np.ndarray, draw: int) -> np.ndarray:
    rng = np.random.default_rng(100 + draw)
    return np.round(rng.uniform(0.4, 1.6, out.shape) * rng.choice([-1, 1], out.shape), 3)
