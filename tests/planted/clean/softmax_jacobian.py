import numpy as np


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / e.sum()


def softmax_grad(z):
    """Jacobian: ds_i/dz_j = s_i (delta_ij - s_j)"""
    s = softmax(z).reshape(-1, 1)
    return np.diagflat(s) - np.dot(s, s.T)


def cross_entropy(y, z):
    return -np.sum(y * np.log(softmax(z)))


def cross_entropy_grad(y, z):
    return softmax(z) - y


y = np.array([0.0, 1.0, 0.0])
z = np.array([0.2, 0.7, -0.4])
g = cross_entropy_grad(y, z)
