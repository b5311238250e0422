"""CG301: nothing is found in modules whose derivatives are right; one edit that makes one wrong is found."""

from __future__ import annotations

import json
import linecache
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from chalkgrad.notes.calls import Calls
from chalkgrad.notes.check.data import as_json
from chalkgrad.notes.check.finding import Report
from chalkgrad.notes.check.run import check
from chalkgrad.notes.derivatives.run import derivatives
from chalkgrad.notes.derivatives.source import tree_of
from chalkgrad.notes.execute import Executor
from chalkgrad.notes.limits import Limits
from derivatives import classes, elementwise, layers, losses, mixed

FAMILIES = {
    "elementwise": elementwise,
    "losses": losses,
    "layers": layers,
    "classes": classes,
    "mixed": mixed,
}
RIGHT = {f"{family}-{name}": row for family, module in FAMILIES.items() for name, row in module.RIGHT.items()}
WRONG = {f"{name}-{k}": (name, *edit) for name, (_, edits) in RIGHT.items() for k, edit in enumerate(edits)}


def reports(folder: Path, modules: dict[str, str]) -> dict[str, Report]:
    paths = [folder / f"{name}.py" for name in modules]
    for path, text in zip(paths, modules.values(), strict=True):
        path.write_text(text)
    with Executor(Limits(seconds=60.0)) as executor:
        return {Path(report.path).stem: report for report in check(paths, executor)}


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    return reports(tmp_path_factory.mktemp("right"), {name: row[0] for name, row in RIGHT.items()})


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """One edit of each module, through the whole command; the others are judged without a process each."""
    texts = {n: RIGHT[of][0].replace(old, new, 1) for n, (of, old, new) in WRONG.items() if n.endswith("-0")}
    return reports(tmp_path_factory.mktemp("wrong"), texts)


def judged(text: str) -> list[dict[str, Any]]:
    """The records of a module's derivatives."""
    file, module = "edited.py", types.ModuleType("edited")
    linecache.cache[file] = (0, None, [line + "\n" for line in text.split("\n")], file)
    tree_of.cache_clear()
    sys.modules["edited"] = module
    module.__dict__["__file__"] = file
    exec(compile(text, file, "exec"), module.__dict__)
    return list(derivatives(module.__dict__, Calls((file,)), file, Limits()))


UNCHECKED = {
    "elementwise-no-derivatives": ["sign_ste_grad", "noisy_prime"],
    "mixed-toolbox": ["d_step", "gradient", "Tensor.backward"],
    "mixed-objects": ["get_activation", "accuracy_gradient"],
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_module_has_no_finding(right: dict[str, Report], name: str):
    assert [f.message for f in right[name].findings if f.severity == "error"] == []
    unchecked = [d.function for d in right[name].derivatives if d.status == "not checked"]
    assert unchecked == UNCHECKED.get(name, [])


@pytest.mark.parametrize("name", WRONG)
def test_a_planted_edit_is_found(name: str):
    of, old, new = WRONG[name]
    text = RIGHT[of][0].replace(old, new, 1)
    assert text != RIGHT[of][0]
    found = [r for r in judged(text) if r["status"] == "disagrees"]
    assert found
    assert all(r["given"] != r["wanted"] for r in found)


@pytest.mark.parametrize("name", [name for name in WRONG if name.endswith("-0")])
def test_a_planted_edit_is_found_where_it_is(wrong: dict[str, Report], name: str):
    of, old, new = WRONG[name]
    found = [f for f in wrong[name].findings if f.code == "CG301"]
    assert found
    text = RIGHT[of][0].replace(old, new, 1)
    edited = RIGHT[of][0].index(old)
    first, last = (text[: edited + len(part)].count("\n") + 1 for part in ("", new))
    assert min(abs(f.spot.line - line) for f in found for line in range(first, last + 1)) <= REACH
    assert all(f.evidence is not None and f.evidence.formula != f.evidence.code for f in found)


REACH = 9  # lines from the edit to the return of the same function


def test_the_report_says_what_became_of_each(tmp_path: Path):
    text = RIGHT["elementwise-prime"][0].replace("s * (1 - s)", "s * (1 + s)")
    (report,) = reports(tmp_path, {"activations": text}).values()
    (file,) = json.loads(as_json([report]))["files"]
    assert [(d["line"], d["function"], d["of"], d["status"]) for d in file["derivatives"]] == [
        (7, "sigmoid_prime", "sigmoid", "disagrees"),
        (14, "tanh_prime", "tanh", "agrees"),
        (20, "relu_prime", "relu", "agrees"),
    ]
    (found,) = file["findings"]
    assert (found["code"], found["line"], found["column"], found["function"]) == (
        "CG301",
        9,
        12,
        "sigmoid_prime",
    )
    assert "read as the derivative by x" in found["message"]
    at, exact, given = found["evidence"]["at"]["x"], found["evidence"]["formula"], found["evidence"]["code"]
    s = 1 / (1 + 2.718281828459045**-at)
    assert exact == pytest.approx(s * (1 - s))
    assert given == pytest.approx(s * (1 + s))


LAYER = """
import numpy as np

def worth(X, W, G):
    return np.sum(G * np.dot(X, W))

def worth_gradients(X, W, G):
    dX = np.dot(G, W.T)
    dW = np.dot(X.T, G)
    return dX, dW

worth(np.ones((4, 3)), np.ones((3, 2)), np.ones((4, 2)))
"""


def test_what_agrees_for_the_shapes_of_the_notes_own_call_is_right(tmp_path: Path):
    """For vectors, at which nobody calls it, `G @ W.T` runs as well and is a number."""
    wrong = LAYER.replace("np.dot(X.T, G)", "-np.dot(X.T, G)")
    found = reports(tmp_path, {"right": LAYER, "wrong": wrong})
    assert [d.status for d in found["right"].derivatives] == ["agrees"] and not found["right"].findings
    assert [d.status for d in found["wrong"].derivatives] == ["disagrees"]


def test_the_cure_is_the_exact_derivative(tmp_path: Path):
    text = "def f(x):\n    return x ** 3\n\ndef f_prime(x):\n    return 2 * x ** 2\n"
    (report,) = reports(tmp_path, {"powers": text}).values()
    assert [f.cure for f in report.findings if f.code == "CG301"] == ["3 * x ** 2"]
