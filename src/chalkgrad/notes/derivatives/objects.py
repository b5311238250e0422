"""Objects of a module's classes, made with what their constructors seem to want."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

import numpy as np

from chalkgrad.notes.derivatives.pairs import Pair, parameters_of
from chalkgrad.notes.derivatives.source import words_compared
from chalkgrad.notes.derivatives.subject import seed
from chalkgrad.notes.derivatives.values import SETTINGS

MOST = 24


def tanh_slope(x: Any) -> Any:
    """What is given where a constructor wants an activation's derivative."""
    return 1 - np.tanh(x) ** 2


def rising(shape: tuple[int, ...]) -> np.ndarray:
    return np.round(np.linspace(-0.8, 1.1, int(np.prod(shape))) ** 3 + 0.35, 4).reshape(shape)


INS = (
    r"^(n_?in|input|in|d_?in|c_?in|fan_?in|(n|num)_?(inputs?|features|prev|embeddings)|in_?(dims?|features|size)|D|d"
    r"|input_?(size|dims?|units|shape|features|nodes)|dims?|features|n_?x|normalized_shape|embed_?dim|size_in"
    r"|indim|idim|prev_?units|vocab\w*)$"
)
OUTS = (
    r"^(n_?out|output|out|d_?out|fan_?out|(n|num)_?(outputs?|units|neurons|classes|h)|out_?(dims?|features|size)|M"
    r"|output_?(size|dims?|units|shape|nodes)|units|neurons|hidden\w*|size_out|outdim|odim|classes|nodes|width)$"
)
# fmt: off
WANTED: tuple[tuple[str, tuple[Any, ...]], ...] = (
    (r"prime|deriv|_grad$|grad_fn|^df$|dact|d_act",          (tanh_slope,)),
    (r"^(f|fn|func|function|act|activation|(activation|act)_(fn|func|function)|nonlinearity)$", (np.tanh,)),
    (r"kernel|filter_size|^k$|pool|window|^size$|^f$",       (2, 3)),
    (r"(in_?ch|n_?c|in_?planes|num_?channels|c_?in|channels|depth)", (2,)),
    (r"(out_?ch|n_?filters|num_?filters|filters|c_?out)",    (3,)),
    (INS,                                                    (3,)),
    (OUTS,                                                   (2,)),
    (r"^(W|w|weights?|param|kernel|theta)\d?$",              (rising((3, 2)), rising((2, 3)), rising((3,)))),
    (r"^(b|B|bias|biases)\d?$",                              (rising((2,)), rising((1, 2)), rising((2, 1)))),
    (r"^(gamma|beta)$",                                      (rising((3,)),)),
    (r"^(sizes|layers?|layer_sizes|dims|layer_dims|architecture)$", ([3, 4, 2],)),
    (r"^(lr|learning_rate|eta)$",                            (0.1,)),
    (r"^(seed|random_state|rng_seed)$",                      (0,)),
    (r"^(rng|random|generator)$",                            (np.random.default_rng(0),)),
    (r"^(p|prob|probability)$",                              (0.5,)),
    (r"name",                                                ("layer",)),
)
# fmt: on


def objects(pair: Pair, namespace: Mapping[str, Any]) -> Iterator[tuple[Any, Any, str]]:
    """Objects to call the methods on, with one of equal sizes and the variant; the class if it needs none."""
    cls = pair.owner
    assert cls is not None
    made = 0
    for keywords in islice(constructions(cls), MOST):
        owner = _made(cls, keywords)
        if owner is not None:
            made += 1
            square = _made(cls, {k: _squared(v) for k, v in keywords.items()})
            yield owner, square, " ".join(v for v in keywords.values() if isinstance(v, str))
        if made == 6:
            break
    if not made and _is_static(cls, pair):
        yield cls, None, ""


def _made(cls: type, keywords: dict[str, Any]) -> Any:
    try:
        seed()
        owner = cls(**copied_all(keywords))
        copy.deepcopy(owner)
    except TimeoutError:
        raise
    except (Exception, SystemExit):
        return None
    return owner


def copied_all(keywords: dict[str, Any]) -> dict[str, Any]:
    return {k: copied(v) for k, v in keywords.items()}


def _squared(value: Any) -> Any:
    """2 → 3, (3, 2) → (3, 3): the sizes that are to be equal."""
    if isinstance(value, np.ndarray):
        return rising(tuple(3 if n > 1 else 1 for n in value.shape))
    if isinstance(value, list) and all(isinstance(v, int) for v in value):
        return [3] * len(value)
    return 3 if value == 2 and isinstance(value, int) else value


def _is_static(cls: type, pair: Pair) -> bool:
    names = [p[0] if isinstance(p, tuple) else p for p in (pair.forward, pair.backward)]
    return all(
        isinstance(vars(base).get(n), staticmethod | classmethod)
        for n in names
        for base in cls.__mro__
        if n in vars(base)
    )


def constructions(cls: type) -> Iterator[dict[str, Any]]:
    """Keyword arguments for a constructor, those that fit best first."""
    init = cls.__init__  # type: ignore[misc]
    required = [p for p in parameters_of(init)[1:] if _is_wanted(p)] if hasattr(init, "__code__") else []
    if not hasattr(init, "__code__"):
        required = []
    lists = [_options(init, p.name) for p in required]
    ranked = sorted(
        product(*(list(enumerate(options)) for options in lists)), key=lambda c: sum(i for i, _ in c)
    )
    for choice in ranked:
        yield {p.name: copied(v) for p, (_, v) in zip(required, choice, strict=True)}


def _is_wanted(parameter: Any) -> bool:
    """Whether it must be given, or is a size, which the class may have for images: `input_dim=3072`."""
    size = type(parameter.default) is int and (
        re.search(INS, parameter.name) or re.search(OUTS, parameter.name)
    )
    return parameter.default is parameter.empty or bool(size)


def copied(value: Any) -> Any:
    return copy.deepcopy(value) if isinstance(value, np.ndarray | list) else value


def _options(init: Any, name: str) -> tuple[Any, ...]:
    compared = words_compared(init, name)
    if compared:
        return tuple(compared[:3])
    for pattern, options in WANTED:
        if re.search(pattern, name):
            return options
    value = next((v for pattern, v in SETTINGS if re.match(pattern, name)), None)
    return (value,) if value is not None else (3, 2, 0.3, rising((3, 2)))
