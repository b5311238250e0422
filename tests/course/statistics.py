"""Regression, clustering, kernels and densities, as in machine-learning courses."""

import math

import numpy as np
import scipy.special
import scipy.stats
from scipy.special import expit, logsumexp
from scipy.stats import multivariate_normal, norm

from course.shelf import case


@case(lambda r: (r.normal(size=(6, 3)), r.normal(size=6), r.normal(size=3), 0.1))
def ridge_loss(X, y, w, lam):
    residual = y - X @ w
    return residual.T @ residual / len(y) + lam * np.linalg.norm(w) ** 2


@case(lambda r: (r.normal(size=(6, 3)), r.normal(size=(6, 1))))
def normal_equation(X, y):
    X_b = np.c_[np.ones((6, 1)), X]
    return np.linalg.inv(X_b.T.dot(X_b)).dot(X_b.T).dot(y)


@case(lambda r: (r.normal(size=(6, 3)), r.normal(size=6), r.normal(size=3)))
def gradient_descent(X, y, w, lr=0.05, steps=4):
    history = []
    for _ in range(steps):
        w = w - lr * X.T.dot(X.dot(w) - y) / len(y)
        history.append(np.mean((X.dot(w) - y) ** 2))
    return w, np.array(history)


@case(lambda r: (r.normal(size=(6, 3)), r.normal(size=6), r.normal(size=3)))
def gradient_descent_in_place(X, y, w, lr=0.05):
    for _ in range(3):
        w -= lr * X.T @ (X @ w - y)
    return w


@case(lambda r: (r.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0]), r.normal(size=3), 0.3))
def logistic_loss(X, y, w, b):
    p = expit(X @ w + b)
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@case(lambda r: (r.normal(size=(5, 2)), r.normal(size=(3, 2))))
def kmeans_distances(X, centroids):
    distances = np.zeros((X.shape[0], centroids.shape[0]))
    for k in range(centroids.shape[0]):
        distances[:, k] = np.sqrt(np.sum((X - centroids[k]) ** 2, axis=1))
    labels = np.argmin(distances, axis=1)
    new = np.array([X[labels == k].mean(axis=0) if np.any(labels == k) else centroids[k] for k in range(3)])
    return distances.min(axis=1).sum(), new


@case(lambda r: (r.normal(size=(4, 3)), r.normal(size=(5, 3))))
def knn_distances_no_loops(X, X_train):
    return np.sqrt(np.sum(X**2, axis=1)[:, None] + np.sum(X_train**2, axis=1) - 2 * X.dot(X_train.T))


@case(lambda r: (r.normal(size=(4, 3)), r.normal(size=(5, 3))))
def knn_distances_two_loops(X, X_train):
    dists = np.zeros((X.shape[0], X_train.shape[0]))
    for i in range(X.shape[0]):
        for j in range(X_train.shape[0]):
            dists[i, j] = np.sqrt(np.sum(np.square(X[i] - X_train[j])))
    return dists


@case(lambda r: (r.normal(), 0.3, 1.2))
def gaussian_pdf(x, mu, sigma):
    return 1 / (sigma * math.sqrt(2 * math.pi)) * math.exp(-((x - mu) ** 2) / (2 * sigma**2))


@case(lambda r: (r.normal(size=3), r.normal(size=3), np.eye(3) + 0.1))
def gaussian_density(x, mean, cov):
    d = len(x)
    x_m = x - mean
    return (1.0 / np.sqrt((2 * np.pi) ** d * np.linalg.det(cov))) * np.exp(
        -(np.linalg.solve(cov, x_m).T.dot(x_m)) / 2
    )


@case(lambda r: (r.normal(size=(4, 2)), r.normal(size=2)))
def density_by_scipy(X, mean):
    rv = multivariate_normal(mean, [[1.0, 0.2], [0.2, 2.0]])
    return (
        rv.pdf(X),
        multivariate_normal.logpdf(X, mean, np.eye(2)),
        norm.pdf(X),
        scipy.stats.norm.logpdf(mean, 0.5, 2.0),
    )


@case(lambda r: (r.normal(size=(6, 3)),))
def pca_covariance(X):
    X = X - np.mean(X, axis=0)
    cov = np.dot(X.T, X) / (X.shape[0] - 1)
    values = np.linalg.eigvalsh(cov)
    return cov, np.sort(values)[::-1], np.cov(X.T)


@case(lambda r: (r.normal(size=(4, 3)), r.normal(size=(5, 3)), 0.7))
def rbf_kernel(X, Y, gamma):
    K = np.zeros((len(X), len(Y)))
    for i, x in enumerate(X):
        for j, y in enumerate(Y):
            K[i, j] = np.exp(-gamma * np.linalg.norm(x - y) ** 2)
    return K


@case(lambda r: (r.normal(size=5), r.normal(size=5), r.normal(size=3)))
def gaussian_process_mean(X, y, Xs):
    def kernel(a, b):
        return np.exp(-0.5 * (a.reshape(-1, 1) - b.reshape(1, -1)) ** 2)

    K = kernel(X, X) + 0.1 * np.eye(len(X))
    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, y))
    return kernel(Xs, X) @ alpha, np.sum(np.log(np.diagonal(L)))


