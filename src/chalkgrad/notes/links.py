"""Links from a note to other notes lead to their pages."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote


class Links(Mapping[str, str]):
    """The page behind an address as written in a note; what was asked for is remembered.

    Args:
        folder: where the note lies, links followed.
        hrefs: the page of each file, links followed.
    """

    def __init__(self, folder: Path, hrefs: Mapping[str, str]):
        self.folder, self.hrefs = str(folder), hrefs
        self.asked: dict[str, str | None] = {}

    def __getitem__(self, address: str) -> str:
        path = os.path.normpath(os.path.join(self.folder, unquote(address)))
        found = self.hrefs.get(path) if address and "\0" not in address else None
        if address and "://" not in address:
            self.asked[address] = found
        if found is None:
            raise KeyError(address)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.hrefs)

    def __len__(self) -> int:
        return len(self.hrefs)
