import numpy as np


def huber(error, delta=1.0):
    """Quadratic for small errors and linear for large ones."""
    small = np.abs(error) <= delta
    return np.where(small, 0.5 * error**2, delta * (np.abs(error) - 0.5 * delta))


def huber_derivative(error, delta=1.0):
    small = np.abs(error) <= delta
    return np.where(small, error, delta * np.sign(error))


def smooth_l1(x):
    return np.sqrt(1 + x**2) - 1


def d_smooth_l1(x):
    return x / np.sqrt(1 + x**2)


def hinge(y, f):
    return np.maximum(0, 1 - y * f)


def d_hinge(y, f):
    """Slope with respect to f."""
    return np.where(y * f < 1, -y, 0.0)
