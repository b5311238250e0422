"""What notes leave out: the names that a fence may use without importing them."""

from __future__ import annotations

from typing import Any

VOCABULARY = (
    "deriv",
    "Chain",
    "chain_length_2",
    "chain_length_3",
    "chain_deriv_2",
    "chain_deriv_3",
    "plot_chain",
    "plot_chain_deriv",
)
NAMES = ("np", "ndarray", "plt", "Callable", "List", *VOCABULARY)


SHELL = ("display", "get_ipython", "In", "Out", "_", "__", "___", "exit", "quit")


def given(kind: str) -> set[str]:
    """The names that what usually runs a file of this kind defines; a module may be a notebook's export."""
    return set(SHELL) if kind == "notebook" else {"get_ipython"} if kind == "module" else set()


def shell() -> dict[str, Any]:
    """A notebook's own names, in the child: `display` prints; what commands the shell does nothing."""
    from types import SimpleNamespace

    def display(*values: Any, **_: Any) -> None:
        for value in values:
            if not type(value).__module__.startswith("matplotlib"):  # figures are shown all the same
                print(value if isinstance(value, str) else repr(value))

    def nothing(*_: Any, **__: Any) -> None:
        return None

    ours = SimpleNamespace(run_line_magic=nothing, run_cell_magic=nothing, magic=nothing, system=nothing)
    given = {"display": display, "get_ipython": lambda: ours, "In": [""], "Out": {}}
    return given | dict.fromkeys(("_", "__", "___"), "")


def prelude(plots: bool) -> dict[str, Any]:
    """The names and their values; without `plots`, all but `plt`, whose import takes half a second.

    It imports NumPy, so it is called in the child only.
    """
    import typing

    import numpy as np

    from chalkgrad import foundation

    given = {"np": np, "ndarray": np.ndarray, "Callable": typing.Callable, "List": vars(typing)["List"]}
    if plots:
        import matplotlib.pyplot as plt

        given["plt"] = plt
    return given | {name: getattr(foundation, name) for name in VOCABULARY}
