"""`cg.compile`: NumPy in, NumPy out, one program for each structure; what it reads, what it refuses."""

import sys
import threading
from functools import partial

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError, CompileError, EngineError

jax = pytest.importorskip("jax")


def leaky_relu(x):
    return np.maximum(0.2 * x, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def f(x):
    return np.square(sigmoid(leaky_relu(x)))


def loss(p, x):
    return np.sum(sigmoid(np.dot(x, p["W"]) + p["b"]))


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(4, 3))


@pytest.fixture
def p():
    return {"W": np.random.default_rng(1).normal(size=(3, 2)), "b": np.zeros(2)}


# ----- values, kinds, copies -----


def test_float64_stays_and_the_callers_settings_too(x):
    before = jax.config.jax_enable_x64
    result = cg.compile(f)(x)
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, f(x), rtol=1e-14)
    assert jax.config.jax_enable_x64 == before
    assert jax.numpy.ones(1).dtype == (np.float64 if before else np.float32)


@pytest.mark.parametrize("shape", [(10,), (60_001,), (300_003,), (700, 1001)])
def test_results_are_writable_and_nobody_elses(shape):
    x = np.random.default_rng(0).normal(size=shape)
    kept = x.copy()
    c = cg.compile(lambda x: (f(x), x, x * 1.0, np.reshape(x, -1)))
    results = c(x)
    for r in results:
        r += 1
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(results[1], kept + 1)
    np.testing.assert_allclose(results[0], f(x) + 1)
    np.testing.assert_allclose(c(x)[0], f(x))


@pytest.mark.parametrize("size", [2**18 - 1, 2**18, 2**18 + 6, 3 * 2**17 + 13])
def test_pieces_make_the_whole(size):
    whole = np.random.default_rng(0).normal(size=size + 5)
    c = cg.compile(cg.derivative(f))
    for start in range(3):
        x = whole[start : start + size]
        np.testing.assert_allclose(c(x), cg.derivative(f)(x), rtol=1e-13)
    x = whole[::-1][:size]
    np.testing.assert_allclose(c(x), cg.derivative(f)(x), rtol=1e-13)


def test_results_are_of_numpys_kinds(x):
    for args in [(2.0,), (np.float32(2),), (x,), (np.array(2.0),)]:
        assert type(cg.compile(f)(*args)) is type(f(*args))
        assert type(cg.compile(lambda x: x * 2)(*args)) is type(args[0] * 2)
    assert type(cg.compile(np.sum)(x)) is np.float64


def test_weak_numbers_take_on_their_partners_dtype():
    c = cg.compile(lambda x, a: x * a)
    assert c(np.ones(2, np.float32), 0.1).dtype == np.float32
    assert c(np.ones(2, np.float32), 0.1)[0] == np.float32(0.1)
    assert c(np.ones(2, np.float32), np.float64(0.1)).dtype == np.float64


def test_nested_arguments_keywords_and_results(p, x):
    def g(p, x, *, scale=1.0):
        return {"loss": loss(p, x) * scale, "parts": (x @ p["W"], [p["b"]])}

    c = cg.compile(g)
    made, expected = c(p, x, scale=2.0), g(p, x, scale=2.0)
    np.testing.assert_allclose(made["loss"], expected["loss"])
    np.testing.assert_allclose(made["parts"][0], expected["parts"][0])
    assert made["parts"][1][0] is not p["b"]


def test_derived_functions_compile(p, x):
    made, expected = cg.compile(cg.grad(loss))(p, x), cg.grad(loss)(p, x)
    np.testing.assert_allclose(made["W"], expected["W"], rtol=1e-12)
    np.testing.assert_allclose(made["b"], expected["b"], rtol=1e-12)
    value, grads = cg.compile(cg.value_and_grad(loss, (0, 1)))(p, x)
    np.testing.assert_allclose(value, loss(p, x))
    np.testing.assert_allclose(grads[1], cg.grad(loss, 1)(p, x), rtol=1e-12)
    second = cg.derivative(cg.derivative(f))
    np.testing.assert_allclose(cg.compile(second)(x), second(x), rtol=1e-10)
    J = cg.jacobian(lambda x: x[0] * x)
    np.testing.assert_allclose(cg.compile(J)(x[0]), J(x[0]))


