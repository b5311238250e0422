"""What a layer is: a NumPy function of an input and parameters, and the shapes of those parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn.initialisers import Initialiser, glorot, zeros

Size = int | str  # "in" is the length of the input's last axis
Params = dict[str, Any]  # names to arrays, nested where networks are


@dataclass(frozen=True, slots=True)
class Mode:
    """How a network is run: `rng` draws what is random; some layers differ in training."""

    rng: Any = None
    training: bool = False


@dataclass(frozen=True, eq=False)
class Layer:
    """One link of a network that has parameters, or is random, or differs in training; see `layer`.

    Args and shapes: see the fields.

    >>> Layer(np.tanh)
    tanh()
    """

    function: Callable
    shapes: Mapping[str, tuple[Size, ...]] = field(default_factory=dict)
    initial: Mapping[str, Initialiser] = field(default_factory=dict)
    name: str = ""
    state: tuple[
        str, ...
    ] = ()  # parameters that training moves by rules of the layer's own, not by gradients
    options: Mapping[str, Any] = field(default_factory=dict)  # fixed keyword arguments of the function
    random: bool = False  # the function takes `rng`
    modal: bool = False  # the function takes `training`; with `state` it then returns (y, {name: new})

    @property
    def __name__(self) -> str:
        return self.name or self.function.__name__

    def __repr__(self) -> str:
        return f"{self.__name__}({', '.join(f'{k}={v}' for k, v in self.shapes.items())})"

    def __call__(self, x: Any, **params: Any) -> Any:
        """The function itself, parameters by name."""
        missing = [name for name in self.shapes if name not in params]
        if missing:
            raise ArgumentError(
                f"{self.__name__} has parameters ({', '.join(missing)}) that were not given. "
                "Cure: params = net.init(X[:1]); net.apply(params, X)"
            )
        return self.function(x, **params, **self.options)

    def init(self, x: Any, rng: np.random.Generator) -> Params:
        """First values of the parameters for inputs like x."""
        dtype = np.asarray(x).dtype
        dtype = dtype if dtype.kind == "f" else np.dtype(np.float32)
        return {name: self._first(name, x, rng).astype(dtype) for name in self.shapes}

    def _first(self, name: str, x: Any, rng: np.random.Generator) -> np.ndarray:
        shape = tuple(self._size(s, name, x) for s in self.shapes[name])
        return self.initial.get(name, glorot if len(shape) > 1 else zeros)(rng, shape)

    def _size(self, size: Size, name: str, x: Any) -> int:
        if size == "in":
            if not np.ndim(x):
                raise ArgumentError(
                    f"{self.__name__}: the input is one number; give examples along the first axis"
                )
            return int(np.shape(x)[-1])
        if isinstance(size, int | np.integer) and size > 0:
            return int(size)
        raise ArgumentError(
            f"{self.__name__}: the shape of {name} has {size!r} in it. Cure: whole numbers above 0, and "
            "'in' for the length of the input's last axis"
        )

    def forward(self, params: Params, x: Any, mode: Mode) -> tuple[Any, Params]:
        """The result, and the new values of those parameters that are state."""
        _link = None  # views call the function what the network calls the layer: `trace.sites.runs_links`
        given = dict(params) | dict(self.options)
        if self.random:
            given["rng"] = mode.rng if mode.training else None
        if self.modal:
            given["training"] = mode.training
        made = self.function(x, **given)
        return made if self.state and mode.training else (made, {})


def layer(
    function: Callable,
    *,
    initial: Mapping[str, Initialiser] | None = None,
    name: str = "",
    **shapes: tuple[Size, ...],
) -> Layer:
    """A layer of your own: a NumPy function of an input and parameters, and the shapes of the parameters.

    Args:
        function: `(x, **parameters) -> y`, examples along the first axis.
        initial: initialisers by parameter; default: `glorot` for matrices and more, zeros for vectors.
        name: how parameters and pages call it; default: the function's name.
        **shapes: of each parameter, a tuple of whole numbers and "in", the length of the input's last axis.

    Raises:
        ArgumentError: the function has no such parameter, or a shape is not a tuple.

    >>> def dense(x, W, b):
    ...     return np.dot(x, W) + b
    >>> layer(dense, W=("in", 3), b=(3,))
    dense(W=('in', 3), b=(3,))
    """
    if not callable(function):
        raise ArgumentError(f"a layer is made of a function, not of {function!r}")
    _check_names(function, shapes)
    for parameter, shape in shapes.items():
        if not isinstance(shape, tuple):
            cure = f"{parameter}=({shape!r},)" if isinstance(shape, int | str) else f"{parameter}=('in', 10)"
            raise ArgumentError(f"the shape of {parameter} is {shape!r}. Cure: a tuple, {cure}")
    return Layer(function, shapes, initial or {}, name)


def _check_names(function: Callable, shapes: Mapping[str, Any]) -> None:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # C functions need not have one
        return
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()):
        return
    unknown = [name for name in shapes if name not in list(parameters)[1:]]
    if unknown:
        title = getattr(function, "__name__", "the function")
        raise ArgumentError(
            f"{title} has no parameter {', '.join(unknown)}; it takes {', '.join(parameters)}"
        )
