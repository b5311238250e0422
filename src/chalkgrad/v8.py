"""The one embedded JavaScript engine: KaTeX for formulas, Graphviz for layouts, both at build time.

It starts at the first call and closes at exit (left open, V8 hangs one process in five on its way out). Each
call has limits of time and memory. An engine that dies is replaced once; a second death in the same call
raises, so it costs one figure, not the build. V8's threads do not survive a fork: never call it before one.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import json
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from chalkgrad import web
from chalkgrad.errors import EngineError

MEMORY = 512 * 2**20  # bytes of V8 heap
FORMULA_SECONDS = 5.0
LAYOUT_SECONDS = 30.0
MOST_PREPARED = 4096

_lock = threading.RLock()
_racer: Any = None  # py_mini_racer.MiniRacer, once it runs
_prepared: dict[str, str] = {}  # formulas that were set many at a time
_loaded: set[str] = set()  # assets that it has read
_lost_to_fork = False


# ----- what it is for -----


@lru_cache(maxsize=4096)
def math_html(latex: str, display: bool = False) -> str:
    r"""Our own LaTeX as HTML with MathML; `\htmlData{node=12}{…}` ties a part of it to a node.

    Args:
        latex: LaTeX that a printer of ours made.
        display: set on a line of its own.

    Raises:
        EngineError: KaTeX could not read it; the message is KaTeX's.
    """
    return (_prepared.get(latex) if not display else None) or _set("setOurs", latex, display)


def prepare(formulas: Iterable[str]) -> None:
    """Set many formulas of our own in one call: asking V8 costs more than setting.

    What fails is left to `math_html`.
    """
    wanted = [latex for latex in dict.fromkeys(formulas) if latex not in _prepared]
    if not wanted:
        return
    code = f"JSON.stringify({json.dumps(wanted)}.map(latex => setOurs(latex, false)))"
    answers = json.loads(_tried("katex.js", code, "setOurs", FORMULA_SECONDS * (1 + len(wanted) / 100)))
    if len(_prepared) > MOST_PREPARED:
        _prepared.clear()
    _prepared.update({latex: a["html"] for latex, a in zip(wanted, answers, strict=True) if "html" in a})


@lru_cache(maxsize=4096)
def author_math_html(latex: str, display: bool = False) -> str:
    r"""An author's LaTeX as HTML with MathML; it can make no links, images, classes or data attributes.

    Raises:
        EngineError: KaTeX could not read it; the message is KaTeX's.
    """
    return _set("setAuthors", latex, display)


def layout(dot: str) -> dict[str, Any]:
    """A graph in the dot language, laid out: Graphviz's JSON with positions, sizes and splines.

    Raises:
        EngineError: Graphviz could not read it, or took too long.
    """
    return json.loads(_layout(dot))


def evaluate(script: str, seconds: float = 10.0) -> Any:
    """The last value of a script: numbers, strings, arrays, objects; NaN, ±Infinity and −0 survive.

    Raises:
        EngineError: the script threw, or went past its limits.
    """
    return _revive(json.loads(_call("evaluate.js", "runScript", script, seconds=seconds)))


def compute(graph: Mapping[str, Any], inputs: Sequence[Sequence[float]], seconds: float = 10.0) -> list[Any]:
    """The entries of every node of a graph, in order, as a page's script computes them.

    Args:
        graph: what `graph_json.graph_to_json` wrote.
        inputs: the entries of each of the graph's inputs, flat.

    Raises:
        EngineError: an operation has no kernel, a kernel refused, or it went past its limits.
    """
    return _revive(json.loads(_call("compute.js", "computeGraph", graph, inputs, seconds=seconds)))


def number_text(value: float, dtype: str = "<f8") -> str:
    """A number as a page's script writes it; see `render.numbers.number`."""
    return _call("compute.js", "numberText", float(value), dtype, seconds=FORMULA_SECONDS)


def close() -> None:
    """Ends the engine; the next call starts a new one."""
    global _racer
    with _lock:
        racer, _racer = _racer, None
        _loaded.clear()
        if racer is not None:
            racer.close()


# ----- how -----


def _set(function: str, latex: str, display: bool) -> str:
    answer = json.loads(_call("katex.js", function, latex, display, seconds=FORMULA_SECONDS))
    if "error" in answer:
        raise EngineError(f"{answer['error']} (in the formula {latex!r})")
    return answer["html"]


