"""The real engine with the practice model: settings, refusals, the gate against inventions."""

import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import speech_samples

from telephony.recording.legs import Leg
from telephony.speech import engine, gate, models, resample
from telephony.speech.errors import ModelDamaged, ModelMissing, PracticeOnly
from telephony.speech.gate import Belief
from telephony.speech.models import Presence
from telephony.speech.phrases import Cut, PhraseCutter


@pytest.fixture(scope="module")
def practice() -> engine.FasterWhisper:
    return engine.FasterWhisper(models.practice_folder(), threads=1, drill=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(models.practice_folder(), tmp_path / "copy"))


class TestEngine:
    def test_it_says_which_weights_heard(self, practice: engine.FasterWhisper) -> None:
        assert practice.model == "practice_model"
        assert len(practice.version) == 12
        assert practice.drill_only
        assert practice.longest == 9.5

    def test_a_sentence_is_written_down(self, practice: engine.FasterWhisper) -> None:
        cutter = PhraseCutter(Leg.RX, Cut(longest=practice.longest))
        (audio,) = [*cutter.feed(speech_samples.sound("single-2")), *cutter.flush()]
        (phrase,) = practice.transcribe(audio.wave())
        assert speech_samples.character_errors(speech_samples.reference("single-2")[0][2], phrase.text) <= 0.2
        assert 0 <= phrase.start < phrase.end <= audio.end - audio.start
        assert not phrase.doubtful

    def test_hearing_twice_gives_the_same(self, practice: engine.FasterWhisper) -> None:
        wave = np.asarray(np.random.default_rng(3).standard_normal(16000) * 0.1, np.float32)
        assert practice.transcribe(wave) == practice.transcribe(wave)
        assert practice.transcribe(wave[:0]) == []

    def test_half_a_minute_leaves_room_for_the_prompt(self, practice: engine.FasterWhisper) -> None:
        wave = resample.double(speech_samples.sound("call-0"))[: 27 * 16000]
        assert len(practice.transcribe(wave)) >= 3

    def test_a_directory_full_of_names_is_cut_to_what_fits(self, practice: engine.FasterWhisper) -> None:
        names = [f"第{n}人民医院值班室" for n in range(500)]
        assert 0 < len(practice._fitting(names)) < 200
        assert practice._fitting(["赤坎区", "霞山区", "赤坎区"]) == "赤坎区，霞山区"

    def test_the_room_s_own_names_do_not_strike_the_practice_model_dumb(self, practice: engine.FasterWhisper) -> None:
        wave = resample.double(speech_samples.sound("single-2"))
        assert practice.transcribe(wave, ["成都市锦江区", "第二附属医院急诊科", "王小明"]) == practice.transcribe(wave)

    def test_the_practice_model_never_hears_a_real_call(self) -> None:
        with pytest.raises(PracticeOnly, match="practice calls"):
            engine.FasterWhisper(models.practice_folder())

    def test_a_copy_under_another_name_is_still_the_practice_model(self, copy: Path) -> None:
        with pytest.raises(PracticeOnly):
            engine.FasterWhisper(copy)

    def test_a_missing_folder_is_not_taken_for_a_repository(self, tmp_path: Path) -> None:
        with pytest.raises(ModelMissing, match="model fetch"):
            engine.FasterWhisper(tmp_path / "large-v3")

    def test_weights_that_do_not_load_are_said(self, copy: Path) -> None:
        weights = copy / "model.bin"
        content = weights.read_bytes()
        weights.write_bytes(content.replace(b"encoder/position_encodings", b"encoder/position_encodingz"))
        with pytest.raises(ModelDamaged, match=r"cannot be (loaded|used)"):
            engine.FasterWhisper(copy, drill=True)


class TestModelFolder:
    def test_the_practice_model_is_whole_and_known_for_what_it_is(self) -> None:
        state = models.inspect(models.practice_folder())
        assert (state.presence, state.practice, state.reason) == (Presence.PRESENT, True, "")
        assert state.hears(drill=True)
        assert not state.hears(drill=False)

    @pytest.mark.parametrize("size", [0, 3, 10, 1000, 1_000_000, -1])
    def test_cut_weights_are_seen_without_loading(self, copy: Path, size: int) -> None:
        weights = copy / "model.bin"
        weights.write_bytes(weights.read_bytes()[:size])
        state = models.inspect(copy)
        assert state.presence is Presence.DAMAGED
        assert "model.bin" in state.reason
        with pytest.raises(ModelDamaged, match="fetch the model again"):
            engine.FasterWhisper(copy, drill=True)

    @pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
    def test_a_missing_file_and_a_pointer_are_named(self, copy: Path, name: str) -> None:
        (copy / name).write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
        assert f"{name} is a Git LFS pointer" in models.inspect(copy).reason
        (copy / name).unlink()
        assert f"{name} is missing" in models.inspect(copy).reason

    def test_half_a_tokenizer_is_named(self, copy: Path) -> None:
        (copy / "tokenizer.json").write_bytes((copy / "tokenizer.json").read_bytes()[:1000])
        assert "tokenizer.json is cut off" in models.inspect(copy).reason

    def test_other_weights_have_another_version(self, copy: Path) -> None:
        assert models.version(copy) == models.version(models.practice_folder())
        with (copy / "model.bin").open("ab") as file:
            file.write(struct.pack("<I", 1))
        assert models.version(copy) != models.version(models.practice_folder())

    def test_a_name_is_looked_for_under_the_models(self, tmp_path: Path) -> None:
        assert models.resolve("small", tmp_path) == tmp_path / "small"
        assert models.resolve("Systran/faster-whisper-small", tmp_path) == tmp_path / "Systran--faster-whisper-small"
        assert models.resolve("/opt/m", tmp_path) == Path("/opt/m")
        assert models.resolve(" ", tmp_path) is None

    def test_no_model_is_a_state_and_not_an_error(self, tmp_path: Path) -> None:
        assert "no speech model is configured" in models.state("", tmp_path).reason
        assert models.state("small", tmp_path).presence is Presence.MISSING


class TestGate:
    @pytest.mark.parametrize(
        ("text", "logprob", "no_speech", "ratio", "belief"),
        [
            ("霞山区发生火灾", -0.2, 0.1, 1.0, Belief.KEEP),
            ("霞山区发生火灾", -1.2, 0.1, 1.0, Belief.DOUBT),
            ("霞山区发生火灾", -0.2, 0.8, 1.0, Belief.DOUBT),
            ("霞山区发生火灾", -1.2, 0.8, 1.0, Belief.DROP),
            ("好" * 99, -0.1, 0.1, 6.0, Belief.DOUBT),
            ("请不吝点赞 订阅 转发 打赏支持明镜与点点栏目", -0.1, 0.0, 1.0, Belief.DROP),
            ("字幕由Amara.org社区提供", -0.1, 0.0, 1.0, Belief.DROP),
            ("谢谢观看!", -0.1, 0.0, 1.0, Belief.DROP),
            ("谢谢大家", -0.1, 0.5, 1.0, Belief.DROP),
            ("谢谢大家。", -0.2, 0.0, 1.0, Belief.KEEP),
            ("字幕", -0.1, 0.5, 1.0, Belief.DROP),
            ("……。", -0.1, 0.0, 1.0, Belief.DROP),
        ],
    )
    def test_what_is_believed(self, text: str, logprob: float, no_speech: float, ratio: float, belief: Belief) -> None:
        assert gate.judge(text, logprob, no_speech, ratio) is belief
