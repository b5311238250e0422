"""The public names of the design, what importing them costs, and that each tells what it is."""

import inspect
import subprocess
import sys

import pytest

import chalkgrad as cg

NAMES = (
    "trace grad value_and_grad derivative vjp jvp jacobian hessian check_grad compile formula plot factory "
    "code backward_code walk show deriv Chain chain_length_2 chain_length_3 chain_deriv_2 chain_deriv_3 "
    "plot_chain plot_chain_deriv scan fit load generate EarlyStopping"
).split()
HEAVY = ("matplotlib", "scipy", "jax", "py_mini_racer", "rich", "click", "markdown_it")


@pytest.mark.parametrize("name", NAMES)
def test_public_names_are_there_and_documented(name):
    value = getattr(cg, name)
    assert callable(value)
    assert name in dir(cg)
    assert inspect.getdoc(value), f"cg.{name} has no docstring"


def test_unknown_names_raise():
    with pytest.raises(AttributeError, match="no attribute 'gradd'"):
        cg.gradd  # noqa: B018


def test_import_stays_light():
    program = f"import sys, chalkgrad; print([m for m in {HEAVY!r} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
