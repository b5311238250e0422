"""Activations: every naming habit, by the input and by the output, with masks, flags and tables."""

RIGHT = {}

RIGHT["prime"] = (
    """
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def sigmoid_prime(x):
    s = sigmoid(x)
    return s * (1 - s)

def tanh(x):
    return np.tanh(x)

def tanh_prime(x):
    return 1 - np.tanh(x) ** 2

def relu(x):
    return np.maximum(0, x)

def relu_prime(x):
    return np.where(x > 0, 1.0, 0.0)
""",
    (
        ("s * (1 - s)", "s * (1 + s)"),
        ("s * (1 - s)", "1 - s"),
        ("1 - np.tanh(x) ** 2", "1 + np.tanh(x) ** 2"),
        ("1 - np.tanh(x) ** 2", "1 - np.tanh(x)"),
        ("x > 0, 1.0", "x >= 1, 1.0"),
        ("x > 0, 1.0", "x < 0, 1.0"),
    ),
)

RIGHT["fused"] = (
    """
import numpy as np

def softplus(x):
    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)

def dsoftplus(x):
    return 1.0 / (1.0 + np.exp(-x))

def swish(x):
    return x / (1 + np.exp(-x))

def dswish(x):
    s = 1 / (1 + np.exp(-x))
    return s + x * s * (1 - s)

def elu(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * (np.exp(z) - 1))

def delu(z, alpha=1.0):
    return np.where(z >= 0, 1, alpha * np.exp(z))
""",
    (
        ("1.0 / (1.0 + np.exp(-x))\n\ndef swish", "1.0 / (1.0 + np.exp(x))\n\ndef swish"),
        ("s + x * s * (1 - s)", "s + s * (1 - s)"),
        ("s + x * s * (1 - s)", "s - x * s * (1 - s)"),
        ("1, alpha * np.exp(z))", "1, alpha * (np.exp(z) - 1))"),
        ("1, alpha * np.exp(z))", "0, alpha * np.exp(z))"),
    ),
)

RIGHT["camel"] = (
    """
import math

def sigmoid(x): return 1.0 / (1.0 + math.exp(-x))
def sigmoidPrime(x): return sigmoid(x) * (1 - sigmoid(x))

def relu(x):
    if x > 0:
        return x
    else:
        return 0

def reluDerivative(x):
    if x > 0:
        return 1
    else:
        return 0

def leakyRelu(x):
    return x if x > 0 else 0.01 * x

def leakyReluDerivative(x):
    return 1 if x > 0 else 0.01
""",
    (
        ("sigmoid(x) * (1 - sigmoid(x))", "sigmoid(x) * sigmoid(x)"),
        ("    if x > 0:\n        return 1\n", "    if x > 1:\n        return 1\n"),
        ("1 if x > 0 else 0.01", "1 if x > 0 else 0.1"),
        ("1 if x > 0 else 0.01", "1 if x < 0 else 0.01"),
    ),
)

RIGHT["by-output"] = (
    '''
import numpy as np

def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))

def sigmoid_derivative(x):
    return x * (1.0 - x)

def tanh(x):
    return np.tanh(x)

def tanh_derivative(a):
    """a is the output of tanh"""
    return 1.0 - a ** 2
''',
    (
        ("x * (1.0 - x)", "x * (x - 1.0)"),
        ("x * (1.0 - x)", "1.0 - x"),
        ("1.0 - a ** 2", "1.0 - a"),
        ("1.0 - a ** 2", "a ** 2 - 1.0"),
    ),
)

RIGHT["words"] = (
    """
import numpy as np

def hard_sigmoid(x):
    return np.clip(0.2 * x + 0.5, 0, 1)

def derivative_of_hard_sigmoid(x):
    return np.where((x > -2.5) & (x < 2.5), 0.2, 0)

def softsign(x):
    return x / (1 + np.abs(x))

def gradient_of_softsign(x):
    return 1 / (1 + np.abs(x)) ** 2

def arctan(x):
    return np.arctan(x)

def arctan_deriv(x):
    return 1 / (1 + x ** 2)

def gaussian(x):
    return np.exp(-x ** 2)

def calc_gaussian_grad(x):
    return -2 * x * np.exp(-x ** 2)
""",
    (
        ("np.where((x > -2.5) & (x < 2.5), 0.2, 0)", "np.where((x > -2.5) & (x < 1.5), 0.2, 0)"),
        ("1 / (1 + np.abs(x)) ** 2", "1 / (1 + np.abs(x))"),
        ("1 / (1 + x ** 2)", "1 / (1 - x ** 2)"),
        ("-2 * x * np", "2 * x * np"),
        ("-2 * x * np", "-x * np"),
    ),
)

