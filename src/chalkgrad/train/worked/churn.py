"""Which customers leave, beside scikit-learn's logistic regression."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from chalkgrad import nn
from chalkgrad.train.data import standardise, telco_churn
from chalkgrad.train.fit import fit
from chalkgrad.train.worked import report

EPOCHS, BATCH = 30, 128


def main() -> None:
    """The area under the curve on a fifth of the customers: how often a leaver scores above a stayer."""
    data = telco_churn()
    (X, y), (X_test, y_test) = data
    report.begin(__doc__ or "", data)
    scaled = standardise(X)
    steps = EPOCHS * len(X) // BATCH
    for name, net, rate, decay in (
        ("logistic regression", nn.models.logistic_regression(), 0.03, 0.0),
        ("perceptron", nn.models.perceptron([32], 1, nn.tanh), 0.003, 1.0),
    ):
        model = fit(
            net,
            scaled(X),
            y[:, None],
            loss=nn.binary_cross_entropy,
            optimizer=nn.adamw(nn.cosine_decay(rate, steps), weight_decay=decay),
            epochs=EPOCHS,
            batch_size=BATCH,
        )
        report.trained(name, model)
        report.figure("area under the curve", roc_auc_score(y_test, model.scores(scaled(X_test))[:, 0]))
    theirs = LogisticRegression(max_iter=1000).fit(scaled(X), y)
    print("scikit-learn's logistic regression")
    report.figure("area under the curve", roc_auc_score(y_test, theirs.decision_function(scaled(X_test))))
    report.figure("always the more frequent answer is right in", float(np.mean(y_test == 0)))
    report.conditions()
