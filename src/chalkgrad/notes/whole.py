"""A file is replaced as a whole, or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file in one step, keeping its permissions; one that is as it should be is not touched."""
    path = Path(os.path.realpath(path))
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.chalkgrad-new-{os.getpid()}")
    try:
        new.write_bytes(data)
        if path.exists():
            new.chmod(stat.S_IMODE(path.stat().st_mode))
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
