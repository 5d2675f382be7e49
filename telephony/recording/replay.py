"""A piece of a sealed call as a WAV that Asterisk can play to a desk phone."""

from enum import StrEnum
from pathlib import Path

import numpy as np
import soundfile

from telephony.recording import wav
from telephony.recording.errors import RecordingError, writing_failed


class Channels(StrEnum):
    """Who is to be heard."""

    MIX = "mix"
    LEFT = "left"
    """The outside party."""
    RIGHT = "right"
    """Our side."""


def excerpt(
    sealed: Path, start: float, seconds: float | None, out_wav: Path, channels: Channels = Channels.MIX
) -> float:
    """Write `seconds` (None: the rest) from second `start` of a sealed file as 8 kHz mono WAV; returns its length.

    `out_wav` appears whole or not at all. Raises RecordingError; a start beyond the end is one.
    """
    part = out_wav.with_name(f".{out_wav.name}.part")
    try:
        with soundfile.SoundFile(sealed) as source:
            first = round(max(0.0, start) * wav.RATE)
            if first >= source.frames:
                raise RecordingError(
                    "{file}: there is no second {start}; it lasts {seconds} s",
                    file=sealed.name,
                    start=f"{start:g}",
                    seconds=f"{source.frames / wav.RATE:.1f}",
                )
            left: int = (
                source.frames - first if seconds is None else min(round(seconds * wav.RATE), source.frames - first)
            )
            written = left / wav.RATE
            source.seek(first)
            out_wav.parent.mkdir(parents=True, exist_ok=True)
            with soundfile.SoundFile(part, "w", wav.RATE, 1, "PCM_16", format="WAV") as target:
                while left:
                    block = source.read(min(wav.BLOCK, left), dtype="int16", always_2d=True)
                    if not len(block):
                        raise RecordingError(
                            "{sealed}: ends before its stated length; run 'dutyline verify'", sealed=sealed
                        )
                    target.write(_heard(block, channels))
                    left -= len(block)
        state = wav.inspect(part)
        if state.seconds != written:
            raise RecordingError("{out_wav}: could not be written whole; is the disk full?", out_wav=out_wav)
        part.rename(out_wav)
    except (soundfile.LibsndfileError, AssertionError) as error:
        # A short write is a failed assertion in the library.
        raise RecordingError(
            "{file}: no excerpt could be made: {reason}", file=sealed.name, reason=error or "the disk may be full"
        ) from error
    except OSError as error:
        raise writing_failed(out_wav, error) from error
    finally:
        part.unlink(missing_ok=True)
    return written


def _heard(block: wav.Samples, channels: Channels) -> wav.Samples:
    if channels is Channels.MIX:
        loud: wav.Samples = block.astype(np.int32).sum(axis=1).clip(-32768, 32767).astype(np.int16)
        return loud
    side: wav.Samples = block[:, 0 if channels is Channels.LEFT else -1]
    return side
