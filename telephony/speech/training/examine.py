"""Held-out tests as WAV files, heard through unmodified faster-whisper with the settings of the duty room."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from telephony.speech.training import clips, grammar, recipe, scenes, sound, utterances
from telephony.speech.training.utterances import Utterance

SINGLES, NEW, CALLS, PER_CALL = 150, 60, 6, 11
HOTWORDS = "廉江市，吴川市，徐闻县，雷州市，遂溪县"
SETTINGS: dict[str, Any] = {
    "language": "zh",
    "vad_filter": True,
    "vad_parameters": {"min_silence_duration_ms": 500},
    "condition_on_previous_text": False,
    "hotwords": HOTWORDS,
}
OTHER = (
    "请把这本书放回图书馆的架子上。 今天的足球比赛真是太精彩了。 我打算明年夏天去北方旅行。 超市里的西瓜两块钱一斤。 "
    "孩子们在院子里唱歌跳舞。 他用三年时间写完了那部小说。 这道数学题我怎么也解不出来。 医生建议他每天早上跑步。 "
    "春天来了，花园里的花都开了。 昨晚的电影让我哭了好几次。"
).split()
ENGLISH = (
    *("Please put the book back on the shelf.", "The weather will be sunny next weekend."),
    *("I have never been to that restaurant before.", "She plays the violin every evening."),
    *("How much does this blue jacket cost?", "We should leave before the train arrives."),
)
Spoken = list[tuple[float, float, str]]  # start, end, text


def plain(text: str) -> str:
    """What CER compares: no punctuation, no spaces."""
    return "".join(c for c in text if c not in "，。？、 ")


def distance(a: str, b: str) -> int:
    """Edit distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        new = [i + 1]
        for j, y in enumerate(b):
            new.append(min(row[j] + (x != y), row[j + 1] + 1, new[j] + 1))
        row = new
    return row[-1]


