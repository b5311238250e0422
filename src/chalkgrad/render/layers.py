"""The layers of a network with their weights, what they make of an example, and the gradients: as pictures.

`layers_data` runs where the network lives and gives JSON; `layers_html` makes the page's section of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from html import escape
from itertools import groupby
from typing import Any

import numpy as np

from chalkgrad.render.heat import Heat, Tiles, ends, heat, heat_svg, many, single
from chalkgrad.render.numbers import shape_text
from chalkgrad.render.opened import Opened, weights_of
from chalkgrad.render.walk_values import Passes

MOST_LAYERS = 40
MOST_FILTERS = 48
MOST_CHANNELS = 16
MOST_OPEN = 12  # layers; of more, blocks are closed
OPEN_BLOCKS = 2
ROW = 32  # entries of a vector side by side

Row = dict[str, Any]


# ----- data -----


def layers_data(found: Passes) -> dict[str, Any] | None:
    """The pictures of a network's layers as JSON; None for other functions."""
    f = found.graph.source
    if not isinstance(f, Opened):
        return None
    weights = _weights(found, f)
    outputs = _outputs(found)
    names = sorted({*weights, *outputs}, key=lambda n: outputs.get(n, -1))
    names = [n for n in names if not any(other.startswith(n + ".") for other in names)]
    image = example_image(f.args[1])
    first = next((n for n in names if n in weights), "")
    rows = [_input(found, image)]
    for name in names[:MOST_LAYERS]:
        seen = image if name == first else ()
        pictures = [_picture(found, path, i, weight_tiles, seen) for path, i in weights.get(name, ())]
        if name in outputs:
            pictures.append(_picture(found, "output", outputs[name], example_tiles, ()))
        rows.append({"name": name, "pictures": [p for p in pictures if p]})
    left_out = max(0, len(names) - MOST_LAYERS)
    return {"aim": f.aim, "rows": [r for r in rows if r and r["pictures"]], "left_out": left_out}


def example_image(x: Any) -> tuple[int, ...]:
    """Rows and columns of an example that is a picture: (n, rows, columns) or (n, rows, columns, 1)."""
    shape = np.shape(x)[1:]
    flat = shape[:-1] if len(shape) == 3 and shape[-1] == 1 else shape
    return flat if len(flat) == 2 and np.asarray(x).dtype.kind == "f" else ()


def _weights(found: Passes, f: Opened) -> dict[str, list[tuple[str, int]]]:
    """For each layer its weights, by name."""
    layers: dict[str, list[tuple[str, int]]] = {}
    for path, i in zip(f.paths, weights_of(found.graph), strict=True):
        layer, _, name = path.rpartition(".")
        layers.setdefault(layer, []).append((name, i))
    return layers


def _outputs(found: Passes) -> dict[str, int]:
    """For each layer the node that is its result."""
    last: dict[str, int] = {}
    for i, node in enumerate(found.graph.nodes[: found.forward]):
        labels = [s.label for s in node.scope if s.label]
        if node.op is not None and labels:
            last[".".join(labels)] = i
    return last


def _input(found: Passes, image: tuple[int, ...]) -> Row | None:
    given = found.graph.inputs[len(set(weights_of(found.graph))) :]
    shown = _picture(found, "x", given[0], example_tiles, image) if given else None
    return {"name": "input", "pictures": [shown]} if shown else None


def _picture(
    found: Passes, name: str, i: int, tiles_of: Any, image: tuple[int, ...]
) -> dict[str, Any] | None:
    value, gradient = found.values[i], found.gradient(i)
    if np.asarray(value).dtype.kind != "f" or not np.size(value) or not np.ndim(value):
        return None
    whole = value if tiles_of is weight_tiles else value[:1]
    tiles, note = tiles_of(np.shape(whole), image)
    drawn = asdict(heat(whole, tiles))
    below = None
    if gradient is not None and np.shape(gradient) == np.shape(value):
        below = asdict(heat(gradient if tiles_of is weight_tiles else gradient[:1], tiles))
    return {
        "name": name,
        "shape": shape_text(np.shape(whole)),
        "value": drawn,
        "gradient": below,
        "note": note,
    }


# ----- layouts -----


