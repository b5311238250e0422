"""Models in files: `Model.save` and `load`."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from chalkgrad.errors import ArgumentError, ChalkgradError, DataError
from chalkgrad.foundation import Chain
from chalkgrad.nn.layers.layer import Layer, Params
from chalkgrad.nn.network import Link, named, parts, paths
from chalkgrad.train.describe import build, describe, others
from chalkgrad.train.history import History
from chalkgrad.train.model import Model
from chalkgrad.train.store import Arrays, pack, read, swap_in, unpack

# ----- parameters: a nesting of dictionaries as arrays with names -----


def laid_out(params: Params, arrays: Arrays, above: str = "") -> dict[str, Any]:
    """The nesting, with the name of each array where the array was; the arrays go under these names."""
    tree: dict[str, Any] = {}
    for key, value in params.items():
        name = f"{above}.{key}" if above else str(key)
        if isinstance(value, dict):
            tree[key] = laid_out(value, arrays, name)
            continue
        while name in arrays:
            name += "_"
        arrays[name], tree[key] = np.asarray(value), name
    return tree


def put_back(tree: dict[str, Any], arrays: Arrays) -> Params:
    """The nesting with its arrays.

    >>> arrays = {}
    >>> put_back(laid_out({"dense": {"b": np.zeros(2)}}, arrays), arrays)
    {'dense': {'b': array([0., 0.])}}
    """
    return {k: put_back(v, arrays) if isinstance(v, dict) else arrays[v] for k, v in tree.items()}


# ----- save and load -----


def save(model: Model, path: str | PathLike[str]) -> Path:
    """Write a model; see `Model.save`."""
    path = Path(path)
    arrays: Arrays = {}
    document = {
        "network": describe(model.network),
        "loss": describe(model.loss),
        "params": laid_out(model.params, arrays),
        "history": model.history.to_json(),
        "takes": None if model.takes is None else list(model.takes),
    }
    swap_in(path, pack("model", document, arrays))
    return path


def load(path: str | PathLike[str], network: Chain | None = None, loss: Any = None) -> Model:
    """A model that `model.save` has written.

    Nothing that the file names is imported or run: links are looked up in a list of the functions of
    `chalkgrad.nn` and NumPy.

    Args:
        path: of the file.
        network: the chain, where it has functions of your own, which a file cannot carry.
        loss: likewise; without it `predict` gives the network's output.

    Returns:
        The model, with its history.

    Raises:
        DataError: the file is missing, cut short, damaged, another program's, or of another network.
        ArgumentError: the network has functions of your own, and `network` was not given.

    >>> import tempfile
    >>> from chalkgrad import nn
    >>> net = Chain([nn.Dense(2, nn.tanh)])
    >>> model = Model(net, net.init(np.ones((1, 3))), nn.mean_squared_error)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = load(model.save(f"{folder}/small.safetensors"))
    >>> bool((again(np.ones((1, 3))) == model(np.ones((1, 3)))).all())
    True
    """
    path = Path(path)
    document, arrays = unpack(read(path), "model", path)
    try:
        chain = _network(path, document["network"], network)
        params = put_back(document["params"], arrays)
        judge = loss if loss is not None or others(document["loss"]) else build(document["loss"])
        history = History.from_json(document["history"])
        takes = None if document.get("takes") is None else tuple(int(n) for n in document["takes"])
    except ChalkgradError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DataError(f"{path} does not describe a model: {error!r}") from error
    _check(path, chain.functions, params)
    if network is not None:
        _check_same(path, document["network"], describe(chain))
    return Model(chain, params, judge, history, takes)


def _network(path: Path, description: Any, given: Chain | None) -> Chain:
    own = others(description)
    if given is None and own:
        raise ArgumentError(
            f"{path} has a network with functions that only you have: {', '.join(own)}. "
            "Cure: cg.load(path, network=net), with the chain that was trained"
        )
    if given is None:
        made = build(description)
        if not isinstance(made, Chain):
            raise DataError(f"{path} does not describe a network: it is {type(made).__name__}")
        return made
    if not isinstance(given, Chain):
        raise ArgumentError(f"network={given!r} is no chain. Cure: network=cg.Chain([...])")
    return given


# ----- do parameters and network go together? -----


def _check(path: Path, links: Any, params: Params) -> None:
    wrong = mismatch(links, params)
    if wrong:
        raise DataError(f"{path} has parameters of another network: {wrong}")


def _check_same(path: Path, there: Any, here: Any) -> None:
    """Refuse a chain of other links: with them the parameters would compute something else."""
    found = _differs(there, here)
    if found:
        raise DataError(
            f"{path} has parameters of another network: {found[0]} there, {found[1]} here. Cure: the chain "
            "that was trained"
        )


def _differs(there: Any, here: Any) -> tuple[str, str] | None:
    """The first two parts that differ; functions of a person's own are that person's business."""
    if isinstance(there, dict) and isinstance(here, dict):
        if there.get("link") == here.get("link") == "other":
            return None
        if there.get("link") == here.get("link"):
            both = [k for k in there if k in here]  # an earlier version may have said less
            return next((d for k in both if (d := _differs(there[k], here[k]))), None)
    if isinstance(there, list) and isinstance(here, list) and len(there) == len(here):
        return next((d for a, b in zip(there, here, strict=True) if (d := _differs(a, b))), None)
    return None if there == here else (_in_words(there), _in_words(here))


def _in_words(part: Any) -> str:
    if isinstance(part, dict):
        return str(part.get("name") or part.get("is") or part.get("link"))
    return str(part)


def mismatch(links: Any, params: Params, above: str = "") -> str:
    """What does not fit, in words; nothing if all does."""
    known = dict(named(links))
    extra = [f"{above}{name}" for name in params if name not in known]
    if extra:
        return f"{', '.join(extra)} is no link of the network, which has {', '.join(known)}"
    found = (_link_mismatch(link, params.get(name, {}), f"{above}{name}") for name, link in known.items())
    return next((wrong for wrong in found if wrong), "")


def _link_mismatch(link: Link, own: Params, name: str) -> str:
    inner = parts(link) or getattr(link, "links", ())
    if inner:
        return mismatch(inner, own, f"{name}.")
    if isinstance(link, Layer):
        return _layer_mismatch(link, own, name)
    if own and not hasattr(link, "init"):
        return f"{name} takes no parameters, and the file has {', '.join(k for k, _ in paths(own))} for it"
    return ""


def _layer_mismatch(link: Layer, own: Params, name: str) -> str:
    if set(own) != set(link.shapes):
        return f"{name} has {', '.join(link.shapes) or 'no parameters'}, the file {', '.join(own) or 'none'}"
    for key, shape in link.shapes.items():
        theirs = np.shape(own[key])
        fits = len(theirs) == len(shape) and all(
            s == "in" or s == t for s, t in zip(shape, theirs, strict=True)
        )
        if not fits:
            return f"{name}.{key} has the shape {theirs}, and the network wants {shape}"
    return ""
