"""Training clips: log-mel features of what is spoken, in memory-mapped float16 files.

A clip is kept with PAD frames of line noise on both sides and without Whisper's floor and scaling per file, so that
`windows` can compose windows by copying frames and apply the floor afterwards.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import av
import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from telephony.speech.training import recipe, sound, utterances
from telephony.speech.training.utterances import Utterance

PAD = 30
Mel = NDArray[np.float32]


def spoken(utterance: Utterance) -> sound.Samples:
    if utterance.babble:
        return sound.babble([utterance.text, *utterance.babble], utterance.voice, utterance.speed)
    return sound.say(utterance.text, utterance.voice, utterance.speed, utterance.english)


def to_16k(codes: sound.Codes) -> Mel:
    """Decoded and resampled by the library and settings of faster-whisper's `decode_audio`."""
    frame = av.AudioFrame.from_ndarray(sound.ulaw_decode(codes)[None], format="s16", layout="mono")
    frame.rate = sound.RATE
    resampler = av.AudioResampler(format="s16", layout="mono", rate=16000)
    parts = [f.to_ndarray()[0] for f in resampler.resample(frame) + resampler.resample(None)]
    whole: NDArray[np.int16] = np.concatenate(parts)
    return whole.astype(np.float32) / np.float32(32768)


FILTERS = FeatureExtractor.get_mel_filters(16000, 400, 80).astype(np.float32)
HANN = np.hanning(401)[:-1].astype(np.float32)


def log_mel(x: Mel) -> NDArray[np.float16]:
    """(frames, 80) log10 power: faster-whisper's features before floor (maximum - 8) and scaling (x + 4) / 4."""
    x = np.pad(x, 200, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(x, 400)[::160][:-1]
    power = np.abs(np.fft.rfft(frames * HANN)).astype(np.float32) ** 2
    return np.log10(np.maximum(power @ FILTERS.T, 1e-10)).astype(np.float16)


def features(utterance: Utterance) -> list[NDArray[np.float16]] | None:
    """The clip over a clean and over a noisy line; None if it is too long for a window."""
    x = spoken(utterance)
    if len(x) > recipe.MAX_SECONDS * sound.RATE:
        return None
    padded = np.pad(x, PAD * sound.RATE // 100)
    rng = np.random.default_rng(utterance.seed)
    return [log_mel(to_16k(sound.line(padded, rng, noisy))) for noisy in (False, True)]


def build(folder: Path) -> None:
    """Write {domain,negative}.{clean,noisy}.f16 and .json (texts, and each clip's end in frames)."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(2) as pool:
        for name, todo in (("negative", list(utterances.negatives())), ("domain", utterances.training())):
            texts, ends, end = [], [], 0
            with (folder / f"{name}.clean.f16").open("wb") as clean, (folder / f"{name}.noisy.f16").open("wb") as noisy:
                for i, (job, mels) in enumerate(zip(todo, pool.map(features, todo, chunksize=16), strict=True)):
                    if i % 1000 == 0:
                        print(f"  {name}: {i} of {len(todo)} clips", flush=True)
                    if mels is None:
                        continue
                    clean.write(mels[0].tobytes())
                    noisy.write(mels[1].tobytes())
                    end += len(mels[0])
                    ends.append(end)
                    texts.append(job.text)
            (folder / f"{name}.json").write_text(json.dumps({"texts": texts, "ends": ends}, ensure_ascii=False))
            print(f"  {name}: {len(texts)} clips, {end / 360000:.1f} h", flush=True)


class Clips:
    """One stored set of clips: `texts`, `length(i)` of the speech, and `frames(i, noisy)` with PAD on both sides."""

    def __init__(self, folder: Path, name: str) -> None:
        stored = json.loads((folder / f"{name}.json").read_text())
        self.texts: list[str] = stored["texts"]
        self._spans = list(zip([0, *stored["ends"]], stored["ends"], strict=False))
        self._mel = [
            np.memmap(folder / f"{name}.{line}.f16", np.float16, "r").reshape(-1, 80) for line in ("clean", "noisy")
        ]

    def __len__(self) -> int:
        return len(self.texts)

    def length(self, i: int) -> int:
        start, end = self._spans[i]
        return int(end - start - 2 * PAD)

    def frames(self, i: int, noisy: bool) -> Mel:
        start, end = self._spans[i]
        return self._mel[noisy][start:end].astype(np.float32)
