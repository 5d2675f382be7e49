"""One record of Asterisk's event log (CEL by cel_custom) as facts: pure, no file.

A record is a CSV line of fourteen quoted fields; a field may hold line breaks, quotes (doubled) and bytes of any
charset. Columns as in cel_custom_dutyline.conf.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from telephony.channels import is_ours
from telephony.epoch import moment
from telephony.facts import (
    BridgeEntered,
    BridgeLeft,
    CallEnded,
    CallerNamed,
    ChannelAnswered,
    ChannelEnded,
    ChannelStarted,
    Fact,
    FaxHeard,
    MessageLeft,
    RecordingStarted,
    Source,
    TransferKind,
    Transferred,
)
from telephony.text import caller_name, caller_number, name_in_from, recover

_BEGIN = rb'"[^"\r\n]{1,80}","[0-9]{9,11}\.[0-9]{1,6}","'
START = re.compile(rb"^" + _BEGIN, re.MULTILINE)
"""Where a record begins. Inside a field a quote is doubled, so that no caller's name can look like it."""
_INSIDE = re.compile(_BEGIN)
_FIELD = re.compile(r'"((?:[^"]|"")*)",')
CUT = 1024
"""Asterisk 22 writes at most 1023 bytes of a record and a line end."""


class Row(NamedTuple):
    """The columns as text, undecodable bytes escaped."""

    eventtype: str
    eventtime: str
    uniqueid: str
    linkedid: str
    channame: str
    cid_num: str
    cid_name: str
    exten: str
    context: str
    appname: str
    appdata: str
    peer: str
    userdeftype: str
    eventextra: str


def parse(record: bytes) -> list[Fact]:
    """The facts of one record with or without its line end; many say nothing we need. Raises ValueError on garbage."""
    row = read(record)
    if is_ours(row.channame):
        return []
    if not row.uniqueid or not row.linkedid:
        raise ValueError("no channel or no call")
    reader = _USER.get(row.userdeftype) if row.userdeftype else (_EVENTS | _USER).get(row.eventtype)
    if reader is None:
        return []
    who = {
        "call": recover(row.linkedid),
        "at": moment(row.eventtime),
        "source": Source.CEL,
        "channel": recover(row.uniqueid),
        "name": recover(row.channame),
    }
    return reader(row, who)


def pieces(data: bytes, *, more: bool) -> Iterator[tuple[int, int]]:
    """Begin and end of each record in `data`, and of each stretch of garbage between records, in their order.

    What may still be being written at the end is left out; with `more` data follow, and the last stretch is left out.
    """
    starts = [found.start() for found in START.finditer(data)]
    edges = starts if starts[:1] == [0] else [0, *starts]
    for begin, next_start in zip(edges, [*edges[1:], None], strict=True):
        stop = len(data) if next_start is None else next_start
        end = _record_end(data, begin, stop) if begin or starts[:1] == [0] else None
        if end is not None:
            yield begin, end
            begin = end  # noqa: PLW2901 - what is left of the stretch
        rest = data[begin:stop]
        if rest and (next_start is not None or (not more and _closed(rest))):
            yield begin, stop


def rescued(garbage: bytes) -> list[Fact]:
    """The facts of a whole record behind one that was cut within its line (a disk that was full)."""
    found = list(_INSIDE.finditer(garbage, 1))
    try:
        return parse(garbage[found[-1].start() :]) if found else []
    except ValueError:
        return []


def _record_end(data: bytes, begin: int, stop: int) -> int | None:
    """Behind the first line end outside quotes."""
    quotes, at = 0, begin
    while (line_end := data.find(b"\n", at, stop)) >= 0:
        quotes += data.count(b'"', at, line_end)
        at = line_end + 1
        if quotes % 2 == 0:
            return at
    return None


def _closed(stretch: bytes) -> bool:
    return stretch.endswith(b"\n") and stretch.count(b'"') % 2 == 0


