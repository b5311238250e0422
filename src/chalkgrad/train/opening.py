"""Networks for the views: a chain with its parameters, or a trained model, as a function to be drawn."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from chalkgrad.errors import ArgumentError
from chalkgrad.nn.activations import softmax
from chalkgrad.nn.layers.layer import Mode, Params
from chalkgrad.nn.network import forward, has_params, named, parts, paths
from chalkgrad.render.opened import Opened
from chalkgrad.train.metrics import BY_LOSS, decide

MOST_SHAPES = 3  # of a layer that are written out

if TYPE_CHECKING:
    from chalkgrad.foundation import Chain
    from chalkgrad.train.model import Model


def open_chain(chain: Chain, args: tuple[Any, ...], y: Any) -> Opened | None:
    """A chain whose parameters come as the first argument; None for one that has, and is given, none.

    Raises:
        ArgumentError: the parameters are missing.
    """
    if not has_params(chain) and not (args and isinstance(args[0], dict)):
        return None
    if len(args) != 2 or not isinstance(args[0], dict):
        raise ArgumentError(
            f"{chain!r} has parameters, and got {len(args)} argument{'s' * (len(args) != 1)} that "
            "are not parameters and examples. Cure: params = net.init(X[:1]); cg.show(net, params, X[:1]), "
            "or cg.show(model, X[:1]) for what cg.fit returns"
        )
    if y is not None:
        raise ArgumentError(
            "a target needs a loss. Cure: cg.show(model, X[:1], y=y[:1]) for what cg.fit returns"
        )
    params, x = _arrays(args[0]), np.asarray(args[1])
    run = _runs(chain)
    return _opened(chain, "network", run, (params, x), "of the sum of all outputs")


def open_model(model: Model, args: tuple[Any, ...], y: Any) -> Opened:
    """A trained network, with its loss where there is a target: the one given, or the class it predicts.

    Raises:
        ArgumentError: there is not one argument, the examples.
    """
    if len(args) != 1:
        raise ArgumentError(
            f"a model is shown on examples, and got {len(args)} arguments. Cure: cg.show(model, X[:1])"
        )
    x, run = np.asarray(args[0]), _runs(model.network)
    target, aim = _target(model, x, y)
    given: tuple[Any, ...] = (_arrays(model.params), x)
    name = "model"
    if target is not None:
        given, name, loss = (*given, target), "loss", model.loss
        network = run
        run = lambda params, x, y: loss(network(params, x), y)  # noqa: E731 (a def would be a box in the picture)
    return _opened(model.network, name, run, given, aim, model)


def _arrays(params: Params) -> Params:
    return {k: _arrays(v) if isinstance(v, dict) else np.asarray(v) for k, v in params.items()}


def _target(model: Model, x: np.ndarray, y: Any) -> tuple[Any, str]:
    """What the loss is taken against, and that in words."""
    if y is not None:
        return np.asarray(y), f"of the loss against the target{_told(np.asarray(y))}"
    if model.loss in BY_LOSS:
        guessed = np.asarray(decide(model.loss, np.asarray(model(x))))
        return guessed, f"of the loss against the class predicted{_told(guessed)}"
    return None, "of the sum of all outputs"


def _told(y: np.ndarray) -> str:
    return f", {y.ravel()[0]:g}" if y.size == 1 else ""


def _runs(chain: Chain) -> Callable[..., Any]:
    links = chain.functions
    return lambda params, x: forward(links, params, x, Mode())[0]


def _opened(
    chain: Chain, name: str, run: Any, args: tuple[Any, ...], aim: str, model: Model | None = None
) -> Opened:
    names = tuple(name for name, _ in paths(args[0]))
    source = "\n".join(_written(chain, args[0]))
    if model is None:
        return Opened(run, args, name, source, names, aim)
    return Opened(run, args, name, source, names, aim, model.history, partial(_decides, model))


def _decides(model: Model, params: Params, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """What a network says of examples, as one number each, and their classes, if it tells any."""
    score = np.asarray(model.network.apply(params, X), dtype=float)
    flat = score.reshape(len(score), -1)
    classes = (
        np.asarray(decide(model.loss, score)).reshape(len(score), -1)[:, 0] if model.loss in BY_LOSS else None
    )
    if classes is None:
        return flat[:, 0] - float(np.mean(np.reshape(y, (len(y), -1))[:, 0])), None
    if flat.shape[1] == 1:
        return np.tanh(flat[:, 0] / 2) / 2, classes  # the probability, less one half
    shares = np.sort(softmax(flat), axis=-1)
    sure = shares[:, -1] - shares[:, -2]
    return (np.where(classes == 1, sure, -sure) / 2 if flat.shape[1] == 2 else sure), classes


def _written(chain: Any, params: Params, indent: str = "") -> list[str]:
    """The chain as lines of code, each layer with its parameters' shapes behind it."""
    lines: list[str] = []
    links = named(chain.functions)
    wide = max((len(_titled(name, link)) for name, link in links if params.get(name)), default=0) + 3
    for name, link in links:
        own = params.get(name, {})
        if parts(link):
            lines += [*_written(link, own, indent + "    ")[:-1], f"{indent}    ]),"]
        else:
            title = f"{_titled(name, link)},"
            lines.append(f"{indent}    {title:{wide}}{_shapes(own)}".rstrip())
    return [f"{indent}Chain([", *lines, f"{indent}])"]


def _titled(name: str, link: Any) -> str:
    """A layer with the settings that are not the usual ones: `multi_head_attention(heads=2, causal=True)`."""
    function, options = getattr(link, "function", link), getattr(link, "options", {})
    made: tuple[Any, ...] = getattr(function, "made_by", ())
    bend = None
    if made and made[0] == "activated":
        _, function, bend = made
    usual = inspect.signature(function).parameters if options else {}
    told = [f"{k}={v!r}" for k, v in options.items() if k not in usual or usual[k].default != v]
    told += [] if bend is None else [f"activation={getattr(bend, '__name__', repr(bend))}"]
    return getattr(link, "__name__", name) + (f"({', '.join(told)})" if told else "")


def _shapes(params: Params) -> str:
    """The parameters of a layer as a comment: the shape of each, or of many how many numbers they have."""
    found = [(path, np.shape(a)) for path, a in paths(params)]
    if len(found) > MOST_SHAPES:
        return f"# {len(found)} arrays, {sum(int(np.prod(shape)) for _, shape in found)} numbers"
    return "# " + ", ".join(f"{path} {shape}" for path, shape in found) if found else ""