RIGHT["fraction"] = (
    """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def dsigmoid_dz(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2

def d_gelu_d_x(x):
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (x + 0.044715 * x ** 3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t ** 2) * c * (1 + 3 * 0.044715 * x ** 2)

def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))
""",
    (
        ("np.exp(-z) / (1 + np.exp(-z)) ** 2", "-np.exp(-z) / (1 + np.exp(-z)) ** 2"),
        ("np.exp(-z) / (1 + np.exp(-z)) ** 2", "1 / (1 + np.exp(-z)) ** 2"),
        ("(1 + 3 * 0.044715 * x ** 2)", "(1 + 0.044715 * x ** 2)"),
        ("* c * (1 + 3", "* (1 + 3"),
        ("0.5 * (1 + t) + 0.5", "0.5 * (1 + t) - 0.5"),
    ),
)

RIGHT["flag"] = (
    """
import numpy as np

def sigmoid(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

def tanh(x, derivative=False):
    if derivative:
        return 1 - np.tanh(x) ** 2
    return np.tanh(x)

def relu(x, prime=False):
    if not prime:
        return np.maximum(x, 0)
    return (x > 0).astype(float)

def identity(x, grad=False):
    return np.ones_like(x) if grad else x
""",
    (
        ("x * (1 - x)", "x * (1 + x)"),
        ("1 - np.tanh(x) ** 2", "1 - np.tanh(x) ** 3"),
        ("(x > 0)", "(x < 0)"),
        ("np.ones_like(x) if grad", "np.zeros_like(x) if grad"),
    ),
)

RIGHT["mode"] = (
    """
import numpy as np

def leaky_relu(x, alpha=0.1, mode="forward"):
    if mode == "forward":
        return np.where(x > 0, x, alpha * x)
    elif mode == "backward":
        return np.where(x > 0, 1, alpha)
    raise ValueError(mode)
""",
    (
        ("x > 0, 1, alpha)", "x > 0, alpha, 1)"),
        ("x > 0, 1, alpha)", "x > 0, 1, 0)"),
    ),
)

RIGHT["table"] = (
    """
import numpy as np

def relu(x):
    return x * (x > 0)

def step(x):
    return 1.0 * (x > 0)

ACTIVATIONS = {
    "relu": (relu, lambda x: 1.0 * (x > 0)),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "softplus": (lambda x: np.log(1 + np.exp(x)), lambda x: 1 / (1 + np.exp(-x))),
    "sin": (np.sin, np.cos),
}
""",
    (
        ("lambda x: 1.0 * (x > 0)", "lambda x: 1.0 * (x > 1)"),
        ("lambda x: 1 - np.tanh(x) ** 2", "lambda x: 1 - np.tanh(x ** 2)"),
        ("lambda x: 1 / (1 + np.exp(-x))", "lambda x: 1 / (1 - np.exp(-x))"),
    ),
)

RIGHT["tables"] = (
    """
import numpy as np

activations = {"square": lambda z: z ** 2, "exp": np.exp, "mish": lambda z: z * np.tanh(np.log1p(np.exp(z)))}

def _dmish(z):
    w = np.tanh(np.log1p(np.exp(z)))
    return w + z * (1 - w ** 2) / (1 + np.exp(-z))

activations_prime = {"square": lambda z: 2 * z, "exp": np.exp, "mish": _dmish}
""",
    (
        ("lambda z: 2 * z", "lambda z: z"),
        ("(1 - w ** 2) / (1 + np.exp(-z))", "(1 - w ** 2) / (1 + np.exp(z))"),
        ("return w + z * (1 - w ** 2)", "return w + (1 - w ** 2)"),
    ),
)

RIGHT["bare"] = (
    """
import numpy as np

def activation(x):
    return np.tanh(x / 2)

def derivative(x):
    return 0.5 * (1 - np.tanh(x / 2) ** 2)
""",
    (("0.5 * (1 -", "(1 -"), ("0.5 * (1 -", "0.5 * (1 +")),
)

RIGHT["f-df"] = (
    """
def f(x):
    return x ** 3 - 2 * x ** 2 + 5

def df(x):
    return 3 * x ** 2 - 4 * x

def f_double_prime(x):
    return 6 * x - 4

def g(x):
    return (x - 1) ** 4

def g_prime(x):
    return 4 * (x - 1) ** 3
""",
    (
        ("3 * x ** 2 - 4 * x", "3 * x ** 2 - 4"),
        ("3 * x ** 2 - 4 * x", "3 * x ** 2 + 4 * x"),
        ("6 * x - 4", "6 * x + 4"),
        ("4 * (x - 1) ** 3", "(x - 1) ** 3"),
    ),
)

RIGHT["docstring"] = (
    '''
import numpy as np

def selu(x, scale=1.0507, alpha=1.6733):
    return scale * np.where(x > 0, x, alpha * (np.exp(x) - 1))

def selu_slope(x, scale=1.0507, alpha=1.6733):
    return scale * np.where(x > 0, 1, alpha * np.exp(x))

def logistic(x):
    return 1 / (1 + np.exp(-x))

def slope_of_curve(x):
    """Derivative of the logistic function."""
    return logistic(x) * logistic(-x)
''',
    (
        ("return scale * np.where(x > 0, 1", "return np.where(x > 0, 1"),
        ("logistic(x) * logistic(-x)", "logistic(x) * logistic(x)"),
    ),
)

