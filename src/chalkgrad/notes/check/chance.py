"""Which results of a note are other ones each time: unseeded random numbers, clocks, the machine."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from chalkgrad.notes.check.claims import Claim
from chalkgrad.notes.check.code import Code, bound_by

RANDOM = re.compile(
    r"\b(?:np\.|numpy\.)?random\.\w+\s*\(|\bdefault_rng\s*\(\s*\)|\b(?:shuffle|randint|randn|rand|choice|sample|uniform|gauss"
    r"|permutation|normal|random)\s*\(|\bRandomState\s*\(\s*\)"
)
SEEDS = re.compile(
    r"\bseed\s*\(\s*[^\s)]|\bdefault_rng\s*\(\s*[^\s)]|\bRandomState\s*\(\s*[^\s)]|\bPRNGKey\s*\(|\bseed\s*=|random_state\s*="
)
MACHINE = re.compile(
    r"\b(?:time|datetime|timeit|perf_counter|monotonic|process_time|platform|getpid|uuid\w*|getcwd|environ|__version__|version_info"
    r"|sys\.version|tracemalloc|getsizeof|cpu_count|id|hash|urandom|secrets|now|today|gethostname|finfo|show_config|__file__)\b\s*[.(\[]?"
)
STATED = re.compile(
    r"\b0x[0-9a-fA-F]{4,}|\b\d+(?:\.\d+)?\s*(?:ms|µs|us|ns|s|sec|seconds|KiB|MiB|GB|MB|kB)\b|\d{4}-\d{2}-\d{2}|\b\d{1,2}:\d{2}:\d{2}"
)
Bindings = dict[str, str]  # name → why its value is another one each time


@dataclass(frozen=True, slots=True)
class Chance:
    """Statements, by line, and names whose values are other ones each time, and why."""

    lines: dict[tuple[int, int], str]
    names: Bindings

    def why(self, claim: Claim) -> str:
        if STATED.search(claim.text):
            return "it depends on the machine and the moment"
        if claim.how == "block":
            return next((why for (fence, _), why in self.lines.items() if fence == claim.fence), "")
        if claim.statement is not None:
            return self.lines.get((claim.fence, claim.statement.line), "")
        names = {x.id for x in ast.walk(ast.parse(claim.expression)) if isinstance(x, ast.Name)}
        return next((self.names[name] for name in names if name in self.names), "")


def chance(code: Code) -> Chance:
    """What spreads from statement to statement, in the order in which they run."""
    seeded = False
    lines: dict[tuple[int, int], str] = {}
    names: Bindings = {}
    for fence in sorted(code.parsed):
        for statement in code.parsed[fence]:
            seeded = seeded or bool(SEEDS.search(statement.source))
            why = _why(statement.source, statement.tree, seeded, names)
            if why:
                lines[fence, statement.line] = why
                names |= dict.fromkeys(bound_by(statement.tree), why)
            elif isinstance(statement.tree, ast.Assign):
                for name in bound_by(statement.tree):
                    names.pop(name, None)
    return Chance(lines, names)


def _why(source: str, tree: ast.stmt, seeded: bool, names: Bindings) -> str:
    if isinstance(tree, ast.Import | ast.ImportFrom):
        return ""
    if MACHINE.search(source):
        return "it depends on the machine and the moment"
    if not seeded and RANDOM.search(source):
        return "it is drawn at random, and nothing sets the seed"
    used = {x.id for x in ast.walk(tree) if isinstance(x, ast.Name)}
    return next((names[name] for name in sorted(used & set(names))), "")
