"""A place in a list of tokens, and what every part of the reader may ask of the others."""

from __future__ import annotations

from collections.abc import Sequence

from chalkgrad.latex import nodes as n
from chalkgrad.latex import symbols
from chalkgrad.latex.problem import Unreadable, unreadable
from chalkgrad.latex.tokens import Token


class Cursor:
    """Walks over tokens. The reader is made of layers: Cursor, Brackets, Commands, Scripts, Reader."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0
        self.bars: list[str] = []  # the |, ‖ that wait for their partner within the innermost bracket
        self.assigning = False  # inside the entries of an update, where := ends them
        self.no_norm: set[int] = set()  # where two bars are two absolute values

    # ----- filled in by the layers above -----

    def logic(self) -> n.Expr:
        raise NotImplementedError

    def terms(self) -> n.Expr:
        raise NotImplementedError

    def product(self) -> n.Expr:
        raise NotImplementedError

    def signed_product(self) -> n.Expr:
        raise NotImplementedError

    def factor(self) -> n.Expr:
        raise NotImplementedError

    def argument(self, owner: Token) -> n.Expr:
        raise NotImplementedError

    # ----- tokens -----

    @property
    def here(self) -> Token:
        return self.tokens[self.position]

    def ahead(self, steps: int) -> Token:
        """A token so many steps from here; the first and the last stand for all beyond them."""
        return self.tokens[min(max(self.position + steps, 0), len(self.tokens) - 1)]

    def step(self) -> Token:
        """The token here, and one further."""
        token = self.tokens[self.position]
        if token.kind != "stop":
            self.position += 1
        return token

    def at(self, kind: str, *texts: str) -> bool:
        """Whether the token here is one of these."""
        return self.here.kind == kind and (not texts or self.here.text in texts)

    def expect(self, kind: str, text: str, shown: str) -> Token:
        """The token here, which must be this one."""
        if not self.at(kind, text):
            raise unreadable("", f"'{shown}' is expected here, but {self.found()}", self.here.span)
        return self.step()

    def found(self) -> str:
        """What stands here, for a message."""
        token = self.here
        if token.kind == "stop":
            return "the formula ends"
        return f"'{shown(token)}' stands there"

    def span_from(self, start: Token) -> n.Span:
        """From a token to the last one read."""
        return start.start, max(self.tokens[max(self.position - 1, 0)].end, start.end)

    def unexpected(self, token: Token) -> Unreadable:
        """The error for a token that cannot begin anything."""
        if token.kind == "stop":
            return unreadable("", "the formula ends where something should follow", token.span)
        if token.kind == "command":
            why = symbols.NOT_READ.get(token.text, "this command is not read here")
            return unreadable("\\" + token.text, why, token.span)
        return unreadable(shown(token), "nothing can begin with this here", token.span)


def shown(token: Token) -> str:
    """A token as its author wrote it, near enough for a message."""
    if token.kind == "close":
        return symbols.CLOSING.get(token.text, token.text)
    if token.kind in ("begin", "end"):
        return f"\\{token.kind}{{{token.text}}}"
    return "\\" + token.text if token.kind == "command" else token.text
