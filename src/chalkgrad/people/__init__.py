r"""Derivatives as a person would write them.

The chain rule leaves what a machine writes: `-(1/d²)·(-e)`, `(g * [2x > x]) + …`. Here the same derivative
becomes
`e/d²`, a brace of cases, `σ′(XW) W^T`: graphs whose value is the same up to rounding, and whose formula can
be read.
"""

from __future__ import annotations

from chalkgrad.people.derive import DerivedGraph as DerivedGraph
from chalkgrad.people.derive import derivative_graph as derivative_graph
from chalkgrad.people.derive import gradient_graphs as gradient_graphs
from chalkgrad.people.derive import record as record
