"""A finding in words, as finished HTML: sentences, names as code, evidence as numbers."""

from __future__ import annotations

import re
from html import escape

from chalkgrad.errors import EngineError
from chalkgrad.notes.check.finding import Finding, Status
from chalkgrad.render.apart import Point
from chalkgrad.render.card import FormulaLine
from chalkgrad.render.numbers import number
from chalkgrad.v8 import author_math_html

# Names in messages, which are plain text: what stands before or after certain words.
NAMES = re.compile(r"(?<=nearest name is )([\w.]+)|(?<=is called )(\w+)|(?<= has no )(?!function)([\w.]+)")
# A sentence that begins with names of the notes' own, whose capitals are theirs too.
NAMED = re.compile(r"(?:[\w.]+(?:, | and ))*[\w.]+(?= (?:is|are) (?:never|not|no)\b)")


def sentence(f: Finding) -> str:
    """A message as sentences, its names as code, its evidence last."""
    return " ".join(filter(None, (_sentences(f.message), evidence(f))))


def short(f: Finding) -> str:
    """The first part of a message."""
    return _coded(f.message.split("; ")[0])


def _sentences(message: str) -> str:
    parts = [part for part in message.split("; ") if part]
    whole = [part if NAMED.match(part) else part[:1].upper() + part[1:] for part in parts]
    return " ".join(_coded(part) + ("" if part.endswith(".") else ".") for part in whole)


def _coded(text: str) -> str:
    done, at = "", 0
    if head := NAMED.match(text):
        names = re.sub(r"[\w.]+(?=,|$| and )", lambda name: f"<code>{escape(name[0])}</code>", head[0])
        return names + _coded(" " + text[head.end() :].lstrip())
    for match in NAMES.finditer(text):
        done += escape(text[at : match.start()]) + f"<code>{escape(match[0])}</code>"
        at = match.end()
    return done + escape(text[at:])


def evidence(f: Finding) -> str:
    if f.evidence is None:
        return ""
    at = ", ".join(f"{escape(name)} = {_value(value)}" for name, value in f.evidence.at.items())
    return f"At {at}: <b>{_value(f.evidence.formula)}</b> against <b>{_value(f.evidence.code)}</b>."


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        listed = ", ".join(map(_value, value[:6]))
        return f"[{listed}{', …' if len(value) > 6 else ''}]"
    return escape(number(value) if isinstance(value, int | float) else str(value)[:60])


def point_of(f: Finding) -> Point | None:
    if f.evidence is None or len(f.evidence.at) != 1:
        return None
    numbers = (*f.evidence.at.values(), f.evidence.formula, f.evidence.code)
    return Point(*map(float, numbers)) if all(isinstance(v, int | float) for v in numbers) else None


def as_written(status: Status, where: str) -> tuple[FormulaLine, ...]:
    try:
        drawn = author_math_html(status.latex, False)
    except EngineError:
        return ()
    line = f'<span class="waved">{drawn}</span><span class="written">as written on {where}</span>'
    return (FormulaLine("said", line),)
