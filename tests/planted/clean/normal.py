import numpy as np


def normal_pdf(x, mu=0.0, sigma=1.0):
    return np.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))


def normal_pdf_derivative(x, mu=0.0, sigma=1.0):
    """Slope of the density."""
    return -(x - mu) / sigma**2 * normal_pdf(x, mu, sigma)


def nll(mu, data):
    """Negative log likelihood of a unit normal, constants dropped."""
    return 0.5 * np.sum((data - mu) ** 2)


def nll_grad(mu, data):
    return np.sum(mu - data)


normal_pdf(0.0)  # 0.3989
normal_pdf(1.0)  # 0.24197
normal_pdf_derivative(0.0)  # 0
