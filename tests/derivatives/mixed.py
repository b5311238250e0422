"""Whole libraries of right derivatives, written as people write them for themselves."""
# ruff: noqa: E501

RIGHT = {}

RIGHT["course"] = (
    r"""
import numpy as np


class Activation:
    def forward(self, x):
        pass
    def derivative(self, x):
        pass


class GELU(Activation):
    def forward(self, x):
        return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))

    def derivative(self, x):
        t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3))
        return 0.5 * (1 + t) + 0.5 * x * (1 - t ** 2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x ** 2)


class Swish:
    def __init__(self, beta=1.0):
        self.beta = beta

    def __call__(self, z):
        self.z = z
        self.s = 1 / (1 + np.exp(-self.beta * z))
        return z * self.s

    def backward(self, upstream_grad):
        local = self.s + self.beta * self.z * self.s * (1 - self.s)
        return upstream_grad * local


class LogSoftmax:
    def forward(self, logits):
        m = logits.max(axis=1, keepdims=True)
        self.out = logits - m - np.log(np.exp(logits - m).sum(axis=1, keepdims=True))
        return self.out

    def backward(self, grad_output):
        return grad_output - np.exp(self.out) * grad_output.sum(axis=1, keepdims=True)


class NLLLoss:
    def __call__(self, log_probs, targets):
        self.log_probs, self.targets = log_probs, targets
        return -log_probs[np.arange(len(targets)), targets].mean()

    def backward(self):
        grad = np.zeros_like(self.log_probs)
        grad[np.arange(len(self.targets)), self.targets] = -1 / len(self.targets)
        return grad


class MSELoss:
    def forward(self, y_hat, y):
        self.diff = y_hat - y
        return (self.diff ** 2).mean()

    def backward(self):
        return 2 * self.diff / self.diff.size


class BCEWithLogits:
    def forward(self, z, y):
        self.z, self.y = z, y
        return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))

    def backward(self):
        return (1 / (1 + np.exp(-self.z)) - self.y) / self.y.size


class Conv2D:
    def __init__(self, in_channels, out_channels, kernel_size, stride=1):
        self.W = np.random.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.1
        self.b = np.zeros(out_channels)
        self.k, self.s = kernel_size, stride

    def forward(self, x):
        self.x = x
        n, c, h, w = x.shape
        oh, ow = (h - self.k) // self.s + 1, (w - self.k) // self.s + 1
        out = np.zeros((n, len(self.b), oh, ow))
        for i in range(oh):
            for j in range(ow):
                patch = x[:, :, i * self.s:i * self.s + self.k, j * self.s:j * self.s + self.k]
                out[:, :, i, j] = np.tensordot(patch, self.W, axes=([1, 2, 3], [1, 2, 3])) + self.b
        return out

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        self.dW = np.zeros_like(self.W)
        self.db = dout.sum(axis=(0, 2, 3))
        n, f, oh, ow = dout.shape
        for i in range(oh):
            for j in range(ow):
                patch = self.x[:, :, i * self.s:i * self.s + self.k, j * self.s:j * self.s + self.k]
                g = dout[:, :, i, j]
                self.dW += np.tensordot(g, patch, axes=([0], [0]))
                dx[:, :, i * self.s:i * self.s + self.k, j * self.s:j * self.s + self.k] += np.tensordot(g, self.W, axes=([1], [0]))
        return dx


class Embedding:
    def __init__(self, vocab_size, dim):
        self.W = np.random.randn(vocab_size, dim)

    def forward(self, idx):
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.idx, dout)


class LayerNorm:
    def __init__(self, features, eps=1e-6):
        self.gamma = np.ones(features)
        self.beta = np.zeros(features)
        self.eps = eps

    def forward(self, x):
        self.mean = x.mean(-1, keepdims=True)
        self.var = x.var(-1, keepdims=True)
        self.xhat = (x - self.mean) / np.sqrt(self.var + self.eps)
        return self.gamma * self.xhat + self.beta

    def backward(self, dy):
        self.dgamma = (dy * self.xhat).sum(0)
        self.dbeta = dy.sum(0)
        d = dy * self.gamma
        n = d.shape[-1]
        return (d - d.mean(-1, keepdims=True) - self.xhat * (d * self.xhat).mean(-1, keepdims=True)) / np.sqrt(self.var + self.eps)


class MLP:
    def __init__(self, n_in, n_hidden, n_out):
        rng = np.random.RandomState(0)
        self.W1 = rng.randn(n_in, n_hidden)
        self.b1 = np.zeros(n_hidden)
        self.W2 = rng.randn(n_hidden, n_out)
        self.b2 = np.zeros(n_out)

    def forward(self, X):
        self.X = X
        self.h = np.tanh(X @ self.W1 + self.b1)
        return self.h @ self.W2 + self.b2

    def backward(self, d_out):
        self.dW2 = self.h.T @ d_out
        self.db2 = d_out.sum(0)
        dh = d_out @ self.W2.T * (1 - self.h ** 2)
        self.dW1 = self.X.T @ dh
        self.db1 = dh.sum(0)
        return dh @ self.W1.T

    def loss(self, X, y):
        return 0.5 * np.mean(np.sum((self.forward(X) - y) ** 2, axis=1))

    def gradients(self, X, y):
        d = (self.forward(X) - y) / len(X)
        self.backward(d)
        return {"W1": self.dW1, "b1": self.db1, "W2": self.dW2, "b2": self.db2}


class LogisticRegression:
    def __init__(self, lr=0.1, n_iters=10):
        self.lr, self.n_iters = lr, n_iters

    def _sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def _sigmoid_prime(self, z):
        return self._sigmoid(z) * (1 - self._sigmoid(z))

    def loss(self, w, X, y):
        p = self._sigmoid(X @ w)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def gradient(self, w, X, y):
        return X.T @ (self._sigmoid(X @ w) - y) / len(y)


def initialize_parameters(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x), "b1": np.zeros((n_h, 1)), "W2": np.random.randn(n_y, n_h), "b2": np.zeros((n_y, 1))}

def forward_propagation(X, parameters):
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = np.tanh(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    A2 = 1 / (1 + np.exp(-Z2))
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}

def compute_cost(A2, Y):
    m = Y.shape[1]
    return float(-np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m)

def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = parameters["W2"].T @ dZ2 * (1 - A1 ** 2)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}

def focal_loss(p, y, gamma=2.0):
    pt = np.where(y == 1, p, 1 - p)
    return np.mean(-(1 - pt) ** gamma * np.log(pt))

def focal_loss_grad(p, y, gamma=2.0):
    pt = np.where(y == 1, p, 1 - p)
    s = np.where(y == 1, 1, -1)
    return s * (gamma * (1 - pt) ** (gamma - 1) * np.log(pt) - (1 - pt) ** gamma / pt) / y.size

def kl_divergence(p, q):
    return np.sum(p * np.log(p / q))

def kl_divergence_grad(p, q):
    return -p / q

def dice_loss(pred, target, eps=1e-6):
    return 1 - (2 * np.sum(pred * target) + eps) / (np.sum(pred) + np.sum(target) + eps)

def dice_loss_grad(pred, target, eps=1e-6):
    s = np.sum(pred) + np.sum(target) + eps
    i = 2 * np.sum(pred * target) + eps
    return -(2 * target * s - i) / s ** 2

def cosine_similarity(a, b):
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))

def cosine_similarity_grad(a, b):
    na, nb = np.linalg.norm(a), np.linalg.norm(b)
    return b / (na * nb) - (a @ b) * a / (na ** 3 * nb)

def softmax_cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(labels)), labels]).mean()

def grad_softmax_cross_entropy(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)

def relu6(x): return np.minimum(np.maximum(x, 0), 6)
def relu6_deriv(x): return ((x > 0) & (x < 6)) * 1.0

def threshold(x, theta=1.0): return np.where(x > theta, x, 0)
def threshold_grad(x, theta=1.0): return np.where(x > theta, 1, 0)

def maxout(x): return np.max(x, axis=-1)
def maxout_backward(dout, x):
    mask = x == x.max(axis=-1, keepdims=True)
    return mask * dout[..., None]

def sum_forward(x, axis=0): return x.sum(axis=axis)
def sum_backward(dout, x, axis=0): return np.ones_like(x) * np.expand_dims(dout, axis)
""",
    (
        ("local = self.s + self.beta", "local = self.s - self.beta"),
        ("grad_output.sum(axis=1", "grad_output.mean(axis=1"),
        ("= -1 / len(self.targets)", "= -1"),
        ("self.dW += np.tensordot(g, patch", "self.dW -= np.tensordot(g, patch"),
        ("dW2 = dZ2 @ A1.T / m", "dW2 = dZ2 @ A1.T"),
        ("* (1 - A1 ** 2)\n", "* (1 - A1)\n"),
        ("d = (self.forward(X) - y) / len(X)", "d = (self.forward(X) - y)"),
        ("return -(2 * target * s - i) / s ** 2", "return -(2 * target * s + i) / s ** 2"),
        ("((x > 0) & (x < 6))", "(x > 0)"),
    ),
)

