"""The officer's own ears and mouth: this machine's sound device, tied to the calls through two small rings.

Two clocks meet here, the library's and the sound card's. Each ring hands out sound only once `TARGET` of it is there,
and skips ahead when more than `MOST` has gathered: never more than that late, silence when there is nothing.
"""

import logging
from typing import Any

import pjsua2 as pj

from telephony.softphone.commands import SoundKind
from telephony.softphone.events import SoundState

log = logging.getLogger(__name__)

FRAME = 0.02
TARGET = 0.06
MOST = 0.2
RATES = (8000, 48000, 44100, 16000)
"""The telephone's own rate first; some devices know only their own, then the library resamples."""


class Ring:
    """Bytes between one writer and one reader in different threads: no lock, no allocation of buffers, no waiting."""

    def __init__(self, target: int, most: int) -> None:
        self._size = most * 2
        self._bytes = memoryview(bytearray(self._size))
        self._silence = memoryview(bytes(self._size))
        self._target = target
        self._most = most
        self._written = 0
        self._taken = 0
        self._flowing = False

    def write(self, data: memoryview) -> None:
        """Put `data` behind what is there; at most `most` bytes at once."""
        at, length = self._written % self._size, len(data)
        first = min(length, self._size - at)
        self._bytes[at : at + first] = data[:first]
        self._bytes[: length - first] = data[first:]
        self._written += length

    def read(self, into: memoryview) -> None:
        """Fill `into` with the oldest bytes, or with silence until `target` bytes have gathered."""
        wanted, there = len(into), self._written - self._taken
        if there > self._most:
            self._taken = self._written - self._target
            there = self._target
        self._flowing = there >= (wanted if self._flowing else self._target)
        if not self._flowing:
            into[:] = self._silence[:wanted]
            return
        at = self._taken % self._size
        first = min(wanted, self._size - at)
        into[:first] = self._bytes[at : at + first]
        into[first:] = self._bytes[: wanted - first]
        self._taken += wanted


class _Port(pj.AudioMediaPort):  # type: ignore[misc]  # an untyped library
    """The device as the conference bridge sees it; called 50 times a second from the library's clock thread."""

    def __init__(self, rate: int, speaker: Ring, microphone: Ring) -> None:
        super().__init__()
        self._speaker, self._microphone = speaker, microphone
        self._spoken = bytearray(int(rate * FRAME) * 2)
        shape = pj.MediaFormatAudio()
        shape.type = pj.PJMEDIA_TYPE_AUDIO
        shape.clockRate, shape.channelCount, shape.bitsPerSample = rate, 1, 16
        shape.frameTimeUsec = int(FRAME * 1_000_000)
        self.createPort("sound device", shape)

    def onFrameRequested(self, frame: "pj.MediaFrame") -> None:  # noqa: N802 - the library's names
        """What the officer says, to the calls."""
        self._microphone.read(memoryview(self._spoken))
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        frame.buf = pj.ByteVector(self._spoken)

    def onFrameReceived(self, frame: "pj.MediaFrame") -> None:  # noqa: N802
        """What the calls say, to the officer."""
        if frame.type == pj.PJMEDIA_FRAME_TYPE_AUDIO:
            self._speaker.write(memoryview(bytes(frame.buf)))


class Device:
    """An open sound device; `port` is its side towards the calls."""

    def __init__(self, stream: Any, port: _Port) -> None:
        self._stream = stream
        self.port = port

    def close(self) -> None:
        """Stop the device, then let go of the port: no callback may find it gone."""
        self._stream.close()
        del self.port


def open_device(kind: SoundKind) -> tuple[Device | None, SoundState]:
    """The sound device when `kind` asks for it, and what there really is: without a device the sound is null."""
    if kind is not SoundKind.DEVICE:
        return None, SoundState(sound=kind)
    try:
        import sounddevice  # noqa: PLC0415 - without PortAudio the import itself fails
    except (ImportError, OSError) as error:
        reason = f"no sound: {error}; install the package libportaudio2"
        return None, SoundState(sound=SoundKind.NULL, reason=reason)
    last = "no sound device was found"
    for rate in RATES:
        try:
            return _open(sounddevice, rate), SoundState(sound=SoundKind.DEVICE)
        except (sounddevice.PortAudioError, ValueError) as error:
            last = str(error)
    log.warning("sound device: %s", last)
    reason = f"no sound: {last}; connect a headset, or check the sound settings of this machine"
    return None, SoundState(sound=SoundKind.NULL, reason=reason)


def _open(sounddevice: Any, rate: int) -> Device:
    second = rate * 2
    speaker = Ring(int(second * TARGET), int(second * MOST))
    microphone = Ring(int(second * TARGET), int(second * MOST))

    def exchange(heard: Any, to_play: Any, _frames: int, _time: Any, _status: Any) -> None:
        microphone.write(memoryview(heard).cast("B"))
        speaker.read(memoryview(to_play).cast("B"))

    stream = sounddevice.RawStream(
        samplerate=rate, blocksize=int(rate * FRAME), channels=1, dtype="int16", latency="low", callback=exchange
    )
    port = _Port(rate, speaker, microphone)
    stream.start()
    return Device(stream, port)
