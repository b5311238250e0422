"""What a note's process wrote, checked before it is believed: version, kinds, references to fences, sizes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from chalkgrad.errors import NotesError
from chalkgrad.notes.read import Note
from chalkgrad.notes.records import Derived, Execution, Failure, Out, Ran, Samples, Shown, Worth
from chalkgrad.notes.spark import is_samples

VERSION = 1
LARGEST = 256 * 2**20  # bytes of results
MOST_FILES = 1000  # that one note reads
MOST_FILES = 1000  # that one note reads


def receive(note: Note, path: Path, stopped: str) -> Execution:
    """Read results; a last line cut short by a stopped process is left out.

    Raises:
        NotesError: something else does not fit the format.
    """
    if not path.exists():
        return Execution(stopped=stopped or "its process wrote nothing")
    if path.stat().st_size > LARGEST:
        return Execution(stopped=f"its results take more than {LARGEST >> 20} MiB")
    try:
        return _receive(note, list(_records(path)), stopped)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NotesError(f"{note.name}: what its process wrote does not fit the format: {error!r}") from error


def _receive(note: Note, records: list[dict[str, Any]], stopped: str) -> Execution:
    lines = {fence.index: fence.line for fence in note.fences if fence.runs}
    for record in records:
        if (
            record["kind"] in ("start", "fence", "function", "samples", "derivative")
            and record["fence"] not in lines
        ):
            raise NotesError(
                f"{note.name}: its process speaks of a fence {record['fence']!r} that there is not"
            )
    by_kind = {
        k: [r for r in records if r["kind"] == k]
        for k in ("start", "fence", "function", "samples", "show", "end", "worth", "touched", "derivative")
    }
    fences = {r["fence"]: _ran(r) for r in by_kind["fence"]}
    why = "" if by_kind["end"] else stopped or "its process ended early"
    for record in by_kind["start"]:
        index = record["fence"]
        if index not in fences:
            fences[index] = Ran(index, errors=(Failure("Stopped", why, lines[index], lines[index]),))
    show = by_kind["show"][0] if by_kind["show"] else None
    functions = tuple(shown_of(r) for r in by_kind["function"])
    for shown in functions:
        if shown.spark is not None and not is_samples(shown.spark):
            raise NotesError(
                f"{note.name}: what its process gave for the picture of {shown.name!r} is no curve"
            )
        if not lines[shown.fence] <= shown.line <= shown.end:
            raise NotesError(
                f"{note.name}: its process puts {shown.name!r} on line {shown.line}, outside its fence"
            )
    samples = tuple(_samples(note, r) for r in by_kind["samples"])
    worth = {r["id"]: _worth(r) for r in by_kind["worth"]}
    derived = tuple(_derived(note, r) for r in by_kind["derivative"])
    return Execution(fences, functions, why, show, samples, worth, _files(note, by_kind["touched"]), derived)


def _files(note: Note, records: list[dict[str, Any]]) -> tuple[str, ...]:
    files = list(dict.fromkeys(name for r in records for name in r["files"]))[:MOST_FILES]
    if not all(isinstance(name, str) and len(name) < 4096 and "\0" not in name for name in files):
        raise NotesError(f"{note.name}: what its process gave for the files that it read is no file names")
    return tuple(files)


def _worth(record: dict[str, Any]) -> Worth:
    worth = _of(Worth, {k: v for k, v in record.items() if k not in ("version", "kind")})
    if not all(type(size) is int for size in worth.shape or ()):
        raise NotesError(f"the process that runs notes gave the shape {worth.shape!r:.60}, which is none")
    return worth


def _samples(note: Note, record: dict[str, Any]) -> Samples:
    samples = _of(Samples, {k: v for k, v in record.items() if k not in ("version", "kind")})
    points = [*samples.points, *samples.varied]
    numbers = [*samples.settings.values(), *(p["value"] for p in points)]
    numbers += [v for p in points for k in ("at", "slopes", "seconds") for v in p.get(k, {}).values()]
    if not all(map(_is_numbers, numbers)) or not all(isinstance(name, str) for name in samples.parameters):
        raise NotesError(
            f"{note.name}: what its process gave for the values of {samples.name!r} is no numbers"
        )
    return samples


def _derived(note: Note, record: dict[str, Any]) -> Derived:
    derived = _of(Derived, {k: v for k, v in record.items() if k not in ("version", "kind")})
    fences = {fence.index: fence for fence in note.fences}
    fence = fences[derived.fence]
    inside = range(fence.line, fence.line + fence.text.count("\n") + 1)
    lines = {derived.line, derived.returned or derived.line}
    numbers = [*derived.at.values(), derived.given, derived.wanted]
    known = derived.status in ("agrees", "disagrees", "not checked")
    shown = derived.status != "disagrees" or len(derived.given) == len(derived.wanted) == 1
    if not (known and shown and all(map(_is_numbers, numbers)) and all(line in inside for line in lines)):
        raise NotesError(f"{note.name}: what its process says of {derived.function!r} is no verdict")
    return derived


def _is_numbers(value: Any) -> bool:
    return all(map(_is_numbers, value)) if isinstance(value, list) else type(value) in (int, float)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().split(b"\n"):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return  # the last line of a process that was stopped while it wrote
        if not isinstance(record, dict) or record.get("version") != VERSION:
            raise NotesError("the process that runs notes speaks another version; install chalkgrad anew")
        yield record


def _ran(record: dict[str, Any]) -> Ran:
    return Ran(
        fence=record["fence"],
        outs=tuple(_of(Out, out) for out in record["outs"]),
        errors=tuple(_of(Failure, error) for error in record["errors"]),
        lost=int(record["lost"]),
    )


def shown_of(record: dict[str, Any]) -> Shown:
    fields = {k: v for k, v in record.items() if k not in ("version", "kind")}
    if fields.get("error") is not None:
        fields["error"] = _of(Failure, fields["error"])
    return _of(Shown, fields)


def _of(make: Callable[..., Any], record: dict[str, Any]) -> Any:
    """A dataclass from a record, each field of the type it is declared with."""
    types = {
        "str": str,
        "int": int,
        "bool": bool,
        "dict[str, Any] | None": dict,
        "list[Any] | None": list,
        "dict[str, Any]": dict,
        "list[Any]": list,
        "Failure | None": Failure,
    }
    for name, value in record.items():
        declared = make.__dataclass_fields__.get(name)  # type: ignore[attr-defined]
        if declared is None or not isinstance(value, types[declared.type]):
            raise NotesError(
                f"the process that runs notes gave {name} = {value!r:.60}, which does not fit {make.__name__}"
            )
    return make(**record)
