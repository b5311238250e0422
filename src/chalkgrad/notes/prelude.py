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
