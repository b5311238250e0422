"""What a worked model prints: its data, its figures, and the conditions under which they came about."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from typing import Any

from chalkgrad.train.model import Model


def begin(title: str, data: Any) -> None:
    """What is learnt, and from what."""
    print(f"{title.strip()}\n  data: {data!r}\n  from: {data.credit}", flush=True)


def trained(name: str, model: Model) -> None:
    """A model, and how long its training took."""
    seconds = model.history.seconds
    print(f"{name}: {model!r}")
    print(f"  training: {sum(seconds):.1f} s, {min(seconds):.2f} s the quickest epoch")


def figure(what: str, value: float, form: str = ".4f") -> None:
    """One result."""
    print(f"  {what}: {value:{form}}")


def conditions() -> None:
    """The machine and the versions."""
    found = [f"{name} {metadata.version(name)}" for name in ("numpy", "jax") if _is_there(name)]
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"on {usable} cores, {platform.machine()}, Python {platform.python_version()}, {', '.join(found)}")


def _is_there(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
