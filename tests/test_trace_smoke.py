"""The thinnest path: a function is recorded with its operations, names and scopes."""

import numpy as np

import chalkgrad as cg


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(X, W):
    N = np.dot(X, W)
    S = sigmoid(N)
    L = np.sum(S)
    return L


def test_operations_names_and_scopes():
    graph = cg.trace(loss, np.ones((3, 3)), np.ones((3, 2)))
    made = [(n.op.name, n.name, [s.name for s in n.scope]) for n in graph.nodes if n.op]
    assert made[0] == ("dot", "N", [])
    assert made[1] == ("negative", "", ["sigmoid"])
    assert made[-1] == ("sum", "L", [])
    assert graph.nodes[graph.outputs[0]].shape == ()


def test_a_view_writes_on_its_array():
    def f(x):
        row = x[0]
        row += 1
        x[1, 0] = row[0] * x[0, 1]
        return np.sum(x)

    x = np.arange(6.0).reshape(2, 3)
    graph = cg.trace(f, x)
    assert graph.nodes[graph.outputs[0]].op.name == "sum"
    assert x[0, 0] == 0.0


def test_who_asks_for_a_trace_is_not_in_it():
    result = cg.trace(np.exp, 1.0)
    node = result.nodes[result.outputs[0]]
    assert (node.name, node.scope, node.where) == ("", (), None)
