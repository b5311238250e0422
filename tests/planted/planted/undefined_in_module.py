"""k-means and PCA, only NumPy."""
import numpy as np


def assign(X, centroids):
    d = ((X[:, None, :] - centroids[None, :, :]) ** 2).sum(axis=2)
    return d.argmin(axis=1)


def update(X, labels, k):
    return np.array([X[labels == i].mean(axis=0) for i in range(k)])


def kmeans(X, k, n_iter=10, seed=0):
    rng = np.random.default_rng(seed)
    centroids = X[rng.choice(len(X), k, replace=False)]
    for _ in range(n_iter):
        labels = assign(X, centroids)
        centroids = update(X, labels, k)
    return centroids, labels


def pca(X, n_components):
    Xc = X - X.mean(axis=0)
    U, S, Vt = np.linalg.svd(Xs, full_matrices=False)
    return Xc @ Vt[:n_components].T, S**2 / (len(X) - 1)


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(0, 0.1, (20, 2)), rng.normal(3, 0.1, (20, 2))])
    centroids, labels = kmeans(X, 2)
    print(centroids.shape, labels.shape)
    Z, variances = pca(X, 1)
