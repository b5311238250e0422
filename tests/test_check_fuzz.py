"""Random mathematics, random Markdown, random results: read or refused, never a crash."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chalkgrad.errors import LatexError
from chalkgrad.latex import HANDWRITTEN, evaluate_lines, read
from chalkgrad.notes.check.claims import claims
from chalkgrad.notes.check.code import code_of
from chalkgrad.notes.check.github_math import github_math
from chalkgrad.notes.check.results import pieces, same
from chalkgrad.notes.read import parse

# fmt: off
LATEX = st.lists(st.sampled_from([
    "x", "y", "w", "i", "n", "2", "0.5", "=", "+", "-", "_", "^", "{", "}", "(", ")", "[", "]", "|", ",", "t",
    r"\|", r"\mid", r"\over", r"\overset", r"\underset", r"\stackrel", r"\bar", r"\hat", r"\sum", r"\frac",
    r"\max", r"\eta", r"\nabla", r"\partial", r"\sigma", r"\ldots", r"\text{for }", r"\text{if }", r"\\", "&",
    r"\begin{aligned}", r"\end{aligned}", r"\begin{cases}", r"\end{cases}", r"\left(", r"\right)", r"\left.",
    "_i", "_{t-1}", "^{[l]}", "^{(t)}", r"_{i=1}^{n}", r"\quad", "{a \\over b}", r"\underset{i}{\max}",
]), max_size=24).map(" ".join)
MARKDOWN = st.lists(st.sampled_from([
    "$", "$$", "x_1", "x_{i}", r"\{", r"\}", r"\\", r"\(", r"\)", r"\[", r"\]", "*", "_", "`", "```", "|",
    "\n",
    "\n\n", "- ", "> ", "# ", "<b", ">", "[a](b)", r"\operatorname{f}", r"\begin{align}", r"\end{align}", "a",
    "is about 0.5", "=", "0.5", ">>> 1 + 1", "Output:", "python", "\t", "\x0c", "---|---", "`f(2)` returns 4",
    "```python\nx = 1  # 2\nprint(x)  # [1, 2]\n```", "|---|---|", "—", "é", " ",
]), max_size=30).map("".join)
RESULT = st.lists(st.sampled_from([
    "0.5", "-1", "1e-3", "[", "]", "(", ")", ",", " ", "\n", "...", "nan", "inf", "array(", "np.float64(",
    "%",
    "1,000", "x", "'", "{", "}", ":", "0x1f", "<a at 0x12>", "dtype=int64", "2j", "−3", "._", "1_000", "#",
]), max_size=20).map("".join)
# fmt: on
NAMES = {"x": np.array([0.5, 1.5, -0.3]), "y": 0.7, "w": np.array([1.0, 2.0, 0.1]), "lr": 0.1, "grad": 0.2}


@given(LATEX)
@settings(max_examples=400, deadline=None)
def test_mathematics_is_read_and_evaluated_or_refused(latex: str):
    try:
        evaluate_lines(read(latex), NAMES, conventions=HANDWRITTEN)
    except LatexError:
        return


@given(MARKDOWN)
@settings(max_examples=300, deadline=None)
def test_markdown_is_checked_for_github_and_for_results(text: str):
    note = parse(text)
    lines = text.split("\n")
    for finding in github_math(note):
        assert 1 <= finding.spot.line <= len(lines)
        assert finding.spot.column < finding.spot.end_column
    for claim in claims(code_of(note)):
        assert 1 <= claim.spot.line <= len(lines)


@given(RESULT, RESULT)
@settings(max_examples=300, deadline=None)
def test_results_are_compared(one: str, other: str):
    assert same(pieces(one), pieces(other)).how in ("same", "numbers", "length", "words")
    if "..." not in one and "<a" not in one:  # in what is given, these are passed over
        assert same(pieces(one), pieces(one)).how == "same"
