"""Classes: layers with state, optimizers, small autograd engines, and plain Python in between."""
# ruff: noqa: RUF007, B905 (the idioms of courses, as they are)

import copy
import functools
import math
from collections import OrderedDict, namedtuple

import numpy as np

from course.shelf import case


class Dense:
    """A layer that keeps what it needs for its backward pass."""

    def __init__(self, n_in, n_out):
        self.weights = 0.1 * np.random.RandomState(n_in).randn(n_in, n_out)
        self.biases = np.zeros((1, n_out))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)


class ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0


class SoftmaxLoss:
    def forward(self, inputs, y_true):
        exp_values = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)
        clipped = np.clip(self.output, 1e-7, 1 - 1e-7)
        if len(y_true.shape) == 1:
            correct = clipped[range(len(inputs)), y_true]
        else:
            correct = np.sum(clipped * y_true, axis=1)
        return np.mean(-np.log(correct))

    def backward(self, y_true):
        samples = len(self.output)
        self.dinputs = self.output.copy()
        self.dinputs[range(samples), y_true] -= 1
        self.dinputs = self.dinputs / samples


@case(lambda r: (r.normal(size=(3, 2)), np.array([0, 1, 2])))
def network_from_scratch(X, y):
    dense1, activation1, dense2, loss_activation = Dense(2, 4), ReLU(), Dense(4, 3), SoftmaxLoss()
    dense1.forward(X)
    activation1.forward(dense1.output)
    dense2.forward(activation1.output)
    loss = loss_activation.forward(dense2.output, y)
    loss_activation.backward(y)
    dense2.backward(loss_activation.dinputs)
    activation1.backward(dense2.dinputs)
    dense1.backward(activation1.dinputs)
    return loss, dense1.dweights


class Net:
    """Parameters in dicts on the instance; writes on buffers of its own."""

    def __init__(self, sizes=(3, 4, 2)):
        r = np.random.RandomState(1)
        self.params = {f"W{i}": r.randn(b, a) for i, (a, b) in enumerate(zip(sizes, sizes[1:]))}
        self.layers = [functools.partial(self.layer, i) for i in range(len(sizes) - 1)]
        self.activations = np.zeros((2, 4))
        self.total = np.zeros(2)
        self.t = 0
        self.cache = {}

    def layer(self, i, x):
        z = self.params[f"W{i}"].dot(x)
        self.cache[f"z{i}"] = z
        return np.tanh(z)

    def forward(self, x):
        self.t += 1
        for i, layer in enumerate(self.layers):
            x = layer(x)
            self.activations[i, : len(x)] = x
        self.total += x * self.t
        return x

    @property
    def energy(self):
        return np.sum(self.activations**2) + np.sum(self.cache["z0"])

    @staticmethod
    def scale(x, factor=2.0):
        return x * factor

    @classmethod
    def default(cls):
        return cls()


@case(lambda r: (Net(), r.normal(size=3)))
def net_with_state(net, x):
    y = net.forward(Net.scale(x))
    return y, net.energy, net.total


@case(lambda r: (Net(), r.normal(size=3)))
def net_updates_its_weights(net, x):
    before = net.forward(x)
    net.params["W0"] -= 0.1 * np.outer(np.ones(4), x)
    return net.forward(x) + before


