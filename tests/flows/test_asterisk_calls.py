"""Calls through the real dialplan, with nothing of ours running: Asterisk rings, records and escalates by itself."""

import time
import wave
from pathlib import Path

import numpy as np
import pytest
from pbx import Pbx, Row, pbx, running_pbx  # noqa: F401

pytestmark = pytest.mark.asterisk
CALLER, SEAT, SECOND = 1500, 700, 1000
LINE = "07593181234"


def seconds(file: Path) -> float:
    with wave.open(str(file)) as wav:
        return wav.getnframes() / wav.getframerate()


def hears(file: Path, hertz: float, start: float = 0, end: float | None = None) -> bool:
    """Whether a tone stands out in this part of a recording (its share of all sound is most of it)."""
    with wave.open(str(file)) as wav:
        samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2").astype(float)
    part = samples[int(start * 8000) : int(end * 8000) if end else None]
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
    around = np.abs(np.fft.rfftfreq(len(part), 1 / 8000) - hertz) < 10
    return bool(power.sum() > 1e6 and power[around].sum() > 0.6 * power.sum())


def talk(seconds: float) -> None:
    """Let a call stand: time is what is measured here."""
    time.sleep(seconds)


def stem_of(row: Row) -> Path:
    """The recording that a DL_RECORDING row names."""
    return Path(row["appdata"].split(",")[1])


def leg(stem: Path, name: str) -> Path:
    return stem.with_name(f"{stem.name}-{name}.wav")


