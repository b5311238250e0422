"""Stand-ins: one test for each sentence of the design's section."""

from __future__ import annotations

import functools
import importlib
import math
import random
import sys
import threading
import types
from math import exp, sqrt

import numpy
import numpy as np
import pytest
import scipy.special
import scipy.stats
from numpy import array, dot, float64, ones_like, zeros
from scipy.special import expit

import chalkgrad as cg
from chalkgrad.errors import LostTraceError

X = np.array([0.5, 1.5, 2.5])
standins = importlib.import_module("chalkgrad.trace.standins")


def check(f, *args, argnums=0, tolerance=1e-6):
    """Value and gradient against NumPy alone."""
    value, grad = cg.value_and_grad(f, argnums)(*args)
    np.testing.assert_allclose(value, f(*args), rtol=1e-12)
    x, h = np.array(args[argnums], dtype=float), 1e-6
    for i in np.ndindex(x.shape):
        moved = []
        for s in (h, -h):
            y = x.copy()
            y[i] += s
            moved.append(f(*args[:argnums], y if x.ndim else float(y), *args[argnums + 1 :]))
        np.testing.assert_allclose(
            np.asarray(grad)[i], (moved[0] - moved[1]) / (2 * h), rtol=1e-5, atol=tolerance
        )


# ----- course code fills buffers, builds arrays from traced scalars, calls what asks nobody -----


def test_buffers_are_filled():
    def f(x):
        out = np.zeros((2, 3))
        for i in range(2):
            for j in range(3):
                out[i, j] = np.sum(x[: j + 1]) * (i + 1)
        return np.sum(out**2)

    check(f, X)


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.zeros(3),
        lambda: np.ones(3),
        lambda: np.empty(3),
        lambda: np.full(3, 2.0),
        lambda: np.zeros_like([1.0, 2, 3]),
        lambda: np.ones_like(X),
        lambda: np.empty_like(X),
        lambda: np.full_like(X, 7),
        lambda: np.array([1.0, 2.0, 3.0]),
        lambda: np.asarray([1.0, 2.0, 3.0]),
        lambda: np.asanyarray([1.0, 2, 3]),
        lambda: np.ascontiguousarray([1.0, 2, 3]),
        lambda: np.atleast_1d([1.0, 2.0, 3.0]),
        lambda: np.atleast_2d([1.0, 2.0, 3.0])[0],
        lambda: np.eye(3)[1],
        lambda: np.identity(3)[0],
        lambda: np.arange(3.0),
        lambda: np.linspace(0, 1, 3),
        lambda: np.copy([1.0, 2.0, 3.0]),
        lambda: np.random.RandomState(0).rand(3),
        lambda: np.random.default_rng(0).normal(size=3),
        lambda: np.random.rand(3),
        lambda: np.fromiter((1.0, 2.0, 3.0), float),
        lambda: np.tri(3)[0],
        lambda: np.array([1, 2, 3]).astype(float),
        lambda: np.meshgrid(np.arange(3.0), np.arange(2.0))[0][0],
        lambda: np.logspace(0, 1, 3),
        lambda: np.r_[1.0, 2.0, 3.0],
        lambda: np.repeat(np.zeros(1), 3),
        lambda: np.random.permutation(3) * 1.0,
        lambda: np.diag(np.ones(3))[0],
        lambda: np.reshape(np.zeros((3, 1)), -1),
        lambda: np.zeros(3) + 1,
        lambda: np.fromfunction(lambda i: i * 1.0, (3,)),
    ],
)
def test_what_creation_functions_make_takes_traced_values(make):
    def f(x):
        np.random.seed(0)
        out = make()
        out[0], out[2] = 0.5, 1.0
        out[1] = x[0] * x[1]
        out[-1] += x[2]
        return np.sum(out * out)

    check(f, X)


def test_arrays_of_traced_numbers():
    def f(x):
        a, b = x[0], np.sum(x)
        rows = np.array([[a, 1.0], [b, a * b]])
        return (
            np.sum(rows @ np.asarray([b, 2.0]))
            + np.sum(np.stack([x, np.asarray((a, b, 1))]))
            + np.linalg.norm([a, b])
        )

    check(f, X)


