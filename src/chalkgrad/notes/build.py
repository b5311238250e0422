"""Notes become a site: every note a page, every function a card, and an index over all of them.

What has not changed since the last build is not made again; to find that out nothing heavy is imported.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chalkgrad.errors import NotesError
from chalkgrad.notes import cache
from chalkgrad.notes.built import Built as Built
from chalkgrad.notes.built import Tally, clean, facts_of
from chalkgrad.notes.cache import Kept, Memory
from chalkgrad.notes.limits import DEFAULT, Limits
from chalkgrad.notes.site import GENERATOR, check_target, claimed, replacing
from chalkgrad.notes.site import check_file as check_file
from chalkgrad.notes.site import write_whole as write_whole
from chalkgrad.notes.sources import Source, find, slug

if TYPE_CHECKING:
    from chalkgrad.notes.execute import Executor

BOOK = Path(__file__).parent.parent / "book"
INDEX, TITLE = "index.html", "Deep learning at the chalkboard"

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


def build(
    paths: Sequence[Path] = (),
    out: Path = Path("site"),
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
    executor: Executor | None = None,
    stopped_too: bool = False,
    strict: bool = False,
) -> Built:
    """Build notes into a folder, or one note into one file whose name ends in `.html`.

    Args:
        paths: Markdown files, and folders that are searched for them; none: the book.
        out: the folder, which must be absent, empty or made by an earlier build; or the file.
        limits: of each note's process.
        progress: called as work goes on.
        executor: one that has been started already, and stays.
        stopped_too: leave also the pages of notes as they are that did not run to their end.
        strict: errors and warnings fail the build; what was there before stays.

    Raises:
        UncleanError: it is strict, and something was found.
        NotesError: there is nothing to build, or `out` is somebody else's, or being built by another command.
    """
    single = out.suffix == ".html"
    check_file(out) if single else check_target(out)
    sources = find(paths or (BOOK,), out)
    if single and len(sources) != 1:
        found = f"there are {len(sources)} notes"
        raise NotesError(f"{out} is one file, but {found}; give a folder: -o {out.stem}")
    work = Work(sources, out, limits, progress or (lambda *_: None), executor, stopped_too, strict)
    work = replace(work, title=title_of(paths))
    with claimed(out):
        return work.to_file() if single else work.to_folder()


def title_of(paths: Sequence[Path]) -> str:
    """What the index is headed with: the book's title, the name of the one folder, or "Notes".

    >>> title_of([]), title_of([Path("a.md"), Path("b.md")]), title_of([Path("/")])
    ('Deep learning at the chalkboard', 'Notes', 'Notes')
    """
    if not paths or (len(paths) == 1 and os.path.realpath(paths[0]) == os.path.realpath(BOOK)):
        return TITLE
    words = os.path.basename(os.path.realpath(paths[0])) if len(paths) == 1 and paths[0].is_dir() else ""
    words = re.sub(r"[\s_-]+", " ", words).strip()
    return words[:1].upper() + words[1:] or "Notes"


@dataclass(frozen=True)
class Work:
    """One build."""

    sources: Sequence[Source]
    out: Path
    limits: Limits
    tell: Progress
    executor: Executor | None
    stopped_too: bool
    strict: bool = False
    title: str = "Notes"

    def to_folder(self) -> Built:
        by, memory = cache.maker(self.limits), cache.load(self.out)
        hrefs = hrefs_of(self.sources)
        kept = {s.name: k for s in self.sources if (k := self._kept(s, hrefs, memory, by)) is not None}
        todo = [source for source in self.sources if source.name not in kept]
        if not todo and set(kept) == set(memory.pages) and _rest_is_whole(self.out, memory):
            return clean(self._built(kept, len(kept)), self.strict)
        with replacing(self.out) as folder:
            for one in kept.values():
                link(self.out / one.href, folder / one.href)
            unchanged = len(kept)
            self._make(todo, hrefs, by, kept, folder)
            names = {one.href: name for name, one in kept.items()}
            kept |= {names[one.href]: one for one in self._linked(folder, kept)}
            cache.save(folder, kept, by, memory.files)
            built = clean(self._built(kept, unchanged), self.strict)
        return built

    def _kept(self, source: Source, hrefs: Mapping[str, str], memory: Memory, by: str) -> Kept | None:
        """What is remembered of a note's page, if it would come out as it is."""
        before = memory.pages.get(source.name)
        if before is None or not before.key or (before.stopped and not self.stopped_too):
            return None
        if not cache.is_whole(self.out, before.href, memory):
            return None
        place = os.path.realpath(source.path)
        links = links_of(os.path.dirname(place), before.links, hrefs)
        now = cache.key_of(source, hrefs[place], before.touched, links, by)
        return before if now == before.key else None

    def _make(
        self, todo: Sequence[Source], hrefs: Mapping[str, str], by: str, kept: dict[str, Kept], folder: Path
    ) -> None:
        """Make the pages that are to be made, and the index of all."""
        from chalkgrad.notes.execute import Executor

        with nullcontext(self.executor) if self.executor else Executor(self.limits) as executor:
            self._make_with(executor, todo, hrefs, by, kept, folder)

    def _make_with(
        self,
        executor: Executor,
        todo: Sequence[Source],
        hrefs: Mapping[str, str],
        by: str,
        kept: dict[str, Kept],
        folder: Path,
    ) -> None:
        from chalkgrad.notes.make import Maker
        from chalkgrad.render.page import write_assets

        maker = Maker(executor, hrefs, "files", by)
        for source in todo:
            maker.add(source)
        write_assets(folder / "assets")
        self.tell("running", 0, len(todo))
        for done, (source, page, one) in enumerate(maker.pages(), 1):
            (folder / one.href).write_text(page, "utf-8", errors="replace")
            kept[source.name] = one
            self.tell(source.name, done, len(todo))
        (folder / INDEX).write_text(self._index(kept), "utf-8", errors="replace")

    def _linked(self, folder: Path, kept: Mapping[str, Kept]) -> list[Kept]:
        from chalkgrad.notes.onward import link_up

        return link_up(folder, [kept[source.name] for source in self.sources])

    def _index(self, kept: Mapping[str, Kept]) -> str:
        from chalkgrad.notes.onward import in_order
        from chalkgrad.render.page import Entry, FileEntries, index_html

        ordered = in_order(kept[source.name] for source in self.sources)
        files = []
        for data in (one.entries for one in ordered):
            listed = tuple(Entry(**entry) for entry in data["entries"])
            files.append(FileEntries(**{**data, "entries": listed}))
        facts = facts_of([k.tally for k in ordered])
        return index_html(files, self.title, assets="files", facts=facts) + GENERATOR

    def to_file(self) -> Built:
        from chalkgrad.notes.execute import Executor

        (source,) = self.sources
        with nullcontext(self.executor) if self.executor else Executor(self.limits) as executor:
            from chalkgrad.notes.make import Maker

            maker = Maker(executor, hrefs_of(self.sources), "inline", "")
            self.tell(source.name, 0, 1)
            maker.add(source)
            ((_, page, kept),) = maker.pages()
        built = clean(self._built({source.name: kept}, 0), self.strict)
        write_whole(self.out, page)
        self.tell(source.name, 1, 1)
        return built

    def _built(self, kept: Mapping[str, Kept], unchanged: int) -> Built:
        ordered = [kept[source.name] for source in self.sources]
        total = sum((one.tally for one in ordered), Tally())
        return Built(
            out=self.out,
            pages=len(ordered),
            fences=total.fences,
            errors=total.errors,
            warnings=total.warnings,
            functions=total.functions + total.chains,
            cards=total.cards,
            messages=tuple(message for one in ordered for message in one.messages),
            unchanged=unchanged,
            touched=tuple(sorted({path for s in self.sources for path in touched_by(s, kept[s.name])})),
            unread=sum(one.entries["count"] == "not read" for one in ordered),
        )


def touched_by(source: Source, kept: Kept) -> Iterator[str]:
    """The files beside a note that its page was made from."""
    return (os.path.normpath(source.path.parent / name) for name in kept.touched)


def hrefs_of(sources: Sequence[Source]) -> dict[str, str]:
    """The page of each note, by the note's real path."""
    taken: set[str] = set()
    return {os.path.realpath(source.path): slug(source.name, taken) + ".html" for source in sources}


def links_of(folder: str, addresses: Sequence[str], hrefs: Mapping[str, str]) -> dict[str, str | None]:
    """Where the links of a note lead now."""
    from chalkgrad.notes.links import Links

    links = Links(Path(folder), hrefs)
    return {address: links.get(address) for address in addresses}


def _rest_is_whole(out: Path, memory: Memory) -> bool:
    """Whether the index and the assets are there as they were written."""
    pages = {one.href for one in memory.pages.values()}
    return all(cache.is_whole(out, name, memory) for name in memory.files if name not in pages)


def link(old: Path, new: Path) -> None:
    """Have a file under another name too, without copying it where that can be."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)
