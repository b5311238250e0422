r"""Pieces of a formula: LaTeX with what a neighbour has to know about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalkgrad.op import ATOM, MUL

SLASH = 28  # a/b inside an exponent: tighter than a sign, looser than a product
_TALL = re.compile(r"\\frac|\\begin|\\sum|\\prod|\\max_|\\min_|\\left|\\sqrt\[|\\tfrac")
_SETS_NOTHING = re.compile(
    r"\\htmlData\{node=\d+\}|\\(?:operatorname|text|left|right|mathrm)|[{}\s_^,]|\\[,;!]"
)
_COMMAND = re.compile(r"\\[a-zA-Z]+")


@dataclass(frozen=True, slots=True)
class Piece:
    r"""A part of a formula.

    Args:
        latex: how it is set.
        binds: how tightly it holds together; a hole that asks for more puts brackets around it.
        minus: the rest of it behind a leading minus, if it has one (`-x` in `a + -x` becomes `a - x`).
        rest: how tightly that rest holds together.
        shut: the same with the argument of its last function in brackets: `\tanh(x)` for `\tanh x`.
        big: it is open to its right, as `\sum x` is: what follows would belong to it.
        head: the function's name and the rest, if it is one with an argument, for powers: `\tanh^{2} x`.
        flavour: "number", "word", "matmul", "odot" or "".
    """

    latex: str
    binds: int = ATOM
    minus: str | None = None
    rest: int = MUL
    shut: str | None = None
    big: bool = False
    head: tuple[str, str] | None = None
    flavour: str = ""


def bracketed(latex: str, pair: str = "()") -> str:
    """In brackets, which grow where the inside is tall."""
    left, right = pair[0], pair[1]
    return rf"\left{left} {latex} \right{right}" if _TALL.search(latex) else f"{left}{latex}{right}"


_MARKED = re.compile(r"\\htmlData\{node=-?\d+\}")
_FRACTION = re.compile(r"\\[td]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SILENT = re.compile(r"\\(?:operatorname|text|mathrm|left|right|displaystyle)(?![a-zA-Z])|\\[,;!_]")
_NAMES = re.compile(r"\\((?:sin|cos|tan)h?|exp|ln|log|max|min|arctan)(?![a-zA-Z])")
_GROUP = re.compile(r"(?<!frac)(?<!\})\{([^{}]*)\}")


def bare(latex: str) -> str:
    r"""How a piece begins, without the mark of its node.

    >>> bare(r"\htmlData{node=3}{\text{loss}}")
    '\\text{loss}}'
    """
    return _MARKED.sub("", latex).lstrip("{")


def width(latex: str) -> int:
    r"""How many signs stand side by side, roughly: a fraction is as wide as its wider half.

    >>> width(r"\frac{\partial L}{\partial W_{2}} = H^\top"), width(r"\frac{x}{1 + \tanh x}")
    (6, 7)
    """
    latex = re.sub(r"\\(?:begin|end)\{\w+\}", "", _MARKED.sub("", latex))
    while True:
        done = _GROUP.sub(r" \1 ", _FRACTION.sub(lambda m: max(m[1], m[2], key=_signs), latex))
        if done == latex:
            return max(_signs(row) for row in latex.split(r"\\"))
        latex = done


def _signs(latex: str) -> int:
    return len(re.sub(r"[{}\s_^&]", "", _COMMAND.sub("x", _NAMES.sub(r"\1", _SILENT.sub("", latex)))))


def glyphs(latex: str) -> int:
    """How many signs a reader sees, roughly."""
    return len(_COMMAND.sub("x", _SETS_NOTHING.sub("", latex)))
