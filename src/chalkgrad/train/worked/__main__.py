"""`python -m chalkgrad.train.worked NAME`: train on real data, judge, and print the figures."""

from __future__ import annotations

import sys
from importlib import import_module

from chalkgrad.errors import DataError

# fmt: off
WORKED = {  # name: what it shows
    "mnist":             "handwritten digits by a perceptron of one inner layer, 784-89-10",
    "mnist_convolution": "handwritten digits by a convolutional network",
    "housing":           "the price of houses in California, beside a straight line",
    "churn":             "which customers leave, beside scikit-learn's logistic regression",
    "names":             "first names letter by letter, and some made up",
    "shakespeare":       "a million characters of Shakespeare, and some made up",
    "spoken_digits":     "digits that are spoken, from their spectrograms",
    "co2":               "carbon dioxide in the air a month ahead, beside last year's rise",
}
# fmt: on


def main(arguments: list[str]) -> int:
    """Run the model that is named; without a name, say which there are."""
    if len(arguments) != 1 or arguments[0] not in WORKED:
        width = max(map(len, WORKED))
        print("python -m chalkgrad.train.worked NAME", file=sys.stderr)
        print(*(f"  {name:{width}}  {what}" for name, what in WORKED.items()), sep="\n", file=sys.stderr)
        return 2
    try:
        import_module(f"chalkgrad.train.worked.{arguments[0]}").main()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