class Adam:
    def __init__(self, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m, self.v, self.iter = None, None, 0

    def update(self, params, grads):
        if self.m is None:
            self.m, self.v = {}, {}
            for key, val in params.items():
                self.m[key] = np.zeros_like(val)
                self.v[key] = np.zeros_like(val)
        self.iter += 1
        lr_t = self.lr * np.sqrt(1.0 - self.beta2**self.iter) / (1.0 - self.beta1**self.iter)
        for key in params.keys():
            self.m[key] += (1 - self.beta1) * (grads[key] - self.m[key])
            self.v[key] += (1 - self.beta2) * (grads[key] ** 2 - self.v[key])
            params[key] -= lr_t * self.m[key] / (np.sqrt(self.v[key]) + self.eps)


@case(
    lambda r: (
        {"W": r.normal(size=(2, 3)), "b": r.normal(size=3)},
        {"W": r.normal(size=(2, 3)), "b": r.normal(size=3)},
    )
)
def adam_steps(params, grads):
    optimizer = Adam()
    for _ in range(2):
        optimizer.update(params, grads)
    return params


@case(lambda r: (r.normal(size=4), r.normal(size=4), r.normal(size=4), {"learning_rate": 1e-2}))
def sgd_momentum(w, dw, v, config):
    config.setdefault("momentum", 0.9)
    v = config["momentum"] * v - config["learning_rate"] * dw
    w += v
    return w, v


@case(lambda r: (r.normal(size=4), r.normal(size=4), None))
def rmsprop(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("decay_rate", 0.99)
    config.setdefault("cache", np.zeros_like(w))
    cache = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw * dw
    return w - 1e-2 * dw / (np.sqrt(cache) + 1e-8)


class Value:
    """A scalar that remembers how it was made."""

    def __init__(self, data, children=()):
        self.data, self.grad = data, 0.0
        self._prev, self._backward = set(children), lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def back():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = back
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def back():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = back
        return out

    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))

        def back():
            self.grad += (1 - t**2) * out.grad

        out._backward = back
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()


@case(lambda r: (0.5, -1.2, 0.3))
def engine_over_scalars(a, b, c):
    x, w, d = Value(a), Value(b), Value(c)
    out = (x * w + d).tanh()
    out.backward()
    return out.data, x.grad, w.grad


Gates = namedtuple("Gates", "forget input")


@case(lambda r: (Gates(r.normal(size=3), r.normal(size=3)), r.normal(size=3)))
def gates_by_name(gates, x):
    return Gates(gates.forget * x, gates._replace(input=x).input + gates.input)


def compose(*functions):
    return functools.reduce(lambda f, g: lambda x: g(f(x)), functions)


@case(lambda r: (r.normal(size=3),))
def composed(x):
    return compose(np.sin, lambda v: v**2, functools.partial(np.multiply, 3.0))(x)


@case(lambda r: (r.normal(size=(2, 3)), "tanh"))
def activation_by_name(x, name):
    table = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "id": lambda z: z}
    return table[name](x) + sum(f(x) for f in table.values())


@case(lambda r: (r.normal(size=6),))
def python_between(xs):
    total, best = 0.0, -np.inf
    for i, (a, b) in enumerate(zip(xs, xs[1:])):
        total += a * b if i % 2 == 0 else a - b
        best = max(best, a)
    values = sorted(xs)
    first, *rest = values
    text = f"{total:.3f} {xs[0]} %.2f" % best
    assert len(text) > 3 and min(xs) == first
    return total, best, first * rest[-1], sum(abs(v) for v in xs), round(3.7)


@functools.cache
def power_table(n):
    return [2.0**k for k in range(n)]


@functools.cache
def cached_square(x):
    return x * x


@case(lambda r: (1.5,))
def caches(x):
    return cached_square(x) * power_table(4)[3] + cached_square(x)


