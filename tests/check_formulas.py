"""Notes with formulas: with one that its code contradicts, with ones that all agree, with none to be judged."""
# ruff: noqa: E501
# fmt: off

CODE = """
```python
import numpy as np

def square(x):
    return np.power(x, 2)

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def leaky_relu(x):
    return np.maximum(0.2 * x, x)

def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))

def mse(y, t):
    return np.mean((y - t) ** 2)

def softmax(x):
    e = np.exp(x - np.max(x))
    return e / np.sum(e)

def norm(x):
    return np.sqrt(np.sum(x ** 2))

def layer(X, W, b):
    return X @ W + b

layer(np.ones((2, 3)), np.ones((3, 2)), np.ones(2))

def bce(p, t):
    return -(t * np.log(p + 1e-12) + (1 - t) * np.log(1 - p + 1e-12))

def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))

def nest(x):
    return square(sigmoid(leaky_relu(x)))
```
"""

# ----- formula, function, and the line of it in the note, where the code says otherwise -----

DISAGREE = {
    "sign":        (r"$\sigma(x) = \frac{1}{1 + e^{x}}$", "sigmoid"),
    "factor":      (r"$\text{mse}(y, t) = \frac{1}{2n} \sum_{i=1}^n (y_i - t_i)^2$", "mse"),
    "no-square":   (r"$$\operatorname{MSE}(y, t) = \frac{1}{n} \sum_{i=1}^n (y_i - t_i)$$", "mse"),
    "sum-for-mean": (r"$\text{mse}(y, t) = \sum_i (y_i - t_i)^2$", "mse"),
    "kink":        (r"$\text{leaky\_relu}(x) = \max(0, x)$", "leaky_relu"),
    "slope":       (r"$\text{leaky\_relu}(x) = \max(0.02x, x)$", "leaky_relu"),
    "cases":       (r"$$\text{ELU}(x) = \begin{cases} x & \text{if } x > 0 \\ \alpha e^x & \text{otherwise} \end{cases}$$", "elu"),
    "cube":        (r"$\operatorname{square}(z) = z^3$", "square"),
    "denominator": (r"$$\text{softmax}(x)_i = \frac{e^{x_i}}{1 + \sum_j e^{x_j}}$$", "softmax"),
    "no-root":     (r"$\text{norm}(x) = \sum_i x_i^2$", "norm"),
    "minus":       (r"$\text{layer}(X, W, b) = XW - b$", "layer"),
    "labelled":    ("<!-- chalkgrad: sigmoid -->\n" + r"$$y = \frac{2}{1 + e^{-x}}$$", "sigmoid"),
    "in-words":    (r"The function `sigmoid` is $f(x) = \frac{1}{1 - e^{-x}}$.", "sigmoid"),
    "one-of-two":  (r"$\text{square}(x) = x^2 \qquad \text{sigmoid}(x) = \frac{x}{1 + e^{-x}}$", "sigmoid"),
    "wrong-order": (r"$\text{nest}(x) = \text{leaky\_relu}(\text{square}(\text{sigmoid}(x)))$", "nest"),
    "swapped":     (r"$\text{square}(x) = \frac{1}{1 + e^{-x}}$", "square"),
}

# ----- formulas that agree, and with what -----

AGREE = {
    "plain":       (r"$\sigma(x) = \frac{1}{1 + e^{-x}}$", "sigmoid"),
    "bare-max":    (r"$f(x) = max(0.2x, x)$ </br>", "leaky_relu"),
    "other-name":  (r"$g(z) = z^2;$", "square"),
    "no-left":     (r"$y = \frac{1}{1 + \exp(-x)}$", "sigmoid"),
    "cases":       (r"$$\text{ELU}(x) = \begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases}$$", "elu"),
    "sum":         (r"$\text{MSE}(y, t) = \frac{1}{n} \sum_{i=1}^n (y_i - t_i)^2$", "mse"),
    "loss":        (r"$L = \frac{1}{n} \sum_{i} (t_i - y_i)^2$", "mse"),
    "index":       (r"$$\text{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$", "softmax"),
    "bars":        (r"$\text{norm}(x) = \lVert x \rVert_2$", "norm"),
    "matrices":    (r"$\text{layer}(X, W, b) = XW + b$", "layer"),
    "small-term":  (r"$\text{bce}(p, t) = -(t \log p + (1 - t) \log(1 - p))$", "bce"),
    "rough":       (r"$\text{GELU}(x) \approx 0.5x(1 + \tanh(\sqrt{2/\pi}(x + 0.044715x^3)))$", "gelu"),
    "nested":      (r"$\text{nest}(x) = \text{square}(\text{sigmoid}(\text{leaky\_relu}(x)))$", "nest"),
    "lines":       ("<!-- chalkgrad: sigmoid -->\n" + r"$$\begin{aligned} u &= e^{-x} \\ s &= \frac{1}{1 + u} \end{aligned}$$", "sigmoid"),
}

# ----- formulas of which nothing can be claimed -----

UNDECIDED = {
    "tautology":   r"$y = \text{leaky\_relu}(x)$",
    "composed":    r"$f_2(f_1(x))$",
    "nobody":      r"$y = wx + b$",
    "step":        r"$W = W - \eta \nabla L$",
    "two-readings": r"$\text{layer}(X, W, b) = X \times W + b$",
    "default":     r"$\text{ELU}(x) = \max(x, 0.5 (e^x - 1))$",
    "about":       r"$\text{gelu}(x) \approx x \sigma(1.702 x)$",
    "a-set":       r"$x \in \mathbb{R}^n$",
    "other-arity": r"$\text{sigmoid}(x, \beta) = \frac{1}{1 + e^{-\beta x}}$",
    "a-number":    r"$n = 5$",
    "sentence":    r"Unlike `sigmoid`, this line has a slope: $w = 3x$.",
    "unreadable":  r"$\text{sigmoid}(x) = \frac{1}{1 +}$",
}
