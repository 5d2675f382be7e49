"""Transcripts from files, elements as data, and what to ask next."""

import json
from datetime import datetime

import pytest

from models.rules.elements import KEYS, Leg, TranscriptError, Turn, Vocabulary, as_json, draft, missing, parse

AT = datetime.fromisoformat("2026-11-23T10:25:00+08:00")


class TestPlainText:
    def test_marks_tell_who_speaks(self) -> None:
        turns = parse("来电:十点二十\n值班：有没有人员伤亡\ncaller: 没有\n[officer] : 好\n", AT).turns
        assert [turn.leg for turn in turns] == [Leg.CALLER, Leg.OFFICER, Leg.CALLER, Leg.OFFICER]
        assert [turn.text for turn in turns] == ["十点二十", "有没有人员伤亡", "没有", "好"]

    def test_without_marks_the_caller_speaks(self) -> None:
        assert parse("着火了\n\n快来人", AT).turns == (Turn(Leg.CALLER, "着火了"), Turn(Leg.CALLER, "快来人"))

    def test_a_line_without_a_mark_goes_on(self) -> None:
        assert [turn.leg for turn in parse("值班:请讲\n我在听", AT).turns] == [Leg.OFFICER, Leg.OFFICER]

    def test_a_stamp_is_the_start(self) -> None:
        assert parse("[01:05] 来电: 着火了", AT).turns == (Turn(Leg.CALLER, "着火了", 65.0),)

    def test_a_time_that_is_said_is_no_stamp(self) -> None:
        assert parse("10:20发生的", AT).turns[0].text == "10:20发生的"

    def test_nothing(self) -> None:
        assert parse("", AT).turns == ()
        assert missing(draft(parse("", AT), Vocabulary())) == tuple(sorted(KEYS, key=missing_order))


def missing_order(key: str) -> int:
    """Where help must go comes first, what to do about it last."""
    return [
        "place",
        "time",
        "nature",
        "consequences",
        "response",
        "trend",
        "cause",
        "scope",
        "source",
        "course",
        "plan",
    ].index(key)


class TestJson:
    def test_turns(self) -> None:
        data = {
            "at": "2026-11-23T09:00:00+08:00",
            "turns": [{"leg": "caller", "start": 1.5, "text": "着火了", "end": 3}],
        }
        transcript = parse(json.dumps(data), AT)
        assert transcript.turns == (Turn(Leg.CALLER, "着火了", 1.5),)
        assert transcript.at == datetime.fromisoformat("2026-11-23T09:00:00+08:00")

    def test_its_time_may_leave_out_the_zone(self) -> None:
        assert parse('{"at": "2026-11-23T09:00:00", "turns": []}', AT).at.isoformat() == "2026-11-23T09:00:00+08:00"

    def test_without_its_time_the_argument_counts(self) -> None:
        assert parse('[{"leg": "caller", "text": "喂"}]', AT).at == AT

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{", "is not"),
            ("{}", "no list of turns"),
            ('{"turns": [1]}', "Turn 0"),
            ('{"turns": [{"leg": "boss", "text": ""}]}', "'boss'"),
            ('{"turns": [{"leg": "caller"}]}', "no text"),
            ('{"turns": [{"leg": "caller", "text": "", "start": -1}]}', "-1"),
            ('{"turns": [{"leg": "caller", "text": "", "start": true}]}', "True"),
            ('{"at": "soon", "turns": []}', "soon"),
        ],
    )
    def test_what_is_wrong_is_said(self, text: str, said: str) -> None:
        with pytest.raises(TranscriptError, match=said):
            parse(text, AT)

    def test_a_time_without_zone_is_refused(self) -> None:
        with pytest.raises(TranscriptError, match="zone"):
            parse("喂", AT.replace(tzinfo=None))


class TestAsJson:
    def test_a_key_that_was_not_said_has_nothing_else(self) -> None:
        data = as_json(draft(parse("三人受伤", AT), Vocabulary()))
        elements = data["elements"]
        assert isinstance(elements, dict)
        assert list(elements) == list(KEYS)
        assert elements["plan"] == {"stated": False}
        assert elements["consequences"] == {
            "stated": True,
            "text": "三人受伤",
            "value": {"injured": 3},
            "spans": [{"turn": 0, "start": 0, "end": 4}],
        }
        assert json.loads(json.dumps(data)) == data


def test_missing_shrinks_as_the_call_goes_on() -> None:
    first = missing(draft(parse("在省道二八七线发生交通事故", AT), Vocabulary()))
    then = missing(draft(parse("十点二十在省道二八七线发生交通事故三人受伤", AT), Vocabulary()))
    assert first[:2] == ("time", "consequences")
    assert set(then) == set(first) - {"time", "consequences"}
