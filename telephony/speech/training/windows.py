"""Training batches: windows composed from stored clips the way calls look to faster-whisper, with their tokens."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from telephony.speech.training import recipe
from telephony.speech.training import vocabulary as v
from telephony.speech.training.clips import PAD, Clips, Mel
from telephony.speech.training.recipe import Stage

EDGE = 5  # frames kept free at a window's end
LATE = 8  # a cut utterance has at least this many frames in the window
NOTHING = -1  # no label here


@dataclass
class Row:
    """One window. `places[i]`, `sounds[i]`: where in steps of 20 ms and as which CTC label token i + 1 is spoken."""

    mel: Mel
    heard: int  # frames before the padding, or before a cut utterance
    tokens: list[int]
    wanted: list[int]
    spoken: list[int]  # CTC labels
    places: list[float] = field(default_factory=list)
    sounds: list[int] = field(default_factory=list)


@dataclass
class Batch:
    mel: torch.Tensor
    tokens: torch.Tensor
    wanted: torch.Tensor
    places: torch.Tensor
    sounds: torch.Tensor
    spoken: list[list[int]]
    steps: list[int]  # encoder positions with sound


def stack(rows: list[Row]) -> Batch:
    width = max(len(row.tokens) for row in rows)

    def pad(values: Sequence[Sequence[float]], fill: float) -> torch.Tensor:
        return torch.tensor([[*line, *[fill] * (width - len(line))] for line in values])

    return Batch(
        torch.from_numpy(np.stack([row.mel for row in rows])).transpose(1, 2),
        pad([row.tokens for row in rows], v.EOT),
        pad([row.wanted for row in rows], NOTHING),
        pad([row.places for row in rows], -1.0),
        pad([row.sounds for row in rows], NOTHING),
        [row.spoken for row in rows],
        [row.heard // 2 for row in rows],
    )


class Sampler:
    """Draws batches; the same `rng` draws the same batch."""

    def __init__(self, domain: Clips, negative: Clips) -> None:
        self.domain, self.negative = domain, negative

    def batch(self, stage: Stage, rng: random.Random) -> Batch:
        seconds = rng.choice(stage.seconds)
        return stack([self._window(stage, seconds * 100, rng) for _ in range(round(stage.audio / seconds))])

    def _window(self, stage: Stage, frames: int, rng: random.Random) -> Row:
        kind = rng.random() if stage.decodes else 1.0
        if kind < recipe.SILENCE:
            mel = np.full((frames, 80), -10, np.float32) if rng.random() < 0.3 else self._noise(frames, rng)
            return self._nothing(mel, rng.randrange(50, frames + 1), rng)
        if kind < recipe.SILENCE + recipe.NEGATIVE:
            mel, at = self._noise(frames, rng), 0
            while at < frames:
                i = rng.randrange(len(self.negative))
                at = self._place(mel, self.negative, i, at, stage, rng) + rng.randrange(10, 150)
            return self._nothing(mel, frames, rng)
        return self._speech(stage, frames, rng)

    def _speech(self, stage: Stage, frames: int, rng: random.Random) -> Row:
        """Utterances with pauses; with timestamps the last may be cut by the window's end: its start ends the text."""
        timed = rng.random() >= recipe.UNTIMED
        wanted = 9 if rng.random() < stage.fill else rng.randint(1, stage.few)
        mel, used, cut = self._noise(frames, rng), list[tuple[int, int, int]](), 0
        at = rng.randrange(-8, 10) if rng.random() < 0.3 else rng.randrange(12, stage.lead)
        least = 40
        if rng.random() < stage.remains:  # faster-whisper goes on where the last text ended: its end may remain
            i, at = rng.randrange(len(self.domain)), rng.randrange(2, 50)
            self._place(mel, self.domain, i, at - self.domain.length(i), stage, rng)
            least, at = at + 30, at + rng.randrange(25, stage.gap)
        while len(used) < wanted:
            i = rng.randrange(len(self.domain))
            end = at + self.domain.length(i)
            if end <= frames - EDGE:
                self._place(mel, self.domain, i, at, stage, rng)
                used.append((i, max(0, at), end))
                at = end + rng.randrange(25, stage.gap)
            elif used:
                if timed and frames - at > LATE:
                    cut = at
                    self._place(mel, self.domain, i, at, stage, rng)
                break
            else:
                at = min(at, least)  # the first one must fit: draw again
        short = min(frames, used[-1][2] + rng.randrange(2, 110))
        end = frames if cut or rng.random() < stage.tail else short
        row = Row(self._scaled(mel, end, rng), cut or end, [], [], [])
        self._write(row, used, timed, cut, rng)
        return row

    def _write(self, row: Row, used: list[tuple[int, int, int]], timed: bool, cut: int, rng: random.Random) -> None:
        """Tokens, labels and places of the utterances (clip, start, end)."""
        prompt = [v.PREVIOUS, *self._prompt(rng)] if rng.random() < recipe.PROMPT else []
        head = [v.SOT, v.ZH, v.TRANSCRIBE, *([] if timed else [v.NO_TIMES])]
        before = len(prompt) + len(head) - 1
        body, places, sounds = list[int](), [-1.0] * before, [NOTHING] * before
        for n, (i, start, end) in enumerate(used):
            text = self.domain.texts[i]
            tokens, last = v.encode(text), len(text) - 1
            where = [start + (end - start) * (k + 0.5) / last for k in range(last)] + [end]
            counter = itertools.count(len(row.spoken))
            marks = [next(counter) if c in v.LABEL else NOTHING for c in text]
            row.spoken += v.labels(text)
            if timed:  # faster-whisper lets no text start later than 1 s
                tokens = [v.time(min(start, 100) if n == 0 else start), *tokens, v.time(end)]
                where, marks = [start, *where, end], [NOTHING, *marks, NOTHING]
            body, places, sounds = body + tokens, places + [w / 2 for w in where], sounds + marks
        if cut:
            body, places, sounds = [*body, v.time(cut)], [*places, cut / 2], [*sounds, NOTHING]
        row.tokens = prompt + head + body
        row.wanted = [NOTHING] * len(prompt) + [v.ZH] + [NOTHING] * (len(head) - 2) + body + [v.EOT]
        row.places, row.sounds = [*places, -1.0], [*sounds, NOTHING]

    def _prompt(self, rng: random.Random) -> list[int]:
        """Hotwords (fragments) or the text before."""
        texts = [rng.choice(self.domain.texts) for _ in range(rng.randint(1, 5))]
        if rng.random() < 0.5:
            return [v.SPACE, *v.encode("，".join(t[: rng.randint(2, 8)].strip("，。？") for t in texts))]
        return v.encode("".join(texts))[-100:]

    def _noise(self, frames: int, rng: random.Random) -> Mel:
        """Line noise from one clip's pads, repeated."""
        clip = self.domain.frames(rng.randrange(len(self.domain)), rng.random() < 0.5)
        pads = np.concatenate([clip[: PAD - 5], clip[5 - PAD :]])
        return pads[np.random.RandomState(rng.getrandbits(32)).randint(len(pads), size=frames)]

    def _place(self, mel: Mel, clips: Clips, i: int, at: int, stage: Stage, rng: random.Random) -> int:
        """Copy clip i so that its speech starts at frame `at`, up to 10 dB quieter; its end."""
        clip = clips.frames(i, rng.random() < stage.noisy)
        clip = np.maximum(clip - rng.uniform(0, 1.0) * (rng.random() < stage.noisy), -10)
        start, end = max(0, at - PAD), min(len(mel), at - PAD + len(clip))
        if end > start:
            mel[start:end] = clip[start - at + PAD : end - at + PAD]
        return at + clips.length(i)

    def _nothing(self, mel: Mel, end: int, rng: random.Random) -> Row:
        wanted = [v.NO_SPEECH, NOTHING, v.TIME0, v.EOT]
        return Row(self._scaled(mel, end, rng), end, [v.SOT, v.ZH, v.TRANSCRIBE, v.TIME0], wanted, [])

    @staticmethod
    def _scaled(mel: Mel, end: int, rng: random.Random) -> Mel:
        """Whisper's floor and scaling; the file's maximum may lie elsewhere, and features (not sound) are padded."""
        top = mel[:end].max() + (rng.uniform(0, 0.5) if rng.random() < 0.5 else 0)
        mel = (np.maximum(mel, top - 8) + 4) / 4
        mel[end:] = 0
        return mel
