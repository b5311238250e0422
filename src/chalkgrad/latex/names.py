"""Names: how `\\hat{y}_1`, `W^{[1]}`, `\\text{leaky relu}` are spelled in Python; what is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalkgrad.latex import nodes as n
from chalkgrad.latex import symbols
from chalkgrad.latex.formula import read
from chalkgrad.latex.known import KNOWN

SPELLINGS = {"lambda": ("lambda", "lambda_", "lam"), "epsilon": ("epsilon", "eps"), "infty": ("infty", "inf")}
NEW_AXIS = frozenset({"newaxis", "None"})
CONSTANTS = {"e": "e", "pi": "pi", "infty": "inf", "inf": "inf", "nan": "nan", "NaN": "nan"}


def keys(expr: n.Expr) -> tuple[str, ...]:
    """The Python spellings of a name with its accents, subscripts, marks and primes; the first is the
    canonical one.

    >>> keys(read(r"\\hat{y}_1").only)
    ('y_hat_1', 'y_hat1', 'yhat_1', 'yhat1', 'hat_y_1', 'hat_y1')
    """
    if isinstance(expr, n.Name):
        return _spelled(expr)
    if isinstance(expr, n.Subscripted):
        return _joined(keys(expr.base), _plain(expr.text))
    if isinstance(expr, n.Marked):
        return _joined(keys(expr.base), _plain(expr.text))
    if isinstance(expr, n.Primed):
        dashes = "'" * expr.count
        ends = ("_prime" * expr.count, dashes)
        return tuple(key + end for key in keys(expr.base) for end in ends)
    return ()


def _spelled(name: n.Name) -> tuple[str, ...]:
    found: list[str] = list(SPELLINGS.get(name.base, (name.base,)))
    if name.kind == "text":
        words = name.base.replace("-", " ").split()
        found += ["_".join(words), "".join(words)]
    if name.kind == "word" and name.base[-1].isdigit():
        found.append(name.base.rstrip("0123456789") + "_" + name.base[len(name.base.rstrip("0123456789")) :])
    if len(name.accents) > 2:
        return ("_".join((found[0], *name.accents)),)
    for accent in name.accents:
        found = [new for key in found for new in (f"{key}_{accent}", f"{key}{accent}", f"{accent}_{key}")]
    return tuple(dict.fromkeys(found))


def _plain(text: str) -> str:
    return text.replace(" ", "").replace(",", "_").replace("'", "")


def _joined(bases: tuple[str, ...], script: str) -> tuple[str, ...]:
    """`x_1` is also x1, `W_{hx}` also Whx; `x_i` is not xi, which is a Greek letter."""
    touching = script.isdigit() or len(script) > 1
    return tuple(
        key
        for base in bases
        for key in ((f"{base}_{script}", base + script) if touching else (f"{base}_{script}",))
    )


class Vocabulary:
    """What the caller's names and functions are, looked up by their LaTeX.

    Args:
        names: values by name; a key may be Python (`y_hat`) or LaTeX (`\\hat{y}`).
        functions: callables by name, likewise.
    """

    def __init__(self, names: Iterable[str], functions: Iterable[str]) -> None:
        self.names = _canonical(names)
        self.functions = _canonical(functions)
        self.folded = _folded(self.functions)

    def value(self, expr: n.Expr) -> str | None:
        """The caller's key for a value."""
        return next((self.names[key] for key in keys(expr) if key in self.names), None)

    def function(self, expr: n.Expr) -> tuple[str, str] | None:
        """("given", key) for one of the caller's functions, ("known", key) for a textbook one."""
        spelled = keys(expr)
        kind = core(expr).kind
        if (
            isinstance(expr, n.Name)
            and expr.kind == "command"
            and expr.base in symbols.FUNCTIONS
            and expr.base in KNOWN
        ):
            return "known", expr.base  # \\max is mathematics, whatever the caller calls max
        for key in spelled:
            if key in self.functions:
                return "given", self.functions[key]
        if kind == "letter":
            return None  # a single letter has no meaning of its own, and F is not f
        long = kind in ("text", "word") and len(core(expr).base) > 1
        lower = [key.lower().replace("-", "_") for key in spelled] if long else []
        for key in lower:
            if key in self.folded:
                return "given", self.folded[key]
        return next((("known", key) for key in (*spelled, *lower) if key in KNOWN), None)


def core(expr: n.Expr) -> n.Name:
    """The bare name under subscripts, marks and primes."""
    while isinstance(expr, n.Subscripted | n.Marked | n.Primed):
        expr = expr.base
    return expr if isinstance(expr, n.Name) else n.Name("", "letter", span=expr.span)


def _canonical(given: Iterable[str]) -> dict[str, str]:
    """Every spelling under which a key can be found → the key."""
    found = {key: key for key in given}
    for key in list(found):
        if any(sign in key for sign in "\\{^"):
            found[keys(read(key).only)[0]] = key
        elif len(key) == 1 and key in symbols.UNICODE:
            found[symbols.UNICODE[key]] = key
    return found


def _folded(functions: Mapping[str, Any]) -> dict[str, str]:
    """Lower-case spelling → key, where only one function has it."""
    lower: dict[str, list[str]] = {}
    for spelled, key in functions.items():
        lower.setdefault(spelled.lower(), []).append(key)
    return {spelled: found[0] for spelled, found in lower.items() if len(found) == 1}
