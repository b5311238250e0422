"""CG203: what GitHub does not render as written, each with its cure; and what it does render."""
# ruff: noqa: E501

from __future__ import annotations

import pytest

from chalkgrad.notes.check.code import code_of
from chalkgrad.notes.check.finding import Edit
from chalkgrad.notes.check.github_math import github_math
from chalkgrad.notes.check.names import names
from chalkgrad.notes.read import parse

# fmt: off
FINE = [
    '$x_i = y_i$',
    '$\\sigma(x) = \\frac{1}{1+e^{-x}}$',
    '$$\nx = 1\n$$',
    '```math\n\\{a\\}\n\\\\\nb\n```',
    '$`\\{a\\}`$',
    'It costs $5 and $6.',
    '$$\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}\n$$',
    '$f_1(x) = x^2;$ </br>',
    '$\\frac{\\mathrm{d} f}{\\mathrm{d} x}(x) = \\displaystyle \\lim_{a \\to 0}\\frac{f(x+a)-f(x-a)}{2*a}$',
    '- $f_2(f_1(x))$',
    '| a | b |\n|---|---|\n| $x$ | $y_1$ |',
    '`$\\{a\\}$`',
    '## A $x$ heading',
    '($x$), $y$. \\"$z$\\"',
    'a * b and $x$ * c',
    '$a < b$ and $c > d$',
    '$x^*$ alone',
    '$$ x = 1 $$',
    '$\\text{if } x > 0$',
    '*$x$ is* nice',
    '**Loss** $L_1$ and *w* $w_2$',
    '\\begin{x} is a word',
    'US$5_000 a$6',
    'a \\[link\\] b',
    '$\\mathbf{x}_i$ alone',
    '[see $x$ here]',
    '$$\nL = \\frac{1}{n} \\sum_{i=1}^{n} (y_i - t_i)^2\n$$',
    '$\\hat{y}_i - y_i$',
    'the \\(first\\) one',
]

# ----- note, words of the message, the note when it is cured (None: a person must do it) -----

WRONG = [
    ('$\\{a\\}$', 'Markdown takes the backslash from \\{ and \\}', '$`\\{a\\}`$'),
    ('$a \\\\ b$', 'Markdown takes the backslash from \\\\', '$`a \\\\ b`$'),
    ('$x\\,dx$', 'Markdown takes the backslash from \\,', '$`x\\,dx`$'),
    ('$\\mathbf{x}_{i} = \\mathbf{y}_{j}$', 'Markdown reads a part of it as emphasis', '$`\\mathbf{x}_{i} = \\mathbf{y}_{j}`$'),
    ('$(s^*, w^*)$', 'Markdown reads a part of it as emphasis', '$`(s^*, w^*)`$'),
    ('$\\operatorname{softmax}(x)$', 'GitHub refuses \\operatorname, and shows an error', '$\\mathrm{softmax}(x)$'),
    ('$ x_1 $', 'a space stands beside the dollar, so GitHub may take it for money', '$x_1$'),
    ('$x_1 $ b', 'a space stands beside the dollar, so GitHub may take it for money', '$x_1$ b'),
    ('a$x_1$', 'GitHub opens no formula right behind a letter', 'a $x_1$'),
    ('degree-$d$', 'GitHub opens no formula right behind -', None),
    ('$x_1$b', 'GitHub closes no formula right before a letter', '$x_1$ b'),
    ('\\(x_1\\)', 'GitHub does not read \\( … \\) as mathematics', '$x_1$'),
    ('\\[\nx_1 = 2\n\\]', 'GitHub does not read \\[ … \\] as mathematics', '$$x_1 = 2$$'),
    ('\\begin{align}\na &= b\n\\end{align}', '\\begin and \\end stand outside of dollars', '$$\n\\begin{align}\na &= b\n\\end{align}\n$$'),
    ('$\x0crac{1}{2}$', 'a control character stands in place of \\f', '$\\frac{1}{2}$'),
    ('$\text{a}$', 'a control character stands in place of \\t', '$\\text{a}$'),
    ('$\\frac{1}{2$', 'there are 2 opening braces and 1 closing ones', None),
    ('| a | b |\n|---|---|\n| $|x|$ | c |', "a bar ends the table's cell in the middle of the formula", '| a | b |\n|---|---|\n| $\\lvert x\\rvert$ | c |'),
    ('$$\na\n- b\n$$', 'Markdown reads a part of it as a list', '```math\na\n- b\n```'),
    ('$$\na = 1\n\nb = 2\n$$', 'Markdown reads a part of it as the end of a paragraph', '```math\na = 1\n\nb = 2\n```'),
    ('$\\newcommand{\\a}{1}$', 'GitHub refuses \\newcommand, and shows an error', None),
    ('$\\label{eq:1} x$', 'GitHub numbers no equations, so \\label does nothing', None),
    ('$a <b > c$', 'Markdown reads a part of it as an HTML tag', '$`a <b > c`$'),
    ('$[a+b](c+d)$', 'Markdown reads a part of it as a link', '$`[a+b](c+d)`$'),
    ('$\\bm{x}$', 'GitHub does not know \\bm', '$\\boldsymbol{x}$'),
    ('$\\text{leaky\\_relu}(x)$', 'Markdown takes the backslash from \\_', '$`\\text{leaky\\_relu}(x)`$'),
    ('```math\n\\operatorname{x}\n```', 'GitHub refuses \\operatorname, and shows an error', None),
    ('$\\left( x$', 'not every \\left has its \\right', None),
    ('$$\n\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}\n$$', 'Markdown takes the backslash from \\\\', '```math\n\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}\n```'),
    ('- a\n\n  $$\n  \\{a\\}\n  $$', 'Markdown takes the backslash from \\{ and \\}', '- a\n\n  ```math\n  \\{a\\}\n  ```'),
    ('$\\mathbf{d}_{ij}$ and $\\mathbf{d}_{ij}$', 'Markdown reads a part of it as emphasis', '$`\\mathbf{d}_{ij}`$ and $`\\mathbf{d}_{ij}`$'),
    ('比如：$\\alpha$', 'GitHub opens no formula right behind ：', '比如： $\\alpha$'),
    ('> $$\n> \\{a\\}\n> $$', 'Markdown takes the backslash from \\{ and \\}', None),
    ('text\n$$ a \\\\ b $$\ntext', 'Markdown takes the backslash from \\\\', 'text\n```math\na \\\\ b\n```\ntext'),
]
# fmt: on


