"""What happened in training, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(eq=False)
class History:
    """A column a figure, an entry an epoch: `history.loss`, `history.accuracy`, `history.val_loss`."""

    columns: dict[str, list[float]] = field(default_factory=dict)
    stopped: str = ""  # why it ended before its last epoch
    layers: dict[str, dict[str, list[float]]] = field(default_factory=dict)  # statistics, if asked for
    snapshots: Any = field(default=(), repr=False)  # the parameters at some epochs, if `keep` asked for them
    sample: Any = field(default=None, repr=False)  # some examples (X, y), where each is two numbers

    def add(self, **figures: float) -> None:
        """One epoch more."""
        for name, value in figures.items():
            self.columns.setdefault(name, []).append(value)

    def add_layers(self, figures: dict[str, dict[str, float]]) -> None:
        """One epoch more of each layer's statistics."""
        for layer, own in figures.items():
            for name, value in own.items():
                self.layers.setdefault(layer, {}).setdefault(name, []).append(value)

    def first(self, epochs: int) -> History:
        """The history as it was after so many epochs."""
        layers = {k: {n: v[:epochs] for n, v in own.items()} for k, own in self.layers.items()}
        return History({k: v[:epochs] for k, v in self.columns.items()}, self.stopped, layers)

    def to_json(self) -> dict[str, Any]:
        """What a file keeps of it.

        >>> History.from_json(History({"loss": [1.0]}).to_json()).loss
        [1.0]
        """
        return {"columns": self.columns, "stopped": self.stopped, "layers": self.layers}

    @staticmethod
    def from_json(found: dict[str, Any]) -> History:
        """The history that a file has kept."""
        columns = {k: [float(x) for x in v] for k, v in found["columns"].items()}
        layers = {k: {n: [float(x) for x in v] for n, v in own.items()} for k, own in found["layers"].items()}
        return History(columns, str(found["stopped"]), layers)

    def __getattr__(self, name: str) -> list[float]:
        columns = self.__dict__.get("columns", {})
        if name in columns:
            return columns[name]
        raise AttributeError(f"the history has no {name}; it has {', '.join(columns) or 'nothing yet'}")

    def __len__(self) -> int:
        return max(map(len, self.columns.values()), default=0)

    def __repr__(self) -> str:
        names = list(self.columns)
        rows = [[f"{self.columns[n][i]:.4f}" for n in names] for i in range(len(self))]
        widths = [max(len(x) for x in (n, *(r[k] for r in rows))) for k, n in enumerate(names)]
        lines = [["epoch", *(n.rjust(w) for n, w in zip(names, widths, strict=True))]]
        lines += [
            [str(i + 1).rjust(5), *(x.rjust(w) for x, w in zip(row, widths, strict=True))]
            for i, row in enumerate(rows)
        ]
        return "\n".join("  ".join(line) for line in lines)

    def plot(self, ax: Axes | None = None) -> Any:
        """The loss over the epochs, that of validation dashed.

        Args:
            ax: Matplotlib axes to draw on; default: new ones.

        Returns:
            The axes.
        """
        from chalkgrad.render.palette import PAPER
        from chalkgrad.render.plot import axes

        ax = axes(ax, "loss")
        epochs = range(1, len(self) + 1)
        ax.plot(epochs, self.columns.get("loss", []), color=PAPER["forward"], linewidth=2.2, label="training")
        if "val_loss" in self.columns:
            style: dict[str, Any] = {"color": PAPER["gradient"], "linewidth": 2.2, "dashes": (3, 1.6)}
            ax.plot(epochs, self.columns["val_loss"], label="validation", **style)
            ax.legend(frameon=False)
        ax.set_xlabel("epoch")
        return ax
