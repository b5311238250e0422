"""Which function of a module is whose derivative."""

from __future__ import annotations

import dis
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import CodeType, FunctionType
from typing import Any

from chalkgrad.notes.derivatives.networks import cost_of, network_of
from chalkgrad.notes.derivatives.source import returned
from chalkgrad.notes.derivatives.words import (
    ABOUT,
    BARE,
    MARKERS,
    OPTIONAL,
    abouts,
    is_log_loss,
    is_second,
    is_upstream,
    labels_among,
    short,
    spread,
    stem,
    variable,
    words,
)

PASS = re.compile(r"backward|backprop|gradients?$|grads$", re.IGNORECASE)
NAMELESS = re.compile(r"(backward|back_?prop|((compute|get|calc\w*)_)?grad(ient)?s?$)", re.IGNORECASE)
FLAG = re.compile(
    r"^(is_|return_|calc_|use_|get_|do_|want_|with_)?_?(d|deriv\w*|prime|grads?|gradients?|backward|diff|derive\w*|der|dx|back|bwd|ddx)$"
)
MODE = re.compile(r"^(mode|kind|which|direction|pass_|how|what)$")
MODES = {"forward": "backward", "fwd": "bwd", "f": "df", "value": "derivative", "function": "derivative"}
LISTED = re.compile(r"activ|transfer|nonlin|loss|cost|deriv|grad|func|prime|pair|check", re.IGNORECASE)


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """A function and what is said to be its derivative.

    Args:
        forward: the function, or the name of a method.
        backward: its derivative likewise; `None` where the function returns its gradient beside its value.
        name, of: how the two are called.
        code: the derivative's, for its place.
        owner: the class whose methods they are.
        order: 2 for a second derivative.
        by: the argument that it is the derivative by; empty where that is not said.
    """

    forward: Any
    backward: Any
    name: str
    of: str
    code: CodeType
    owner: type | None = None
    order: int = 1
    by: str = ""


def pairs(namespace: Mapping[str, Any], file: str) -> list[Pair]:
    """The pairs of a module, in the order of its lines, each derivative once."""
    functions = {k: f for k, f in namespace.items() if is_own(f, file) and not k.startswith("__")}
    classes = {
        k: c for k, c in namespace.items() if isinstance(c, type) and c.__module__ == namespace["__name__"]
    }
    found = [*_both(functions), *_by_name(functions), *_flagged(functions), *_listed(namespace, file)]
    for cls in dict.fromkeys(classes.values()):
        found += _of_class(cls, file)
    seen: dict[tuple[CodeType, Any], Pair] = {}
    for pair in found:
        seen.setdefault((pair.code, pair.owner), pair)
    return sorted(seen.values(), key=lambda p: p.code.co_firstlineno)


def is_own(f: Any, file: str) -> bool:
    return code_of(f) is not None and code_of(f).co_filename == file  # type: ignore[union-attr]


def code_of(f: Any) -> CodeType | None:
    while isinstance(f, partial):
        f = f.func
    try:
        f = inspect.unwrap(f)
    except ValueError:
        return None
    pyfunc = getattr(f, "pyfunc", f)  # np.vectorize
    return getattr(getattr(pyfunc, "__func__", pyfunc), "__code__", None)


# ----- functions by their names -----


def _by_name(functions: dict[str, Any]) -> Iterator[Pair]:
    for name, f in functions.items():
        base = base_of(name, f, functions)
        code = code_of(f)
        if code is not None and PASS.search(name):
            cost = cost_of(f, functions) if NAMELESS.match(name) else None
            if cost is not None:
                yield Pair(functions[cost], f, name, cost, code)
                continue
            network = network_of(f, functions)
            if network is not None:
                yield Pair(network, f, name, "the cost of the network", code)
                continue
        if name == "backward" and not any(is_upstream(p.name) for p in parameters_of(f)):
            continue  # it may go backward through anything
        if base is not None and code is not None and functions[base] is not f:
            order = 2 if is_second(name) and not is_second(base) and not _is_marked(base) else 1
            yield Pair(functions[base], f, name, base, code, order=order, by=variable(name))


def _is_marked(name: str) -> bool:
    return bool(set(words(name)) & MARKERS)


