"""Example arguments: the notes' own calls first, then names, then what the parameters seem to take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chalkgrad.notes.calls import Calls, snapshot
from chalkgrad.notes.examples import bind, examples, is_numeric
from chalkgrad.notes.views import chain_of, describe, takes_one_array


def square(x):
    return x * x


def dense(X, W, b=0.0):
    assert X.shape[1] == W.shape[0]
    return X @ W + b


def apply(func: Callable, x, times: int = 1):
    for _ in range(times):
        x = func(x)
    return x


def run(chain: list[Callable], a):
    return chain[1](chain[0](a))


@pytest.fixture
def calls() -> Calls:
    return Calls((__file__, "foundation.py"))


def found(f: Callable, calls: Calls, namespace: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return list(examples(f, calls, namespace or {}, [square]))


def works(f: Callable, arguments: dict[str, Any]) -> bool:
    try:
        f(**arguments)
    except Exception:
        return False
    return True


def test_a_call_is_kept_as_it_began(calls: Calls):
    x = np.array([1.0, 2.0])
    with calls:
        square(x)
    x[0] = 9
    assert [list(e["x"]) for e in found(square, calls)] == [[1.0, 2.0]] * 2  # seen, and known by name
    assert [c.direct for c in calls.seen[square.__code__]] == [True]


def test_calls_by_the_notes_come_before_calls_by_what_they_call(calls: Calls):
    with calls:
        apply(square, 2.0, times=2)
        square(5.0)
    first, *_ = found(square, calls)
    assert first == {"x": 2.0}
    assert len(calls.seen[square.__code__]) == 3


def test_watching_stops_with_the_block(calls: Calls):
    with calls:
        pass
    square(2.0)
    assert calls.seen == {}


def test_traced_values_are_no_examples(calls: Calls):
    from chalkgrad import trace

    with calls:
        trace(square, 2.0)
    assert calls.pool == {}


def test_a_long_range_is_thinned(calls: Calls):
    with calls:
        square(np.arange(-3, 3, 0.01))
    first, *_ = found(square, calls)
    assert len(first["x"]) == 5
    assert (first["x"][0], round(first["x"][-1], 2)) == (-3, 2.99)


def test_variables_of_the_same_name_are_taken(calls: Calls):
    namespace = {"X": np.ones((4, 2)), "W": np.ones((2, 3)), "b": 5}
    first, *_ = found(dense, calls, namespace)
    assert {name: value.shape for name, value in first.items()} == {"X": (4, 2), "W": (2, 3)}


def test_without_calls_or_names_something_that_works_is_found(calls: Calls):
    for f in (square, dense, apply, run, lambda a, b: np.dot(a, b), lambda x: np.log(x)):
        assert any(works(f, arguments) for arguments in found(f, calls)), f


def test_a_parameter_that_takes_functions_gets_the_notes_own(calls: Calls):
    assert found(apply, calls)[0]["func"] is square
    assert found(run, calls)[0]["chain"] == [square, square]


def test_what_is_no_number_is_bound_beforehand():
    f, arrays = bind(apply, {"func": square, "x": 3.0, "times": 2})
    assert (f(*arrays), arrays) == (81.0, (3.0, 2))
    f, arrays = bind(lambda x, mode, y: (x, mode, y), {"x": 1.0, "mode": "m", "y": 2.0})
    assert (f(*arrays), arrays) == ((1.0, "m", 2.0), (1.0,))
    assert bind(square, {"x": 1.0}) == (square, (1.0,))


@pytest.mark.parametrize(
    ("value", "answer"),
    [(1, True), (1.5, True), (np.ones(2), True), ([1, (2.0,)], True), ({"W": np.ones(1)}, True)]
    + [(True, False), ("a", False), ([], False), (None, False), ([square], False), (np.array(["a"]), False)],
)
def test_what_a_graph_can_take_as_input(value: Any, answer: bool):
    assert is_numeric(value) is answer


def test_entry_by_entry_is_decided_by_numbers():
    assert takes_one_array(square) and takes_one_array(np.tanh)
    assert not any(map(takes_one_array, (np.sum, np.cumsum, lambda x: x - np.max(x), dense, lambda x: "a")))


def test_a_list_of_functions_is_a_chain():
    assert chain_of((square, np.exp)).__name__ == "exp(square(x))"
    assert [chain_of(v) for v in ([], [int], [1], square, "ab", None)] == [None] * 6


def test_examples_in_words():
    words = describe({"chain": [square, np.exp], "x": np.ones(5), "W": np.ones((2, 3)), "p": {"b": 1}})
    assert words == "chain = [square, exp], x = 5 numbers, W = 2 × 3, p = {b: 1}"


def test_a_snapshot_is_a_copy_down_to_its_arrays():
    value = {"a": [np.zeros(2)], "f": square}
    copy = snapshot(value)
    value["a"][0][0] = 1
    assert copy["a"][0][0] == 0
    assert copy["f"] is square
