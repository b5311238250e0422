"""What goes on in each layer, in figures: what it says, what is silent, how strongly it is moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from chalkgrad.nn.layers.layer import Mode, Params
from chalkgrad.nn.network import join, named, parts, paths, run_link
from chalkgrad.train.job import Carry, Job


class Statistics:
    """Figures of each layer on one and the same batch, after each epoch.

    Of the layer's output `mean` and `std`, and `dead`: the share of its units (places along the last axis)
    that say the same of every example. `gradient` is the norm of the gradient by its parameters.
    """

    def __init__(self, job: Job):
        self.job = job
        self.batch = job.source.example
        self.gradients = job.gradient_graph(self.batch).in_numpy()

    def __call__(self, carry: Carry, at: int) -> dict[str, dict[str, float]]:
        """By layer and by figure.

        Args:
            carry: the parameters.
            at: the number of the step, on which depends what is drawn.
        """
        links, params = self.job.network.functions, join(carry.state, carry.learnt)
        figures = {name: told(y) for name, y in outputs(links, params, self.batch[0])}
        _, grads, _, _ = self.gradients(carry.learnt, carry.state, *self.batch, self.job.key(at))
        for path, gradient in paths(grads):
            layer = path.rpartition(".")[0]
            own = figures.setdefault(layer, {})
            own["gradient"] = float(np.hypot(own.get("gradient", 0.0), np.linalg.norm(gradient)))
        return figures


def told(y: Any) -> dict[str, float]:
    """Mean, standard deviation, and the share of units that say the same of every example.

    >>> told(np.array([[0.0, 1.0], [0.0, 3.0]]))
    {'mean': 1.0, 'std': 1.224744871391589, 'dead': 0.5}
    """
    y = np.asarray(y, float)
    rows = y.reshape(-1, y.shape[-1]) if y.ndim > 1 else y[:, None]
    dead = np.mean(np.ptp(rows, axis=0) == 0)
    return {"mean": float(y.mean()), "std": float(y.std()), "dead": float(dead)}


def outputs(links: Any, params: Params, x: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """What each link says, by its name, those within others too; as the network is used, not as it learns."""
    for name, link in named(links):
        own = params.get(name, {})
        yield from outputs(parts(link) or getattr(link, "links", ()), own, x, f"{above}{name}.")
        x, _ = run_link(link, own, x, Mode())
        yield f"{above}{name}", x
