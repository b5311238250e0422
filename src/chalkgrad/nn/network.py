"""A chain some of whose links have parameters: what they are at first, and what it computes with them.

A link is a plain function, a `Layer`, or a chain of links. Parameters are nested dictionaries, an entry a
link that has any, under the link's name; links of one name are counted: "dense", "dense_2".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from chalkgrad.nn.layers.layer import Layer, Mode, Params

Link = Callable[..., Any]


def named(links: Sequence[Link]) -> list[tuple[str, Link]]:
    """Each link under a name that no other link of the chain has.

    >>> [name for name, _ in named([np.tanh, np.exp, np.tanh])]
    ['tanh', 'exp', 'tanh_2']
    """
    counts: dict[str, int] = {}
    names = []
    for link in links:
        name = "chain" if parts(link) else str(getattr(link, "__name__", type(link).__name__)).lower()
        counts[name] = counts.get(name, 0) + 1
        names.append(name if counts[name] == 1 else f"{name}_{counts[name]}")
    return list(zip(names, links, strict=True))


def parts(link: Link) -> Sequence[Link]:
    """The links of a chain; of anything else none."""
    return getattr(link, "functions", ())


def has_params(link: Link) -> bool:
    """Whether a link has parameters of its own or in it.

    >>> has_params(np.tanh)
    False
    """
    if isinstance(link, Layer):
        return bool(link.shapes)
    inside = parts(link) or getattr(link, "links", ())  # of a chain, of a way round
    return any(map(has_params, inside)) if inside else hasattr(link, "init")


def init(links: Sequence[Link], x: Any, rng: np.random.Generator) -> Params:
    """First values of all parameters, for inputs like x, which is run through the links on the way."""
    params: Params = {}
    for name, link in named(links):
        own = _init(link, x, rng)
        if own:
            params[name] = own
        x, _ = run_link(link, own, x, Mode())
    return params


def _init(link: Link, x: Any, rng: np.random.Generator) -> Params:
    if parts(link):
        return init(parts(link), x, rng)
    return link.init(x, rng) if hasattr(link, "init") else {}


def forward(links: Sequence[Link], params: Params, x: Any, mode: Mode) -> tuple[Any, Params]:
    """The result, and the new values of what is state: nested as the parameters, with nothing else in it."""
    changed: Params = {}
    _link = ""
    for name, link in named(links):
        title = name if parts(link) or hasattr(link, "forward") else ""
        x, new = run_link(link, params.get(name, {}), x, mode, title)
        if new:
            changed[name] = new
    return x, changed


def run_link(link: Link, params: Params, x: Any, mode: Mode, _link: str = "") -> tuple[Any, Params]:
    """One link with its parameters; `_link` is what views call it (see `trace.sites.runs_links`)."""
    if parts(link):
        return chain(parts(link), params, x, mode)
    if hasattr(link, "forward"):
        return link.forward(params, x, mode)
    return link(x), {}


def chain(links: Sequence[Link], params: Params, x: Any, mode: Mode) -> tuple[Any, Params]:
    """A chain in a chain: a call of its own, for views to enter."""
    return forward(links, params, x, mode)


# ----- state and what is learnt, apart and together -----


def split(links: Sequence[Link], params: Params) -> tuple[Params, Params]:
    """Parameters that gradients move, and those that are state; each nested, empty entries left out."""
    learnt: Params = {}
    state: Params = {}
    for name, link in named(links):
        if name in params:
            for into, part in zip((learnt, state), _split(link, params[name]), strict=True):
                if part:
                    into[name] = part
    return learnt, state


def _split(link: Link, params: Params) -> tuple[Params, Params]:
    if parts(link):
        return split(parts(link), params)
    if hasattr(link, "split"):
        return link.split(params)
    state = getattr(link, "state", ())
    return {k: v for k, v in params.items() if k not in state}, {
        k: v for k, v in params.items() if k in state
    }


def join(one: Params, other: Params) -> Params:
    """Two nestings as one; where both have an entry, the second one's holds.

    >>> join({"a": {"W": 1, "m": 2}}, {"a": {"m": 3}})
    {'a': {'W': 1, 'm': 3}}
    """
    merged = dict(one)
    for name, value in other.items():
        both = isinstance(value, dict) and isinstance(merged.get(name), dict)
        merged[name] = join(merged[name], value) if both else value
    return merged


def paths(params: Params, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every array with its name in full.

    >>> list(paths({"dense": {"W": 1, "b": 2}}))
    [('dense.W', 1), ('dense.b', 2)]
    """
    for name, value in params.items():
        full = f"{above}.{name}" if above else name
        if isinstance(value, dict):
            yield from paths(value, full)
        else:
            yield full, value
