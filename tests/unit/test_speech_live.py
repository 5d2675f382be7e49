"""A call heard live, after a kill, and from its sealed file: the same phrases, each once."""

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import speech_samples
import telephone_wav as made

from telephony.recording import legs, seal
from telephony.recording.legs import Leg
from telephony.recording.wav import Samples
from telephony.speech import models
from telephony.speech.engine import FasterWhisper
from telephony.speech.errors import AudioUnreadable, PracticeOnly, SpeechError
from telephony.speech.live import HeardPhrase, LiveTranscription, Speaker
from telephony.speech.measure import measure
from telephony.speech.port import Phrase, Wave
from telephony.speech.sources import growing


class Remembering:
    """The real engine, asked once for each sound: the tests below hear the same call many times."""

    def __init__(self) -> None:
        self.engine = FasterWhisper(models.practice_folder(), threads=1, drill=True)
        self.model, self.version = self.engine.model, self.engine.version
        self.drill_only, self.longest = self.engine.drill_only, self.engine.longest
        self.joins = self.engine.joins
        self.known: dict[bytes, list[Phrase]] = {}
        self.asked = 0

    def transcribe(self, samples: Wave, hotwords: Sequence[str] = ()) -> list[Phrase]:
        self.asked += 1
        key = samples.tobytes()
        if key not in self.known:
            self.known[key] = self.engine.transcribe(samples, hotwords)
        return self.known[key]


@pytest.fixture(scope="module")
def ears() -> Remembering:
    return Remembering()


def conversation() -> tuple[Samples, Samples]:
    """The caller's five sentences with the officer's two over them, the officer's leg shorter."""
    rx = speech_samples.sound("call-0")
    tx = np.zeros(30 * 8000, np.int16)
    for name, second in (("single-2", 7.0), ("single-3", 23.0)):
        voice = speech_samples.sound(name)
        tx[int(second * 8000) : int(second * 8000) + len(voice)] = voice
    return rx, tx


@pytest.fixture(scope="module")
def whole(ears: Remembering, tmp_path_factory: pytest.TempPathFactory) -> list[HeardPhrase]:
    """The call heard at once from its sealed file."""
    folder = tmp_path_factory.mktemp("whole")
    sealed = seal.seal(made.call(folder / "a", *conversation()), folder / "a.flac")
    return everything(LiveTranscription.from_sealed(sealed.path, ears, drill=True))


def everything(live: LiveTranscription) -> list[HeardPhrase]:
    return [phrase for step in live.finish() for phrase in step]


def in_order(phrases: list[HeardPhrase]) -> list[HeardPhrase]:
    return sorted(phrases, key=lambda phrase: (phrase.start, phrase.leg))


class Recorder:
    """MixMonitor: writes both legs in blocks of its own size, sizes 0 until it is stopped."""

    def __init__(self, stem: Path, rx: Samples, tx: Samples) -> None:
        self.sound = {legs.leg_path(stem, Leg.RX): made.header() + rx.tobytes()}
        self.sound[legs.leg_path(stem, Leg.TX)] = made.header() + tx.tobytes()
        self.at = 0

    def grow(self, size: int) -> bool:
        for path, content in self.sound.items():
            with path.open("ab") as file:
                file.write(content[self.at : self.at + size])
        self.at += size
        return self.at < max(map(len, self.sound.values()))


