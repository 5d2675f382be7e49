"""SIP telephones for tests: real ones (pjsua2 in their own processes) that play and record distinct signals."""

import itertools
import os
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from telephony.softphone.client import Softphone
from telephony.softphone.commands import Configuration, Sound, SoundKind
from telephony.softphone.events import Event, EventKind, Incoming

Samples = npt.NDArray[np.float64]

RATE = 8000
LIMIT = 40.0
"""Seconds after which a phone that says nothing has failed, on a machine however busy."""
HEARD, UNHEARD = 0.7, 0.3
CALLER, OFFICER, SECOND_OFFICER = 1, 2, 3
"""Seeds of the signals: whoever plays one is known by it."""

_addresses: Iterator[int] = itertools.count(1)


def loopback() -> str:
    """An address of this machine that no other test uses: processes differ in the middle, calls at the end."""
    pid = os.getpid()
    return f"127.{64 + (pid >> 8) % 128}.{pid % 256}.{next(_addresses) % 254 + 1}"


def voice(seed: int, seconds: float) -> Samples:
    """Syllables of noise within the telephone band: like speech in rhythm, like nothing else in its wave."""
    rng = np.random.default_rng(seed)
    length = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(length))
    frequency = np.fft.rfftfreq(length, 1 / RATE)
    spectrum[(frequency < 300) | (frequency > 3200)] = 0
    noise = np.fft.irfft(spectrum, length)
    at = np.arange(length) / RATE
    syllables = np.clip(1.5 * np.sin(np.pi * (3.3 + 0.2 * seed) * at) ** 2, 0.05, 1)
    return np.asarray(noise / np.std(noise) * syllables * 3500)


def write(path: Path, samples: Samples) -> Path:
    """A 16-bit mono WAV of 8 kHz."""
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())
    return path


def read(path: Path) -> Samples:
    """The samples of a WAV of 8 kHz: shape (n,) for one channel, (n, channels) for more."""
    with wave.open(str(path), "rb") as reader:
        assert reader.getframerate() == RATE, f"{path}: {reader.getframerate()} Hz"
        data = np.frombuffer(reader.readframes(reader.getnframes()), dtype="<i2").astype(float)
        return np.asarray(data if reader.getnchannels() == 1 else data.reshape(-1, reader.getnchannels()))


def seconds(path: Path) -> float:
    """The length of a WAV as its header tells it."""
    with wave.open(str(path), "rb") as reader:
        return reader.getnframes() / reader.getframerate()


def correlate(leg: Samples | Path, source: Samples | Path, *, window: float = 0.5, most: int = 20) -> float:
    """How much of `leg` is `source`, 0 to 1: the median over at most `most` of its windows that are not silent.

    Each window is looked for anywhere in the source, so a lost or doubled packet spoils one window only.
    """
    heard = read(leg) if isinstance(leg, Path) else leg
    played = read(source) if isinstance(source, Path) else source
    size = int(window * RATE)
    length = 1 << (len(played) + size).bit_length()
    spectrum = np.fft.rfft(played, length)
    power = np.concatenate(([0.0], np.cumsum(played**2)))
    energy = np.sqrt(np.maximum(power[size:] - power[:-size], 1.0))
    parts = [heard[start : start + size] for start in range(0, len(heard) - size + 1, size)]
    loud = [part for part in parts if np.linalg.norm(part) / np.sqrt(size) > 100]
    found = []
    for part in loud[:: max(1, len(loud) // most)]:
        product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(part, length)), length)[: len(energy)]
        found.append(float(np.max(np.abs(product) / energy)) / float(np.linalg.norm(part)))
    return float(np.median(found)) if found else 0.0


def assert_heard(leg: Samples | Path, source: Samples | Path, *others: Samples | Path) -> None:
    """`leg` is `source` and none of `others`."""
    share = correlate(leg, source)
    assert share > HEARD, f"the leg correlates with its source by {share:.2f} only"
    for other in others:
        share = correlate(leg, other)
        assert share < UNHEARD, f"the leg correlates with another source by {share:.2f}"


class Phone:
    """A real SIP telephone: plays `voice(seed)` into each call and records what it hears, under `folder`.

    Without `register` it is a carrier or a desk known by its address. Use as a context manager.
    """

    def __init__(
        self,
        folder: Path,
        user: str,
        *,
        domain: str = "127.0.0.1:5060",
        seed: int = CALLER,
        length: float = 30,
        password: str = "",
        register: bool = False,
        bind: str = "",
        port: int = 0,
        loop: bool = True,
        codecs: tuple[str, ...] = ("PCMA", "PCMU"),
        display_name: str = "",
        display_name_hex: str = "",
        privacy: bool = False,
    ) -> None:
        self.folder = folder
        self.user = user
        self.source = write(folder / f"{user}-{seed}-says.wav", voice(seed, length))
        self.softphone = Softphone(
            Configuration(
                user=user,
                domain=domain,
                password=password,
                register=register,
                bind=bind or loopback(),
                port=port,
                sound=Sound(
                    kind=SoundKind.FILE,
                    play=str(self.source),
                    record=str(folder / f"{user}-{seed}-heard-{{call}}.wav"),
                    loop=loop,
                ),
                codecs=codecs,
                display_name=display_name,
                display_name_hex=display_name_hex,
                privacy=privacy,
            )
        )
        self.address = ""
        """Where it can be called directly, once it is ready."""

    def __enter__(self) -> Self:
        self.softphone.start()
        try:
            ready = self.softphone.wait_for(EventKind.READY, LIMIT)
            self.address = f"sip:{self.user}@{ready.address}:{ready.port}"
            if self.softphone.configuration.register:
                self.wait(EventKind.REGISTERED)
        except BaseException:
            self.softphone.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.softphone.close()
        if not error and not self.softphone.gone:
            assert self.softphone.exit_code in {0, -9}, f"the telephone of {self.user} did not end well"

    def wait(self, kind: EventKind, call: str = "", limit: float = LIMIT) -> Event:
        """The next event of that kind; raises after `limit` seconds."""
        return self.softphone.wait_for(kind, limit, call=call)

    def incoming(self, limit: float = LIMIT) -> Incoming:
        """The next call that rings here."""
        event = self.wait(EventKind.INCOMING, limit=limit)
        assert isinstance(event, Incoming)
        return event

    def pick_up(self, limit: float = LIMIT) -> str:
        """Answer the next call that rings here; returns its name once both sides can hear."""
        call = self.incoming(limit).call
        self.softphone.answer(call)
        self.wait(EventKind.MEDIA, call, limit)
        return call

    def dial(self, target: str) -> str:
        """Call; returns the name of the call at once."""
        return self.softphone.dial(target)

    def hang_up(self, call: str) -> Event:
        """End a call; returns its end."""
        self.softphone.hangup(call)
        return self.wait(EventKind.ENDED, call)

    def heard(self, call: str) -> Path:
        """What was heard in a call, complete once it has ended."""
        return Path(self.softphone.configuration.sound.record.replace("{call}", call))

    def hear(self, call: str, seconds: float) -> None:
        """Wait until that many seconds more have been recorded of a running call."""
        file = self.heard(call)
        before = file.stat().st_size if file.exists() else 0
        limit = time.monotonic() + LIMIT
        while not file.exists() or file.stat().st_size < before + seconds * 2 * RATE:
            assert time.monotonic() < limit, f"{self.user} hears nothing in call {call}"
            time.sleep(0.05)
