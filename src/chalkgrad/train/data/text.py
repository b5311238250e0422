"""Text, and text as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, DataError
from chalkgrad.train.data.records import Examples, Texts
from chalkgrad.train.data.store import SOURCES, file


def names(test: float = 0.1, seed: int = 0) -> Texts:
    """29,493 different first names of people, in small letters a to z: two tuples, drawn by seed.

    Names that stand in both lists of the source, 2,539 of them, are kept once, so that none is in both parts;
    "unknown", which is no name, is left out.

    Args:
        test: the share to be judged by.
        seed: of the parts.

    Raises:
        DataError: the file is not to be had; the message says where it belongs.
    """
    words = list(dict.fromkeys(file("names", "names.txt").decode("ascii").split()))
    words = [w for w in words if w != "unknown"]
    held = round(len(words) * test)
    if not 0 < held < len(words):
        raise ArgumentError(f"test={test} of {len(words)} names leaves one part empty; give a share")
    order = np.random.default_rng(seed).permutation(len(words))
    drawn = [words[k] for k in order]
    return Texts(tuple(drawn[:-held]), tuple(drawn[-held:]), SOURCES["names"].credit)


def tiny_shakespeare(test: float = 0.1) -> Texts:
    """A million characters from the plays, 65 different ones; the last share of the text is put aside.

    Args:
        test: the share to be judged by; by position, since stretches drawn at random would overlap.

    Raises:
        DataError: the file is not to be had; the message says where it belongs.
    """
    text = file("tiny_shakespeare", "input.txt").decode("ascii")
    kept = len(text) - round(len(text) * test)
    if not 0 < kept < len(text):
        raise ArgumentError(f"test={test} leaves one part empty; give a share between 0 and 1")
    return Texts(text[:kept], text[kept:], SOURCES["tiny_shakespeare"].credit)


@dataclass(frozen=True)
class Characters:
    """Text as whole numbers and back: the place of each character in an alphabet; see `characters`."""

    alphabet: str
    place: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.alphabet or len(set(self.alphabet)) != len(self.alphabet):
            raise ArgumentError(f"an alphabet is one or more different characters, not {self.alphabet!r}")
        object.__setattr__(self, "place", {c: k for k, c in enumerate(self.alphabet)})

    def __len__(self) -> int:
        return len(self.alphabet)

    def encode(self, text: str) -> np.ndarray:
        """The numbers of a text's characters.

        Raises:
            DataError: a character that is not in the alphabet.
        """
        strange = sorted(set(text) - set(self.place))
        if strange:
            at = text.index(strange[0])
            raise DataError(f"character {at}, {strange[0]!r}, is not in the alphabet {self.alphabet!r}")
        return np.array([self.place[c] for c in text], np.int32)

    def decode(self, numbers: Any) -> str:
        """The text of some numbers.

        Raises:
            DataError: a number that stands for no character.
        """
        flat = np.ravel(numbers)
        strange = [k for k in flat if k != int(k) or not 0 <= k < len(self)]
        if strange:
            raise DataError(
                f"{strange[0]} stands for no character: the alphabet has 0 to {len(self) - 1}. Cure: numbers "
                "that encode has given, or the alphabet that they were made with"
            )
        return "".join(self.alphabet[int(k)] for k in flat)

    def sequences(self, text: str, length: int) -> Examples:
        """A long text in pieces, each with the same piece one character later: what comes next.

        Args:
            text: at least length + 1 characters; what is left over at the end is left out.
            length: of a piece.

        Returns:
            X and y, both (n, length), whole numbers.

        >>> X, y = Characters("ab").sequences("abbab", 2)
        >>> X.tolist(), y.tolist()
        ([[0, 1], [1, 0]], [[1, 1], [0, 1]])
        """
        numbers = self.encode(text)
        count = (len(numbers) - 1) // length if length > 0 else 0
        if count < 1:
            raise ArgumentError(
                f"{len(numbers)} characters have no piece of {length} and what follows it. Cure: a length "
                f"from 1 to {max(1, len(numbers) - 1)}"
            )
        cut = numbers[: count * length + 1]
        return Examples(cut[:-1].reshape(count, length), cut[1:].reshape(count, length))

    def words(self, words: Sequence[str], length: int | None = None) -> Examples:
        r"""Words, each on a row: begun by the first character of the alphabet and filled up with it.

        Args:
            words: none of which has the alphabet's first character in it, which ends them.
            length: of a row; default: the longest word's and one.

        Returns:
            X and y, both (n, length): y is one character later.

        >>> X, y = Characters(".ab").words(["ab", "b"])
        >>> X.tolist(), y.tolist()
        ([[0, 1, 2], [0, 2, 0]], [[1, 2, 0], [2, 0, 0]])
        """
        length = max(map(len, words)) + 1 if length is None else length
        rows = np.zeros((len(words), length + 1), np.int32)
        for row, word in zip(rows, words, strict=True):
            if len(word) >= length or self.alphabet[0] in word:
                raise ArgumentError(
                    f"{word!r} does not fit: {length - 1} characters, none {self.alphabet[0]!r}"
                )
            row[1 : len(word) + 1] = self.encode(word)
        return Examples(rows[:, :-1], rows[:, 1:])


def characters(text: str | Iterable[str]) -> Characters:
    """The characters of a text, or of several, in order: an alphabet that turns text into numbers and back.

    >>> code = characters("hello")
    >>> code.alphabet, code.encode("hole").tolist(), code.decode([2, 0])
    ('ehlo', [1, 3, 2, 0], 'le')
    """
    try:
        return Characters("".join(sorted(set("".join(text)))))
    except TypeError as error:
        raise ArgumentError(f"{text!r:.60} is no text. Cure: a string, or a list of strings") from error
