"""What goes wrong is named: the thing, the line, the cure. Each test reads the message."""

from __future__ import annotations

import pickle
import struct

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError, ChalkgradError, GradError, LostTraceError, NotYetError, TraceError

HERE = "test_errors.py:"
X = np.array([0.5, 1.5, 2.5])


class Tensor:
    """Something of another library, with data that NumPy knows nothing of."""

    def __init__(self, data):
        self.data = data


# ----- what is differentiated: (why, function, arguments, error, words of the message) -----


def square(x):
    return x * x


def total(x):
    return np.sum(x * x)


def generator(x):
    yield x


async def coroutine(x):
    return x


def text(x):
    return f"loss {np.sum(x)}"


def nothing(x):
    x = x * 2


def makes_generator(x):
    return (v * 2 for v in x)


GRAD = [
    ("a number for a function", 3.0, (1.0,), ArgumentError, ["a function is expected", "float 3.0", "Cure"]),
    ("an integer", total, (3,), GradError, ["argument 0 (x) of total", HERE, "integer 3", "Cure: pass 3.0"]),
    ("an array of integers", total, (np.arange(3),), GradError, ["int64", "Cure: x.astype(float)"]),
    ("a truth value", total, (True,), GradError, ["truth value"]),
    ("a string", total, ("abc",), GradError, ["str 'abc'", "pass a float or an array"]),
    ("None", total, (None,), GradError, ["NoneType None"]),
    ("an object array", total, (np.array([1.0, None]),), ChalkgradError, ["object", "dtype=float"]),
    ("a complex number", total, (1j,), GradError, ["complex", "imaginary part on their own"]),
    ("complex numbers", total, (np.ones(2, complex),), GradError, ["complex", "Cure"]),
    ("a tensor of another library", total, (Tensor(X),), GradError, ["Tensor", "pass a float or an array"]),
    ("no such argument", total, (), ArgumentError, ["no argument 0"]),
    ("an array as result", square, (X,), GradError, ["shape (3,)", HERE, "np.sum(...)", "jacobian"]),
    ("several results", lambda x: (x, x), (1.0,), GradError, ["returns 2 values", "return the loss alone"]),
    ("text as result", text, (X,), ArgumentError, ["text returns str 'loss", "need numbers"]),
    ("nothing as result", nothing, (X,), ArgumentError, ["nothing returns NoneType None"]),
    ("an integer as result", lambda x: np.argmax(x), (X,), GradError, ["int64", "return a float"]),
    ("a generator function", generator, (X,), ArgumentError, ["is a generator", HERE, "return a list"]),
    ("a generator expression", makes_generator, (X,), ArgumentError, ["is a generator", "return a list"]),
    ("an async function", coroutine, (X,), ArgumentError, ["coroutine", "async", "plain def"]),
]


@pytest.mark.parametrize(("why", "f", "args", "error", "words"), GRAD, ids=[g[0] for g in GRAD])
def test_grad_refuses(why, f, args, error, words):
    with pytest.raises(error) as caught:
        cg.grad(f)(*args)
    for word in words:
        assert word in str(caught.value), (word, str(caught.value))


# ----- what happens inside the function -----


def unknown_function(x):
    return np.sum(np.unwrap(x))


def unknown_method(x):
    return np.sum(x.getfield(np.float32))


def unknown_ufunc(x):
    return np.sum(np.spacing(x))


def c_library(x):
    return struct.unpack("d", struct.pack("d", x[0]))[0] * 2


def bytes_of(x):
    return np.sum(np.frombuffer(x.tobytes()))


def raw_buffer(x):
    return np.sum(np.array(memoryview(x)))


def pickled(x):
    return np.sum(pickle.loads(pickle.dumps(x * 2)))


def reinterpreted(x):
    return np.sum(x.view(np.float32))


def reshaped_in_place(x):
    x.shape = (3, 1)
    return np.sum(x)


def resized(x):
    x.resize(6)
    return np.sum(x)


def scalar_written(x):
    s = np.sum(x)
    s[0] = 1.0
    return s


def float_as_index(x):
    return x[int(x[0]) + x[1]]


def float_as_size(x):
    return np.sum([x[0]] * 2) if range(x[0]) else 0.0


def name_as_index(x):
    return x["weights"]


def float_into_integers(x):
    counts = np.zeros(3, dtype=int)
    counts += x
    return np.sum(counts)


def grown_in_place(x):
    x += np.ones((2, 3))
    return np.sum(x)


def as_key(x):
    seen = {}
    seen[x[0]] = 1.0
    return x[0] * seen[x[0]]


def made_complex(x):
    return np.sum(x.astype(complex))


def part_of_complex(x):
    return abs(complex(x[0], x[1]))


def with_where(x):
    return np.sum(np.exp(x, where=x > 1))


def read_only_view(x):
    y = np.broadcast_to(x, (2, 3))
    y[0] = 1.0
    return np.sum(y)


def local_import(x):
    import math as m

    return m.exp(x[0])


def no_attribute(x):
    return x.mode()


def math_of_array(x):
    import math

    return math.exp(x)


