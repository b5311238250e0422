"""How often a property is tried: a few times in every run, thousands of times when they are asked for."""

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("CHALKGRAD_EXAMPLES", "0")) or None


def often(examples):
    """So many examples, the same ones each time unless `CHALKGRAD_EXAMPLES` says how many."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=EXAMPLES is None,
        database=None,
        print_blob=False,
    )
