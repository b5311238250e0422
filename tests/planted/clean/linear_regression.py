import numpy as np


class LinearRegression:
    """y = Xw + b fitted with gradient descent."""

    def __init__(self, lr=0.1, n_iters=200):
        self.lr = lr
        self.n_iters = n_iters
        self.weights = None
        self.bias = None

    def fit(self, X, y):
        n_samples, n_features = X.shape
        self.weights = np.zeros(n_features)
        self.bias = 0
        for _ in range(self.n_iters):
            y_predicted = np.dot(X, self.weights) + self.bias
            dw = (1 / n_samples) * np.dot(X.T, (y_predicted - y))
            db = (1 / n_samples) * np.sum(y_predicted - y)
            self.weights -= self.lr * dw
            self.bias -= self.lr * db

    def predict(self, X):
        return np.dot(X, self.weights) + self.bias


def cost(X, y, theta):
    m = len(y)
    error = X @ theta - y
    return (error @ error) / (2 * m)


def cost_gradient(X, y, theta):
    m = len(y)
    return X.T @ (X @ theta - y) / m


if __name__ == "__main__":
    X = np.c_[np.ones(5), np.arange(5.0)]
    y = np.array([1.0, 3.0, 5.0, 7.0, 9.0])
    theta = np.zeros(2)
    for _ in range(100):
        theta -= 0.1 * cost_gradient(X, y, theta)
    print(theta, cost(X, y, theta))
