r"""The vocabulary of a first course: the central difference, chains of functions, and their plots.

A chain is a list of functions, the first one applied first: `[square, sigmoid]` is sigmoid(square(x)). All of
this is plain NumPy, so each function here has its formula, factory and derivative like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from chalkgrad.errors import ArgumentError, ChalkgradError
from chalkgrad.render.palette import PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from chalkgrad.render.walk import Walk

Function = Callable[[Any], Any]


def deriv(func: Function, input_: Any, delta: float = 0.001) -> Any:
    r"""The central difference: the slope of `func` over a short stretch around each entry.

    $$\frac{f(x + \delta) - f(x - \delta)}{2\delta}$$

    Args:
        func: a function of one array, entry by entry.
        input_: where, an array of any shape or a number.
        delta: half the length of the stretch; the error is of the order of its square.

    Returns:
        The slopes, in the shape of `input_`.

    >>> round(float(deriv(np.square, 3.0)), 6)
    6.0
    """
    return (func(input_ + delta) - func(input_ - delta)) / (2 * delta)


class Chain:
    r"""Functions strung together, the first applied first; itself a function, so chains nest.

    $$f_n(\dots f_2(f_1(x)))$$

    Args:
        functions: any number of callables of one argument, at least one.

    Raises:
        ArgumentError: there is no function, or one of them cannot be called.

    >>> float(Chain([np.square, np.negative])(3.0))
    -9.0
    >>> Chain([np.square, Chain([np.exp, np.tanh])])
    Chain([square, Chain([exp, tanh])])
    """

    def __init__(self, functions: Sequence[Function]):
        self.functions = _functions(functions)

    def __call__(self, x: Any) -> Any:
        for f in self.functions:
            x = f(x)
        return x

    @property
    def derivative(self) -> Function:
        """The exact derivative by the chain rule: a function again, with the same views and a derivative."""
        from chalkgrad.grad import derivative

        return derivative(self)

    def walk(self, x: Any) -> Walk:
        """Walk the two passes at x: forward through the values, backward through the slopes."""
        from chalkgrad.render.walk import walk

        return walk(self, x)

    def init(self, x: Any, seed: int = 0) -> dict[str, Any]:
        """First values for the parameters of all links that have some.

        Args:
            x: examples like those to come, the first axis counting them; one is enough.
            seed: of what is drawn.

        Returns:
            Arrays in nested dictionaries, an entry a link.

        >>> from chalkgrad import nn
        >>> params = Chain([nn.Dense(3, nn.tanh), nn.Dense(1)]).init(np.zeros((1, 2)))
        >>> params["dense_2"]["W"].shape
        (3, 1)
        """
        from chalkgrad.nn.network import init

        return init(self.functions, np.asarray(x), np.random.default_rng(seed))

    def apply(self, params: dict[str, Any], x: Any, rng: Any = None, training: bool = False) -> Any:
        """What the chain computes with these parameters; nothing is changed.

        Args:
            params: as `init` gives them.
            x: examples, the first axis counting them.
            rng: draws what is random in training.
            training: whether links that differ in training run as they do there.
        """
        from chalkgrad.nn.layers.layer import Mode
        from chalkgrad.nn.network import forward

        return forward(self.functions, params, x, Mode(rng, training))[0]

    def opened(self, args: tuple[Any, ...], y: Any = None) -> Any:
        """For the views: the function of its parameters and an example, if the chain has any parameters."""
        from chalkgrad.train.opening import open_chain

        return open_chain(self, args, y)

    @property
    def __name__(self) -> str:
        return _title(self.functions)

    def __len__(self) -> int:
        return len(self.functions)

    def __iter__(self) -> Iterator[Function]:
        return iter(self.functions)

    @overload
    def __getitem__(self, which: int) -> Function: ...

    @overload
    def __getitem__(self, which: slice) -> Chain: ...

    def __getitem__(self, which: int | slice) -> Function | Chain:
        return Chain(self.functions[which]) if isinstance(which, slice) else self.functions[which]

    def __repr__(self) -> str:
        return f"Chain([{', '.join(repr(f) if isinstance(f, Chain) else _name(f) for f in self.functions)}])"


# ----- two and three functions, spelled out -----


def chain_length_2(chain: Sequence[Function], a: Any) -> Any:
    r"""Two functions in a row: $f_2(f_1(a))$.

    >>> float(chain_length_2([np.square, np.negative], 3.0))
    -9.0
    """
    f1, f2 = _exactly(2, chain)
    return f2(f1(a))


def chain_length_3(chain: Sequence[Function], a: Any) -> Any:
    r"""Three functions in a row: $f_3(f_2(f_1(a)))$.

    >>> float(chain_length_3([np.square, np.negative, np.abs], 3.0))
    9.0
    """
    f1, f2, f3 = _exactly(3, chain)
    return f3(f2(f1(a)))


def chain_deriv_2(chain: Sequence[Function], input_range: Any) -> Any:
    r"""The chain rule for two functions, each slope by central difference.

    $$f_2'(f_1(x)) \cdot f_1'(x)$$

    Args:
        chain: two functions, the first applied first.
        input_range: where, an array or a number.

    Returns:
        The slope of the whole at each entry.

    Raises:
        ArgumentError: the chain is not two functions.

    >>> round(float(chain_deriv_2([np.square, np.negative], 3.0)), 6)
    -6.0
    """
    f1, f2 = _exactly(2, chain)
    f1_of_x = f1(input_range)  # the forward pass
    df2du = deriv(f2, f1_of_x)  # the backward pass
    df1dx = deriv(f1, input_range)
    return df1dx * df2du


def chain_deriv_3(chain: Sequence[Function], input_range: Any) -> Any:
    r"""The chain rule for three functions, each slope by central difference.

    $$f_3'(f_2(f_1(x))) \cdot f_2'(f_1(x)) \cdot f_1'(x)$$

    Args:
        chain: three functions, the first applied first.
        input_range: where, an array or a number.

    Returns:
        The slope of the whole at each entry.

    Raises:
        ArgumentError: the chain is not three functions.

    >>> round(float(chain_deriv_3([np.square, np.negative, np.negative], 3.0)), 6)
    6.0
    """
    f1, f2, f3 = _exactly(3, chain)
    f1_of_x = f1(input_range)  # the forward pass
    f2_of_x = f2(f1_of_x)
    df3du = deriv(f3, f2_of_x)  # the backward pass
    df2du = deriv(f2, f1_of_x)
    df1dx = deriv(f1, input_range)
    return df1dx * df2du * df3du


# ----- plots -----


def plot_chain(chain: Sequence[Function], input_range: Any, ax: Axes | None = None) -> Axes:
    """Plot what a chain makes of a range.

    Args:
        chain: functions, the first applied first; a list of any length or a `Chain`.
        input_range: the x axis, a one-dimensional array.
        ax: Matplotlib axes to draw on; default: new ones.

    Returns:
        The axes.

    Raises:
        ArgumentError: the chain is empty or the range is not one-dimensional.
    """
    whole, x = Chain(chain), _range(input_range)
    ax = _axes(ax, _title(whole.functions))
    ax.plot(x, whole(x), color=PAPER["forward"], linewidth=2.2)
    return ax


def plot_chain_deriv(chain: Sequence[Function], input_range: Any, ax: Axes | None = None) -> Axes:
    """Plot the slope of a chain twice: exact (a dashed line) and by central difference (rings).

    Where the two part, one of them is wrong: at a kink, or where `delta` is too coarse. A chain that has
    no exact derivative says so in the plot.

    Args and returns are those of `plot_chain`.
    """
    whole, x = Chain(chain), _range(input_range)
    ax = _axes(ax, f"slope of {_title(whole.functions)}")
    numeric = deriv(whole, x)
    try:
        ax.plot(
            x, whole.derivative(x), color=PAPER["gradient"], linewidth=2.2, dashes=(3, 1.6), label="exact"
        )
    except ChalkgradError as error:
        ax.text(0.02, 0.03, f"no exact derivative: {error}", transform=ax.transAxes, fontsize=8, wrap=True)
    every = max(1, len(x) // 24)
    ring: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 5, "markerfacecolor": "none"}
    ax.plot(x[::every], numeric[::every], color=PAPER["ink"], label="central difference", **ring)
    ax.legend(frameon=False, fontsize=9, labelcolor=PAPER["muted"], handlelength=2.4)
    return ax


def _axes(ax: Axes | None, title: str) -> Axes:
    if ax is None:
        from matplotlib import pyplot

        figure = pyplot.figure(figsize=(5.4, 3.4), facecolor=PAPER["paper"])
        ax = figure.add_axes(
            (0.09, 0.15, 0.88, 0.73), facecolor=PAPER["paper"]
        )  # fixed: a layout engine draws twice
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(PAPER["pale"])
    ax.tick_params(colors=PAPER["muted"], labelsize=9, width=0.8, length=3)
    ax.axhline(0, color=PAPER["hairline"], linewidth=0.8, zorder=0)
    ax.axvline(0, color=PAPER["hairline"], linewidth=0.8, zorder=0)
    ax.set_xlabel("x", color=PAPER["ink"], style="italic")
    ax.set_title(title, color=PAPER["ink"], fontsize=11, loc="left", pad=10)
    return ax


# ----- arguments -----


def _functions(chain: Any) -> tuple[Function, ...]:
    if callable(chain) and not isinstance(chain, Chain):
        raise ArgumentError(
            f"a chain is a list of functions, not {_name(chain)} alone; write [{_name(chain)}]"
        )
    try:
        functions = tuple(chain)
    except TypeError:
        raise ArgumentError(f"a chain is a list of functions, not {type(chain).__name__}") from None
    if not functions:
        raise ArgumentError("a chain needs at least one function; this list is empty")
    for position, f in enumerate(functions):
        if not callable(f):
            raise ArgumentError(
                f"link {position} of the chain is {f!r}, which cannot be called; give a function"
            )
    return functions


def _exactly(length: int, chain: Any) -> tuple[Function, ...]:
    functions = _functions(chain)
    if len(functions) != length:
        raise ArgumentError(
            f"this takes a chain of {length} functions and got {len(functions)}; Chain takes any number"
        )
    return functions


def _range(input_range: Any) -> np.ndarray:
    x = np.asarray(input_range, dtype=float)
    if x.ndim != 1 or not x.size:
        raise ArgumentError(
            f"the x axis is a one-dimensional array, not one of shape {x.shape}; try np.linspace(-3, 3, 201)"
        )
    return x


def _name(f: Any) -> str:
    return getattr(f, "__name__", None) or type(f).__name__


def _title(functions: Sequence[Function], inside: str = "x") -> str:
    for f in functions:
        inside = _title(f.functions, inside) if isinstance(f, Chain) else f"{_name(f)}({inside})"
    return inside