class TestCall:
    def test_each_party_is_heard_at_its_time(self, whole: list[HeardPhrase]) -> None:
        caller = [phrase for phrase in whole if phrase.speaker is Speaker.CALLER]
        officer = [phrase for phrase in whole if phrase.speaker is Speaker.OFFICER]
        said = speech_samples.reference("call-0")
        assert len(caller) == len(said)
        assert len(officer) == 2
        assert speech_samples.character_errors("".join(s[2] for s in said), "".join(p.text for p in caller)) < 0.1
        for phrase, (start, end, _) in zip(caller, said, strict=True):
            assert phrase.start == pytest.approx(start, abs=0.3)
            assert phrase.end == pytest.approx(end, abs=0.3)

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_live_gives_the_phrases_of_the_sealed_file(
        self, ears: Remembering, whole: list[HeardPhrase], tmp_path: Path, seed: int
    ) -> None:
        chance = random.Random(seed)  # noqa: S311
        recorder = Recorder(tmp_path / "a", *conversation())
        live = LiveTranscription.of_stem(tmp_path / "a", ears, drill=True)
        got = live.step()
        while recorder.grow(chance.choice([1, 4096, 32768, 65536])):
            got += live.step()
        early = len(got)
        got += everything(live)
        assert in_order(got) == in_order(whole)
        assert early >= len(whole) - 2, "the words appear while the call goes on"

    @pytest.mark.parametrize("kill_after", range(1, 8))
    def test_after_a_kill_it_goes_on_where_the_record_ends(
        self, ears: Remembering, whole: list[HeardPhrase], tmp_path: Path, kill_after: int
    ) -> None:
        recorder, record = Recorder(tmp_path / "a", *conversation()), []
        live = LiveTranscription.of_stem(tmp_path / "a", ears, drill=True)
        while recorder.grow(32768) and len(record) < kill_after:
            record += live.step()
        while recorder.grow(32768):
            pass
        resume_at = {leg: max((p.end for p in record if p.leg is leg), default=0.0) for leg in Leg}
        again = LiveTranscription.of_stem(tmp_path / "a", ears, drill=True, resume_at=resume_at)
        assert in_order(record + everything(again)) == in_order(whole)

    def test_what_the_record_has_is_not_heard_again(self, ears: Remembering, tmp_path: Path) -> None:
        rx, tx = conversation()
        stem = made.call(tmp_path / "a", rx, tx)
        before = ears.asked
        live = LiveTranscription.of_stem(stem, ears, drill=True, resume_at={Leg.RX: 31.0, Leg.TX: 31.0})
        assert len(everything(live)) == 1
        assert ears.asked - before <= 4

    def test_at_the_hang_up_only_the_last_phrase_is_left(self, ears: Remembering, tmp_path: Path) -> None:
        rx, _ = conversation()
        long = np.tile(rx, 8)
        recorder = Recorder(tmp_path / "a", long, np.zeros(len(long), np.int16))
        live = LiveTranscription.of_stem(tmp_path / "a", ears, drill=True)
        while recorder.grow(32768):
            live.step()
            while live.waiting:  # a loaded test machine may need a second step
                live.step()
        before = ears.asked
        everything(live)
        assert ears.asked - before <= 1


class Big:
    """A model with a window of 30 s that notes what it was given; each window is one phrase from 0.5 s on."""

    model, version, drill_only, joins, longest = "big", "0", False, True, 29.5

    def __init__(self) -> None:
        self.given: list[Wave] = []

    def transcribe(self, samples: Wave, hotwords: Sequence[str] = ()) -> list[Phrase]:
        self.given.append(samples)
        return [Phrase(0.5, len(samples) / 16000, f"第{len(self.given)}窗", -0.1, 0.0)]


class TestPace:
    def test_in_time_each_phrase_is_heard_alone(self, tmp_path: Path) -> None:
        rx = speech_samples.sound("call-0")
        recorder, big = Recorder(tmp_path / "a", rx, np.zeros(len(rx), np.int16)), Big()
        live = LiveTranscription.of_stem(tmp_path / "a", big)
        while recorder.grow(32768):
            live.step()
        everything(live)
        assert len(big.given) == 5

    def test_behind_several_are_heard_as_one_at_their_times(self, tmp_path: Path) -> None:
        rx, big = speech_samples.sound("call-0"), Big()
        heard = everything(LiveTranscription.of_stem(made.call(tmp_path / "a", rx, None), big))
        said = speech_samples.reference("call-0")
        assert len(big.given) == len(heard) == 3
        assert big.given[0].size / 16000 <= big.longest
        assert (heard[0].start, heard[0].end) == pytest.approx((said[0][0], said[2][1]), abs=0.4)
        assert heard[1].start == pytest.approx(said[3][0], abs=0.4)

    def test_a_step_ends_when_its_time_is_up(self, ears: Remembering, tmp_path: Path) -> None:
        rx, tx = conversation()
        minute = iter(range(0, 100_000, 60))
        live = LiveTranscription(
            growing(made.call(tmp_path / "a", rx, tx)), ears, drill=True, clock=lambda: next(minute)
        )
        before = ears.asked
        live.step()
        assert ears.asked - before == 1
        assert live.waiting > 1


