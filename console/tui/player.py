"""A sealed recording on this machine's loudspeaker; where there is none, a sentence says so."""

import logging
from pathlib import Path
from typing import Any

from console.words import N_
from models.errors import Refused

log = logging.getLogger(__name__)
RATE = 8000


def speakers() -> str:
    """Why nothing can be heard on this machine, as a message key; empty when something can."""
    try:
        import sounddevice  # noqa: PLC0415 - loads the sound library, which may be missing

        sounddevice.query_devices(kind="output")
    except OSError:
        return N_("This machine has no sound library (Debian: apt-get install libportaudio2).")
    except Exception as error:  # noqa: BLE001 - PortAudio's own error tells only that there is none
        log.info("no sound: %s", error)
        return N_("This machine has no sound device.")
    return ""


class Player:
    """Plays one file from any second on; both legs are heard, the outside party left. Close it when done."""

    def __init__(self, path: Path) -> None:
        import sounddevice  # noqa: PLC0415 - see above
        import soundfile  # noqa: PLC0415

        self._frame = 0
        try:
            self._file = soundfile.SoundFile(path)
        except (OSError, soundfile.LibsndfileError) as error:
            raise Refused("{file}: cannot be read: {reason}", file=path.name, reason=error) from error
        try:
            self._stream = sounddevice.OutputStream(
                samplerate=self._file.samplerate,
                channels=self._file.channels,
                blocksize=self._file.samplerate // 10,
                dtype="int16",
                callback=self._fill,
            )
        except sounddevice.PortAudioError as error:
            self._file.close()
            raise Refused("the loudspeaker cannot be used: {reason}", reason=error) from error

    @property
    def playing(self) -> bool:
        """Sound is coming out."""
        return bool(self._stream.active)

    @property
    def position(self) -> float:
        """Second of the recording that is heard."""
        return float(self._frame / self._file.samplerate)

    def play(self, second: float) -> None:
        """From here on."""
        self.pause()
        self._frame = max(0, min(int(second * self._file.samplerate), self._file.frames))
        self._file.seek(self._frame)
        self._stream.start()

    def pause(self) -> None:
        """Be quiet."""
        self._stream.stop()

    def close(self) -> None:
        """Let go of the device."""
        self._stream.close()
        self._file.close()

    def _fill(self, out: Any, frames: int, _time: object, _status: object) -> None:
        import sounddevice  # noqa: PLC0415

        block = self._file.read(frames, dtype="int16", always_2d=True)
        out[: len(block)] = block
        out[len(block) :] = 0
        self._frame += len(block)
        if len(block) < frames:
            raise sounddevice.CallbackStop
