"""Our LaTeX as GitHub takes it, and as a person would write it."""

from __future__ import annotations

import re

from chalkgrad.render.view import plain_latex

WORD = re.compile(r"\\operatorname\*?\{((?:[^{}\\]|\\.)*)\}")
TOKEN = re.compile(r"\\[A-Za-z]+\*?[ ]?|\\.|\{|\}|[^\\{}]", re.DOTALL)
ATOM = re.compile(r"[A-Za-z]|\d+(?:\.\d+)?")
OPENS, CLOSES, SIGNS = set("(=,&"), set("),&"), set("+-=<>|&")


def dialect(latex: str) -> str:
    r"""LaTeX without our marks and without `\operatorname`, which GitHub refuses.

    >>> dialect(r"\operatorname{leaky\_relu}(\htmlData{node=0}{x})")
    '\\mathrm{leaky\\_relu}(x)'
    """
    return plain(WORD.sub(r"\\mathrm{\1}", plain_latex(latex)))


def plain(tex: str) -> str:
    r"""LaTeX without braces that do nothing.

    >>> plain(r"f(x) = {\frac{{1}}{{{1} + {e^{{-{x}}}}}}}")
    'f(x) = \\frac{1}{1 + e^{-x}}'
    """
    tokens = TOKEN.findall(tex)
    made, end = _sequence(tokens, 0)
    return "".join(made) if end == len(tokens) else tex  # braces that do not match: as it was


def _sequence(tokens: list[str], at: int) -> tuple[list[str], int]:
    """The pieces up to a closing brace, each a token or a group, and where they end."""
    made: list[str] = []
    argument = False  # whether a group here belongs to what stands before it
    while at < len(tokens) and tokens[at] != "}":
        token = tokens[at]
        if token == "{":
            inner, end = _sequence(tokens, at + 1)
            made.append(_group(inner, argument, made, tokens[end + 1 : end + 2]))
            argument, at = argument and made[-1].startswith("{"), end + 1
        else:
            made.append(token)
            argument, at = token in "^_]" or bool(re.match(r"\\[A-Za-z]", token)), at + 1
    return made, at


def _group(inner: list[str], argument: bool, before: list[str], after: list[str]) -> str:
    """A group with its braces if they do something."""
    if len(inner) == 1 and inner[0].startswith("{") and inner[0].endswith("}"):
        inner = [inner[0][1:-1]]
    text = "".join(inner)
    if argument:
        return "{" + text + "}"
    scripts = bool(after) and after[0] in "^_'"
    simple = _stands_alone(before, after) or not any(token in SIGNS for token in inner)
    if ATOM.fullmatch(text) or (simple and not scripts and "\\\\" not in text):
        return text
    return "{" + text + "}"


def _stands_alone(before: list[str], after: list[str]) -> bool:
    """Whether a group is all that stands between two brackets, commas, or ends."""
    last = next((token for token in reversed(before) if token != " "), "=")
    return last in OPENS and (not after or after[0] in CLOSES or after[0] == "}")
