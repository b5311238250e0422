"""Losses: means and sums, labels of each kind, shortcuts through softmax and sigmoid, gradients beside the value."""
# ruff: noqa: E501

RIGHT = {}

RIGHT["mse"] = (
    """
import numpy as np

def mse(y_true, y_pred):
    return np.mean(np.power(y_true - y_pred, 2))

def mse_prime(y_true, y_pred):
    return 2 * (y_pred - y_true) / np.size(y_true)

def mae(y_true, y_pred):
    return np.mean(np.abs(y_true - y_pred))

def mae_prime(y_true, y_pred):
    return np.sign(y_pred - y_true) / y_true.size
""",
    (
        ("2 * (y_pred - y_true) / np.size(y_true)", "2 * (y_true - y_pred) / np.size(y_true)"),
        ("2 * (y_pred - y_true) / np.size(y_true)", "2 * (y_pred - y_true)"),
        ("2 * (y_pred - y_true) / np.size(y_true)", "(y_pred - y_true) / np.size(y_true)"),
        ("np.sign(y_pred - y_true) / y_true.size", "np.sign(y_pred - y_true)"),
        ("np.sign(y_pred - y_true)", "np.sign(y_true - y_pred)"),
    ),
)

RIGHT["grad-of-loss"] = (
    """
import numpy as np

def mse_loss(pred, target):
    n = target.shape[0]
    return ((pred - target) ** 2).sum() / (2 * n)

def grad_mse(pred, target):
    n = target.shape[0]
    return (pred - target) / n

def mean_absolute_error(p, t):
    return np.abs(p - t).mean()

def mae_gradient(p, t):
    return np.where(p > t, 1, -1) / p.size
""",
    (
        ("return (pred - target) / n", "return (pred - target)"),
        ("return (pred - target) / n", "return 2 * (pred - target) / n"),
        ("return (pred - target) / n", "return (target - pred) / n"),
        ("np.where(p > t, 1, -1) / p.size", "np.where(p > t, 1, -1)"),
        ("np.where(p > t, 1, -1)", "np.where(p < t, 1, -1)"),
    ),
)

RIGHT["huber"] = (
    """
import numpy as np

def huber(y, y_hat, delta=1.0):
    e = y_hat - y
    small = np.abs(e) <= delta
    return np.mean(np.where(small, 0.5 * e ** 2, delta * (np.abs(e) - 0.5 * delta)))

def huber_grad(y, y_hat, delta=1.0):
    e = y_hat - y
    return np.where(np.abs(e) <= delta, e, delta * np.sign(e)) / e.size

def hinge(y, s):
    return np.mean(np.maximum(0, 1 - y * s))

def hinge_grad(y, s):
    return np.where(y * s < 1, -y, 0) / len(y)

def log_cosh(t, y):
    return np.sum(np.log(np.cosh(y - t)))

def log_cosh_grad(t, y):
    return np.tanh(y - t)
""",
    (
        ("np.abs(e) <= delta, e, delta * np.sign(e)", "np.abs(e) <= delta, e, np.sign(e) * e"),
        ("np.sign(e)) / e.size", "np.sign(e))"),
        ("y * s < 1, -y, 0", "y * s < 0, -y, 0"),
        ("y * s < 1, -y, 0", "y * s < 1, y, 0"),
        ("np.tanh(y - t)", "np.tanh(t - y)"),
    ),
)

