"""Several devices, on one host or many: a batch is shared out, parameters are on all of them.

JAX partitions the program; what is summed over the batch is summed over the devices, so that the result is
that of one device up to rounding.
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from chalkgrad.errors import ArgumentError
from chalkgrad.run.xla import X64

AXIS = "batch"


class Devices:
    """The devices that a training runs on.

    Args:
        asked: None for one device, how many, or "all".
        batch_size: which is to be shared out.

    Raises:
        ArgumentError: there are not so many devices, or the batch cannot be shared out evenly.
    """

    def __init__(self, asked: int | str | None, batch_size: int):
        there = jax.devices()
        count = _count(asked, len(there))
        if batch_size % count:
            down, up = batch_size // count * count, -(-batch_size // count) * count
            cure = f"batch_size={down} or {up}" if down else f"batch_size={up}"
            raise ArgumentError(f"{count} devices cannot share a batch of {batch_size} evenly. Cure: {cure}")
        self.count, self.hosts, self.host = count, jax.process_count(), jax.process_index()
        if self.hosts > 1 and count < len(there):
            raise ArgumentError(f"{self.hosts} hosts have {len(there)} devices. Cure: devices='all'")
        self.mesh = Mesh(np.array(there[:count]), (AXIS,)) if count > 1 else None

    @property
    def everywhere(self) -> Any:
        """The sharding of what each device has in full."""
        return None if self.mesh is None else NamedSharding(self.mesh, PartitionSpec())

    def put(self, array: Any) -> Any:
        """A fresh copy of an array, on every device."""
        with X64(True):
            if self.mesh is None:
                return jax.numpy.array(array)
            host = np.array(array)
            return jax.make_array_from_callback(host.shape, self.everywhere, lambda index: host[index])

    def shared_out(self, batch: Any) -> Any:
        """A batch, an equal part on each device; one that cannot be shared evenly is on all of them."""
        if self.mesh is None or len(batch[0]) % self.count:
            return batch
        split = NamedSharding(self.mesh, PartitionSpec(AXIS))
        return jax.tree.map(lambda a: jax.lax.with_sharding_constraint(a, split), batch)

    def fetch(self, array: Any) -> np.ndarray:
        """An array that every device has, as NumPy's."""
        return np.array(array.addressable_data(0) if isinstance(array, jax.Array) else array)

    def agreed(self, decision: bool) -> bool:
        """What the first host has decided: all must do the same."""
        if self.hosts == 1:
            return decision
        from jax.experimental.multihost_utils import broadcast_one_to_all

        return bool(broadcast_one_to_all(np.int32(decision)))

    def alike(self, text: str) -> bool:
        """Whether all hosts have the same text."""
        if self.hosts == 1:
            return True
        import hashlib

        from jax.experimental.multihost_utils import process_allgather

        number = np.frombuffer(hashlib.sha256(text.encode()).digest()[:4], np.int32)
        return len(np.unique(np.asarray(process_allgather(number)))) == 1


def _count(asked: int | str | None, there: int) -> int:
    if asked is None and jax.process_count() == 1:
        return 1
    if asked == "all" or asked is None:
        return there
    if isinstance(asked, bool) or not isinstance(asked, int | np.integer) or asked < 1:
        raise ArgumentError(f"devices={asked!r}. Cure: None for one, a number, or 'all'")
    if asked > there:
        cure = f"devices={there}" + (
            f", or XLA_FLAGS=--xla_force_host_platform_device_count={asked} to try it on this processor"
            if jax.default_backend() == "cpu"
            else ""
        )
        raise ArgumentError(f"devices={asked}, and JAX finds {there}. Cure: {cure}")
    return int(asked)
