"""Classes: activations, losses and layers as objects, with state, bases, stored gradients."""

RIGHT = {}

RIGHT["fn-grad"] = (
    """
from abc import ABC, abstractmethod
import numpy as np

class ActivationBase(ABC):
    def __init__(self, **kwargs):
        super().__init__()

    def __call__(self, z):
        if z.ndim == 1:
            z = z.reshape(1, -1)
        return self.fn(z)

    @abstractmethod
    def fn(self, z):
        raise NotImplementedError

    @abstractmethod
    def grad(self, x, **kwargs):
        raise NotImplementedError


class Sigmoid(ActivationBase):
    def fn(self, z):
        return 1 / (1 + np.exp(-z))

    def grad(self, x):
        fn_x = self.fn(x)
        return fn_x * (1 - fn_x)

    def grad2(self, x):
        fn_x = self.fn(x)
        return fn_x * (1 - fn_x) * (1 - 2 * fn_x)


class LeakyReLU(ActivationBase):
    def __init__(self, alpha=0.3):
        self.alpha = alpha
        super().__init__()

    def fn(self, z):
        out = z.copy()
        out[z < 0] = out[z < 0] * self.alpha
        return out

    def grad(self, x):
        out = np.ones_like(x)
        out[x < 0] *= self.alpha
        return out


class Tanh(ActivationBase):
    def fn(self, z):
        return np.tanh(z)

    def grad(self, x):
        return 1 - np.tanh(x) ** 2

    def grad2(self, x):
        t = np.tanh(x)
        return -2 * t * (1 - t ** 2)
""",
    (
        ("return fn_x * (1 - fn_x)\n", "return fn_x * (1 + fn_x)\n"),
        ("* (1 - 2 * fn_x)", "* (1 - fn_x)"),
        ("out[x < 0] *= self.alpha", "out[x > 0] *= self.alpha"),
        ("out[x < 0] *= self.alpha", "out[x < -1] *= self.alpha"),
        ("return 1 - np.tanh(x) ** 2", "return 1 - np.tanh(x)"),
        ("-2 * t * (1 - t ** 2)", "2 * t * (1 - t ** 2)"),
    ),
)

RIGHT["call-gradient"] = (
    """
import numpy as np

class ELU():
    def __init__(self, alpha=0.1):
        self.alpha = alpha

    def __call__(self, x):
        return np.where(x >= 0.0, x, self.alpha * (np.exp(x) - 1))

    def gradient(self, x):
        return np.where(x >= 0.0, 1, self.__call__(x) + self.alpha)

class Softmax():
    def __call__(self, x):
        e_x = np.exp(x - np.max(x, axis=-1, keepdims=True))
        return e_x / np.sum(e_x, axis=-1, keepdims=True)

    def gradient(self, x):
        p = self.__call__(x)
        return p * (1 - p)

class SquareLoss():
    def __init__(self): pass

    def loss(self, y, y_pred):
        return 0.5 * np.power((y - y_pred), 2)

    def gradient(self, y, y_pred):
        return -(y - y_pred)

class CrossEntropy():
    def loss(self, y, p):
        p = np.clip(p, 1e-15, 1 - 1e-15)
        return - y * np.log(p) - (1 - y) * np.log(1 - p)

    def gradient(self, y, p):
        p = np.clip(p, 1e-15, 1 - 1e-15)
        return - (y / p) + (1 - y) / (1 - p)
""",
    (
        ("self.__call__(x) + self.alpha", "self.__call__(x)"),
        ("return p * (1 - p)", "return p * (p - 1)"),
        ("return -(y - y_pred)", "return y - y_pred"),
        ("return -(y - y_pred)", "return -2 * (y - y_pred)"),
        ("(y / p) + (1 - y)", "(y / p) - (1 - y)"),
        ("- (y / p) + (1 - y) / (1 - p)", "- (y / p)"),
    ),
)

