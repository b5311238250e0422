"""Functions to try optimizers on."""
import numpy as np


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def rosenbrock_grad(x):
    return np.array([
        -2 * (1 - x[0]) - 400 * x[0] * (x[1] - x[0] ** 2),
        200 * (x[1] - x[0] ** 2),
    ])


def quadratic(x, A, b):
    return 0.5 * x @ A @ x - b @ x


def grad_quadratic(x, A, b):
    return (A + A.T) @ x - b


def booth(x, y):
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


def booth_grad(x, y):
    dx = 2 * (x + 2 * y - 7) + 4 * (2 * x + y - 5)
    dy = 4 * (x + 2 * y - 7) + 2 * (2 * x + y - 5)
    return dx, dy


x = np.array([-1.0, 1.0])
for _ in range(10):
    x = x - 0.001 * rosenbrock_grad(x)