@case(lambda r: (r.normal(size=7), r.normal(size=7)))
def huber(y, prediction, delta=0.8):
    error = np.abs(y - prediction)
    quadratic = np.minimum(error, delta)
    return np.mean(0.5 * quadratic**2 + delta * (error - quadratic)), np.where(
        error < delta, 0.5 * error**2, delta * error
    )


@case(lambda r: (r.uniform(0.1, 3.0, size=(4, 5)),))
def tf_idf(counts):
    tf = counts / counts.sum(axis=1, keepdims=True)
    df = np.count_nonzero(counts > 0.5, axis=0)
    idf = np.log(counts.shape[0] / (1 + df)) + 1
    out = tf * idf
    out /= np.linalg.norm(out, axis=1)[:, None]
    return out


@case(lambda r: (np.array([2, 0, 1]), r.normal(size=(3, 4))))
def one_hot_cross_entropy(y, logits):
    one_hot = np.zeros((y.size, 4))
    one_hot[np.arange(y.size), y] = 1
    targets = np.eye(4)[y.reshape(-1)]
    log_p = logits - scipy.special.logsumexp(logits, axis=1, keepdims=True)
    return -(one_hot * log_p).sum(), -(targets * log_p).mean()


@case(lambda r: (r.normal(size=(3, 4)),))
def softmaxes_by_scipy(z):
    return scipy.special.softmax(z, axis=1), scipy.special.log_softmax(z, axis=1), logsumexp(z)


@case(lambda r: (r.normal(size=6), r.normal(size=6)))
def cosine_and_correlation(u, v):
    distance = np.dot(u, v) / (np.sqrt(np.sum(u**2)) * np.sqrt(np.sum(v**2)))
    return distance, np.corrcoef(u, v)[0, 1]


@case(lambda r: (r.normal(size=4), 0.2, 1.3))
def normal_cdf(x, mu, sigma):
    erf = np.vectorize(math.erf)
    return 0.5 * (1 + erf((x - mu) / (sigma * np.sqrt(2))))


@case(lambda r: (r.uniform(0.1, 1.0, size=5), r.uniform(0.1, 1.0, size=5)))
def divergences(p, q):
    p = np.asarray(p, dtype=float)
    q = np.asarray(q, dtype=np.float64)
    p /= p.sum()
    q = q / np.sum(q)
    m = (p + q) / 2
    kl = np.sum(np.where(p != 0, p * np.log(p / q), 0))
    entropy = -sum(v * math.log2(v) for v in p)
    return kl, 0.5 * np.sum(p * np.log(p / m)) + 0.5 * np.sum(q * np.log(q / m)), entropy


@case(lambda r: (r.uniform(0.2, 0.8, size=3), r.uniform(0.2, 0.8, size=(3, 2))))
def mixture_responsibilities(pi, likelihoods):
    n, k = 3, 2
    gamma = np.zeros((n, k))
    for i in range(n):
        for c in range(k):
            gamma[i][c] = pi[c] * likelihoods[i, c]
        gamma[i] /= np.sum(gamma[i])
    return gamma


@case(lambda r: (r.normal(size=(5, 2)), r.normal(size=(5, 2))))
def polynomial_features(X, Z):
    features = np.hstack([np.ones((len(X), 1)), X, X**2, (X[:, 0] * X[:, 1]).reshape(-1, 1)])
    return features.T @ np.column_stack((Z, Z[:, 0]))


@case(lambda r: (r.normal(size=8),))
def moving_average(x, w=3):
    means = []
    for i in range(len(x) - w + 1):
        means.append(x[i : i + w].mean())
    return np.array(means), np.cumsum(x), np.diff(x)


@case(lambda r: (r.uniform(0.5, 2.0, size=(3, 3)),))
def stationary_by_power_iteration(P):
    P = P / P.sum(axis=1)[:, None]
    v = np.ones(3) / 3
    for _ in range(5):
        v = v.dot(P)
        v /= np.abs(v).sum()
    return v


@case(lambda r: (r.normal(size=(4, 3)), r.normal(size=(4, 3))))
def regression_scores(y, p):
    ss_res = ((y - p) ** 2).sum()
    ss_tot = ((y - np.mean(y)) ** 2).sum()
    mape = np.mean(np.abs((y - p) / np.maximum(np.abs(y), 0.5)))
    return 1 - ss_res / ss_tot, np.sqrt(np.average((y - p) ** 2)), mape


@case(lambda r: (r.normal(size=9),))
def z_scores_and_quantiles(x):
    z = (x - x.mean()) / x.std(ddof=1)
    return z, np.median(x), np.percentile(x, 30), x.max() - x.min(), np.ptp(z)


@case(lambda r: (r.normal(size=4), r.normal(size=3)))
def outer_grid(a, b):
    A, B = np.meshgrid(a, b)
    return np.sin(A) * B**2, np.outer(a, b)


@case(lambda r: (r.normal(size=5),))
def horner(coefficients, x=0.7):
    total = 0
    for c in coefficients[::-1]:
        total = total * x + c
    return total
