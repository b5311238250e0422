"""What to try a function with: numbers, vectors, matrices; layers' and losses' arguments by their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chalkgrad.notes.derivatives.source import keys_read, lengths_read, words_compared
from chalkgrad.notes.derivatives.words import PARAMETERS, RATES, labels_among

Array = np.ndarray
Shape = tuple[int, ...]

POINTS = np.array(
    [
        -6.73,
        -4.21,
        -3.37,
        -2.19,
        -1.43,
        -0.83,
        -0.47,
        -0.23,
        -0.061,
        0.037,
        0.17,
        0.41,
        0.77,
        1.29,
        1.91,
        2.71,
        4.37,
        7.13,
    ]
)  # both sides of 0 and of the usual kinks, small and large


@dataclass(frozen=True, eq=False, slots=True)
class Scenario:
    """One way to fill a function's parameters; `make` gives fresh values for a draw."""

    kind: str
    make: Callable[[int], dict[str, Any]]
    one_by_one: bool = False  # numbers, which the function takes one at a time
    stage: int = 0  # a later stage tells nothing where an earlier one told something
    square: Callable[[int], dict[str, Any]] | None = (
        None  # the same with all sizes equal: no product fails for its shapes
    )
    narrow: bool = False  # only where the wider kinds before it have no values, or logarithms are taken


# ----- arrays -----


def spread_out(rng: np.random.Generator, shape: Shape, low: float = -2.6, high: float = 2.6) -> Array:
    """Entries over all of an interval in a random order, none equal to another or round."""
    size = int(np.prod(shape))
    steps = (np.arange(size) + 0.5 + rng.uniform(-0.3, 0.3, size)) / max(size, 1)
    return np.round(rng.permutation(low + (high - low) * steps), 3).reshape(shape) + 0.0004


def predictions(rng: np.random.Generator, shape: Shape, domain: str) -> Array:
    if domain == "unit":
        return spread_out(rng, shape, 0.05, 0.95)
    if domain == "positive":
        return spread_out(rng, shape, 0.15, 3.0)
    if domain == "above":
        return spread_out(rng, shape, 1.1, 4.0)
    if domain == "rows":
        e = np.exp(spread_out(rng, shape, -1.2, 1.2))
        return e / e.sum(axis=-1, keepdims=True)
    if domain == "columns":
        e = np.exp(spread_out(rng, shape, -1.2, 1.2))
        return e / e.sum(axis=0, keepdims=True)
    return spread_out(rng, shape)


def labels(rng: np.random.Generator, shape: Shape, variety: str) -> Array:
    if variety in ("bits", "signs"):
        bits = rng.permutation(np.arange(int(np.prod(shape))) % 3 == 0).reshape(shape).astype(float)
        return bits if variety == "bits" else 2 * bits - 1
    if variety == "onehot":
        rows = np.eye(shape[-1])[rng.permutation(np.arange(int(np.prod(shape[:-1]))) % shape[-1])]
        return rows.reshape(shape)
    if variety == "upright":
        return labels(rng, shape[::-1], "onehot").T if len(shape) == 2 else labels(rng, shape, "onehot")
    if variety == "ints":
        return rng.permutation(np.arange(shape[0]) % shape[-1])
    if variety == "unit":
        return spread_out(rng, shape, 0.1, 0.9)
    if variety == "rows":
        return predictions(rng, shape, "rows")
    return spread_out(rng, shape)


# ----- all arguments alike -----

DOMAINS = ("any", "unit", "positive", "above")
WITH_LABELS = (
    ("any", "float"), ("unit", "bits"), ("rows", "onehot"), ("any", "signs"), ("any", "onehot"),
    ("rows", "ints"), ("any", "ints"), ("rows", "rows"), ("unit", "unit"), ("positive", "float"),
    ("any", "bits"),
    ("columns", "upright"), ("any", "upright"), ("unit", "float"),
)  # fmt: skip
SHAPES: tuple[Shape, ...] = ((5,), (4, 3), (1, 5), (5, 1))


