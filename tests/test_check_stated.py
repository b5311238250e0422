"""CG302: stated results that are what the code gives, that are not, and what is no stated result at all."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.results import Piece, close, pieces, same
from chalkgrad.notes.check.run import check
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits

HEAD = """```python
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def f(x):
    return x ** 2

def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()

def mse(y, t):
    return np.mean((y - t) ** 2)
```
"""


def py(*lines: str) -> str:
    return HEAD + "\n```python\n" + "\n".join(lines) + "\n```\n"


def con(*lines: str) -> str:
    return HEAD + "\n```pycon\n" + "\n".join(lines) + "\n```\n"


def after(code: str, text: str) -> str:
    return HEAD + "\n```python\n" + code + "\n```\n\n" + text + "\n"


# fmt: off
# ----- note, how many of its claims agree, how many disagree -----

ROWS = {
 # ---- right
 "t1": (con(">>> f(2)", "4"), 1, 0),
 "t2": (con(">>> sigmoid(0.0)", "0.5"), 1, 0),
 "t3": (con(">>> sigmoid(np.array([0., 1.]))", "array([0.5       , 0.73105858])"), 1, 0),
 "t4": (con(">>> print(softmax(np.array([1., 2., 3.])))", "[ 0.09003057  0.24472847  0.66524096]"), 1, 0),
 "t5": (con(">>> {'a': 1, 'b': f(2)}", "{'a': 1, 'b': 4}"), 1, 0),
 "t6": (con(">>> f('a')", "Traceback (most recent call last):", "  ...", "TypeError: unsupported operand type(s) for ** or pow(): 'str' and 'int'"), 1, 0),
 "t7": (con(">>> object()", "<object object at 0x7f1>"), 1, 0),
 "t8": (con(">>> np.arange(5) > 2", "array([False, False, False,  True,  True])"), 1, 0),
 "t9": (con(">>> for i in range(2):", "...     print(i)", "...", "0", "1"), 1, 0),
 "t10": (con(">>> np.float32(0.1) * 3", "0.3"), 1, 0),
 "t11": (con(">>> np.zeros((2, 3)).shape", "(2, 3)"), 1, 0),
 "t12": (con(">>> np.eye(2)", "array([[1., 0.],", "       [0., 1.]])"), 1, 0),
 "t13": (con(">>> list(range(10))", "[0, 1, ..., 9]"), 1, 0),
 "t14": (con(">>> np.arange(3)", "array([0, 1, 2], dtype=int64)"), 1, 0),
 "t15": (con(">>> f", "<function f at 0x7f5e3c0>"), 1, 0),
 "t16": (con(">>> 'ab'.upper()", "'AB'", "", "And these are words."), 1, 0),
 "c1": (py("f(2)  # 4"), 1, 0),
 "c2": (py("print(f(2))  # 4"), 1, 0),
 "c3": (py("y = f(3)  # => 9"), 1, 0),
 "c4": (py("softmax(np.array([1., 2., 3.]))  # → [0.09 0.24 0.67]"), 1, 0),
 "c5": (py("softmax(np.array([1., 2., 3.]))", "# Output: [0.09003057 0.24472847 0.66524096]"), 1, 0),
 "c6": (py("print('loss:', mse(np.array([1., 2.]), np.array([0., 0.])))  # loss: 2.5"), 1, 0),
 "c7": (py("sigmoid(1)  # ≈ 0.731"), 1, 0),
 "c8": (py("sigmoid(1)  # prints 0.7310585786300049"), 1, 0),
 "c9": (py("X = np.ones((3, 4))  # (3, 4)"), 1, 0),
 "c10": (py("X = np.ones((3, 4)).T  # shape: (4, 3)"), 1, 0),
 "c11": (py("X = np.ones((3, 4))", "X.shape  # (3, 4)"), 1, 0),
 "c12": (py("y = f(2)  # y = 4"), 1, 0),
 "c13": (py("f(2)  # f(2) = 4"), 1, 0),
 "c14": (py("f(2) == 4  # True"), 1, 0),
 "c15": (py("print(f'{sigmoid(1):.1%}')  # 73.1%"), 1, 0),
 "c16": (py("acc = sigmoid(1)  # 73%"), 1, 0),
 "c17": (py("n = f(1000)  # 1,000,000"), 1, 0),
 "c18": (py("e = f(1e-3)  # 1e-06"), 1, 0),
 "c19": (py("y = -f(2)  # −4"), 1, 0),
 "c20": (py("y = (", "    f(2)", ")  # 4"), 1, 0),
 "c21": (py("print(f(2), f(3))  # 4 9"), 1, 0),
 "c22": (py("A = np.eye(2)", "print(A)", "# [[1. 0.]", "#  [0. 1.]]"), 1, 0),
 "c23": (py("q, r = divmod(7, 2)  # (3, 1)"), 1, 0),
 "c24": (py("{1: f(2)}  # {1: 4}"), 1, 0),
 "c25": (py("np.array([1, 2, 2]).tolist()  # [1, 2, 2]"), 1, 0),
 "c26": (py("x = sigmoid(1)  # approximately 0.73"), 1, 0),
 "c27": (py("print('mean', 0.5 * f(1))  # mean 0.5"), 1, 0),
 "c28": (py("sigmoid(0)      # 0.5 exactly"), 1, 0),
 "c29": (py("np.argmax(np.array([1, 3, 2]))  # 1"), 1, 0),
 "c30": (py("f(0) is None  # False"), 1, 0),
 "c31": (py("x = 3", "x += 2  # 5"), 1, 0),
 # ---- silent
 "s1": (py("x = 5  # 2 layers"), 0, 0),
 "s2": (py("lr = 0.1  # 0.01"), 0, 0),
 "s3": (py("x = 5 # 5 units"), 0, 0),
 "s4": (py("a = f(2)  # 1", "b = f(a)  # 2", "c = f(b)  # 3"), 0, 0),
 "s5": (py("W = np.ones((2, 3))  # (n_out, n_in)"), 0, 0),
 "s6": (py("x = np.linspace(0, 1, 50)  # [0, 1]"), 0, 0),
 "s7": (py("x = np.arange(10)  # 10 points"), 0, 0),
 "s8": (py("y = f(2)  # (1)"), 0, 0),
 "s9": (py("import time", "t = time.time()  # 1699999999.1"), 0, 0),
 "s10": (py("x = np.random.rand()  # 7.37"), 0, 0),
 "s11": (py("np.random.seed(0)  # 42"), 0, 0),
 "s12": (py("y = f(2)  # step 1: square it"), 0, 0),
 "s13": (py("for i in range(3):", "    print(i)  # 5"), 0, 0),
 "s14": (py("x = np.linspace(-3, 3, 7)  # 7"), 0, 0),
 "s15": (py("y = f(3)  # 3 squared"), 0, 0),
 "s16": (py("y = f(3)  # x^2"), 0, 0),
 "s17": (py("y = f(3)  # 3 * 3"), 0, 0),
 "s18": (py("y = f(3)", "# 2. Next step", "z = f(y)"), 0, 0),
 "s19": (py("y = f(3)", "# 2"), 0, 0),
 "s20": (py("y = f(3)  # TODO 2024"), 0, 0),
 "s21": (py("y = f(3)  # eq. (3)"), 0, 0),
 "s22": (py("y = f(3)  # -> float"), 0, 0),
 "s23": (py("print(np.random.default_rng().normal())  # 77.5"), 0, 0),
 "s24": (py("x = np.zeros(10)  # 0"), 0, 0),
 "s25": (py("import sys", "sys.version_info[0]  # 2"), 0, 0),
 "s26": (py("h = 0.5 * f(1)  # h in (0, 1)"), 0, 0),
 "s27": (py("loss = f(3)  # loss should be < 10"), 0, 0),
 "s28": (py("assert np.isclose(f(2), 4)  # 5"), 0, 0),
 "s29": (py("print('a' + 'b')  # concatenates"), 0, 0),
 "s30": (py("plt.plot([1, 2], [3, 4])  # 5"), 0, 0),
 "s31": (py("d = dict(a=1)  # {...}"), 0, 0),
 "s32": (py("rng = np.random.default_rng(0)", "x = rng.normal(size=3)  # 3"), 0, 0),
 "s33": (py("params = f(784) * 10  # 784 * 10 weights"), 0, 0),
 # ---- wrong
 "w1": (con(">>> f(2)", "5"), 0, 1),
 "w2": (con(">>> sigmoid(0.0)", "0.6"), 0, 1),
 "w3": (con(">>> softmax(np.array([1., 2., 3.]))", "array([0.09003057, 0.24472847, 0.76524096])"), 0, 1),
 "w4": (con(">>> f('a')", "Traceback (most recent call last):", "  ...", "ValueError: no"), 0, 1),
 "w5": (con(">>> f(2) == 4", "False"), 0, 1),
 "w6": (con(">>> 'ab'.upper()", "'Ab'"), 0, 1),
 "w7": (con(">>> f(2)", "Traceback (most recent call last):", "  ...", "ValueError: no"), 0, 1),
 "w8": (con(">>> np.arange(3)", "array([0, 1, 2, 3])"), 0, 1),
 "w9": (con(">>> np.arange(6).reshape(2, 3)", "array([[0, 1, 2],", "       [3, 4, 6]])"), 0, 1),
 "v1": (py("f(2)  # 5"), 0, 1),
 "v2": (py("print(f(2))  # 5"), 0, 1),
 "v3": (py("y = f(3)  # => 6"), 0, 1),
 "v4": (py("softmax(np.array([1., 2., 3.]))  # → [0.1 0.3 0.6]"), 0, 1),
 "v5": (py("softmax(np.array([1., 2., 3.]))", "# Output: [0.09003057 0.24472847 0.76524096]"), 0, 1),
 "v6": (py("print('loss:', mse(np.array([1., 2.]), np.array([0., 0.])))  # loss: 1.25"), 0, 1),
 "v7": (py("sigmoid(1)  # ≈ 0.713"), 0, 1),
 "v8": (py("X = np.ones((3, 4)).T  # (3, 4)"), 0, 1),
 "v9": (py("X = np.ones((3, 4)).T  # shape: (3, 4)"), 0, 1),
 "v10": (py("X = np.ones((3, 4)).T", "X.shape  # (3, 4)"), 0, 1),
 "v11": (py("y = f(2)  # y = 2"), 0, 1),
 "v12": (py("f(2) > 4  # True"), 0, 1),
 "v13": (py("print(f(2), f(3))  # 4 6"), 0, 1),
 "v14": (py("A = np.eye(2)", "print(A)", "# [[1. 0.]", "#  [0. 2.]]"), 0, 1),
 "v15": (py("np.argmax(np.array([1, 3, 2]))  # 2"), 0, 1),
 "v16": (py("print(f'{sigmoid(1):.2f}')  # 0.37"), 0, 1),
 "v17": (py("print('yes' if f(2) > 5 else 'no')  # 'yes'"), 0, 1),
 "v18": (py("print(f(2))", "# prints 6"), 0, 1),
 "v19": (py("y = sigmoid(0)  # 0.25"), 0, 1),
 "v20": (py("print('f(2) is', f(2))  # 8"), 0, 1),
 "v21": (py("rng = np.random.default_rng(0)", "rng.integers(10)  # 3"), 0, 1),
    # ---- docstrings
    "d1": (py("def g(x):", "    \"\"\"Half.", "", "    >>> g(3)", "    1.5", "    >>> g(1)", "    0.5", "    \"\"\"", "    return x / 2"), 2, 0),
    "d2": (py("def g(x):", "    \"\"\"Half.", "", "    >>> g(3)", "    1.6", "    \"\"\"", "    return x / 2"), 0, 1),
    "d3": (py("def g(x):", "    \"\"\"Half.", "", "    >>> y = 4", "    >>> g(y)", "    7", "    \"\"\"", "    return x / 2"), 0, 0),
    "d4": (py("class A:", "    def g(self, x):", "        \"\"\">>> A().g(3)", "        6", "        \"\"\"", "        return 2 * x"), 1, 0),
 # ---- blocks
 "b1": (HEAD + "\n```python\nprint(f(2))\n```\n\n```\n4\n```\n", 1, 0),
 "b2": (HEAD + "\n```python\nprint(f(2))\n```\n\nOutput:\n\n```\n5\n```\n", 0, 1),
 "b3": (HEAD + "\n```python\nprint('loss', f(2))\nprint('end', f(3))\n```\n\n```text\nloss 4\nend 8\n```\n", 0, 1),
 "b4": (HEAD + "\n```python\nprint(f(2))\n```\n\n```text\nsome words of no relation\n```\n", 0, 0),
 "b5": (HEAD + "\n```python\nnp.arange(3)\n```\n\n```output\narray([0, 1, 2])\n```\n", 1, 0),
 "b6": (HEAD + "\n```python\nprint(np.random.rand())\n```\n\nOutput:\n\n```\n7.5\n```\n", 0, 0),
 "b7": (HEAD + "\n```python\nfor i in range(3): print(i, f(i))\n```\n\n**Output:**\n```\n0 0\n1 1\n2 4\n```\n", 1, 0),
 "b8": (HEAD + "\n```python\nprint('Hello')\nprint('World')\n```\n\nOutput:\n\n```\nHello\nWorld!\n```\n", 0, 1),
 "b9": (HEAD + "\n```python\nfor i in range(100): print('step', i)\n```\n\nOutput:\n\n```\nstep 0\nstep 1\n...\nstep 99\n```\n", 1, 0),
 "b10": (HEAD + "\n```python\nprint('x')\n```\n\nThe directory looks so:\n\n```\nsrc/\n  a.py\n```\n", 0, 0),
 # ---- prose
 "p1": (HEAD + "\nNote that `f(2)` returns 4.\n", 1, 0),
 "p2": (HEAD + "\nNote that `f(2)` returns 5.\n", 0, 1),
 "p3": (HEAD + "\nHere `sigmoid(0)` = 0.5, and `sigmoid(1)` ≈ 0.73.\n", 2, 0),
 "p4": (HEAD + "\nHere `sigmoid(0) = 0.6`.\n", 0, 1),
 "p5": (HEAD + "\nIt is not true that `f(2)` returns 5.\n", 0, 0),
 "p6": (HEAD + "\n`f(3)` gives `9`.\n", 1, 0),
 "p7": (HEAD + "\n`softmax(np.array([1., 1.]))` gives `[0.5, 0.5]`.\n", 1, 0),
 "p8": (HEAD + "\n`softmax(np.array([1., 1.]))` gives `[0.4, 0.6]`.\n", 0, 1),
 "p9": (HEAD + "\n`f(2)` is 4 times as large as `f(1)`.\n", 0, 0),
 "p10": (HEAD + "\n`np.sqrt(f(2))` is about 2.6.\n", 0, 1),
 "p11": (HEAD + "\nThe call `g(2)` returns 5.\n", 0, 0),
 "q1": (after("loss = mse(np.array([1., 2.]), np.array([0.5, 1.]))\nprint(loss)", "The loss is about 0.625."), 1, 0),
 "q2": (after("loss = mse(np.array([1., 2.]), np.array([0.5, 1.]))\nprint(loss)", "The loss is about 0.105."), 0, 1),
 "q3": (after("sigmoid(1)", "which gives `0.731`."), 1, 0),
 "q4": (after("sigmoid(1)", "which gives `0.371`."), 0, 1),
 "q5": (after("y = sigmoid(1)", "So y ≈ 0.73."), 1, 0),
 "q6": (after("y = sigmoid(1)", "So y ≈ 0.93."), 0, 1),
 "q7": (after("y = sigmoid(1)", "The best published result is about 0.93."), 0, 0),
 "q8": (after("y = sigmoid(1)", "Usually a learning rate of about 0.01 works."), 0, 0),
 "q9": (after("y = sigmoid(1)", "We get 5 neurons."), 0, 0),
 "q10": (after("W = np.ones((2, 2))", "The result is about 0.5."), 0, 0),
 "q11": (after("print(sigmoid(2))", "This prints 0.88, as expected."), 1, 0),
 "q12": (after("print(sigmoid(2))", "This prints 0.78, as expected."), 0, 1),
 "q13": (after("print(sigmoid(2))", "The slope at zero is 0.25."), 0, 0),
 "q14": (after("x = 0.3\ny = f(x)", "This is about 0.3."), 0, 0),
}
# fmt: on


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    folder = tmp_path_factory.mktemp("stated")
    for name, row in ROWS.items():
        (folder / f"{name}.md").write_text(row[0])
    with Executor(Limits(seconds=20.0)) as executor:
        return {Path(report.path).stem: report for report in check([folder], executor)}


@pytest.mark.parametrize("name", ROWS)
def test_a_stated_result_is_compared(reports: dict[str, Report], name: str):
    _, agreeing, disagreeing = ROWS[name]
    report = reports[name]
    found = [s.status for s in report.stated]
    assert (found.count("agrees"), found.count("disagrees")) == (agreeing, disagreeing), report.stated
    assert [f.code for f in report.findings if f.code != "CG105"] == ["CG302"] * disagreeing
    assert all(s.why for s in report.stated if s.status == "not checked")


# fmt: off
PLACES = {  # where, and what the message says
    "w2": (20, 1, "0.6, the code gives 0.5"),
    "v1": (19, 7, "5, the code gives 4"),
    "v5": (20, 1, "0.76524096, the code gives 0.66524095577"),
    "v8": (19, 24, "(3, 4), the code gives the shape (4, 3)"),
    "b3": (24, 1, "the code gives loss 4 end 9"),
    "p4": (18, 6, "sigmoid(0) is said to be 0.6, the code gives 0.5"),
    "q2": (23, 19, "0.105, the code gives 0.625"),
}
# fmt: on


@pytest.mark.parametrize("name", PLACES)
def test_its_place_and_what_the_code_gives(reports: dict[str, Report], name: str):
    (found,) = (f for f in reports[name].findings if f.code == "CG302")
    line, column, words = PLACES[name]
    assert (found.spot.line, found.spot.column) == (line, column)
    assert words in found.message


def test_the_evidence_is_both_values(reports: dict[str, Report]):
    (found,) = (f for f in reports["w2"].findings if f.code == "CG302")
    assert found.evidence is not None
    assert (found.evidence.formula, found.evidence.code) == (0.6, 0.5)


# fmt: off
NUMBERS = [
    ("0.105", "0.10536", True),   ("0.105", "0.1049", True),   ("0.105", "0.1071", False),
    ("0.6", "0.5", False),        ("0.5", "0.59", True),       ("1e-3", "0.001", True),
    ("73%", "0.731", True),       ("73%", "73.1", True),       ("73%", "0.75", False),
    ("1,000", "1000", True),      ("−4", "-4.0", True),        ("4", "5", False),
    ("nan", "nan", True),         ("inf", "1e9", False),       ("0.0", "1e-17", True),
    ("0", "1", False),            ("4", "4.4", True),          ("4", "4.6", False),
    ("2.0e2", "204.0", True),     ("2.0e2", "230.0", False),   ("0.73105858", "0.7310586", True),
]
# fmt: on


@pytest.mark.parametrize(("stated", "given", "holds"), NUMBERS)
def test_numbers_within_the_digits_given(stated: str, given: str, holds: bool):
    (one,), (other,) = pieces(stated), pieces(given)
    assert close(one, other) is holds


# fmt: off
TEXTS = [
    ("[0.1, 0.9]", "array([0.1, 0.9])", "same"),       ("[ 1.  2.]", "[1. 2.]", "same"),
    ("[1 2 3]", "[1 2]", "length"),                    ("loss: 1", "loss: 2", "numbers"),
    ("loss: 1", "cost: 1", "words"),                   ("[0, ..., 9]", "[0, 1, 2, 9]", "same"),
    ("[0, ..., 8]", "[0, 1, 2, 9]", "numbers"),        ("np.True_", "True", "same"),
    ("(np.float64(0.5), 1)", "(0.5, 1)", "same"),      ("<f at 0x12>", "<f at 0x34>", "same"),
    ("{'a': 1}", '{"a": 1}', "same"),                  ("0.5-0.5j", "0.5 -0.5j", "same"),
]
# fmt: on


@pytest.mark.parametrize(("stated", "given", "how"), TEXTS)
def test_texts_piece_by_piece(stated: str, given: str, how: str):
    assert same(pieces(stated), pieces(given)).how == how


def test_about_lets_the_last_digit_be_near():
    assert close(Piece("number", "100"), Piece("number", "104.2"), rough=True)
    assert not close(Piece("number", "0.6"), Piece("number", "0.5"), rough=True)