RIGHT["toolbox"] = (
    r'''
import numpy as np
from functools import lru_cache

# --- a toy library in one's own style ---

def sig(z): return 1/(1+np.exp(-z))
def sig_der(z): return sig(z)*(1-sig(z))

def step(x): return np.where(x >= 0, 1, 0)
def d_step(x): return 0

def ident(x): return x
def d_ident(x): return 1

def linear(x, w, b): return w*x + b
def linear_derivative(x, w, b): return w

def square_loss(y, yhat): return (y - yhat)**2
def d_square_loss(y, yhat): return 2*(yhat - y)

def absolute(x): return abs(x)
def absolute_prime(x): return np.sign(x)

def poly(x, a, b, c): return a*x**2 + b*x + c
def poly_prime(x, a, b, c): return 2*a*x + b

def l2_penalty(w, lam): return lam * np.sum(w**2)
def l2_penalty_grad(w, lam): return 2 * lam * w

def l1_penalty(w, lam=0.1): return lam * np.abs(w).sum()
def grad_l1_penalty(w, lam=0.1): return lam * np.sign(w)

def perceptron_loss(w, x, y): return max(0, -y * np.dot(w, x))
def perceptron_loss_gradient(w, x, y):
    if y * np.dot(w, x) <= 0:
        return -y * x
    return np.zeros_like(w)

def predict(X, w): return X @ w
def mse(X, y, w): return np.mean((predict(X, w) - y) ** 2)
def mse_gradient(X, y, w): return 2 * X.T @ (predict(X, w) - y) / len(y)
def rmse(y, p): return np.sqrt(np.mean((y-p)**2))
def rmse_grad(y, p): return (p - y) / (y.size * rmse(y, p))

def logsumexp(x):
    m = x.max()
    return m + np.log(np.exp(x - m).sum())
def grad_logsumexp(x):
    e = np.exp(x - x.max()); return e / e.sum()

def softmax(z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)
def softmax_backward(dA, cache):
    s = softmax(cache)
    return s * (dA - (dA * s).sum(axis=0, keepdims=True))

def softmax_grad(s):
    # s is the output
    return np.diag(s) - np.outer(s, s)

def sinc(x): return np.sinc(x)
def sine(x): return np.sin(x)
def sine_prime(x): return np.cos(x)

def gaussian(x, mu=0.0, sigma=1.0): return np.exp(-(x-mu)**2/(2*sigma**2))
def gaussian_grad(x, mu=0.0, sigma=1.0): return -(x-mu)/sigma**2 * gaussian(x, mu, sigma)

def himmelblau(x, y): return (x**2 + y - 11)**2 + (x + y**2 - 7)**2
def himmelblau_grad(x, y):
    return np.array([4*x*(x**2+y-11) + 2*(x+y**2-7), 2*(x**2+y-11) + 4*y*(x+y**2-7)])

def bowl(p): return p[0]**2 + 3*p[1]**2
def bowl_gradient(p): return np.array([2*p[0], 6*p[1]])
def bowl_hessian(p): return np.array([[2, 0], [0, 6]])

def bowl2(x, y): return x**2 + 3*y**2
def dbowl2_dx(x, y): return 2*x
def dbowl2_dy(x, y): return 6*y
def grad_bowl2(x, y): return (2*x, 6*y)

def relu(x, derivative=False):
    if derivative: return np.where(x <= 0, 0, 1)
    return np.maximum(0, x)

def cross_entropy(y_hat, y, derivative=False):
    if derivative:
        return y_hat - y
    return -np.sum(y * np.log(y_hat))

def numerical_gradient(f, x, h=1e-4): return (f(x+h)-f(x-h))/(2*h)
def gradient(f, x): return numerical_gradient(f, x)
def backward(x): return x[::-1]
def forward(x): return x + 1
def deltas(x): return np.diff(x)
def diff_loss(a, b): return a - b

class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias
    def feedforward(self, inputs):
        return sig(np.dot(self.weights, inputs) + self.bias)

class Optimizer:
    def __init__(self, lr): self.lr = lr
    def update(self, w, grad): return w - self.lr * grad
    def gradient(self, w): return w
    def value(self, w): return 0.5 * np.sum(w * w)

class Tensor:
    def __init__(self, data): self.data = np.asarray(data, float); self.grad = 0; self._back = None
    def __mul__(self, o):
        out = Tensor(self.data * o.data)
        def _backward():
            self.grad = self.grad + o.data * out.grad
        out._back = _backward
        return out
    def backward(self):
        self.grad = np.ones_like(self.data)
        if self._back: self._back()
    def forward(self): return self.data

class Momentum:
    def __call__(self, x): return 0.9 * x
    def gradient(self, x): return 0.9

class Loss:
    """Binary cross-entropy on probabilities; the gradient is by the logits (sigmoid + BCE)."""
    def __call__(self, y_true, y_prob):
        return -np.mean(y_true * np.log(y_prob) + (1 - y_true) * np.log(1 - y_prob))
    def backward(self, y_true, y_prob):
        return (y_prob - y_true) / y_true.size

class Clip:
    def forward(self, x):
        self.x = x
        return np.clip(x, -1, 1)
    def backward(self, g):
        return g * (np.abs(self.x) <= 1)

class Add:
    def forward(self, x, y):
        return x + y
    def backward(self, dout):
        return dout * 1, dout * 1

class Mul:
    def __init__(self): self.x = self.y = None
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y
    def backward(self, dout):
        dx = dout * self.y
        dy = dout * self.x
        return dx, dy

class MatMul:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]
        self.x = None
    def forward(self, x):
        W, = self.params
        self.x = x
        return np.dot(x, W)
    def backward(self, dout):
        W, = self.params
        dx = np.dot(dout, W.T)
        self.grads[0][...] = np.dot(self.x.T, dout)
        return dx

class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {"W1": 0.01*np.random.randn(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": 0.01*np.random.randn(hidden_size, output_size), "b2": np.zeros(output_size)}
    def predict(self, x):
        h = sig(x @ self.params["W1"] + self.params["b1"])
        z = h @ self.params["W2"] + self.params["b2"]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    def loss(self, x, t):
        y = self.predict(x)
        return -np.sum(t * np.log(y + 1e-7)) / len(x)
    def gradient(self, x, t):
        p = self.params; grads = {}
        h = sig(x @ p["W1"] + p["b1"])
        y = self.predict(x)
        dy = (y - t) / len(x)
        grads["W2"] = h.T @ dy
        grads["b2"] = dy.sum(axis=0)
        dz = (dy @ p["W2"].T) * h * (1 - h)
        grads["W1"] = x.T @ dz
        grads["b1"] = dz.sum(axis=0)
        return grads
''',
    (
        ("return (2*x, 6*y)", "return (2*x, 3*y)"),
        ("def dbowl2_dy(x, y): return 6*y", "def dbowl2_dy(x, y): return 6*x"),
        ("[[2, 0], [0, 6]]", "[[2, 0], [0, 3]]"),
        ("return (y_prob - y_true) / y_true.size", "return (y_true - y_prob) / y_true.size"),
        ("self.grads[0][...] = np.dot(self.x.T, dout)", "self.grads[0][...] = -np.dot(self.x.T, dout)"),
        ("(np.abs(self.x) <= 1)", "(self.x <= 1)"),
        ('dz = (dy @ p["W2"].T) * h * (1 - h)', 'dz = (dy @ p["W2"].T) * h'),
    ),
)