@pytest.mark.parametrize("text", FINE)
def test_what_github_renders_is_no_finding(text: str):
    assert list(github_math(parse(text))) == []


@pytest.mark.parametrize(("text", "words", "cured"), WRONG)
def test_what_github_does_not_render_is_found_and_cured(text: str, words: str, cured: str | None):
    found = list(github_math(parse(text)))
    assert found and words in found[0].message
    assert {f.code for f in found} == {"CG203"}
    if cured is None:
        assert any(f.fix is None for f in found)
        return
    for finding in sorted(found, key=lambda f: -(f.fix.line * 1000 + f.fix.column) if f.fix else 0):
        assert finding.fix is not None
        text = edited(text, finding.fix)
    assert text == cured
    assert list(github_math(parse(text))) == []


def edited(text: str, edit: Edit) -> str:
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: edit.line - 1]) + edit.column - 1
    end = sum(len(line) + 1 for line in lines[: edit.end_line - 1]) + edit.end_column - 1
    return text[:start] + edit.text + text[end:]


def test_a_place_is_the_formula_with_its_dollars():
    (found,) = github_math(parse("a\n\n> - see $x_1$ and $\\{a\\}$."))
    assert (found.spot.line, found.spot.column, found.spot.end_column) == (3, 19, 26)


def test_other_paragraphs_and_code_do_not_matter():
    text = "`$` and `a_`\n\n$\\mathbf{x}_{i}$\n\n$\\mathbf{y}_{i}$, \\$5, `$x$`\n"
    assert list(github_math(parse(text))) == []


# fmt: off
IMPORTS = [
    ("```\ny = np.exp(1)\n```\n", "```\nimport numpy as np\ny = np.exp(1)\n```\n"),
    ("- a\n\n  ```py\n  plt.plot([1])\n  ```\n", "- a\n\n  ```py\n  import matplotlib.pyplot as plt\n  plt.plot([1])\n  ```\n"),
    ("```pycon\n>>> np.exp(0)\n1.0\n```\n", "```pycon\n>>> import numpy as np\n>>> np.exp(0)\n1.0\n```\n"),
    ("```\nfrom __future__ import annotations\ndef f(x: ndarray): return x\n```\n", "```\nfrom __future__ import annotations\nfrom numpy import ndarray\ndef f(x: ndarray): return x\n```\n"),
    ("```\nd = deriv(abs, 2.0)\n```\n", "```\nfrom chalkgrad import deriv\nd = deriv(abs, 2.0)\n```\n"),
]
# fmt: on


@pytest.mark.parametrize(("note", "cured"), IMPORTS)
def test_a_missing_import_is_a_line_above_the_first_statement(note: str, cured: str):
    (found,) = names(code_of(parse(note)))
    assert found.code == "CG105" and found.fix is not None
    assert edited(note, found.fix) == cured
