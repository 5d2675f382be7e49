"""A sound card for tests: a JACK server without hardware, in real time, of which PortAudio knows nothing special."""

import ctypes.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from softphones import LIMIT, Samples

RATE = 48000
LISTEN = """
import sys, time
import sounddevice
heard = []
stream = sounddevice.RawInputStream(samplerate=48000, blocksize=960, channels=1, dtype="int16",
                                    callback=lambda data, *rest: heard.append(bytes(data)))
with stream:
    print("listening", flush=True)
    sys.stdin.readline()
    heard.clear()
    time.sleep(float(sys.argv[1]))
sys.stdout.buffer.write(b"".join(heard))
"""


class SoundCard:
    """One server; `wires` is what its clients see, `environment` what leads a program to it."""

    def __init__(self, name: str, log: Path) -> None:
        self.environment = {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1", "JACK_NO_AUDIO_RESERVATION": "1"}
        self._name = name
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def plug(self) -> None:
        """The card is there."""
        command = ["jackd", "--no-realtime", "--no-mlock", "-n", self._name, "-d", "dummy"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "-r", str(RATE), "-p", "960", "-C", "1", "-P", "1"],
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
            )
        limit = time.monotonic() + LIMIT
        while not self.wires():
            assert time.monotonic() < limit, self._log.read_text()
            time.sleep(0.05)

    def pull(self) -> None:
        """The card is gone. Not by SIGKILL: a killed server keeps its place among the eight that JACK allows."""
        if self._process:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """The card is there and does not move: whoever waits for it waits for ever."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def wires(self) -> list[str]:
        """The ends that can be wired."""
        return self._run("jack_lsp").split()

    def wire(self, speaker: str, microphone: str) -> None:
        """What comes out of one end goes into another."""
        self._run("jack_connect", speaker, microphone)

    def listen(self, seconds: float) -> Samples:
        """What the softphone plays to its officer."""
        before = set(self.wires())
        (speaker,) = (wire for wire in before if ":out_" in wire)
        with subprocess.Popen(
            [sys.executable, "-c", LISTEN, str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as listener:
            assert listener.stdout is not None
            assert listener.stdin is not None
            assert listener.stdout.readline() == b"listening\n"
            (ear,) = (wire for wire in set(self.wires()) - before if ":in_" in wire)
            self.wire(speaker, ear)
            listener.stdin.write(b"go\n")
            listener.stdin.flush()
            return np.frombuffer(listener.stdout.read(), dtype="<i2").astype(float)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=os.environ | self.environment, capture_output=True, text=True, timeout=LIMIT, check=False
        )
        return done.stdout


@pytest.fixture
def sound_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundCard]:
    """A sound card that programs started by this test have."""
    missing = [name for name in ("jackd", "jack_lsp", "jack_connect") if not shutil.which(name)]
    if missing or not ctypes.util.find_library("portaudio"):
        pytest.skip("a sound card without hardware needs the packages jackd2 and libportaudio2")
    card = SoundCard(f"dutyline-{os.getpid()}-{time.monotonic_ns()}", tmp_path / "jackd.log")
    for name, value in card.environment.items():
        monkeypatch.setenv(name, value)
    card.plug()
    yield card
    card.pull()
