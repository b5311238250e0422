import numpy as np


def mse(y_true, y_pred):
    return np.mean(np.power(y_true - y_pred, 2))


def mse_prime(y_true, y_pred):
    return 2 * (y_pred - y_true) / np.size(y_true)


def mae(y_true, y_pred):
    return np.mean(np.abs(y_true - y_pred))


def mae_prime(y_true, y_pred):
    return np.sign(y_pred - y_true) / np.size(y_true)


def binary_cross_entropy(y_true, y_pred):
    return np.mean(-y_true * np.log(y_pred) - (1 - y_true) * np.log(1 - y_pred))


def binary_cross_entropy_prime(y_true, y_pred):
    return ((1 - y_true) / (1 - y_pred) - y_true / y_pred) / np.size(y_true)


def half_sse(y_true, y_pred):
    return 0.5 * np.sum((y_pred - y_true) ** 2)


def half_sse_prime(y_true, y_pred):
    return y_pred - y_true


def log_cosh(y_true, y_pred):
    return np.sum(np.log(np.cosh(y_pred - y_true)))


def log_cosh_prime(y_true, y_pred):
    return np.tanh(y_pred - y_true)
