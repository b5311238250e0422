"""Recurrent nets and attention."""
# ruff: noqa: RUF059 (the idioms of courses, as they are)

import numpy as np

from course.shelf import case


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@case(
    lambda r: (
        r.normal(size=(2, 3)),
        r.normal(size=(2, 4)),
        r.normal(size=(3, 4)),
        r.normal(size=(4, 4)),
        r.normal(size=4),
    )
)
def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


@case(
    lambda r: (
        r.normal(size=(2, 5, 3)),
        r.normal(size=(2, 4)),
        r.normal(size=(3, 4)),
        r.normal(size=(4, 4)),
        r.normal(size=4),
    )
)
def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    prev_h, cache = h0, []
    for t in range(T):
        h[:, t, :], step = rnn_step_forward(x[:, t, :], prev_h, Wx, Wh, b)
        prev_h = h[:, t, :]
        cache.append(step)
    return h


@case(
    lambda r: (
        r.normal(size=(2, 3)),
        r.normal(size=(2, 4)),
        r.normal(size=(2, 4)),
        r.normal(size=(3, 16)),
        r.normal(size=(4, 16)),
        r.normal(size=16),
    )
)
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    ai, af, ao, ag = a[:, :H], a[:, H : 2 * H], a[:, 2 * H : 3 * H], a[:, 3 * H :]
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c


@case(
    lambda r: (
        r.normal(size=(3, 1)),
        r.normal(size=(4, 1)),
        r.normal(size=(4, 7)),
        r.normal(size=(4, 7)),
        r.normal(size=(4, 7)),
    )
)
def gru_cell(xt, h_prev, Wz, Wr, Wh):
    concat = np.vstack((h_prev, xt))
    z = sigmoid(Wz @ concat)
    r = sigmoid(Wr @ concat)
    concat2 = np.concatenate([r * h_prev, xt], axis=0)
    h_tilde = np.tanh(Wh @ concat2)
    return (1 - z) * h_prev + z * h_tilde


@case(lambda r: (r.normal(size=(3, 10)), r.normal(size=(4, 7)), r.normal(size=4)))
def lstm_cell_by_rows(xs, W, b):
    n_a, n_x = W.shape[0], 3
    concat = np.zeros((n_a + n_x, xs.shape[1]))
    concat[:n_a, :] = 0.5
    concat[n_a:, :] = xs
    return np.tanh(np.dot(W, concat) + b[:, None])


VOCABULARY = 5


@case(
    lambda r: (
        [0, 3, 1],
        [3, 1, 4],
        np.zeros((4, 1)),
        r.normal(size=(4, 5)),
        r.normal(size=(4, 4)),
        r.normal(size=(5, 4)),
        r.normal(size=(4, 1)),
        r.normal(size=(5, 1)),
    )
)
def char_rnn_loss(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((VOCABULARY, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        loss += -np.log(ps[t][targets[t], 0])
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    for dparam in [dWxh, dWhh, dWhy]:
        np.clip(dparam, -5, 5, out=dparam)
    return loss, dWxh, dWhh, dWhy


@case(lambda r: (np.array([[0, 2], [1, 2]]), r.normal(size=(4, 3))))
def word_embedding_forward(x, W):
    return W[x]


@case(lambda r: (np.array([[0, 2], [1, 2]]), r.normal(size=(2, 2, 3)), r.normal(size=(4, 3))))
def word_embedding_backward(x, dout, W):
    dW = np.zeros_like(W)
    np.add.at(dW, x, dout)
    return dW


@case(
    lambda r: (
        r.normal(size=(2, 3, 4)),
        np.array([[1, 0, 3], [2, 2, 0]]),
        np.array([[True, True, False], [True, False, True]]),
    )
)
def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    x_flat = x.reshape(N * T, V)
    y_flat = y.reshape(N * T)
    mask_flat = mask.reshape(N * T)
    probs = np.exp(x_flat - np.max(x_flat, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    loss = -np.sum(mask_flat * np.log(probs[np.arange(N * T), y_flat])) / N
    dx_flat = probs.copy()
    dx_flat[np.arange(N * T), y_flat] -= 1
    dx_flat /= N
    dx_flat *= mask_flat[:, None]
    return loss, dx_flat.reshape(N, T, V)


def softmax(x, axis=-1):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@case(lambda r: (r.normal(size=(2, 3, 4)), r.normal(size=(2, 5, 4)), r.normal(size=(2, 5, 4))))
def attention(Q, K, V):
    d_k = Q.shape[-1]
    scores = np.matmul(Q, K.swapaxes(-2, -1)) / np.sqrt(d_k)
    return softmax(scores) @ V


@case(lambda r: (r.normal(size=(4, 6)), r.normal(size=(6, 6)), r.normal(size=(6, 6)), r.normal(size=(6, 6))))
def multi_head_attention(x, Wq, Wk, Wv, heads=2):
    T, D = x.shape
    q, k, v = [np.reshape(x @ W, (T, heads, D // heads)).transpose(1, 0, 2) for W in (Wq, Wk, Wv)]
    scores = q @ k.transpose(0, 2, 1) / (D // heads) ** 0.5
    mask = np.triu(np.ones((T, T)), k=1).astype(bool)
    scores = np.where(mask, -1e9, scores)
    out = softmax(scores) @ v
    return out.transpose(1, 0, 2).reshape(T, D)


@case(lambda r: (r.normal(size=(4, 3)),))
def causal_mask_by_writing(scores):
    s = scores @ scores.T
    s[np.triu_indices(4, 1)] = -np.inf
    return softmax(s)


@case(lambda r: (r.normal(size=(5, 6)),))
def positional_encoding(x):
    length, d = x.shape
    pe = np.zeros((length, d))
    position = np.arange(0, length)[:, np.newaxis]
    div_term = np.exp(np.arange(0, d, 2) * -(np.log(10000.0) / d))
    pe[:, 0::2] = np.sin(position * div_term)
    pe[:, 1::2] = np.cos(position * div_term)
    return x + pe


class LSTMCell:
    """State and gates on the instance."""

    def __init__(self, n=3):
        r = np.random.RandomState(0)
        self.W = {gate: r.randn(n, n) for gate in "fiog"}
        self.h, self.c = np.zeros(n), np.zeros(n)
        self.history = []

    def __call__(self, x):
        f, i, o = (sigmoid(self.W[g].dot(x) + self.h) for g in "fio")
        self.c = f * self.c + i * np.tanh(self.W["g"].dot(x))
        self.h = o * np.tanh(self.c)
        self.history.append(self.h)
        return self.h


@case(lambda r: (LSTMCell(), r.normal(size=(4, 3))))
def run_lstm(cell, xs):
    for x in xs:
        cell(x)
    return np.stack(cell.history), cell.c
