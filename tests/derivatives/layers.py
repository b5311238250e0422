"""Functional layers: forward passes with caches, backward passes with an upstream gradient, small networks."""
# ruff: noqa: E501

RIGHT = {}

RIGHT["affine"] = (
    """
import numpy as np

def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1) @ w + b
    cache = (x, w, b)
    return out, cache

def affine_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db

def relu_forward(x):
    return np.maximum(0, x), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
""",
    (
        ("(dout @ w.T)", "(dout @ w)"),
        ("(dout @ w.T)", "(-dout @ w.T)"),
        ("-1).T @ dout", "-1) @ dout"),
        ("dout.sum(axis=0)", "dout"),
        ("dout.sum(axis=0)", "dout.mean(axis=0)"),
        ("dout * (cache > 0)", "dout * (cache > 1)"),
        ("dout * (cache > 0)", "(cache > 0) * 1.0"),
    ),
)

RIGHT["coursera"] = (
    """
import numpy as np

def linear_forward(A, W, b):
    Z = np.dot(W, A) + b
    cache = (A, W, b)
    return Z, cache

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db
""",
    (
        ("keepdims=True) / m", "keepdims=True)"),
        ("np.dot(dZ, A_prev.T) / m", "np.dot(dZ, A_prev.T)"),
        ("np.dot(W.T, dZ)", "np.dot(W, dZ)"),
        ("np.dot(W.T, dZ)", "-np.dot(W.T, dZ)"),
    ),
)

RIGHT["activations-by-name"] = (
    """
import numpy as np

def relu(z):
    return np.maximum(z, 0)

def dense_forward(A_prev, W, b, activation):
    Z = A_prev @ W + b
    if activation == "relu":
        A = relu(Z)
    elif activation == "tanh":
        A = np.tanh(Z)
    return A, (A_prev, W, Z)

def dense_backward(dA, cache, activation):
    A_prev, W, Z = cache
    if activation == "relu":
        dZ = dA * (Z > 0)
    elif activation == "tanh":
        dZ = dA * (1 - np.tanh(Z) ** 2)
    return dZ @ W.T, A_prev.T @ dZ, dZ.sum(axis=0)
""",
    (
        ("dZ = dA * (Z > 0)", "dZ = dA * (Z < 0)"),
        ("dZ @ W.T, A_prev", "dA @ W.T, A_prev"),
        ("dZ.sum(axis=0)", "dA.sum(axis=0)"),
    ),
)

RIGHT["batchnorm"] = (
    """
import numpy as np

def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    if bn_param["mode"] == "train":
        mu = x.mean(axis=0)
        var = x.var(axis=0)
        std = np.sqrt(var + eps)
        xhat = (x - mu) / std
        out = gamma * xhat + beta
        cache = (xhat, gamma, std)
    else:
        raise ValueError("only training here")
    return out, cache

def batchnorm_backward(dout, cache):
    xhat, gamma, std = cache
    n = dout.shape[0]
    dgamma = np.sum(dout * xhat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dxhat = dout * gamma
    dx = (n * dxhat - dxhat.sum(axis=0) - xhat * np.sum(dxhat * xhat, axis=0)) / (n * std)
    return dx, dgamma, dbeta
""",
    (
        ("- dxhat.sum(axis=0) -", "-"),
        ("- dxhat.sum(axis=0) -", "+ dxhat.sum(axis=0) -"),
        ("/ (n * std)", "/ std"),
        ("np.sum(dout * xhat, axis=0)", "np.sum(dout, axis=0)"),
        ("dbeta = np.sum(dout, axis=0)", "dbeta = np.sum(dout * xhat, axis=0)"),
    ),
)

RIGHT["layernorm"] = (
    """
import numpy as np

def layernorm_fwd(x, gamma, beta, eps=1e-5):
    mu = x.mean(-1, keepdims=True)
    sigma = np.sqrt(x.var(-1, keepdims=True) + eps)
    xn = (x - mu) / sigma
    return gamma * xn + beta, (xn, sigma, gamma)

def layernorm_bwd(dy, cache):
    xn, sigma, gamma = cache
    dgamma = (dy * xn).sum(0)
    dbeta = dy.sum(0)
    dxn = dy * gamma
    dx = (dxn - dxn.mean(-1, keepdims=True) - xn * (dxn * xn).mean(-1, keepdims=True)) / sigma
    return dx, dgamma, dbeta
""",
    (
        ("- dxn.mean(-1, keepdims=True)", ""),
        ("(dxn * xn).mean(-1, keepdims=True)", "dxn.mean(-1, keepdims=True)"),
        ("(dy * xn).sum(0)", "(dy * xn).mean(0)"),
    ),
)