def alike(f: Callable, names: list[str], option: int = 0) -> Iterator[Scenario]:
    """Arrays of one shape, labels among them if the names say so."""
    given = settings(f, names, option)
    arrays = [n for n in names if n not in given]
    if not arrays:
        arrays, given = names, {}
    targets = labels_among(arrays) if len(arrays) > 1 else set()
    if len(arrays) == 1:
        yield from _one(arrays[0], given)
        return
    varieties = WITH_LABELS if targets else tuple((d, d) for d in DOMAINS)
    if set(arrays) <= {"x", "y", "z"}:  # coordinates, it may be: where y is 1 or -1, too much vanishes
        varieties = tuple(v for v in varieties if v[1] != "signs")
    for shape in SHAPES:
        for domain, variety in varieties:
            if (variety in ("ints", "upright", "onehot") or domain in ("rows", "columns")) and (
                1 in shape or (len(shape) == 1 and variety in ("ints", "upright"))
            ):
                continue
            make = _alike(arrays, targets, shape, domain, variety, given)
            narrow = domain != "any" or variety == "bits" or (variety == "onehot" and len(shape) == 1)
            yield Scenario(f"{shape} {domain} {variety}", make, narrow=narrow)
    yield from _fed(arrays, targets, given)
    for domain, variety in varieties:
        if variety in ("float", "any", "bits", "unit", "signs", "positive"):
            make = _alike(arrays, targets, (12,), domain, variety, given)
            yield Scenario(
                f"numbers {domain} {variety}", make, True, 2, narrow=domain != "any" or variety == "bits"
            )


def _fed(arrays: list[str], targets: set[str], given: dict[str, Any]) -> Iterator[Scenario]:
    """Samples of three features, with targets of another shape: what a network's own loss takes."""
    shapes: tuple[tuple[Shape, Shape], ...] = (
        ((4, 3), (4, 2)),
        ((4, 3), (4,)),
        ((4, 3), (4, 1)),
        ((3, 4), (2, 4)),
        ((3, 4), (1, 4)),
    )
    for inside, outside in shapes[::3] if len(arrays) == 2 and not targets else ():

        def pair(seed: int, i: Shape = inside, o: Shape = outside) -> dict[str, Any]:
            rng = np.random.default_rng(seed)
            return {n: spread_out(rng, s) for n, s in zip(arrays, (i, o), strict=True)} | given

        yield Scenario(f"{inside} and {outside}", pair, False, 1)
    for inside, outside in shapes if len(arrays) == 2 and len(targets) == 1 else ():
        for variety in ("float", "bits", "ints", "onehot"):
            if (
                (variety == "ints") != (outside == (4,))
                and variety in ("ints", "onehot")
                and outside != (4, 2)
            ):
                continue

            def make(seed: int, i: Shape = inside, o: Shape = outside, v: str = variety) -> dict[str, Any]:
                rng = np.random.default_rng(seed)
                target = labels(rng, (*o, 2) if v == "ints" and len(o) == 1 else o, v)
                return {n: target if n in targets else spread_out(rng, i) for n in arrays} | given

            yield Scenario(f"{inside} to {outside} {variety}", make, False, 1)


def _alike(
    arrays: list[str], targets: set[str], shape: Shape, domain: str, variety: str, given: dict[str, Any]
) -> Callable[[int], dict[str, Any]]:
    def make(seed: int) -> dict[str, Any]:
        rng = np.random.default_rng(seed)
        found = {
            n: labels(rng, shape, variety) if n in targets else predictions(rng, shape, domain)
            for n in arrays
        }
        return found | given

    return make


TABLES: tuple[Shape, ...] = ((4, 3), (3, 4), (4, 2), (2, 4))
IMAGES: tuple[Shape, ...] = ((2, 2, 4, 4), (2, 4, 4, 2), (2, 2, 6, 6), (4, 4), (6, 6), (2, 3, 2), (3, 2, 3))
FEW: tuple[Shape, ...] = ((5,), (3,), (3, 1), (1, 3), (2,), (2, 1), (1, 2), (4,), (3, 3))


