"""Generated source runs on NumPy alone, gives the same numbers, reads like a textbook, and is valid
input again.
"""

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import GradError, SourceError
from chalkgrad.render.code import backward_code, code
from test_people import FUNCTIONS, LOSSES, X, arrays, loss, sigmoid, swish


def run(source, name):
    space = {}
    exec(compile(source, "generated", "exec"), space)
    return space[name]


def body(source):
    return [line.strip() for line in source.split("\n") if line.startswith("    ")]


# ----- code -----


def test_the_source_of_a_function():
    found = code(swish, X)
    assert str(found) == "def swish(x):\n    return x * sigmoid(x)"
    assert {found.source[a:b] for a, b, _ in found.spans} == {"x * sigmoid(x)"}
    assert all(found.graph.nodes[i].op.name == "multiply" for _, _, i in found.spans)


def test_the_source_of_an_inner_function_is_dedented_with_its_spans():
    def inner(x):
        y = np.exp(x)
        return y + 1

    found = code(inner, X)
    assert str(found).startswith("def inner(x):\n    y = np.exp(x)")
    assert {found.source[a:b] for a, b, _ in found.spans} == {"np.exp(x)", "y + 1"}


def test_no_source():
    with pytest.raises(SourceError, match="exp is not written in Python"):
        code(np.exp)


def test_the_derivative_as_the_sketch_has_it():
    text = "import numpy as np\n\n\ndef sigmoid_prime(x):\n    e = np.exp(-x)\n    return e / (1 + e) ** 2"
    assert str(code(cg.derivative(sigmoid))) == text
    assert body(str(code(cg.derivative(cg.derivative(sigmoid)))))[1] == "return e * (e - 1) / (1 + e) ** 3"


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_derivatives_run_and_agree(f, order):
    derived = cg.derivative(f) if order == 1 else cg.derivative(cg.derivative(f))
    x = X if order == 1 else X + 0.05
    made = run(str(code(derived, x)), f.__name__ + ("_prime" if order == 1 else "_second"))
    np.testing.assert_allclose(made(x), derived(x), rtol=1e-9, atol=1e-12)


def test_a_gradient_as_source():
    args = LOSSES[0][1]
    made = run(str(code(cg.grad(loss, 1), *args)), "grad_loss")
    np.testing.assert_allclose(made(*args), cg.grad(loss, 1)(*args), rtol=1e-9)


# ----- backward_code -----


def matrix_loss(X, W):
    N = np.dot(X, W)
    S = sigmoid(N)
    L = np.sum(S)
    return L


def test_the_backward_pass_reads_like_a_textbook():
    lines = body(str(backward_code(matrix_loss, *arrays((3, 4), (4, 2)))))
    assert lines == [
        "# forward",
        "N = np.dot(X, W)",
        "S = 1 / (1 + np.exp(-N))",
        "L = np.sum(S)",
        "# backward",
        "dLdS = np.ones_like(S)",
        "dLdN = dLdS * S * (1 - S)",
        "dLdX = np.dot(dLdN, W.T)",
        "dLdW = np.dot(X.T, dLdN)",
        "return dLdX, dLdW",
    ]


def buffer(X):
    out = np.zeros(3)
    for i in range(3):
        out[i] = np.sum(X[i] * i)
    return np.sum(out**2)


def rows(X):
    picked = X[np.array([0, 1, 0])]
    masked = X * (X > 0.1)
    return np.sum(picked**2) + np.sum(masked)


def rnn(h, W, U, xs):
    for t in range(len(xs)):
        h = np.tanh(h @ W + xs[t] @ U)
    return np.sum(h * h)


def norms(X, v):
    u = v / np.sqrt(np.sum(v**2))
    z = np.stack([X @ u, X @ v], axis=1)
    return np.mean(np.maximum(z, 0)) + np.max(z) + np.var(X)