RIGHT["relu-mask"] = (
    """
import numpy as np

class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        dx = dout
        return dx

class Sigmoid:
    def __init__(self):
        self.out = None

    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out

class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.x = None
        self.dW = None
        self.db = None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx
""",
    (
        ("dout[self.mask] = 0\n        dx", "dout[~self.mask] = 0\n        dx"),
        ("dout * (1.0 - self.out) * self.out", "dout * (1.0 - self.out)"),
        ("dout * (1.0 - self.out) * self.out", "(1.0 - self.out) * self.out"),
        ("np.dot(dout, self.W.T)", "np.dot(dout, self.W)"),
        ("np.dot(self.x.T, dout)", "np.dot(self.x, dout)"),
        ("np.sum(dout, axis=0)", "dout"),
        ("np.sum(dout, axis=0)", "np.mean(dout, axis=0)"),
    ),
)

RIGHT["softmax-with-loss"] = (
    """
import numpy as np

def softmax(x):
    x = x - np.max(x, axis=-1, keepdims=True)
    return np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)

def cross_entropy_error(y, t):
    if y.ndim == 1:
        t = t.reshape(1, t.size)
        y = y.reshape(1, y.size)
    if t.size == y.size:
        t = t.argmax(axis=1)
    n = y.shape[0]
    return -np.sum(np.log(y[np.arange(n), t] + 1e-7)) / n

class SoftmaxWithLoss:
    def __init__(self):
        self.loss = None
        self.y = None
        self.t = None

    def forward(self, x, t):
        self.t = t
        self.y = softmax(x)
        self.loss = cross_entropy_error(self.y, self.t)
        return self.loss

    def backward(self, dout=1):
        batch_size = self.t.shape[0]
        if self.t.size == self.y.size:
            dx = (self.y - self.t) / batch_size
        else:
            dx = self.y.copy()
            dx[np.arange(batch_size), self.t] -= 1
            dx = dx / batch_size
        return dx
""",
    (
        ("dx = (self.y - self.t) / batch_size", "dx = (self.y - self.t)"),
        ("dx = (self.y - self.t) / batch_size", "dx = (self.t - self.y) / batch_size"),
    ),
)

RIGHT["stored"] = (
    """
import numpy as np

class LayerDense:
    def __init__(self, n_inputs, n_neurons):
        self.weights = 0.01 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)

class ActivationReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0

class LossCategorical:
    def forward(self, y_pred, y_true):
        samples = len(y_pred)
        clipped = np.clip(y_pred, 1e-7, 1 - 1e-7)
        if len(y_true.shape) == 1:
            confidences = clipped[range(samples), y_true]
        else:
            confidences = np.sum(clipped * y_true, axis=1)
        return -np.log(confidences)

    def backward(self, dvalues, y_true):
        samples = len(dvalues)
        if len(y_true.shape) == 1:
            y_true = np.eye(len(dvalues[0]))[y_true]
        self.dinputs = -y_true / dvalues
        self.dinputs = self.dinputs / samples
""",
    (
        ("np.dot(self.inputs.T, dvalues)", "np.dot(self.inputs.T, -dvalues)"),
        ("np.sum(dvalues, axis=0, keepdims=True)", "np.sum(dvalues, axis=0, keepdims=True) / len(dvalues)"),
        ("np.dot(dvalues, self.weights.T)", "np.dot(dvalues, self.weights)"),
        ("self.dinputs[self.inputs <= 0] = 0", "self.dinputs[self.inputs >= 0] = 0"),
        ("self.dinputs = -y_true / dvalues", "self.dinputs = y_true / dvalues"),
    ),
)

