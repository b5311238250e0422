"""Tables of real life, with their blanks, their codes and their traps."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np

from chalkgrad.train.data.columns import categories, encoded, parted, quantity, read_table
from chalkgrad.train.data.records import Data, Examples
from chalkgrad.train.data.store import SOURCES, file


def california_housing(test: float = 0.2, seed: int = 0) -> Data:
    """The median price of houses in 20,640 blocks of California, census of 1990; y is in 100,000 dollars.

    Eight columns of quantities (totals of a block, not means of a household; `median_income` in 10,000
    dollars) and five of zeros and ones for where the block lies. 207 blanks in `total_bedrooms` become the
    median of the part that learns. Prices end at 5.00001 (965 rows) and ages at 52 (1,273 rows): the
    surveyors stopped there. Neighbouring rows are neighbouring places, so parts are drawn by seed.

    Args:
        test: the share to be judged by.
        seed: of the parts.

    Raises:
        DataError: the file is not to be had; the message says where it belongs.

    Source: Pace and Barry, "Sparse spatial autoregressions", 1997.
    """
    table = read_table(file("california_housing", "housing.csv").decode(), "housing.csv")
    y = quantity(table.pop("median_house_value")) / 1e5
    place = table.pop("ocean_proximity")
    columns = {n: quantity(c) for n, c in table.items()} | categories(place, "ocean_proximity")
    return parted(columns, y.astype(np.float32), test, seed, credit=SOURCES["california_housing"].credit)


def telco_churn(test: float = 0.2, seed: int = 0) -> Data:
    """Which of 7,043 customers of an invented telephone company leave: 1 for those who do, 26.5 % of them.

    "No internet service" and "No phone service" become "No": columns of their own say so already. The 11
    blank `TotalCharges` are those of customers of month 0, who have paid nothing: 0. To say "No" always is
    right in 73.5 %: judge by the area under the curve. There are columns of gender and age.

    Args:
        test: the share to be judged by.
        seed: of the parts.

    Raises:
        DataError: the file is not to be had; the message says where it belongs.
    """
    name = "Telco-Customer-Churn.csv"
    table = read_table(file("telco_churn", name).decode(), name)
    del table["customerID"]
    y = np.array([c == "Yes" for c in table.pop("Churn")], np.int64)
    table["TotalCharges"] = [value.strip() or "0" for value in table["TotalCharges"]]
    plain = {n: ["No" if v.startswith("No ") else v for v in column] for n, column in table.items()}
    columns = encoded(plain, ("SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"))
    about = {"classes": ("stays", "leaves"), "credit": SOURCES["telco_churn"].credit}
    return parted(columns, y, test, seed, **about)


def bank_marketing(full: bool = False, test: float = 0.2, seed: int | None = 0) -> Data:
    """Whom a bank's telephone call persuades: 1 for those who are; 11.5 % of 4,521 calls, 11.7 % of 45,211.

    The column `duration` is left out: how long a call lasted is known after it, and gives the answer away.
    `pdays`, the days since an earlier call, is -1 where there was none; a column `called before` says so too.
    "unknown" is a category like any other. To say "no" always is right in 88 %.

    Args:
        full: all calls, in order of time, or the tenth of them drawn at random.
        test: the share to be judged by.
        seed: of the parts; None: the last ones are judged by, the later ones where the order is that of time.

    Raises:
        DataError: the file is not to be had; the message says where it belongs.

    Source: Moro, Cortez and Rita, "A data-driven approach to predict the success of bank
    telemarketing", 2014.
    """
    name = "bank-full.csv.gz" if full else "bank.csv"
    data = file("bank_marketing", name)
    table = read_table((gzip.decompress(data) if full else data).decode(), name, ";")
    del table["duration"]
    y = np.array([c == "yes" for c in table.pop("y")], np.int64)
    columns = encoded(table, ("age", "balance", "day", "campaign", "pdays", "previous"))
    columns["called before"] = (columns["pdays"] >= 0).astype(float)
    about: dict[str, Any] = {"classes": ("no", "yes"), "credit": SOURCES["bank_marketing"].credit}
    if seed is not None:
        return parted(columns, y, test, seed, **about)
    X, kept = np.stack(list(columns.values()), axis=1).astype(np.float32), len(y) - round(len(y) * test)
    return Data(Examples(X[:kept], y[:kept]), Examples(X[kept:], y[kept:]), tuple(columns), **about)


def credit_approval(test: float = 0.2, seed: int = 0) -> Data:
    """Who was granted credit, 1 or 0: 690 requests with disguised names and values.

    Blank quantities become the median of the part that learns, blank categories one of their own ("A1=?"). A5
    repeats A4 in another code and is left out. A15 has a very long tail: take its logarithm before distances.

    Args:
        test: the share to be judged by.
        seed: of the parts.

    Raises:
        DataError: the file is not to be had; the message says where it belongs.

    Source: Quinlan, "Simplifying decision trees", 1987.
    """
    header = [f"A{k}" for k in range(1, 17)]
    table = read_table(file("credit_approval", "crx.data").decode(), "crx.data", header=header)
    y = np.array([c == "+" for c in table.pop("A16")], np.int64)
    del table["A5"]
    columns = encoded(table, ("A2", "A3", "A8", "A11", "A14", "A15"))
    about = {"classes": ("-", "+"), "credit": SOURCES["credit_approval"].credit}
    return parted(columns, y, test, seed, **about)