RIGHT["bce"] = (
    """
import numpy as np

def binary_cross_entropy(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

def binary_cross_entropy_prime(y, p):
    return ((1 - y) / (1 - p) - y / p) / np.size(y)

def bce(y_pred, y_true):
    eps = 1e-12
    y_pred = np.clip(y_pred, eps, 1 - eps)
    return -(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)).mean()

def bce_grad(y_pred, y_true):
    return (y_pred - y_true) / (y_pred * (1 - y_pred)) / len(y_true)
""",
    (
        ("((1 - y) / (1 - p) - y / p) / np.size(y)", "((1 - y) / (1 - p) + y / p) / np.size(y)"),
        ("((1 - y) / (1 - p) - y / p) / np.size(y)", "((1 - y) / (1 - p) - y / p)"),
        ("((1 - y) / (1 - p) - y / p) / np.size(y)", "(-y / p) / np.size(y)"),
        ("(y_pred * (1 - y_pred)) / len(y_true)", "y_pred / len(y_true)"),
        ("return (y_pred - y_true) / (y_pred", "return (y_true - y_pred) / (y_pred"),
    ),
)

RIGHT["cross-entropy-shortcut"] = (
    '''
import numpy as np

def cross_entropy(p, y):
    """p: rows of probabilities, y: one-hot rows"""
    return -np.sum(y * np.log(p)) / y.shape[0]

def cross_entropy_grad(p, y):
    """with respect to the logits"""
    return (p - y) / y.shape[0]

def nll(probs, labels):
    n = probs.shape[0]
    return -np.log(probs[np.arange(n), labels]).sum() / n

def nll_gradient(probs, labels):
    n = probs.shape[0]
    d = np.zeros_like(probs)
    d[np.arange(n), labels] = -1 / probs[np.arange(n), labels]
    return d / n
''',
    (
        ("return (p - y) / y.shape[0]", "return (p - y)"),
        ("return (p - y) / y.shape[0]", "return (y - p) / y.shape[0]"),
        ("return d / n", "return d"),
        ("= -1 / probs[np.arange(n), labels]", "= 1 / probs[np.arange(n), labels]"),
    ),
)

RIGHT["softmax-with-loss"] = (
    """
import numpy as np

def softmax_loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = x.shape[0]
    loss = -logs[np.arange(n), y].mean()
    dx = np.exp(logs)
    dx[np.arange(n), y] -= 1
    dx /= n
    return loss, dx
""",
    (
        ("    dx /= n\n", ""),
        ("y] -= 1", "y] += 1"),
        ("    dx[np.arange(n), y] -= 1\n", ""),
    ),
)

RIGHT["svm"] = (
    """
import numpy as np

def svm_loss(W, X, y, reg):
    n = X.shape[0]
    scores = X.dot(W)
    right = scores[np.arange(n), y][:, None]
    margins = np.maximum(0, scores - right + 1)
    margins[np.arange(n), y] = 0
    loss = margins.sum() / n + reg * np.sum(W * W)

    mask = (margins > 0).astype(float)
    mask[np.arange(n), y] = -mask.sum(axis=1)
    dW = X.T.dot(mask) / n + 2 * reg * W
    return loss, dW
""",
    (
        ("X.T.dot(mask) / n", "X.T.dot(mask)"),
        (" + 2 * reg * W", ""),
        ("2 * reg * W", "reg * W"),
        ("y] = -mask.sum(axis=1)", "y] = mask.sum(axis=1)"),
    ),
)

RIGHT["linear-regression"] = (
    """
import numpy as np

def compute_cost(X, y, w, b):
    m = X.shape[0]
    f = X @ w + b
    return np.sum((f - y) ** 2) / (2 * m)

def compute_gradient(X, y, w, b):
    m, n = X.shape
    dj_dw = np.zeros(n)
    dj_db = 0.0
    for i in range(m):
        err = (np.dot(X[i], w) + b) - y[i]
        for j in range(n):
            dj_dw[j] += err * X[i, j]
        dj_db += err
    return dj_dw / m, dj_db / m
""",
    (
        ("return dj_dw / m, dj_db / m", "return dj_dw / m, dj_db"),
        ("return dj_dw / m, dj_db / m", "return dj_dw, dj_db / m"),
        ("err * X[i, j]", "err * X[i, 0]"),
        ("w) + b) - y[i]", "w)) - y[i]"),
    ),
)