RIGHT["operations"] = (
    """
import numpy as np

class Operation:
    def __init__(self):
        pass

    def forward(self, input_):
        self.input_ = input_
        self.output = self._output()
        return self.output

    def backward(self, output_grad):
        assert self.output.shape == output_grad.shape
        self.input_grad = self._input_grad(output_grad)
        assert self.input_.shape == self.input_grad.shape
        return self.input_grad

    def _output(self):
        raise NotImplementedError()

    def _input_grad(self, output_grad):
        raise NotImplementedError()

class ParamOperation(Operation):
    def __init__(self, param):
        super().__init__()
        self.param = param

    def backward(self, output_grad):
        self.input_grad = self._input_grad(output_grad)
        self.param_grad = self._param_grad(output_grad)
        return self.input_grad

class WeightMultiply(ParamOperation):
    def __init__(self, W):
        super().__init__(W)

    def _output(self):
        return np.dot(self.input_, self.param)

    def _input_grad(self, output_grad):
        return np.dot(output_grad, np.transpose(self.param, (1, 0)))

    def _param_grad(self, output_grad):
        return np.dot(np.transpose(self.input_, (1, 0)), output_grad)

class BiasAdd(ParamOperation):
    def __init__(self, B):
        assert B.shape[0] == 1
        super().__init__(B)

    def _output(self):
        return self.input_ + self.param

    def _input_grad(self, output_grad):
        return np.ones_like(self.input_) * output_grad

    def _param_grad(self, output_grad):
        param_grad = np.ones_like(self.param) * output_grad
        return np.sum(param_grad, axis=0).reshape(1, param_grad.shape[1])

class Sigmoid(Operation):
    def _output(self):
        return 1.0 / (1.0 + np.exp(-1.0 * self.input_))

    def _input_grad(self, output_grad):
        sigmoid_backward = self.output * (1.0 - self.output)
        return sigmoid_backward * output_grad

class Loss:
    def forward(self, prediction, target):
        self.prediction = prediction
        self.target = target
        return self._output()

    def backward(self):
        self.input_grad = self._input_grad()
        return self.input_grad

    def _output(self):
        raise NotImplementedError()

class MeanSquaredError(Loss):
    def _output(self):
        return np.sum(np.power(self.prediction - self.target, 2)) / self.prediction.shape[0]

    def _input_grad(self):
        return 2.0 * (self.prediction - self.target) / self.prediction.shape[0]
""",
    (
        ("np.dot(output_grad, np.transpose(self.param, (1, 0)))", "np.dot(output_grad, self.param)"),
        (
            "np.dot(np.transpose(self.input_, (1, 0)), output_grad)",
            "-np.dot(np.transpose(self.input_, (1, 0)), output_grad)",
        ),
        ("self.output * (1.0 - self.output)", "self.output * (1.0 + self.output)"),
        ("return sigmoid_backward * output_grad", "return sigmoid_backward"),
        ("np.sum(param_grad, axis=0)", "np.mean(param_grad, axis=0)"),
        (
            "2.0 * (self.prediction - self.target) / self.prediction.shape[0]",
            "2.0 * (self.prediction - self.target)",
        ),
        ("2.0 * (self.prediction - self.target) /", "2.0 * (self.target - self.prediction) /"),
    ),
)

RIGHT["params-and-grads"] = (
    """
import numpy as np

class Layer:
    def __init__(self):
        self.params = {}
        self.grads = {}

    def forward(self, inputs):
        raise NotImplementedError

    def backward(self, grad):
        raise NotImplementedError

class Linear(Layer):
    def __init__(self, input_size, output_size):
        super().__init__()
        self.params["w"] = np.random.randn(input_size, output_size)
        self.params["b"] = np.random.randn(output_size)

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.params["w"] + self.params["b"]

    def backward(self, grad):
        self.grads["b"] = np.sum(grad, axis=0)
        self.grads["w"] = self.inputs.T @ grad
        return grad @ self.params["w"].T

class Activation(Layer):
    def __init__(self, f, f_prime):
        super().__init__()
        self.f = f
        self.f_prime = f_prime

    def forward(self, inputs):
        self.inputs = inputs
        return self.f(inputs)

    def backward(self, grad):
        return self.f_prime(self.inputs) * grad

def tanh(x):
    return np.tanh(x)

def tanh_prime(x):
    y = tanh(x)
    return 1 - y ** 2

class Tanh(Activation):
    def __init__(self):
        super().__init__(tanh, tanh_prime)

class TSE:
    def loss(self, predicted, actual):
        return np.sum((predicted - actual) ** 2)

    def grad(self, predicted, actual):
        return 2 * (predicted - actual)
""",
    (
        ('self.grads["b"] = np.sum(grad, axis=0)', 'self.grads["b"] = grad'),
        ("self.inputs.T @ grad", "self.inputs.T @ grad / len(grad)"),
        ('grad @ self.params["w"].T', 'grad @ self.params["w"]'),
        ("self.f_prime(self.inputs) * grad", "self.f_prime(self.inputs)"),
        ("return 1 - y ** 2", "return 1 - y"),
        ("2 * (predicted - actual)", "2 * (actual - predicted)"),
        ("2 * (predicted - actual)", "(predicted - actual)"),
    ),
)

