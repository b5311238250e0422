"""What people write and expect to be understood: `h_t`, `W^{[l]}`, `\\bar{x}`, `TP` for tp, `\\eta` for lr.

A formula is rewritten with the names that there are. A name that is known as it stands stays as it is, and a
name that could stand for two things is left alone, so that the binder says that it is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from chalkgrad.latex import nodes as n
from chalkgrad.latex.known import KNOWN
from chalkgrad.latex.names import CONSTANTS, keys

NOTHING = n.Link("")
TIMES = frozenset({"t", "t-1", "t+1", "l", "l-1", "l+1", "new", "old", "next", "prev", "curr"})
INDICES = frozenset("ijk")

# ----- letters of the textbooks → what programs call them, in this order -----

# fmt: off
RATE = ("lr", "learning_rate", "eta", "alpha", "rate", "step_size", "step")
SYNONYMS = {
    "eta":     RATE,                                "alpha":   RATE,
    "lambda":  ("lam", "lmbda", "lambd", "lambda_", "reg", "l2", "weight_decay", "alpha"),
    "epsilon": ("eps", "epsilon", "tol"),           "mu":      ("mu", "mean", "m", "avg", "loc"),
    "sigma":   ("sigma", "std", "sd", "scale", "s"), "gamma":  ("gamma", "g", "scale"),
    "beta":    ("beta", "momentum", "b", "shift"),  "theta":   ("theta", "w", "params", "weights"),
    "tau":     ("tau", "temperature", "temp", "T"), "delta":   ("delta", "d", "threshold"),
    "rho":     ("rho", "decay", "decay_rate"),
    "hat y":   ("y_hat", "y_pred", "yhat", "pred", "preds", "predictions", "output", "p", "prediction"),
    "y":       ("y_true", "target", "targets", "labels", "y_actual", "label", "t"),
}
GRADIENTS = ("grad", "g", "gradient", "grads", "dw", "dW", "dL_dw", "dtheta", "grad_w", "dx")
# fmt: on


def habits(expr: n.Expr, names: Mapping[str, Any], taken: Iterable[str] = ()) -> n.Expr:
    """The formula in the names that there are.

    Args:
        expr: what `read` returned.
        names: values by name.
        taken: names that other lines define; they stay.
    """
    return _Speaker(expr, names, frozenset(taken)).all(expr)


class _Speaker:
    """One rewriting of one formula."""

    def __init__(self, expr: n.Expr, names: Mapping[str, Any], taken: frozenset[str]):
        self.names, self.known = names, {*names, *taken}
        self.written = [x for x in n.walk(expr) if isinstance(x, n.Name)]
        self.mentioned = {key for x in n.walk(expr) if (key := self._own(x))}
        self.running = {x.base for big in n.walk(expr) if isinstance(big, n.Big) for y in big.below
                        for x in n.walk(y) if isinstance(x, n.Name)}  # fmt: skip
        self.timed = self._timed(expr)

    def _own(self, expr: n.Expr) -> str:
        return next((key for key in keys(expr) if key in self.known), "")

    def is_known(self, expr: n.Expr) -> bool:
        return bool(self._own(expr))

    def free(self, choices: Iterable[str]) -> str:
        """The first of these parameters that the formula does not mention itself."""
        return next((c for c in choices if c in self.names and c not in self.mentioned), "")

    def all(self, expr: n.Expr) -> n.Expr:
        """The expression with everything inside it rewritten."""
        rules: tuple[Callable[[Any], n.Expr | None], ...] = (
            self._gradient, self._time, self._word_and_index, self._size, self._mean, self._name,
        )  # fmt: skip
        if self.is_known(expr):
            return expr
        for rule in rules:
            new = rule(expr)
            if new is not None:
                return new
        changed: dict[str, Any] = {f.name: self._field(getattr(expr, f.name)) for f in fields(expr)}
        return replace(expr, **changed) if isinstance(expr, n.Expr) else expr

    def _field(self, value: Any) -> Any:
        if isinstance(value, n.Expr):
            return self.all(value)
        return tuple(self._field(item) for item in value) if isinstance(value, tuple) else value

    # ----- scripts -----

    def _timed(self, expr: n.Expr) -> set[str]:
        """The names that carry one script of time each: `h_{t-1}` alone, not beside `h_t`."""
        found: dict[str, set[str]] = {}
        for x in n.walk(expr):
            if isinstance(x, n.Subscripted | n.Marked) and x.text.strip("()[]") in TIMES:
                found.setdefault(self._own(x.base), set()).add(x.text)
        return {name for name, scripts in found.items() if name and len(scripts) == 1}

    def _time(self, expr: n.Expr) -> n.Expr | None:
        """`x_t`, `W^{[l]}`: the quantity itself."""
        if not isinstance(expr, n.Subscripted | n.Marked) or expr.text.strip("()[]") not in TIMES:
            return None
        free = expr.text[0] not in self.running and not {expr.text[0]} & self.known
        return expr.base if free and self._own(expr.base) in self.timed else None

    def _word_and_index(self, expr: n.Expr) -> n.Expr | None:
        """`y_{true,i}` where y_true is known, `a_{ij}` where A is."""
        if not isinstance(expr, n.Subscripted):
            return None
        first, *rest = expr.entries or (None,)
        if isinstance(first, n.Name) and rest and len(first.base) > 1:
            whole = next((f"{key}_{first.base}" for key in keys(expr.base)), "")
            if whole in self.names:
                text = "".join(getattr(x, "base", "") for x in rest)
                return n.Subscripted(n.Name(whole, "text", span=expr.span), tuple(rest), text, span=expr.span)
        if isinstance(expr.base, n.Name) and len(expr.base.base) == 1 and not self.is_known(expr.base):
            upper = expr.base.base.upper()
            if np.ndim(self.names.get(upper, 0)) == 2 and len(expr.text) == 2:
                return replace(expr, base=replace(expr.base, base=upper))
        return None

    def _size(self, expr: n.Expr) -> n.Expr | None:
        """`d_k`: how many columns K has."""
        if not isinstance(expr, n.Subscripted) or keys(expr.base)[:1] != ("d",) or len(expr.text) != 1:
            return None
        value = self.names.get(expr.text.upper(), self.names.get(expr.text, 0))
        return n.Number(str(np.shape(value)[-1]), span=expr.span) if np.ndim(value) else None

    # ----- names -----

    def _mean(self, expr: n.Expr) -> n.Expr | None:
        """`\\bar{x}` of a sample."""
        if not isinstance(expr, n.Name) or expr.accents != ("bar",):
            return None
        plain = replace(expr, accents=())
        if np.ndim(self.names.get(self._own(plain), 0)) != 1:
            return None
        bracket = n.Paren("(", (plain,), span=expr.span)
        return n.Paren("(", (n.Product((n.Name("mean", "text", span=expr.span), bracket), (NOTHING,),
                       span=expr.span),), span=expr.span)  # fmt: skip

    def _name(self, expr: n.Expr) -> n.Expr | None:
        """Another spelling: `TP` for tp, `\\eta` for lr, `W_x` for Wx."""
        if not isinstance(expr, n.Name | n.Subscripted | n.Marked) or not keys(expr):
            return None
        if isinstance(expr, n.Subscripted | n.Marked) and len(expr.text) != 1:
            return None
        new = self._folded(expr) or (self._synonym(expr) if isinstance(expr, n.Name) else "")
        return n.Name(new, "text", span=expr.span) if new else None

    def _folded(self, expr: n.Expr) -> str:
        """The one known name that differs in case and underscores only."""
        base = expr
        while isinstance(base, n.Subscripted | n.Marked):
            base = base.base
        if isinstance(expr, n.Subscripted) and (expr.text in INDICES or expr.text in self.running):
            return ""
        if isinstance(expr, n.Name) and (expr.kind != "word" and expr.kind != "text"):
            return ""
        if isinstance(expr, n.Name) and len(expr.base) < 2:
            return ""
        wanted = {key.lower().replace("_", "") for key in keys(expr)} | {_tight(expr)}
        found = {name for name in self.names if name.lower().replace("_", "") in wanted}
        return found.pop() if len(found) == 1 and not found & self.mentioned else ""

    def _synonym(self, expr: n.Name) -> str:
        if (
            expr.base in CONSTANTS
            or expr.base in self.running
            or (expr.base in KNOWN and expr.base != "sigma")
        ):
            return ""
        if expr.base == "sigma" and self._calls_sigma():
            return ""
        name = f"{expr.accents[0]} {expr.base}" if len(expr.accents) == 1 else expr.base
        return self.free(SYNONYMS.get(name, ()))

    def _calls_sigma(self) -> bool:
        return "sigma" not in self.names and not any(name in self.names for name in ("std", "sd"))

    def _gradient(self, expr: n.Expr) -> n.Expr | None:
        """`\\nabla L(w)`, `\\frac{\\partial L}{\\partial w}`: the gradient that a step is given."""
        new = self.free(GRADIENTS)
        if not new:
            return None
        if isinstance(expr, n.Derivative) and len(expr.by) == 1 and expr.orders == (1,):
            return n.Name(new, "text", span=expr.span)
        if isinstance(expr, n.Product):
            at = next((k for k, f in enumerate(expr.factors) if _is_nabla(f)), None)
            if at is not None and at + 1 < len(expr.factors):
                ends = at + 2 + (at + 2 < len(expr.factors) and isinstance(expr.factors[at + 2], n.Paren))
                factors = (*expr.factors[:at], n.Name(new, "text", span=expr.span), *expr.factors[ends:])
                links = (*expr.links[:at], *expr.links[ends - 1 :])
                rest = [self.all(f) for f in factors]
                return rest[0] if len(rest) == 1 else n.Product(tuple(rest), links, span=expr.span)
        return None


def _is_nabla(expr: n.Expr) -> bool:
    while isinstance(expr, n.Subscripted):
        expr = expr.base
    return isinstance(expr, n.Name) and expr.base == "nabla"


def _tight(expr: n.Expr) -> str:
    """`W_x` as wx."""
    base = keys(expr.base)[:1] if isinstance(expr, n.Subscripted) else ()
    return (base[0] + expr.text).lower() if base and isinstance(expr, n.Subscripted) else ""
