import numpy as np


def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    e = np.exp(x)
    return e / np.sum(e, axis=-1, keepdims=True)


def naive_softmax_loss_and_gradient(center_vec, outside_idx, outside_vectors):
    """Skip-gram with a full softmax.

    center_vec: (d,), outside_vectors: (V, d), outside_idx: index of the true outside word.
    Returns loss, gradient for center_vec, gradient for outside_vectors.
    """
    y_hat = softmax(outside_vectors @ center_vec)
    loss = -np.log(y_hat[outside_idx])
    delta = y_hat.copy()
    delta[outside_idx] -= 1
    grad_center_vec = outside_vectors.T @ delta
    grad_outside_vectors = np.outer(delta, center_vec)
    return loss, grad_center_vec, grad_outside_vectors


rng = np.random.default_rng(3)
v, U = rng.normal(size=4), rng.normal(size=(6, 4))
loss, grad_v, grad_U = naive_softmax_loss_and_gradient(v, 2, U)