def normed(X, gamma, beta):
    mu = np.mean(X, axis=0)
    sigma = np.std(X, axis=0)
    return np.sum((gamma * (X - mu) / (sigma + 1e-5) + beta) ** 2)


def dictionary(p, x):
    h = np.tanh(x @ p["W"] + p["b"])
    return np.sum(h)


ALL = (
    *LOSSES,
    (matrix_loss, arrays((3, 4), (4, 2))),
    (buffer, arrays((3, 2))),
    (rows, arrays((3, 2))),
    (rnn, arrays((3,), (3, 3), (2, 3), (5, 2))),
    (norms, arrays((4, 3), (3,))),
    (normed, arrays((6, 3), (3,), (3,))),
    (swish, (X,)),
)


@pytest.mark.parametrize(("f", "args"), ALL, ids=lambda x: getattr(x, "__name__", ""))
def test_backward_code_gives_the_same_numbers(f, args):
    made = backward_code(f, *args)
    found = run(str(made), made.name)(*args)
    exact = cg.grad(lambda *a: np.sum(f(*a)), tuple(range(len(args))))(*args)
    found = found if isinstance(found, tuple) else (found,)
    for a, b in zip(found, exact, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
        assert np.shape(a) == np.shape(b)


@pytest.mark.parametrize(("f", "args"), [ALL[5], ALL[8], ALL[11]], ids=["matrix_loss", "rnn", "swish"])
def test_backward_code_is_valid_input_again(f, args):
    """Its own gradient is a second derivative."""
    made = backward_code(f, *args)
    again = run(str(made), made.name)

    def first(*a):
        out = again(*a)
        return np.sum((out[0] if isinstance(out, tuple) else out) ** 2)

    def exact(*a):
        return np.sum(cg.grad(lambda *b: np.sum(f(*b)))(*a) ** 2)

    np.testing.assert_allclose(cg.grad(first)(*args), cg.grad(exact)(*args), rtol=1e-8, atol=1e-12)


def test_each_line_knows_its_node():
    made = backward_code(matrix_loss, *arrays((3, 4), (4, 2)))
    told = {
        line.split(" = ")[0].strip(): made.passes.nodes[i].op.name
        for line, i in zip(made.source.split("\n"), made.lines, strict=True)
        if i is not None
    }
    assert told["N"] == "dot" and told["S"] == "divide" and told["dLdX"] == "positive"


def test_nested_arguments_come_in_as_their_parts():
    p = {"W": np.ones((2, 3)), "b": np.zeros(3)}
    made = backward_code(dictionary, p, np.ones((4, 2)))
    assert f"def {made.name}(W, b, x):" in str(made)
    g = run(str(made), made.name)(p["W"], p["b"], np.ones((4, 2)))
    np.testing.assert_allclose(g[0], cg.grad(dictionary)(p, np.ones((4, 2)))["W"])


def test_large_constants_come_in_as_arguments():
    C = np.arange(100.0)

    def f(x):
        return np.sum(C * x)

    made = backward_code(f, np.ones(100))
    assert f"def {made.name}(x, C):" in str(made) and "# C: an array of shape (100,)" in str(made)
    np.testing.assert_array_equal(run(str(made), made.name)(np.ones(100), C), C)


def test_a_path_is_told():
    def f(x):
        return x**2 if x > 0 else x

    assert "# Valid while the values take the path" in str(backward_code(f, 2.0))


def test_a_long_loop_is_linear():
    lengths = [len(str(backward_code(rnn, *arrays((3,), (3, 3), (2, 3), (n, 2))))) for n in (50, 100)]
    assert lengths[1] < 2.4 * lengths[0]
    made = backward_code(rnn, *arrays((3,), (3, 3), (2, 3), (400, 2)))
    compile(str(made), "generated", "exec")


def test_integers_have_no_backward_pass():
    with pytest.raises(GradError, match="integer"):
        backward_code(np.square, 3)
