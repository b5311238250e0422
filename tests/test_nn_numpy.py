"""Networks learn without JAX: nothing asks for it, and the losses are those of XLA."""

import json
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from sklearn.datasets import load_digits

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.train.threads import largest_product, threads_for

BLOCKED = """
import sys
from importlib.abc import MetaPathFinder

class NoJax(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("jax", "jaxlib", "optax"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NoJax())
"""


def without_jax(program: str, *arguments: object) -> str:
    """What a program prints in a process where JAX cannot be imported."""
    command = [sys.executable, "-W", "error", "-c", BLOCKED + textwrap.dedent(program), *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


# Run here by XLA and there by NumPy.
TRAIN = textwrap.dedent("""
    import json
    import numpy as np
    import chalkgrad as cg
    from chalkgrad import nn
    from sklearn.datasets import load_digits

    def train(**given):
        X, y = load_digits(return_X_y=True)
        X = (X / 16).astype(np.float32)
        net = cg.Chain([nn.Dense(89, nn.tanh), nn.Dropout(0.1), nn.Dense(10)])
        optimizer = nn.sgd(nn.cosine_decay(0.1, 100), momentum=0.9)
        return cg.fit(
            net, X[:1200], y[:1200], loss=nn.softmax_cross_entropy, optimizer=optimizer, epochs=4,
            batch_size=60, validation=(X[1200:], y[1200:]), seed=0, **given
        )
""")


def test_the_losses_without_jax_are_those_of_xla(tmp_path):
    path = tmp_path / "digits.safetensors"
    program = """
        import sys
        model = train()  # no engine is named
        assert "jax" not in sys.modules
        model.save(sys.argv[1])
        print(json.dumps({"loss": model.history.loss, "val_loss": model.history.val_loss}, default=float))
    """
    there = json.loads(without_jax(TRAIN + textwrap.dedent(program), path))
    here: dict = {}
    exec(TRAIN, here)
    model = here["train"](engine="xla")
    assert len(there["loss"]) == 4 and there["loss"][-1] < 0.5 * there["loss"][0]
    np.testing.assert_allclose(there["loss"], model.history.loss, rtol=1e-5)
    np.testing.assert_allclose(there["val_loss"], model.history.val_loss, rtol=1e-5)
    X = (load_digits().data[1200:] / 16).astype(np.float32)
    np.testing.assert_allclose(cg.load(path)(X), model(X), rtol=1e-3, atol=1e-4)


def test_what_needs_jax_says_so():
    program = """
        import numpy as np
        import chalkgrad as cg
        from chalkgrad import nn


        X, given = np.ones((4, 2)), {"loss": nn.mean_squared_error, "optimizer": nn.sgd(0.1)}
        net = cg.Chain([nn.Dense(1)])
        tries = (
            lambda: cg.fit(net, X, X[:, :1], engine="xla", **given),
            lambda: cg.fit(net, X, X[:, :1], devices=2, **given),
            lambda: cg.compile(np.tanh)(X),
        )
        for attempt in tries:
            try:
                attempt()
            except Exception as error:
                print(type(error).__name__, error)
    """
    said = without_jax(program).splitlines()
    assert len(said) == 3 and all("Cure" in line and "Error" in line.split()[0] for line in said), said
    assert "pip install 'chalkgrad[xla]'" in said[0] and "pip install 'chalkgrad[xla]'" in said[2]


def test_a_broken_jax_is_not_passed_over():
    program = """
        import numpy as np
        import chalkgrad as cg
        from chalkgrad import nn
        from chalkgrad.errors import ArgumentError

        def find_spec(self, name, path=None, target=None):
            if name == "jax":
                raise ImportError("jaxlib is too old for jax")

        NoJax.find_spec = find_spec
        X, given = np.ones((4, 2)), {"loss": nn.mean_squared_error, "optimizer": nn.sgd(0.1)}
        try:
            cg.fit(cg.Chain([nn.Dense(1)]), X, X[:, :1], **given)
        except ArgumentError as error:
            print(error)
        cg.fit(cg.Chain([nn.Dense(1)]), X, X[:, :1], engine="numpy", **given)
    """
    assert "(jaxlib is too old for jax). Cure: pip install" in without_jax(program)


def test_networks_of_every_kind_learn_without_jax():
    program = """
        import sys
        import numpy as np
        import chalkgrad as cg
        from chalkgrad import nn

        rng = np.random.default_rng(0)
        pictures, rows = rng.normal(size=(24, 6, 6, 1)), rng.normal(size=(24, 6))
        symbols, classes = rng.integers(0, 5, (24, 7)), rng.integers(0, 3, 24)
        given = {"loss": nn.softmax_cross_entropy, "optimizer": nn.adam(0.01), "epochs": 8, "batch_size": 8}
        for net, X, y in (
            (nn.models.convolutional(3, (2,), 8), pictures, classes),
            (cg.Chain([nn.BatchNorm(), nn.Dense(3)]), rows, classes),
            (nn.models.recurrent(5, 6, 5, 4), symbols[:, :-1], symbols[:, 1:]),
            (nn.models.recurrent(5, 6, 5, 4, nn.GRU), symbols[:, :-1], symbols[:, 1:]),
            (nn.models.transformer(5, 6, 8, 2, 1), symbols[:, :-1], symbols[:, 1:]),
        ):
            loss = cg.fit(net, X, y, **given).history.loss
            assert loss[-1] < loss[0], (net, loss)
        assert "jax" not in sys.modules
    """
    without_jax(program)


# ----- threads -----


def test_the_largest_product_counts_loops_and_each_matrix_of_many():
    x, W = np.ones((4, 6, 3)), np.ones((3, 30))
    assert largest_product(cg.trace(np.matmul, x, W)) == 6 * 3 * 30
    assert largest_product(cg.trace(np.dot, x, W)) == 4 * 6 * 3 * 30
    rnn = cg.trace(nn.simple_rnn, x, W, np.ones((30, 30)), np.ones(30))
    assert largest_product(rnn) == 4 * 30 * 30
    assert largest_product(cg.trace(np.tanh, x)) == 0


@pytest.mark.parametrize("largest, one", [(1000, True), (1 << 30, False)])
def test_small_products_have_one_thread(largest, one):
    threadpoolctl = pytest.importorskip("threadpoolctl")
    counts = lambda: [p["num_threads"] for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]  # noqa: E731
    with threadpoolctl.threadpool_limits(2, "blas"):
        before = counts()
        with threads_for(largest):
            assert counts() == ([1] * len(before) if one else before)
        assert counts() == before
