"""Formulas of derivatives: beside functions whose slopes they give, with one wrong, with ones nothing is said of."""
# ruff: noqa: E501
# fmt: off

CODE = """
```python
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def relu(x):
    return np.maximum(0, x)

def cube(x):
    return x ** 3

def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))

def mse(y, t):
    return np.mean((y - t) ** 2)

def squared_norm(w):
    return np.sum(w ** 2)

def loss(X, W, y):
    return np.sum((X @ W - y) ** 2) / 2

loss(np.ones((4, 3)), np.ones((3, 2)), np.ones((4, 2)))

def swish(x):
    return x * sigmoid(x)

def lifted(x):
    return cube(sigmoid(x))

def total(X, W):
    return np.sum(sigmoid(X @ W))

total(np.ones((4, 3)), np.ones((3, 2)))
```
"""

AGREE = {
    "prime":      (r"$\sigma'(x) = \sigma(x)(1 - \sigma(x))$", "sigmoid"),
    "own-value":  (r"$\frac{d\sigma}{dx} = \sigma(1 - \sigma)$", "sigmoid"),
    "text":       (r"$\text{sigmoid}'(x) = \frac{e^{-x}}{(1 + e^{-x})^2}$", "sigmoid"),
    "other-name": (r"$\sigma'(z) = a(1 - a)$", "sigmoid"),
    "operator":   (r"$\frac{d}{dx} \text{sigmoid}(x) = \text{sigmoid}(x) (1 - \text{sigmoid}(x))$", "sigmoid"),
    "inside":     (r"$\frac{d\,\text{sigmoid}(z)}{dz} = \frac{e^{-z}}{(1 + e^{-z})^2}$", "sigmoid"),
    "cases":      (r"$$\text{ReLU}'(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}$$", "relu"),
    "with-alpha": (r"$$\text{ELU}'(x) = \begin{cases} 1 & x > 0 \\ \alpha e^x & x \le 0 \end{cases}$$", "elu"),
    "power":      (r"$\text{cube}'(x) = 3x^2$", "cube"),
    "second":     (r"$\text{cube}''(x) = 6x$", "cube"),
    "second-too": (r"$\frac{d^2 \text{cube}}{dx^2} = 6x$", "cube"),
    "labelled":   ("<!-- chalkgrad: cube -->\n" + r"$f'(x) = 3x^2$", "cube"),
    "by-value":   (r"$f'(x) = 3x^2$", "cube"),
    "letter":     (r"With $f(x) = x^3$ we have $f'(x) = 3x^2$.", "cube"),
    "partial":    (r"$\frac{\partial\, \text{mse}(y, t)}{\partial y} = \frac{2}{n}(y - t)$", "mse"),
    "entry":      (r"$\frac{\partial\, \text{MSE}}{\partial y_i} = \frac{2}{4}(y_i - t_i)$", "mse"),
    "nabla":      (r"$\nabla_w \text{squared\_norm} = 2w$", "squared_norm"),
    "matrix":     (r"$\frac{\partial\, \text{loss}}{\partial W} = X^\top (XW - y)$", "loss"),
    "matrix-L":   (r"$\frac{\partial L}{\partial W} = X^\top (XW - y)$", "loss"),
    "product":    (r"$\text{swish}'(x) = \sigma(x) + x \cdot \sigma'(x)$", "swish"),
    "chain":      (r"$\text{lifted}'(x) = \text{cube}'(\text{sigmoid}(x)) \cdot \text{sigmoid}'(x)$", "lifted"),
    "through-sum": (r"$\frac{\partial\, \text{total}}{\partial W} = X^\top \text{sigmoid}'(X W)$", "total"),
    "limit":      (r"$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}$", None),
    "central":    (r"$\frac{df}{dx}(x) = \lim_{a \to 0} \frac{f(x + a) - f(x - a)}{2a}$", None),
}

DISAGREE = {
    "sign":       (r"$\sigma'(x) = \sigma(x)(1 + \sigma(x))$", "sigmoid"),
    "dropped":    (r"$\frac{d\sigma}{dx} = 1 - \sigma$", "sigmoid"),
    "square":     (r"$\text{sigmoid}'(x) = \frac{e^{-x}}{1 + e^{-x}}$", "sigmoid"),
    "mask":       (r"$$\text{ReLU}'(x) = \begin{cases} 1 & x > 1 \\ 0 & x \le 1 \end{cases}$$", "relu"),
    "factor":     (r"$\text{cube}'(x) = x^2$", "cube"),
    "second":     (r"$\text{cube}''(x) = 3x$", "cube"),
    "letter":     (r"With $f(x) = x^3$ we have $f'(x) = 3x$.", "cube"),
    "labelled":   ("<!-- chalkgrad: cube -->\n" + r"$f'(x) = 3x$", "cube"),
    "partial":    (r"$\frac{\partial\, \text{MSE}}{\partial y_i} = 2(y_i - t_i)$", "mse"),
    "product":    (r"$\text{swish}'(x) = \sigma(x) \cdot \sigma'(x)$", "swish"),
    "chain-at-x": (r"$\text{lifted}'(x) = \text{cube}'(x) \cdot \text{sigmoid}'(x)$", "lifted"),
    "not-turned": (r"$\frac{\partial\, \text{total}}{\partial W} = X^\top \text{sigmoid}(X W)$", "total"),
    "minus":      (r"$\frac{\partial\, \text{MSE}}{\partial y_i} = \frac{2}{4}(t_i - y_i)$", "mse"),
    "matrix":     (r"$\frac{\partial\, \text{loss}}{\partial W} = 2 X^\top (XW - y)$", "loss"),
    "nabla":      (r"$\nabla_w \text{squared\_norm} = w$", "squared_norm"),
    "limit":      (r"$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x - h)}{h}$", None),
}

UNDECIDED = {
    "chain-rule": r"$\frac{dL}{dx} = \frac{dL}{dy} \frac{dy}{dx}$",
    "of-inside":  r"$\frac{d}{dx} \text{cube}(2x) = 24x^2$",
    "own-slope":  r"$\text{cube}'(x) = x \cdot \text{cube}'(x)$",
    "an-update":  r"$w' = w - \eta g$",
    "a-guess":    r"$f'(x) = 5x$",
    "quotient":   r"$f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}$",
    "no-default": r"$\text{ELU}'(x) = \max(0, x)$",
    "jacobian":   r"$\frac{\partial s_i}{\partial z_j} = s_i (\delta_{ij} - s_j)$",
    "rule":       r"$(fg)' = f'g + fg'$",
}