def base_of(name: str, f: Any, functions: Mapping[str, Any]) -> str | None:
    """The name of the function that another one is the derivative of, by name or by docstring."""
    others = [k for k in functions if k != name]
    wanted = abouts(name, others)
    for parts in wanted:
        found = _matching(parts, others, name, functions)
        if found:
            return found
    doc = (getattr(f, "__doc__", None) or "").strip()
    match = ABOUT.search(doc.split("\n\n")[0])
    if match and (wanted or len(doc) < 200):
        return _in_words(match["of"], others)
    return None


def _matching(
    parts: tuple[str, ...], others: list[str], name: str, functions: Mapping[str, Any]
) -> str | None:
    """The one function of these words; then of these but for such as `loss`; then the one that begins so."""
    plain = [k for k in others if not abouts(k, others) or _is_pass(k)]
    if not parts or not short(parts):
        exact = [k for k in plain if stem(k) == parts and parts]
        bare = exact or [k for k in plain if k in BARE or (words(k) and set(words(k)) <= _ANY)]
        if parts and not exact:
            bare = [k for k in bare if set(parts) & set(spread(words(k)))]
        return _nearest(bare, name, functions)
    for same in (
        lambda k: stem(k) == parts,
        lambda k: short(stem(k)) == short(parts),
        lambda k: "".join(stem(k)) == "".join(parts),
    ):
        found = [k for k in plain if same(k)]
        if found:
            return _nearest(found, name, functions)
    begun = [k for k in plain if len("".join(parts)) >= 3 and "".join(stem(k)).startswith("".join(parts))]
    return begun[0] if len(begun) == 1 else None


_ANY = OPTIONAL | {"forward", "fn", "function", "func", "compute", "calculate", "f", "j", "propagation"}


def _is_pass(name: str) -> bool:
    """`forward_propagation` has a word of the backward pass in it and is none."""
    return bool(re.match(r"_?forward", name))


def _nearest(found: list[str], name: str, functions: Mapping[str, Any]) -> str | None:
    """The last one that is defined before, else the first one after."""
    line = _line(functions[name])
    before = [k for k in found if _line(functions[k]) <= line]
    if before:
        return max(before, key=lambda k: _line(functions[k]))
    return min(found, key=lambda k: _line(functions[k])) if found else None


def _line(f: Any) -> int:
    code = code_of(f)
    return code.co_firstlineno if code else 0


def _in_words(text: str, others: list[str]) -> str | None:
    """The one function that a piece of a docstring names."""
    said = spread(words(text))
    found = [k for k in others if stem(k) and not abouts(k, others) and stem(k) == said[: len(stem(k))]]
    found = found or [
        k
        for k in others
        if short(stem(k)) and not abouts(k, others) and short(stem(k)) == said[: len(short(stem(k)))]
    ]
    return max(found, key=lambda k: len(stem(k))) if found else None


# ----- one function for both, told by a flag -----


def _flagged(functions: dict[str, Any]) -> Iterator[Pair]:
    for name, f in functions.items():
        for on, off in flags(f):
            code = code_of(f)
            assert code is not None
            yield Pair(partial(f, **off), partial(f, **on), f"{name}({_said(on)})", name, code)