def read(record: bytes) -> Row:
    """The columns of one record; one that Asterisk cut has those that are whole. Raises ValueError."""
    if not START.match(record):
        raise ValueError("does not begin like a record")
    text = record.decode("utf-8", "surrogateescape").removesuffix("\n").removesuffix("\r")
    columns = _whole_fields(text) if len(record) == CUT and not text.endswith('"') else _fields(text)
    if len(columns) != len(Row._fields):
        raise ValueError(f"{len(columns)} fields instead of {len(Row._fields)}")
    return Row(*columns)


def _fields(text: str) -> list[str]:
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return rows[0] if len(rows) == 1 else []


def _whole_fields(text: str) -> list[str]:
    """The fields before the one that was cut, and empty ones for the rest."""
    columns, at = [], 0
    while found := _FIELD.match(text, at):
        columns.append(found[1].replace('""', '"'))
        at = found.end()
    return columns + [""] * (len(Row._fields) - len(columns))


def _extra(row: Row) -> dict[str, Any]:
    """The JSON object of the last column; empty when there is none that can be read."""
    try:
        extra = json.loads(row.eventextra or "{}")
    except ValueError:
        return {}
    return extra if isinstance(extra, dict) else {}


def _said(row: Row) -> str:
    """The text of a user event."""
    return str(_extra(row).get("extra") or row.appdata.partition(",")[2])


def _started(row: Row, who: dict[str, Any]) -> list[Fact]:
    return [
        ChannelStarted(
            number=caller_number(row.cid_num),
            caller_name=caller_name(row.cid_name),
            exten=recover(row.exten),
            context=recover(row.context),
            **who,
        )
    ]


def _ended(row: Row, who: dict[str, Any]) -> list[Fact]:
    extra = _extra(row)
    cause = extra.get("hangupcause", 0)
    return [
        ChannelEnded(
            cause=cause if isinstance(cause, int) else 0, dialstatus=recover(str(extra.get("dialstatus", ""))), **who
        )
    ]


def _bridge(row: Row) -> str:
    return recover(str(_extra(row).get("bridge_id", "")))


def _blind(row: Row, who: dict[str, Any]) -> list[Fact]:
    return [Transferred(kind=TransferKind.BLIND, target=recover(str(_extra(row).get("extension", ""))), **who)]


def _attended(row: Row, who: dict[str, Any]) -> list[Fact]:
    return [
        Transferred(kind=TransferKind.ATTENDED, other=recover(str(_extra(row).get("channel2_uniqueid", ""))), **who)
    ]


def _application(row: Row, who: dict[str, Any]) -> list[Fact]:
    if row.appname.lower() != "mixmonitor":
        return []
    return _recording(row.appdata.partition(",")[0].removesuffix(".wav"), who)


def _recording(stem: str, who: dict[str, Any]) -> list[Fact]:
    return [RecordingStarted(stem=recover(stem), **who)] if stem.startswith("/") else []


def _message(row: Row, who: dict[str, Any]) -> list[Fact]:
    seconds = re.fullmatch(r"[0-9]{1,5}(?:\.[0-9]{1,3})?", _said(row))
    return [MessageLeft(seconds=float(seconds[0]) if seconds else 0.0, **who)]


def _from(row: Row, who: dict[str, Any]) -> list[Fact]:
    name = name_in_from(_said(row))
    return [CallerNamed(caller_name=name, **who)] if name else []


_Reader = Callable[[Row, dict[str, Any]], list[Fact]]

_EVENTS: dict[str, _Reader] = {
    "CHAN_START": _started,
    "ANSWER": lambda _, who: [ChannelAnswered(**who)],
    "HANGUP": _ended,
    "BRIDGE_ENTER": lambda row, who: [BridgeEntered(bridge=_bridge(row), **who)],
    "BRIDGE_EXIT": lambda row, who: [BridgeLeft(bridge=_bridge(row), **who)],
    "BLINDTRANSFER": _blind,
    "ATTENDEDTRANSFER": _attended,
    "APP_START": _application,
    "LINKEDID_END": lambda _, who: [CallEnded(call=who["call"], at=who["at"], source=Source.CEL)],
}

_USER: dict[str, _Reader] = {
    "DL_RECORDING": lambda row, who: _recording(_said(row), who),
    "DL_MESSAGE": _message,
    "DL_FAX": lambda _, who: [FaxHeard(**who)],
    "DL_FROM": _from,
}
