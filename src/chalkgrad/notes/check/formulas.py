"""CG201 and CG202: formulas against the functions that they speak of.

Which function: the one of a label (`<!-- chalkgrad: leaky_relu -->`); else the one named on the left side;
else the one that agrees; else the one named in the paragraph; else by order within the section, where counts
and numbers of arguments match and a sibling agrees. Where none of these says, nothing is claimed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from chalkgrad.errors import LatexError
from chalkgrad.latex import Formula, read, to_text
from chalkgrad.latex import nodes as n
from chalkgrad.latex.names import keys
from chalkgrad.notes.check.code import Code
from chalkgrad.notes.check.compare import Statement, Verdict, callables, compare, unnamed
from chalkgrad.notes.check.finding import Finding, Spot, Status
from chalkgrad.notes.check.slopes import Slope, against, definition, slope_of, speaks_of_slopes
from chalkgrad.notes.execute import Execution, Samples
from chalkgrad.notes.read import Formula as Written

OPENING = re.compile(r"[\s>]*(?:\$\$|```\s*math|```\s*\{math\})?\s*")
SMALL = re.compile(r"\b\d*\.?\d*e-\d+|\beps", re.IGNORECASE)  # what keeps a division or a logarithm finite
BESIDE = re.compile(  # says for which values a formula holds, and is none itself
    r"\\(?:text|mathrm|textrm|mbox)\s*\{\s*(?:for|where|if|when|with)\b|[a-z]\s*=\s*\w+\s*,\s*\\[lc]?dots|\\forall"
)
LABEL = re.compile(r"<!--\s*chalkgrad:\s*(\w+)\s*-->")
BOLD = re.compile(r"(?:\*\*|__)(?P<name>[^*$]+?)(?:\*\*|__)[^$.]{0,30}$")
NAMED = re.compile(r"^[\s>*+-]*(?P<name>[^\W\d][\w ()-]*?)\s*:\s*$")  # `MSE: `, and the formula
LOSSES = ("l", "j", "loss", "cost")  # what losses are called on left sides, `L = …`
HEADING = re.compile(r"^#{1,6}\s")
PLAIN = (n.Name, n.Number, n.Subscripted, n.Marked, n.Primed, n.Tuple, n.Paren)  # no statement
WORKED = (n.Number, n.Terms, n.Product, n.Fraction)  # f(-x) = -f(x) says something of f, and is no definition
SLOPE = re.compile(r"grad|deriv|prime|backward|bwd|delta|(?:^|[._])d(?:_|[A-Z]|\w$)", re.IGNORECASE)
RESULTS = {"L", "J", "loss", "y", "f"}  # what a function's only formula calls its value
SHORT = 2  # letters: names such as f are used for one thing here and another there
SAME = {"sigma": "sigmoid"}


@dataclass(frozen=True, eq=False, slots=True)
class Said:
    """A statement at its place in the note."""

    statement: Statement
    spot: Spot
    latex: str
    owner: str | None = None  # the function whose docstring or comment says it


@dataclass(frozen=True, eq=False, slots=True)
class Bound:
    """A statement, the function that it speaks of, if that is known, and the outcome."""

    said: Said
    function: Samples | None
    verdict: Verdict


def formulas(code: Code, ran: Execution | None) -> tuple[list[Finding], tuple[Status, ...]]:
    """Findings, and what became of each formula that is more than a name."""
    said, unread = [], []
    for written in code.note.formulas:
        try:
            said += [s for piece in pieces(written) for s in _statements(code, piece)]
        except LatexError as error:
            unread.append((written, str(error)))
    bound = Binder(code, ran).all(said)
    findings = [_disagreement(code, b) for b in bound if b.verdict.status == "disagrees"]
    findings += [_unread(code, written, why) for written, why in unread]
    statuses = [_status(b) for b in bound]
    statuses += [Status(w.line, w.tex, None, "not checked", f"could not read it: {why}") for w, why in unread]
    return findings, tuple(sorted(statuses, key=lambda s: s.line))


# ----- what formulas say -----


def pieces(written: Written) -> list[Written]:
    r"""Equations that only a wide space parts, each by itself.

    >>> [p.tex for p in pieces(Written(1, 1, r"a = 1 \qquad b = 2", False))]
    ['a = 1', 'b = 2']
    """
    texts = [text.strip().rstrip(",") for text in re.split(r"(?:\\q?quad\s*)+", written.tex)]
    whole = "\\begin" in written.tex or any(t.count("{") != t.count("}") or "=" not in t for t in texts)
    whole = whole or any(BESIDE.match(t) for t in texts[1:])
    return [written] if whole else [replace(written, tex=text) for text in texts]


def _statements(code: Code, written: Written) -> Iterator[Said]:
    """Each function that a piece of mathematics defines; else the whole of it, line by line."""
    formula = read(written.tex)
    parts = [p for p in formula.parts if p not in formula.guards]
    if len(parts) > 1 and not all(isinstance(p, n.Equation) and _left(p.left)[1] is not None for p in parts):
        if all(isinstance(p, n.Equation) for p in parts[:-1]):
            yield _said(code, written, formula, parts[-1], (0, len(written.tex)))
        return
    for part in parts:
        if not isinstance(part, PLAIN):
            one = Formula(formula.source, (part, *formula.guards), formula.guards)
            yield _said(code, written, one, part, part.span)


def _said(code: Code, written: Written, formula: Formula, part: n.Expr, span: tuple[int, int]) -> Said:
    latex = written.tex[slice(*span)].strip().rstrip(";,. ")
    return Said(_statement(formula, part), _place(code, written, latex), latex, written.function)


def statement(latex: str) -> Statement:
    """What an equation says, read by itself.

    Raises:
        LatexError: it cannot be read.
    """
    formula = read(latex)
    return _statement(formula, next(p for p in reversed(formula.parts) if p not in formula.guards))


def _statement(formula: Formula, part: n.Expr) -> Statement:
    left = _left(part.left) if isinstance(part, n.Equation) else ((), None, "", False)
    return Statement(formula, *left)


def _left(left: n.Expr) -> tuple[tuple[str, ...], tuple[str, ...] | None, str, bool]:
    """Name, arguments, index and whether it is a derivative, of a left side such as `f_1(x)`."""
    if any(isinstance(x, n.Primed | n.Derivative | n.Limit) or keys(x) == ("nabla",) for x in n.walk(left)):
        return (), None, "", True
    if isinstance(left, n.Product) and len(left.factors) == 2:
        (head, arguments), index = left.factors, ""
        if isinstance(arguments, n.Subscripted) and len(arguments.text) == 1:
            index = arguments.text
            arguments = arguments.base
        if isinstance(arguments, n.Paren) and keys(head):
            if any(isinstance(item, WORKED) for item in arguments.items):
                return (), None, "", False
            inside, below = _entries(arguments)
            return keys(head), _arguments(inside), index or below, False
    if isinstance(left, n.Subscripted) and left.text in ("i", "j", "k"):
        return keys(left.base), None, left.text, False
    return keys(left), None, "", False


def _entries(paren: n.Paren) -> tuple[n.Paren, str]:
    """`(x_i)` as an entry of what `(x)` gives, and its index."""
    items = paren.items
    if items and all(isinstance(x, n.Subscripted) and x.text in ("i", "j", "k") for x in items):
        scripts = {x.text for x in items if isinstance(x, n.Subscripted)}
        if len(scripts) == 1:
            bases = tuple(x.base for x in items if isinstance(x, n.Subscripted))
            return replace(paren, items=bases), scripts.pop()
    return paren, ""


def _arguments(paren: n.Paren) -> tuple[str, ...] | None:
    found = [keys(item) for item in paren.items]
    return tuple(k[0] for k in found) if all(found) else None


def _place(code: Code, written: Written, latex: str) -> Spot:
    """Where a part of a formula stands; one that is alone between its dollars begins with them."""
    first = latex.split("\n")[0]
    last = min(len(code.lines), written.line + written.tex.count("\n") + 1)
    for number in range(written.line, last + 1):
        line = code.lines[number - 1]
        at = line.find(first, written.column - 1 if number == written.line else 0)
        if at >= 0:
            dollars = len(line[:at]) - len(line[:at].rstrip("$`"))
            return Spot(number, at - dollars + 1, at + len(first) + 1)
    return Spot(written.line, written.column, written.column + max(len(first), 1))


# ----- which function -----


class Binder:
    """Finds the function that each statement speaks of, among those of the note."""

    def __init__(self, code: Code, ran: Execution | None):
        self.code, self.ran = code, ran
        self.said: list[Said] = []
        self.functions = ran.samples if ran else ()
        self.others = callables(self.functions)
        heads = (k for k, line in enumerate(code.lines, 1) if HEADING.match(line) and not self._in_fence(k))
        self.sections = [range(a, b) for a, b in pairwise([1, *heads, len(code.lines) + 1])]

    def _in_fence(self, line: int) -> bool:
        return any(f.line <= line < f.line + f.text.count("\n") for f in self.code.note.fences)

    def _section(self, line: int) -> range:
        return next((s for s in self.sections if line in s), range(0))

    def all(self, said: list[Said]) -> list[Bound]:
        """Each statement with its function and the outcome."""
        self.said = said
        found = {id(s): self._alone(s) for s in said}
        for section in self.sections:
            for s, function in self._by_order(section, said, found):
                found[id(s)] = self._against(s, function)
        for s in (s for s in said if s.statement.slope and self.ran is not None and not self.ran.stopped):
            found[id(s)] = self._slope(s, list(found.values()))
        return [self._settled(found[id(s)], list(found.values())) for s in said]

    # ----- derivatives -----

    def _slope(self, said: Said, found: list[Bound]) -> Bound:
        """A formula of a derivative with the function whose slopes it gives, if that is known."""
        result = said.statement.result
        slope = slope_of(result.left) if isinstance(result, n.Equation) else None
        if slope is None:
            return Bound(said, None, Verdict("not checked", "it is about a derivative"))
        defined = definition(said.statement, slope)
        if defined is not None:
            return Bound(said, None, defined)
        if speaks_of_slopes(said.statement):
            return Bound(said, None, Verdict("not checked", "it speaks of other derivatives"))
        sure = self._sloped(said, slope, found)
        bound = [self._along(said, slope, f) for f in sure or self.functions]
        agreeing = [b for b in bound if b.verdict.status == "agrees"]
        if agreeing or (len(bound) == 1 and sure):
            return (agreeing or bound)[0]
        return Bound(said, None, Verdict("not checked", "no function here goes with it"))

    def _sloped(self, said: Said, slope: Slope, found: list[Bound]) -> list[Samples]:
        """The functions that a derivative may be of: by label, by name, by the letter's own formula."""
        labelled = self._labelled(said)
        if labelled is not None:
            return [labelled]
        named = [
            f for f in self._called_so(Statement(said.statement.formula, slope.name)) if len(f.name) > SHORT
        ]
        if said.owner is not None and not named:
            named = [f for f in self.functions if f.name == said.owner and not SLOPE.search(f.name)]
        if named:
            near = [f for f in named if f.line in self._section(said.spot.line)]
            return near if len(near) == 1 else named
        same = [b for b in found if set(b.said.statement.name) & set(slope.name) and b.function is not None]
        agreeing = {id(b.function): b.function for b in same if b.verdict.status == "agrees" and b.function}
        return list(agreeing.values()) if len(agreeing) == 1 else []

    def _along(self, said: Said, slope: Slope, function: Samples) -> Bound:
        verdict = against(said.statement, slope, function, self.others)
        doubt = ""
        if verdict.status == "agrees" and not _is_rough(said.statement):
            between = (
                (side, against(side, slope, function, self.others)) for side in _between(said.statement)
            )
            said, verdict = _first_apart(said, verdict, between)
        if verdict.status == "disagrees":
            doubt = self._doubt(replace(said.statement, arguments=slope.arguments), function, verdict)
        return Bound(said, function, Verdict("not checked", doubt) if doubt else verdict)

    def _settled(self, bound: Bound, others: list[Bound]) -> Bound:
        """A function that follows an approximation given beside it is not at odds with the exact formula."""
        follows = any(
            b.function is bound.function and b.verdict.status == "agrees" and _is_rough(b.said.statement)
            for b in others
        )
        if bound.verdict.status != "disagrees" or not follows:
            return bound
        why = f"{bound.function.name if bound.function else ''} follows an approximation of it"
        return Bound(bound.said, bound.function, Verdict("not checked", why))

    def _against(self, said: Said, function: Samples) -> Bound:
        verdict = compare(said.statement, function, self.others)
        if verdict.status == "agrees" and not _is_rough(said.statement):
            between = ((side, compare(side, function, self.others)) for side in _between(said.statement))
            said, verdict = _first_apart(said, verdict, between)
        doubt = self._doubt(said.statement, function, verdict) if verdict.status == "disagrees" else ""
        return Bound(said, function, Verdict("not checked", doubt) if doubt else verdict)

    def _doubt(self, statement: Statement, function: Samples, verdict: Verdict) -> str:
        """Why two things that differ may both be right."""
        if _is_rough(statement):
            return "it is an approximation"
        if any(compare(side, function, self.others).status == "agrees" for side in _between(statement)):
            return f"{function.name} agrees with a part of it"
        left_out = unnamed(statement, function)
        if left_out:
            return f"it says nothing of {', '.join(sorted(left_out))}, which {function.name} takes"
        lines = self.code.lines[function.line - 1 : function.end]
        if verdict.close and any(SMALL.search(line) for line in lines):
            return f"they differ by little, and {function.name} adds something small"
        return ""

    def _alone(self, said: Said) -> Bound:
        """Bound by a label, by its left side, by what agrees with it, or by the words around it."""
        if self.ran is None:
            return Bound(said, None, Verdict("not checked", "nothing was run"))
        if said.statement.slope:
            return Bound(said, None, Verdict("not checked", "it is about a derivative"))
        if self.ran.stopped:
            return Bound(said, None, Verdict("not checked", "the note was not run to its end"))
        labelled = self._labelled(said)
        if labelled is not None:
            return self._against(said, labelled)
        if not isinstance(said.statement.result, n.Equation):
            return Bound(said, None, Verdict("not checked", "it states no equation"))
        if said.owner is not None:
            return self._documented(said, said.owner)
        ways = (self._by_name, self._in_bold, self._by_value, self._by_letter)
        return next((b for b in (way(said) for way in ways) if b), None) or self._by_words(said)

    def _documented(self, said: Said, owner: str) -> Bound:
        """By the docstring that it stands in, which may also say what another function, or a step, is."""
        own = [f for f in self.functions if f.name == owner]
        if not own:
            return self._by_name(said) or self._by_value(said) or _unbound(said)
        bound = self._against(said, min(own, key=lambda f: abs(f.line - said.spot.line)))
        if bound.verdict.status != "disagrees":
            return bound
        named = {f.name for f in self._called_so(said.statement) if len(f.name) > SHORT}
        if named:
            return bound if owner in named else self._by_name(said) or _unbound(said)
        alone = sum(s.owner == owner for s in self.said) == 1
        result = said.statement.arguments is not None or set(said.statement.name) & RESULTS - set(
            own[0].parameters
        )
        sure = alone and result and not SLOPE.search(owner)
        return self._by_value(said) or (bound if sure else _unbound(said))

    def _by_name(self, said: Said) -> Bound | None:
        """By the left side, if that names a function in full: the one that agrees, the one in the section."""
        bound = [self._against(said, f) for f in self._called_so(said.statement) if len(f.name) > SHORT]
        near = [b for b in bound if b.function and b.function.line in self._section(said.spot.line)]
        agreeing = [b for b in bound if b.verdict.status == "agrees"]
        chosen = agreeing or (near if len(near) == 1 else bound if len(bound) == 1 else [])
        return chosen[0] if chosen else None

    def _by_letter(self, said: Said) -> Bound | None:
        """By a left side such as `f(x)`, if the section has one such formula and one such function."""
        section = self._section(said.spot.line)
        rivals = [
            s
            for s in self.said
            if s.spot.line in section and set(s.statement.name) & set(said.statement.name)
        ]
        found = [f for f in self._called_so(said.statement) if f.line in section]
        return self._against(said, found[0]) if len(found) == len(rivals) == 1 else None

    def _called_so(self, statement: Statement) -> list[Samples]:
        """The functions that a left side may name."""
        plain = {_folded(key) for key in statement.name} | {SAME.get(key, "") for key in statement.name}
        return [f for f in self.functions if _folded(f.name) in plain]

    def _by_value(self, said: Said) -> Bound | None:
        apart = None
        for f in self.functions:
            bound = Bound(said, f, compare(said.statement, f, self.others, quick=True))
            if bound.verdict.status == "agrees":
                return bound
            apart = apart or (bound if bound.verdict.status == "disagrees" else None)
        return apart

    def _by_words(self, said: Said) -> Bound:
        """By the one function that the paragraph names, for a formula `f(x) = …` that is alone in it."""
        chosen = (self._in_the_paragraph(said) or self._in_the_heading(said)) if _is_generic(said) else None
        if chosen is None:
            return Bound(said, None, Verdict("not checked", "no function here goes with it"))
        return self._against(said, chosen)

    def _in_bold(self, said: Said) -> Bound | None:
        """By the name in bold before it, as in `**Recall**: $R = …$`, or in `Recall: $R = …$`."""
        before = self.code.lines[said.spot.line - 1][: said.spot.column - 1]
        match = BOLD.search(before) or NAMED.search(before)
        named = [f for f in self.functions if match and _folded(f.name) == _joined(match["name"])]
        left = said.statement.name[0].lower() if said.statement.name else ""
        if len(named) != 1 or before.count("$") or SLOPE.search(named[0].name):
            return None
        sure = _is_generic(said) or left in LOSSES or left == named[0].name[0].lower()
        return self._against(said, named[0]) if sure else None

    def _in_the_heading(self, said: Said) -> Samples | None:
        """The one function that a section's heading names, for the section's only formula `f(x) = …`."""
        section = self._section(said.spot.line)
        heading = self.code.lines[section.start - 1] if section else ""
        rivals = [s for s in self.said if s.spot.line in section and _is_generic(s)]
        if not HEADING.match(heading) or rivals != [said]:
            return None
        words = re.findall(r"[a-z0-9]+", heading.lower())
        spans = {"".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
        initials = "".join(word[0] for word in words)
        own = [f for f in self.functions if f.line in section and not SLOPE.search(f.name)]
        named = {f.name: _folded(f.name) in spans or f.name.lower() in initials for f in own}
        found = [f for f in own if len(f.name) > SHORT and named[f.name]]
        return found[0] if len(found) == 1 else None

    def _labelled(self, said: Said) -> Samples | None:
        """The function of a label on the line of the formula or on the last written line above it."""
        above = said.spot.line - 1
        while above > 0 and OPENING.fullmatch(self.code.lines[above - 1]):
            above -= 1
        for line in (said.spot.line, above):
            for match in LABEL.finditer(self.code.lines[line - 1] if line else ""):
                for function in reversed(self.functions):
                    if function.name == match[1]:
                        return function
        return None

    def _in_the_paragraph(self, said: Said) -> Samples | None:
        """The one function that the lines around a formula name, where no other formula stands."""
        lines, at = self.code.lines, said.spot.line - 1
        first, last = at, at
        while first > 0 and lines[first - 1].strip() and not self._in_fence(first):
            first -= 1
        while last + 1 < len(lines) and lines[last + 1].strip() and not self._in_fence(last + 2):
            last += 1
        if sum(first < f.line <= last + 1 for f in self.code.note.formulas) != 1:
            return None
        text = "\n".join(lines[first : last + 1])
        found = [f for f in self.functions if re.search(rf"(?<!\$)`{re.escape(f.name)}(\([^`]*\))?`", text)]
        return found[0] if len(found) == 1 else None

    def _by_order(
        self, section: range, said: list[Said], found: dict[int, Bound]
    ) -> list[tuple[Said, Samples]]:
        """The statements of a section that find their function by order, because a sibling agrees."""
        here = [s for s in said if s.spot.line in section and s.statement.arguments is not None]
        functions = [f for f in self.functions if f.line in section]
        if len(here) != len(functions):
            return []
        pairs = list(zip(here, functions, strict=True))
        arities = all(len(s.statement.arguments or ()) == len(f.parameters) for s, f in pairs)
        siblings = [found[id(s)].function is f and found[id(s)].verdict.status == "agrees" for s, f in pairs]
        if not arities or not any(siblings):
            return []
        taken = [found[id(s)].function for s in here]
        return [(s, f) for s, f in pairs if found[id(s)].function is None and f not in taken]


def _unbound(said: Said) -> Bound:
    return Bound(said, None, Verdict("not checked", "no function here goes with it"))


def _is_rough(statement: Statement) -> bool:
    return isinstance(statement.result, n.Equation) and "≈" in statement.result.signs


def _between(statement: Statement) -> Iterator[Statement]:
    """What stands between the first and the last sign of `a = b = c`, each as a statement."""
    result = statement.result
    if isinstance(result, n.Equation) and len(result.sides) > 2 and len(statement.formula.parts) == 1:
        for side in result.sides[1:-1]:
            one = n.Equation((result.left, side), ("=",), span=result.span)
            yield replace(statement, formula=Formula(statement.formula.source, (one,)))


def _first_apart(
    said: Said, verdict: Verdict, between: Iterator[tuple[Statement, Verdict]]
) -> tuple[Said, Verdict]:
    """Of `a = b = c` where c agrees: `a = b`, if it does not."""
    apart = next((pair for pair in between if pair[1].status == "disagrees"), None)
    return (replace(said, statement=apart[0]), apart[1]) if apart else (said, verdict)


def _is_generic(said: Said) -> bool:
    """Whether a left side is `f(x)`, which may be any function."""
    return said.statement.arguments is not None and len(said.statement.name[0]) < 4


def _joined(words: str) -> str:
    return re.sub(r"[^a-z0-9]", "", words.lower())


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


# ----- words -----


def _status(bound: Bound) -> Status:
    name = bound.function.name if bound.function else None
    return Status(bound.said.spot.line, bound.said.latex, name, bound.verdict.status, bound.verdict.why)


def _disagreement(code: Code, bound: Bound) -> Finding:
    function, result = bound.function, bound.said.statement.result
    assert isinstance(result, n.Equation)
    says = _text(bound.said.statement.formula, result.right)
    if bound.said.statement.slope:
        of = f"the derivative of {function.name}" if function else "the derivative that it is to define"
        message = f"the formula says {says}, which is not {of}"
        name, also = (function.name, _returned(code, function)) if function else (None, None)
        return Finding("CG201", bound.said.spot, message, name, bound.verdict.evidence, also)
    assert function is not None
    computes, cure = _own_formula(bound, function, result)
    message = f"the formula says {says}" if says else "formula and code differ"
    message += f", the code computes {computes}" if computes else f", {function.name} computes something else"
    also = _returned(code, function)
    return Finding("CG201", bound.said.spot, message, function.name, bound.verdict.evidence, also, cure)


def _text(formula: Formula, expr: n.Expr) -> str:
    try:
        return to_text(expr).replace("\n", " ")
    except LatexError:
        return formula.source[slice(*expr.span)]


def _own_formula(bound: Bound, function: Samples, result: n.Equation) -> tuple[str, str]:
    """The code's formula in words, and the equation to write, if both call their variables the same."""
    try:
        own = to_text(read(function.latex)) if function.latex else ""
    except LatexError:
        own = ""
    arguments = bound.said.statement.arguments
    if not own or (arguments is not None and list(arguments) != function.parameters[: len(arguments)]):
        return own, ""
    left = bound.said.statement.formula.source[slice(*result.left.span)]
    return own, f"${left} = {function.latex}$"


def _returned(code: Code, function: Samples) -> Spot | None:
    """What a function returns, if it ends with a return."""
    for statement in code.statements:
        tree = statement.tree
        if isinstance(tree, ast.FunctionDef) and statement.line == function.line:
            last = tree.body[-1]
            return code.spot(last.value) if isinstance(last, ast.Return) and last.value else None
    return None


def _unread(code: Code, written: Written, why: str) -> Finding:
    line = code.lines[written.line - 1]
    end = written.column + len(written.tex.split("\n")[0])
    spot = Spot(written.line, written.column, min(max(end, written.column + 1), len(line) + 1))
    return Finding("CG202", spot, f"this formula could not be read: {why}")
