"""Manager events as facts: a recorded pair of the same calls by manager and event log tells the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from telephony.ami_events import Lines, Translator, device_status
from telephony.ami_wire import Message
from telephony.cel import CelFollower, Position
from telephony.channels import endpoint, is_ours
from telephony.epoch import moment
from telephony.facts import (
    CallEnded,
    ChannelStarted,
    Fact,
    Held,
    LineKind,
    LineStatus,
    RecordingStarted,
    Resumed,
    TransferKind,
    Transferred,
)

CORPUS = Path(__file__).parents[1] / "corpus" / "pbx"


def told_by_manager() -> list[Fact]:
    """Blind transfer, attended transfer, abandoned call: recorded from Asterisk 22."""
    translator = Translator()
    facts: list[Fact] = []
    for block in (CORPUS / "transfers.ami").read_bytes().decode().split("\r\n\r\n"):
        message = Message(block.split("\r\n"))
        if message.get_header("Event") in translator.events:
            facts += translator.facts(message.headers)
    return facts


def told_by_log() -> list[Fact]:
    batch = CelFollower(CORPUS / "transfers.csv").read(Position())
    assert not batch.problems
    return list(batch.facts)


def essence(fact: Fact) -> tuple[object, ...]:
    """Everything but who told it and when, and what only one of the two knows."""
    names = (name for kind in type(fact).__mro__ for name in getattr(kind, "__slots__", ()))
    told = sorted((name, getattr(fact, name)) for name in names if name not in {"at", "source", "dialstatus", "stem"})
    return (type(fact).__name__, *told)


def times(facts: list[Fact]) -> dict[tuple[object, ...], list[datetime]]:
    found: dict[tuple[object, ...], list[datetime]] = {}
    for fact in facts:
        if not isinstance(fact, Held | Resumed | RecordingStarted):
            found.setdefault(essence(fact), []).append(fact.at)
    return found


def test_manager_and_log_tell_the_same_calls_to_the_millisecond() -> None:
    manager, log = times(told_by_manager()), times(told_by_log())
    assert manager.keys() == log.keys()
    assert len(manager) > 50
    for fact, at in manager.items():
        assert len(at) == len(log[fact])
        for one, other in zip(sorted(at), sorted(log[fact]), strict=True):
            assert abs(one - other) < timedelta(milliseconds=20), fact


def test_what_only_one_of_them_knows() -> None:
    manager, log = told_by_manager(), told_by_log()
    assert [type(fact) for fact in manager if isinstance(fact, Held | Resumed)].count(Held) == 2
    assert not [fact for fact in log if isinstance(fact, Held | Resumed)]
    assert {fact.stem for fact in manager if isinstance(fact, RecordingStarted)} == {""}
    stems = {(fact.call, fact.stem) for fact in log if isinstance(fact, RecordingStarted)}
    assert stems == {(call, f"/var/spool/dutyline/{call}") for call, _ in stems} and len(stems) == 3


def test_transfers_name_target_and_other_leg() -> None:
    blind, attended = [fact for fact in told_by_manager() if isinstance(fact, Transferred)]
    assert (blind.kind, blind.target, blind.other) == (TransferKind.BLIND, "6001", "")
    assert (attended.kind, attended.other) == (TransferKind.ATTENDED, "duty-1795466019.151")
    assert attended.other in {fact.channel for fact in told_by_log() if isinstance(fact, ChannelStarted)}


def test_every_call_ends_once_and_after_all_its_channels() -> None:
    facts = told_by_manager()
    ends = [fact.call for fact in facts if isinstance(fact, CallEnded)]
    assert sorted(ends) == sorted({fact.call for fact in facts})


def event(name: str, **headers: str) -> dict[str, str]:
    usual = {"Channel": "PJSIP/trunk-1-00000001", "Uniqueid": "d-1.0", "Linkedid": "d-1.0", "Timestamp": "1.5"}
    return {"Event": name} | usual | headers


def started(**headers: str) -> ChannelStarted:
    (fact,) = Translator().facts(event("Newchannel", **headers))
    assert isinstance(fact, ChannelStarted)
    return fact


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("<unknown>", ""),
        (r"he said \\\"hi\\\", [/bold] a\\\\b", r'he said "hi", [/bold] a\b'),
        (r"two\nlines", "two lines"),
        ("市应急局".encode("gbk").decode("utf-8", "surrogateescape"), "市应急局"),
    ],
)
def test_names_are_freed_of_both_notations(sent: str, name: str) -> None:
    assert started(CallerIDName=sent).caller_name == name


def test_a_hidden_number_is_empty() -> None:
    assert started(CallerIDNum="anonymous").number == ""


def test_channels_that_were_there_before_us_count_for_the_end() -> None:
    translator = Translator()
    assert translator.facts(event("CoreShowChannel")) == []
    assert translator.facts(event("CoreShowChannel", Uniqueid="d-1.1", Channel="PJSIP/6001-00000002")) == []
    first = translator.facts(event("Hangup", Uniqueid="d-1.1", Channel="PJSIP/6001-00000002", Cause="16"))
    last = translator.facts(event("Hangup", Cause="16"))
    assert [type(fact).__name__ for fact in first + last] == ["ChannelEnded", "ChannelEnded", "CallEnded"]


def test_our_own_local_channels_are_nobodys_call() -> None:
    assert Translator().facts(event("Newchannel", Channel="Local/start@dutyline-agi-0000001a;2")) == []
    assert is_ours("Local/end@dutyline-agi-0000001a;1")
    assert not is_ours("PJSIP/Local/x@dutyline-agi-1;1") and not is_ours("Local/s@dutyline-late-00000001;1")


def test_without_the_pbx_clock_ours_counts() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    quiet = {key: value for key, value in event("Hold").items() if key != "Timestamp"}
    assert Translator(lambda: now).facts(quiet)[0].at == now


@pytest.mark.parametrize("result", ["Fail", "Invalid", "Not Permitted"])
def test_a_transfer_that_failed_is_none(result: str) -> None:
    assert Translator().facts(event("BlindTransfer", Result=result)) == []
    assert Translator().facts(event("AttendedTransfer", Result=result)) == []


class TestLineStates:
    @pytest.fixture
    def lines(self) -> Iterator[Lines]:
        yield Lines()

    def one(self, lines: Lines, **headers: str) -> Any:
        found = lines.states({"Timestamp": "1.5"} | headers)
        return (found[0].name, found[0].kind, found[0].state) if found else None

    def test_devices(self, lines: Lines) -> None:
        told = self.one(lines, Event="DeviceStateChange", Device="PJSIP/6001", State="ONHOLD")
        assert told == ("6001", LineKind.DEVICE, LineStatus.HELD)
        assert self.one(lines, Event="DeviceStateChange", Device="Local/s@x", State="INUSE") is None
        told = self.one(lines, Event="EndpointList", ObjectName="trunk", DeviceState="Unavailable")
        assert told == ("trunk", LineKind.DEVICE, LineStatus.OFFLINE)

    def test_reachability(self, lines: Lines) -> None:
        told = self.one(lines, Event="PeerStatus", Peer="PJSIP/6001", PeerStatus="Unreachable")
        assert told == ("6001", LineKind.CONTACT, LineStatus.OFFLINE)

    def test_a_registration_is_named_like_its_endpoint(self, lines: Lines) -> None:
        uri = "sip:duty@carrier"
        assert self.one(lines, Event="Registry", Username=uri, Status="Registered")[0] == uri
        detail = {"ObjectName": "r", "Endpoint": "trunk", "ClientUri": uri, "Status": "Registered"}
        assert self.one(lines, Event="OutboundRegistrationDetail", **detail)[0] == "trunk"
        told = self.one(lines, Event="Registry", Username=uri, Status="Rejected")
        assert told == ("trunk", LineKind.REGISTRATION, LineStatus.OFFLINE)

    @pytest.mark.parametrize("word", ["Not in use", "NOT_INUSE"])
    def test_both_spellings(self, word: str) -> None:
        assert device_status(word) is LineStatus.IDLE

    def test_an_unknown_word_is_unknown(self) -> None:
        assert device_status("Dreaming") is LineStatus.UNKNOWN


def test_channel_names_tell_the_endpoint() -> None:
    assert endpoint("PJSIP/trunk-1-00000007") == "trunk-1"
    assert endpoint("Local/s@dutyline-late-00000001;1") == ""


def test_times_are_exact_to_the_microsecond() -> None:
    assert moment("1795465607.807229") == datetime(2026, 11, 23, 20, 26, 47, 807229, tzinfo=UTC)
    assert moment("1795465607") == datetime(2026, 11, 23, 20, 26, 47, tzinfo=UTC)
    for wrong in ("", "yesterday", "1.5e9", "-1", "1795465607.", "9" * 30):
        with pytest.raises(ValueError, match="not a time"):
            moment(wrong)