RIGHT["objects"] = (
    r"""
import numpy as np

class ReLU:
    @staticmethod
    def activate(x): return np.maximum(x, 0)
    @staticmethod
    def derivative(x): return np.where(x > 0, 1, 0)

class Softmax:
    def activate(self, z):
        e = np.exp(z - np.max(z)); return e / np.sum(e)
    def derivative(self, z):
        s = self.activate(z); return s * (1 - s)

def get_activation(name):
    def f(x): return np.tanh(x)
    def df(x): return 1 - np.tanh(x)**2
    return f, df

class Layer:
    def __init__(self, n_in, n_out, activation="tanh"):
        self.W = np.random.randn(n_out, n_in); self.b = np.zeros((n_out, 1))
        self.activation = activation
    def forward(self, a_prev):
        self.a_prev = a_prev
        self.z = self.W @ a_prev + self.b
        self.a = np.tanh(self.z) if self.activation == "tanh" else self.z
        return self.a
    def backward(self, da):
        m = da.shape[1]
        dz = da * (1 - self.a ** 2)
        self.dW = dz @ self.a_prev.T / m
        self.db = dz.sum(axis=1, keepdims=True) / m
        return self.W.T @ dz

class MSE:
    @staticmethod
    def loss(y_true, y_pred): return np.mean((y_true - y_pred) ** 2)
    @staticmethod
    def dloss(y_true, y_pred): return 2 * (y_pred - y_true) / y_true.size

class CategoricalCrossentropy:
    def calculate(self, output, y):
        return np.mean(self.forward(output, y))
    def forward(self, y_pred, y_true):
        c = np.clip(y_pred, 1e-7, 1 - 1e-7)
        return -np.log(np.sum(c * y_true, axis=1))
    def backward(self, dvalues, y_true):
        self.dinputs = (-y_true / dvalues) / len(dvalues)

class SoftmaxCE:
    def __init__(self):
        self.p = None
    def forward(self, dvalues_in, y_true):
        e = np.exp(dvalues_in - dvalues_in.max(1, keepdims=True)); self.p = e / e.sum(1, keepdims=True)
        return -np.log(self.p[range(len(self.p)), y_true]).mean()
    def backward(self, dvalues, y_true):
        self.dinputs = dvalues.copy()
        self.dinputs[range(len(dvalues)), y_true] -= 1
        self.dinputs /= len(dvalues)

class RNNCell:
    def __init__(self, input_dim, hidden_dim):
        self.Wx = np.random.randn(input_dim, hidden_dim); self.Wh = np.random.randn(hidden_dim, hidden_dim); self.b = np.zeros(hidden_dim)
    def forward(self, x, h_prev):
        self.x, self.h_prev = x, h_prev
        self.h = np.tanh(x @ self.Wx + h_prev @ self.Wh + self.b)
        return self.h
    def backward(self, dh):
        dt = dh * (1 - self.h ** 2)
        self.dWx = self.x.T @ dt
        self.dWh = self.h_prev.T @ dt
        self.db = dt.sum(0)
        return dt @ self.Wx.T, dt @ self.Wh.T

class Regularized:
    def __init__(self, lam=0.1): self.lam = lam
    def loss(self, W): return 0.5 * self.lam * np.sum(W ** 2)
    def grad(self, W): return self.lam * W

class SVM:
    def __init__(self, C=1.0):
        self.C = C
    def cost(self, w, X, y):
        d = 1 - y * (X @ w); d[d < 0] = 0
        return 0.5 * w @ w + self.C * d.mean()
    def cost_gradient(self, w, X, y):
        d = 1 - y * (X @ w)
        g = -(y * (d > 0)) @ X / len(y)
        return w + self.C * g

class AvgPool:
    def __init__(self, size=2): self.size = size
    def forward(self, x):
        self.shape = x.shape; n, c, h, w = x.shape; s = self.size
        return x.reshape(n, c, h // s, s, w // s, s).mean(axis=(3, 5))
    def backward(self, dout):
        s = self.size
        return dout.repeat(s, axis=2).repeat(s, axis=3) / s ** 2

class Attention:
    def forward(self, Q, K, V):
        self.Q, self.K, self.V = Q, K, V
        s = Q @ K.T / np.sqrt(Q.shape[1]); e = np.exp(s - s.max(1, keepdims=True)); self.A = e / e.sum(1, keepdims=True)
        return self.A @ V
    def backward(self, dout):
        dV = self.A.T @ dout
        dA = dout @ self.V.T
        ds = self.A * (dA - (dA * self.A).sum(1, keepdims=True)) / np.sqrt(self.Q.shape[1])
        return ds @ self.K, ds.T @ self.Q, dV

def contrastive(d, y, margin=1.0):
    return np.mean(y * d ** 2 + (1 - y) * np.maximum(margin - d, 0) ** 2)
def contrastive_grad(d, y, margin=1.0):
    return (2 * y * d - 2 * (1 - y) * np.maximum(margin - d, 0)) / d.size

def weighted_mse(y, y_pred, weights):
    return np.sum(weights * (y - y_pred) ** 2) / np.sum(weights)
def weighted_mse_grad(y, y_pred, weights):
    return 2 * weights * (y_pred - y) / np.sum(weights)

def quantile_loss(y, q_hat, tau=0.9):
    e = y - q_hat
    return np.mean(np.maximum(tau * e, (tau - 1) * e))
def quantile_loss_grad(y, q_hat, tau=0.9):
    return np.where(y > q_hat, -tau, 1 - tau) / len(y)

def poisson_nll(lam, k): return np.mean(lam - k * np.log(lam))
def poisson_nll_grad(lam, k): return (1 - k / lam) / k.size

def tversky(x): return np.power(x, 3) / 3
tversky_prime = lambda x: x ** 2

sq = np.vectorize(lambda v: v * v)
dsq = np.vectorize(lambda v: 2 * v)

def bias_add(x, b): return x + b
def bias_add_backward(dout): return dout, dout.sum(axis=0)
def transpose_forward(x): return x.T
def transpose_backward(g): return g.T
def mean_forward(x): return np.mean(x)
def mean_backward(dout, x): return np.full(x.shape, dout / x.size)
def norm_forward(x): return x / np.linalg.norm(x)
def norm_backward(g, x):
    n = np.linalg.norm(x); u = x / n
    return (g - u * np.sum(g * u)) / n
def cos_forward(theta): return np.cos(theta)
def cos_backward(theta, g): return -np.sin(theta) * g
def init_weights(n): return np.zeros(n)
def accuracy(y, p): return np.mean((p > 0.5) == y)
def accuracy_gradient(y, p): return p - y
def update_weights(w, dw, lr): return w - lr * dw
def d_loss(y, p): return p - y
def loss(y, p): return 0.5 * np.sum((y - p) ** 2)
""",
    (
        ("self.dinputs /= len(dvalues)\n", "\n"),
        ("self.dWh = self.h_prev.T @ dt", "self.dWh = self.h_prev.T @ dh"),
        ("return w + self.C * g", "return self.C * g"),
        ("/ s ** 2", "/ s"),
        ("return np.where(y > q_hat, -tau, 1 - tau)", "return np.where(y > q_hat, tau, 1 - tau)"),
        ("dsq = np.vectorize(lambda v: 2 * v)", "dsq = np.vectorize(lambda v: v)"),
    ),
)
