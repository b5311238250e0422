"""Tokens → syntax tree, by operator precedence.

    relation    a = b, a < b         loosest
    terms       a + b - c
    product     a b, a · b, a / b, a ⊙ b      kept flat: what stands side by side is settled by `bind`
    factor      an atom with its scripts: x_i^2, f'          tightest

A big operator takes the product that follows it and stops at the next + or −, as mathematicians have it.
"""

from __future__ import annotations

from collections.abc import Callable

from chalkgrad.latex import nodes as n
from chalkgrad.latex import symbols
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.scripts import Scripts
from chalkgrad.latex.tokens import Token

DEPTH = 60
DEPTH_MESSAGE = f"nested more than {DEPTH} deep"


class Reader(Scripts):
    """Reads one formula from its tokens; `depth` and `bars` remember what is open."""

    # ----- relations -----

    def relation(self) -> n.Expr:
        """`a = b`, `0 < x \\le 1`, or a plain expression."""
        start = self.here
        sides, signs = [self.terms()], []
        while (sign := self._relation_sign()) is not None:
            signs.append(sign)
            sides.append(self.terms())
        if not signs:
            return sides[0]
        span = self.span_from(start)
        if all(sign in ("=", ":=", "≈") for sign in signs):
            return n.Equation(tuple(sides), tuple(signs), span=span)
        if set(signs) & {":=", "≈"}:
            raise unreadable("", "an equation and an inequality in one line are not read", span)
        return n.Compare(tuple(sides), tuple(signs), span=span)

    def _relation_sign(self) -> str | None:
        token = self.here
        if token.kind not in ("sign", "command") or (self.assigning and token.text == ":="):
            return None
        if token.text in symbols.EQUATIONS:
            sign = symbols.EQUATIONS[token.text]
        elif token.text in symbols.COMPARES:
            sign = symbols.COMPARES[token.text]
        else:
            return None
        self.step()
        if sign in ("=", "<", ">") and self.here.text == "=" and self.here.start == token.end:
            self.step()  # == <= >= as people type them
            return {"=": "="}.get(sign, sign + "=")
        return sign

    def logic(self) -> n.Expr:
        """Conditions joined by and, or, not."""
        start = self.here
        items, hows = [self._negation()], set()
        while (how := self._logic_sign()) is not None:
            hows.add(how)
            items.append(self._negation())
        if len(hows) > 1:
            raise unreadable("", "and beside or needs brackets", self.span_from(start))
        return items[0] if not hows else n.Logic(hows.pop(), tuple(items), span=self.span_from(start))

    def _logic_sign(self) -> str | None:
        token = self.here
        how = None
        if token.kind == "command":
            how = symbols.LOGIC.get(token.text)
        elif token.kind == "text" and token.font != "operatorname" and token.text in ("and", "or"):
            how = token.text
        if how is not None:
            self.step()
        return how

    def _negation(self) -> n.Expr:
        token = self.here
        if token.kind == "command" and token.text in symbols.NEGATION:
            self.step()
            return n.Logic("not", (self.relation(),), span=self.span_from(token))
        return self.relation()

    # ----- sums and products -----

    def terms(self) -> n.Expr:
        """`-a + b - c`."""
        start = self.here
        self.depth += 1
        if self.depth > DEPTH:
            raise unreadable(start.text, DEPTH_MESSAGE, start.span)
        signs, items = [self.sign_before()], [self.product()]
        while self.here.kind == "sign" and self.here.text in "+-":
            signs.append(self.sign_before())
            items.append(self.product())
        self.depth -= 1
        if signs == [1]:
            return items[0]
        return n.Terms(tuple(signs), tuple(items), span=self.span_from(start))

    def sign_before(self) -> int:
        """The + and − that stand here, as one sign."""
        sign = 1
        while self.here.kind == "sign" and self.here.text in "+-":
            sign = -sign if self.step().text == "-" else sign
        return sign

    def signed_product(self) -> n.Expr:
        """A product with its own sign: the body of a sum."""
        start = self.here
        sign = self.sign_before()
        body = self.product()
        return body if sign == 1 else n.Terms((sign,), (body,), span=self.span_from(start))

    def product(self) -> n.Expr:
        """Factors side by side, or joined by · × ⊙ / and their like."""
        start = self.here
        factors: list[n.Expr] = [self.factor()]
        links: list[n.Link] = []
        while (link := self._link()) is not None:
            links.append(link)
            factors.append(self._signed_factor(link.how))
        if not links:
            return factors[0]
        return n.Product(tuple(factors), tuple(links), span=self.span_from(start))

    def _link(self) -> n.Link | None:
        """What joins the next factor, read past; `None` when no factor follows."""
        token = self.here
        if token.kind in ("sign", "command") and token.text in symbols.LINKS:
            self.step()
            return n.Link(symbols.LINKS[token.text], token.spaced, span=token.span)
        if self.starts_factor(token):
            return n.Link("", token.spaced, span=(token.start, token.start))
        return None

    def _signed_factor(self, how: str) -> n.Expr:
        """After an explicit operator a factor may carry a minus: `a \\cdot -b`."""
        token = self.here
        if how and token.kind == "sign" and token.text == "-":
            self.step()
            return n.Terms((-1,), (self.factor(),), span=self.span_from(token))
        return self.factor()

    def starts_factor(self, token: Token) -> bool:
        """Whether a factor can begin with this token."""
        if token.kind in ("number", "letter", "word", "open", "begin"):
            return True
        if token.kind == "bar":
            return token.text not in self.bars
        if token.kind == "text":
            prose = symbols.IF | symbols.OTHERWISE | {"and", "or"}
            return token.font == "operatorname" or token.text.lower() not in prose
        return token.kind == "command" and not self._is_infix(token.text)

    @staticmethod
    def _is_infix(command: str) -> bool:
        tables = (symbols.EQUATIONS, symbols.COMPARES, symbols.LOGIC, symbols.LINKS)
        return any(command in table for table in tables) or command in ("to", "rightarrow", "top", "prime")

    def factor(self) -> n.Expr:
        """An atom with its scripts."""
        token = self.here
        self.depth += 1
        if self.depth > 2 * DEPTH:
            raise unreadable(token.text, DEPTH_MESSAGE, token.span)
        expr = self.scripted(self.atom(), token)
        self.depth -= 1
        return expr

    # ----- atoms -----

    def atom(self) -> n.Expr:
        """The smallest whole: a number, a name, a bracket, a fraction, a sum."""
        token = self.here
        read: Callable[[Token], n.Expr] | None = getattr(self, f"_atom_{token.kind}", None)
        if read is None:
            raise self.unexpected(token)
        return read(token)

    def _atom_number(self, token: Token) -> n.Expr:
        self.step()
        if self.here.kind == "number":
            raise unreadable(self.here.text, "two numbers stand side by side", self.here.span)
        return n.Number(token.text, span=token.span)

    def _atom_text(self, token: Token) -> n.Expr:
        self.step()
        return n.Name(token.text, "text", font=token.font, span=token.span)

    def _atom_word(self, token: Token) -> n.Expr:
        self.step()
        return n.Name(token.text, "word", font=token.font, span=token.span)

    def _atom_letter(self, token: Token) -> n.Expr:
        slope = self.slash_derivative()
        return slope if slope is not None else self.word()

    def word(self) -> n.Name:
        """A letter, or letters written without a space between: `max`, `Wx`, `f1`, `leaky_relu`."""
        first = self.step()
        text, last = first.text, first
        while self._continues(last):
            last = self.step()
            text += last.text
            if last.kind == "script":
                last = self.step()
                text += last.text
        kind = "letter" if len(text) == 1 else "word"
        return n.Name(text, kind, font=first.font, span=(first.start, last.end))

    def _continues(self, last: Token) -> bool:
        token = self.here
        if token.start != last.end or not _is_plain(last):
            return False
        if token.kind == "number":
            return token.text.isdigit()
        if (token.kind, token.text) == ("script", "_"):
            return self._is_code_name()
        return _is_plain(token)

    def _is_code_name(self) -> bool:
        """Whether two letters follow the `_` here, without room: `leaky_relu` as typed in code."""
        before, score, first, second = self.tokens[self.position - 2], self.here, self.ahead(1), self.ahead(2)
        letters = _is_plain(before) and _is_plain(first) and _is_plain(second)
        return (
            letters
            and before.end == score.start - 1
            and first.start == score.end
            and second.start == first.end
        )

    def _atom_open(self, token: Token) -> n.Expr:
        if token.text in ("|", "||"):
            return self.bars_around(token, faced=True)
        if token.text == ".":
            return self.evaluated_at(token)
        return self.bracket(token)

    def _atom_bar(self, token: Token) -> n.Expr:
        return self.bars_around(token, faced=False)

    def _atom_begin(self, token: Token) -> n.Expr:
        return self.environment(token)

    def _atom_command(self, token: Token) -> n.Expr:
        read = self.command(token)
        if read is not None:
            return read(token)
        if token.text == "partial":
            return self._lone_partial(token)
        if token.text in symbols.ACCENTS:
            self.step()
            return self.accented(token)
        if token.text in symbols.GREEK or token.text in symbols.FUNCTIONS:
            self.step()
            return n.Name(token.text, "command", span=token.span)
        raise self.unexpected(token)

    def _lone_partial(self, token: Token) -> n.Expr:
        slope = self.slash_derivative()
        if slope is None:
            raise unreadable(
                "\\partial", "a lone ∂ is not read; write \\frac{\\partial L}{\\partial W}", token.span
            )
        return slope


def _is_plain(token: Token) -> bool:
    """A letter typed as itself, not out of a font command."""
    return token.kind == "letter" and (token.end - token.start == 1 or token.text == "_")