RIGHT["costs"] = (
    """
import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

class QuadraticCost(object):
    @staticmethod
    def fn(a, y):
        return 0.5 * np.linalg.norm(a - y) ** 2

    @staticmethod
    def delta(z, a, y):
        return (a - y) * sigmoid_prime(z)

class CrossEntropyCost(object):
    @staticmethod
    def fn(a, y):
        return np.sum(np.nan_to_num(-y * np.log(a) - (1 - y) * np.log(1 - a)))

    @staticmethod
    def delta(z, a, y):
        return (a - y)
""",
    (
        ("(a - y) * sigmoid_prime(z)", "(y - a) * sigmoid_prime(z)"),
        ("(a - y) * sigmoid_prime(z)", "2 * (a - y) * sigmoid_prime(z)"),
        ("        return (a - y)\n", "        return (y - a)\n"),
        ("sigmoid(z) * (1 - sigmoid(z))", "sigmoid(z) * (1 - z)"),
    ),
)

RIGHT["with-update"] = (
    """
import numpy as np

class Dense:
    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)

    def forward(self, input):
        self.input = input
        return np.dot(self.weights, self.input) + self.bias

    def backward(self, output_gradient, learning_rate):
        weights_gradient = np.dot(output_gradient, self.input.T)
        input_gradient = np.dot(self.weights.T, output_gradient)
        self.weights -= learning_rate * weights_gradient
        self.bias -= learning_rate * np.sum(output_gradient, axis=1, keepdims=True)
        return input_gradient
""",
    (
        ("np.dot(self.weights.T, output_gradient)", "np.dot(self.weights, output_gradient)"),
        ("np.dot(self.weights.T, output_gradient)", "-np.dot(self.weights.T, output_gradient)"),
        ("np.dot(output_gradient, self.input.T)", "np.dot(output_gradient, self.input.T) / 2"),
        ("self.weights -= learning_rate", "self.weights += learning_rate"),
    ),
)

RIGHT["activation-derivative"] = (
    """
import numpy as np

class SiLU:
    def activation(self, x):
        return x / (1 + np.exp(-x))

    def derivative(self, x):
        s = 1 / (1 + np.exp(-x))
        return s * (1 + x * (1 - s))

class HardTanh:
    @staticmethod
    def f(x):
        return np.clip(x, -1, 1)

    @staticmethod
    def df(x):
        return ((x > -1) & (x < 1)).astype(float)

class Softplus:
    def value(self, x):
        return np.logaddexp(0, x)

    def grad(self, x):
        return 1 / (1 + np.exp(-x))

    def hess(self, x):
        s = self.grad(x)
        return s * (1 - s)

class Huber:
    def __init__(self, delta):
        self.delta = delta

    def compute(self, y_true, y_pred):
        e = y_pred - y_true
        return np.where(np.abs(e) < self.delta, e ** 2 / 2, self.delta * (np.abs(e) - self.delta / 2)).mean()

    def compute_gradient(self, y_true, y_pred):
        return np.clip(y_pred - y_true, -self.delta, self.delta) / y_pred.size
""",
    (
        ("s * (1 + x * (1 - s))", "s * (1 + (1 - s))"),
        ("(x > -1) & (x < 1)", "(x > -1) & (x < 0)"),
        (
            "        return 1 / (1 + np.exp(-x))\n\n    def hess",
            "        return 1 / (1 + np.exp(x))\n\n    def hess",
        ),
        ("        return s * (1 - s)", "        return s * (1 - 2 * s)"),
        ("-self.delta, self.delta) / y_pred.size", "-self.delta, self.delta)"),
        ("np.clip(y_pred - y_true,", "np.clip(y_true - y_pred,"),
    ),
)

