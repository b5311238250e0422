"""Scores for classifiers."""
import numpy as np


def accuracy(y_true, y_pred):
    """Share of right answers.

    >>> accuracy(np.array([1, 0, 1, 1]), np.array([1, 0, 0, 1]))
    0.75
    """
    return float(np.mean(y_true == y_pred))


def precision(y_true, y_pred):
    """
    >>> precision(np.array([1, 0, 1, 1]), np.array([1, 1, 1, 0]))
    0.6666666666666666
    """
    tp = np.sum((y_pred == 1) & (y_true == 1))
    fp = np.sum((y_pred == 1) & (y_true == 0))
    return float(tp / (tp + fp))


def confusion_matrix(y_true, y_pred, k):
    """
    >>> confusion_matrix([0, 1, 2, 2], [0, 2, 2, 2], 3)
    array([[1, 0, 0],
           [0, 0, 1],
           [0, 0, 2]])
    """
    m = np.zeros((k, k), dtype=int)
    for t, p in zip(y_true, y_pred):
        m[t, p] += 1
    return m
