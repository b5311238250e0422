"""A training to scrub through: the loss with the moment marked, and what the network was like then.

`training_data` runs where the network lives and gives JSON; `training_html` makes the page's section, in
which whatever carries `data-frame` shows at one moment only (web/page/training.ts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

import numpy as np

from chalkgrad.render.boundary import boundary_data, boundary_svg
from chalkgrad.render.heat import ends, frames_svg, heat
from chalkgrad.render.layers import from_json
from chalkgrad.render.layouts import Image, example_image, weight_tiles
from chalkgrad.render.losses import losses_svg
from chalkgrad.render.numbers import number, shape_text
from chalkgrad.render.opened import Opened
from chalkgrad.render.packed import packed

MOST_WEIGHTS = 4  # parameters that are followed


# ----- data -----


def training_data(f: Any) -> dict[str, Any] | None:
    """What happened in training, as JSON; None where nothing is known of one."""
    history = f.history if isinstance(f, Opened) else None
    if history is None or not len(history):
        return None
    columns = {
        k: [_finite(v) for v in history.columns[k]] for k in ("loss", "val_loss") if k in history.columns
    }
    snapshots = list(history.snapshots) if len(history.snapshots) > 1 else []
    epochs = [int(s.epoch) for s in snapshots] or [len(history)]
    return {
        "columns": columns,
        "epochs": epochs,
        "told": [_told(history, e) for e in epochs],
        "weights": _weights(f, snapshots),
        "boundary": boundary_data(f, history.sample, [s.params for s in snapshots]) if snapshots else None,
    }


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _told(history: Any, epoch: int) -> str:
    """A moment in words."""
    shown = {k: v[epoch - 1] for k, v in history.columns.items() if k != "seconds" and 0 < epoch <= len(v)}
    figures = ", ".join(
        f"{k.replace('_', ' ').replace('val ', 'validation ')} {_brief(v)}" for k, v in shown.items()
    )
    return f"epoch {epoch} of {len(history)}" + (f": {figures}" if figures else ", before the first step")


def _brief(value: float) -> str:
    return number(float(f"{value:.4g}"))


def _weights(f: Opened, snapshots: Sequence[Any]) -> list[dict[str, Any]]:
    """The first weights at every moment, on one scale."""
    if not snapshots:
        return []
    moments = [_by_path(s.params) for s in snapshots]
    chosen = [p for p in f.paths if np.ndim(moments[-1][p]) > 1][:MOST_WEIGHTS]
    image = example_image(f.args[1], f.image)
    return [_followed(p, [m[p] for m in moments], image if p == chosen[0] else ()) for p in chosen]


def _by_path(params: Mapping[str, Any], above: str = "") -> dict[str, np.ndarray]:
    """Every array by its name in full; moments that a checkpoint has kept may be in another order."""
    found: dict[str, np.ndarray] = {}
    for name, value in params.items():
        found |= (
            _by_path(value, f"{above}{name}.")
            if isinstance(value, Mapping)
            else {above + name: np.asarray(value)}
        )
    return found


def _followed(path: str, values: list[np.ndarray], image: Image) -> dict[str, Any]:
    tiles, note = weight_tiles(values[0].shape, image)
    most = max(float(np.max(np.abs(v[np.isfinite(v)]), initial=0.0)) for v in values)
    frames = [asdict(heat(v, tiles, most)) for v in values]
    return {"name": path, "shape": shape_text(values[0].shape), "note": note, "frames": frames}


# ----- the page's section -----


def training_html(data: Mapping[str, Any], ident: str) -> str:
    """The section of what `training_data` gave."""
    epochs = [int(e) for e in data["epochs"]]
    last = len(epochs) - 1
    curve = losses_svg(data["columns"], epochs)
    pictures = [_figure("loss", "", f'<div class="value">{curve}</div>')]
    if data["boundary"]:
        pictures.append(
            _figure("decision", data["boundary"]["what"], boundary_svg(data["boundary"], f"{ident}-d"))
        )
    pictures += [_weight(w, f"{ident}-{k}") for k, w in enumerate(data["weights"])]
    told = "".join(f"<b {frame(k, last)}>{escape(t)}</b>" for k, t in enumerate(data["told"]))
    body = f'<div class="pictures">{"".join(pictures)}</div>'
    return f'{_slider(last)}<p class="moment">{told}</p>{packed(body)}'


def frame(k: int, last: int) -> str:
    """The mark of what shows at moment k alone; at first the last one shows."""
    return f'data-frame="{k}"' + ("" if k == last else " hidden")


def _slider(last: int) -> str:
    if not last:
        return ""
    kind = f'type="range" class="moments" min="0" max="{last}" step="1" value="{last}"'
    return f'<label class="scrub"><span>Through training</span><input {kind}></label>'


def _weight(weight: Mapping[str, Any], ident: str) -> str:
    frames = [from_json(h) for h in weight["frames"]]
    name = weight["name"].replace(".", " › ")
    scale = f'<span class="scale">{escape(ends(frames[0]))}</span>'
    drawn = f'<div class="value">{frames_svg(frames, ident, name)}{scale}</div>'
    return _figure(name, ", ".join(filter(None, (weight["shape"], weight["note"]))), drawn)


def _figure(name: str, more: str, drawn: str) -> str:
    caption = f"<figcaption><b>{escape(name)}</b> <span>{escape(more)}</span></figcaption>"
    return f"<figure>{caption}{drawn}</figure>"
