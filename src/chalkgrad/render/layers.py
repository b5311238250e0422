"""The layers of a network with their weights, what they make of an example, and the gradients: as pictures.

`layers_data` runs where the network lives and gives JSON; `layers_html` makes the page's section of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from html import escape
from itertools import groupby
from typing import Any

import numpy as np

from chalkgrad.render.heat import Heat, ends, heat, heat_svg
from chalkgrad.render.layouts import (
    Image,
    attention_tiles,
    example_image,
    example_tiles,
    weight_tiles,
)
from chalkgrad.render.numbers import shape_text
from chalkgrad.render.opened import Opened, weights_of
from chalkgrad.render.tiles import Tiles
from chalkgrad.render.walk_values import Passes

MOST_LAYERS = 40
MOST_OPEN = 12  # layers; of more, blocks are closed
OPEN_BLOCKS = 2
_BREAK = re.compile(r"_(?=[a-z])")  # where a long name may go on in the next line

Row = dict[str, Any]


# ----- data -----


def layers_data(found: Passes) -> dict[str, Any] | None:
    """The pictures of a network's layers as JSON; None for other functions."""
    f = found.graph.source
    if not isinstance(f, Opened):
        return None
    weights = _weights(found, f)
    outputs, looks = _outputs(found), _looks(found)
    names = sorted({*weights, *outputs}, key=lambda n: outputs.get(n, -1))
    names = [n for n in names if not any(other.startswith(n + ".") for other in names)]
    image = example_image(f.args[1], f.image)
    made = _image_made(found, image)
    first = next((n for n in names if n in weights), "")
    last = next((n for n in reversed(names) if n in outputs), "")
    rows = [_input(found, image)]
    for name in names[:MOST_LAYERS]:
        images = image if name == first else (), made if name == last else ()
        pictures = [_weight(found, path, i, images) for path, i in weights.get(name, ())]
        if name in looks:
            pictures.append(_example(found, "attention", looks[name], ()))
        if name in outputs:
            pictures.append(_example(found, "output", outputs[name], images[1]))
        rows.append({"name": name, "pictures": [p for p in pictures if p]})
    left_out = max(0, len(names) - MOST_LAYERS)
    return {"aim": f.aim, "rows": [r for r in rows if r and r["pictures"]], "left_out": left_out}


def _image_made(found: Passes, image: Image) -> Image:
    """The image's rows and columns, if the network makes such images of those it is given."""
    outputs = _outputs(found)
    shape = found.graph.nodes[max(outputs.values())].shape[1:] if outputs else ()
    return image if image and math.prod(shape) == math.prod(image) else ()


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


def _looks(found: Passes) -> dict[str, int]:
    """For each layer that has a function `attention`, the shares that the softmax in it gives."""
    last: dict[str, int] = {}
    for i, node in enumerate(found.graph.nodes[: found.forward]):
        names = [s.name for s in node.scope]
        if node.op is not None and names[-2:] == ["attention", "softmax"] and len(node.shape) == 4:
            last[".".join(s.label for s in node.scope if s.label)] = i
    return last


def layer_lines(found: Passes) -> tuple[list[int], list[int]]:
    """The nodes that are the results of the innermost layers, and those of the outermost ones."""
    if not isinstance(found.graph.source, Opened):
        return [], []
    outputs = _outputs(found)
    inner = [i for n, i in outputs.items() if not any(other.startswith(n + ".") for other in outputs)]
    outer: dict[str, int] = {}
    for name, i in outputs.items():
        first = name.partition(".")[0]
        outer[first] = max(i, outer.get(first, 0))
    return inner, list(outer.values())


def _input(found: Passes, image: Image) -> Row | None:
    given = found.graph.inputs[len(set(weights_of(found.graph))) :]
    shown = _example(found, "x", given[0], image) if given else None
    return {"name": "input", "pictures": [shown]} if shown else None


def _weight(found: Passes, name: str, i: int, images: tuple[Image, Image]) -> dict[str, Any] | None:
    value = np.asarray(found.values[i])
    return _picture(name, value, found.gradient(i), *weight_tiles(value.shape, *images))


def _example(found: Passes, name: str, i: int, image: Image) -> dict[str, Any] | None:
    """What node i makes of the first example."""
    value, gradient = np.asarray(found.values[i]), found.gradient(i)
    if not value.ndim:
        return None
    own = np.asarray(gradient) if gradient is not None and np.shape(gradient) == value.shape else None
    if value.ndim == 1:  # an example that stands alone
        value, own = value[None], None if own is None else own[None]
    own = None if own is None else own[:1]
    tiles = attention_tiles(value.shape) if name == "attention" else example_tiles(value[:1].shape, image)
    return _picture(name, value[:1], own, *tiles)


def _picture(name: str, value: np.ndarray, gradient: Any, tiles: Tiles, note: str) -> dict[str, Any] | None:
    if value.dtype.kind != "f" or not value.size or not value.ndim:
        return None
    below = gradient is not None and np.shape(gradient) == value.shape
    return {
        "name": name,
        "shape": shape_text(value.shape),
        "value": asdict(heat(value, tiles)),
        "gradient": asdict(heat(gradient, tiles)) if below else None,
        "note": note,
    }


# ----- the page's section -----


def layers_html(data: Mapping[str, Any], ident: str) -> str:
    """The section of what `layers_data` gave."""
    drawn = [(row["name"], _row(row, f"{ident}-{k}")) for k, row in enumerate(data["rows"])]
    rows = "".join(_grouped(drawn) if len(drawn) > MOST_OPEN else (html for _, html in drawn))
    more = f'<p class="reading">… {int(data["left_out"])} more layers</p>' if data["left_out"] else ""
    told = (
        "Blue is above zero; orange and hatched, below; at ± the colour is full. Under the dashed line is "
        f"the gradient {escape(data['aim'])}."
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
    head = f'<section class="layer" aria-label="{name}"><h5>{_BREAK.sub("_<wbr>", name)}</h5>'
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
            said = ("gradient " if words else "") + ends(drawn)
            yield f'<div class="{kind}">{svg}<span class="scale">{escape(said)}</span></div>'


def from_json(data: Mapping[str, Any]) -> Heat:
    """A picture after any number of trips through JSON."""
    frames: Sequence[Any] = data["tiles"]
    tiles = tuple(tuple(int(p) for p in frame) for frame in frames)
    return Heat(**{**data, "width": int(data["width"]), "height": int(data["height"]), "tiles": tiles})