def test_compiled_functions_can_be_differentiated(x):
    g = cg.grad(lambda x: np.sum(cg.compile(f)(x)))
    np.testing.assert_allclose(g(x), cg.grad(lambda x: np.sum(f(x)))(x))


def test_float32_programs_stay_in_float32():
    x = np.linspace(-1, 1, 5, dtype=np.float32)
    assert cg.compile(cg.derivative(f))(x).dtype == np.float32


# ----- buffers, masks, indices -----


def test_buffers_that_are_filled(x):
    def convolved(x, w):
        out = np.zeros(x.shape[1] - 1)
        for i in range(out.size):
            out[i] = np.sum(x[:, i : i + 2] * w)
        return out

    w = np.array([1.0, -1.0])
    np.testing.assert_allclose(cg.compile(convolved)(x, w), convolved(x, w))
    total = cg.grad(lambda x, w: np.sum(convolved(x, w) ** 2))
    np.testing.assert_allclose(cg.compile(total)(x, w), total(x, w), rtol=1e-12)


def test_masks_that_are_written_and_labels_that_index(x):
    def g(x, y):
        z = x.copy()
        z[x < 0] = 0.0
        return -np.sum(np.log(1 + z[np.arange(4), y]))

    y = np.array([0, 2, 1, 1])
    np.testing.assert_allclose(cg.compile(g)(x, y), g(x, y))
    np.testing.assert_allclose(cg.compile(cg.grad(g))(x, y), cg.grad(g)(x, y))


def test_indices_outside_raise_as_in_numpy(x):
    def picked(x, y):
        z = x.copy()
        z[..., y] = 0.0
        return z[np.arange(4), y], x[None, y[0]], np.sum(x[:, y])

    c = cg.compile(picked)
    inside = np.array([0, -3, 1, 2])
    for made, wanted in zip(c(x, inside), picked(x, inside), strict=True):
        np.testing.assert_allclose(made, wanted)
    for y in (np.array([0, 3, 1, 2]), np.array([0, -4, 1, 2])):
        with pytest.raises(IndexError, match=r"in picked: an index lies outside its axis of length 3"):
            c(x, y)
    g = cg.compile(cg.grad(lambda x, y: picked(x, y)[2]))
    np.testing.assert_allclose(g(x, inside), cg.grad(lambda x, y: np.sum(x[:, y]))(x, inside))
    with pytest.raises(IndexError, match="length 3"):
        g(x, np.array([5, 0, 0, 0]))


# ----- what is captured -----


def test_captured_arrays_are_read_at_each_call(x):
    W = np.ones((3, 2))
    c = cg.compile(lambda x: x @ W + W.sum())
    np.testing.assert_allclose(c(x), x @ W + W.sum())
    W[0, 0] = 7.0
    np.testing.assert_allclose(c(x), x @ W + W.sum())
    W = np.ones((3, 5))
    assert c(x).shape == (4, 5)


class Layer:
    def __init__(self):
        self.W, self.parts, self.scale, self.calls = np.ones((3, 2)), (np.ones(2), "text"), 1.0, 0

    def __call__(self, x):
        return (x @ self.W + self.parts[0]) * self.scale

    def counted(self, x):
        self.calls += 1
        return x @ self.W

    def remembered(self, x):
        self.output = x @ self.W
        return self.output

    def trained(self, x):
        self.W[0] = 5.0
        return x @ self.W


def test_objects_are_read_at_each_call(x):
    layer = Layer()
    c = cg.compile(layer)
    for change in (lambda: None, lambda: layer.W.fill(2.0), lambda: layer.parts[0].fill(3.0)):
        change()
        np.testing.assert_allclose(c(x), layer(x))
    layer.scale = 4.0
    layer.parts = (np.zeros(2), "other")
    np.testing.assert_allclose(c(x), layer(x))
    assert type(layer.W) is np.ndarray


def test_captured_functions_count_by_identity(x):
    activations = [np.tanh]
    c = cg.compile(lambda x: activations[0](x))
    np.testing.assert_allclose(c(x), np.tanh(x))
    activations[0] = np.sin
    np.testing.assert_allclose(c(x), np.sin(x))
    activations[0] = np.tanh
    np.testing.assert_allclose(c(x), np.tanh(x))