@lru_cache(maxsize=512)
def _layout(dot: str) -> str:
    answer = json.loads(_call("graphviz.js", "layOut", dot, seconds=LAYOUT_SECONDS))
    if "error" in answer:
        raise EngineError(f"Graphviz: {answer['error'].strip()} (in {dot[:200]!r})")
    return answer["json"]


def _call(asset: str, function: str, *args: Any, seconds: float) -> str:
    """Calls a function of one asset, if need be on a second engine; the answer is its JSON."""
    code = f"(r => typeof r === 'string' ? r : JSON.stringify(r))({function}(...{json.dumps(args)}))"
    return _tried(asset, code, function, seconds)


def _tried(asset: str, code: str, function: str, seconds: float) -> str:
    """Runs a script, if need be on a second engine."""
    with _lock:
        try:
            return _run(asset, code, function, seconds)
        except _deaths():
            close()
        try:
            return _run(asset, code, function, seconds)
        except _deaths() as error:
            close()
            raise EngineError(f"the JavaScript engine died twice in {function}: {error!r}") from error


def _deaths() -> tuple[type[BaseException], ...]:
    """What mini-racer raises when V8 itself is gone, as against an error of the script."""
    from asyncio import CancelledError
    from concurrent.futures import CancelledError as FutureCancelledError

    return (OSError, ValueError, AssertionError, CancelledError, FutureCancelledError)


def _run(asset: str, code: str, function: str, seconds: float) -> str:
    """One try. An error of the script and a broken limit are final; whatever else comes out is V8's death."""
    from py_mini_racer import JSEvalException, JSOOMException, JSTimeoutException

    try:
        racer = _engine(asset)
    except (JSTimeoutException, JSOOMException, JSEvalException) as error:
        close()
        raise EngineError(f"the JavaScript engine could not load {asset}: {_first_line(error)}") from error
    try:
        return racer.eval(code, timeout_sec=seconds, max_memory=MEMORY)
    except (JSTimeoutException, JSOOMException) as error:
        _settle(racer)
        close()
        limit = f"{seconds:g} s" if isinstance(error, JSTimeoutException) else f"{MEMORY // 2**20} MiB"
        raise EngineError(f"{function} took more than {limit} and was stopped") from None
    except JSEvalException as error:
        raise EngineError(f"{function}: {_first_line(error)}") from None


def _settle(racer: Any) -> None:
    """Waits until V8 has reported the end of what was stopped; closed sooner, it would report to nobody."""
    with contextlib.suppress(Exception):
        racer.eval("0", timeout_sec=FORMULA_SECONDS)


def _engine(asset: str) -> Any:
    """The engine with that asset loaded, started if need be."""
    global _racer
    if _lost_to_fork:
        raise EngineError(
            "V8 does not survive a fork: draw first and fork later, or start the child by spawn"
        )
    if _racer is None:
        _racer = _start()
    if asset not in _loaded:
        _racer.eval(web.text(asset), timeout_sec=LAYOUT_SECONDS)
        if asset == "graphviz.js":
            _racer.eval("loadGraphviz()").get(timeout=LAYOUT_SECONDS)
        _loaded.add(asset)
    return _racer


def _start() -> Any:
    """A new engine. Made in another thread: mini-racer would adopt a running event loop, and a notebook
    has one: then no call could have a time limit.
    """
    import concurrent.futures

    from py_mini_racer import MiniRacer

    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        return thread.submit(MiniRacer).result()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__


_SPECIAL = {"\0NaN": float("nan"), "\0Infinity": float("inf"), "\0-Infinity": float("-inf"), "\0-0": -0.0}


def _revive(value: Any) -> Any:
    """Undoes the marks that evaluate.ts puts on what JSON cannot say."""
    if isinstance(value, str):
        return _SPECIAL.get(value, value)
    if isinstance(value, list):
        return [_revive(item) for item in value]
    if isinstance(value, dict):
        return {key: _revive(item) for key, item in value.items()}
    return value


def _forget_after_fork() -> None:
    """In the child V8 has no threads left: to close it there, or let it be collected, would hang."""
    global _racer, _lost_to_fork, _lock
    if _racer is not None:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(_racer))
        _lost_to_fork = True
    _racer, _lock = None, threading.RLock()


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
