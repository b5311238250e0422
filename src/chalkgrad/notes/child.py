"""One note's process: run its fences in one namespace, watch, and write down what happened, line by line.

The results are JSON lines in a file, one for each thing that is finished: what was shown before a note ran
out of time is not lost. The parent reads them as data and nothing else.
"""

from __future__ import annotations

import ast
import json
import linecache
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from chalkgrad.notes.calls import Calls
from chalkgrad.notes.capture import Stream, Tape, show_figures, take_figures
from chalkgrad.notes.faults import describe_error, in_cells
from chalkgrad.notes.limits import Limits, restrict
from chalkgrad.notes.module_place import place_of, settle
from chalkgrad.notes.note import Cell
from chalkgrad.notes.prelude import prelude, shell
from chalkgrad.notes.shown_pages import Pages
from chalkgrad.notes.statements import FUTURES, Statement, magics, source_of, statements
from chalkgrad.notes.touched import Touched
from chalkgrad.notes.views import Collector, Defined, chain_of
from chalkgrad.notes.worth import expressions, of_statement, place, wanted

VERSION = 1


# What the notes may put in the place of names of `json` and `os` is not what we call.
_encode, _open, _write, _close = json.JSONEncoder(allow_nan=False).encode, os.open, os.write, os.close


def main(request: dict[str, Any], results: str) -> None:
    """Answer one request: file (the note's name), folder, module, fences, limits, show, views, samples."""
    limits = Limits(**request["limits"])
    run = Run(request, limits, results)
    run.write({"kind": "begin"})
    restrict(limits)
    run.fences()
    run.worth()
    if request.get("show"):
        run.show()
    elif request["views"]:
        run.views()
    if request.get("samples"):
        run.samples()
        run.derivatives()
    run.write({"kind": "end"})