def _one(name: str, given: dict[str, Any]) -> Iterator[Scenario]:
    def points(domain: str) -> Callable[[int], dict[str, Any]]:
        def make(seed: int) -> dict[str, Any]:
            x = {"any": POINTS, "unit": np.linspace(0.03, 0.97, 18), "positive": np.linspace(0.07, 4.3, 18),
                 "above": np.linspace(1.05, 6.0, 18)}[domain]  # fmt: skip
            return {name: np.round(x + 0.0013 * (seed % 7), 5)} | given

        return make

    def shaped(shape: Shape, domain: str) -> Callable[[int], dict[str, Any]]:
        return lambda seed: {name: predictions(np.random.default_rng(seed), shape, domain)} | given

    def whole(shape: Shape) -> Callable[[int], dict[str, Any]]:
        return lambda seed: {name: np.random.default_rng(seed).integers(0, 3, shape)} | given

    for domain in DOMAINS:
        yield Scenario(f"points {domain}", points(domain), narrow=domain != "any")
    for domain in DOMAINS:
        yield Scenario(f"numbers {domain}", points(domain), True, narrow=domain != "any")
    for domain in ("any", "unit"):
        for stage, shapes in enumerate((TABLES, IMAGES, FEW), 1):
            for shape in shapes:
                even = (3, 3) if stage == 1 else shape if set(shape) <= {1, 3} else None
                square = shaped(even, domain) if even else None
                yield Scenario(
                    f"{shape} {domain}", shaped(shape, domain), False, stage, square, domain != "any"
                )
    for shape in ((4,), (2, 3)):
        yield Scenario(f"{shape} ints", whole(shape), False, 4)


# ----- matrices beside vectors, images -----

MATRIX = re.compile(r"[A-Z]\d?")


def sided(f: Callable, names: list[str], option: int = 0) -> Iterator[Scenario]:
    """Matrices under capital letters beside vectors under small ones: `x, A, b`."""
    given = settings(f, names, option)
    arrays = [n for n in names if n not in given]
    matrices = {n for n in arrays if MATRIX.fullmatch(n)}
    if not matrices or matrices == set(arrays):
        return

    def make(seed: int) -> dict[str, Any]:
        rng = np.random.default_rng(seed)
        return {n: spread_out(rng, (3, 3) if n in matrices else (3,)) for n in arrays} | given

    yield Scenario("matrices and vectors", make, False, 0)


def images(f: Callable, names: list[str], option: int = 0) -> Iterator[Scenario]:
    """Images and kernels, where a function takes the shapes of two arguments apart into four numbers."""
    four = [n for n in names if len(lengths_read(f, n)) == 4]
    if len(four) != 2:
        return
    last = "c" in lengths_read(f, four[0])[3].lower()  # channels last
    x, w = ((2, 4, 4, 2), (3, 3, 2, 2)) if last else ((2, 2, 4, 4), (2, 2, 3, 3))
    bias = (1, 1, 1, 2) if last else (2,)
    given = settings(f, names, option)

    def make(seed: int) -> dict[str, Any]:
        rng = np.random.default_rng(seed)
        shapes = {four[0]: x, four[1]: w}
        return {n: spread_out(rng, shapes.get(n, bias)) for n in names if n not in given} | given

    yield Scenario("images", make, False, 0)


# ----- settings: what is no quantity -----

