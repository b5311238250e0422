"""An author's figures: files beside the note go into the page; what is elsewhere is framed, never fetched."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

LARGEST = 4 * 2**20  # bytes of one picture in a page

# fmt: off
_KINDS = (
    # how the file begins   media type
    (b"\x89PNG\r\n\x1a\n",  "image/png"),
    (b"\xff\xd8\xff",       "image/jpeg"),
    (b"GIF8",               "image/gif"),
    (b"RIFF",               "image/webp"),
    (b"<svg",               "image/svg+xml"),
    (b"<?xml",              "image/svg+xml"),
)
# fmt: on


class Pictures:
    """Makes the HTML of the images of one note.

    Args:
        folder: where the note lies.
        root: the folder that files may be taken from, with all that is below it.
        attachments: pictures that the note itself holds, by name, as a notebook can.
    """

    def __init__(self, folder: Path, root: Path, attachments: Mapping[str, bytes] | None = None):
        self.folder, self.root = folder.resolve(), root.resolve()
        self.attachments = attachments or {}
        self.elsewhere = 0  # how many live on another site or are missing
        self.files: set[Path] = set()  # that were looked at

    def __call__(self, src: str, alt: str) -> str:
        address = urlsplit_or_none(src)
        if address is not None and address.scheme == "attachment":
            return self._picture(self.attachments.get(unquote(address.path), b""), src, alt)
        if address is None or address.scheme or address.netloc:
            return self._frame(_remote(src, address.hostname if address else None, alt))
        file = Path(os.path.realpath(self.folder / unquote(address.path).replace("\0", "")))
        if not address.path or not file.is_relative_to(self.root):
            return self._frame(f"Figure outside the notes' folder: {_named(src, alt)}")
        self.files.add(file)
        try:
            data = _content(file)
        except OSError:
            return self._frame(f"Figure missing: {_named(src, alt)}")
        return self._picture(data, src, alt)

    def _picture(self, data: bytes, src: str, alt: str) -> str:
        kind = next((kind for begin, kind in _KINDS if data.lstrip()[: len(begin)] == begin), None)
        if kind is None:
            return self._frame(
                f"Not a picture that a page can hold (PNG, JPEG, GIF, WebP, SVG to 4 MiB): {_named(src, alt)}"
            )
        return f'<img src="{data_address(data, kind)}" alt="{escape(alt)}">'

    def _frame(self, content: str) -> str:
        self.elsewhere += 1
        return f'<span class="no-figure" style="display:table;margin:6px 0">{content}</span>'


def _content(file: Path) -> bytes:
    """A file's bytes, none if there are too many; a pipe or a device is never opened.

    Raises:
        OSError: it is no file, or cannot be read.
    """
    info = file.stat()
    if not stat.S_ISREG(info.st_mode):
        raise OSError(f"{file} is no file")
    return file.read_bytes() if info.st_size <= LARGEST else b""


def data_address(data: bytes, kind: str) -> str:
    """A picture as an address that needs no request."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def urlsplit_or_none(src: str) -> SplitResult | None:
    """The parts of an address, or None where it is none."""
    try:
        return urlsplit(src)
    except ValueError:
        return None


def _remote(src: str, host: str | None, alt: str) -> str:
    if src.startswith(("https://", "http://")) and host:
        link = f'<a href="{escape(src)}" rel="noopener noreferrer">{escape(host)}</a>'
        return f"Figure on another site: {escape(alt or 'without a description')} ({link})"
    return f"Figure that a page cannot hold: {escape(alt or src[:60] or 'without an address')}"


def _named(src: str, alt: str) -> str:
    return f"{escape(alt)} ({escape(src)})" if alt else escape(src or "without an address")
