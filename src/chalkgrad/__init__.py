"""chalkgrad: NumPy at the chalkboard.

Write a deep-learning function once, in plain NumPy; its formula, plot, factory, code and exact derivative
follow.
"""

from importlib import import_module as _import_module

from chalkgrad import ops as ops
from chalkgrad.check import check_grad as check_grad
from chalkgrad.grad import derivative as derivative
from chalkgrad.grad import grad as grad
from chalkgrad.grad import jvp as jvp
from chalkgrad.grad import value_and_grad as value_and_grad
from chalkgrad.grad import vjp as vjp
from chalkgrad.jacobian import hessian as hessian
from chalkgrad.jacobian import jacobian as jacobian
from chalkgrad.run.compile import compile as compile
from chalkgrad.trace.run import trace as trace

# Views load at first use: `import chalkgrad` stays light.
# fmt: off
_LAZY = {
    "Chain":             "chalkgrad.foundation",
    "EarlyStopping":     "chalkgrad.train.callbacks",
    "backward_code":     "chalkgrad.render.code",
    "chain_deriv_2":     "chalkgrad.foundation",
    "chain_deriv_3":     "chalkgrad.foundation",
    "chain_length_2":    "chalkgrad.foundation",
    "chain_length_3":    "chalkgrad.foundation",
    "code":              "chalkgrad.render.code",
    "deriv":             "chalkgrad.foundation",
    "factory":           "chalkgrad.render.factory",
    "fit":               "chalkgrad.train.fit",
    "formula":           "chalkgrad.render.formula",
    "generate":          "chalkgrad.train.generate",
    "load":              "chalkgrad.train.saved",
    "plot":              "chalkgrad.render.plot",
    "plot_chain":        "chalkgrad.foundation",
    "plot_chain_deriv":  "chalkgrad.foundation",
    "scan":              "chalkgrad.loops.scan",
    "show":              "chalkgrad.render.view",
    "walk":              "chalkgrad.render.walk",
}
# fmt: on
_PACKAGES = {"data": "chalkgrad.train.data", "nn": "chalkgrad.nn"}


def __getattr__(name: str) -> object:
    if name not in _LAZY and name not in _PACKAGES:
        raise AttributeError(f"module 'chalkgrad' has no attribute {name!r}")
    if name in _PACKAGES:
        return _import_module(_PACKAGES[name])
    value = globals()[name] = getattr(_import_module(_LAZY[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_PACKAGES})