def test_math_and_float():
    def f(x):
        a = float(x[0])
        b = math.exp(a) + math.log(x[1]) + math.log(x[2], 2) + math.sqrt(x[2]) ** 2 + math.sin(a) * math.pi
        c = (
            math.pow(a, 2)
            + math.hypot(a, b)
            + math.tanh(b)
            + math.atan2(a, b)
            + math.fsum([a, b])
            + math.prod([a, b])
        )
        return b * c + exp(a) + sqrt(b) + math.floor(b) + math.erf(a)

    check(f, X, tolerance=1e-4)


def test_type_of_a_traced_value_is_the_examples():
    def f(x):
        if type(x) is not np.ndarray or type(x[0]) is not np.float64 or not isinstance(int, type):
            return 0.0 * np.sum(x)
        return np.sum(x**2) + len(type("Made", (), {}).__name__) + (type(x) in (np.ndarray, list)) * x[0]

    check(f, X)
    assert "type" not in globals()


def test_an_empty_array_holds_nothing_by_chance():
    def f(x):
        out, like = np.empty((9, 9)), np.empty_like(x)
        out[0, : x.size], like[:] = x, x**2
        return np.sum(out[0, : x.size] * like)

    check(f, X)
    constants = [n.value for n in cg.trace(f, X).nodes if n.op is None and n.value is not None]
    assert all(not np.any(c) for c in constants if np.shape(c))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_window_that_varies(count):
    check(lambda x: np.sum(np.kaiser(count, x[1]) * np.arange(1.0, count + 1)) + x[0], X)


def test_parts_of_a_float():
    def f(x):
        fraction, whole = math.modf(x[1])
        mantissa, exponent = math.frexp(x[2])
        return x[0] * fraction + whole + mantissa * exponent + math.ldexp(x[0], 3)

    check(f, X)


def test_vectorize_and_isscalar():
    step = np.vectorize(lambda v, k: v**2 if v > k else math.sin(v), excluded=[1])

    def f(x):
        local = np.vectorize(math.exp)
        return np.sum(step(x, 1.0)) + np.sum(local(x)) + (x[0] if np.isscalar(x[0]) else 0.0)

    check(f, X)


def test_scipys_functions():
    def f(x):
        return (
            np.sum(expit(x) * scipy.special.softmax(x)) + scipy.special.logsumexp(x) + scipy.special.erf(x[0])
        )

    check(f, X)


W = np.arange(6.0).reshape(2, 3)


def test_a_distribution_without_a_stand_in_is_scipys_own():
    check(lambda x: np.sum(x**2) * scipy.stats.t.ppf(0.975, 5) + scipy.stats.gamma(2.0).mean(), X)
    with pytest.raises(LostTraceError, match=r"test_standins\.py"):
        cg.grad(lambda x: np.sum(scipy.stats.gamma.logpdf(x, 2.0)))(X)


def test_methods_of_a_plain_array():
    def f(x):
        return np.sum(W.dot(x) ** 2)

    check(f, X)


def test_an_array_that_is_an_argument_answers_its_methods():
    def f(w, x):
        return np.sum(w.dot(x))

    assert cg.grad(f, 1)(W, X).tolist() == [3.0, 5.0, 7.0]


# ----- never touch any module but the person's own -----


def test_no_module_but_the_persons_own_is_touched():
    seen = []

    def f(x):
        seen.append({m: dict(vars(sys.modules[m])) for m in before})
        return np.sum(np.zeros(3) + np.array([x[0], 1.0, math.exp(x[1])]))

    before = {
        m: dict(vars(sys.modules[m])) for m in ("numpy", "numpy.random", "math", "scipy.special", "builtins")
    }
    cg.grad(f)(X)
    for module, names in before.items():
        changed = {n for n, v in seen[-1][module].items() if n not in names or names[n] is not v}
        assert not {c for c in changed if c not in ("_",)}, (module, changed)


def test_numpys_own_compiled_code_sees_numpy():
    def f(x):
        noise = np.random.multivariate_normal(np.zeros(3), np.eye(3)) * 0 + np.random.dirichlet(np.ones(3))
        return np.sum(x * noise)

    np.random.seed(3)
    first = cg.grad(f)(X)
    np.random.seed(3)
    np.random.multivariate_normal(np.zeros(3), np.eye(3))
    np.testing.assert_allclose(first, np.random.dirichlet(np.ones(3)))


# ----- the names in the person's own globals -----