RIGHT["parameters"] = (
    """
import numpy as np

class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)

class Linear:
    def __init__(self, in_features, out_features):
        self.weight = Parameter(np.random.randn(out_features, in_features) * 0.1)
        self.bias = Parameter(np.zeros(out_features))

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        self.x = x
        return x @ self.weight.data.T + self.bias.data

    def backward(self, grad):
        self.weight.grad += grad.T @ self.x
        self.bias.grad += grad.sum(axis=0)
        return grad @ self.weight.data

class Sequential:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad
""",
    (
        ("self.weight.grad += grad.T @ self.x", "self.weight.grad -= grad.T @ self.x"),
        ("grad.sum(axis=0)", "grad.mean(axis=0)"),
        ("return grad @ self.weight.data", "return grad @ self.weight.data.T"),
    ),
)

RIGHT["normalisation"] = (
    """
import numpy as np

class BatchNorm1D:
    def __init__(self, dim, eps=1e-5, momentum=0.9):
        self.gamma = np.ones(dim)
        self.beta = np.zeros(dim)
        self.eps = eps
        self.momentum = momentum
        self.running_mean = np.zeros(dim)
        self.running_var = np.ones(dim)

    def forward(self, x, training=True):
        if training:
            mean, var = x.mean(0), x.var(0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        self.dgamma = np.sum(dout * self.x_hat, axis=0)
        self.dbeta = np.sum(dout, axis=0)
        dx_hat = dout * self.gamma
        return (dx_hat - dx_hat.mean(0) - self.x_hat * (dx_hat * self.x_hat).mean(0)) / self.std

class Dropout:
    def __init__(self, rate=0.5):
        self.rate = rate

    def forward(self, x, train=True):
        if not train:
            return x
        self.mask = (np.random.rand(*x.shape) > self.rate) / (1 - self.rate)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask
""",
    (
        ("np.sum(dout * self.x_hat, axis=0)", "np.sum(dout, axis=0)"),
        ("dx_hat - dx_hat.mean(0) - self", "dx_hat - self"),
        (".mean(0)) / self.std", ".mean(0)) * self.std"),
        ("return dout * self.mask", "return dout / self.mask.max()"),
    ),
)

RIGHT["pooling"] = (
    '''
import numpy as np

class MaxPool2:
    """2 x 2 max pooling over images (n, c, h, w)."""

    def forward(self, x):
        n, c, h, w = x.shape
        self.blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
        out = self.blocks.max(axis=(3, 5))
        self.mask = self.blocks == out[:, :, :, None, :, None]
        return out

    def backward(self, dout):
        n, c, h, w = dout.shape
        return (self.mask * dout[:, :, :, None, :, None]).reshape(n, c, 2 * h, 2 * w)

class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(x.shape[0], -1)

    def backward(self, dout):
        return dout.reshape(self.shape)

class Mean:
    def forward(self, x):
        self.n = x.shape[0]
        return x.mean(axis=0)

    def backward(self, g):
        return np.repeat(g[None], self.n, axis=0) / self.n
''',
    (
        ("self.mask * dout", "(1 - self.mask) * dout"),
        ("return dout.reshape(self.shape)", "return 2 * dout.reshape(self.shape)"),
        ("axis=0) / self.n", "axis=0)"),
    ),
)
