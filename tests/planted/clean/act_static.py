import numpy as np


class Sigmoid:
    @staticmethod
    def activation(x):
        return 1 / (1 + np.exp(-x))

    @staticmethod
    def derivative(x):
        s = 1 / (1 + np.exp(-x))
        return s * (1 - s)


class Tanh:
    @staticmethod
    def activation(x):
        return np.tanh(x)

    @staticmethod
    def derivative(x):
        return 1 - np.power(np.tanh(x), 2)


class Swish:
    @staticmethod
    def activation(x):
        return x / (1 + np.exp(-x))

    @staticmethod
    def derivative(x):
        s = 1 / (1 + np.exp(-x))
        return s + x * s * (1 - s)


class Gaussian:
    @staticmethod
    def activation(x):
        return np.exp(-x**2)

    @staticmethod
    def derivative(x):
        return -2 * x * np.exp(-x**2)