class TestLegs:
    def test_an_echo_on_the_other_leg_is_left_out(self, ears: Remembering, tmp_path: Path) -> None:
        voice = np.pad(speech_samples.sound("single-3"), (0, 8000))
        echo = (np.roll(voice, 1200) * 0.3).astype(np.int16)
        for name, rx, tx, leg in (("a", voice, echo, Leg.RX), ("b", echo, voice, Leg.TX)):
            heard = everything(LiveTranscription.of_stem(made.call(tmp_path / name, rx, tx), ears, drill=True))
            assert [phrase.leg for phrase in heard] == [leg]

    def test_two_people_who_speak_at_once_are_both_heard(self, ears: Remembering, tmp_path: Path) -> None:
        stem = made.call(tmp_path / "a", speech_samples.sound("single-3"), speech_samples.sound("single-2"))
        heard = everything(LiveTranscription.of_stem(stem, ears, drill=True))
        assert {phrase.leg for phrase in heard} == {Leg.RX, Leg.TX}

    def test_a_mix_in_both_channels_is_heard_once(self, ears: Remembering, tmp_path: Path) -> None:
        stem = made.call(tmp_path / "a", None, None, speech_samples.sound("single-2"))
        sealed = seal.seal(stem, tmp_path / "a.flac")
        assert len(everything(LiveTranscription.from_sealed(sealed.path, ears, drill=True))) == 1

    def test_a_leg_that_never_comes_holds_nobody_up(self, ears: Remembering, tmp_path: Path) -> None:
        stem = made.call(tmp_path / "a", speech_samples.sound("call-0"), None)
        live = LiveTranscription.of_stem(stem, ears, drill=True)
        early = [*live.step(), *live.step()]
        assert len(early) >= 2
        assert len(early + everything(live)) == 5

    def test_a_damaged_leg_is_named_and_the_other_heard(self, ears: Remembering, tmp_path: Path) -> None:
        stem = made.call(tmp_path / "a", speech_samples.sound("single-2"), None)
        legs.leg_path(stem, Leg.TX).write_bytes(os.urandom(9000))
        live = LiveTranscription.of_stem(stem, ears, drill=True)
        assert [phrase.leg for phrase in everything(live)] == [Leg.RX]
        assert "not a WAV file" in live.faults[Leg.TX]

    def test_silence_gives_no_words(self, ears: Remembering, tmp_path: Path) -> None:
        stem = made.call(tmp_path / "a", made.noise(20, loud=1500), np.zeros(8000, np.int16))
        assert everything(LiveTranscription.of_stem(stem, ears, drill=True)) == []

    def test_a_call_without_any_file_ends(self, ears: Remembering, tmp_path: Path) -> None:
        live = LiveTranscription.of_stem(tmp_path / "never", ears, drill=True)
        assert live.step() == []
        assert not live.done
        assert everything(live) == []
        assert live.done


class TestRefusal:
    def test_the_practice_model_never_hears_a_real_call(self, ears: Remembering, tmp_path: Path) -> None:
        with pytest.raises(PracticeOnly):
            LiveTranscription.of_stem(tmp_path / "a", ears)

    def test_a_model_that_fails_loses_nothing(self, ears: Remembering, tmp_path: Path) -> None:
        class Failing(Remembering):
            def __init__(self) -> None:
                self.longest, self.joins, self.drill_only, self.broken = ears.longest, False, True, True

            def transcribe(self, samples: Wave, hotwords: Sequence[str] = ()) -> list[Phrase]:
                if self.broken:
                    raise SpeechError("out of memory")
                return ears.transcribe(samples, hotwords)

        failing = Failing()
        stem = made.call(tmp_path / "a", speech_samples.sound("single-2"), None)
        live = LiveTranscription.of_stem(stem, failing, drill=True)
        for _ in range(3):
            with pytest.raises(SpeechError):
                everything(live)
        failing.broken = False
        assert len(everything(live)) == 1


class TestMeasure:
    def test_a_file_of_any_kind_is_heard_and_timed(self, ears: Remembering) -> None:
        measured = measure(speech_samples.FOLDER / "single-2.flac", ears)
        assert speech_samples.character_errors(speech_samples.reference("single-2")[0][2], measured.text) <= 0.2
        assert measured.seconds == pytest.approx(6.1, abs=0.01)
        assert measured.rtf == measured.took / measured.seconds

    @pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 50, b"\x89PNG\r\n\x1a\n" + b"\0" * 64])
    def test_what_is_no_sound_is_said(self, ears: Remembering, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "x.wav").write_bytes(content)
        with pytest.raises(AudioUnreadable, match=r"x\.wav"):
            measure(tmp_path / "x.wav", ears)

    def test_a_missing_file_and_an_empty_one_are_said(self, ears: Remembering, tmp_path: Path) -> None:
        with pytest.raises(AudioUnreadable):
            measure(tmp_path / "none.wav", ears)
        with pytest.raises(AudioUnreadable, match="no sound"):
            measure(made.whole(tmp_path / "e.wav", np.zeros(0, np.int16)), ears)


def test_the_worker_steps_back_behind_the_calls() -> None:
    script = (
        "import os\nfrom telephony.speech.background import be_background\n"
        "print(be_background(7, 3), os.getpriority(os.PRIO_PROCESS, 0), os.environ['OMP_NUM_THREADS'])\n"
        "print(be_background(0, 0) >= 1, os.getpriority(os.PRIO_PROCESS, 0))\n"
    )
    here = os.getpriority(os.PRIO_PROCESS, 0)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    nice = str(max(7, here))
    assert run.stdout.split() == ["3", nice, "3", "True", nice]