# fmt: off
SETTINGS: tuple[tuple[str, Any], ...] = (
    (r"^(bn|norm|batchnorm|ln|gn)_?param\w*$", {"mode": "train", "eps": 1e-5, "momentum": 0.9}),
    (r"^dropout_?param\w*$",             {"p": 0.6, "mode": "train", "seed": 3}),
    (r"^conv_?param\w*$",                {"stride": 1, "pad": 1}),
    (r"^pool_?param\w*$",                {"pool_height": 2, "pool_width": 2, "stride": 2}),
    (r"^hparam\w*$",                     {"stride": 1, "pad": 1, "f": 2}),
    (r"^(keep_prob|keep|p_keep|keep_probability)$", 0.7),
    (r"^(drop_?rate|dropout|dropout_rate|p_drop|drop_prob)$", 0.4),
    (r"^(reg\w*|lambd\w*|lamb?|lmbda?|l[12](_reg)?|wd|weight_decay|decay)$", 0.3),
    (r"^(alpha|slope|negative_slope|leak|neg_slope|a_slope|leaky_slope)$", 0.2),
    (r"^(delta|margin|huber_delta|threshold|thresh)$", 0.8),
    (r"^(eps|epsilon)$",                 1e-5),
    (r"^(momentum|rho)$",                0.9),
    (r"^(tau|temperature|temp|scale|k|lmbda|beta_|sigma|quantile|gamma_focal)$", 0.6),
    (r"^(m|num_examples|n_samples|batch_size|n_examples)$", 4),
    (r"^(mode)$",                        "train"),
    (r"^(training|train|is_training)$",  True),
    (r"^(stride|strides|S)$",            1),
    (r"^(pad|padding)$",                 1),
)
# fmt: on


def options(f: Callable, names: list[str]) -> int:
    """How many strings a function tells apart: each is a case of its own."""
    return min(max([len(words_compared(f, name)) for name in names], default=1) or 1, 4)


def settings(f: Callable, names: list[str], option: int = 0) -> dict[str, Any]:
    """Values for the parameters that are no arrays, as far as their names tell."""
    found: dict[str, Any] = {}
    for name in names:
        compared = words_compared(f, name)
        if compared:
            found[name] = compared[min(option, len(compared) - 1)]
            continue
        value = next((v for pattern, v in SETTINGS if re.match(pattern, name)), None)
        if RATES.match(name):
            value = 0.1
        if value is not None and not (
            name in ("alpha", "k", "m", "S", "sigma", "delta") and name == names[0]
        ):
            found[name] = dict(value) if isinstance(value, dict) else value
    return found


# ----- arguments of layers and of losses with parameters -----


@dataclass(frozen=True, slots=True)
class Layout:
    """How samples lie in a matrix, and sizes: n samples of d features, h outputs."""

    columns: bool
    n: int
    d: int
    h: int
    weight: str  # "matrix", "vector", "column" or "turned"
    target: str
    bias: str

    def x(self) -> Shape:
        if self.n == 0:
            return (self.d,)
        return (self.d, self.n) if self.columns else (self.n, self.d)

    def w(self, d: int, h: int) -> Shape:
        if self.weight == "vector":
            return (d,)
        if self.weight == "column":
            return (d, 1)
        turned = self.columns != (self.weight == "turned")
        return (h, d) if turned else (d, h)

    def b(self, h: int) -> Shape:
        if self.weight == "vector":
            return ()
        h = 1 if self.weight == "column" else h
        return {"flat": (h,), "row": (1, h), "column": (h, 1), "number": ()}[self.bias]


DICTS = re.compile(r"^(params|parameters|theta_dict|model)$")
USUAL = ["W1", "b1", "W2", "b2"]  # what a dictionary of parameters holds whose keys are made up as it is read
SIDES = (
    (False, 4, "matrix", "flat"), (False, 4, "matrix", "row"), (True, 4, "matrix", "column"),
    (False, 4, "vector", "number"), (False, 4, "column", "number"), (True, 4, "column", "number"),
    (False, 4, "column", "flat"), (False, 4, "turned", "flat"), (True, 4, "vector", "number"),
    (False, 4, "matrix", "number"), (False, 0, "matrix", "flat"), (True, 0, "matrix", "flat"),
    (False, 0, "vector", "number"),
)  # fmt: skip
TARGETS = ("float", "bits", "ints", "onehot", "flat", "flatbits", "signs")
LAYOUTS = tuple(
    Layout(columns, n, 3, 2, weight, target, bias) for target in TARGETS for columns, n, weight, bias in SIDES
)