ONES = np.ones(2)


def test_partials_and_defaults(x):
    W = np.ones((3, 2))

    def g(x, W, b=ONES, flag=True):
        return x @ W + b if flag else x @ W

    np.testing.assert_allclose(cg.compile(partial(g, W=W))(x), g(x, W))
    c = cg.compile(g)
    np.testing.assert_allclose(c(x, W, flag=False), x @ W)
    np.testing.assert_allclose(c(x, W, flag=True), x @ W + 1)


def test_whole_numbers_are_inputs_until_they_decide(x):
    traces = []

    def scaled(x, t):
        traces.append(t)
        return x / t

    def repeated(x, n):
        for _ in range(n):
            x = x * 2
        return x

    c = cg.compile(partial(scaled, np.ones(2)))
    del traces[:]
    with pytest.raises(CompileError, match="traces"):
        c(2)
    r = cg.compile(repeated)
    np.testing.assert_allclose(r(x, 3), 8 * x)
    np.testing.assert_allclose(r(x, 1), 2 * x)
    np.testing.assert_allclose(r(x, 3), 8 * x)


# ----- asserts -----


ASSERTING = """
def g(x):
    assert not np.any(x > 10)
    assert not np.any(np.isnan(x)), "no nan, please"
    assert np.max(x) > -100 and x.shape[0] == 4
    return np.sum(x)
"""


def test_asserts_are_checked_results(x):
    names = {"np": np}
    exec(compile(ASSERTING, "lesson.py", "exec"), names)  # pytest would rewrite the asserts of this file
    c = cg.compile(names["g"])
    np.testing.assert_allclose(c(x), names["g"](x))
    for line, bad in ((3, x + 100), (4, x * np.nan), (5, x - 1000)):
        with pytest.raises(AssertionError, match=rf"lesson\.py:{line} in g"):
            c(bad)


# ----- refusals: the line and the cure -----


def branches(x):
    if x[0, 0] > 0:
        return x
    return -x


def drops(x):
    return np.sum(x[x > 0])


def uniques(x):
    return np.unique(x)


def draws(x):
    return x + np.random.normal()


REFUSED = [
    (branches, r"in branches: a value decides .* np\.where"),
    (drops, r"in drops: getitem: x\[mask\] has as many entries .* np\.where"),
    (uniques, r"in uniques: the shape of .* depends on values"),
    (draws, r"in draws: random numbers .* hand them in"),
    (Layer().counted, r"in counted: self\.calls is changed"),
    (Layer().remembered, r"in remembered: self\.output is changed"),
    (Layer().trained, r"self\.W is changed"),
    (lambda x: float(np.sum(x)) and x, r"a value decides"),
]


@pytest.mark.parametrize(("g", "message"), REFUSED, ids=lambda v: getattr(v, "__name__", ""))
def test_refusals_name_the_line_and_the_cure(g, message, x):
    with pytest.raises(CompileError, match=message):
        cg.compile(g)(x)


def test_a_refused_function_has_changed_nothing(x):
    layer, state = Layer(), np.random.get_state()[1].copy()
    for method in (layer.counted, layer.remembered, layer.trained):
        with pytest.raises(CompileError):
            cg.compile(method)(x)
    with pytest.raises(CompileError):
        cg.compile(draws)(x)
    assert layer.calls == 0 and not hasattr(layer, "output")
    np.testing.assert_array_equal(layer.W, 1)
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def test_other_engines_are_named():
    with pytest.raises(ArgumentError, match="no engine 'cuda'"):
        cg.compile(f, engine="cuda")


def test_without_jax_the_error_says_what_to_install(x, monkeypatch):
    monkeypatch.setitem(sys.modules, "chalkgrad.run.xla", None)
    with pytest.raises(EngineError, match=r"needs JAX .* pip install 'chalkgrad\[xla\]'"):
        cg.compile(f)(x)


def test_threads_call_one_program(x):
    c = cg.compile(f)
    c(x)
    results = {}
    threads = [threading.Thread(target=lambda i=i: results.update({i: c(x + i)})) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for i in range(4):
        np.testing.assert_allclose(results[i], f(x + i))
