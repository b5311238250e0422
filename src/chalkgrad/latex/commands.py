"""Commands with arguments: fractions, roots, sums, limits, derivatives."""

from __future__ import annotations

from collections.abc import Callable

from chalkgrad.latex import nodes as n
from chalkgrad.latex import symbols
from chalkgrad.latex.brackets import Brackets
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.tokens import Token


class Commands(Brackets):
    """The layer that reads commands; `COMMANDS` says which method reads which."""

    def command(self, token: Token) -> Callable[[Token], n.Expr] | None:
        """The method that reads this command, if it is one of this layer's."""
        readers: dict[str, Callable[[Token], n.Expr]] = {
            "frac":   self.fraction, "dfrac": self.fraction, "tfrac": self.fraction, "cfrac": self.fraction,
            "sqrt":   self.root,
            "binom":  self.binomial,
            "lim":    self.limit,
            "underbrace": self.braced, "overbrace": self.braced,
            "sum":    self.big, "prod": self.big,
            "max":    self.big, "min": self.big,
        }  # fmt: skip
        if token.text in symbols.BIG_IF_SCRIPTED and not self._has_subscript():
            return None
        return readers.get(token.text)

    def _has_subscript(self) -> bool:
        following = self.ahead(1)
        return following.kind == "script" and following.text == "_"

    # ----- fractions and roots -----

    def fraction(self, token: Token) -> n.Expr:
        """`\\frac{a}{b}`, `\\frac12`, and the derivatives written as one."""
        self.step()
        if self._is_derivative():
            return self._derivative(token)
        first = self.here
        if first.kind == "number" and len(first.text) == 2 and first.text.isdigit():
            self.step()
            digits = [n.Number(digit, span=first.span) for digit in first.text]
            return n.Fraction(digits[0], digits[1], span=self.span_from(token))
        top = self.argument(token)
        return n.Fraction(top, self.argument(token), span=self.span_from(token))

    def root(self, token: Token) -> n.Expr:
        """`\\sqrt{x}`, `\\sqrt[3]{x}`."""
        self.step()
        degree = None
        if self.at("open", "["):
            self.step()
            degree = self.terms()
            self.expect("close", "[", "]")
        return n.Root(self.argument(token), degree, span=self.span_from(token))

    def binomial(self, token: Token) -> n.Expr:
        """`\\binom{n}{k}`."""
        self.step()
        top = self.argument(token)
        return n.Binomial(top, self.argument(token), span=self.span_from(token))

    def braced(self, token: Token) -> n.Expr:
        """`\\underbrace{x}_{\\text{note}}`: the note is passed over."""
        self.step()
        inside = self.argument(token)
        if self.here.kind == "script":
            self.step()
            if self.argument(token) is None:
                raise self.unexpected(self.here)
        return self.brace(inside, self.span_from(token))

    # ----- sums and limits -----

    def big(self, token: Token) -> n.Expr:
        """`\\sum_{i=1}^{n} …`: the product that follows is its body."""
        self.step()
        below: tuple[n.Expr, ...] = ()
        above: n.Expr | None = None
        while self.here.kind == "script":
            script = self.step()
            if script.text == "_":
                below = self.group_items() if self.at("open", "{") else (self.argument(script),)
            else:
                above = self.argument(script)
        body = self.signed_product()
        return n.Big(token.text, below, above, body, span=self.span_from(token))

    def limit(self, token: Token) -> n.Expr:
        """`\\lim_{a \\to 0} …`."""
        self.step()
        self.expect("script", "_", "_")
        self.expect("open", "{", "{")
        name = self.factor()
        if not isinstance(name, n.Name) or not self.at("command", "to", "rightarrow"):
            raise unreadable("\\lim", "write what goes where: \\lim_{a \\to 0}", self.span_from(token))
        self.step()
        target, side = self.terms(), ""
        if isinstance(target, n.Marked) and target.text in ("plus", "minus"):
            side, target = {"plus": "+", "minus": "-"}[target.text], target.base
        self.expect("close", "{", "}")
        return n.Limit(name, target, side, self.signed_product(), span=self.span_from(token))

    # ----- derivatives -----

    def _is_derivative(self) -> bool:
        """Whether `{d…}{d…}` stands here."""
        if not (self.at("open", "{") and _is_differential(self.ahead(1))):
            return False
        after = self.ahead(2)
        if after.kind in ("sign", "number", "row") or (after.kind, after.text) == ("script", "_"):
            return False
        below = self._behind_group()
        if below is None or below + 2 >= len(self.tokens):
            return False
        opened, d, variable = self.tokens[below : below + 3]
        starts = (opened.kind, opened.text) == ("open", "{") and _is_differential(d)
        return (
            starts and d.text == self.ahead(1).text and variable.kind in ("letter", "word", "command", "text")
        )

    def _behind_group(self) -> int | None:
        """The position after the group that opens here."""
        depth = 0
        for k in range(self.position, len(self.tokens)):
            token = self.tokens[k]
            if token.text == "{":
                depth += (token.kind == "open") - (token.kind == "close")
            if depth == 0:
                return k + 1
        return None

    def _derivative(self, token: Token) -> n.Expr:
        """`\\frac{d^2 f}{d x^2}`; both groups are known to start with a d or ∂."""
        self.step()
        partial = self.step().text == "partial"
        order = self._order()
        of = None if self.at("close", "{") else self.product()
        self.expect("close", "{", "}")
        self.expect("open", "{", "{")
        by, orders = self._variables()
        self.expect("close", "{", "}")
        span = self.span_from(token)
        if sum(orders) != order:
            raise unreadable("\\frac", f"order {order} above, {sum(orders)} below", span)
        return n.Derivative(of, tuple(by), tuple(orders), partial, span=span)

    def _order(self) -> int:
        """The 2 of `d^2`."""
        if not self.at("script", "^"):
            return 1
        script = self.step()
        order = self.argument(script)
        if not isinstance(order, n.Number) or not order.text.isdigit():
            raise unreadable("d^", "the order of a derivative is a whole number", script.span)
        return int(order.text)

    def _variables(self) -> tuple[list[n.Expr], list[int]]:
        """`dx`, `dx^2`, `\\partial x \\partial y`."""
        by: list[n.Expr] = []
        orders: list[int] = []
        while _is_differential(self.here):
            self.step()
            variable, order = self.factor(), 1
            if isinstance(variable, n.Power):
                exponent, variable = variable.exponent, variable.base
                order = (
                    int(exponent.text) if isinstance(exponent, n.Number) and exponent.text.isdigit() else 0
                )
            by.append(variable)
            orders.append(order)
        return by, orders

    def slash_derivative(self) -> n.Expr | None:
        """`dL/dW` and `\\partial L/\\partial W` on one line; `None` if that is not what stands here."""
        start = self.here
        name = self._differential_at(self.position)
        if name is None or self.tokens[name].text != "/":
            return None
        below = self._differential_at(name + 1)
        if below is None or self.tokens[name + 1].text != start.text:
            return None
        self.step()
        of = self.factor()
        self.expect("sign", "/", "/")
        by, orders = self._variables()
        return n.Derivative(
            of, tuple(by[:1]), tuple(orders[:1]), start.text == "partial", span=self.span_from(start)
        )

    def _differential_at(self, position: int) -> int | None:
        """The position after a d and a name (`dL`, `\\partial W_1`), if they stand at `position`."""
        d = self.tokens[position]
        k = position + 1
        if not _is_differential(d) or k >= len(self.tokens):
            return None
        if d.kind == "letter" and (self.tokens[k].kind != "letter" or self.tokens[k].start != d.end):
            return None
        while (
            self.tokens[k].kind == "letter"
            and self.tokens[k + 1].kind == "letter"
            and not self.tokens[k + 1].spaced
        ):
            k += 1
        if self.tokens[k].kind not in ("letter", "word", "text", "command"):
            return None
        k += 1
        if (self.tokens[k].kind, self.tokens[k].text) == ("script", "_") and self.tokens[k + 1].kind in (
            "number",
            "letter",
        ):
            k += 2
        return k


def _is_differential(token: Token) -> bool:
    return (token.kind in ("letter", "text") and token.text == "d") or (token.kind, token.text) == (
        "command",
        "partial",
    )