RIGHT["logistic-theta"] = (
    """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def cost(theta, X, y):
    m = len(y)
    h = sigmoid(X @ theta)
    return -(y @ np.log(h) + (1 - y) @ np.log(1 - h)) / m

def gradient(theta, X, y):
    m = len(y)
    h = sigmoid(X @ theta)
    return X.T @ (h - y) / m
""",
    (
        ("X.T @ (h - y) / m", "X.T @ (y - h) / m"),
        ("X.T @ (h - y) / m", "X.T @ (h - y)"),
        ("X.T @ (h - y) / m", "X.T @ (X @ theta - y) / m"),
    ),
)

RIGHT["cost-and-grad"] = (
    """
import numpy as np

def cost_function(theta, X, y, lam):
    m = X.shape[0]
    r = X.dot(theta) - y
    J = (r ** 2).sum() / (2 * m) + lam / (2 * m) * np.sum(theta ** 2)
    grad = X.T.dot(r) / m + lam / m * theta
    return J, grad
""",
    (
        (" + lam / m * theta", ""),
        ("lam / m * theta", "lam * theta"),
        ("X.T.dot(r) / m", "X.T.dot(r)"),
        ("grad = X.T", "grad = -X.T"),
    ),
)

RIGHT["columns"] = (
    """
import numpy as np

def compute_cost(AL, Y):
    m = Y.shape[1]
    cost = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
    return np.squeeze(cost)

def compute_cost_derivative(AL, Y):
    m = Y.shape[1]
    return -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL)) / m

def propagate(w, b, X, Y):
    m = X.shape[1]
    A = 1 / (1 + np.exp(-(np.dot(w.T, X) + b)))
    cost = -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    dw = 1 / m * np.dot(X, (A - Y).T)
    db = 1 / m * np.sum(A - Y)
    return {"dw": dw, "db": db}, cost
""",
    (
        ("np.divide(1 - Y, 1 - AL)) / m", "np.divide(1 - Y, 1 - AL))"),
        ("-(np.divide(Y, AL)", "(np.divide(Y, AL)"),
        ("dw = 1 / m * np.dot", "dw = np.dot"),
        ("db = 1 / m * np.sum", "db = np.sum"),
        ("np.sum(A - Y)\n", "np.sum(Y - A)\n"),
    ),
)

RIGHT["per-sample"] = (
    """
import numpy as np

def squared_error(target, output):
    return 0.5 * (target - output) ** 2

def squared_error_derivative(target, output):
    return output - target

def cross_entropy_per_row(predictions, targets):
    return -np.sum(targets * np.log(predictions), axis=1)

def cross_entropy_per_row_grad(predictions, targets):
    return -targets / predictions

def sse(y_hat, y):
    return np.sum((y_hat - y) ** 2)

def sse_grad(y_hat, y):
    return 2 * (y_hat - y)
""",
    (
        ("return output - target", "return target - output"),
        ("return output - target", "return 2 * (output - target)"),
        ("-targets / predictions", "targets / predictions"),
        ("2 * (y_hat - y)", "(y_hat - y)"),
    ),
)

RIGHT["ridge-lasso"] = (
    """
import numpy as np

def rosenbrock(v):
    x, y = v
    return (1 - x) ** 2 + 100 * (y - x ** 2) ** 2

def rosenbrock_grad(v):
    x, y = v
    return np.array([-2 * (1 - x) - 400 * x * (y - x ** 2), 200 * (y - x ** 2)])

def quadratic(x):
    return 0.5 * np.sum(x ** 2) + np.sum(x)

def grad_quadratic(x):
    return x + 1

def norm(x):
    return np.sqrt(np.sum(x ** 2))

def norm_gradient(x):
    return x / norm(x)
""",
    (
        ("- 400 * x * (y - x ** 2)", "- 400 * (y - x ** 2)"),
        ("-2 * (1 - x) - 400", "2 * (1 - x) - 400"),
        ("return x + 1", "return x"),
        ("return x / norm(x)", "return x / norm(x) ** 2"),
    ),
)
