"""A folder of made-up course notes: realistic, all different, as many as asked for."""

from __future__ import annotations

from pathlib import Path

# fmt: off
ACTIVATIONS = (  # name, formula, NumPy
    ("sigmoid",   r"\frac{1}{1 + e^{-x}}",         "1 / (1 + np.exp(-x))"),
    ("softplus",  r"\log(1 + e^{x})",              "np.log(1 + np.exp(x))"),
    ("relu",      r"\max(0, x)",                   "np.maximum(0, x)"),
    ("swish",     r"\frac{x}{1 + e^{-BETA x}}",    "x / (1 + np.exp(-BETA * x))"),
    ("leaky",     r"\max(SLOPE x, x)",             "np.maximum(SLOPE * x, x)"),
    ("squash",    r"\tanh(BETA x)",                "np.tanh(BETA * x)"),
    ("bell",      r"e^{-BETA x^2}",                "np.exp(-BETA * x ** 2)"),
    ("cubic",     r"SLOPE x^3 - x",                "SLOPE * x ** 3 - x"),
    ("root",      r"\sqrt{x^2 + BETA}",            "np.sqrt(x ** 2 + BETA)"),
    ("softsign",  r"\frac{x}{BETA + |x|}",         "x / (BETA + np.abs(x))"),
)
LOSSES = (
    ("mse",       "np.mean((y - p) ** 2)"),
    ("mae",       "np.mean(np.abs(y - p))"),
    ("log_cosh",  "np.mean(np.log(np.cosh(SLOPE * (y - p))))"),
)
# fmt: on

TOP = """\
# Lecture NUMBER: NAMES

See also [the next one](../week-WEEK/lecture-NEXT.md).

```python
import numpy as np
import matplotlib.pyplot as plt
```
"""
FUNCTION = """
## NAME

$$
\\text{NAME}(x) = TEX
$$

```python
def NAME(x):
    return CODE

print(NAME(np.array([-1.0, 0.5, 2.0])))
```
"""
REST = """
## A chain

```python
chain = [FIRST, SECOND]
x = np.arange(-3, 3, 0.05)
plt.plot(x, FIRST(x))
plt.title('FIRST')
plt.show()
```

## A layer and its loss

A layer $N = XW + b$, and what it costs.

```python
def dense(X, W, b):
    N = np.dot(X, W) + b
    return FIRST(N)

def LOSS(y, p):
    return CODE

def cost(X, W, b, y):
    return LOSS(y, dense(X, W, b))

rng = np.random.default_rng(SEED)
X, W, b, y = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), np.zeros(2), rng.normal(size=(4, 2))
print(round(cost(X, W, b, y), 4))
```
"""


def write(folder: Path, notes: int, version: int = 0) -> None:
    """Write so many notes of six functions each; another `version` changes one fence of the first."""
    for number in range(notes):
        path = folder / f"week-{number // 7 + 1:02}" / f"lecture-{number:03}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = note(number, version if number == 0 else 0)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def note(number: int, version: int = 0) -> str:
    """One note, which no other is like."""
    beta, slope = 1 + (number % 17) / 8, 0.05 + (number % 11) / 40
    stride = 1 + number // 10 % 3
    chosen = [ACTIVATIONS[(number * 3 + k * stride) % len(ACTIVATIONS)] for k in (0, 1, 2)]
    names = [name for name, _, _ in chosen]
    loss, cost = LOSSES[number % len(LOSSES)]
    following = number + 1
    words = {"NUMBER": str(number), "NAMES": ", ".join(names), "FIRST": names[0], "SECOND": names[1]}
    words |= {
        "WEEK": f"{following // 7 + 1:02}",
        "NEXT": f"{following:03}",
        "LOSS": loss,
        "SEED": f"{number + 1000 * version}",
    }
    parts = [_filled(TOP, words)]
    parts += [_filled(FUNCTION, {"NAME": name, "TEX": tex, "CODE": code}) for name, tex, code in chosen]
    parts.append(_filled(REST, {"CODE": cost, **words}))
    return _filled("".join(parts), {"BETA": f"{beta:g}", "SLOPE": f"{slope:g}"})


def _filled(text: str, words: dict[str, str]) -> str:
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return text
