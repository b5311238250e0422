"""Who liked which film."""

from __future__ import annotations

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.train.data.records import Examples, Ratings
from chalkgrad.train.data.store import SOURCES, file


def movietweetings(films: int = 50, users: int = 20, test: float = 0.2) -> Ratings:
    """Points from 0 to 10 that people gave films in public, in 2013; the latest ratings are put aside.

    100,000 ratings fill 0.06 % of the table of users and films, so it is cut to a dense part: first films,
    then users, with enough ratings. By default 430 users, 292 films, 12,552 ratings, 10 % of the table.
    Points lean upwards: "liked" is better put at 8 than in the middle.

    Args:
        films: the least number of ratings of a film; 1 keeps all.
        users: the least number of ratings of a user, counted on the films that are left.
        test: the share of ratings, by time, to be judged by.

    Raises:
        DataError: the files are not to be had; the message says where they belong.
        ArgumentError: nothing is left, or one part would be empty.

    Source: Dooms, De Pessemier and Martens, "MovieTweetings: a movie rating dataset collected from Twitter",
    2013.
    """
    rows = [line.split("::") for line in file("movietweetings", "ratings.dat").decode().splitlines()]
    table = np.array([[int(value) for value in row] for row in rows])  # user, film, points, seconds
    table = _frequent(_frequent(table, 1, films), 0, users)
    table = table[np.argsort(table[:, 3], kind="stable")]
    kept = len(table) - round(len(table) * test)
    if not 0 < kept < len(table):
        raise ArgumentError(f"{len(table)} ratings are left, of which test={test} leaves one part empty")
    who, what = (np.unique(table[:, k], return_inverse=True) for k in (0, 1))
    X, y = np.stack([who[1], what[1]], axis=1), table[:, 2].astype(np.float32)
    parts = Examples(X[:kept], y[:kept]), Examples(X[kept:], y[kept:])
    titles = _titles()
    return Ratings(
        *parts, tuple(titles[int(f)] for f in what[0]), len(who[0]), SOURCES["movietweetings"].credit
    )


def _frequent(table: np.ndarray, column: int, least: int) -> np.ndarray:
    _, place, counts = np.unique(table[:, column], return_inverse=True, return_counts=True)
    return table[counts[place] >= least]


def _titles() -> dict[int, str]:
    lines = file("movietweetings", "titles.dat").decode().splitlines()
    return {int(number): title for number, title in (line.split("::", 1) for line in lines)}
