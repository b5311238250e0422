"""What the check finds stands on the page: at its line, on its card, in the counts."""

from __future__ import annotations

import pytest

from chalkgrad.notes.build import build
from chalkgrad.notes.built import Built, Tally, facts_of
from chalkgrad.notes.callouts import Callouts
from chalkgrad.notes.check.finding import Evidence, Finding, Report, Spot
from chalkgrad.notes.execute import Execution
from chalkgrad.notes.read import parse
from chalkgrad.notes.saying import point_of, sentence
from chalkgrad.render.apart import Point, with_apart
from chalkgrad.render.curve import curve_svg
from chalkgrad.render.samples import samples

NOTE = """# Loss

The formula: $loss(p) = -log(p)$ and ![gone](missing.png)

```python
import numpy as np

def loss(p):
    return -np.log(1 - p)

def unfinished(x):
    return x + missing
```

> In a quote:
>
> ```python
> a = np.range(3)
> b = 1
> print(b)
> ```

```python
def broken(
```

<!-- chalkgrad: ignore CG102 -->
```python
def ignored(x):
    return x * nothing
```
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("callouts")
    (folder / "note.md").write_text(NOTE, "utf-8")
    return build([folder / "note.md"], folder / "site")


@pytest.fixture(scope="module")
def page(built: Built) -> str:
    return (built.out / "note.html").read_text("utf-8")


def card(page: str, name: str) -> str:
    start = page.index(f'data-card="{name}"')
    return page[start : page.index("</section>\n", start)]


# ----- a build -----


def test_the_counts(built: Built, page: str):
    assert (built.errors, built.warnings) == (4, 1)
    assert '<span class="fact">4 errors, 1 warning</span>' in page
    assert '<span class="count">4 errors, 1 warning</span>' in (built.out / "index.html").read_text("utf-8")
    assert [m.split(": ")[0] for m in built.messages] == [f"note.md:{n}" for n in (3, 12, 18, 24, 29)]


def test_a_wrong_formula_is_waved_and_told_in_the_prose(page: str):
    prose = page[page.index("The formula:") - 400 : page.index('data-card="loss"')]
    assert prose.count('<span class="waved">') == 1
    assert 'This is not what <code>loss</code> computes. <a href="#loss">See its card.</a>' in prose


def test_a_wrong_formula_is_on_the_card(page: str):
    text = card(page, "loss")
    assert "The formula says " in text and "the code computes " in text
    assert "as written on line 3" in text and '<li class="said' in text
    assert 'class="apart"' in text and "hatched" in text
    assert text.count('class="wavy"') > 3


def test_what_fails_in_a_function_is_on_its_card(page: str):
    text = card(page, "unfinished")
    assert "<code>missing</code> is never defined." in text and '<span class="tag">CG102</span>' in text
    assert "Shown as code only" not in text and 'class="wavy">missing</span>' in text


def test_code_in_a_quote_is_waved_at_its_own_columns(page: str):
    row = page[page.index('<div class="with-asides">') :]
    row = row[: row.index("</blockquote>")]
    assert 'class="wavy">range</span>' in row and "NumPy has no <code>range</code>" in row
    assert "Below line 18, which failed, the code ran with the values from before." in row
    assert "AttributeError" not in row


def test_a_fence_that_does_not_parse_has_its_callout(page: str):
    assert page.count('<span class="tag">CG101</span>') == 1


def test_a_missing_figure_is_tagged_in_its_frame(page: str):
    assert '<span class="tag soft">CG401</span>Figure missing: gone (missing.png)' in page


def test_what_the_author_ignores_is_not_shown(page: str):
    assert "<code>nothing</code> is never defined" not in page
    assert "Shown as code only: NameError: name &#x27;nothing&#x27; is not defined" in card(page, "ignored")


def test_nothing_found_nothing_said():
    assert facts_of([Tally(functions=2)]) == ["2 functions"]
    assert facts_of([Tally(errors=1), Tally(warnings=2)])[-1] == "1 error, 2 warnings"


# ----- words -----


def finding(message: str, **more: object) -> Finding:
    return Finding("CG102", Spot(1, 1, 2), message, **more)  # type: ignore[arg-type]


def test_messages_become_sentences_with_names_as_code():
    said = sentence(finding("x is never defined; the parameter is called a"))
    assert said == "<code>x</code> is never defined. The parameter is called <code>a</code>."
    said = sentence(finding("NumPy has no <b>; the nearest name is np.x"))
    assert said == "NumPy has no &lt;b&gt;. The nearest name is <code>np.x</code>."


def test_evidence_is_told_in_numbers():
    apart = finding("they differ", evidence=Evidence({"x": -1.0, "w": [0.5, 2.0]}, 0.0, [-0.2, 1e-9]))
    assert sentence(apart).startswith("They differ. At x = −1, w = [0.5, 2]: <b>0</b> against <b>[−0.2, ")
    assert point_of(apart) is None
    one = finding("they differ", evidence=Evidence({"x": -1.0}, 0.0, -0.2))
    assert point_of(one) == Point(-1.0, 0.0, -0.2)


def test_callouts_stand_at_their_lines_as_far_as_there_is_room():
    note = parse("```\n" + "x = y\n" * 12 + "```\n")
    found = tuple(Finding("CG102", Spot(n, 5, 6), "y is never defined") for n in (2, 3, 12))
    beside = Callouts(note, Report("n", (), found), Execution()).beside(2, 13)
    tops = [float(part.split("px")[0]) for part in beside.split("margin-top:")[1:]]
    assert beside.count('class="finding') == 3 and len(tops) == 1 and tops[0] > 100


def test_names_not_imported_are_one_callout():
    note = parse("```\nf = np.exp(plt)\n```\n")
    found = tuple(
        Finding("CG105", Spot(2, k, k + 2), f"{name} is never imported, so the prelude supplied it")
        for k, name in ((5, "np"), (12, "plt"))
    )
    beside = Callouts(note, Report("n", (), found), Execution()).beside(2, 2)
    assert beside.count('class="finding') == 1
    assert "<code>np</code> and <code>plt</code> are never imported." in beside


# ----- the plot -----


def drawn(formula: list[float | None], point: Point | None = None) -> str:
    found = samples(abs, (1.0,))
    return with_apart(curve_svg(found), found, formula, point)


def test_where_the_two_agree_nothing_is_hatched():
    found = samples(abs, (1.0,))
    same = drawn(list(found.f))
    assert "hatched" not in same and "url(#plot-h)" not in same and 'class="said"' in same


def test_where_they_part_it_is_hatched_and_the_point_is_told():
    xs = samples(abs, (1.0,)).xs
    apart = drawn(list(xs), Point(-1.0, -1.0, 1.0))
    assert apart.count('fill="url(#plot-h)"') == 1
    assert ">formula −1</text>" in apart and ">code 1</text>" in apart


def test_gaps_and_points_out_of_the_picture():
    xs = samples(abs, (1.0,)).xs
    gaps = drawn([None if abs(x) < 1 else 3.0 for x in xs], Point(-90.0, 3.0, 90.0))
    assert ">formula" not in gaps and "hatched" in gaps
    assert drawn([None] * len(xs)).count('<path class="said" d=""') == 1


def test_a_formula_of_the_slope_is_told_apart_from_the_function(tmp_path):
    """Its curve is compared with the slopes, and no sentence says that the function computes it."""
    (tmp_path / "n.md").write_text(
        "$\\text{tanh}'(x) = 1 + \\tanh^2(x)$\n\n```python\nimport numpy as np\n"
        "def tanh(x):\n    return np.tanh(x)\n```\n"
    )
    build([tmp_path / "n.md"], tmp_path / "n.html")
    page = (tmp_path / "n.html").read_text("utf-8")
    assert "This is not the derivative of <code>tanh</code>." in page
    assert "which is not the derivative of <code>tanh</code>. At x" in page
    assert "the code computes" not in page


def test_the_slopes_are_hatched_against_the_slopes():
    found = samples(lambda x: x**2, (1.0,), span=(-2, 2))
    drawn = with_apart(curve_svg(found), found, [-2 * x for x in found.xs], Point(1.0, -2.0, 2.0), slope=True)
    assert "slope 2" in drawn and "hatched" in drawn
    same = with_apart(curve_svg(found), found, [2 * x for x in found.xs], None, slope=True)
    assert "hatched" not in same
