"""One record of the event log as facts; a record of garbage is a ValueError and nothing else."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.cel_records import CUT, START, Row, parse, read
from telephony.facts import (
    BridgeEntered,
    BridgeLeft,
    CallEnded,
    CallerNamed,
    ChannelAnswered,
    ChannelEnded,
    ChannelStarted,
    FaxHeard,
    MessageLeft,
    RecordingStarted,
    Source,
    TransferKind,
    Transferred,
)

AT = datetime(2026, 11, 23, 20, 26, 47, 807229, tzinfo=UTC)
WHO = {"call": "d-1.0", "at": AT, "source": Source.CEL, "channel": "d-1.1", "name": "PJSIP/trunk-1-00000001"}


def record(kind: str, **columns: str | bytes) -> bytes:
    """A record as cel_custom writes it."""
    usual: dict[str, str | bytes] = dict.fromkeys(Row._fields, "")
    usual |= {
        "eventtype": kind,
        "eventtime": "1795465607.807229",
        "uniqueid": "d-1.1",
        "linkedid": "d-1.0",
        "channame": "PJSIP/trunk-1-00000001",
    }
    values = [value if isinstance(value, bytes) else value.encode() for value in (usual | columns).values()]
    return b",".join(b'"' + value.replace(b'"', b'""') + b'"' for value in values) + b"\n"


def extra(**values: object) -> str:
    return json.dumps(values)


def user(kind: str, said: str) -> bytes:
    return record(
        kind, userdeftype=kind, appname="CELGenUserEvent", appdata=f"{kind},{said}", eventextra=extra(extra=said)
    )


def test_a_started_channel() -> None:
    line = record("CHAN_START", cid_num="13800001234", cid_name="张三", exten="12345", context="dutyline-in")
    assert parse(line) == [
        ChannelStarted(number="13800001234", caller_name="张三", exten="12345", context="dutyline-in", **WHO)
    ]


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        (record("ANSWER"), ChannelAnswered(**WHO)),
        (record("BRIDGE_ENTER", eventextra=extra(bridge_id="b1")), BridgeEntered(bridge="b1", **WHO)),
        (record("BRIDGE_EXIT", eventextra=extra(bridge_id="b1")), BridgeLeft(bridge="b1", **WHO)),
        (
            record("HANGUP", eventextra=extra(hangupcause=16, hangupsource="x", dialstatus="ANSWER")),
            ChannelEnded(cause=16, dialstatus="ANSWER", **WHO),
        ),
        (record("HANGUP", eventextra="no json"), ChannelEnded(**WHO)),
        (record("HANGUP", eventextra="[1]"), ChannelEnded(**WHO)),
        (record("HANGUP", eventextra=extra(hangupcause="16")), ChannelEnded(**WHO)),
        (
            record("BLINDTRANSFER", eventextra=extra(extension="6002", context="x")),
            Transferred(kind=TransferKind.BLIND, target="6002", **WHO),
        ),
        (
            record("ATTENDEDTRANSFER", eventextra=extra(channel2_uniqueid="d-2.0")),
            Transferred(kind=TransferKind.ATTENDED, other="d-2.0", **WHO),
        ),
        (
            record("APP_START", appname="MixMonitor", appdata="/s/d-1.0.wav,r(/s/d-1.0-rx.wav)t(/s/d-1.0-tx.wav)"),
            RecordingStarted(stem="/s/d-1.0", **WHO),
        ),
        (user("DL_RECORDING", "/s/d-1.0"), RecordingStarted(stem="/s/d-1.0", **WHO)),
        (user("DL_MESSAGE", "/s/d-1.0"), MessageLeft(seconds=0.0, **WHO)),
        (user("DL_MESSAGE", "4.5"), MessageLeft(seconds=4.5, **WHO)),
        (user("DL_FAX", "/s/d-1.0"), FaxHeard(**WHO)),
        (record("LINKEDID_END"), CallEnded(call="d-1.0", at=AT, source=Source.CEL)),
    ],
)
def test_what_each_event_says(line: bytes, fact: object) -> None:
    assert parse(line) == [fact]


def test_a_user_event_without_extra_is_told_by_its_arguments() -> None:
    line = record("DL_RECORDING", userdeftype="DL_RECORDING", appdata="DL_RECORDING,/s/d-1.0")
    assert parse(line) == [RecordingStarted(stem="/s/d-1.0", **WHO)]


def test_the_from_header_brings_the_name() -> None:
    header = base64.b64encode('"市应急局" <sip:1@h>'.encode("gbk")).decode()
    assert parse(user("DL_FROM", header)) == [CallerNamed(caller_name="市应急局", **WHO)]
    assert parse(user("DL_FROM", "garbage")) == []


@pytest.mark.parametrize(
    "line",
    [
        record("CHAN_END"),
        record("APP_END", appname="MixMonitor"),
        record("APP_START", appname="Dial"),
        record("APP_START", appname="MixMonitor", appdata="relative.wav"),
        record("PARK_START"),
        record("SOMETHING_NEW"),
        user("HANGUP", "a dialplan of somebody else"),
        user("THEIRS", "x"),
        record("HANGUP", channame="Local/end@dutyline-agi-0000000a;1"),
        record("LINKEDID_END", channame="Local/start@dutyline-agi-0000000a;2"),
    ],
)
def test_what_says_nothing_to_us(line: bytes) -> None:
    assert parse(line) == []


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("值班室 '[/red]' 张三".encode("gbk"), "值班室 '[/red]' 张三"),
        (b'quote " and ""', 'quote " and ""'),
        (b'line\n"HANGUP","1795465607.807229","x","x"\nend', 'line "HANGUP","1795465607.807229","x","x" end'),
        (b"crlf\r\nnul\x00", "crlf nul"),
        (b"a,b;c", "a,b;c"),
        (rb"he \"said\"", 'he "said"'),
    ],
    ids=["gbk", "quotes", "a-record-in-a-name", "line-breaks", "commas", "sip-quoting"],
)
def test_names_survive_whatever_bytes_they_have(raw: bytes, name: str) -> None:
    line = record("CHAN_START", cid_name=raw)
    (fact,) = parse(line)
    assert isinstance(fact, ChannelStarted)
    assert fact.caller_name == name
    assert [found.start() for found in START.finditer(line)] == [0], "a name cannot look like a record"


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\n",
        b"nothing like it\n",
        b'"HANGUP"\n',
        record("HANGUP")[:-2],
        record("HANGUP")[: len(record("HANGUP")) // 2],
        record("HANGUP").replace(b"\n", b',"fifteen"\n'),
        record("HANGUP") + record("HANGUP"),
        record("HANGUP", uniqueid=""),
        record("ANSWER", linkedid=""),
        record("HANGUP", eventtime="2026-11-23 20:26:47"),
        record("HANGUP", appdata=b"\xff" * 200_000),
    ],
)
def test_garbage_is_a_value_error(garbage: bytes) -> None:
    with pytest.raises(ValueError):
        parse(garbage)


@pytest.mark.parametrize("spool", ["/" + "s" * 700, "/" + "s" * 440])
def test_what_asterisk_cut_tells_what_is_whole(spool: str) -> None:
    """Its buffer holds 1023 bytes; the paths of a recording stand twice in the record."""
    whole = user("DL_RECORDING", spool)
    assert len(whole) > CUT
    assert parse(whole[: CUT - 1] + b"\n") == [RecordingStarted(stem=spool, **WHO)]
    started = record("CHAN_START", cid_num="138", appdata="x" * 2000)[: CUT - 1] + b"\n"
    assert parse(started) == [ChannelStarted(number="138", **WHO)]


@given(st.binary(max_size=300))
def test_no_bytes_do_anything_else_than_fail_cleanly(data: bytes) -> None:
    for line in (data, b'"HANGUP","1795465607.807229","' + data):
        try:
            parse(line)
        except ValueError:
            continue


@given(st.lists(st.binary(max_size=40), min_size=12, max_size=12))
def test_every_value_comes_back_as_it_was(values: list[bytes]) -> None:
    columns = dict(zip(Row._fields[2:], values, strict=True))
    row = read(record("CHAN_START", **columns))
    assert [value.encode("utf-8", "surrogateescape") for value in row[2:]] == values