@case(lambda r: (1.3, 6))
def recursive_power(x, n):
    if n == 0:
        return 1
    return x * recursive_power(x, n - 1) if n % 2 else recursive_power(x * x, n // 2)


@case(lambda r: (2.0,))
def newton_sqrt(x, tolerance=1e-12):
    guess = x / 2
    while abs(guess * guess - x) > tolerance:
        guess = (guess + x / guess) / 2
    return guess


@case(lambda r: (r.normal(size=(3, 3)),))
def copies(x):
    y = copy.deepcopy(x)
    z = copy.copy({"x": x})
    y[0] = 0
    z["x"][1] *= 2
    return x.copy() + y, z["x"], x.tolist()[0][1], x.item(2), x.flatten()[::2]


@case(lambda r: (r.normal(size=(3, 3)),))
def swaps(a):
    a[[0, 1]] = a[[1, 0]]
    a[0, 0], a[1, 1] = a[1, 1], a[0, 0]
    a[0, 2], a[2, 0] = a[2, 0] * 2, a[0, 2]
    return a


@case(lambda r: (np.eye(3) * 3 + r.normal(size=(3, 3)) * 0.3, r.normal(size=3)))
def gauss_elimination(A, b):
    A, b = A.astype(float), b.astype(float)
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            factor = A[i, k] / A[k, k]
            A[i, k:] -= factor * A[k, k:]
            b[i] -= factor * b[k]
    x = np.zeros(n)
    for i in reversed(range(n)):
        x[i] = (b[i] - np.dot(A[i, i + 1 :], x[i + 1 :])) / A[i, i]
    return x


@case(lambda r: (r.normal(size=(3, 3)) + 3 * np.eye(3),))
def lu_in_place(A):
    U = A.copy()
    L = np.eye(3)
    for j in range(3):
        for i in range(j + 1, 3):
            L[i][j] = U[i][j] / U[j][j]
            U[i] = U[i] - L[i][j] * U[j]
    return L, U


@case(lambda r: (r.normal(size=(2, 3)),))
def numeric_gradient(x, h=1e-2):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=[["readwrite"]])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + h
        up = np.sum(x**3)
        x[ix] = old - h
        down = np.sum(x**3)
        x[ix] = old
        grad[ix] = (up - down) / (2 * h)
        it.iternext()
    return grad


@case(lambda r: (r.normal(size=(2, 3)),))
def loops_over_entries(x):
    total = 0.0
    for index, v in np.ndenumerate(x):
        total += v * (index[0] + 1)
    for v in np.nditer(x, op_flags=["readwrite"]):
        v[...] = 2 * v
    for row in x:
        for i in range(len(row)):
            row[i] += total
    return x, np.apply_along_axis(lambda r: np.sum(r**2), 1, x)


@case(lambda r: (r.normal(size=(3, 4)),))
def ordered_layers(x):
    layers = OrderedDict()
    layers["relu"] = lambda v: v * (v > 0)
    layers["scale"] = lambda v: v / v.max()
    for layer in layers.values():
        x = layer(x)
    x[:, -1] = np.array([x[0, 0], 1, np.sqrt(x[2, 2] + 1)])
    return np.atleast_2d(x[0]), np.atleast_1d(x[1, 1]), np.asarray([x[0], x[1]]), np.r_[x[0], 1.0]


@case(lambda r: (3.0, 0.02, 12))
def compound_interest(principal, rate, months):
    balance = [principal]
    for _ in range(months):
        balance.append(balance[-1] * (1 + rate / 12))
    return balance[-1], np.float64(balance[2]), np.power(balance[0], 2)


@case(lambda r: (r.normal(size=(4, 2)), r.normal(size=2)))
def perceptron_epoch(X, w):
    b = 0.0
    for xi, target in zip(X, [1, -1, 1, -1]):
        prediction = np.where(np.dot(xi, w) + b >= 0.0, 1, -1)
        update = 0.5 * (target - int(prediction))
        w += update * xi
        b += update
    return w * 2, b


@case(lambda r: (r.normal(size=(3, 3)),))
def views_of_views(x):
    x[1:][::-1][0, 1:] = x[0, :2] * 3
    x.T[2] += 1
    x.reshape(-1)[4] *= 2
    x.ravel()[0] = x[2, 2]
    flat = x.flat
    np.fill_diagonal(x, x[0, 1])
    return x, flat[3]


@case(lambda r: (r.normal(size=(2, 6)),))
def in_place_methods(x):
    x[0].sort()
    x[1].fill(3.0)
    np.put(x, [7, 8], x[0, :2])
    np.copyto(x[1, 3:], x[0, :3] * 2)
    y = np.empty_like(x)
    np.exp(x, out=y)
    y[y > 5] = 5 * np.log(y[y > 5])
    return x, y
