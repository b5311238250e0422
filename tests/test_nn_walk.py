"""All that is public in `nn`, one by one: gradients by central differences, a page, and NumPy alone beneath.

What is new and has no sample fails `test_everything_has_a_sample`.
"""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import chalkgrad as cg
import nn_samples as samples
from chalkgrad import nn
from chalkgrad.nn.layers.layer import Mode
from chalkgrad.nn.network import run_link
from chalkgrad.tree import map_leaves

FOLDER = Path(nn.__file__).parent
RNG = np.random.default_rng(11)
RECURRENT = ("gru", "lstm", "simple_rnn", "GRU", "LSTM", "SimpleRNN")


def test_everything_has_a_sample():
    layers = samples.names("layers")
    makers = {n for n in layers if n[0].isupper()} - {"Layer"}
    assert samples.names("activations", "losses") | (layers - makers) - {"layer", "Layer"} == set(
        samples.FUNCTIONS
    )
    assert makers == set(samples.LAYERS)
    assert samples.names("optimizers") - {"Optimizer", "apply_updates"} == set(samples.OPTIMIZERS)
    assert samples.names("schedules") == set(samples.SCHEDULES)


# ----- gradients -----


@pytest.mark.parametrize("name", samples.FUNCTIONS)
def test_functions_have_the_gradient_of_central_differences(name):
    f, args = getattr(nn, name), samples.FUNCTIONS[name]
    real = [k for k, a in enumerate(args) if np.asarray(a).dtype.kind == "f"]
    weight = RNG.normal(size=np.shape(f(*args)))

    def loss(*given):
        full = list(args)
        for k, value in zip(real, given, strict=True):
            full[k] = value
        return np.sum(weight * f(*full))

    cg.check_grad(loss, *(args[k] for k in real), order=1)


@pytest.mark.parametrize("name", samples.FUNCTIONS)
def test_float32_stays_float32_there_and_back(name):
    f, args = getattr(nn, name), list(samples.FUNCTIONS[name])
    real = [k for k, a in enumerate(args) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    for k in real:
        args[k] = args[k].astype(np.float32)
    assert f(*args).dtype == np.float32
    for slope in cg.grad(lambda *a: np.sum(f(*a)), argnums=tuple(real))(*args):
        assert slope.dtype == np.float32


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", samples.LAYERS)
def test_layers_have_the_gradient_of_central_differences(name, training):
    link, x = samples.LAYERS[name]
    params = link.init(x, np.random.default_rng(1)) if hasattr(link, "init") else {}
    params = map_leaves(lambda a: a.astype(float), params)

    def loss(params, x):
        y, _ = run_link(link, params, x, Mode(np.random.default_rng(2), training))
        return np.sum(np.sin(y + np.arange(y.size).reshape(y.shape)))

    if not params:
        cg.check_grad(lambda x: loss({}, x), x, order=1)
    elif x.dtype.kind == "f":
        cg.check_grad(loss, params, x, order=1)
    else:
        cg.check_grad(lambda p: loss(p, x), params, order=1)


# ----- pages -----


def saved(page, tmp_path):
    """The data of a page that has been written, with its views."""
    path = page.save(tmp_path / "page.html")
    assert path.stat().st_size > 10_000
    data = page.data
    assert data["factory"] and data["code"], data["failed"]
    return data


@pytest.mark.parametrize("name", samples.FUNCTIONS)
def test_functions_have_a_page(name, tmp_path):
    data = saved(cg.show(getattr(nn, name), *samples.FUNCTIONS[name]), tmp_path)
    assert data["formulas"] and data["plot"]
    unable = {"backward"} if name in RECURRENT else set()  # a loop is no line of NumPy
    assert set(data["failed"]) <= unable


@pytest.mark.parametrize("name", samples.LAYERS)
def test_layers_have_a_page(name, tmp_path):
    link, x = samples.LAYERS[name]
    net = cg.Chain([link])
    data = saved(cg.show(net, net.init(x), x), tmp_path)
    assert data["formulas"]
    assert set(data["failed"]) - {"at", "plot"} <= ({"backward"} if name in RECURRENT else set())


@pytest.mark.parametrize(
    "link", [nn.MaxPool2D(), nn.Residual(np.tanh), nn.Flatten()], ids=["max_pool2d", "residual", "flatten"]
)
def test_a_chain_without_parameters_is_shown_with_none_and_as_a_function(link):
    net, x = cg.Chain([link]), samples.LAYERS["MaxPool2D"][1]
    assert cg.show(net, x).data["formulas"] and cg.show(net, {}, x).data["formulas"]


@pytest.mark.parametrize("name", samples.OPTIMIZERS)
def test_optimizers_have_a_page(name, tmp_path):
    optimizer = samples.OPTIMIZERS[name]
    params, grads = {"w": np.array([1.0, 2.0])}, {"w": np.array([0.3, -2.0])}
    data = saved(cg.show(optimizer.update, grads, optimizer.init(params), params), tmp_path)
    assert data["formulas"] and not data["failed"]


@pytest.mark.parametrize("name", samples.SCHEDULES)
def test_schedules_have_a_page(name, tmp_path):
    data = saved(cg.show(samples.SCHEDULES[name], np.array([3.0])), tmp_path)
    assert data["formulas"] and not data["failed"]


# ----- what it stands on -----


def test_nn_imports_numpy_and_nothing_else():
    program = (
        "import sys; from chalkgrad import nn; ours = {m.split('.')[0] for m in sys.modules}; "
        "print(sorted(m for m in ours if m in {'jax', 'jaxlib', 'sklearn', 'scipy', 'matplotlib', 'optax', "
        "'torch', 'pooch', 'safetensors', 'rich', 'click', 'py_mini_racer', 'numpy'}))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "['numpy']"


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda p: str(p.relative_to(FOLDER)))
def test_modules_of_nn_name_numpy_alone(path):
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            found.add(str(node.module).split(".")[0])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[0] for a in node.names}
    assert found <= {"numpy", "chalkgrad"} | sys.stdlib_module_names
