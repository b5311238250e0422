"""Naming habits: which name is a derivative's, and of what; what a parameter is likely to hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

# ----- names of functions -----

MARKERS = frozenset(
    "prime primes derivative derivatives deriv derivs derivate derived derivation der differential"
    " grad grads gradient gradients backward backwards backprop backpropagate backpropagation bwd bprop"
    " slope jacobian jac vjp d dx dz dy da ddx dwrt delta nabla partial back".split()
)
SECOND = frozenset(
    "grad2 gradient2 hess hessian prime2 d2 deriv2 derivative2 second double curvature".split()
)
FILLERS = frozenset(
    "of for wrt the fn func function calc calculate compute computes computed get eval evaluate pass"
    " step by respect to with and numpy np forward fwd forwards propagation forwardprop manual analytic"
    " analytical vectorized fprop return returns input inputs op".split()
)
OPTIONAL = frozenset(
    "loss cost activation activations error layer objective criterion transfer nonlin nonlinearity"
    " linearity value output".split()
)
SYNONYMS = {
    "bce": ("binary", "cross", "entropy"),
    "ce": ("cross", "entropy"),
    "cce": ("categorical", "cross", "entropy"),
    "crossentropy": ("cross", "entropy"),
    "mse": ("mean", "squared", "error"),
    "mae": ("mean", "absolute", "error"),
    "rmse": ("root", "mean", "squared", "error"),
    "sse": ("sum", "squared", "error"),
    "square": ("squared",),
    "abs": ("absolute",),
    "logistic": ("sigmoid",),
    "sigm": ("sigmoid",),
    "leakyrelu": ("leaky", "relu"),
    "lrelu": ("leaky", "relu"),
    "errors": ("error",),
    "logloss": ("log", "loss"),
}
BARE = frozenset(
    "forward __call__ fn f func function activation activate call apply compute value evaluate loss"
    " cost objective _output output calculate J fprop energy loss_fn cost_fn forward_pass _forward act"
    " transform fwd criterion feedforward forward_propagation _loss _call op compute_loss compute_cost"
    " cost_function loss_function".split()
)
AROUND = re.compile(r"^d_?(?P<of>[A-Za-z]\w*?)_?(?:_d_?|_wrt_|_by_|_over_d)(?P<by>\w{1,12})$")
ABOUT = re.compile(
    r"\b(?:derivatives?|gradients?|slopes?|backward(?: pass)?|jacobian)\s+(?:of|for)\s+(?:the\s+|an?\s+)?"
    r"(?P<of>[\w\- ]+)",
    re.IGNORECASE,
)


def words(name: str) -> tuple[str, ...]:
    """
    >>> words("sigmoidPrime"), words("_input_grad"), words("MSELoss")
    (('sigmoid', 'prime'), ('input', 'grad'), ('mse', 'loss'))
    """
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    parted = re.sub(r"([A-Z]{2,})([A-Z][a-z])", r"\1_\2", parted)
    return tuple(w for w in re.split(r"[_\W]+", parted.lower()) if w)


def spread(parts: Iterable[str]) -> tuple[str, ...]:
    """Abbreviations written out, so that `bce` is `binary_cross_entropy`."""
    return tuple(w for part in parts for w in SYNONYMS.get(part, (part,)))


def stem(name: str) -> tuple[str, ...]:
    """What a function is about: its words without what every function may be called."""
    parts = spread(words(name))
    return tuple(w for w in parts if w not in FILLERS) or parts


def short(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(w for w in parts if w not in OPTIONAL)


def variable(name: str) -> str:
    """What a name says is differentiated by: the x of `df_dx`."""
    around = AROUND.match(name)
    return around["by"] if around else ""


def is_second(name: str) -> bool:
    return bool(set(words(name)) & SECOND) or bool(
        re.search(r"(?:^|_)d2|''|_pp$|prime_prime|primeprime", name)
    )


def abouts(name: str, known: Iterable[str]) -> list[tuple[str, ...]]:
    """What a name is the derivative of, as words, the likeliest first; nothing: it is no derivative's name.

    >>> abouts("d_relu", []), abouts("drelu", ["relu"]), abouts("dense", ["relu"])
    ([('relu',)], [('relu',)], [])
    """
    found: list[tuple[str, ...]] = []
    around = AROUND.match(name)
    if around:
        found.append(stem(around["of"]))
    parts = words(name)
    if any(w in MARKERS or w in SECOND for w in parts):
        kept = [w for w in parts if w not in MARKERS and w not in SECOND]
        found += [stem(k) for k in known if words(k) == tuple(kept)]
        found.append(tuple(w for w in spread(kept) if w not in FILLERS))
    plain = name.lower().replace("_", "")
    for other in known:
        whole = other.lower().replace("_", "")
        rest = plain.removeprefix(whole) if plain.startswith(whole) else plain.removesuffix(whole)
        fused = rest != plain and (rest in MARKERS or rest in ("derivativeof", "gradof", "gradientof", "p"))
        if whole and fused and (len(whole) > 1 or rest != "p"):
            found.append(stem(other))
    return list(dict.fromkeys(found))


# ----- names of parameters -----

LABELS = frozenset(
    "t target targets y_true ytrue true label labels truth actual actuals expected desired gt"
    " ground_truth y_actual y_target t_true true_y y_t real tgt y_label y_labels one_hot onehot"
    " onehot_labels t_onehot expected_output true_labels y_real correct ys".split()
)
PREDICTIONS = re.compile(
    r"pred|hat|prob|logit|score|^(a|al|a2|p|q|h|z|o|x|out|outs|output|outputs|yp|u|s|y_out|estimate\w*|inputs?)$",
    re.I,
)
PARAMETERS = re.compile(
    r"^(w\d*|weights?\d*|theta\d*|b\d*|bias(es)?\d*|beta\d?|gamma|coef\w*|params?|parameters|kernels?)$", re.I
)
UPSTREAM = re.compile(
    r"grad|upstream|delta|^err(or)?s?$|_err(or)?$|^d_?(out|outs|output|outputs|values?|next|loss|activation|act|up|last|scores?|error|cost)$"
    r"|^d_?[A-Za-z]\d?$|^d[A-Z]_?\w*$|^d[lj]_?d\w+$|^d_[a-z]\w*$|^(g|gy|gout|vec|seed|chain|incoming|top|output_error|loss_wrt_output|dldy|accum\w*|cotangent|ct)$"
)
CACHES = re.compile(r"cache|^ctx$|context|saved|memory|^tape$|state$")
OUTPUTS = re.compile(
    r"^(out|output|outputs|a|s|y|act|activated|activation|activations|result|softmax_output|sig|sigma|fx|f_x|y_hat|value|probs?|softmax|sigmoid)$",
    re.I,
)
RATES = re.compile(r"^(lr|learning_rate|eta|rate|step_size|learn_rate|learning_rate\w*)$")


def is_upstream(name: str) -> bool:
    return bool(UPSTREAM.search(name))


def labels_among(names: list[str]) -> set[str]:
    """The parameters that hold what is to be predicted: nobody differentiates by them.

    >>> labels_among(["y", "y_hat"]), labels_among(["y", "t"]), labels_among(["a", "b"])
    ({'y'}, {'t'}, set())
    """
    found = {
        n
        for n in names
        if n.lower() in LABELS or re.search(r"true|target|label|truth|onehot|one_hot", n.lower())
    }
    if found:
        return found
    return (
        {n for n in names if n in ("y", "Y", "Y_train", "y_train", "yb", "y_batch", "Y_batch")}
        if len(names) > 1
        else set()
    )


def is_log_loss(name: str) -> bool:
    """Whether a gradient by the logits may be meant where the function takes probabilities."""
    parts = set(spread(words(name)))
    return bool(
        parts
        & {"entropy", "cross", "nll", "likelihood", "log", "logloss", "bernoulli", "logistic", "softmax"}
    )
