"""Running notes: one namespace, errors kept, limits kept, and a parent that believes nothing unchecked."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from chalkgrad.errors import NotesError
from chalkgrad.notes.execute import Execution, Executor, receive
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.read import Note, parse

# fmt: off
NOTES = {
    "state": "```\nx = 2\n```\n\ntext\n\n```python\nprint(x + 1)\nx * 10\n```\n",
    "prelude": "```\nassert ndarray is np.ndarray\nprint(deriv(np.square, 3.0).round(3), Callable)\n```\n",
    "failing": "words\n\n```\ny = 1\nz = np.range(3)\ny = 3\n```\n\n```\nprint(y)\n```\n",
    "inside": "```\ndef f(x):\n    return x + gone\n```\n\n```\nf(1)\n```\n",
    "syntax": "```python\nx = = 1\n```\n\n```\nprint('on')\n```\n",
    "exits": "```\nimport sys\nsys.exit(3)\n```\n\n```\nprint('on')\n```\n",
    "dies": "```\nprint('before')\n```\n\n```\nimport os\nos._exit(5)\n```\n\n```\nprint('never')\n```\n",
    "asks": "```\ninput('name? ')\n```\n",
    "chatter": "```\nfor i in range(5000):\n    print('0123456789')\n```\n",
    "figures": "```\nplt.plot([1, 2])\nplt.title('one')\nplt.show()\nplt.plot([2, 1])\n```\n",
    "prompt": "```pycon\n>>> a = 2\n>>> a + 1\n3\n>>> def f(x):\n...     return x * a\n>>> f(4)\n8\n```\n",
    "future": "```\nfrom __future__ import annotations\n```\n\n```\ndef f(x: Never): pass\n```\n",
    "warns": "```\nimport warnings\nwarnings.warn('mind this')\n```\n",
    "list": "- a\n\n  ```py\n  def f(x):\n      return 1 / x\n\n  f(0)\n  ```\n",
    "magic": "```\n%matplotlib inline\n!rm -rf x\nx = 1\nprint(x)\n```\n",
    "main": "```\nprint(__name__)\n```\n",
    "random": "```\nimport random\nrandom.random()\n```\n",
    "slow": "```\nprint('first')\n```\n\n```\nprint('second')\nwhile True: pass\n```\n",
    "children": "```\nimport subprocess\np = subprocess.Popen(['sleep', '60'])\nprint(p.pid)\n```\n",
    "memory": "```\nbig = np.ones(10**10)\n```\n\n```\nprint('on')\n```\n",
    "surrogate": "```\nprint('\\ud800')\n```\n",
}
# fmt: on


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notes")
    (folder / "random.py").write_text("raise SystemError('the wrong random')")
    return folder


@pytest.fixture(scope="module")
def ran(folder: Path) -> dict[str, Execution]:
    with Executor(Limits(seconds=6.0, memory=2 * 2**30)) as executor:
        for name, text in NOTES.items():
            executor.add(parse(text, folder / f"{name}.md", f"{name}.md"))
        return {note.name.removesuffix(".md"): execution for note, execution in executor.results()}


def printed(execution: Execution, kind: str = "out") -> str:
    return "".join(o.text for r in execution.fences.values() for o in r.outs if o.kind == kind)


def errors(execution: Execution) -> list[tuple[str, int]]:
    return [(e.type, e.line) for e in execution.errors]


def ends(process: int) -> bool:
    """Whether a process ends within five seconds (one that nobody has waited for yet has ended, too)."""
    for _ in range(100):
        state = Path(f"/proc/{process}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_one_namespace_in_order(ran: dict[str, Execution]):
    assert (printed(ran["state"]), printed(ran["state"], "value")) == ("3\n", "20\n")
    assert ran["state"].stopped == ""


def test_the_prelude_supplies_what_notes_leave_out(ran: dict[str, Execution]):
    assert errors(ran["prelude"]) == []
    assert printed(ran["prelude"]).startswith("6.0 typing.Callable")


def test_a_fence_that_fails_keeps_its_error_and_the_rest_goes_on(ran: dict[str, Execution]):
    (error,) = ran["failing"].errors
    assert (error.type, error.line, error.column, error.end_column) == ("AttributeError", 5, 5, 13)
    assert error.hint == "the nearest name is np.arange"
    assert printed(ran["failing"]) == "3\n"


def test_an_error_inside_a_function_names_its_line_and_the_statement(ran: dict[str, Execution]):
    (error,) = ran["inside"].errors
    assert (error.statement, error.line, error.column, error.inside) == (7, 3, 16, "f")


def test_a_fence_that_does_not_parse(ran: dict[str, Execution]):
    assert errors(ran["syntax"]) == [("SyntaxError", 2)]
    assert printed(ran["syntax"]) == "on\n"


def test_leaving_the_program_ends_a_statement_only(ran: dict[str, Execution]):
    assert errors(ran["exits"]) == [("SystemExit", 3)]
    assert printed(ran["exits"]) == "on\n"


def test_a_process_that_dies_keeps_what_it_had_shown(ran: dict[str, Execution]):
    assert printed(ran["dies"]) == "before\n"
    assert ran["dies"].stopped == "its process ended with exit code 5"
    assert set(ran["dies"].fences) == {0, 1}
    assert ran["dies"].errors[0].type == "Stopped"


def test_a_note_that_takes_too_long_is_stopped(ran: dict[str, Execution]):
    assert ran["slow"].stopped == "stopped after 6 s"
    assert printed(ran["slow"]) == "first\n"
    assert [(e.type, e.message) for e in ran["slow"].errors] == [("Stopped", "stopped after 6 s")]


def test_nobody_is_there_to_answer(ran: dict[str, Execution]):
    assert errors(ran["asks"]) == [("EOFError", 2)]


def test_output_has_a_limit(ran: dict[str, Execution]):
    (only,) = ran["chatter"].fences.values()
    assert len(printed(ran["chatter"])) == 20_000
    assert only.lost == 5000 * 11 - 20_000


def test_figures_are_taken_at_show_and_at_the_end(ran: dict[str, Execution]):
    (only,) = ran["figures"].fences.values()
    assert [(o.kind, o.line, o.alt) for o in only.outs] == [
        ("figure", 4, "one"),
        ("figure", 5, "A figure that the code above draws"),
    ]
    assert all(o.svg.rstrip().endswith("</svg>") for o in only.outs)


def test_a_python_prompts_record_runs_without_its_prompts(ran: dict[str, Execution]):
    assert printed(ran["prompt"], "value") == "3\n8\n"
    assert [(f.name, f.line, f.end) for f in ran["prompt"].functions] == [("f", 5, 6)]


def test_future_imports_hold_for_later_fences(ran: dict[str, Execution]):
    assert errors(ran["future"]) == []


def test_warnings_are_output_with_their_line(ran: dict[str, Execution]):
    assert printed(ran["warns"], "err").startswith("warns.md:3: UserWarning: mind this")


def test_lines_and_columns_in_a_list(ran: dict[str, Execution]):
    (error,) = ran["list"].errors
    assert (error.type, error.statement, error.line) == ("ZeroDivisionError", 7, 5)


def test_a_notebooks_own_commands_are_named_and_not_run(ran: dict[str, Execution]):
    assert printed(ran["magic"]) == "1\n"
    assert [line.rpartition(": ")[2] for line in printed(ran["magic"], "err").splitlines()] == [
        "%matplotlib inline",
        "!rm -rf x",
    ]


def test_a_note_is_the_main_program(ran: dict[str, Execution]):
    assert printed(ran["main"]) == "__main__\n"


def test_files_beside_a_note_do_not_stand_for_pythons_own(ran: dict[str, Execution]):
    assert errors(ran["random"]) == []


def test_what_a_note_starts_ends_with_it(ran: dict[str, Execution]):
    assert ends(int(printed(ran["children"])))


@pytest.mark.skipif(os.name != "posix", reason="memory limits are POSIX's")
def test_memory_has_a_limit_and_the_rest_goes_on(ran: dict[str, Execution]):
    assert [e.type for e in ran["memory"].errors] == ["MemoryError"]
    assert printed(ran["memory"]) == "on\n"


def test_text_that_is_no_unicode_does_not_stop_a_note(ran: dict[str, Execution]):
    assert ran["surrogate"].stopped == ""


# ----- what the parent believes -----


@pytest.fixture
def note() -> Note:
    return parse("```\nx = 1\n```\n")


def test_results_are_checked(tmp_path: Path, note: Note):
    file = tmp_path / "r.jsonl"
    good = {"version": 1, "kind": "fence", "fence": 0, "outs": [], "errors": [], "lost": 0}
    out = {"kind": "out", "line": 1, "text": "t"}
    for bad in (
        good | {"fence": 7},
        good | {"fence": "0"},
        good | {"version": 2},
        good | {"outs": [out | {"line": "1"}]},
        good | {"outs": [out | {"extra": 1}]},
        good | {"outs": 3},
        {"version": 1, "kind": "fence", "fence": 0},
        ["not a record"],
        {"version": 1, "kind": "function", "fence": 0, "name": 3, "line": 2, "end": 2},
        {"version": 1, "kind": "function", "fence": 0, "name": "f", "line": 1, "end": 2},
        {"version": 1, "kind": "function", "fence": 0, "name": "f", "line": 2, "end": 2, "data": "d"},
    ):
        file.write_text(json.dumps(bad) + "\n")
        with pytest.raises(NotesError):
            receive(note, file, "")


def test_a_last_line_cut_short_is_left_out(tmp_path: Path, note: Note):
    file = tmp_path / "r.jsonl"
    good = {"version": 1, "kind": "fence", "fence": 0, "outs": [], "errors": [], "lost": 0}
    file.write_text(json.dumps(good) + '\n{"version": 1, "ki')
    assert receive(note, file, "stopped").fences[0].fence == 0
    assert receive(note, tmp_path / "none", "").stopped == "its process wrote nothing"


# ----- chains -----


def test_chains_of_the_notes_are_found_in_variables_and_in_calls(folder: Path):
    text = (
        "```\ndef f(x):\n    return x * x\n\nc = [f, np.tanh]\nplot_chain(c, np.arange(3))\n"
        "plot_chain([f, f], np.arange(3))\nplot_chain([f, f], np.arange(3))\nother = [1, 2]\n```\n"
    )
    with Executor() as executor:
        executor.add(parse(text, folder / "chains.md", "chains.md"))
        ((_, execution),) = executor.results()
    assert [(f.name, f.line, f.chain) for f in execution.functions] == [
        ("f", 2, False),
        ("c", 5, True),
        ("f(f(x))", 7, True),
    ]


def test_where_processes_cannot_be_forked_each_note_gets_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delattr(os, "fork")
    with Executor(Limits(seconds=8.0)) as executor:
        executor.add(parse(NOTES["state"], folder / "state.md", "state.md"))
        executor.add(parse(NOTES["dies"], folder / "dies.md", "dies.md"))
        both = {note.name: execution for note, execution in executor.results()}
    assert printed(both["state.md"]) == "3\n"
    assert both["dies.md"].stopped == "its process ended with exit code 5"


def test_a_parent_that_goes_away_takes_its_children_along(folder: Path):
    text = "```\nimport os\nopen('pid', 'w').write(str(os.getpid()))\nwhile True: pass\n```\n"
    with Executor(Limits(seconds=30.0)) as executor:
        executor.add(parse(text, folder / "n.md"))
        for _ in range(200):
            if (folder / "pid").exists() and (folder / "pid").read_text():
                break
            time.sleep(0.05)
        child = int((folder / "pid").read_text())
        executor.server.stdin.close()  # as the end of this process would
        assert executor.server.wait(10) == 1
        executor.server.stdin = None
    assert ends(child)