def test_names_mean_stand_ins_only_while_tracing():
    seen = []

    def f(x):
        seen.append((np, numpy, math, zeros, array, exp))
        return np.sum(x)

    real = (np, numpy, math, zeros, array, exp)
    cg.grad(f)(X)
    assert all(a is not b for a, b in zip(seen[0], real, strict=True))
    assert (np, numpy, math, zeros, array, exp) == real and "float" not in globals()
    assert seen[0][0].zeros is not np.zeros and seen[0][0].pi == np.pi and seen[0][0].tanh is np.tanh


def test_names_imported_from_numpy():
    def f(x):
        out = zeros(3)
        out[0] = x[1]
        return dot(out, array([x[0], x[1], 1])) + np.sum(ones_like(x) * x)

    check(f, X)


def test_float_is_itself_as_dtype_class_and_in_isinstance():
    def f(x):
        a = float(x[0])
        z = np.zeros(2, dtype=float)
        assert z.dtype == np.float64 and np.array([1, 2], float).dtype == float
        assert isinstance(a, float) and isinstance(1.0, (int, float)) and not isinstance(1, float)
        assert X.astype(float).dtype == np.float64 and x.astype(float).dtype == float
        assert issubclass(np.float64, float) and float.fromhex("0x1p-1") == 0.5 and float == float  # noqa: E721
        assert float("1.5") == 1.5 and float | None == None | float and list(map(float, "12")) == [1.0, 2.0]
        z[0] = a
        return z[0] * 2

    assert cg.value_and_grad(f)(X)[1].tolist() == [2.0, 0.0, 0.0]


def test_numpys_classes_are_themselves_where_they_are_not_called():
    def f(x):
        a = np.float64(x[0]) * float64(x[1])
        assert isinstance(np.float64(1), np.float64) and np.zeros(1, np.float32).dtype == np.float32
        assert X.astype(np.float32).dtype == np.float32 and np.finfo(np.float64).eps > 0
        assert np.issubdtype(x.dtype, np.floating) and x.dtype == np.float64
        return a + np.sum(np.float32(x)) + np.sum(np.exp([x[0], x[1]])) + np.sum(np.add.reduce([x, x]))

    value, grad = cg.value_and_grad(f)(X)
    assert value == pytest.approx(f(X)) and grad[2] == pytest.approx(3.0)


# ----- every namespace that code, closure, instance and class reach; executed ones too -----


def namespace(source, **names):
    made = {"__name__": "notes", "np": np, "math": math, **names}
    exec(source, made)
    return made


def test_executed_namespaces():
    notes = namespace(
        "def f(x):\n    out = np.zeros(2)\n    out[0] = math.exp(x[0])\n    return float(out[0]) * 2\n"
    )
    check(notes["f"], X)
    assert "float" not in notes and notes["np"] is np


def test_namespaces_behind_closures_instances_classes_partials_and_modules():
    inner = namespace("def buffer(x):\n    out = np.zeros(3)\n    out[1:] = x[1:]\n    return out\n")[
        "buffer"
    ]
    base = namespace("class Base:\n    def make(self, x):\n        return np.array([x[0], 1.0])\n")["Base"]
    module = types.ModuleType("helpers")
    module.__file__ = "/home/somebody/helpers.py"
    exec(
        "import numpy as np\ndef scaled(x):\n    y = np.empty(1)\n    y[0] = x[2]\n    return y", vars(module)
    )

    class Child(base):
        def __init__(self):
            self.layers = [{"f": functools.partial(inner)}]

        def __call__(self, x):
            return np.sum(self.make(x)) + np.sum(self.layers[0]["f"](x) ** 2) + module.scaled(x)[0]

    check(Child(), X)
    check(functools.partial(lambda k, x: k(x), Child()), X)
    check(Child().__call__, X)


def test_the_standard_library_is_left_alone():
    import statistics

    def f(x):
        assert vars(statistics)["math"] is sys.modules["math"] if "math" in vars(statistics) else True
        return np.sum(x) * statistics.mean([1.0, 3.0])

    assert cg.grad(f)(X).tolist() == [2.0, 2.0, 2.0]


# ----- counted, undone on any exit, passing through where nothing is traced -----


def test_undone_after_an_error():
    def f(x):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        cg.grad(f)(X)
    assert np is sys.modules["numpy"] and math is sys.modules["math"]


def test_counted_when_nested():
    def inner(y):
        out = np.zeros(2)
        out[0] = y**3
        return np.sum(out)

    def outer(x):
        slope = cg.grad(inner)(x[0])
        after = np.zeros(2)
        after[1] = slope * x[1]
        return np.sum(after)

    check(outer, X)
    assert np is sys.modules["numpy"]


