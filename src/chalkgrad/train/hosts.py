"""A training on several hosts: the same program on each, which find one another by one address.

    python -m chalkgrad.train.hosts 10.0.0.1:9911 2 0 train.py     # on the first host, whose address it is
    python -m chalkgrad.train.hosts 10.0.0.1:9911 2 1 train.py     # on the second

Each host reads the same data; `cg.fit` gives each device of each host its part of every batch. The
connections are those of `jax.distributed`, which have no password: use a network that is nobody else's.
"""

from __future__ import annotations

import runpy
import sys

from chalkgrad.errors import ArgumentError

USAGE = "python -m chalkgrad.train.hosts ADDRESS:PORT HOSTS NUMBER PROGRAM.py [ARGUMENTS]"


def join(address: str, hosts: int, number: int) -> None:
    """Meet the other hosts; before anything else that computes.

    Args:
        address: of the first host, with a port that is free there: "10.0.0.1:9911".
        hosts: how many there are.
        number: which one this is, from 0.

    Raises:
        ArgumentError: the numbers do not go together.
    """
    if hosts < 1 or not 0 <= number < hosts or ":" not in address:
        raise ArgumentError(f"address {address}, {hosts} hosts, this one {number}. Cure: {USAGE}; from 0")
    import jax

    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(address, hosts, number)


def main(arguments: list[str]) -> None:
    """Meet the others, then run a program as if it had been started by itself."""
    if len(arguments) < 4 or not (arguments[1].isdigit() and arguments[2].isdigit()):
        sys.exit(f"usage: {USAGE}")
    try:
        join(arguments[0], int(arguments[1]), int(arguments[2]))
    except ArgumentError as error:
        sys.exit(str(error))
    sys.argv = arguments[3:]
    runpy.run_path(arguments[3], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