class Run:
    """The state of one note while it runs."""

    def __init__(self, request: dict[str, Any], limits: Limits, results: str):
        self.request, self.limits, self.results = request, limits, results
        self.file: str = request["file"]
        self.tape = Tape(limits.characters, limits.figures)
        self.wanted = wanted(request.get("asked"))
        self.flags = 0  # `from __future__ import …`, once said, holds for the fences that follow
        self.defined: list[Defined] = []
        self.lambdas: list[Defined] = []  # f = lambda x: …: compared with formulas, and no cards
        self.cells = tuple(Cell(*cell) for cell in request.get("cells", ()))
        self.namespace = self._namespace()
        foundation = sys.modules[self.namespace["plot_chain"].__module__].__file__ or ""
        self.calls = Calls((self.file, foundation))
        self.touched = Touched(request["folder"])
        self.pages = Pages()
        self._set_up()

    def write(self, record: dict[str, Any]) -> None:
        """Write one line; the file is opened for it, for notes close what they find open."""
        if isinstance(record.get("why"), str):
            record = record | {"why": in_cells(record["why"], self.cells)}
        line = _encode({"version": VERSION} | record).encode() + b"\n"
        file = _open(self.results, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            while line:
                line = line[_write(file, line) :]
        finally:
            _close(file)

    def _namespace(self) -> dict[str, Any]:
        os.chdir(self.request["folder"])
        source = "\n".join(fence["text"] for fence in self.request["fences"])
        self.place = place_of(self.file, self.request["folder"], source)
        module = settle(self.place, self.file, self.request.get("doc"), self.request.get("paths", ()))
        own = {} if self.file.endswith((".md", ".markdown")) else shell()
        module.__dict__.update(prelude(self.request["plots"]) | own)
        return module.__dict__

    def _set_up(self) -> None:
        sys.argv = [self.file]
        sys.stdout, sys.stderr = Stream(self.tape, "out"), Stream(self.tape, "err")
        os.environ["MPLBACKEND"] = "svg"
        linecache.cache[self.file] = (0, None, self._lines(), self.file)  # None: never looked up on disk

    def _lines(self) -> list[str]:
        """The note with only its code left, so that `inspect.getsource` finds functions and their ends."""
        lines: list[str] = []
        for fence in self.request["fences"]:
            lines += ["\n"] * (fence["line"] - 1 - len(lines))
            lines += (line + "\n" for line in source_of(fence["kind"], fence["text"]).split("\n"))
        return lines

    # ----- fences -----

    def fences(self) -> None:
        for fence in self.request["fences"]:
            self.write({"kind": "start", "fence": fence["index"]})
            errors = self._fence(fence)
            self._figures(errors)
            outs, lost = self.tape.take()
            self.write({"kind": "touched", "files": self.touched.take()})
            self.write(
                {"kind": "fence", "fence": fence["index"], "outs": outs, "lost": lost, "errors": errors}
            )

    def _fence(self, fence: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            parsed = statements(fence["kind"], fence["text"], fence["line"])
        except BaseException as error:
            return [describe_error(error, self.file, fence["line"])]
        self.tape.line = fence["line"]
        for line in magics(fence["text"]):
            self.tape.text(f"not run, for it is a notebook's and not Python's: {line}\n", "err")
        errors = []
        for statement in parsed:
            self.tape.line = statement.line
            show_figures(self.tape)
            try:
                self._statement(statement, fence["index"])
            except BaseException as error:  # sys.exit() and KeyboardInterrupt end a statement, not the note
                errors.append(describe_error(error, self.file, statement.line))
        return errors

    def _statement(self, statement: Statement, fence: int) -> None:
        key = self.wanted.get(place(statement))
        told = statement.echo or key is not None or isinstance(statement.tree, ast.Expr)
        code = replace(statement, echo=told).compile(self.file, self.flags)
        self.flags |= code.co_flags & FUTURES
        with self.calls:
            value = eval(code, self.namespace)
        if self.pages.take(value, statement, fence):
            return
        if statement.echo and value is not None and self.place.name == "__main__":
            self._echo(value)
        if key is not None:
            self.write(of_statement(key, value, statement, self.namespace))
        self._note_definition(statement, fence)

    def _note_definition(self, statement: Statement, fence: int) -> None:
        function, variable = statement.function, statement.variable
        if function:
            f = self.namespace.get(function.name)
            self.defined.append(Defined(fence, function.name, function.line, function.end, f))
        elif variable and statement.is_lambda:
            self.lambdas.append(
                Defined(fence, variable, statement.line, statement.end, self.namespace[variable])
            )
        elif variable and (chain := chain_of(self.namespace.get(variable))) is not None:
            self.defined.append(Defined(fence, variable, statement.line, statement.end, chain, chain=True))

    def _echo(self, value: Any) -> None:
        if self.file.endswith(".ipynb"):
            self.namespace["_"] = value
        items = value if isinstance(value, list | tuple) and value else [value]
        if not any(type(item).__module__.startswith("matplotlib") for item in items):
            self.tape.text(f"{value!r}\n", "value")

    def _figures(self, errors: list[dict[str, Any]]) -> None:
        try:
            take_figures(self.tape)
        except BaseException as error:  # a figure can be broken in ways that only drawing it shows
            errors.append(describe_error(error, self.file, self.tape.line))

    def worth(self) -> None:
        for record in expressions(self.request.get("asked"), self.namespace, self.file, self.limits):
            self.tape.take()
            self.write(record)

    # ----- views -----

    def views(self) -> None:
        latest = {d.name: d for d in self.defined}  # a function defined anew takes the older one's place
        defined = [d for d in self.defined if latest[d.name] is d]
        known = set()
        for record in self._collector(defined + self._chains_in_calls(defined)).records():
            self.tape.take()  # what views print is nobody's output
            own = self.request.get("points") or {}
            self.write(record if record["name"] in own else self.pages.in_place(record))
            known.add(record["name"])
        for record in self.pages.records(known):
            self.write(record)

    def _collector(self, defined: list[Defined]) -> Collector:
        points = self.request.get("points") or {}
        return Collector(defined, self.calls, self.namespace, self.file, self.limits, points)

    def _chains_in_calls(self, defined: list[Defined]) -> list[Defined]:
        """Chains that were given to a function as they stand, `plot_chain([f, g], …)`, each once."""
        known = {tuple(d.f) for d in defined if d.chain}
        found = []
        for call in (call for calls in self.calls.seen.values() for call in calls if call.direct):
            for chain in filter(None, map(chain_of, call.arguments.values())):
                fence = self._fence_at(call.line)
                if tuple(chain) not in known and fence is not None:
                    known.add(tuple(chain))
                    found.append(Defined(fence, chain.__name__, call.line, call.line, chain, chain=True))
        return found

    def _fence_at(self, line: int) -> int | None:
        spans = ((f["index"], f["line"], f["line"] + f["text"].count("\n")) for f in self.request["fences"])
        return next((index for index, start, end in spans if start <= line < end), None)

    def samples(self) -> None:
        from chalkgrad.notes.samples import samples

        every = sorted([*self.defined, *self.lambdas], key=lambda d: d.line)
        for record in samples(every, self.calls, self.file, self.limits, self.request.get("slopes", True)):
            self.tape.take()
            self.write(record)

    def derivatives(self) -> None:
        from chalkgrad.notes.derivatives.run import derivatives

        for record in derivatives(self.namespace, self.calls, self.file, self.limits):
            self.tape.take()
            fence = self._fence_at(record["line"])
            if fence is not None:
                self.write({"kind": "derivative", "fence": fence} | record)

    def show(self) -> None:
        from chalkgrad.notes.showing import show

        self.write({"kind": "show"} | show(self.request["show"], self._collector(self.defined)))


# ----- ways in -----


def preload() -> None:
    """Import what notes with plots need; the server does so once, before it forks."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot


def run_file(request: str, results: str) -> None:
    """Answer the one request that stands in a file."""
    main(json.loads(Path(request).read_text("utf-8")), results)
