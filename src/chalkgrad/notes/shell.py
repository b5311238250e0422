"""What only a notebook's shell understands: `%matplotlib inline`, `!pip install …`, `np.exp?`, `%%time`."""

from __future__ import annotations

import ast
import re
import warnings

LINE = re.compile(
    r"^(?P<indent>[ \t]*)(?:"
    r"(?P<timed>%time[ ]+)(?=\S)"  # the statement behind it is Python's
    r"|(?P<pylab>%pylab\b.*)$"
    r"|(?P<name>[A-Za-z_][\w.]*[ ]*=[ ]*)[!%](?=\w).*$"  # names = !ls
    r"|[%!](?:[^\\\n]|\\\n|\\.)*$"  # a line that ends with a backslash goes on
    r"|\?{1,2}[\w.*]+[ \t]*$"
    r"|[\w.*]+\?{1,2}[ \t]*$"
    r")",
    re.MULTILINE,
)
CELL = re.compile(r"\s*%%(\w+)")
PYTHONS = {"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "snakeviz", "python", "python3"}


def foreign(text: str) -> str:
    """The name of a cell's magic whose cell is not Python, `bash` for `%%bash`; otherwise nothing."""
    cell = CELL.match(text)
    return cell[1] if cell and cell[1] not in PYTHONS else ""


def magics(text: str) -> list[str]:
    r"""The lines of a fence that only a notebook could run: it parses without them and not with them.

    >>> magics("%matplotlib inline\nx = 1"), magics("x = (5\n% 2)"), magics("x = =")
    (['%matplotlib inline'], [], [])
    """
    found = [match for match in LINE.finditer(text) if not match["timed"]]
    return [text[slice(*_line(text, m))].strip() for m in found] if python_of(text) != text else []


def python_of(text: str) -> str:
    r"""The Python of a fence, line under line and column under column: without what only a notebook runs.

    >>> python_of("%time y = 2\nnames = !ls\nif names:\n    %run a.py\nnp?")
    'if 1: y = 2\nnames = []\nif names:\n    pass\n'
    """
    if not LINE.search(text) or parses(text):
        return text
    plain = LINE.sub(_replaced, text)
    return plain if parses(plain) or _breaks_at_a_magic(text) else text


def _breaks_at_a_magic(text: str) -> bool:
    """Whether a fence that is wrong elsewhere, too, breaks at its first magic."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        lines = text.split("\n")
        return 0 < (error.lineno or 0) <= len(lines) and bool(LINE.match(lines[(error.lineno or 1) - 1]))
    except (ValueError, RecursionError, MemoryError):
        return False
    return False


def _replaced(match: re.Match[str]) -> str:
    if match["timed"]:
        return match["indent"] + "if 1:" + " " * (len(match["timed"]) - 5)
    if match["pylab"]:
        return f"{match['indent']}from pylab import *"
    if match["name"]:
        return f"{match['indent']}{match['name']}[]"
    return (match["indent"] + "pass" if match["indent"] else "") + "\n" * match[0].count("\n")


def _line(text: str, match: re.Match[str]) -> tuple[int, int]:
    end = text.find("\n", match.start())
    return match.start(), len(text) if end < 0 else end


def parses(text: str) -> bool:
    """Whether it is Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
