"""A training that can be ended from outside; run by tests in processes of their own.

python trainings.py kills ENGINE FOLDER      killed at 30 random moments (10 in NumPy), gone on with each time
python trainings.py interrupt ENGINE         prints the history's last word when it was interrupted
python trainings.py share FILE DEVICES       trains on devices, saves the model
python trainings.py convolve FILE DEVICES    the same with a convolutional network
"""

import os
import random
import select
import signal
import sys
import time
import warnings
from pathlib import Path

import numpy as np

import chalkgrad as cg
from chalkgrad import nn
from chalkgrad.train import checkpoint, epochs
from chalkgrad.train.callbacks import EarlyStopping

RNG = np.random.default_rng(0)
X = RNG.normal(size=(210, 12)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int) + (X[:, 2] > 0)
NET = cg.Chain([nn.Dense(16, nn.relu), nn.BatchNorm(), nn.Dropout(0.2), nn.Dense(3)])
IMAGES = nn.Conv1D(4, 3, nn.relu), nn.MaxPool1D(), nn.Flatten(), nn.Dense(3)
GIVEN = {"loss": nn.softmax_cross_entropy, "optimizer": nn.adam(0.002), "batch_size": 32, "progress": False}


def batches(epoch):
    """An epoch of batches, some of them small, in an order of its own."""
    order = np.random.default_rng(epoch).permutation(len(X))
    for rows in np.split(order, (32, 64, 74, 106, 138, 170, 202)):
        yield X[rows], Y[rows]


def train(engine, count, **given):
    """One training to its end."""
    data = (batches,) if given.pop("streamed", False) else (X, Y)
    stop = EarlyStopping(patience=10**6)
    callbacks = [stop, *given.pop("callbacks", ())]
    held = X[:50], Y[:50]
    return cg.fit(
        NET, *data, epochs=count, engine=engine, validation=held, callbacks=callbacks, **GIVEN | given
    )


def told(line):
    """Tell the parent that an epoch is over, and leave it time to act."""

    def callback(epoch):
        os.write(line, b".")
        time.sleep(0.004)

    return callback


def live(engine, folder, line, count, streamed):
    """A child's life: it goes on with the training, and may be killed in any line of it."""
    checkpoint.SHARE = 0  # write as often as can be: many kills then fall into a write
    epochs.AT_ONCE = 0.003
    given = {"checkpoint": folder / "run.ckpt", "resume": True, "checkpoint_every": 0.0}
    train(engine, count, streamed=streamed, callbacks=[told(line)], **given).save(folder / "end.safetensors")


def one_life(engine, folder, delay, count, streamed):
    """Whether the child was killed."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            live(engine, folder, writes, count, streamed)
            status = 0
        finally:
            os._exit(status)
    os.close(writes)
    select.select([reads], [], [], 120)  # its first epoch is over, or it has ended
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    os.close(reads)
    if not os.WIFSIGNALED(status) and status != 0:
        sys.exit("a child failed")
    return os.WIFSIGNALED(status)


def kills(engine, folder, wanted, streamed):
    """Prints how often it was killed before it came to its end."""
    moments, count, lives = random.Random(1), 16 * wanted, 1
    while one_life(engine, folder, moments.uniform(0.0, 0.06) if lives <= wanted else None, count, streamed):
        lives += 1
    print("killed", lives - 1)
    train(engine, count, streamed=streamed).save(folder / "whole.safetensors")


def interrupt(engine):
    def callback(epoch):
        print(epoch.number, flush=True)

    model = train(engine, 10**6, callbacks=[callback])
    finite = all(np.isfinite(a).all() for a in model.params["dense"].values())
    print(len(model.history), model.history.stopped, finite, flush=True)


def share(file, devices):
    train("xla", 3, devices=devices, shuffle=True).save(file)


def convolve(file, devices):
    data = X[:192, :, None], Y[:192]
    cg.fit(cg.Chain(list(IMAGES)), *data, epochs=3, engine="xla", devices=devices, **GIVEN).save(file)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    verb, rest = sys.argv[1], sys.argv[2:]
    if verb == "kills":
        if rest[0] == "xla":
            import jax

            from chalkgrad.train import xla_engine as xla_engine  # imported before the fork, and not begun

            jax.config.update("jax_compilation_cache_dir", f"{rest[1]}/programs")
            jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
            jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
        kills(rest[0], Path(rest[1]), int(rest[2]), rest[3] == "streamed")
    elif verb == "interrupt":
        interrupt(rest[0])
    else:
        way = {"share": share, "convolve": convolve}[verb]
        way(rest[0], None if rest[1] == "None" else int(rest[1]))
