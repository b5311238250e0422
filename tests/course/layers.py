"""Layers forward and backward, with caches in tuples and running means in dicts."""
# ruff: noqa: RUF059, B905 (the idioms of courses, as they are)

import numpy as np

from course.shelf import case


@case(lambda r: (r.normal(size=(4, 2, 3)), r.normal(size=(6, 5)), r.normal(size=5)))
def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    cache = (x, w, b)
    return out, cache


@case(lambda r: (r.normal(size=(4, 5)), (r.normal(size=(4, 2, 3)), r.normal(size=(6, 5)), r.normal(size=5))))
def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


@case(lambda r: (r.normal(size=(4, 5)), r.normal(size=(4, 5))))
def relu_backward(dout, x):
    dx = np.array(dout, copy=True)
    dx[x <= 0] = 0
    return dx


@case(lambda r: (r.normal(size=(4, 6)), r.normal(size=(6, 3)), r.normal(size=3)))
def affine_relu(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out = np.maximum(0, a)
    return out, (fc_cache, a)


def bn(r, mode):
    param = {"mode": mode, "running_mean": r.normal(size=3), "running_var": r.uniform(1, 2, size=3)}
    return r.normal(size=(5, 3)), r.normal(size=3), r.normal(size=3), param


@case(lambda r: bn(r, "train"))
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    if mode == "train":
        mu = x.mean(axis=0)
        xc = x - mu
        var = np.mean(xc**2, axis=0)
        std = np.sqrt(var + eps)
        xn = xc / std
        out = gamma * xn + beta
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var *= momentum
        running_var += (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError(f"no such mode: {mode}")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, bn_param["running_mean"], bn_param["running_var"]


case(lambda r: bn(r, "test"))(batchnorm_forward)


@case(lambda r: (r.normal(size=(5, 3)), r.normal(size=(5, 3)), r.normal(size=3)))
def batchnorm_backward(dout, x, gamma):
    m = dout.shape[0]
    mu, var = x.mean(0), x.var(0) + 1e-5
    ivar = 1.0 / np.sqrt(var)
    xhat = (x - mu) * ivar
    dxhat = dout * gamma
    dx = 1.0 / m * ivar * (m * dxhat - np.sum(dxhat, axis=0) - xhat * np.sum(dxhat * xhat, axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


@case(lambda r: (r.normal(size=(4, 6)), r.normal(size=6), r.normal(size=6)))
def layernorm_forward(x, gamma, beta, eps=1e-5):
    mean = np.mean(x, axis=1, keepdims=True)
    var = np.var(x, axis=1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


@case(lambda r: (r.normal(size=(2, 4, 3, 3)), r.normal(size=(1, 4, 1, 1)), r.normal(size=(1, 4, 1, 1)), 2))
def groupnorm_forward(x, gamma, beta, G, eps=1e-5):
    N, C, H, W = x.shape
    x = x.reshape((N, G, C // G, H, W))
    mean = x.mean(axis=(2, 3, 4), keepdims=True)
    var = x.var(axis=(2, 3, 4), keepdims=True)
    x = (x - mean) / np.sqrt(var + eps)
    x = x.reshape((N, C, H, W))
    return x * gamma + beta


@case(lambda r: (r.normal(size=(3, 4)), {"p": 0.6, "mode": "train", "seed": 3}))
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
    out = out.astype(x.dtype, copy=False)
    return out


@case(lambda r: (r.normal(size=(3, 4)),))
def dropout_in_place(A, keep_prob=0.7):
    np.random.seed(1)
    D = np.random.rand(A.shape[0], A.shape[1])
    D = (D < keep_prob).astype(int)
    A = np.multiply(A, D)
    A /= keep_prob
    return A


@case(lambda r: (r.normal(size=(3, 4)),))
def leaky_relu_by_mask(x, alpha=0.1):
    out = x.copy()
    out[x < 0] *= alpha
    return out


@case(lambda r: (r.normal(size=(3, 4)),))
def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))


@case(lambda r: (r.normal(size=(3, 4)),))
def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * np.power(x, 3))))


@case(lambda r: (r.normal(size=(3, 4)),))
def stable_sigmoid(x):
    pos_mask = x >= 0
    neg_mask = x < 0
    z = np.zeros_like(x, dtype=float)
    z[pos_mask] = np.exp(-x[pos_mask])
    z[neg_mask] = np.exp(x[neg_mask])
    top = np.ones_like(x, dtype=float)
    top[neg_mask] = z[neg_mask]
    return top / (1 + z)


@case(lambda r: (r.normal(size=(3, 4)),))
def swish_and_mish(x):
    return x / (1 + np.exp(-x)), x * np.tanh(np.log1p(np.exp(x)))


@case(lambda r: (r.normal(size=(4, 3)), np.array([2, 0, 1, 2])))
def softmax_loss(x, y):
    shifted = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


@case(lambda r: (r.normal(size=(4, 3)), np.array([2, 0, 1, 2])))
def svm_loss(x, y):
    N = x.shape[0]
    correct_class_scores = x[np.arange(N), y]
    margins = np.maximum(0, x - correct_class_scores[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    dx /= N
    return loss, dx


@case(lambda r: (r.normal(size=(5, 3)), r.normal(size=(4, 5)), np.array([0, 2, 1, 2]), 0.1))
def svm_loss_naive(W, X, y, reg):
    dW = np.zeros(W.shape)
    num_classes = W.shape[1]
    num_train = X.shape[0]
    loss = 0.0
    for i in range(num_train):
        scores = X[i].dot(W)
        correct_class_score = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = scores[j] - correct_class_score + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss /= num_train
    loss += reg * np.sum(W * W)
    return loss, dW / num_train


@case(lambda r: (r.normal(size=(5, 3)), r.normal(size=(4, 5)), np.array([0, 2, 1, 2]), 0.1))
def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    for i in range(X.shape[0]):
        f = X[i].dot(W)
        f -= np.max(f)
        p = np.exp(f) / np.sum(np.exp(f))
        loss -= np.log(p[y[i]])
        for k in range(W.shape[1]):
            dW[:, k] += (p[k] - (k == y[i])) * X[i]
    return loss / len(X) + reg * np.sum(W**2), dW


@case(
    lambda r: (
        r.normal(size=(4, 5)),
        {
            "W1": r.normal(size=(5, 6)),
            "b1": r.normal(size=6),
            "W2": r.normal(size=(6, 3)),
            "b2": r.normal(size=3),
        },
        np.array([0, 2, 1, 2]),
    )
)
def two_layer_net(X, params, y, reg=0.05):
    W1, b1 = params["W1"], params["b1"]
    W2, b2 = params["W2"], params["b2"]
    N, D = X.shape
    h = np.maximum(0, X.dot(W1) + b1)
    scores = h.dot(W2) + b2
    scores -= scores.max(axis=1).reshape(-1, 1)
    probs = np.exp(scores) / np.exp(scores).sum(axis=1).reshape(-1, 1)
    loss = -np.log(probs[range(N), y]).sum() / N + reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    grads = {}
    dscores = probs
    dscores[range(N), y] -= 1
    dscores /= N
    grads["W2"] = np.dot(h.T, dscores)
    dh = np.dot(dscores, W2.T)
    dh[h <= 0] = 0
    grads["W1"] = np.dot(X.T, dh) + 2 * reg * W1
    return loss, grads


@case(lambda r: (r.normal(size=(3, 4)),))
def l2_normalize_rows(x):
    x_norm = np.linalg.norm(x, ord=2, axis=1, keepdims=True)
    return x / x_norm


@case(
    lambda r: (
        [r.normal(size=(4, 3)), r.normal(size=(2, 4))],
        [r.normal(size=(4, 1)), r.normal(size=(2, 1))],
        r.normal(size=(3, 1)),
    )
)
def feedforward(weights, biases, a):
    for b, w in zip(biases, weights):
        a = 1.0 / (1.0 + np.exp(-(np.dot(w, a) + b)))
    return a


@case(
    lambda r: (
        [r.normal(size=(4, 3)), r.normal(size=(2, 4))],
        [r.normal(size=(4, 1)), r.normal(size=(2, 1))],
        r.normal(size=(3, 1)),
        r.normal(size=(2, 1)),
    )
)
def backprop(weights, biases, x, y):
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    activation, activations, zs = x, [x], []
    for b, w in zip(biases, weights):
        z = np.dot(w, activation) + b
        zs.append(z)
        activation = np.tanh(z)
        activations.append(activation)
    delta = (activations[-1] - y) * (1 - np.tanh(zs[-1]) ** 2)
    nabla_b[-1] = delta
    nabla_w[-1] = np.dot(delta, activations[-2].transpose())
    for l in range(2, 3):
        delta = np.dot(weights[-l + 1].transpose(), delta) * (1 - np.tanh(zs[-l]) ** 2)
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
    return nabla_b, nabla_w


@case(
    lambda r: (
        r.normal(size=(3, 6)),
        {
            "W1": r.normal(size=(4, 3)),
            "b1": np.zeros((4, 1)),
            "W2": r.normal(size=(1, 4)),
            "b2": np.zeros((1, 1)),
        },
    )
)
def L_model_forward(X, parameters):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A_prev = A
        Z = np.dot(parameters["W" + str(l)], A_prev) + parameters["b" + str(l)]
        A = np.maximum(0, Z)
        caches.append((A_prev, Z))
    Z = np.dot(parameters[f"W{L}"], A) + parameters[f"b{L}"]
    AL = 1 / (1 + np.exp(-Z))
    assert AL.shape == (1, X.shape[1])
    return AL, caches


@case(lambda r: (r.uniform(0.1, 0.9, size=(1, 6)), np.array([[0, 1, 1, 0, 1, 0]])))
def compute_cost(AL, Y):
    m = Y.shape[1]
    cost = -1 / m * np.sum(np.multiply(Y, np.log(AL)) + np.multiply(1 - Y, np.log(1 - AL)))
    cost = np.squeeze(cost)
    assert cost.shape == ()
    return cost


@case(lambda r: (r.normal(size=(4, 1)), np.zeros((1, 3)), r.normal(size=(4, 3)), np.array([[1, 0, 1]])))
def propagate(w, b, X, Y):
    m = X.shape[1]
    A = 1 / (1 + np.exp(-(np.dot(w.T, X) + b)))
    cost = (-1 / m) * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    dw = (1 / m) * np.dot(X, (A - Y).T)
    db = (1 / m) * np.sum(A - Y)
    cost = np.squeeze(np.array(cost))
    return {"dw": dw, "db": db}, cost
