"""CG203: mathematics that GitHub will not render as written, with the cure in GitHub's own dialect."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chalkgrad.notes.check.finding import Edit, Finding, Spot
from chalkgrad.notes.check.github_seen import Seen, seen
from chalkgrad.notes.check.sentences import paragraphs
from chalkgrad.notes.read import Fence, Note, Prose, tokens_of

LONGEST = 20_000  # characters of a formula that is looked into


@dataclass(frozen=True, slots=True)
class Fault:
    """What GitHub does, in words, and the formula as it would be right; empty: there is no single way."""

    message: str
    tex: str = ""
    verbatim: bool = False  # it is to stand in backticks, or in a block of ```math


# ----- macros: name → what to write instead, "" where nothing is needed -----

# fmt: off
REFUSED = {
    "operatorname":  r"\mathrm",   "DeclareMathOperator": "",  "newcommand":     "",  "renewcommand": "",
    "providecommand": "",          "def":                 "",  "let":            "",  "gdef":         "",
    "newenvironment": "",          "require":             "",  "href":           "",  "class":        "",
    "style":          "",          "cssId":               "",  "unicode":        "",  "mmlToken":     "",
    "htmlClass":      "",          "htmlData":            "",  "htmlId":         "",  "htmlStyle":    "",
    "includegraphics": "",         "url":                 "",  "mbox":      r"\text", "phantom":      "",
    "vphantom":       "",          "hphantom":            "",
}
UNKNOWN = {
    "bm":      r"\boldsymbol",      "mathds":  r"\mathbb",          "mathbbm": r"\mathbb",
    "bbm":     r"\mathbb",          "argmax":  r"\arg\max",         "argmin":  r"\arg\min",
    "softmax": r"\mathrm{softmax}", "relu":    r"\mathrm{relu}",    "ReLU":    r"\mathrm{ReLU}",
    "sigmoid": r"\mathrm{sigmoid}", "sgn":     r"\mathrm{sgn}",     "sign":    r"\mathrm{sign}",
    "diag":    r"\mathrm{diag}",    "tr":      r"\mathrm{tr}",      "Tr":      r"\mathrm{Tr}",
    "rank":    r"\mathrm{rank}",    "erf":     r"\mathrm{erf}",     "Var":     r"\mathrm{Var}",
    "R":       r"\mathbb{R}",       "E":       r"\mathbb{E}",       "N":       r"\mathbb{N}",
    "Z":       r"\mathbb{Z}",       "norm":    "",                  "abs":     "",
}
NUMBERED = ("label", "ref", "eqref")  # GitHub numbers no equations
# fmt: on
MACRO = re.compile(r"\\([a-zA-Z]+)\*?")
BROKEN_ESCAPES = {"\x07": r"\a", "\x08": r"\b", "\x0b": r"\v", "\x0c": r"\f", "\t": r"\t"}
BROKEN = re.compile(r"[\x07\x08\x0b\x0c](?=[a-z])|\t(?=ext\{|heta\b|imes\b|anh\b|au\b|ilde\{|op\b)")
NARROW = re.compile(r"[\w\u3000-\u303f\uff00-\uffef-]")  # behind these GitHub opens no formula


# ----- rules: each looks at one formula -----


def _macros(one: Seen) -> Iterator[Fault]:
    names = dict.fromkeys(m[1] for m in MACRO.finditer(one.tex))
    refused = [name for name in names if name in REFUSED]
    if refused:
        yield Fault(
            f"GitHub refuses {_listed(refused)}, and shows an error", _replaced(one.tex, refused, REFUSED)
        )
    unknown = [name for name in names if name in UNKNOWN and name not in refused]
    if unknown and not re.search(r"\\(?:newcommand|def|DeclareMathOperator)", one.tex):
        yield Fault(f"GitHub does not know {_listed(unknown)}", _replaced(one.tex, unknown, UNKNOWN))
    numbered = [name for name in names if name in NUMBERED]
    if numbered:
        shown = ", ".join(f"\\{name}" for name in numbered)
        yield Fault(
            f"GitHub numbers no equations, so {shown} does nothing; write \\tag{{1}} and name it in the text"
        )


def _listed(names: list[str]) -> str:
    return ", ".join("\\" + name for name in names)


def _replaced(tex: str, names: list[str], table: dict[str, str]) -> str:
    for name in names:
        if not table[name]:
            return ""
        tex = re.sub(rf"\\{name}\*?(?![a-zA-Z])", table[name].replace("\\", "\\\\"), tex)
    return tex


def _unbalanced(one: Seen) -> Iterator[Fault]:
    bare = re.sub(r"\\\\|\\[{}]|(?<!\\)%[^\n]*", "", one.tex)
    if bare.count("{") != bare.count("}"):
        yield Fault(f"there are {bare.count('{')} opening braces and {bare.count('}')} closing ones")
    for left, right in ((r"\\left\b", r"\\right\b"), (r"\\begin\b", r"\\end\b")):
        if len(re.findall(left, bare)) != len(re.findall(right, bare)):
            words = [x.replace(r"\b", "").replace("\\\\", "\\") for x in (left, right)]
            yield Fault(f"not every {words[0]} has its {words[1]}")


def _backslashes(one: Seen) -> Iterator[Fault]:
    if one.lost:
        shown = " and ".join(f"\\{char}" for char in one.lost[:3])
        yield Fault(f"Markdown takes the backslash from {shown}", one.tex, True)


def _eaten(one: Seen) -> Iterator[Fault]:
    if one.read_as:
        yield Fault(f"Markdown reads a part of it as {one.read_as}", one.tex, True)


def _rooms(one: Seen) -> Iterator[Fault]:
    if one.mark == "$" and one.tex != one.tex.strip():
        yield Fault("a space stands beside the dollar", one.tex.strip())


RULES: tuple[Callable[[Seen], Iterator[Fault]], ...] = (
    _macros, _unbalanced, _backslashes, _eaten, _rooms,
)  # fmt: skip


def github_math(note: Note) -> Iterator[Finding]:
    """Each formula of a Markdown note that GitHub shows otherwise, or not at all."""
    if note.kind != "markdown":
        return
    lines = note.text.split("\n")
    formulas = [one for one in seen(note) if len(one.tex) < LONGEST]
    for one in formulas:
        yield from _found(one, lines)
        yield from _narrow(one, lines)
    blank = _without_code(note, _blanked(lines, formulas))
    for block in note.blocks:
        if isinstance(block, Prose):
            yield from _outside(block, blank)
        elif block.kind == "math":
            one = Seen(block.line, block.indent + 1, block.text, "```", True)
            yield from (_finding(one, fault, lines) for rule in (_macros, _unbalanced) for fault in rule(one))
        if isinstance(block, Prose) or block.kind == "math":
            yield from _broken(block)


def _without_code(note: Note, lines: list[str]) -> list[str]:
    """The lines without those of indented code and of `<pre>`, which show as they are."""
    for token in tokens_of(note.text):
        is_code = token.type == "code_block" or (
            token.type == "html_block" and "<pre" in token.content.lower()
        )
        if is_code and token.map:
            lines[slice(*token.map)] = [""] * (token.map[1] - token.map[0])
    return lines


def _blanked(lines: list[str], formulas: list[Seen]) -> list[str]:
    """The lines without the formulas that are known, so that what is left can be looked at."""
    blank = list(lines)
    for one in formulas:
        edit = _edit(one, "", lines)
        if edit is not None:
            for k in range(edit.line, edit.end_line + 1):
                start = edit.column - 1 if k == edit.line else 0
                end = edit.end_column - 1 if k == edit.end_line else len(blank[k - 1])
                blank[k - 1] = blank[k - 1][:start] + " " * (end - start) + blank[k - 1][end:]
    return blank


def _broken(block: Prose | Fence) -> Iterator[Finding]:
    for k, line in enumerate(block.text.split("\n")):
        for match in BROKEN.finditer(line):
            column = match.start() + 1 + (block.indent if isinstance(block, Fence) else 0)
            row, right = block.line + k, BROKEN_ESCAPES[match[0]]
            word = re.match(r"[a-z]*", line[match.end() :])
            message = (
                f"a control character stands in place of {right}; write {right}{word[0] if word else ''}"
            )
            yield Finding("CG203", Spot(row, column, column + 1), message,
                          fix=Edit(row, column, row, column + 1, right))  # fmt: skip


def _narrow(one: Seen, lines: list[str]) -> Iterator[Finding]:
    before = lines[one.line - 1][one.column - 2 : one.column - 1] if one.column > 1 else ""
    if before and NARROW.match(before):
        spot = Spot(one.line, one.column, one.column + 1)
        fix = Edit(one.line, one.column, one.line, one.column, " ") if before != "-" else None
        yield Finding(
            "CG203", spot, f"GitHub opens no formula right behind {before}; leave room there", fix=fix
        )


def _found(one: Seen, lines: list[str]) -> Iterator[Finding]:
    """The faults of one formula as one finding, with one cure."""
    faults = [fault for rule in RULES for fault in rule(one)]
    if not faults:
        return
    tex, verbatim, curable = one.tex, any(f.verbatim for f in faults), True
    for rule in RULES:
        for fault in rule(Seen(one.line, one.column, tex, one.mark, one.own_lines, one.lost, one.read_as)):
            curable = curable and bool(fault.tex)
            tex = fault.tex or tex
    message = "; ".join(dict.fromkeys(fault.message for fault in faults))
    yield _made(one, message, tex if curable else "", verbatim, lines)


def _finding(one: Seen, fault: Fault, lines: list[str]) -> Finding:
    return _made(one, fault.message, "", False, lines)


def _made(one: Seen, message: str, tex: str, verbatim: bool, lines: list[str]) -> Finding:
    line = lines[one.line - 1]
    end = min(one.column + len(one.tex.split("\n")[0].rstrip()) + 2 * len(one.mark), len(line) + 1)
    spot = Spot(one.line, one.column, max(end, one.column + 1))
    if not tex:
        return Finding("CG203", spot, message)
    cure = _cure(one, tex, verbatim)
    fix = _edit(one, cure, lines)
    shown = cure if "\n" not in cure else "the formula in a block of ```math"
    return Finding("CG203", spot, f"{message}; write {shown}", fix=fix)


def _cure(one: Seen, tex: str, verbatim: bool) -> str:
    if verbatim and "`" not in tex and one.own_lines:
        return f"```math\n{tex.strip()}\n```"
    if verbatim and one.mark == "$" and "`" not in tex:
        return f"$`{tex.strip()}`$"
    return f"{one.mark}{tex}{one.mark}"


def _edit(one: Seen, cure: str, lines: list[str]) -> Edit | None:
    """Where the cure goes; a block of its own keeps what stands before its first line."""
    text, at = "\n".join(lines[one.line - 1 :])[one.column - 1 :], len(one.mark)
    end = text.find(one.mark, at)
    while end != -1 and text[end - 1] == "\\":
        end = text.find(one.mark, end + 1)
    if end == -1:
        return None
    covered = text[: end + at]
    before = lines[one.line - 1][: one.column - 1]
    if "\n" in cure and before.strip():
        return None  # inside a list's item or a quote a person sets the block better
    last = one.line + covered.count("\n")
    column = len(covered.rsplit("\n", 1)[-1]) + 1 + (one.column - 1 if "\n" not in covered else 0)
    return Edit(one.line, one.column, last, column, cure.replace("\n", "\n" + before))


# ----- mathematics that has no dollars, or dollars that GitHub does not see -----

TEX = r"(?P<tex>[^\s$`](?:[^$\n]*[^\s$])?)"
# fmt: off
OUTSIDE = (  # pattern, message, cure
    (re.compile(r"(?<!\\)\\\((?P<tex>[^\n]+?)\\\)"),
     r"GitHub does not read \( … \) as mathematics", "${tex}$"),
    (re.compile(r"(?<!\\)\\\[(?P<tex>(?:(?!\n\s*\n)[^$])+?)\\\]"),
     r"GitHub does not read \[ … \] as mathematics", "$${tex}$$"),
    (re.compile(r"^[ \t]*(?P<tex>\\begin\{(?:align|equation|gather|multline|aligned|cases|[bpvV]?matrix)\*?\}"
                r"(?:(?!\n\s*\n)[^$])+?\\end\{\w+\*?\})", re.MULTILINE),
     r"\begin and \end stand outside of dollars", "$$\n{tex}\n$$"),
    (re.compile(r"(?<=[^\W_])\$" + TEX + r"\$(?!\$)"),
     "GitHub opens no formula right behind a letter; leave room there", " ${tex}$"),
    (re.compile(r"(?<![\w$\\])\$" + TEX + r"\$(?=[^\W_])"),
     "GitHub closes no formula right before a letter; leave room there", "${tex}$ "),
    (re.compile(r"(?<![\w$\\])\$(?:[ \t]+" + TEX + r"[ \t]*|" + TEX.replace("tex", "more")
                + r"[ \t]+)\$(?![\w$])"),
     "a space stands beside the dollar, so GitHub may take it for money", "${tex}$"),
)
# fmt: on
MATHS = re.compile(r"\\[a-zA-Z]|[\^_=]|^[a-zA-Z]$")
CODE = re.compile(r"(`+)(?:(?!\1).)*?\1", re.DOTALL)
TABLE = re.compile(r"^[ \t>]*\|?.*\$[^$\n]*\|[^$\n]*\$", re.MULTILINE)
TABLE_RULE = re.compile(r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$")
FORMULA = re.compile(r"(?<!\\)\$[^$\n]+\$")


def _outside(block: Prose, lines: list[str]) -> Iterator[Finding]:
    end = block.line - 1 + block.text.count("\n") + 1
    for line, text in paragraphs(Prose(block.line, "\n".join(lines[block.line - 1 : end]))):
        plain = CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
        taken: list[tuple[int, int]] = []
        for pattern, message, cure in OUTSIDE:
            for match in pattern.finditer(plain):
                a, b = match.span()
                if _is_mathematics(_tex(match)) and not any(x < b and a < y for x, y in taken):
                    taken.append((a, b))
                    yield _outer(line, plain, match, message, cure)
        yield from _in_tables(line, plain)


def _tex(match: re.Match[str]) -> str:
    return match["tex"] or match.groupdict().get("more") or ""


def _is_mathematics(tex: str) -> bool:
    return bool(MATHS.search(tex.strip())) and not re.match(r"\d[\d.,_]*(?:\s|$)", tex)


def _outer(line: int, text: str, match: re.Match[str], message: str, cure: str) -> Finding:
    start, end = match.start() + len(match[0]) - len(match[0].lstrip()), match.end()
    above, written = text[:start], text[start:end]
    row, column = line + above.count("\n"), len(above) - above.rfind("\n")
    new = cure.replace("{tex}", _tex(match) if "\n" in cure else _tex(match).strip())
    last = row + written.count("\n")
    after = len(written.rsplit("\n", 1)[-1]) + (column if "\n" not in written else 1)
    spot = Spot(row, column, column + max(len(written.split("\n")[0]), 1))
    shown = new.strip() if "\n" not in new else "it in a block of ```math, or between $$ and $$"
    told = message if "leave room" in message else f"{message}; write {shown}"
    return Finding("CG203", spot, told, fix=Edit(row, column, last, after, new))


def _in_tables(line: int, text: str) -> Iterator[Finding]:
    """A bar in a table's formula ends the cell."""
    rows = text.split("\n")
    if not any(TABLE_RULE.match(row) for row in rows):
        return
    for number, row in enumerate(rows, line):
        for match in FORMULA.finditer(row):
            if re.search(r"\|", match[0]) and re.search(r"[\\^_=|]\w|\w\|", match[0]) and _is_one(row, match):
                new = _without_bars(match[0])
                spot = Spot(number, match.start() + 1, match.end() + 1)
                message = f"a bar ends the table's cell in the middle of the formula; write {new}"
                yield Finding(
                    "CG203", spot, message, fix=Edit(number, spot.column, number, spot.end_column, new)
                )


def _is_one(row: str, match: re.Match[str]) -> bool:
    """Whether both dollars belong to one formula: as many stand before it as make whole formulas."""
    return len(re.findall(r"(?<!\\)\$", row[: match.start()])) % 2 == 0


def _without_bars(tex: str) -> str:
    r"""
    >>> _without_bars("$|x|$"), _without_bars(r"$\|x\|$"), _without_bars("$p(a|b)$")
    ('$\\lvert x\\rvert$', '$\\lVert x\\rVert$', '$p(a\\mid b)$')
    """
    for bar, left, right in ((r"\\\|", r"\\lVert ", r"\\rVert"), (r"(?<!\\)\|", r"\\lvert ", r"\\rvert")):
        while len(re.findall(bar, tex)) > 1:
            tex = re.sub(bar, left, tex, count=1)
            tex = re.sub(bar, right, tex, count=1)
    return re.sub(r"(?<!\\)\|", r"\\mid ", tex)