class TestInbound:
    def test_rings_every_seat_and_records_both_legs(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, two, caller = pbx.seat("6001", SEAT), pbx.seat("6002", SECOND), pbx.carrier(hertz=CALLER)
        caller.call(pbx.uri(LINE))
        one.wait("incoming")
        two.wait("incoming")
        two.do("answer")
        caller.connected()
        talk(3)
        caller.do("hangup")
        two.ended()
        stem = stem_of(pbx.row(mark, eventtype="DL_RECORDING"))
        pbx.hang_up()
        start = pbx.row(mark, eventtype="CHAN_START", context="dutyline-in")
        assert (start["exten"], start["cid_num"]) == (LINE, "13800001234")
        assert stem.name == start["linkedid"]
        assert hears(leg(stem, "rx"), CALLER) and hears(leg(stem, "tx"), SECOND)
        assert seconds(leg(stem, "rx")) == seconds(leg(stem, "tx")) == pytest.approx(3, abs=1)
        pbx.sample(mark, "inbound_answered")

    def test_caller_gives_up_while_it_rings(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, caller = pbx.seat("6001"), pbx.carrier()
        caller.call(pbx.uri(LINE))
        one.wait("incoming")
        talk(1)
        caller.do("hangup")
        one.ended()
        pbx.hang_up()
        end = pbx.row(mark, eventtype="HANGUP", context="dutyline-incoming")
        assert '"dialstatus":"CANCEL"' in end["eventextra"]
        assert not [r for r in pbx.rows_since(mark) if r["eventtype"] == "BRIDGE_ENTER"]
        pbx.sample(mark, "inbound_abandoned")

    def test_nobody_answers_and_the_caller_says_nothing(self, pbx: Pbx) -> None:  # noqa: F811
        pbx.put("dutyline", "message_after", "2")
        mark = pbx.mark()
        one, caller = pbx.seat("6001"), pbx.carrier()
        caller.call(pbx.uri(LINE))
        one.wait("incoming")
        one.ended()
        caller.connected()
        caller.do("hangup")
        caller.ended()
        pbx.hang_up()
        assert not [r for r in pbx.rows_since(mark) if r["eventtype"] == "DL_MESSAGE"]
        pbx.sample(mark, "inbound_missed")

    def test_message_is_left(self, pbx: Pbx) -> None:  # noqa: F811
        pbx.put("dutyline", "message_after", "2")
        mark = pbx.mark()
        pbx.seat("6001")
        caller = pbx.carrier(hertz=CALLER)
        caller.call(pbx.uri(LINE))
        caller.connected()
        talk(4)
        caller.do("hangup")
        stem = stem_of(pbx.row(mark, eventtype="DL_MESSAGE"))
        pbx.hang_up()
        message = stem.with_name(f"{stem.name}-msg.wav")
        assert hears(message, CALLER) and seconds(message) == pytest.approx(3, abs=1.5)
        assert hears(leg(stem, "tx"), 425, 0, 0.8), "the prompt is in the recording too"
        pbx.sample(mark, "inbound_message")


class TestEscalation:
    def test_backup_rings_while_the_desk_rings_on(self, pbx: Pbx) -> None:  # noqa: F811
        for key, value in {"ring": "PJSIP/6001", "backup": "PJSIP/6002", "escalate_after": "2"}.items():
            pbx.put("dutyline", key, value)
        mark = pbx.mark()
        desk, backup, caller = pbx.seat("6001", SEAT), pbx.seat("6002", SECOND), pbx.carrier(hertz=CALLER)
        caller.call(pbx.uri(LINE))
        rang = desk.wait("incoming")["t"]
        assert backup.wait("incoming")["t"] - rang == pytest.approx(2, abs=1.5)
        backup.do("answer")
        caller.connected()
        assert desk.ended()["reason"], "the desk phone is told"
        assert len([e for e in desk.events if e["event"] == "incoming"]) == 1, "rang once, without a gap"
        talk(3)
        stem = stem_of(pbx.row(mark, eventtype="DL_RECORDING"))
        caller.do("hangup")
        pbx.hang_up()
        assert hears(leg(stem, "rx"), CALLER) and hears(leg(stem, "tx"), SECOND)
        pbx.sample(mark, "inbound_escalated")

    def test_outside_backup_number_by_the_trunk(self, pbx: Pbx) -> None:  # noqa: F811
        pbx.put("dutyline", "ring", "PJSIP/6001")
        pbx.put("dutyline", "backup", "PJSIP/13711112222@trunk-1")
        pbx.put("dutyline", "escalate_after", "1")
        mark = pbx.mark()
        pbx.seat("6001")
        mobile = pbx.carrier("13711112222", SECOND, port=5060)
        caller = pbx.carrier(hertz=CALLER)
        caller.call(pbx.uri(LINE))
        mobile.wait("incoming")
        mobile.do("answer")
        caller.connected()
        talk(3)
        caller.do("hangup")
        mobile.ended()
        pbx.hang_up()
        pbx.sample(mark, "inbound_escalated_outside")


class TestSeats:
    def test_outgoing_is_recorded_on_the_outside_party(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, far = pbx.seat("6001", SEAT), pbx.carrier("13711112222", CALLER, port=5060)
        one.call(pbx.uri("913711112222"))
        assert LINE in far.wait("incoming")["remote"], "shows the number of the line"
        far.do("answer")
        one.connected()
        talk(3)
        one.do("hangup")
        far.ended()
        stem = stem_of(pbx.row(mark, eventtype="DL_RECORDING"))
        pbx.hang_up()
        assert hears(leg(stem, "rx"), CALLER) and hears(leg(stem, "tx"), SEAT)
        pbx.sample(mark, "outgoing_answered")

    def test_outgoing_not_answered(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, far = pbx.seat("6001"), pbx.carrier("13711112222", port=5060)
        one.call(pbx.uri("913711112222"))
        far.wait("incoming")
        far.do("answer", code=486)
        assert one.ended()["code"] == 486
        pbx.hang_up()
        pbx.sample(mark, "outgoing_busy")

    def test_seat_calls_seat(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, two = pbx.seat("6001", SEAT), pbx.seat("6002", SECOND)
        one.call(pbx.uri("6002"))
        two.wait("incoming")
        two.do("answer")
        one.connected()
        talk(2)
        one.do("hangup")
        stem = stem_of(pbx.row(mark, eventtype="DL_RECORDING"))
        pbx.hang_up()
        assert hears(leg(stem, "rx"), SECOND) and hears(leg(stem, "tx"), SEAT)
        pbx.sample(mark, "internal_answered")


class TestPassingOn:
    def test_hold_and_return(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, caller = pbx.seat("6001", SEAT), pbx.carrier(hertz=CALLER)
        caller.call(pbx.uri(LINE))
        one.wait("incoming")
        one.do("answer")
        caller.connected()
        talk(2)
        one.do("hold")
        talk(2)
        one.do("resume")
        talk(2)
        caller.do("hangup")
        one.ended()
        stem = stem_of(pbx.row(mark, eventtype="DL_RECORDING"))
        pbx.hang_up()
        assert seconds(leg(stem, "rx")) == pytest.approx(6, abs=1.5)
        assert seconds(leg(stem, "tx")) == pytest.approx(seconds(leg(stem, "rx")), abs=0.1)
        assert hears(leg(stem, "tx"), SEAT, 0, 1.5) and hears(leg(stem, "tx"), SEAT, 5, 5.8)
        pbx.sample(mark, "inbound_held")

    def test_blind_transfer(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, two, caller = pbx.seat("6001", SEAT), pbx.seat("6002", SECOND), pbx.carrier(hertz=CALLER)
        caller.call(pbx.uri(LINE))
        two.wait("incoming")
        one.wait("incoming")
        one.do("answer")
        caller.connected()
        talk(2)
        one.do("transfer", to=pbx.uri("6002"))
        two.wait("incoming")
        two.do("answer")
        two.connected()
        talk(2)
        caller.do("hangup")
        two.ended()
        stem = stem_of(pbx.row(mark, eventtype="DL_RECORDING"))
        pbx.hang_up()
        records = [r for r in pbx.rows_since(mark) if r["eventtype"] == "DL_RECORDING"]
        assert len(records) == 1, "one call, one recording"
        assert hears(leg(stem, "tx"), SEAT, 0, 1.5) and hears(leg(stem, "tx"), SECOND, seconds(leg(stem, "tx")) - 1.2)
        pbx.sample(mark, "inbound_blind_transfer")

    def test_blind_transfer_to_nobody_comes_back(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, caller = pbx.seat("6001", SEAT), pbx.carrier(hertz=CALLER)
        caller.call(pbx.uri(LINE))
        one.wait("incoming")
        one.do("answer")
        caller.connected()
        talk(1)
        one.do("transfer", to=pbx.uri("6003"))
        one.wait("incoming")
        one.do("answer")
        one.connected()
        talk(1)
        caller.do("hangup")
        one.ended()
        pbx.hang_up()
        pbx.sample(mark, "inbound_blind_transfer_returned")

    def test_attended_transfer(self, pbx: Pbx) -> None:  # noqa: F811
        mark = pbx.mark()
        one, two, caller = pbx.seat("6001", SEAT), pbx.seat("6002", SECOND), pbx.carrier(hertz=CALLER)
        caller.call(pbx.uri(LINE))
        two.wait("incoming")
        one.wait("incoming")
        one.do("answer", call=0)
        caller.connected()
        talk(2)
        one.do("hold", call=0)
        one.call(pbx.uri("6002"))
        two.wait("incoming")
        two.do("answer")
        two.connected()
        talk(2)
        one.do("attended", call=0, **{"with": 1})
        one.ended()
        talk(2)
        caller.do("hangup")
        two.ended()
        pbx.hang_up()
        outside, consulted = [stem_of(r) for r in pbx.rows_since(mark) if r["eventtype"] == "DL_RECORDING"]
        assert hears(leg(outside, "rx"), CALLER, 0, 1.5) and hears(leg(outside, "tx"), SEAT, 0, 1.5)
        assert hears(leg(outside, "rx"), CALLER, seconds(leg(outside, "rx")) - 1.2), "the caller, to the end"
        assert hears(leg(consulted, "rx"), SECOND, seconds(leg(consulted, "rx")) - 1.2), (
            "the second officer, to the end"
        )
        pbx.sample(mark, "inbound_attended_transfer")


def test_practice_call_rings_like_any_other(pbx: Pbx) -> None:  # noqa: F811
    mark = pbx.mark()
    one, caller = pbx.seat("6001", SEAT), pbx.practice("13900009999", CALLER)
    caller.call(pbx.uri(LINE))
    one.wait("incoming")
    one.do("answer")
    caller.connected()
    talk(2)
    caller.do("hangup")
    one.ended()
    pbx.hang_up()
    start = pbx.row(mark, eventtype="CHAN_START", context="dutyline-practice")
    assert start["channame"].startswith("PJSIP/dutyline-practice-") and start["cid_num"] == "13900009999"
    pbx.sample(mark, "practice_answered")
