"""chalkgrad: NumPy at the chalkboard.

Write a deep-learning function once, in plain NumPy; its formula, plot, factory, code and exact derivative follow.
"""

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
