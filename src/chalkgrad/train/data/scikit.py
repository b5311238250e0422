"""The small tables that come inside scikit-learn: there without a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.errors import DataError
from chalkgrad.train.data.prepare import split
from chalkgrad.train.data.records import Data


def bunch(name: str) -> Any:
    """A set as scikit-learn hands it over.

    Raises:
        DataError: scikit-learn is not installed.
    """
    try:
        from sklearn import datasets
    except ImportError as error:
        cure = "Cure: pip install 'chalkgrad[nn]'"
        raise DataError(f"{name} comes with scikit-learn, which is not installed. {cure}") from error
    return getattr(datasets, f"load_{name}")()


def _table(name: str, credit: str, test: float, seed: int) -> Data:
    found = bunch(name)
    quantity = not hasattr(found, "target_names")
    y = found.target.astype(np.float32 if quantity else np.int64)
    train, judge = split(found.data.astype(np.float32), y, test, seed)
    classes = () if quantity else tuple(map(str, found.target_names))
    return Data(train, judge, tuple(map(str, found.feature_names)), classes, credit)


def iris(test: float = 0.2, seed: int = 0) -> Data:
    """Three kinds of iris by the lengths and widths of their leaves: 150 flowers, 4 columns in cm.

    Args:
        test: the share to be judged by.
        seed: of the parts.

    Source: Fisher, "The use of multiple measurements in taxonomic problems", 1936.
    """
    return _table("iris", "R. A. Fisher, UCI; CC BY 4.0", test, seed)


def wine(test: float = 0.2, seed: int = 0) -> Data:
    """Three growers of wine by chemical analysis: 178 wines, 13 columns of very different scales.

    Args:
        test: the share to be judged by.
        seed: of the parts.

    Source: Aeberhard and Forina, UCI, 1992.
    """
    return _table("wine", "S. Aeberhard and M. Forina, UCI; CC BY 4.0", test, seed)


def breast_cancer(test: float = 0.2, seed: int = 0) -> Data:
    """Malignant (0) or benign (1), by the shapes of cells: 569 samples, 30 columns.

    Args:
        test: the share to be judged by.
        seed: of the parts.

    Source: Street, Wolberg and Mangasarian, "Nuclear feature extraction for breast tumor diagnosis", 1993.
    """
    return _table("breast_cancer", "W. Wolberg, O. Mangasarian, N. Street, UCI; CC BY 4.0", test, seed)


def diabetes(test: float = 0.2, seed: int = 0) -> Data:
    """How a disease progressed in a year, by 10 columns: 442 patients; y is a quantity.

    The columns are already shifted and scaled by their publishers, over all patients.

    Args:
        test: the share to be judged by.
        seed: of the parts.

    Source: Efron, Hastie, Johnstone and Tibshirani, "Least angle regression", 2004.
    """
    return _table("diabetes", "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani", test, seed)
