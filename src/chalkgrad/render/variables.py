r"""How a person's variables look in a formula: `beta1` is β₁, `y_hat` is ŷ, a longer word stands upright.

x        x                    W1, W_1   W_{1}
alpha    \alpha               y_hat     \hat{y}
loss     \text{loss}          W_xh      W_{\text{xh}}
Wx       W_{x}                Wxh       W_{xh}
"""

from __future__ import annotations

import re
from collections.abc import Iterable

GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa mu nu xi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
SPELLED = {
    "lam": r"\lambda",
    "lmbda": r"\lambda",
    "lambda_": r"\lambda",
    "lambd": r"\lambda",
    "eps": r"\epsilon",
}
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
_WEIGHT = re.compile(r"([A-Z])([a-z])|([WU])([a-z]{2})")  # no word: `Var`, `Loss` stay upright
_PARTS = re.compile(r"^(?P<base>[^\W\d_]+)(?P<digits>\d*)(?:_(?P<rest>\w+))?$")


def variable(name: str) -> str:
    r"""A variable's name as LaTeX.

    >>> variable("x"), variable("W1"), variable("y_hat"), variable("loss"), variable("W_xh")
    ('x', 'W_{1}', '\\hat{y}', '\\text{loss}', 'W_{\\text{xh}}')
    """
    if name in SPELLED:
        return SPELLED[name]
    if name not in GREEK and (weight := _WEIGHT.fullmatch(name)):
        return f"{weight[1] or weight[3]}_{{{weight[2] or weight[4]}}}"
    found = _PARTS.match(name.strip("_"))
    if found is None:
        return upright(name)
    base, digits, rest = found["base"], found["digits"], found["rest"]
    symbol = _symbol(base)
    if symbol is None:
        return upright(name) if rest or not digits else f"{upright(base)}_{{{digits}}}"
    if rest in ACCENTS and not digits:
        return f"{ACCENTS[rest]}{{{symbol}}}"
    below = [part for part in (digits, *_below(rest)) if part]
    return f"{symbol}_{{{','.join(below)}}}" if below else symbol


def _symbol(base: str) -> str | None:
    """A letter that can carry a subscript; None for a longer word."""
    if len(base) == 1:
        return base
    return "\\" + base if base in GREEK else SPELLED.get(base)


def _below(rest: str | None) -> Iterable[str]:
    if not rest:
        return ()
    return (rest,) if rest.isdigit() or len(rest) == 1 else (rf"\text{{{escaped(rest)}}}",)


def upright(name: str) -> str:
    r"""A word in upright letters: `\text{loss}`."""
    return rf"\text{{{escaped(name)}}}"


def escaped(name: str) -> str:
    """A name inside `\\text` or `\\operatorname`, its underscores kept."""
    return name.replace("_", r"\_")


def subscripted(latex: str, below: str) -> str:
    r"""A name with one subscript more: `x` and 2 are `x_{2}`, `W_{1}` and 2 are `W_{1,2}`."""
    return f"{latex[:-1]},{below}}}" if latex.endswith("}") and "_{" in latex else f"{latex}_{{{below}}}"


def is_word(latex: str) -> bool:
    """Whether a name is set as a word, so that it needs room beside another."""
    return latex.startswith(r"\text")


class Names:
    """Gives each quantity of one formula a name of its own: a name that is bound again counts up, x₁, x₂."""

    def __init__(self, taken: Iterable[str]):
        self.taken = set(taken)
        self.counts: dict[str, int] = {}

    def plain(self, name: str, rebound: bool) -> str:
        """The LaTeX of a person's name; numbered if it is bound more than once."""
        latex = variable(name)
        return self.numbered(latex) if rebound or latex in self.taken else self._take(latex)

    def numbered(self, latex: str) -> str:
        """The next free one of a₁, a₂, …"""
        while True:
            self.counts[latex] = self.counts.get(latex, 0) + 1
            new = subscripted(latex, str(self.counts[latex]))
            if new not in self.taken:
                return self._take(new)

    def _take(self, latex: str) -> str:
        self.taken.add(latex)
        return latex
