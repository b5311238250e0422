"""Authors' comments: each word does what it says, and what nobody understands is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalkgrad.notes.authors import Show, asked
from chalkgrad.notes.build import build
from chalkgrad.notes.built import UncleanError
from chalkgrad.notes.check.run import check
from chalkgrad.notes.pictures import Pictures
from chalkgrad.notes.prose import Draft
from chalkgrad.notes.read import Note, parse

CODE = """```python
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def twice(x):
    return 2 * sigmoid(x)
```
"""


def note(comment: str) -> Note:
    return parse(f"# Title\n\n<!-- chalkgrad: {comment} -->\n\n{CODE}")


# ----- what is asked for -----


def test_show_opens_a_card_at_a_point_over_a_range_with_some_views():
    found = asked(note("show sigmoid at x=2 over -6:6 views plot, formula"))
    assert found.shows == {"sigmoid": Show(True, {"x": 2.0}, (-6.0, 6.0), ("formula", "plot"))}
    assert found.points() == {"sigmoid": {"at": {"x": 2.0}, "over": (-6.0, 6.0)}}
    assert asked(note("show sigmoid at x=[1, -0.5]")).points()["sigmoid"]["at"] == {"x": [1.0, -0.5]}
    assert asked(note("show sigmoid")).shows["sigmoid"].open and not asked(note("show sigmoid")).points()


def test_two_comments_about_one_function_add_up():
    text = f"<!-- chalkgrad: show sigmoid at x=2 -->\n<!-- chalkgrad: show sigmoid over 0:1 -->\n{CODE}"
    assert asked(parse(text)).shows["sigmoid"] == Show(True, {"x": 2.0}, (0.0, 1.0))


def test_views_hold_for_the_fence_that_follows_and_on_top_for_all():
    found = asked(note("views formula"))
    assert found.show("sigmoid", 6).views == ("formula",) and found.show("sigmoid", 99).views == ()
    on_top = asked(parse(f"<!-- chalkgrad: views plot -->\n# Title\n\n{CODE}"))
    assert on_top.show("sigmoid", 5).views == ("plot",)


def test_order_is_a_number():
    assert asked(note("order 3")).order == 3
    assert asked(note("order 2.5")).order == 2.5
    assert asked(note("ignore CG201, CG302")).order is None


def test_a_fence_that_is_skipped_does_not_run():
    text = f"<!-- chalkgrad: skip -->\n\n{CODE}\n{CODE}"
    assert [f.runs for f in parse(text).fences] == [False, True]
    assert [f.runs for f in parse(f"text `<!-- chalkgrad: skip -->`\n\n{CODE}").fences] == [True]


def test_a_function_can_be_left_without_a_card():
    assert asked(note("skip twice")).without == {"twice"}


def test_labels_and_codes_are_no_doubts():
    for comment in ("sigmoid", "ignore CG201", "answer", "end", "skip"):
        assert asked(note(comment)).doubts == (), comment


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("shwo sigmoid", "shwo is no word of these comments; the nearest is show"),
        ("sigmiod", "sigmiod is no word of these comments; the nearest is sigmoid"),
        ("show sigmod", "the note has no function sigmod; the nearest is sigmoid"),
        ("show", "the note has no function of that name"),
        ("skip twcie", "the note has no function twcie; the nearest is twice"),
        ("views formul", "formul is no view; the nearest is formula; the views are"),
        ("views", "views takes some of formula, plot"),
        ("order first", "order takes a number, not first"),
        ("order nan", "order takes a number, not nan"),
        ("show sigmoid over 3", "over takes a range such as -6:6, not 3"),
        ("show sigmoid over 6:-6", "over takes a range such as -6:6, not 6:-6"),
        ("show sigmoid over 0:inf", "over takes a range"),
        ("show sigmoid at 2", "at takes values such as x=2, not 2"),
        ("show sigmoid at x=two", "at x=two: give a number or a list of numbers"),
        ("show sigmoid at x=__import__('os')", "give a number or a list of numbers"),
        ("show sigmoid at x=1e999", "give a number or a list of numbers"),
        ("ignore everything", "ignore takes codes such as CG201, not everything"),
        ("answer 42", "answer stands alone; what is 42?"),
        ("", "nothing is no word"),
    ],
)
def test_what_nobody_understands_is_told(comment: str, words: str):
    (doubt,) = asked(note(comment)).doubts
    assert words in doubt.message
    assert (doubt.comment.line, doubt.comment.column) == (3, 1)


def test_a_comment_in_code_is_none():
    text = "```\n<!-- chalkgrad: nonsense -->\nx = 1\n```\n\nWrite `<!-- chalkgrad: nonsense -->`.\n"
    assert asked(parse(text)).doubts == ()


# ----- answers -----


def page(text: str) -> str:
    note = parse(text)
    return Draft(note, Pictures(Path("."), Path(".")), {}).fill({f.index: "[fence]" for f in note.fences})


OPEN, CLOSE = '<details class="answer"><summary>Answer</summary>', "</details>"


def test_the_block_after_an_answer_is_folded():
    folded = page("Ask.\n\n<!-- chalkgrad: answer -->\n\nSo.\n\nAfter.\n")
    inside = folded[folded.index(OPEN) : folded.index(CLOSE)]
    assert "So." in inside and "After." not in inside


def test_an_answer_with_an_end_holds_all_between():
    folded = page(
        "<!-- chalkgrad: answer -->\n\nOne.\n\n```\nx = 1\n```\n\ntwo\n\n<!-- chalkgrad: end -->\nAfter.\n"
    )
    inside = folded[folded.index(OPEN) : folded.index(CLOSE)]
    assert all(word in inside for word in ("One.", "[fence]", "two")) and "After." not in inside


def test_an_answer_in_a_list_ends_with_its_item():
    folded = page("- ask\n\n  <!-- chalkgrad: answer -->\n\n  so\n\n- next\n\n<!-- chalkgrad: end -->\n")
    assert folded.count(OPEN) == folded.count(CLOSE) == 1
    assert folded.index(CLOSE) < folded.index("</li>")


def test_two_answers_and_one_at_the_end():
    folded = page("<!-- chalkgrad: answer -->\n\nOne.\n\n<!-- chalkgrad: answer -->\n\nTwo.\n")
    assert folded.count(OPEN) == folded.count(CLOSE) == 2
    assert page("<!-- chalkgrad: answer -->\n").count(OPEN) == 0


# ----- in a build -----


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authors")
    (folder / "a.md").write_text(f"# Last\n\n<!-- chalkgrad: shwo -->\n\n{CODE}")
    shown = (
        "<!-- chalkgrad: order 2 -->\n<!-- chalkgrad: show sigmoid at x=2 over -6:6 views formula,plot -->\n"
    )
    (folder / "b.md").write_text(
        f"{shown}# Second\n\n<!-- chalkgrad: skip twice -->\n{CODE}```\nsigmoid(0)\n```\n"
    )
    (folder / "c.md").write_text("<!-- chalkgrad: order 1 -->\n# First\n\nNothing.\n")
    build([folder], folder / "site")
    return folder / "site"


def test_notes_stand_in_the_order_asked_for(site: Path):
    index = (site / "index.html").read_text()
    assert index.index(">First<") < index.index(">Second<") < index.index(">Last<")
    second = (site / "b.html").read_text()
    assert '<a rel="prev" href="c.html"><small>Before this</small>First</a>' in second
    assert '<a rel="next" href="a.html"><small>After this</small>Last</a>' in second


def test_a_card_stands_where_it_was_asked_to(site: Path):
    text = (site / "b.html").read_text()
    assert 'data-card="twice"' not in text and 'class="nf">twice</span>' in text
    card = text[text.index('data-card="sigmoid"') :]
    assert '<section class="card" id="sigmoid"' in text
    assert "Plot from −6 to 6: at x = 2 the value is 0.8808" in card
    assert "view factory" not in card and "walk-button" not in card


def test_what_is_not_understood_is_on_the_page_and_fails_a_strict_build(site: Path, tmp_path: Path):
    text = (site / "a.html").read_text()
    assert '<span class="tag soft">CG501</span>' in text and "The nearest is show." in text
    (report,) = check([site.parent / "a.md"])
    assert [(f.code, f.spot.line) for f in report.findings] == [("CG501", 3)]
    with pytest.raises(UncleanError, match=r"1 warning; .*site2 was not written"):
        build([site.parent / "a.md"], tmp_path / "site2", strict=True)
    assert not (tmp_path / "site2").exists()