def _said(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{k}={v!r}" for k, v in given.items())


def flags(f: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Keywords that ask for the derivative, and those that ask for the value."""
    for p in list(parameters_of(f))[1:]:
        if FLAG.match(p.name) and (p.default is False or p.default in (0, None) or p.default is p.empty):
            if p.default is False or (p.default is not None and p.name.startswith(("deriv", "prime", "is_"))):
                yield {p.name: True}, {p.name: False}
        elif MODE.match(p.name) and p.default in MODES:
            yield {p.name: MODES[p.default]}, {p.name: p.default}


def parameters_of(f: Any) -> list[inspect.Parameter]:
    try:
        found = inspect.signature(getattr(f, "pyfunc", f)).parameters.values()  # np.vectorize
    except (ValueError, TypeError):
        return []
    return [p for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


# ----- tables of functions -----


def _listed(namespace: Mapping[str, Any], file: str) -> Iterator[Pair]:
    """Pairs in a table, named or side by side; a table of derivatives beside one of functions."""
    tables = {
        k: v for k, v in namespace.items() if isinstance(v, dict | list | tuple) and not k.startswith("__")
    }
    for name, table in tables.items():
        items = table.items() if isinstance(table, dict) else enumerate(table)
        for key, value in list(items)[:100]:
            yield from _entry(name, str(key), value, file)
    dicts = {k: v for k, v in tables.items() if isinstance(v, dict)}
    for name, table in dicts.items():
        of = base_of_table(name, dicts)
        for key in dicts[of] if of is not None else ():
            assert of is not None
            if is_own(table.get(key), file) and callable(dicts[of][key]):
                yield _plain(dicts[of][key], table[key], f"{name}[{key!r}]", f"{of}[{key!r}]")


def base_of_table(name: str, tables: Mapping[str, Any]) -> str | None:
    if not abouts(name, tables):
        return None
    others = [k for k in tables if k != name and not set(words(k)) & (MARKERS | {"derivatives"})]
    found = [k for k in others if set(tables[k]) & set(tables[name])]
    return found[0] if len(found) == 1 else None


def _entry(name: str, key: str, value: Any, file: str) -> Iterator[Pair]:
    if isinstance(value, dict):
        named = {str(k): f for k, f in value.items() if is_own(f, file)}
        for pair in _by_name(named):
            yield _plain(pair.forward, pair.backward, f"{name}[{key!r}][{pair.name!r}]", f"{name}[{key!r}]")
    elif (
        isinstance(value, tuple | list) and len(value) == 2 and callable(value[0]) and is_own(value[1], file)
    ):
        marked = abouts(getattr(value[1], "__name__", ""), [getattr(value[0], "__name__", "")])
        if marked or (value[1].__name__ == "<lambda>" and LISTED.search(name)):
            yield _plain(value[0], value[1], f"{name}[{key!r}][1]", f"{name}[{key!r}][0]")


def _plain(f: Any, g: Any, name: str, of: str) -> Pair:
    code = code_of(g)
    assert code is not None
    if code_of(f) is None:
        return Pair(lambda x: f(x), g, name, of, code)  # NumPy's own name their argument otherwise
    own = getattr(g, "__name__", "<lambda>")
    return Pair(
        f,
        g,
        name if own == "<lambda>" else own,
        of if own == "<lambda>" else getattr(f, "__name__", of),
        code,
    )


# ----- the gradient beside the value -----


def _both(functions: dict[str, Any]) -> Iterator[Pair]:
    for name, f in functions.items():
        code = code_of(f)
        if code is not None and isinstance(f, FunctionType) and returns_both(f):
            yield Pair(f, None, name, name, code)


GRADIENT = re.compile(
    r"^(d_?[A-Za-z]\w{0,2}\d?|d_?(x|w|b|theta|weights?|bias|input|scores|logits|pred|y|loss)\w{0,4}|.*grad\w*|d[jl]_?d\w+|nabla\w*|g)$"
)
LOSS = re.compile(r"loss|cost|^[jle]$|err|objective|mse|energy|^nll|^f(val)?$|value|total", re.I)


def returns_both(f: Callable) -> bool:
    """Whether a function returns names of which one is a loss's and the rest are gradients'."""
    names = returned(f)
    if len(names) < 2 or not all(names):
        return False
    values = [n for n in names if not GRADIENT.match(n)]
    return len(values) == 1 and bool(LOSS.search(values[0]))


# ----- methods -----


def _of_class(cls: type, file: str) -> Iterator[Pair]:
    methods = _methods(cls, file)
    own = {k for k, v in vars(cls).items() if is_own(getattr(v, "__func__", v), file)}
    if getattr(cls, "__abstractmethods__", None):
        return
    for name, f in methods.items():
        base = base_of(name, f, methods) or _delta(name, methods)
        if base is None or base == name or name == "__call__" or _is_abstract(f):
            continue
        base = _public(base, methods)
        if not ({name, base} & own or _helpers(own)) or _is_abstract(methods[base]):
            continue
        if name.startswith("_") and base.startswith("_") and _has_passes(methods):
            continue
        if _is_of_a_cost(f, methods[base]):
            continue
        second = is_second(name)
        yield Pair(
            base,
            name,
            f"{cls.__name__}.{name}",
            f"{cls.__name__}.{base}",
            _place(cls, name, f, own),
            cls,
            2 if second else 1,
        )
    for name, f in methods.items():
        code = code_of(f)
        if code is not None and name in own and isinstance(f, FunctionType) and returns_both(f):
            yield Pair(name, None, f"{cls.__name__}.{name}", f"{cls.__name__}.{name}", code, cls)
        for on, off in flags(f) if name in own else ():
            assert code is not None
            yield Pair(
                (name, off),
                (name, on),
                f"{cls.__name__}.{name}({_said(on)})",
                f"{cls.__name__}.{name}",
                code,
                cls,
            )


def _is_of_a_cost(backward: Any, forward: Any) -> bool:
    """Whether a pass takes labels that the forward pass does not: it goes back through a cost of its own."""
    own, others = ([p.name for p in parameters_of(f)][1:] for f in (backward, forward))
    return bool(labels_among([*own, "x"]) - set(others))


def _has_passes(methods: Mapping[str, Any]) -> bool:
    """Whether private steps are judged with the public passes that call them."""
    return any({f, b} <= methods.keys() and not _is_abstract(methods[f]) for f, b in PASSES)


PASSES = (
    ("forward", "backward"),
    ("__call__", "backward"),
    ("forward", "backprop"),
    ("forward_pass", "backward_pass"),
)


def _methods(cls: type, file: str) -> dict[str, Any]:
    """All methods that the module defines, inherited ones too, by name."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        for name, value in vars(base).items():
            if is_own(getattr(value, "__func__", value), file) and name != "__init__":
                found[name] = getattr(value, "__func__", value)
    return found


def _public(base: str, methods: Mapping[str, Any]) -> str:
    return "__call__" if base == "_call" and "__call__" in methods else base


def _delta(name: str, methods: Mapping[str, Any]) -> str | None:
    """`delta` beside `fn`: the gradient by what goes into the last activation."""
    return next((k for k in ("fn", "loss", "cost") if k in methods), None) if name == "delta" else None


def _helpers(own: set[str]) -> bool:
    """Whether a class fills in a step of passes that it inherits: `_output`, `_input_grad`."""
    return any(set(words(k)) & MARKERS or k.lstrip("_") in ("output", "compute", "f", "fn") for k in own)


def _is_abstract(f: Any) -> bool:
    """Whether a method only says that it is to be written."""
    code = code_of(f)
    if getattr(f, "__isabstractmethod__", False) or code is None:
        return True
    return "NotImplementedError" in code.co_names or (
        len(code.co_code) <= 8 and code.co_consts in ((None,), (f.__doc__, None), (f.__doc__,))
    )


def _place(cls: type, name: str, f: Any, own: set[str]) -> CodeType:
    """The code that a reader would mend: the class's own step where the pass itself is inherited."""
    code = code_of(f)
    if name not in own:
        helpers = [k for k in own if set(words(k)) & MARKERS]
        code = next((code_of(getattr(vars(cls)[k], "__func__", vars(cls)[k])) for k in helpers), code)
    assert code is not None
    return code


# ----- what a function is made of -----


def takes_logarithms(pair: Pair) -> bool:
    """Whether a logarithm occurs in the function, or in what it calls, or in the class."""
    if is_log_loss(pair.of) or pair.name.endswith("delta"):
        return True
    if pair.owner is not None:
        codes = [
            code_of(getattr(v, "__func__", v)) for base in pair.owner.__mro__ for v in vars(base).values()
        ]
        f = getattr(pair.owner, pair.forward[0] if isinstance(pair.forward, tuple) else pair.forward, None)
        return any(c is not None and _has_log(c, getattr(f, "__globals__", {}), 2) for c in codes)
    code = code_of(pair.forward)
    return code is not None and _has_log(code, getattr(pair.forward, "__globals__", {}), 2)


def takes_products(f: Any) -> bool:
    """Whether a matrix product occurs in a function or in what it calls."""
    code = code_of(f)
    return code is not None and _has_product(code, getattr(f, "__globals__", {}), 2)


def _has_product(code: CodeType, names: Mapping[str, Any], deep: int) -> bool:
    if set(code.co_names) & {"dot", "matmul", "einsum", "tensordot", "inner", "outer"}:
        return True
    if any(i.opname == "BINARY_OP" and i.argrepr.startswith("@") for i in dis.get_instructions(code)):
        return True
    called = [code_of(names[n]) for n in code.co_names if n in names] if deep else []
    return any(
        c is not None and c.co_filename == code.co_filename and _has_product(c, names, deep - 1)
        for c in called
    )


def _has_log(code: CodeType, names: Mapping[str, Any], deep: int) -> bool:
    if any(n in ("log", "log1p", "log2", "xlogy") for n in code.co_names):
        return True
    called = [code_of(names[n]) for n in code.co_names if n in names] if deep else []
    return any(
        c is not None and c.co_filename == code.co_filename and _has_log(c, names, deep - 1) for c in called
    )