RIGHT["dropout"] = (
    """
import numpy as np

def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    else:
        out = x
    return out, (dropout_param, mask)

def dropout_backward(dout, cache):
    dropout_param, mask = cache
    return dout * mask if dropout_param["mode"] == "train" else dout
""",
    (("return dout * mask if", "return dout * (mask > 0) if"), ("return dout * mask if", "return mask if")),
)

RIGHT["rnn-step"] = (
    """
import numpy as np

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)

def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h ** 2)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db
""",
    (
        ("dprev_h = da @ Wh.T", "dprev_h = da @ Wh"),
        ("(1 - next_h ** 2)", "(1 - next_h)"),
        ("dWh = prev_h.T @ da", "dWh = prev_h.T @ dnext_h"),
        ("da.sum(axis=0)", "dnext_h.sum(axis=0)"),
    ),
)

RIGHT["gradients-in-a-dict"] = (
    """
import numpy as np

def two_layer_loss(X, params, y, reg):
    W1, b1 = params["W1"], params["b1"]
    W2, b2 = params["W2"], params["b2"]
    n = X.shape[0]
    h = np.maximum(0, X @ W1 + b1)
    scores = h @ W2 + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[range(n), y]).sum() / n + reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))
    d = p.copy()
    d[range(n), y] -= 1
    d /= n
    dh = (d @ W2.T) * (h > 0)
    grads = {
        "W1": X.T @ dh + 2 * reg * W1,
        "b1": dh.sum(axis=0),
        "W2": h.T @ d + 2 * reg * W2,
        "b2": d.sum(axis=0),
    }
    return loss, grads
""",
    (
        ("    d /= n\n", ""),
        ("(d @ W2.T) * (h > 0)", "(d @ W2.T)"),
        ("X.T @ dh + 2 * reg * W1", "X.T @ dh + reg * W1"),
        ("h.T @ d + 2 * reg * W2", "h.T @ d"),
        ('"b1": dh.sum(axis=0)', '"b1": dh.mean(axis=0)'),
    ),
)

RIGHT["loss-and-grads"] = (
    '''
import numpy as np

def loss_and_gradients(W, b, X, y):
    """Linear regression: mean squared error and its gradients."""
    residual = X @ W + b - y
    loss = np.mean(residual ** 2)
    grad_W = 2 * X.T @ residual / residual.size
    grad_b = 2 * residual.mean()
    return loss, grad_W, grad_b
''',
    (
        ("grad_W = 2 * X.T", "grad_W = X.T"),
        ("@ residual / residual.size", "@ residual"),
        ("grad_b = 2 * residual.mean()", "grad_b = 2 * residual.sum()"),
        ("grad_b = 2 * residual.mean()", "grad_b = -2 * residual.mean()"),
    ),
)

RIGHT["matmul"] = (
    """
import numpy as np

def matmul_forward(X, W):
    return np.dot(X, W)

def matmul_backward(grad_output, X, W):
    grad_X = np.dot(grad_output, W.T)
    grad_W = np.dot(X.T, grad_output)
    return grad_X, grad_W

def scale(x, k):
    return k * x

def scale_backward(dout, x, k):
    return dout * k
""",
    (
        ("np.dot(grad_output, W.T)", "np.dot(grad_output, W)"),
        ("np.dot(X.T, grad_output)", "np.dot(X, grad_output)"),
        ("np.dot(X.T, grad_output)", "2 * np.dot(X.T, grad_output)"),
        ("return dout * k", "return dout"),
    ),
)

RIGHT["conv1d"] = (
    """
import numpy as np

def smooth_forward(x):
    out = np.zeros_like(x)
    for i in range(1, len(x) - 1):
        out[i] = 0.25 * x[i - 1] + 0.5 * x[i] + 0.25 * x[i + 1]
    return out

def smooth_backward(dout, x):
    dx = np.zeros_like(x)
    for i in range(1, len(x) - 1):
        dx[i - 1] += 0.25 * dout[i]
        dx[i] += 0.5 * dout[i]
        dx[i + 1] += 0.25 * dout[i]
    return dx
""",
    (("dx[i] += 0.5", "dx[i] += 0.25"), ("        dx[i + 1] += 0.25 * dout[i]\n", "")),
)
