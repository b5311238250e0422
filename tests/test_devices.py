"""Several devices, several hosts, and a hand on Ctrl-C: in processes of their own."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import chalkgrad as cg
from chalkgrad.errors import ArgumentError
from chalkgrad.nn.network import paths
from chalkgrad.train.devices import Devices

PROGRAM = str(Path(__file__).with_name("trainings.py"))
EIGHT = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8"}


def difference(one, other):
    one, other = cg.load(one), cg.load(other)
    pairs = zip(paths(one.params), paths(other.params), strict=True)
    return max(np.abs(a - b).max() for (_, a), (_, b) in pairs)


def started(*arguments, env=None, launcher=()):
    command = [sys.executable, *launcher, PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ends_well(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A model trained on one device."""
    path = tmp_path_factory.mktemp("alone") / "m.safetensors"
    ends_well(started("share", path, None))
    return path


def test_eight_devices_learn_what_one_does(alone, tmp_path):
    ends_well(started("share", tmp_path / "m.safetensors", 8, env=EIGHT))
    assert difference(alone, tmp_path / "m.safetensors") < 1e-4


def test_convolutions_are_shared_out_too(tmp_path):
    files = {count: tmp_path / f"{count}.safetensors" for count in (None, 8)}
    for count, file in files.items():
        ends_well(started("convolve", file, count, env=EIGHT))
    assert difference(files[None], files[8]) < 1e-4


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.mark.parametrize("verb", ["share", "convolve"])
def test_two_hosts_learn_what_one_does(alone, tmp_path, verb):
    address = f"127.0.0.1:{free_port()}"
    files = [tmp_path / f"{k}.safetensors" for k in range(2)]
    launchers = [("-m", "chalkgrad.train.hosts", address, "2", str(k)) for k in range(2)]
    hosts = [started(verb, f, None, launcher=way) for f, way in zip(files, launchers, strict=True)]
    try:
        for host in hosts:
            ends_well(host)
    finally:
        for host in hosts:
            host.kill()
    assert difference(*files) == 0
    if verb == "share":
        assert difference(alone, files[0]) < 1e-4


def test_devices_that_are_not_there_or_cannot_share():
    with pytest.raises(ArgumentError, match=r"devices=99, and JAX finds \d+. Cure: devices="):
        Devices(99, 99)
    with pytest.raises(ArgumentError, match="Cure: None for one, a number, or 'all'"):
        Devices("both", 32)
    code = "from chalkgrad.train.devices import Devices; Devices(8, 30)"
    ran = subprocess.run([sys.executable, "-c", code], env=EIGHT, capture_output=True, text=True)
    assert "8 devices cannot share a batch of 30 evenly. Cure: batch_size=24 or 32" in ran.stderr


def test_the_launcher_says_how_it_is_used():
    for wrong in (["1.2.3.4:5"], ["1.2.3.4:5", "2", "2", "x.py"], ["1.2.3.4", "2", "0", "x.py"]):
        ran = subprocess.run(
            [sys.executable, "-m", "chalkgrad.train.hosts", *wrong], capture_output=True, text=True
        )
        assert ran.returncode == 1
        assert "ADDRESS:PORT HOSTS NUMBER" in ran.stderr


@pytest.mark.parametrize("engine", ["xla", "numpy"])
def test_ctrl_c_keeps_what_was_learnt(engine):
    process = started("interrupt", engine)
    try:
        for _ in range(3):
            assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        last = ends_well(process).splitlines()[-1].split()
    finally:
        process.kill()
    assert int(last[0]) >= 3
    assert last[1:3] == ["interrupted", "in"]
    assert last[-1] == "True"