INSIDE = [
    (
        unknown_function,
        NotYetError,
        ["numpy.unwrap has no derivative", "Cure: write it with other NumPy functions"],
    ),
    (unknown_method, TraceError, [".getfield has no derivative in chalkgrad yet"]),
    (unknown_ufunc, NotYetError, ["the ufunc spacing has no derivative", "add a row"]),
    (c_library, LostTraceError, ["the trace of this value would be lost", "Cure"]),
    (bytes_of, AttributeError, [".tobytes of a traced value", "lose the trace"]),
    (raw_buffer, TypeError, ["memoryview"]),
    (pickled, LostTraceError, ["pickling", "after the function has returned"]),
    (reinterpreted, AttributeError, [".view", "astype"]),
    (reshaped_in_place, TraceError, ["x.shape = …", "Cure: x = x.reshape"]),
    (resized, AttributeError, [".resize", "np.resize or np.pad"]),
    (scalar_written, TypeError, ["a NumPy scalar can't be written on", "bind the name anew"]),
    (float_as_index, (IndexError, TypeError), ["ints", "integer"]),
    (float_as_size, TypeError, ["only integers can be an index or a size", "Cure: int(...)"]),
    (name_as_index, IndexError, ["'weights'", "a name can't index a plain array"]),
    (
        float_into_integers,
        TypeError,
        ["add makes float64, which an array of int64 can't hold", "Cure: x = x + …"],
    ),
    (grown_in_place, ValueError, ["an array of shape (3,) can't take the shape (2, 3) in place"]),
    (as_key, LostTraceError, ["hash(...)", "key by something that is not differentiated"]),
    (made_complex, TraceError, ["complex128", "real arithmetic"]),
    (part_of_complex, LostTraceError, ["the trace of this value would be lost"]),
    (with_where, LostTraceError, ["exp(where=…) without out=", "Cure: give out="]),
    (read_only_view, (NotYetError, ValueError), ["write on the array itself"]),
    (local_import, LostTraceError, ["the trace of this value would be lost", "at the top of the file"]),
    (no_attribute, AttributeError, ["has no attribute 'mode'"]),
    (math_of_array, LostTraceError, ["the trace of this value would be lost"]),
]


@pytest.mark.parametrize(("f", "error", "words"), INSIDE, ids=[f.__name__ for f, *_ in INSIDE])
def test_the_line_and_the_cure(f, error, words):
    with pytest.raises(error) as caught:
        cg.grad(f)(X.copy())
    said = str(caught.value) + "\n".join(getattr(caught.value, "__notes__", []))
    assert HERE in said and f.__name__ in said, said
    assert any(w in said for w in words) if isinstance(error, tuple) else all(w in said for w in words), said


def test_numpys_own_message_comes_with_the_line():
    def f(x):
        return np.sum(np.dot(x, np.ones((4, 2))))

    with pytest.raises(ValueError, match="not aligned") as caught:
        cg.grad(f)(X)
    assert HERE in caught.value.__notes__[0] and " in f" in caught.value.__notes__[0]


def test_an_error_of_the_functions_own_passes_through():
    def f(x):
        if x[0] < 1:
            raise KeyError("no such mode")
        return np.sum(x)

    with pytest.raises(KeyError, match="no such mode"):
        cg.grad(f)(X)


def test_a_swallowed_loss_is_still_a_loss():
    def f(x):
        try:
            scale = struct.pack("d", x[0])
        except Exception:
            scale = b""
        return np.sum(x) * (1 + len(scale))

    with pytest.raises(LostTraceError, match=r"test_errors.py:\d+ in f"):
        cg.grad(f)(X)


def test_a_function_without_source_is_no_problem():
    f = eval("lambda x: x ** 3")
    assert cg.grad(f)(2.0) == 12.0
    assert cg.grad(np.square)(3.0) == 6.0


def test_values_of_an_ended_trace_are_plain():
    kept = []

    def f(x):
        kept.append(x * 2)
        return np.sum(kept[-1])

    cg.grad(f)(X)
    assert np.asarray(kept[0]).tolist() == [1.0, 3.0, 5.0]
    assert isinstance(kept[0] + 1, np.ndarray) and type(kept[0] + 1) is np.ndarray
    assert float(kept[0][0]) == 1.0 and pickle.loads(pickle.dumps(kept[0])).tolist() == [1.0, 3.0, 5.0]


def test_nan_is_shown_by_check_grad():
    def f(x):
        return np.sum(np.log(x))

    with pytest.raises(GradError, match="nan"), np.errstate(all="ignore"):
        cg.check_grad(f, np.array([-1.0, 2.0]))


def test_derivative_refuses_what_mixes():
    with pytest.raises(GradError, match=r"jacobian") as caught:
        cg.derivative(lambda x: x / np.sum(x))(X)
    assert "sum" in str(caught.value)


def test_there_are_many():
    assert len(GRAD) + len(INSIDE) >= 40


@pytest.mark.parametrize("argnums", ["x", 1.0, None, (0, "x")])
def test_argnums_that_are_no_positions(argnums):
    with pytest.raises(ArgumentError, match=r"argnums=.* are no positions. Cure: argnums=0"):
        cg.grad(total, argnums)


def test_tangents_come_in_tuples():
    with pytest.raises(ArgumentError, match=r"Cure: jvp\(f, \(x,\), \(t,\)\)"):
        cg.jvp(square, 2.0, 1.0)


def test_the_entry_that_is_no_number_is_named():
    with pytest.raises(GradError, match=r"argument 0 \(kind\).*'relu'"):
        cg.grad(lambda p: np.sum(p["w"] ** 2))({"w": X, "kind": "relu"})
