"""Brackets, bars and environments: what encloses."""

from __future__ import annotations

from chalkgrad.latex import nodes as n
from chalkgrad.latex import symbols
from chalkgrad.latex.cursor import Cursor
from chalkgrad.latex.problem import Unreadable, unreadable
from chalkgrad.latex.tokens import Token, tokenize


class Brackets(Cursor):
    """The layer that reads what stands between two signs."""

    # ----- lists -----

    def group_items(self) -> tuple[n.Expr, ...]:
        """`{a, b=1, :}`: the items of a group, as subscripts have them."""
        self.expect("open", "{", "{")
        items = self._items("{")
        self.expect("close", "{", "}")
        return items

    def _items(self, closer: str) -> tuple[n.Expr, ...]:
        bars, self.bars = self.bars, []
        items: list[n.Expr] = []
        comma = False
        while not self.at("close", closer):
            items.append(self._item())
            comma = self.at("sign", ",", ";")
            if not comma:
                break
            self.step()
        self.bars = bars
        if comma and len(items) == 1:  # Python's (1,)
            return (n.Tuple((items[0],), span=items[0].span),)
        return tuple(items)

    def _item(self) -> n.Expr:
        """An expression, a condition, or a slice."""
        token = self.here
        if (token.kind == "text" and token.text == ":") or self.at("command", "ldots", "dots"):
            self.step()
            return n.Slice(ellipsis=token.kind == "command", span=token.span)
        bounds: list[n.Expr | None] = [self._bound()]
        while self.at("sign", ":"):
            self.step()
            bounds.append(self._bound())
        if len(bounds) == 1:
            if bounds[0] is None:
                raise self.unexpected(token)
            return bounds[0]
        if len(bounds) > 3:
            raise unreadable(":", "a slice has at most two colons", self.span_from(token))
        start, stop, step = (*bounds, None)[:3]
        return n.Slice(start, stop, step, span=self.span_from(token))

    def _bound(self) -> n.Expr | None:
        """One bound of a slice; `None` where it is left out."""
        if self.at("sign", ":", ",", ";", ":=") or self.at("close"):
            return None
        return self.logic()

    def update(self, bar: Token) -> tuple[tuple[n.Expr, ...], n.Expr]:
        """`|_{0,: := y}`: entries, and what is put there."""
        self.step()
        self.expect("script", "_", "_")
        self.expect("open", "{", "{")
        self.assigning = True
        entries = self._items("{")
        self.assigning = False
        self.expect("sign", ":=", ":=")
        value = self.terms()
        self.expect("close", "{", "}")
        if not entries:
            raise unreadable("|", "which entries are replaced is not written", bar.span)
        return entries, value

    # ----- brackets -----

    def bracket(self, token: Token) -> n.Expr:
        """`(…)`, `[…]`, `\\{…\\}`, `{…}`, floor, ceiling, inner product."""
        self.step()
        if token.text == "\\{" and self.here.kind == "begin":
            return self._braced_environment()
        items = self._items(token.text)
        self.expect("close", token.text, symbols.CLOSING.get(token.text, token.text))
        span = self.span_from(token)
        if token.text == "angle":
            if len(items) != 2:
                raise unreadable("\\langle", "an inner product has two sides, separated by a comma", span)
            return n.Inner(*items, span=span)
        if token.text == "{":
            return self.brace(items[0] if len(items) == 1 else n.Tuple(items, span=span), span)
        return n.Paren(token.text, items, span=span)

    def brace(self, inside: n.Expr, span: n.Span) -> n.Expr:
        """A group that is not seen: a single thing stands for itself."""
        if isinstance(
            inside, n.Product | n.Terms | n.Equation | n.Compare | n.Tuple | n.Logic | n.Big | n.Limit
        ):
            return n.Paren("{", (inside,), span=span)
        return inside

    def _braced_environment(self) -> n.Expr:
        """`\\left\\{ \\begin{array}{ll} … \\end{array} \\right.`: cases by another name."""
        begin = self.step()
        rows = self._rows(begin)
        self.expect("close", ".", "\\right.")
        return self._cases(rows, begin)

    # ----- bars -----

    def bars_around(self, token: Token, faced: bool) -> n.Expr:
        """`|x|`, `||x||`, `\\lVert x \\rVert`; `faced` bars say themselves which way they look."""
        if faced:
            self.step()
            bars, self.bars = self.bars, []
            body = self.terms()
            self.bars = bars
            self.expect("close", token.text, symbols.CLOSING[token.text])
        else:
            body, token = self._bare_bars(token)
        span = self.span_from(token)
        return n.Abs(body, span=span) if token.text == "|" else n.Norm(body, span=span)

    def _bare_bars(self, token: Token) -> tuple[n.Expr, Token]:
        """`|x|` and `||x||`; two bars that do not close as a norm are two absolute values: `||x| - 1|`."""
        before = self.position, self.depth, list(self.bars)
        twice = token.text == "|" and self._touching(1) and self.position not in self.no_norm
        if twice:
            try:
                return self._between(2), Token("bar", "||", token.start, token.end)
            except Unreadable:
                self.position, self.depth, self.bars = before
                self.no_norm.add(self.position)  # tried once for all
        return self._between(1), token

    def _touching(self, steps: int) -> bool:
        """Whether the bar here and the token so many steps on are two bars without room between."""
        following = self.ahead(steps)
        return self.here.text == following.text and following.start == self.here.end

    def _between(self, bars: int) -> n.Expr:
        text = self.here.text
        for _ in range(bars):
            self.step()
        self.bars.append(text)
        body = self.terms()
        self.bars.pop()
        if bars == 2 and not self._touching(1):
            raise unreadable("||", "is expected here, but " + self.found(), self.here.span)
        for _ in range(bars):
            self.expect("bar", text, symbols.CLOSING[text])
        return body

    def evaluated_at(self, token: Token) -> n.Expr:
        """`\\left. f(x) \\right|_{x=2}`."""
        self.step()
        bars, self.bars = self.bars, []
        body = self.terms()
        self.bars = bars
        self.expect("close", "|", "\\right|")
        self.expect("script", "_", "_")
        items = self.group_items()
        span = self.span_from(token)
        where = items[0] if len(items) == 1 else None
        if not isinstance(where, n.Equation) or len(where.sides) != 2 or not isinstance(where.left, n.Name):
            raise unreadable("\\right|", "write where it is taken: _{x=2}", span)
        return n.At(body, where.left, where.right, span=span)

    # ----- environments -----

    def environment(self, begin: Token) -> n.Expr:
        """`cases` and the matrices."""
        self.step()
        if begin.text in symbols.CASES:
            return self._cases(self._rows(begin), begin)
        if begin.text not in symbols.MATRICES:
            raise unreadable(
                f"\\begin{{{begin.text}}}", "rows are read only around a whole formula", begin.span
            )
        cells = self._matrix_rows(begin)
        if len({len(row) for row in cells}) != 1:
            raise unreadable(
                f"\\begin{{{begin.text}}}", "its rows have different lengths", self.span_from(begin)
            )
        return n.Matrix(cells, span=self.span_from(begin))

    def _matrix_rows(self, begin: Token) -> tuple[tuple[n.Expr, ...], ...]:
        rows: list[tuple[n.Expr, ...]] = []
        bars, self.bars = self.bars, []
        while not self.at("end"):
            row = [self.terms()]
            while self.at("sign", "&"):
                self.step()
                row.append(self.terms())
            rows.append(tuple(row))
            if not self.at("row"):
                break
            self.step()
        self.bars = bars
        self.expect("end", begin.text, f"\\end{{{begin.text}}}")
        return tuple(rows)

    def _rows(self, begin: Token) -> list[tuple[n.Expr, n.Expr | None]]:
        """The rows of a cases-like environment, to its end."""
        rows: list[tuple[n.Expr, n.Expr | None]] = []
        bars, self.bars = self.bars, []
        while not self.at("end"):
            rows.append(self._row())
            if not self.at("row"):
                break
            self.step()
        self.bars = bars
        self.expect("end", begin.text, f"\\end{{{begin.text}}}")
        return rows

    def _cases(self, rows: list[tuple[n.Expr, n.Expr | None]], begin: Token) -> n.Expr:
        if not rows or any(condition is None for _, condition in rows[:-1]):
            raise unreadable(
                f"\\begin{{{begin.text}}}", "each row but the last needs its condition", begin.span
            )
        return n.Cases(tuple(rows), span=self.span_from(begin))

    def _row(self) -> tuple[n.Expr, n.Expr | None]:
        value = self.terms()
        self._punctuation()
        while self.at("sign", "&"):
            self.step()
        condition = self._condition()
        self._punctuation()
        return value, condition

    def _punctuation(self) -> None:
        while self.at("sign", ",", ";", "."):
            self.step()

    def _condition(self) -> n.Expr | None:
        token = self.here
        if self.at("row") or self.at("end"):
            raise unreadable(
                "", "a row of cases needs its condition (\\text{if } …, \\text{otherwise})", token.span
            )
        word = self._spelled()
        if word in symbols.OTHERWISE:
            return None
        if word and word.split()[0] in symbols.IF and " " in word:
            inside = token.text.split(None, 1)[1]  # \text{if x > 0}
            reader = type(self)(tokenize(inside))
            reader.depth = self.depth
            return reader.logic()
        items = [self.logic()]
        while self.at("sign", ",") and not self._closes(self.ahead(1)):
            self.step()
            items.append(self.logic())
        return items[0] if len(items) == 1 else n.Logic("and", tuple(items), span=self.span_from(token))

    @staticmethod
    def _closes(token: Token) -> bool:
        return token.kind in ("row", "end", "stop")

    def _spelled(self) -> str:
        """The word `if` or `otherwise` that stands here, as text or in letters, read past; else nothing."""
        known = symbols.OTHERWISE | symbols.IF
        token = self.here
        if token.kind == "text":
            word = token.text.lower().strip(" ,.:")
            if word in known or (word and word.split()[0] in symbols.IF):
                self.step()
                return word
        start, word = self.position, ""
        while self.at("letter") and not (word and self.here.spaced):
            word += self.step().text
        if word in known:
            return word
        self.position = start
        return ""