def test_a_name_that_the_function_binds_anew_stays_bound():
    notes = namespace("def f(x):\n    global np\n    y = np.sum(x)\n    np = 'mine'\n    return y\n")
    cg.grad(notes["f"])(X)
    assert notes["np"] == "mine"


def test_another_thread_sees_plain_numpy():
    inside, done, found = threading.Event(), threading.Event(), []

    def f(x):
        inside.set()
        assert done.wait(10)
        return np.sum(x * np.ones(3))

    def other():
        inside.wait(10)
        found.append(
            (type(np.zeros(2)), type(math.exp(1.0)), type(np.array([1.0])), np.random.RandomState(0).rand())
        )
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    cg.grad(f)(X)
    thread.join()
    assert found[0][:3] == (np.ndarray, float, np.ndarray)


def test_many_threads_trace_at_once():
    def f(x):
        out = np.zeros(3)
        for i in range(3):
            out[i] = math.exp(x[i]) * float(x[i])
        return np.sum(out)

    expected, results = cg.grad(f)(X), []
    threads = [
        threading.Thread(target=lambda: results.extend(cg.grad(f)(X) for _ in range(20))) for _ in range(4)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(results) == 80 and all(np.array_equal(r, expected) for r in results)
    assert np is sys.modules["numpy"] and "float" not in globals()


def test_repeated_calls_are_cheap():
    def f(x):
        return x * x

    run = importlib.import_module("chalkgrad.trace.run").Run(f, (1.5,), {})
    run.__enter__()
    plan, found = standins.plan_for(f, *run.arguments())
    assert plan.proven and found is None
    calls = []
    sys.setprofile(lambda frame, event, arg: calls.append(event) if event == "call" else None)
    try:
        standins.standing_in(abs, run.tape, (1,), {}, plan)
    finally:
        sys.setprofile(None)
    assert len(calls) < 150  # names are put in and taken out; reach() alone makes thousands


# ----- a second run -----


class Counter:
    """State that a second run must not see twice."""

    def __init__(self):
        self.t, self.log, self.seen = 0, [], {}
        self.h = np.zeros(3)

    def __call__(self, x):
        self.t += 1
        self.log.append(self.t)
        self.seen[self.t] = np.random.rand() + random.random()
        self.h[:] = np.tanh(x) * self.t
        return np.sum(self.h) * (1 + self.seen[self.t])


def test_state_is_rolled_back_before_a_second_run(capsys):
    def run(counter, x):
        print("step", counter.t)
        return counter(x)

    def seeded(counter):
        np.random.seed(1)
        random.seed(1)
        return counter

    plain, traced = seeded(Counter()), Counter()
    expected = run(plain, X)
    capsys.readouterr()
    seeded(traced)
    value = cg.value_and_grad(lambda x: run(traced, x))(X)[0]
    assert value == pytest.approx(expected)
    assert traced.t == 1 and traced.log == [1] and traced.seen == plain.seen
    assert type(traced.h) is np.ndarray and np.array_equal(traced.h, plain.h)
    assert capsys.readouterr().out == "step 0\n"


def test_globals_and_closures_are_rolled_back():
    notes = namespace(
        "count = 0\nbuffer = np.zeros(2)\ndef f(x):\n    global count\n    count += 1\n"
        "    buffer[0] = x[0]\n    return np.sum(buffer) * count\n"
    )
    value, grad = cg.value_and_grad(notes["f"])(X)
    assert (value, grad.tolist()) == (0.5, [1.0, 0.0, 0.0]) and notes["count"] == 1
    assert notes["buffer"].tolist() == [0.5, 0.0] and type(notes["buffer"]) is np.ndarray
    calls, held = 0, np.zeros(2)

    def f(x):
        nonlocal calls
        calls += 1
        held[1] = x[1] * calls
        return np.sum(held)

    assert cg.value_and_grad(f)(X)[0] == 1.5 and calls == 1 and held.tolist() == [0.0, 1.5]


def test_generators_of_random_numbers_are_rolled_back():
    rng, buffer = np.random.default_rng(5), np.zeros(3)

    def f(x):
        noise = rng.normal(size=3)
        buffer[:] = x * noise
        return np.sum(buffer)

    np.testing.assert_allclose(cg.grad(f)(X), np.random.default_rng(5).normal(size=3))


def test_what_cannot_be_rolled_back_raises():
    lines, buffer = iter([1.0, 2.0]), np.zeros(3)

    def f(x):
        buffer[0] = x[0] * next(lines)
        return np.sum(buffer)

    with pytest.raises(LostTraceError, match=r"test_standins.py:\d+ in f.*can't be put back"):
        cg.grad(f)(X)


def test_what_was_learned_is_kept():
    runs, buffer = [], np.zeros(3)

    def f(x):
        runs.append(1) if False else None
        calls[0] += 1
        buffer[:] = x
        return np.sum(buffer**2)

    class Calls(list):
        pass

    calls = np.zeros(1)
    cg.grad(f)(X)
    cg.grad(f)(X)
    assert calls[0] == 2 and not runs


def test_lru_caches_are_not_asked():
    for x in (2.0, 2.0, 3.0):
        assert cg.grad(lambda x: cached(x) * 2)(x) == 4 * x


@functools.lru_cache(maxsize=8)
def cached(x):
    return x * x


# ----- loops over entries, joins, random draws with traced parameters -----


def test_nditer_ndenumerate_and_joins():
    def f(x):
        total = 0.0
        y = x * 2
        it = np.nditer(y, flags=["multi_index"], op_flags=["readwrite"])
        while not it.finished:
            total += y[it.multi_index] * (it.multi_index[0] + 1)
            it.iternext()
        for v in np.nditer(y, op_flags=["readwrite"]):
            v[...] = v * v
        for (i,), v in np.ndenumerate(y):
            total += i * v
        return (
            total
            + np.sum(np.c_[x, y] * np.r_[x[0], 2.0])
            + np.sum(np.apply_along_axis(np.sort, 0, np.c_[x, y]))
        )

    check(f, X)


def test_random_draws_with_traced_parameters():
    def f(x):
        np.random.seed(4)
        order = x.copy()
        np.random.shuffle(order)
        return (
            np.random.normal(x[0], x[1])
            + np.sum(np.random.uniform(x, 2 * x))
            + np.random.choice(x)
            + order[0] * 2
            + np.random.permutation(x)[1]
        )

    check(f, X)


def test_questions_and_savers(tmp_path):
    def f(x):
        np.testing.assert_allclose(x * 2, x + x)
        np.savetxt(tmp_path / "x.txt", x)
        assert np.allclose(x, x) and np.array_equal(x, x)
        with np.errstate(divide="ignore"):
            return np.sum(x / x[0])

    check(f, X)
    assert (tmp_path / "x.txt").exists()


def test_a_namespace_made_anew_at_each_run_ends_in_an_error():
    def f(x):
        return namespace("import math\ndef g(x):\n    return math.exp(x[0])")["g"](x)

    with pytest.raises(LostTraceError, match="in g"):
        cg.grad(f)(X)


class TwoPaths:
    """Trained on one path, used on another, where a plain array is asked for its own product."""

    def __init__(self):
        self.W, self.t = np.arange(9.0).reshape(3, 3), 0

    def __call__(self, x, training):
        self.t += 1
        return np.sum(x) * self.t if training else np.sum(self.W.dot(x))


def test_a_later_path_needs_no_second_run():
    net = TwoPaths()
    assert cg.grad(net)(X, True).tolist() == [1.0, 1.0, 1.0]
    assert cg.grad(net)(X, False).tolist() == [9.0, 12.0, 15.0]
    assert net.t == 2 and type(net.W) is np.ndarray


def test_arrays_as_defaults_of_parameters_are_held():
    X = np.arange(4.0).reshape(2, 2)

    def f(W, X=X):
        return X.dot(W).sum()

    np.testing.assert_allclose(cg.grad(f)(np.ones((2, 2))), X.sum(0)[:, None] * np.ones((2, 2)))
    assert f.__defaults__[0] is X


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.linspace(x, 3.0, 5)),
        lambda x: np.sum(np.logspace(0.5, x, 5)),
        lambda x: np.sum(np.geomspace(x, 3.0, 5) ** 2),
    ],
)
def test_spaces_with_traced_ends(f):
    cg.check_grad(f, 1.2)


def test_what_a_dataclass_writes_belongs_to_its_module():
    """Its methods' file is called <string>; their names are looked up in the module of the class."""
    from chalkgrad.op import NAMED
    from chalkgrad.trace.reach import reach

    spaces = reach(lambda x: NAMED["tanh"](x), (1.0,)).spaces
    names = {space.get("__name__") for space in spaces.values()}
    assert names == {__name__}
