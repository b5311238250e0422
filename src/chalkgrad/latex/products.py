"""Factors side by side: which are functions with their arguments, and what a slash divides.

The rules are those of mathematical setting: a function takes the bracket that follows it, or the run of
plain factors up to the next function or operator (`\\sin 2x \\cos y`); what stands side by side binds
tighter than · ⊙ and
/. Where two readings are usual (`1/2x`, `\\sin x (1 + x)`, `\\log p / q`) the answer is an error, not a
guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalkgrad.latex import nodes as n
from chalkgrad.latex.heads import Head, Heads
from chalkgrad.latex.known import INVERSES
from chalkgrad.latex.problem import unreadable
from chalkgrad.latex.words import NOTHING, Item, as_condition, inner, is_bracket, put_inside


class Products(Heads):
    """The layer of the binder that settles products."""

    # ----- the whole product -----

    def product(self, expr: n.Product) -> n.Expr:
        """A product with its calls and fractions found."""
        items = self._items(expr)
        done: list[Item] = []
        k = 0
        while k < len(items):
            link, factor = items[k]
            if isinstance(factor, n.Derivative) and factor.of is None:
                node, k = self._differentiated(factor, items, k)
            elif (head := self.head(factor, self._next_bracket(items, k))) is not None:
                node, k = self._applied(head, items, k, 0)
            else:
                node, k = factor, k + 1
            done.append((link, node))
        return self._folded(done, expr.span)

    def _items(self, expr: n.Product) -> list[Item]:
        """Factors with their links, words spelled out where they are products of letters."""
        items: list[Item] = []
        for link, factor in zip((NOTHING, *expr.links), expr.factors, strict=True):
            for k, part in enumerate(self.spelled_out(factor)):
                items.append((link if k == 0 else NOTHING, part))
        return items

    @staticmethod
    def _next_bracket(items: list[Item], k: int) -> bool:
        return k + 1 < len(items) and items[k + 1][0].how == "" and is_bracket(items[k + 1][1])

    # ----- application -----

    def _applied(self, head: Head, items: list[Item], k: int, depth: int) -> tuple[n.Expr, int]:
        """The call of the function at k, and the position after its argument."""
        if depth > 60:
            raise unreadable("", "functions nested more than 60 deep", head.span)
        if self._next_bracket(items, k):
            following = items[k + 1][1]
            paren = inner(following)
            assert isinstance(paren, n.Paren)
            return put_inside(following, self.call(head, self._arguments(paren))), k + 2
        if k + 1 >= len(items) or items[k + 1][0].how:
            raise unreadable(head.chain[0][1], "this function has no argument here", head.span)
        if not head.bare:
            raise unreadable(head.chain[0][1], "this function needs its argument in brackets", head.span)
        args, stop = self._bare(head, items, k + 1, depth)
        return self.call(head, (args,)), stop

    @staticmethod
    def _arguments(paren: n.Paren) -> tuple[n.Expr, ...]:
        body = paren.items[0] if len(paren.items) == 1 else None
        if paren.bracket == "{":
            if isinstance(body, n.Terms) and len(body.items) > 1:
                raise unreadable("{", "the argument of a function needs visible brackets here", paren.span)
            if isinstance(body, n.Tuple):
                return body.items
        return paren.items

    def _bare(self, head: Head, items: list[Item], k: int, depth: int) -> tuple[n.Expr, int]:
        """The argument without brackets that starts at k, and the position after it."""
        inside = self.head(items[k][1], self._next_bracket(items, k))
        if inside is not None:
            argument, stop = self._applied(inside, items, k, depth + 1)
            self._must_end(items, stop, head)
            return argument, stop
        stop = k + 1
        while stop < len(items) and not items[stop][0].how and not is_bracket(items[stop][1]):
            if self.head(items[stop][1], self._next_bracket(items, stop)) is not None:
                break
            stop += 1
        run = items[k:stop]
        if len(run) > 1 and not isinstance(run[-1][1], n.Big) and any(not _is_simple(x) for _, x in run):
            raise unreadable(
                head.chain[0][1], "where its argument ends is not clear; use brackets", head.span
            )
        self._must_end(items, stop, head)
        self._check_operator(items, stop, run, head)
        if len(run) == 1:
            return run[0][1], stop
        links = tuple(
            link for link, _ in run[1:]
        )  # bound once, with the call: binding twice would double at each level
        return n.Product(tuple(x for _, x in run), links, span=run[0][1].span), stop

    def _must_end(self, items: list[Item], stop: int, head: Head) -> None:
        """After a bare argument: the end, an operator, or another function as in `\\sin x \\cos y`."""
        if stop >= len(items) or items[stop][0].how:
            return
        following = self.head(items[stop][1], self._next_bracket(items, stop))
        if following is None or not following.bare:
            raise unreadable(
                head.chain[0][1], "where its argument ends is not clear; use brackets", head.span
            )

    def _check_operator(self, items: list[Item], stop: int, run: list[Item], head: Head) -> None:
        """`\\sin 2 \\cdot x` and `\\log p / q` are read in two ways: not here."""
        if stop >= len(items):
            return
        how, following = items[stop][0].how, items[stop][1]
        numbers = all(isinstance(x, n.Number) for _, x in run) and how in ("cdot", "times", "star")
        divided = (
            how == "slash"
            and self.head(following, True) is None
            and not (len(run) == 1 and run[0][1] == following)
        )
        if numbers or divided:
            raise unreadable(
                head.chain[0][1], "where its argument ends is not clear; use brackets", head.span
            )

    def call(self, head: Head, args: tuple[n.Expr, ...]) -> n.Expr:
        """The call itself: settings, derivatives, powers and inverses of the function's name included."""
        if head.chain[-1] == ("known", "indicator"):
            args = tuple(as_condition(arg) for arg in args)
        values = tuple(arg for arg in args if not isinstance(arg, n.Equation))
        static = head.static + self.settings(tuple(arg for arg in args if isinstance(arg, n.Equation)))
        head, inverse = self._inverted(head)
        source, key = inverse if inverse is not None else head.chain[-1]
        bound = tuple(self.bind(arg) for arg in values)
        if head.order and len(bound) != 1:
            raise unreadable(key, "a derivative by which of its arguments?", head.span)
        if head.base is not None:
            bound, key = (*bound, self.bind(head.base)), "log_b"
        node: n.Expr = n.Call(key, bound, static, head.order, source, span=head.span)
        for source, key in reversed(head.chain[:-1]):
            node = n.Call(key, (node,), source=source, span=head.span)
        if head.entries:
            node = self.bind(n.Subscripted(node, head.entries, "", span=head.span))
        return node if head.power is None else n.Power(node, head.power, span=head.span)

    def _inverted(self, head: Head) -> tuple[Head, tuple[str, str] | None]:
        """`\\sin^{-1}` is the inverse; `f^2(x)` is read only for textbook functions."""
        if head.power is None:
            return head, None
        source, key = head.chain[0]
        inverse = (
            isinstance(head.power, n.Terms)
            and head.power.signs == (-1,)
            and head.power.items == (n.Number("1"),)
        )
        if (
            len(head.chain) > 1
            or source != "known"
            or (inverse and (head.order or head.base or key not in INVERSES))
        ):
            raise unreadable(
                key, "a power on this function's name may mean its inverse, its square or f(f(x))", head.span
            )
        if inverse:
            return replace(head, power=None), (source, INVERSES[key])
        return head, None

    def _differentiated(self, expr: n.Derivative, items: list[Item], k: int) -> tuple[n.Expr, int]:
        """`\\frac{d}{dx}` and the one thing behind it."""
        k += 1
        if k >= len(items) or items[k][0].how:
            raise unreadable("\\frac{d}{dx}", "nothing to differentiate follows", expr.span)
        head = self.head(items[k][1], self._next_bracket(items, k))
        body, stop = (items[k][1], k + 1) if head is None else self._applied(head, items, k, 0)
        if stop < len(items):
            raise unreadable("\\frac{d}{dx}", "how far it reaches is not clear; use brackets", expr.span)
        return self.slope(expr, self.bind(body)), stop

    # ----- operators -----

    def _folded(self, items: list[Item], span: n.Span) -> n.Expr:
        """Runs of neighbours first, then · ⊙ / from left to right."""
        runs: list[tuple[n.Link, list[Item]]] = []
        for link, node in items:
            if link.how or not runs:
                runs.append((link, []))
            runs[-1][1].append((link, node))
        result = self._run(runs[0][1], span)
        for link, run in runs[1:]:
            if link.how == "slash":
                result = self._divided(result, link, run, span)
            else:
                result = n.Product((result, self._run(run, span)), (link,), span=span)
        return result

    def _run(self, run: list[Item], span: n.Span) -> n.Expr:
        """Neighbours, bound; what was bound already stays."""
        nodes = tuple(self.bind(node) for _, node in run)
        if len(nodes) > 1:
            _no_hidden_sum(node for _, node in run)
        return nodes[0] if len(nodes) == 1 else n.Product(nodes, (NOTHING,) * (len(nodes) - 1), span=span)

    def _divided(self, top: n.Expr, link: n.Link, run: list[Item], span: n.Span) -> n.Expr:
        """`a/b c`: room before c, and none around the slash, says that the slash takes b alone."""
        if len(run) > 1:
            close = not link.spaced and run[0][1].span[0] == link.span[1]
            apart = close and run[1][0].spaced and _is_simple(run[0][1])
            if not apart and not isinstance(run[1][1], n.Big):
                raise unreadable(
                    "/", "what it divides by is not clear; use \\frac{}{} or brackets", link.span
                )
        quotient = n.Fraction(top, self.bind(run[0][1]), span=span)
        if len(run) == 1:
            return quotient
        rest = tuple(self.bind(node) for _, node in run[1:])
        return n.Product((quotient, *rest), (NOTHING,) * len(rest), span=span)


def _is_simple(factor: n.Expr) -> bool:
    """A number or a name, with scripts or without."""
    return isinstance(inner(factor), n.Number | n.Name)


def _no_hidden_sum(factors: Iterable[n.Expr]) -> None:
    """`{a + b} c` is set as a + b c: which is meant cannot be told."""
    for factor in factors:
        if isinstance(factor, n.Paren) and factor.bracket == "{" and isinstance(factor.items[0], n.Terms):
            raise unreadable("{", "this sum beside a factor needs visible brackets", factor.span)