def compose(
    parts: list[Utterance], rng: np.random.Generator, noisy: bool, pauses: tuple[float, float]
) -> tuple[sound.Codes, Spoken]:
    """One recording of the utterances with pauses between, and what is said when."""
    pieces, at, said = [np.zeros(sound.RATE // 2, np.int16)], 0.5, []
    for part in parts:
        speech = (clips.spoken(part) * 10 ** (-rng.uniform(0, 0.3))).astype(np.int16)
        gap = int(rng.uniform(*pauses) * sound.RATE)
        said.append((round(at, 2), round(at + len(speech) / sound.RATE, 2), part.text))
        pieces += [speech, np.zeros(gap, np.int16)]
        at += (len(speech) + gap) / sound.RATE
    return sound.line(np.concatenate(pieces), rng, noisy), said


def build(
    folder: Path, seed: int = recipe.SEED + 900, singles: int = SINGLES, calls: int = CALLS, new: int = NEW
) -> None:
    """Write the tests and references.json. No sentence of them was trained on."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    known = {u.text for u in utterances.training()} | scenes.sentences()

    def held(n: int, number: int, voices: tuple[str, ...] = recipe.VOICES) -> list[Utterance]:
        return list(utterances.draw(n, seed + number, grammar.sentence, known, voices))

    sets: dict[str, list[list[Utterance]]] = {
        "single": [[u] for u in held(singles, 1)],
        "call": [held(PER_CALL, 10 + i) for i in range(calls)],
        "new": [[u] for u in held(new, 2, recipe.NEW_VOICES)],
        "other": [
            [Utterance(text, recipe.VOICES[i % len(recipe.VOICES)], 170, i, text.isascii())]
            for i, text in enumerate((*OTHER, *ENGLISH))
        ],
    }
    listing: dict[str, Any] = {}
    for kind, items in sets.items():
        for i, parts in enumerate(items):
            codes, said = compose(parts, rng, i % 2 == 1, (0.4, 3.0) if kind == "call" else (0.4, 0.9))
            sound.write_ulaw(folder / f"{kind}-{i}.wav", codes)
            listing[f"{kind}-{i}.wav"] = {"kind": kind, "noisy": i % 2 == 1, "reference": said}
    n = np.arange(12.0 * sound.RATE)
    tone = 6000 * np.sin(n * 2 * np.pi * 450 / sound.RATE) * ((n // 2800) % 2)
    for name, x in (("silence", n * 0.0), ("noise", rng.standard_normal(len(n)) * 1500), ("tone", tone)):
        sound.write_ulaw(folder / f"{name}.wav", sound.ulaw_encode(x))
        listing[f"{name}.wav"] = {"kind": "quiet", "noisy": False, "reference": []}
    (folder / "references.json").write_text(json.dumps(listing, ensure_ascii=False, indent=1))


@dataclass
class Tally:
    """Sums over the files of one kind."""

    files: int = 0
    utterances: int = 0
    characters: int = 0
    wrong: int = 0
    exact: int = 0
    segments: int = 0
    sure: int = 0  # segments with a mean log probability above -0.5
    silent: int = 0
    ordered: bool = True
    seconds: float = 0.0
    took: float = 0.0
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    def add(self, found: list[Any], said: Spoken) -> None:
        wanted, text = plain("".join(t for _, _, t in said)), plain("".join(s.text for s in found))
        missed = distance(wanted, text)
        self.files += 1
        self.utterances += len(said)
        self.characters += len(wanted)
        self.wrong += missed
        self.exact += missed == 0
        self.segments += len(found)
        self.sure += sum(s.avg_logprob > -0.5 for s in found)
        self.silent += not found
        edges = [edge for s in found for edge in (s.start, s.end)]
        self.ordered &= edges == sorted(edges)
        if len(found) == len(said):
            self.starts += [abs(s.start - start) for s, (start, _, _) in zip(found, said, strict=True)]
            self.ends += [abs(s.end - end) for s, (_, end, _) in zip(found, said, strict=True)]

    def figures(self) -> dict[str, Any]:
        def middle_and_p90(x: list[float]) -> list[float]:
            return [round(float(np.quantile(x, q)), 2) for q in (0.5, 0.9)] if x else []

        sums = {k: v for k, v in asdict(self).items() if k not in ("starts", "ends", "seconds", "took")}
        return sums | {
            "cer": round(self.wrong / self.characters, 4) if self.characters else None,
            "start_error": middle_and_p90(self.starts),
            "end_error": middle_and_p90(self.ends),
            "minutes": round(self.seconds / 60, 1),
            "rtf": round(self.took / self.seconds, 3),
        }


def measure(folder: Path, model: Path, settings: dict[str, Any] | None = None) -> dict[str, Any]:
    """The figures of each kind, and what was heard; also written to figures.json beside `folder`."""
    whisper = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    listing = json.loads((folder / "references.json").read_text())
    tallies: dict[str, Tally] = {}
    heard: dict[str, Any] = {}
    for name, test in listing.items():
        tally = tallies.setdefault(test["kind"], Tally())
        began = time.monotonic()
        segments, info = whisper.transcribe(str(folder / name), **(settings or SETTINGS))
        found = list(segments)
        tally.took += time.monotonic() - began
        tally.seconds += info.duration
        tally.add(found, test["reference"])
        heard[name] = {
            "said": "".join(t for _, _, t in test["reference"]),
            "heard": [[round(s.start, 2), round(s.end, 2), s.text, round(s.avg_logprob, 2)] for s in found],
        }
    result = {"figures": {kind: tally.figures() for kind, tally in tallies.items()}, "heard": heard}
    for kind, figures in result["figures"].items():
        print(f"  {kind}: {figures}", flush=True)
    folder.with_name("figures.json").write_text(json.dumps(result, ensure_ascii=False, indent=1))
    return result


def look(out: Path) -> None:
    """A quick look at DIR/look on rehearsal sentences; the tests themselves stay unheard until the end."""
    folder = out / "rehearsal" / "tests"
    if not folder.exists():
        build(folder, recipe.SEED + 500, singles=24, calls=2, new=8)
    for name, result in measure(folder, out / "look")["heard"].items():
        print("   ", name, result["said"], *result["heard"])
