"""Phrases cut from a leg: the same ones however the sound arrives."""

import itertools

import numpy as np
import pytest
import speech_samples
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.recording.legs import Leg
from telephony.recording.wav import Samples
from telephony.speech import resample
from telephony.speech.phrases import Cut, PhraseAudio, PhraseCutter

CUT = Cut(longest=9.5)


def phrases(sound: Samples, chunk: int = 80_000, cut: Cut = CUT) -> list[PhraseAudio]:
    cutter = PhraseCutter(Leg.RX, cut)
    found = [phrase for at in range(0, len(sound), chunk) for phrase in cutter.feed(sound[at : at + chunk])]
    return [*found, *cutter.flush()]


def outline(found: list[PhraseAudio]) -> list[tuple[float, float, float, float, bytes]]:
    return [(p.start, p.end, p.voice_start, p.voice_end, p.samples.tobytes()) for p in found]


@pytest.fixture(scope="module")
def call() -> Samples:
    return speech_samples.sound("call-0")


class TestCutter:
    def test_each_sentence_is_one_phrase_at_its_time(self, call: Samples) -> None:
        found = phrases(call)
        said = speech_samples.reference("call-0")
        assert len(found) == len(said)
        for phrase, (start, end, _) in zip(found, said, strict=True):
            assert phrase.voice_start == pytest.approx(start, abs=0.3)
            assert phrase.voice_end == pytest.approx(end, abs=0.3)
            assert phrase.start <= phrase.voice_start < phrase.voice_end <= phrase.end
            assert len(phrase.samples) == round((phrase.end - phrase.start) * 8000)
            at = round(phrase.start * 8000)
            assert np.array_equal(phrase.samples, call[at : at + len(phrase.samples)])

    @settings(max_examples=12, deadline=None)
    @given(sizes=st.lists(st.sampled_from([1, 7, 255, 256, 257, 1600, 16384, 40000]), min_size=1, max_size=6))
    def test_how_the_sound_is_divided_changes_nothing(self, sizes: list[int]) -> None:
        sound = speech_samples.sound("single-3")
        cutter, found, at = PhraseCutter(Leg.RX, CUT), [], 0
        # A leg that comes sample by sample for ever would be slow; small pieces at the beginning are enough.
        for size in itertools.chain(sizes, itertools.repeat(max(*sizes, 256))):
            found += cutter.feed(sound[at : at + size])
            at += size
            if at >= len(sound):
                break
        found += cutter.flush()
        assert outline(found) == outline(phrases(sound))

    def test_a_phrase_comes_as_soon_as_its_pause_is_long_enough(self, call: Samples) -> None:
        cutter = PhraseCutter(Leg.RX, CUT)
        end = speech_samples.reference("call-0")[0][1]
        until = round((end + 0.9) * 8000)
        assert len(list(cutter.feed(call[:until]))) == 1
        assert cutter.settled > end

    def test_an_open_phrase_holds_back_what_is_settled(self, call: Samples) -> None:
        cutter = PhraseCutter(Leg.RX, CUT)
        assert list(cutter.feed(call[: 8000 * 3])) == []
        assert cutter.settled == pytest.approx(0.5, abs=0.3)
        assert cutter.position == pytest.approx(3, abs=0.04)

    def test_the_end_of_the_call_ends_the_phrase(self, call: Samples) -> None:
        (only,) = phrases(call[: 8000 * 3])
        assert only.end == pytest.approx(3, abs=0.04)

    def test_talk_without_a_pause_is_cut_at_the_longest_and_nothing_is_lost(self, call: Samples) -> None:
        spoken = np.concatenate(
            [call[round(a * 8000) : round(b * 8000)] for a, b, _ in speech_samples.reference("call-0")]
        )
        found = phrases(spoken, cut=Cut(longest=4))
        assert all(phrase.end - phrase.start <= 4 for phrase in found)
        assert sum(phrase.end - phrase.start for phrase in found) == pytest.approx(len(spoken) / 8000, rel=0.05)
        assert all(a.end <= b.start for a, b in itertools.pairwise(found))

    @pytest.mark.parametrize("kind", ["zeros", "idle", "noise", "ringing"])
    def test_what_is_not_speech_gives_nothing(self, kind: str) -> None:
        t = np.arange(8000 * 12)
        sound = {
            "zeros": np.zeros(len(t)),
            "idle": np.random.default_rng(1).integers(-30, 31, len(t)),
            "noise": np.random.default_rng(2).standard_normal(len(t)) * 1500,
            "ringing": 6000 * np.sin(t * 2 * np.pi * 450 / 8000) * ((t // 8000) % 5 == 0),
        }[kind]
        assert phrases(sound.astype(np.int16)) == []

    def test_memory_is_bounded_on_a_twenty_minute_call(self, call: Samples) -> None:
        cutter, block = PhraseCutter(Leg.RX, CUT), call[: 8000 * 30]
        count = most = 0
        for _ in range(40):
            for at in range(0, len(block), 16_000):
                count += sum(1 for _ in cutter.feed(block[at : at + 16_000]))
                most = max(most, sum(window.samples.nbytes for window in cutter._windows))
                assert all(window.samples.base is None for window in cutter._windows)
        assert count >= 40 * 3
        assert most <= CUT.longest * 8000 * 2


class TestResample:
    @pytest.mark.parametrize("hertz", [200, 1000, 3000])
    def test_a_tone_stays_the_tone(self, hertz: int) -> None:
        tone = (10000 * np.sin(2 * np.pi * hertz * np.arange(4000) / 8000)).astype(np.int16)
        wanted = 10000 / 32768 * np.sin(2 * np.pi * hertz * np.arange(8000) / 16000)
        assert np.abs(resample.double(tone) - wanted)[100:-100].max() < 1e-3

    def test_twice_the_samples(self) -> None:
        assert resample.double(np.zeros(0, np.int16)).shape == (0,)
        assert resample.double(np.ones(5, np.int16)).shape == (10,)
        assert resample.double(np.ones(5, np.int16)).dtype == np.float32
