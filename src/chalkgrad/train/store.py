"""The files of parameters: safetensors, with what goes with the arrays as JSON in the header, and a checksum.

Written beside and swapped: whatever moment a process is killed at, a whole file is there.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, DataError

VERSION = 1
Arrays = dict[str, np.ndarray]


def pack(kind: str, document: dict[str, Any], arrays: Arrays) -> bytes:
    """A file's contents.

    Args:
        kind: "model" or "checkpoint".
        document: what JSON can say; NaN and infinities are kept.
        arrays: by name.

    Raises:
        ArgumentError: an array's dtype is none that such a file can hold.
    """
    from safetensors import SafetensorError

    text = json.dumps({"chalkgrad": kind, "version": VERSION, "document": document})
    plain = {k: np.ascontiguousarray(a).reshape(np.shape(a)) for k, a in arrays.items()}
    try:
        return _safetensors().save(plain, {"chalkgrad": text, "sha256": _sum(text, plain)})
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        kinds = ", ".join(sorted({str(a.dtype) for a in plain.values()}))
        raise ArgumentError(f"arrays of {kinds} cannot all be kept in a safetensors file: {error}") from error


def unpack(data: bytes, kind: str, path: Path) -> tuple[dict[str, Any], Arrays]:
    """The document and the arrays of a file.

    Raises:
        DataError: the file is no such file, or damaged; the message says which and how.
    """
    from safetensors import SafetensorError

    try:
        length = int.from_bytes(data[:8], "little")
        metadata = json.loads(data[8 : 8 + length])["__metadata__"]
        text, expected = metadata["chalkgrad"], metadata["sha256"]
        arrays = {k: np.array(a) for k, a in _safetensors().load(data).items()}
        said = json.loads(text)
    except KeyError as error:
        raise DataError(
            f"{path} is a safetensors file of another program: its header has no {error}. "
            f"Cure: give a file that chalkgrad has written"
        ) from error
    except (ValueError, TypeError, SafetensorError, RecursionError, OverflowError) as error:
        raise DataError(f"{path} is no whole safetensors file ({len(data):,} bytes): {error}") from error
    if _sum(text, arrays) != expected:
        raise DataError(f"{path} is damaged: its contents do not give the checksum written with them")
    if said.get("version") != VERSION:
        raise DataError(f"{path} has version {said.get('version')}; this chalkgrad reads version {VERSION}")
    if said.get("chalkgrad") != kind:
        raise DataError(f"{path} is a {said.get('chalkgrad')}, not a {kind}. Cure: {CURES[kind]}")
    return said["document"], arrays


def kind_of(data: bytes) -> str:
    """What a file says it is: "model" or "checkpoint"; nothing where it does not say."""
    try:
        length = int.from_bytes(data[:8], "little")
        return str(json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["chalkgrad"])["chalkgrad"])
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return ""


CURES = {
    "model": "cg.load reads what model.save wrote; a checkpoint goes to cg.fit(…, checkpoint=…, resume=True)",
    "checkpoint": "cg.fit(…, checkpoint=…) wants a file of its own",
}


def _sum(text: str, arrays: Arrays) -> str:
    found = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        a = arrays[name]
        found.update(f"\0{name}\0{a.dtype}\0{a.shape}\0".encode())
        found.update(np.ascontiguousarray(a).data if a.size else b"")
    return found.hexdigest()


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ArgumentError(
            "files of parameters need safetensors. Cure: pip install 'chalkgrad[nn]'"
        ) from error
    return safetensors.numpy


def read(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        DataError: it is not there or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def beside(path: Path, ending: str) -> Path:
    """A neighbour of a file, named after it.

    >>> beside(Path("a/run.ckpt"), "old").name
    'run.ckpt.old'
    """
    return path.with_name(f"{path.name}.{ending}")


def swap_in(path: Path, data: bytes, keep: bool = False) -> None:
    """Write a file so that a whole one is there at any moment.

    Args:
        path: where to.
        data: what.
        keep: whether the file that was there stays, as `….old`.

    Raises:
        DataError: the folder cannot be written to; what was there is as it was.
    """
    new = beside(path, "new" if keep else f"{os.urandom(4).hex()}.new")  # hosts may save one file at once
    try:
        with open(new, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if keep and path.exists():
            os.replace(path, beside(path, "old"))
        os.replace(new, path)
        _settle(path.parent)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}") from error


def _settle(folder: Path) -> None:
    """Have the folder itself on the disk, where the system knows how."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
