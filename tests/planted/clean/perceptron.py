#!/usr/bin/env python
# -*- coding: utf-8 -*-
import numpy as np


def step(v):
    return np.where(v >= 0, 1, 0)


class Perceptron(object):
    def __init__(self, eta=0.1, epochs=10):
        self.eta = eta
        self.epochs = epochs

    def train(self, X, y):
        self.w_ = np.zeros(1 + X.shape[1])
        self.errors_ = []
        for _ in range(self.epochs):
            errors = 0
            for xi, target in zip(X, y):
                update = self.eta * (target - self.predict(xi))
                self.w_[1:] += update * xi
                self.w_[0] += update
                errors += int(update != 0.0)
            self.errors_.append(errors)
        return self

    def net_input(self, X):
        return np.dot(X, self.w_[1:]) + self.w_[0]

    def predict(self, X):
        return step(self.net_input(X))


X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([0, 0, 0, 1])
p = Perceptron().train(X, y)
print(p.predict(X))
# [0 0 0 1]
