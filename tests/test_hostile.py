"""Notes that mean harm, or do it by mistake: a clear finding each, limits that hold, the others built."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chalkgrad.notes.build import build
from chalkgrad.notes.execute import KILLED_IT, Execution, Executor
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.read import parse

SECONDS = 2.0
LATE = f"stopped after {SECONDS:g} s"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="these are POSIX's ways to do harm")

# fmt: off
STOPPED = {  # the code of a second fence, and why the note was stopped at it
    "loop":       ("while True: pass",                                                   LATE),
    "stubborn":   ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", LATE),
    "in C":       ("x = 10**10**8",                                                      LATE),
    "regex":      ("import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')",                      LATE),
    "sorting":    ("while True: np.sort(np.random.rand(10**6))",                         LATE),
    "masked":     ("import signal\nfor s in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
                   "    signal.signal(s, signal.SIG_IGN)\nwhile True: pass",             LATE),
    "asleep":     ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",            LATE),
    "deleting":   ("class A:\n    def __del__(self):\n        while True: pass\nA()\n1",  LATE),
    "suicide":    ("import os\nos.kill(os.getpid(), 9)", "its process was ended by signal 9 (SIGKILL)"),
    "abort":      ("import os\nos.abort()",              "its process was ended by signal 6 (SIGABRT)"),
    "segfault":   ("import ctypes\nctypes.string_at(0)", "its process was ended by signal 11 (SIGSEGV)"),
    "exit":       ("import os\nos._exit(7)",             "its process ended with exit code 7"),
    "group":      ("import os\nos.killpg(0, 15)",        "its process was ended by signal 15 (SIGTERM)"),
    "children":   ("import os\nfor i in range(400):\n    if not os.fork():\n        os.setsid()\n"
                   "        import time\n        time.sleep(60)\nwhile True: pass",
                   "stopped with more than 40 processes"),
}
FAILED = {  # the code of a first fence, and the error that it shows
    "sys.exit":   ("import sys\nsys.exit(3)",                                       "SystemExit"),
    "interrupt":  ("raise KeyboardInterrupt",                                       "KeyboardInterrupt"),
    "recursion":  ("def f(): f()\nf()",                                             "RecursionError"),
    "input":      ("input('name? ')",                                               "EOFError"),
    "breakpoint": ("breakpoint()",                                                  "BdbQuit"),
    "memory":     ("b = bytearray(10**11)",                                         "MemoryError"),
    "big array":  ("np.ones(10**10)",                                               "MemoryError"),
    "bad error":  ("class E(Exception):\n    def __str__(self): raise SystemExit\nraise E", "E"),
    "bad repr":   ("class R:\n    def __repr__(self): raise SystemExit\nR()",       "SystemExit"),
    "bad dir":    ("class D:\n    def __dir__(self): raise SystemExit\nD().x",      "Exception"),
    "file":       ("open('big', 'wb').write(bytes(2 * 10**7))",                     "OSError"),
    "figure":     ("plt.figure(figsize=(1e6, 1e6))\nplt.show()",                    "ValueError"),
    "bad figure": ("class A(plt.Axes):\n    def draw(self, *a): raise SystemExit\n"
                   "plt.gcf().add_axes(A(plt.gcf(), (0, 0, 1, 1)))\n1",             "SystemExit"),
    "parser":     ("x = " + "(" * 300 + ")" * 300,                                  "SyntaxError"),
}
HARMLESS = {  # code that is to do no harm to what follows
    "closed":     "import os\nos.closerange(0, 256)",
    "patched":    "import json, builtins, os\njson.dumps = builtins.open = os.write = os.open = None",
    "numpy":      "np.asarray = np.array = np.isfinite = None",
    "threads":    "import threading\nfor i in range(4):\n"
                  "    threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()",
    "at exit":    "import atexit\n@atexit.register\ndef loop():\n    while True: pass",
    "no modules": "import sys\nfor name in list(sys.modules):\n"
                  "    if name.startswith(('json', 'chalkgrad.run')): del sys.modules[name]",
    "output":     "import os, sys\nfor i in range(3000):\n"
                  "    print('x' * 99); sys.__stdout__.write('y'); os.write(1, b'z')",
    "no streams": "import sys\nsys.stdout = sys.stderr = None",
    "elsewhere":  "import os\nos.chdir('/')\nos.environ.clear()",
    "daemon":     "import os, time\nif not os.fork():\n    os.setsid()\n    time.sleep(50)",
    "profile":    "import sys\nsys.settrace(lambda *a: None)\nsys.setrecursionlimit(10**6)",
}
# fmt: on
AFTER = "\n\n```\ndef double(x):\n    return 2 * x\n\nprint('after', double(21))\n```\n"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Execution]:
    folder = tmp_path_factory.mktemp("hostile")
    before = "```\nprint('before')\n```\n\n"
    limits = Limits(seconds=SECONDS, memory=2 * 2**30, written=10**7, processes=40)
    stopped = {name: f"{before}```python\n{code}\n```{AFTER}" for name, (code, _) in STOPPED.items()}
    return run(folder, stopped, limits) | run(folder, _others(), replace(limits, seconds=30.0))


def _others() -> dict[str, str]:
    texts = {name: f"```python\n{code}\n```{AFTER}" for name, (code, _) in FAILED.items()}
    return texts | {name: f"```python\n{code}\n```{AFTER}" for name, code in HARMLESS.items()}


def run(folder: Path, texts: dict[str, str], limits: Limits) -> dict[str, Execution]:
    with Executor(limits) as executor:
        for name, text in texts.items():
            executor.add(parse(text, folder / f"{name}.md", f"{name}.md"))
        return {note.name.removesuffix(".md"): execution for note, execution in executor.results()}


def printed(execution: Execution) -> str:
    return "".join(o.text for r in execution.fences.values() for o in r.outs if o.kind == "out")


@pytest.mark.parametrize("name", STOPPED)
def test_a_note_that_goes_on_or_ends_itself_keeps_what_it_had_shown(name: str, ran: dict[str, Execution]):
    assert ran[name].stopped == STOPPED[name][1]
    assert printed(ran[name]) == "before\n"
    assert [e.type for e in ran[name].errors] == ["Stopped"]


@pytest.mark.parametrize("name", FAILED)
def test_an_error_is_shown_and_the_rest_goes_on(name: str, ran: dict[str, Execution]):
    assert ran[name].stopped == ""
    assert [e.type for e in ran[name].errors][:1] == [FAILED[name][1]]
    assert printed(ran[name]).endswith("after 42\n")


@pytest.mark.parametrize("name", HARMLESS)
def test_what_follows_is_run_and_told(name: str, ran: dict[str, Execution]):
    assert ran[name].stopped == ""
    assert "double" in [f.name for f in ran[name].functions]
    if name not in ("no streams",):
        assert printed(ran[name]).endswith("after 42\n") or ran[name].fences[0].lost


def test_nothing_that_a_note_has_started_is_left(ran: dict[str, Execution]):
    time.sleep(0.1)
    assert not list(_descendants(os.getpid()))


def _descendants(process: int) -> Iterator[str]:
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield Path(f"/proc/{child}/comm").read_text()
            yield from _descendants(int(child))


# ----- the process that runs them all -----


def test_notes_that_end_the_server_are_found_and_the_others_are_run(tmp_path: Path):
    texts = {
        "kill": "import os\nos.kill(os.getppid(), 9)\nwhile True: pass",
        "stop": "import os\nos.kill(os.getppid(), 15)\nwhile True: pass",
        **{f"good {k}": f"print({k})" for k in range(4)},
    }
    with Executor(Limits(seconds=SECONDS)) as executor:
        for name, code in texts.items():
            executor.add(parse(f"```python\n{code}\n```\n", tmp_path / "n.md", name))
        ran = {note.name: execution for note, execution in executor.results()}
    assert {name: ran[name].stopped for name in ("kill", "stop")} == {"kill": KILLED_IT, "stop": KILLED_IT}
    assert [(printed(ran[f"good {k}"]), ran[f"good {k}"].stopped) for k in range(4)] == [
        (f"{k}\n", "") for k in range(4)
    ]


def test_an_executor_serves_again_and_again(tmp_path: Path):
    with Executor() as executor:
        for k in range(3):
            executor.add(parse(f"```\nprint({k})\n```\n", tmp_path / "n.md"))
            ((_, execution),) = executor.results()
            assert printed(execution) == f"{k}\n"


FORGED = """\
```python
import inspect, json, os
frame = inspect.currentframe()
while "self" not in frame.f_locals or not hasattr(frame.f_locals["self"], "results"):
    frame = frame.f_back
with open(frame.f_locals["self"].results, "a") as file:
    file.write(%s + "\\n")
```
"""


@pytest.mark.parametrize(
    "line",
    [
        '"not JSON"',
        "'[' * 100000",
        "json.dumps({'version': 9})",
        "json.dumps({'version': 1, 'kind': 'fence', 'fence': 77, 'outs': [], 'errors': [], 'lost': 0})",
        "json.dumps({'version': 1, 'kind': 'fence', 'fence': [], 'outs': [], 'errors': [], 'lost': 0})",
        "json.dumps({'version': 1, 'kind': 'fence'})",
        "json.dumps({'version': 1, 'kind': 'touched', 'files': [1]})",
        "json.dumps({'version': 1, 'kind': 'function', 'fence': 0, 'name': 'f', 'line': 10**9, 'end': 0})",
    ],
)
def test_forged_results_cost_the_note_alone(tmp_path: Path, line: str):
    (tmp_path / "forged.md").write_text(FORGED % line)
    (tmp_path / "good.md").write_text("```\nprint('good')\n```\n")
    built = build((tmp_path,), tmp_path / "site", Limits(seconds=SECONDS))
    assert built.pages == 2
    assert "good" in (tmp_path / "site" / "good.html").read_text()
    assert all(message.startswith("forged.md:") for message in built.messages)


def test_forged_views_run_nothing_in_a_page(tmp_path: Path):
    data = {"version": 1, "formulas": [{"latex": r"\href{javascript:alert(1)}{x} = <script>alert(1)"}]}
    record = {"version": 1, "kind": "function", "fence": 0, "name": "<script>alert(2)</script>", "line": 2,
              "end": 3, "why": "<script>alert(3)</script>"}  # fmt: skip
    for extra in ({}, {"data": data}, {"data": {"code": {"source": "</script><script>alert(5)</script>"}}}):
        (tmp_path / "forged.md").write_text(FORGED % f"json.dumps({record | extra!r})")
        build((tmp_path,), tmp_path / "site")
        for page in (tmp_path / "site").glob("*.html"):
            assert not re.search(r"<script>alert|href=.javascript", page.read_text())


# ----- files -----


def test_odd_files_cost_themselves(tmp_path: Path):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "good.md").write_text("# Good\n\n[other](binary.md)\n")
    (notes / "binary.md").write_bytes(bytes(range(256)) * 50)
    (notes / "nul.md").write_bytes(b"a\0b\n\n```\nprint('\0')\n```\n")
    (notes / "empty.md").touch()
    (notes / "big.md").write_bytes(b"x" * (17 * 2**20))
    (notes / "folder.md").mkdir()
    os.mkfifo(notes / "pipe.md")
    (notes / "loop.md").symlink_to("loop.md")
    (notes / "gone.md").symlink_to("nowhere.md")
    (notes / "device.md").symlink_to("/dev/zero")
    (notes / "up").symlink_to("..")
    (notes / "é\udcff.md").write_text("# Bytes\n")
    built = build((notes,), tmp_path / "site", Limits(seconds=SECONDS))
    said = "\n".join(built.messages)
    for name in ("big.md", "pipe.md", "loop.md", "gone.md", "device.md"):
        assert f"{name}: " in said
    assert built.unread == 5
    assert "Good" in (tmp_path / "site" / "good.html").read_text()
    assert all(page.is_file() for page in (tmp_path / "site").glob("*.html"))