def layered(f: Callable, names: list[str], option: int = 0) -> Iterator[Scenario]:
    """Arguments such as `X, W, b, y, reg`, in the layouts that courses use."""
    given = settings(f, [n for n in names if n not in ("gamma", "beta")], option)
    arrays = [n for n in names if n not in given]
    own = [n for n in arrays if PARAMETERS.match(n) or re.match(r"^[WUV]\w{0,3}$|^w\w$", n)]
    if not own or (own == ["b"] and "a" in arrays):  # a and b are two of a kind
        return
    targets = labels_among(arrays)
    for stage, alone in enumerate((False, True)):
        for layout in (one for one in LAYOUTS if (one.n == 0) is alone):
            if targets or layout.target == "float":
                square = _layer(f, arrays, targets, replace(layout, n=3 * bool(layout.n), h=3), given)
                yield Scenario(
                    f"layer {layout}", _layer(f, arrays, targets, layout, given), False, stage, square
                )


def _layer(
    f: Callable, arrays: list[str], targets: set[str], layout: Layout, given: dict[str, Any]
) -> Callable[[int], dict[str, Any]]:
    if not any(re.match(r"^[wWUV]|theta|kernel|coef|param", n) for n in arrays):
        layout = replace(layout, h=layout.d)  # a bias alone has an entry for each feature
    deep = 1 + max(
        (int(n[-1]) for n in _all_names(f, arrays) if n[-1].isdigit() and int(n[-1]) < 5), default=0
    )
    sizes = [layout.d, *(5, 4, 6, 3)[: max(deep - 2, 0)], layout.h]

    def make(seed: int) -> dict[str, Any]:
        rng = np.random.default_rng(seed)

        def value(name: str) -> Any:
            keys = keys_read(f, name) or (USUAL if DICTS.match(name) else [])
            if keys:
                return {k: value(k) for k in keys}
            if name in targets:
                return _target(rng, layout)
            return _quantity(rng, name, layout, sizes)

        return {n: value(n) for n in arrays} | given

    return make


def _all_names(f: Callable, arrays: list[str]) -> list[str]:
    return [*arrays, *(k for n in arrays for k in keys_read(f, n) or (USUAL if DICTS.match(n) else []))]


def _quantity(rng: np.random.Generator, name: str, layout: Layout, sizes: list[int]) -> Any:
    k = int(name[-1]) if name[-1].isdigit() and int(name[-1]) < len(sizes) and name[-1] != "0" else 1
    d, h = (sizes[k - 1], sizes[k]) if len(sizes) > 2 else (layout.d, layout.h)
    low = name.lower()
    if re.match(r"^(gamma|scale)$", low):
        return spread_out(rng, (layout.d,), 0.5, 1.5)
    if low == "beta":
        return spread_out(rng, (layout.d,), -1.0, 1.0)
    if low.startswith("b") and PARAMETERS.match(low):
        shape = layout.b(h)
        return float(spread_out(rng, (1,))[0]) if shape == () else spread_out(rng, shape, -1.0, 1.0)
    if re.match(r"^(whh|wh|w_h|w_hh|whidden|u_h)$", low):
        return spread_out(rng, (layout.h, layout.h), -1.0, 1.0)
    if re.match(r"^(prev_h|h_prev|h|h0|hprev|h_prev_t|a_prev_t)$", low):
        return spread_out(rng, (layout.h, layout.n) if layout.columns else (layout.n, layout.h), -1.0, 1.0)
    if PARAMETERS.match(low) or re.match(r"^[WUV]\w{0,3}$|^w\w$", name):
        return spread_out(rng, layout.w(d, h), -1.3, 1.3)
    return spread_out(rng, layout.x(), -1.9, 1.9)


def _target(rng: np.random.Generator, layout: Layout) -> Array:
    n, h = max(layout.n, 1), 1 if layout.weight in ("vector", "column") else layout.h
    if layout.target == "ints":
        return labels(rng, (n, max(h, 2)), "ints")
    if layout.target in ("flat", "flatbits") or layout.weight == "vector":
        return labels(
            rng,
            (n,),
            {"flat": "float", "flatbits": "bits"}.get(
                layout.target, layout.target if layout.target != "onehot" else "bits"
            ),
        )
    rows = labels(rng, (n, h), layout.target if h > 1 or layout.target != "onehot" else "bits")
    return rows.T if layout.columns else rows
