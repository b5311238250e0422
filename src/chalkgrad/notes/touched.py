"""In the child: which files a note reads, so that it is run again when one of them changes.

Files that it looked for and did not find count too. What comes with Python, its packages and the system does
not; nor does what the note itself has written.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

MOST = 1000  # files of one note
ELSEWHERE = ("/proc/", "/sys/", "/dev/", "/usr/", "/etc/", "/lib")
HOME = str(Path(__file__).resolve().parents[1])


class Touched:
    """What has been read since this was made."""

    def __init__(self, folder: str):
        self.folder = folder
        self.found: dict[str, bool] = {}  # by path: whether it was read before it was written
        self.names: set[str] = set()  # of modules that were asked for
        self.told: set[str] = set()
        self.seen = (0, 0, 0)  # how much there was when it was last asked
        self.skipped = (sys.prefix + os.sep, sys.base_prefix + os.sep, HOME + os.sep, *_caches(), *ELSEWHERE)
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if type(path) in (str, bytes) and len(self.found) < MOST and isinstance(flags, int):
                name = os.path.abspath(os.fsdecode(path))
                reads = not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
                self.found.setdefault(name, reads)
        elif event == "import" and type(args[0]) is str:
            self.names.add(args[0].partition(".")[0])

    def take(self) -> list[str]:
        """The files that were read and not told of before."""
        seen = len(self.found), len(self.names), len(sys.modules)
        if seen == self.seen:
            return []
        self.seen = seen
        read = {path for path, reads in list(self.found.items()) if reads} | set(self._modules())
        new = sorted(path for path in read - self.told if not self._is_skipped(path))[:MOST]
        self.told.update(new)
        return new

    def _modules(self) -> list[str]:
        """The files of imported modules, and those that the missing ones would have beside the note."""
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        missing = [os.path.join(self.folder, name) for name in self.names if name not in sys.modules]
        beside = [f"{path}{ending}" for path in missing for ending in (".py", f"{os.sep}__init__.py")]
        return [file for file in files if type(file) is str and os.path.isabs(file)] + beside

    def _is_skipped(self, path: str) -> bool:
        return path.startswith(self.skipped) or "__pycache__" in path or path.endswith(".pyc")


def _caches() -> tuple[str, ...]:
    """Folders in which libraries keep what they can make again."""
    home = os.path.expanduser("~")
    return tuple(os.path.join(home, name) + os.sep for name in (".cache", ".config", ".matplotlib", ".local"))
