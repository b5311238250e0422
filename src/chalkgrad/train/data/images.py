"""Pictures of digits and of clothes."""

from __future__ import annotations

import numpy as np

from chalkgrad.errors import DataError
from chalkgrad.train.data.idx import read_idx
from chalkgrad.train.data.prepare import split
from chalkgrad.train.data.records import Data, Examples
from chalkgrad.train.data.store import SOURCES, file

DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "trainer", "bag", "boot")


def mnist() -> Data:
    """Handwritten digits: 60,000 to learn from and 10,000 to be judged by.

    X is (n, 28, 28), float32, 0 for paper and 1 for ink; y is (n,), 0 to 9. The classes are not quite equally
    frequent. Among the test images the first 5,000 are easier than the last: judge by all of them.

    Raises:
        DataError: the files are not to be had; the message says where they belong.

    Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
    recognition", 1998.
    """
    return _idx("mnist", DIGITS)


def fashion_mnist() -> Data:
    """Pictures of clothes in the form of MNIST, and harder: 60,000 and 10,000.

    X is (n, 28, 28), float32, in [0, 1]; y is (n,), 0 to 9, whose meanings are in `classes`.

    Raises:
        DataError: the files are not to be had; the message says where they belong.

    Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017.
    """
    return _idx("fashion_mnist", CLOTHES)


def _idx(key: str, classes: tuple[str, ...]) -> Data:
    train, test = (_examples(key, prefix) for prefix in ("train", "t10k"))
    return Data(train, test, classes=classes, credit=SOURCES[key].credit)


def _examples(key: str, prefix: str) -> Examples:
    images, labels = f"{prefix}-images-idx3-ubyte.gz", f"{prefix}-labels-idx1-ubyte.gz"
    X, y = read_idx(file(key, images), images), read_idx(file(key, labels), labels)
    if X.ndim != 3 or y.shape != X.shape[:1]:
        raise DataError(f"{images} has shape {X.shape} and {labels} {y.shape}: they do not belong together")
    return Examples(X.astype(np.float32) / 255, y.astype(np.int64))


def digits(test: float = 0.2, seed: int = 0) -> Data:
    """Small handwritten digits, which come with scikit-learn: 1,797 images.

    X is (n, 8, 8), float32, in [0, 1]; y is (n,), 0 to 9. Parts are drawn by seed.

    Args:
        test: the share to be judged by.
        seed: of the parts.

    Source: Alpaydin and Kaynak, UCI, 1998.
    """
    from chalkgrad.train.data.scikit import bunch

    found = bunch("digits")
    made = split(found.images.astype(np.float32) / 16, found.target.astype(np.int64), test, seed)
    return Data(made.train, made.test, classes=DIGITS, credit="E. Alpaydin and C. Kaynak, UCI; CC BY 4.0")
