"""The server's stand-in where processes cannot be forked (Windows): a new Python for each note, in turn."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Read requests as `server` does and answer each, until there are no more."""
    answers, sys.stdout = sys.stdout, sys.stderr
    for request in map(json.loads, sys.stdin):
        if "warm" not in request:
            print(json.dumps(answer(request)), file=answers, flush=True)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Run one note in a process of its own."""
    home = str(Path(__file__).resolve().parents[2])
    script = "import sys; sys.path.insert(0, sys.argv[1]); from chalkgrad.notes.child import run_file as run"
    script += "; run(sys.argv[2], sys.argv[3])"
    files = [request["request"], request["results"]]
    command = [sys.executable, "-I", "-X", "utf8", "-c", script, home, *files]
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(
            command, stdin=quiet, stdout=quiet, stderr=quiet, timeout=request["limits"]["seconds"]
        )
    except subprocess.TimeoutExpired:
        return {"id": request["id"], "status": "timeout", "code": -9}
    return {"id": request["id"], "status": "ended", "code": done.returncode}
