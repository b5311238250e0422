"""What generated source calls and NumPy has not: such a function is written out below the source."""

from __future__ import annotations

import inspect
import re

import numpy as np

# fmt: off
# ruff: noqa: B905 (read by people, who need no `strict`)


def conv(x, W, strides=None, dilation=None, padding=None):
    window = W.shape[:-2]
    strides, dilation = strides or (1,) * len(window), dilation or (1,) * len(window)
    padding = padding or ((0, 0),) * len(window)
    inner = [slice(max(-a, 0), n + min(b, 0)) for n, (a, b) in zip(x.shape[1:-1], padding)]
    around = [(max(a, 0), max(b, 0)) for a, b in padding]
    x = np.pad(x[(slice(None), *inner)], ((0, 0), *around, (0, 0)))
    counts = [(n - (w - 1) * d - 1) // s + 1 for n, w, d, s in zip(x.shape[1:-1], window, dilation, strides)]
    y = 0
    for at in np.ndindex(*window):
        cuts = [slice(a * d, a * d + (n - 1) * s + 1, s) for a, d, n, s in zip(at, dilation, counts, strides)]
        y = y + x[(slice(None), *cuts)] @ W[at]
    return y


# fmt: on
FUNCTIONS = {"conv": conv}


def written_out(text: str) -> list[str]:
    """The sources of what some lines call.

    >>> written_out("y = np.conv(x) + deconv(x)"), written_out("y = conv(x, W)")[0].split("(")[0]
    ([], 'def conv')
    """
    wanted = [f for name, f in FUNCTIONS.items() if re.search(rf"(?<![\w.]){name}\(", text)]
    return [inspect.getsource(f).rstrip() for f in wanted]
