"""The shipped practice calls: two legs that make one conversation, and a truth that is said in them."""

import re

import numpy as np
import pytest
import soundfile

from telephony.practice import scripts
from telephony.practice.scripts import PracticeCall

CALLS = scripts.load()


def test_there_are_calls_with_different_matters() -> None:
    assert len(CALLS) >= 4
    assert len({call.truth["nature"]["kind"] for call in CALLS}) >= 4
    assert all(set(call.title) == {"zh", "en"} and re.fullmatch(r"0759\d{7}", call.number) for call in CALLS)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.id)
class TestCall:
    def test_legs_are_equally_long_telephone_sound(self, call: PracticeCall) -> None:
        assert 20 <= call.seconds <= 60
        for leg in (call.caller, call.officer):
            info = soundfile.info(leg)
            assert (info.samplerate, info.channels) == (8000, 1)
            assert info.duration == pytest.approx(call.seconds, abs=0.01)
            assert leg.stat().st_size <= 300_000

    def test_one_leg_is_silent_while_the_other_speaks(self, call: PracticeCall) -> None:
        legs = {leg: soundfile.read(getattr(call, leg), dtype="int16")[0] for leg in ("caller", "officer")}
        for turn in call.turns:
            span = slice(round(turn.start * 8000), round(turn.end * 8000))
            other = "officer" if turn.leg == "caller" else "caller"
            assert np.abs(legs[turn.leg][span].astype(int)).max() > 8000
            assert np.abs(legs[other][span].astype(int)).max() < 50

    def test_turns_follow_each_other(self, call: PracticeCall) -> None:
        times = [time for turn in call.turns for time in (turn.start, turn.end)]
        assert times == sorted(times)
        assert times[-1] < call.seconds
        assert {turn.leg for turn in call.turns} == {"caller", "officer"}

    def test_the_caller_says_what_is_true(self, call: PracticeCall) -> None:
        said = "".join(turn.text for turn in call.turns if turn.leg == "caller")
        assert call.truth["time"]["text"] in said
        assert call.truth["place"] in said
        assert call.truth["nature"]["kind"] in said
        assert call.truth["nature"]["code"] in {"natural", "accident", "health", "security", "other"}
        assert call.truth["consequences"]


def test_one_caller_gives_time_place_nature_and_casualties_in_one_sentence() -> None:
    call = next(call for call in CALLS if call.id == "traffic")
    sentence = next(turn.text for turn in call.turns if "发生" in turn.text)
    assert sentence == "十点二十分在廉江市解放路发生一起交通事故，三人受伤。"
    assert call.truth["consequences"] == {"injured": 3}
