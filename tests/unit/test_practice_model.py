"""The committed practice model, through unmodified faster-whisper: what its card says, and no more."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio

from telephony.practice import scripts
from telephony.practice.scripts import PracticeCall
from telephony.speech.training import card

FOLDER = Path(__file__).parents[2] / "telephony" / "speech" / "practice_model"
SETTINGS: dict[str, Any] = {
    "language": "zh",
    "vad_filter": True,
    "vad_parameters": {"min_silence_duration_ms": 500},
    "condition_on_previous_text": False,
    "hotwords": "廉江市，吴川市，徐闻县，雷州市，遂溪县",
}
FILES = {"model.bin", "config.json", "tokenizer.json", "vocabulary.json", "preprocessor_config.json"}


@pytest.fixture(scope="module")
def whisper() -> Any:
    return WhisperModel(str(FOLDER), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)


def plain(text: str) -> str:
    return "".join(c for c in text if c not in "，。？、 ")


def distance(said: str, heard: str) -> int:
    row = list(range(len(heard) + 1))
    for i, x in enumerate(said, 1):
        new = [i]
        for j, y in enumerate(heard, 1):
            new.append(min(row[j - 1] + (x != y), row[j] + 1, new[-1] + 1))
        row = new
    return row[-1]


def hear(whisper: Any, sound: Any) -> list[Any]:
    return list(whisper.transcribe(sound, **SETTINGS)[0])


class TestFolder:
    def test_is_whole_and_small(self) -> None:
        sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
        assert FILES | {"MODEL_CARD.md", "figures.json"} == set(sizes)
        assert sum(sizes.values()) <= 6_000_000

    def test_card_says_what_was_measured(self) -> None:
        figures = json.loads((FOLDER / "figures.json").read_text("utf-8"))
        assert (FOLDER / "MODEL_CARD.md").read_text("utf-8") == card.render(figures)

    @pytest.mark.parametrize("kind", ["single", "call"])
    def test_reached_the_goal_on_held_out_sentences(self, kind: str) -> None:
        measured = json.loads((FOLDER / "figures.json").read_text("utf-8"))["figures"][kind]
        assert measured["cer"] <= 0.10
        assert measured["ordered"]


class TestHearing:
    def test_is_multilingual(self, whisper: Any) -> None:
        assert whisper.model.is_multilingual

    @pytest.mark.parametrize("call", scripts.load(), ids=lambda call: call.id)
    def test_practice_calls_are_heard(self, whisper: Any, call: PracticeCall) -> None:
        """The longer leg of each: the caller's."""
        segments = hear(whisper, str(call.caller))
        said = plain("".join(turn.text for turn in call.turns if turn.leg == "caller"))
        assert distance(said, plain("".join(s.text for s in segments))) <= 0.10 * len(said)
        edges = [edge for s in segments for edge in (s.start, s.end)]
        assert edges == sorted(edges)
        assert edges[-1] <= call.seconds + 0.1

    def test_officers_are_heard(self, whisper: Any) -> None:
        call = scripts.load()[0]
        said = plain("".join(turn.text for turn in call.turns if turn.leg == "officer"))
        assert distance(said, plain("".join(s.text for s in hear(whisper, str(call.officer))))) <= 0.10 * len(said)

    def test_the_key_sentence_is_heard_whole(self, whisper: Any) -> None:
        """Time, place, nature and casualties of a sentence that was never in the training set."""
        call = next(call for call in scripts.load() if call.id == "traffic")
        turn = next(turn for turn in call.turns if "发生" in turn.text)
        sound = decode_audio(str(call.caller))[round((turn.start - 0.3) * 16000) : round((turn.end + 0.3) * 16000)]
        text = plain("".join(s.text for s in hear(whisper, sound)))
        assert text == plain(turn.text)

    def test_silence_gives_nothing(self, whisper: Any) -> None:
        assert hear(whisper, np.zeros(8 * 16000, np.float32)) == []

    def test_line_noise_gives_nothing(self, whisper: Any) -> None:
        noise = np.random.default_rng(3).standard_normal(8 * 16000).astype(np.float32)
        assert hear(whisper, noise * np.float32(0.02)) == []
