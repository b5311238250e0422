"""What XLA is told about a program, beyond what it chooses by itself."""

from __future__ import annotations

from functools import cache

import jax

from chalkgrad.graph import Graph

# On the CPU, XLA leaves convolutions to a library whose own take twice as long as XLA's (JAX 0.10: 5.1 ms
# against 2.6 ms for 64 pictures of 14 × 14, 32 to 64 channels); its products of matrices and sums are good.
KEPT = ("DOT", "INDIVIDUAL_DOT")
OWN_CONVOLUTIONS = {
    "xla_cpu_experimental_ynn_fusion_type": ",".join(f"LIBRARY_FUSION_TYPE_{name}" for name in KEPT)
}


def options_for(graph: Graph) -> dict[str, str] | None:
    """Options for `jax.jit` of a graph; None where there are none to give."""
    if not _convolves(graph) or jax.default_backend() != "cpu" or not _known():
        return None
    return dict(OWN_CONVOLUTIONS)


def _convolves(graph: Graph) -> bool:
    bodies = [n.params["body"].graph for n in graph.nodes if "body" in n.params]
    names = {n.op.name for n in graph.nodes if n.op is not None}
    return "conv" in names or any(map(_convolves, bodies))


@cache
def _known() -> bool:
    """Whether this version of XLA knows the options: they have no promise of staying."""
    try:
        jax.jit(lambda x: x, compiler_options=dict(OWN_CONVOLUTIONS)).lower(0.0).compile()
    except jax.errors.JaxRuntimeError:
        return False
    return True
