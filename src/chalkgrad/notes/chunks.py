"""What other tools say above a fence's code: MyST's directives, R Markdown's and Quarto's options."""

from __future__ import annotations

import re
from dataclasses import dataclass

DIRECTIVE = re.compile(r"\{(code-cell|code-block|code|sourcecode|math)\}\s*([\w+-]*)")
OPTIONS = re.compile(r"\A(?:---[ \t]*\n(?:.*\n)*?---[ \t]*\n|(?:[ \t]*:[\w-]+:.*(?:\n|\Z))+)")
CHUNK = re.compile(r"\{\.?([\w-]+)[^}]*\}")
QUARTO = re.compile(r"^#\|[ \t]*([\w-]+):[ \t]*(.*?)[ \t]*$", re.MULTILINE)
NO, YES = ("false", "f", "no"), ("true", "t", "yes")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A fence's tag, and its text with the options above the code as empty lines."""

    tag: str
    text: str
    runs: bool = True
    may_raise: bool = False


def chunk(info: str, text: str) -> Chunk:
    r"""Read what stands behind the backticks and above the code.

    >>> chunk("{code-cell} ipython3", ":tags: [raises-exception]\n\n1 / 0\n")
    Chunk(tag='ipython3', text='\n\n1 / 0\n', runs=True, may_raise=True)
    >>> chunk("{python, eval=FALSE}", "x\n").runs, chunk("python", "x\n").tag
    (False, 'python')
    """
    directive = DIRECTIVE.match(info)
    if directive:
        found = OPTIONS.match(text)
        above = found[0] if found else ""
        tag = "math" if directive[1] == "math" else directive[2] or "python" * (directive[1] == "code-cell")
        plain = "\n" * above.count("\n") + text[len(above) :]
        return Chunk(tag or "text", plain, "skip-execution" not in above, "raises-exception" in above)
    options = {key.lower(): value.lower() for key, value in re.findall(r"([\w.]+)\s*=\s*(\w+)", info)}
    options |= {key: value.lower() for key, value in QUARTO.findall(text)}
    named = CHUNK.match(info)
    tag = named[1] if named else re.split(r"[\s,{:]", info.strip("{}. "), maxsplit=1)[0]
    return Chunk(tag.lower(), text, options.get("eval") not in NO, options.get("error") in YES)
