"""What the docstrings of `nn` say: a formula, what goes in and comes out, a source, an example that holds."""

import doctest
import importlib
import inspect
from pathlib import Path

import numpy as np
import pytest

import nn_samples as samples
from chalkgrad import nn

FOLDER = Path(nn.__file__).parent
MODULES = sorted(
    ".".join(("chalkgrad.nn", *p.relative_to(FOLDER).with_suffix("").parts))
    for p in FOLDER.rglob("*.py")
    if p.name != "__init__.py"
)
PUBLIC = {n: f for n, f in vars(nn).items() if callable(f) and not n.startswith("_")}
SHORT = ("flatten",)  # nobody's invention, and no formula


@pytest.mark.parametrize("name", PUBLIC)
def test_docstrings_say_what_goes_in_and_show_an_example(name):
    said = inspect.getdoc(PUBLIC[name]) or ""
    given = [p for p in inspect.signature(PUBLIC[name]).parameters if p != "self"]
    assert not given or "Args" in said or "args and shapes" in said.lower(), f"nn.{name}: what is it given?"
    assert ">>>" in said, f"nn.{name} shows no example"


@pytest.mark.parametrize("name", samples.FUNCTIONS)
def test_functions_say_their_formula_what_comes_out_and_a_source(name):
    said = inspect.getdoc(getattr(nn, name)) or ""
    assert "Returns:" in said or "shapes are those of" in said, f"nn.{name}: what comes out?"
    assert "$" in said or name in SHORT, f"nn.{name} has no formula"
    assert "Source:" in said or name in SHORT, f"nn.{name}: where is it from?"


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name):
    assert doctest.testmod(importlib.import_module(name), extraglobs={"np": np})[0] == 0
