"""chalkgrad: NumPy at the chalkboard.

Write a deep-learning function once, in plain NumPy; its formula, plot, factory, code and exact derivative follow.
"""

from chalkgrad import ops as ops
from chalkgrad.trace.run import trace as trace
