"""The index of a folder of notes, as data and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Entry:
    """One function: where its card is, what it looks like, what the check says."""

    name: str
    href: str
    tex_html: str = ""  # finished
    spark_svg: str = ""  # about 120 × 76, finished
    verdict_html: str = ""  # finished: "agrees with line 27", or a tag and a few words
    error: bool = False


@dataclass(frozen=True)
class FileEntries:
    """One file of notes and its functions."""

    title: str
    href: str
    path: str
    count: str = "clean"  # "3 errors, 18 notes"
    entries: tuple[Entry, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()  # words and address of each heading
    order: float | None = None  # the author's wish for its place among the files


_LEGEND = "Solid: value. Dashed: derivative. Dotted: the formula, where it differs."
_FIND = "Find a function, a section, a note"


def index_body(files: Sequence[FileEntries], title: str, facts: Sequence[str], theme: str) -> str:
    """Everything inside the page's main part."""
    counts = "".join(f"<span>{escape(fact)}</span>" for fact in facts)
    top = f'<header class="top"><h1>{escape(title)}</h1><div class="facts">{counts}{theme}</div></header>'
    none = '<p class="none" hidden>Nothing of that name.</p>'
    return f"{top}{_seek(files)}{''.join(map(_file, files))}{none}"


def _seek(files: Sequence[FileEntries]) -> str:
    """The search: it sifts what is on the page already, so it needs nothing but the page."""
    has_errors = any(entry.error for file in files for entry in file.entries)
    has_sparks = any(file.entries for file in files)
    toggle = '<button type="button" class="toggle" aria-pressed="false">Show only errors</button>'
    keys = "Arrow keys go through what is found, Enter opens it."
    return (
        '<div class="seek" role="search"><label class="find">'
        f'<span class="sr">{_FIND}. {keys}</span><input type="search" id="~find" placeholder="{_FIND}" '
        'autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></label>'
        f"{toggle if has_errors else ''}{f'<span class=legend>{_LEGEND}</span>' if has_sparks else ''}"
        '<span class="sr" role="status"></span></div>'
    )


def _file(file: FileEntries) -> str:
    entries = f'<ul class="entries">{"".join(map(_entry, file.entries))}</ul>' if file.entries else ""
    listed = "".join(
        f'<li hidden><a href="{escape(to)}">{escape(words)}</a></li>' for words, to in file.sections
    )
    sections = f'<ul class="sections" aria-label="Sections">{listed}</ul>' if listed else ""
    return (
        f'<section class="file"><header><h2><a href="{escape(file.href)}">{escape(file.title)}</a></h2>'
        f'<code>{escape(file.path)}</code><span class="count">{escape(file.count)}</span></header>'
        f"{sections}{entries}</section>"
    )


def _entry(entry: Entry) -> str:
    error = " data-error" if entry.error else ""
    tex = f'<div class="tex">{entry.tex_html}</div>' if entry.tex_html else ""
    spark = f'<div class="spark" aria-hidden="true">{entry.spark_svg}</div>'
    return (
        f'<li data-name="{escape(entry.name)}"{error}>{spark}'
        f'<div><a class="name" href="{escape(entry.href)}">{escape(entry.name)}</a>{tex}'
        f'<div class="verdict">{entry.verdict_html}</div></div></li>'
    )