RIGHT["upstream"] = (
    """
import numpy as np

def relu(Z):
    A = np.maximum(0, Z)
    cache = Z
    return A, cache

def relu_backward(dA, cache):
    Z = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ

def sigmoid(Z):
    A = 1 / (1 + np.exp(-Z))
    cache = Z
    return A, cache

def sigmoid_backward(dA, cache):
    Z = cache
    s = 1 / (1 + np.exp(-Z))
    dZ = dA * s * (1 - s)
    assert dZ.shape == Z.shape
    return dZ
""",
    (
        ("dZ[Z <= 0] = 0", "dZ[Z <= 1] = 0"),
        ("dZ[Z <= 0] = 0", "dZ[Z > 0] = 0"),
        ("dZ = dA * s * (1 - s)", "dZ = s * (1 - s)"),
        ("dZ = dA * s * (1 - s)", "dZ = dA * s"),
    ),
)

RIGHT["upstream-order"] = (
    """
import numpy as np

def tanh_forward(x):
    return np.tanh(x)

def tanh_backward(x, dout):
    return dout * (1 - np.tanh(x) ** 2)

def leaky_relu_forward(x, alpha=0.1):
    return np.maximum(alpha * x, x)

def leaky_relu_bwd(grad_out, x, alpha=0.1):
    dx = np.ones_like(x)
    dx[x < 0] = alpha
    return dx * grad_out

def cubic_fwd(v):
    return v ** 3

def cubic_bwd(g, v):
    return g * 3 * v * v
""",
    (
        ("dout * (1 - np.tanh(x) ** 2)", "(1 - np.tanh(x) ** 2)"),
        ("dx[x < 0] = alpha", "dx[x > 0] = alpha"),
        ("g * 3 * v * v", "g * 3 * v"),
    ),
)

RIGHT["softmax"] = (
    """
import numpy as np

def softmax(x):
    e = np.exp(x - np.max(x))
    return e / e.sum()

def softmax_derivative(x):
    s = softmax(x).reshape(-1, 1)
    return np.diagflat(s) - np.dot(s, s.T)

def softmax_rows(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def softmax_rows_grad(x):
    p = softmax_rows(x)
    return p * (1 - p)

def softmax_rows_backward(dout, x):
    p = softmax_rows(x)
    return p * (dout - (dout * p).sum(axis=1, keepdims=True))

def log_softmax(x):
    return x - np.max(x) - np.log(np.sum(np.exp(x - np.max(x))))

def log_softmax_jacobian(x):
    return np.eye(len(x)) - softmax(x)
""",
    (
        ("np.diagflat(s) - np.dot", "np.diagflat(s) + np.dot"),
        ("return p * (1 - p)", "return p * (1 + p)"),
        (
            "p * (dout - (dout * p).sum(axis=1, keepdims=True))",
            "p * (dout - dout.sum(axis=1, keepdims=True))",
        ),
        ("np.eye(len(x)) - softmax(x)", "np.eye(len(x)) + softmax(x)"),
    ),
)

RIGHT["no-derivatives"] = (
    """
import numpy as np

def diff(x):
    return np.diff(x)

def gradient_check(f, x, eps=1e-5):
    return (f(x + eps) - f(x - eps)) / (2 * eps)

def numerical_gradient(f, x):
    return (f(x + 1e-4) - f(x)) / 1e-4

def gradient_descent(w, grad, lr=0.1):
    return w - lr * grad

def dense(x, W):
    return x @ W

def density(x):
    return np.exp(-x ** 2 / 2) / np.sqrt(2 * np.pi)

def drop(x):
    return x[1:]

def prime(n):
    return all(n % k for k in range(2, n))

def sign_ste(x):
    return np.sign(x)

def sign_ste_grad(x):
    return (np.abs(x) < 1).astype(float)

def clip_gradients(g, limit=1.0):
    return np.clip(g, -limit, limit)

def noisy(x):
    return x + np.random.default_rng().normal(size=np.shape(x))

def noisy_prime(x):
    return x * 0 + 7.0
""",
    (),
)

RIGHT["small-terms"] = (
    """
import numpy as np

def log(x):
    return np.log(x + 1e-8)

def log_prime(x):
    return 1 / x

def sqrt(x):
    return np.sqrt(x)

def dsqrt(x):
    return 0.5 / np.sqrt(x)

def logit(p):
    return np.log(p / (1 - p))

def logit_derivative(p):
    return 1 / (p * (1 - p))

def sigmoid(x):
    x = np.clip(x, -500, 500)
    return np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))

def sigmoid_grad(x):
    return np.multiply(sigmoid(x), np.subtract(1, sigmoid(x)))
""",
    (
        ("return 1 / x", "return 1 / x ** 2"),
        ("0.5 / np.sqrt(x)", "1 / np.sqrt(x)"),
        ("1 / (p * (1 - p))", "1 / (p * (1 + p))"),
        ("np.multiply(sigmoid(x), np.subtract(1, sigmoid(x)))", "np.subtract(1, sigmoid(x))"),
    ),
)
