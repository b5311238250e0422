"""The server's stand-in where processes cannot be forked (Windows): a new Python for each note, in turn."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Read requests as `server` does, until the line `null`, and answer each."""
    answers, sys.stdout = sys.stdout, sys.stderr
    requests = []
    for line in sys.stdin:
        request = json.loads(line)
        if request is None:
            break
        requests.append(request)
    for request in requests:
        print(json.dumps(answer(request)), file=answers, flush=True)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Run one note in a process of its own."""
    path = Path(request["results"]).with_suffix(".request")
    path.write_text(json.dumps(request), "utf-8")
    home = str(Path(__file__).resolve().parents[2])
    script = "import sys; sys.path.insert(0, sys.argv[1]); from chalkgrad.notes.child import run_file as run"
    script += "; run(sys.argv[2])"
    command = [sys.executable, "-I", "-X", "utf8", "-c", script, home, str(path)]
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(
            command, stdin=quiet, stdout=quiet, stderr=quiet, timeout=request["limits"]["seconds"]
        )
    except subprocess.TimeoutExpired:
        return {"id": request["id"], "status": "timeout", "code": -9}
    return {"id": request["id"], "status": "ended", "code": done.returncode}