def weight_tiles(shape: tuple[int, ...], image: tuple[int, ...]) -> tuple[Tiles, str]:
    """How a parameter is drawn: filters as tiles, those over an image in its shape; and what is left out."""
    if len(shape) == 4:  # a convolution's (rows, columns, channels, filters)
        found = _some(shape[2] * shape[3], shape[0], shape[1], (), (3, 2, 0, 1), MOST_FILTERS, "tiles")
        across = shape[2] if 1 < shape[2] <= MOST_CHANNELS else found[0].across  # a row a filter
        return replace(found[0], across=across), found[1]
    if len(shape) == 3:  # (width, channels, filters)
        return _some(shape[2], shape[0], shape[1], (), (2, 0, 1), MOST_FILTERS, "tiles")
    if len(shape) == 2 and image and shape[0] == math.prod(image):
        rows, columns = image
        return _some(shape[1], rows, columns, (rows, columns, shape[1]), (2, 0, 1), MOST_FILTERS, "units")
    if len(shape) == 2 and shape[0] > 1.5 * shape[1]:
        return replace(single(shape[1], shape[0], ()), order=(1, 0)), "on its side"
    if len(shape) == 2:
        return single(*shape, ()), ""
    return _vector(math.prod(shape)), ""


def example_tiles(shape: tuple[int, ...], image: tuple[int, ...]) -> tuple[Tiles, str]:
    """How one example, (1, …), is drawn: channels of an image as tiles."""
    own = shape[1:]
    if image:
        return single(image[0], image[1], image), ""
    if len(own) == 3:
        return _some(own[2], own[0], own[1], own, (2, 0, 1), MOST_CHANNELS, "channels")
    if len(own) == 2:
        return single(*own, own), ""
    return _vector(math.prod(own)), ""


def _some(
    tiles: int, rows: int, columns: int, image: Any, order: Any, most: int, what: str
) -> tuple[Tiles, str]:
    note = f"the first {most} of {tiles} {what}" if tiles > most else ""
    return many(tiles, rows, columns, image, order, most), note


def _vector(count: int) -> Tiles:
    across = min(count, ROW)
    down = -(-count // across)
    return single(down, across, (down, across))


# ----- the page's section -----


def layers_html(data: Mapping[str, Any], ident: str) -> str:
    """The section of what `layers_data` gave."""
    drawn = [(row["name"], _row(row, f"{ident}-{k}")) for k, row in enumerate(data["rows"])]
    rows = "".join(_grouped(drawn) if len(drawn) > MOST_OPEN else (html for _, html in drawn))
    more = f'<p class="reading">… {int(data["left_out"])} more layers</p>' if data["left_out"] else ""
    told = (
        f"Blue is above zero; orange and hatched, below. Under a value stands its gradient, "
        f"{escape(data['aim'])}. At ± a colour is full."
    )
    return f'<p class="reading">{told}</p><div class="layers">{rows}</div>{more}'


def _grouped(drawn: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The rows of a deep network: those of one block together, and closed after the first two blocks."""
    blocks = 0
    for block, rows in groupby(drawn, lambda row: row[0].partition(".")[0]):
        names, htmls = zip(*rows, strict=True)
        if "." not in names[0]:
            yield from htmls
            continue
        blocks += 1
        told = escape(f"{block}: {', '.join(n.partition('.')[2] for n in names)}")
        opened = " open" if blocks <= OPEN_BLOCKS else ""
        yield f'<details class="block"{opened}><summary>{told}</summary>{"".join(htmls)}</details>'


def _row(row: Mapping[str, Any], ident: str) -> str:
    drawn = "".join(_figure(p, row["name"], f"{ident}-{k}") for k, p in enumerate(row["pictures"]))
    name = escape(row["name"].replace(".", " › "))
    head = f'<section class="layer" aria-label="{name}"><h5>{name}</h5>'
    return f'{head}<div class="pictures">{drawn}</div></section>'


def _figure(picture: Mapping[str, Any], layer: str, ident: str) -> str:
    name = picture["name"]
    parts = "".join(_parts(picture, f"{name} of {layer}", ident))
    note = f'<span class="note">{escape(picture["note"])}</span>' if picture["note"] else ""
    title = f"<figcaption><b>{escape(name)}</b> <span>{escape(picture['shape'])}</span>{note}</figcaption>"
    return f"<figure>{title}{parts}</figure>"


def _parts(picture: Mapping[str, Any], title: str, ident: str) -> Iterator[str]:
    for kind, words in (("value", ""), ("gradient", "gradient of ")):
        if picture[kind]:
            drawn = from_json(picture[kind])
            svg = heat_svg(drawn, f"{ident}-{kind[0]}", words + title)
            yield f'<div class="{kind}">{svg}<span class="scale">{escape(ends(drawn))}</span></div>'


def from_json(data: Mapping[str, Any]) -> Heat:
    """A picture after any number of trips through JSON."""
    frames: Sequence[Any] = data["tiles"]
    tiles = tuple(tuple(int(p) for p in frame) for frame in frames)
    return Heat(**{**data, "width": int(data["width"]), "height": int(data["height"]), "tiles": tiles})
