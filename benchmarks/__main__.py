"""One command, one process: `python -m benchmarks` prints all tables; `--quick` takes a tenth of the time.

`python -m benchmarks notes` times builds of notes and nothing else.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.nodes import buffer_of, chain_of, costs
from benchmarks.notes import rows
from benchmarks.peers import derivatives, gradients
from benchmarks.timing import Timing, measure

console = Console(width=100)
QUICK = "--quick" in sys.argv


def conditions() -> None:
    """What the numbers were measured on."""
    packages = "chalkgrad numpy jax jaxlib autograd torch keras scipy".split()
    versions = [f"{p} {v}" for p in packages if (v := _version(p))]
    console.print(f"[bold]Python[/] {platform.python_version()}   " + "   ".join(versions))
    console.print(f"[bold]{_processor()}[/], {os.cpu_count()} cores, load {_load()}, {_threads()}\n")


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in info.read_text().splitlines()
        if line.startswith("model name")
    ]
    return names[0] if names else platform.processor()


def _load() -> str:
    return " ".join(f"{x:.1f}" for x in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


def _threads() -> str:
    asked = {k: v for k, v in os.environ.items() if k.endswith("_NUM_THREADS") or k == "XLA_FLAGS"}
    return "threads as the libraries choose" if not asked else str(asked)


def compare(title: str, ways: dict[str, Callable[[], Any]], against: str, seconds: float) -> None:
    """One table: the time of each way, and how often it goes into the time of one of them."""
    show(title, measure(ways, seconds / 10 if QUICK else seconds), against)


def show(title: str, timings: dict[str, Timing], against: str) -> None:
    """One table of times that were taken."""
    table = Table(title=title, title_justify="left", title_style="bold", width=96)
    table.add_column("NumPy in, NumPy out")
    for column in ("median", "fastest", f"of {against}"):
        table.add_column(column, justify="right")
    base = timings.get(against)
    for name, t in sorted(timings.items(), key=lambda item: item[1].median):
        share = f"{t.median / base.median:.2f} ×" if base else ""
        style = "bold green" if name.startswith("chalkgrad") else ""
        table.add_row(name, _seconds(t.median), _seconds(t.fastest), share, style=style)
    console.print(table)


def _seconds(t: float) -> str:
    for unit, size in (("s ", 1.0), ("ms", 1e-3)):
        if t >= size:
            return f"{t / size:8.2f} {unit}"
    return f"{t * 1e6:8.2f} µs"


def against_nodes() -> None:
    """Cost an operation, by the number of operations."""
    table = Table(
        title="Microseconds a forward operation", title_justify="left", title_style="bold", width=96
    )
    for column in ("operations", "trace with names", "first gradient", "repeated gradient"):
        table.add_column(column, justify="right")
    for title, make in (("one after the other", chain_of), ("a buffer filled", buffer_of)):
        table.add_row(f"[italic]{title}[/]", "", "", "")
        for n in (10**2, 10**3, 10**4, *(() if QUICK else (10**5,))):
            table.add_row(f"{n:,}", *(f"{c:.1f}" for c in costs(make, n)))
    console.print(table)


def imports() -> None:
    """What `import chalkgrad` adds to `import numpy`, in fresh interpreters, in turn."""
    rounds: dict[str, list[float]] = {"numpy": [], "chalkgrad": []}
    for _ in range(3 if QUICK else 11):
        for name, times in rounds.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", f"import {name}"], check=True)
            times.append(time.perf_counter() - start)
    numpy, ours = (statistics.median(rounds[name]) for name in ("numpy", "chalkgrad"))
    console.print(
        f"[bold]Import[/]  numpy {numpy * 1e3:.0f} ms, chalkgrad {ours * 1e3:.0f} ms: "
        f"[bold green]{(ours - numpy) * 1e3:.0f} ms more[/]\n"
    )


def notes() -> None:
    """Seconds of a build; `--quick` takes ten notes for the hundred."""
    table = Table(title="Seconds to build notes", title_justify="left", title_style="bold", width=96)
    table.add_column("from the start of the command to its end")
    table.add_column("seconds", justify="right")
    table.add_column("to be", justify="right")
    for what, seconds, wanted in rows(10 if QUICK else 100):
        table.add_row(what, f"{seconds:.2f}", wanted)
    console.print(table)


def main() -> None:
    conditions()
    if "notes" in sys.argv:
        notes()
        return
    imports()
    for n, against in ((10, "HIPS autograd"), (10**3, "HIPS autograd"), (10**7, "jax.jit(jax.grad)")):
        x = np.random.default_rng(0).normal(size=n)
        compare(
            f"Derivative of square(sigmoid(leaky_relu(x))) at {n:,} points", derivatives(x), against, 10.0
        )
    compare("Gradient of a two-layer loss, 60 × 784", gradients(), "jax.jit(jax.grad)", 5.0)
    against_nodes()
    notes()


if __name__ == "__main__":
    main()
