import numpy as np
from numpy import ndarray


class Operation:
    """One step of a network: knows its output and how to send a gradient back."""

    def __init__(self):
        pass

    def forward(self, input_: ndarray) -> ndarray:
        self.input_ = input_
        self.output = self._output()
        return self.output

    def backward(self, output_grad: ndarray) -> ndarray:
        assert output_grad.shape == self.output.shape
        self.input_grad = self._input_grad(output_grad)
        return self.input_grad

    def _output(self) -> ndarray:
        raise NotImplementedError()

    def _input_grad(self, output_grad: ndarray) -> ndarray:
        raise NotImplementedError()


class Sigmoid(Operation):
    def _output(self) -> ndarray:
        return 1.0 / (1.0 + np.exp(-1.0 * self.input_))

    def _input_grad(self, output_grad: ndarray) -> ndarray:
        sigmoid_backward = self.output * (1.0 - self.output)
        return sigmoid_backward * output_grad


class Square(Operation):
    def _output(self) -> ndarray:
        return np.power(self.input_, 2)

    def _input_grad(self, output_grad: ndarray) -> ndarray:
        return 2.0 * self.input_ * output_grad


class Cosine(Operation):
    def _output(self) -> ndarray:
        return np.cos(self.input_)

    def _input_grad(self, output_grad: ndarray) -> ndarray:
        return np.sin(self.input_) * output_grad
