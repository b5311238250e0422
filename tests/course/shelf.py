"""Where the course functions are filed: each with a maker of its arguments, fresh at every call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Course:
    """A function as course code has it, and arguments for it."""

    name: str
    f: Callable
    make: Callable[[np.random.Generator], tuple]

    def arguments(self) -> tuple:
        return self.make(np.random.default_rng(7))


CASES: list[Course] = []


def case(make: Callable[[np.random.Generator], tuple]) -> Callable[[Callable], Callable]:
    """File a function: `@case(lambda r: (r.normal(size=3),))`."""

    def file(f: Callable) -> Callable:
        CASES.append(Course(f"{f.__module__.rpartition('.')[2]}.{f.__qualname__}", f, make))
        return f

    return file
