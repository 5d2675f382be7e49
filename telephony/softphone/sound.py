"""The officer's own ears and mouth: this machine's sound device, tied to the calls through two small rings.

Two clocks meet here, the library's and the sound card's. Each ring hands out sound only once `TARGET` of it is there,
and skips ahead when more than `MOST` has gathered: never more than that late, silence when there is nothing.
"""

import logging
import threading
from typing import Any

import pjsua2 as pj

from telephony.softphone.commands import SoundKind
from telephony.softphone.events import SoundState

log = logging.getLogger(__name__)

FRAME = 0.02
TARGET = 0.06
MOST = 0.2
LOOK_EVERY = 5.0
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


class Stream:
    """An open sound device, between its two rings. Every method may hang with a device that is ill."""

    def __init__(self, library: Any, rate: int) -> None:
        second = rate * 2
        self.rate = rate
        self.speaker = Ring(int(second * TARGET), int(second * MOST))
        self.microphone = Ring(int(second * TARGET), int(second * MOST))
        self._exchanged = self._seen = 0
        self._stream = library.RawStream(
            samplerate=rate,
            blocksize=int(rate * FRAME),
            channels=1,
            dtype="int16",
            latency="low",
            callback=self._exchange,
        )
        self._stream.start()

    def alive(self) -> bool:
        """Whether sound has flowed since the last question; a headset that was pulled out asks for nothing any more."""
        flowed = self._exchanged != self._seen
        self._seen = self._exchanged
        return flowed

    def close(self) -> None:
        """Let go of the device."""
        self._stream.abort()
        self._stream.close()

    def _exchange(self, heard: Any, to_play: Any, _frames: int, _time: Any, _status: Any) -> None:
        """PortAudio's thread."""
        self._exchanged += 1
        self.microphone.write(memoryview(heard).cast("B"))
        self.speaker.read(memoryview(to_play).cast("B"))


class Keeper:
    """Opens the sound device, watches it, opens it again when it went away: in a thread of its own.

    PortAudio may wait for ever on a device that has died; then there is no sound any more, but still a telephone.
    """

    def __init__(self) -> None:
        self.stream: Stream | None = None
        self.state = SoundState(sound=SoundKind.NULL, reason="no sound yet: the sound device does not answer")
        self._library: Any = None
        self._looked = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="sound", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the first look at the device is over, or has taken too long."""
        self._looked.wait(LOOK_EVERY)

    def close(self) -> None:
        """Let go of the device; an ill one is left behind."""
        self._stop.set()
        self._thread.join(LOOK_EVERY)
        if self._thread.is_alive():
            log.warning("sound device: it does not let go and is left behind")

    def _keep(self) -> None:
        while self._open():
            self._looked.set()
            self._watch()
            if self._stop.is_set():
                return
        self._looked.set()

    def _watch(self) -> None:
        """Until the device is gone, or may be there again, or is needed no more."""
        while not self._stop.wait(LOOK_EVERY):
            if self.stream is None:
                return
            if not self.stream.alive():
                self.state = _nothing("the sound device has stopped")
                break
        stream, self.stream = self.stream, None
        if stream:
            stream.close()

    def _open(self) -> bool:
        """Try the device; False when there is no use in trying again."""
        try:
            import sounddevice  # noqa: PLC0415 - without PortAudio the import itself fails
        except (ImportError, OSError) as error:
            reason = f"no sound: {error}; install the package libportaudio2 and start again"
            self.state = SoundState(sound=SoundKind.NULL, reason=reason)
            return False
        if self._library is not None:
            # PortAudio sees the devices that there were when it began.
            sounddevice._terminate()  # noqa: SLF001
            sounddevice._initialize()  # noqa: SLF001
        self._library = sounddevice
        for rate in RATES:
            try:
                self.stream = Stream(sounddevice, rate)
            except (sounddevice.PortAudioError, ValueError) as error:
                last = str(error)
            else:
                self.state = SoundState(sound=SoundKind.DEVICE)
                return True
        self.state = _nothing(last)
        return True


class _Port(pj.AudioMediaPort):  # type: ignore[misc]  # an untyped library
    """The device as the conference bridge sees it; called 50 times a second from the library's clock thread."""

    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self.rate = stream.rate
        self.take(stream)
        self._spoken = bytearray(int(self.rate * FRAME) * 2)
        shape = pj.MediaFormatAudio()
        shape.type = pj.PJMEDIA_TYPE_AUDIO
        shape.clockRate, shape.channelCount, shape.bitsPerSample = self.rate, 1, 16
        shape.frameTimeUsec = int(FRAME * 1_000_000)
        self.createPort("sound device", shape)

    def take(self, stream: Stream) -> None:
        """Another stream of the same rate takes the place of one that has died."""
        self._speaker, self._microphone = stream.speaker, stream.microphone

    def onFrameRequested(self, frame: "pj.MediaFrame") -> None:  # noqa: N802 - the library's names
        """What the officer says, to the calls."""
        self._microphone.read(memoryview(self._spoken))
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        frame.buf = pj.ByteVector(self._spoken)

    def onFrameReceived(self, frame: "pj.MediaFrame") -> None:  # noqa: N802
        """What the calls say, to the officer."""
        if frame.type == pj.PJMEDIA_FRAME_TYPE_AUDIO:
            self._speaker.write(memoryview(bytes(frame.buf)))


class SoundDesk:
    """What the calls know of the sound device. Pump thread only.

    A port that was once there stays until the end, silent when its device has died: to take it out of a running
    conference bridge is to take it from under the clock thread.
    """

    def __init__(self, kind: SoundKind) -> None:
        self.state = SoundState(sound=kind)
        self._ports: list[_Port] = []
        self._keeper: Keeper | None = None
        if kind is SoundKind.DEVICE:
            self.state = SoundState(sound=SoundKind.NULL)
            self._keeper = Keeper()
            self._keeper.wait()
            self.look()

    @property
    def port(self) -> "pj.AudioMediaPort | None":
        """The device's side towards the calls; None before there was any."""
        return self._ports[-1] if self._ports else None

    def look(self) -> SoundState | None:
        """What has changed since the last look, or None; `port` may then be another one."""
        if not self._keeper or self._keeper.state == self.state:
            return None
        stream, self.state = self._keeper.stream, self._keeper.state
        if stream and self._ports and self._ports[-1].rate == stream.rate:
            self._ports[-1].take(stream)
        elif stream:
            self._ports.append(_Port(stream))
        return self.state

    def close(self) -> None:
        """When no call is left, before the library of the telephone ends."""
        if self._keeper:
            self._keeper.close()
        self._ports.clear()


def _nothing(why: str) -> SoundState:
    log.warning("sound device: %s", why)
    reason = f"no sound: {why}; connect a headset, or check the sound settings of this machine"
    return SoundState(sound=SoundKind.NULL, reason=reason)
