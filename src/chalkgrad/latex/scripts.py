"""What is written on an atom: subscripts, superscripts, primes, accents.

`x_i^2`, `W^{[1]}`, `X^\\top`, `f''`, `\\hat{y}_i`: scripts come in any order in the source and in one order
in the tree.
"""

from __future__ import annotations

from chalkgrad.latex import nodes as n
from chalkgrad.latex import symbols
from chalkgrad.latex.commands import Commands
from chalkgrad.latex.problem import Unreadable, unreadable
from chalkgrad.latex.tokens import Token

TRANSPOSED = frozenset({"top", "intercal"})


class Scripts(Commands):
    """The layer that reads scripts."""

    def atom(self) -> n.Expr:
        raise NotImplementedError

    def starts_factor(self, token: Token) -> bool:
        raise NotImplementedError

    # ----- all scripts of one atom -----

    def scripted(self, base: n.Expr, start: Token) -> n.Expr:
        """`base` with every script that follows it."""
        below: tuple[tuple[n.Expr, ...], str] | None = None
        wraps: list[tuple[str, object]] = []
        primes = 0
        while True:
            token = self.here
            if token.kind == "script" and token.text == "_":
                below = self._only_one(below, token)
                if any(kind == "transpose" for kind, _ in wraps):
                    raise unreadable("_", "entries of a transpose need brackets: (W^\\top)_{ij}", token.span)
                below = self._subscript(base)
            elif token.kind == "script" or token.kind == "raised":
                if wraps:
                    raise unreadable(token.text, "a second superscript; use braces", token.span)
                wraps.extend(self._superscript(base))
            elif token.kind == "prime":
                primes += self._primes()
            elif token.kind == "sign" and token.text == "!" and not self._is_unequal():
                if self.step() and self.at("sign", "!"):
                    raise unreadable("!!", "a double factorial is not read", token.span)
                wraps.append(("factorial", None))
            elif token.kind == "bar" and token.text not in self.bars and self.ahead(1).text == "_":
                wraps.append(("update", self.update(token)))
            else:
                return self._wrapped(base, below, primes, wraps, start)

    def _is_unequal(self) -> bool:
        following = self.tokens[self.position + 1]
        return following.text == "=" and following.start == self.here.end

    @staticmethod
    def _only_one(below: object, token: Token) -> None:
        if below is not None:
            raise unreadable("_", "a second subscript; use braces", token.span)

    def _primes(self) -> int:
        count = 0
        while self.here.kind == "prime":
            self.step()
            count += 1
        return count

    def _wrapped(
        self,
        base: n.Expr,
        below: tuple[tuple[n.Expr, ...], str] | None,
        primes: int,
        wraps: list,
        start: Token,
    ) -> n.Expr:
        span = self.span_from(start)
        if below is not None:
            base = self._with_subscript(base, below, span)
        primes += sum(count for kind, count in wraps if kind == "primes")
        if primes:
            base = n.Primed(base, primes, span=span)
        for kind, what in wraps:
            if kind == "mark":
                bracket, inside, text = what
                base = n.Marked(base, bracket, inside, text, span=span)
            elif kind == "transpose":
                base = n.Transpose(base, span=span)
            elif kind == "power":
                base = n.Power(base, what, span=span)
            elif kind == "update":
                base = n.Update(base, *what, span=span)
            elif kind == "factorial":
                base = n.Factorial(base, span=span)
        return base

    @staticmethod
    def _with_subscript(base: n.Expr, below: tuple[tuple[n.Expr, ...], str], span: n.Span) -> n.Expr:
        entries, text = below
        if isinstance(base, n.Norm):
            return n.Norm(base.body, entries, span=span)
        if isinstance(base, n.Abs):
            return n.Norm(base.body, entries, span=span)
        return n.Subscripted(base, entries, text, span=span)

    # ----- below -----

    def _subscript(self, base: n.Expr) -> tuple[tuple[n.Expr, ...], str]:
        mark = self.step()
        start = self.position
        try:
            entries = self._entries(mark)
        except Unreadable:
            if isinstance(base, n.Norm | n.Abs) or not self._skip(start):
                raise
            entries = ()  # `W_{h \to o}`: no expression, but part of a name
        return entries, self._text_of(start)

    def _entries(self, mark: Token) -> tuple[n.Expr, ...]:
        if self.here.kind == "open" and self.here.text == "{":
            return self.group_items()
        return (self.argument(mark),)

    def _skip(self, start: int) -> bool:
        """Go behind the group (or the single sign) that begins at `start`."""
        self.position = start
        token = self.step()
        if (token.kind, token.text) != ("open", "{"):
            return token.kind == "sign" and token.text in "+-*"
        depth = 1
        while depth and self.here.kind != "stop":
            token = self.step()
            depth += (token.text == "{") * ((token.kind == "open") - (token.kind == "close"))
        return depth == 0

    def _text_of(self, start: int) -> str:
        """The script as plain text: `{\\text{max}}` is max, `{t - 1}` is t-1."""
        tokens = self.tokens[start : self.position]
        return "".join(plain(t) for t in tokens if t.text != "{" or t.kind not in ("open", "close"))

    # ----- above -----

    def _superscript(self, base: n.Expr) -> list[tuple[str, object]]:
        mark = self.step()
        if mark.kind == "raised":
            digits = mark.text
            while self.here.kind == "raised":
                digits += self.step().text
            span = self.span_from(mark)
            return [("transpose", None)] if digits == "T" else [("power", n.Number(digits, span=span))]
        start = self.position
        inside = self._inside_group()
        if inside is not None:
            special = self._special(base, inside, start)
            if special is not None:
                return special
        if self.here.kind == "open" and self.here.text == "{":
            items = self.group_items()
            if len(items) != 1 or isinstance(items[0], n.Equation | n.Compare | n.Slice):
                raise unreadable("^", "this superscript is not read", self.span_from(mark))
            return [("power", items[0])]
        return [("power", self.argument(mark))]

    def _inside_group(self) -> list[Token] | None:
        """The tokens of the script here, seen but not read; `None` for one too long to be special."""
        if (self.here.kind, self.here.text) != ("open", "{"):
            return [self.here]
        inside: list[Token] = []
        for token in self.tokens[self.position + 1 : self.position + 8]:
            if token.kind == "close" and token.text == "{":
                return inside
            inside.append(token)
        return None

    def _special(self, base: n.Expr, inside: list[Token], start: int) -> list[tuple[str, object]] | None:
        """Superscripts that are no powers."""
        braced = 2 if self.here.text == "{" else 0
        kinds = [(t.kind, t.text) for t in inside]
        if len(kinds) == 1 and (
            kinds[0] in {("command", t) for t in TRANSPOSED} or kinds[0] == ("text", "T")
        ):
            self.position += 1 + braced
            return [("transpose", None)]
        if kinds and all(kind in (("command", "prime"), ("prime", "'")) for kind in kinds):
            self.position += len(kinds) + braced
            return [("primes", len(kinds))]
        if len(kinds) == 1 and (
            kinds[0][1] in ("*", "+", "-", "ast", "star", "dagger") and kinds[0][0] != "text"
        ):
            self.position += 1 + braced
            if not braced and kinds[0][1] in "+-" and self.starts_factor(self.here) and not self.here.spaced:
                sign = kinds[0][1]
                raise unreadable(f"^{sign}", f"only the {sign} is raised; write ^{{{sign}…}}", inside[0].span)
            text = {"*": "star", "ast": "star", "+": "plus", "-": "minus"}.get(kinds[0][1], kinds[0][1])
            return [("mark", ("", None, text))]
        if braced and self._is_mark(base, inside):
            self.step()
            expr = self.bracket(self.here)
            self.expect("close", "{", "}")
            item = expr.items[0] if isinstance(expr, n.Paren) and len(expr.items) == 1 else None
            text = self._text_of(start)
            return [("mark", (text[:1], item, text[1:-1]))]
        return None

    @staticmethod
    def _is_mark(base: n.Expr, inside: list[Token]) -> bool:
        """`x^{(i)}`, `W^{[l-1]}`: a bracket around an index, on a name."""
        named = isinstance(base, n.Name) and base.base != "e"
        if not named or len(inside) < 3 or inside[0].kind != "open" or inside[-1].kind != "close":
            return False
        plain = all(t.kind in ("letter", "number", "command") or t.text in "+-" for t in inside[1:-1])
        return inside[0].text == inside[-1].text and inside[0].text in "([" and plain

    # ----- single arguments -----

    def argument(self, owner: Token) -> n.Expr:
        """The one token or group that TeX takes after ^, _ or a command."""
        token = self.here
        if token.kind == "open" and token.text == "{":
            return self.group()
        if token.kind == "number":
            if len(token.text) > 1:
                raise self._too_long(owner, token)
            return n.Number(self.step().text, span=token.span)
        if token.kind == "letter":
            self.step()
            return n.Name(token.text, "letter", font=token.font, span=token.span)
        if token.kind == "sign" and token.text == "-" and owner.kind == "script":
            raise unreadable(
                f"{owner.text}-", f"only the minus is raised or lowered; write {owner.text}{{-…}}", token.span
            )
        if token.kind in ("command", "text", "word"):
            return self.atom()
        raise self.unexpected(token)

    @staticmethod
    def _too_long(owner: Token, token: Token) -> Unreadable:
        shown = owner.text if owner.kind == "script" else "\\" + owner.text
        first, rest = token.text[0], token.text[1:]
        why = f"LaTeX takes only '{first}' and sets '{rest}' after it; write {shown}{{{token.text}}}"
        return unreadable(f"{shown}{token.text}", why, (owner.start, token.end))

    def group(self) -> n.Expr:
        """`{…}` holding one expression."""
        start = self.here
        items = self.group_items()
        if len(items) != 1:
            raise unreadable("{", "one expression is expected in this group", start.span)
        return items[0]

    def accented(self, token: Token) -> n.Expr:
        """`\\hat{y}`, `\\bar x`: an accent on a name; `\\vec` and frames leave it as it is."""
        inside = self.argument(token)
        accent = symbols.ACCENTS[token.text]
        if not accent:
            return self.brace(inside, self.span_from(token))
        named = self._with_accent(inside, accent, self.span_from(token))
        if named is None:
            raise unreadable("\\" + token.text, "an accent is read on a name only", token.span)
        return named

    def _with_accent(self, expr: n.Expr, accent: str, span: n.Span) -> n.Expr | None:
        if isinstance(expr, n.Name):
            return n.Name(expr.base, expr.kind, (*expr.accents, accent), expr.font, span=span)
        if isinstance(expr, n.Subscripted):
            base = self._with_accent(expr.base, accent, span)
            return base and n.Subscripted(base, expr.entries, expr.text, span=span)
        if isinstance(expr, n.Paren) and expr.bracket == "{" and len(expr.items) == 1:
            return self._with_accent(expr.items[0], accent, span)
        return None


def plain(token: Token) -> str:
    """A token inside a name: `\\theta` is theta."""
    return symbols.CLOSING.get(token.text, token.text) if token.kind == "close" else token.text
