"""Who asks for a view gives it a name; what is viewed keeps its own."""

from __future__ import annotations

import numpy as np

import chalkgrad as cg
from chalkgrad import nn


def test_the_variable_that_holds_the_page_names_nothing_in_it():
    X, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
    model = cg.fit(
        cg.Chain([nn.Dense(2)]), X, y, loss=nn.softmax_cross_entropy, optimizer=nn.sgd(0.1), engine="numpy"
    )
    boarded = cg.factory(model, X[:1])
    assert "boarded" not in boarded.svg
