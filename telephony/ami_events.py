"""Manager events as facts and line states: the live path's translation, without any connection.

The same call told by the event log (cel.py) gives the same facts, but for hold, which only the manager knows, and the
paths of recordings, which only the log knows.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from telephony.channels import is_ours
from telephony.epoch import moment
from telephony.facts import (
    BridgeEntered,
    BridgeLeft,
    CallEnded,
    ChannelAnswered,
    ChannelEnded,
    ChannelStarted,
    Fact,
    Held,
    LineKind,
    LineState,
    LineStatus,
    RecordingStarted,
    Resumed,
    Source,
    TransferKind,
    Transferred,
)
from telephony.text import caller_name, caller_number, recover

Headers = Mapping[str, str]

_DEVICE = {
    "notinuse": LineStatus.IDLE,
    "inuse": LineStatus.BUSY,
    "busy": LineStatus.BUSY,
    "ringing": LineStatus.RINGING,
    "ringinuse": LineStatus.RINGING,
    "onhold": LineStatus.HELD,
    "unavailable": LineStatus.OFFLINE,
    "invalid": LineStatus.OFFLINE,
}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_C = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def device_status(word: str) -> LineStatus:
    """Asterisk's device state in any of its spellings (NOT_INUSE, `Not in use`)."""
    return _DEVICE.get(re.sub("[^a-z]", "", word.lower()), LineStatus.UNKNOWN)


class Translator:
    """Events of one connection as facts, in their order; follows which channels a call still has, to tell its end.

    A new connection needs a new one, primed by CoreShowChannel events. Raises KeyError or ValueError on an event that
    lacks what it must have.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._call_of: dict[str, str] = {}
        self._in_bridge: dict[str, set[str]] = {}
        self._readers: dict[str, Callable[[Headers, datetime], list[Fact]]] = {
            "Newchannel": self._started,
            "Newstate": self._state,
            "Hangup": self._ended,
            "BridgeEnter": lambda event, at: [BridgeEntered(bridge=event["BridgeUniqueid"], **_who(event, at))],
            "BridgeLeave": lambda event, at: [BridgeLeft(bridge=event["BridgeUniqueid"], **_who(event, at))],
            "Hold": lambda event, at: [Held(**_who(event, at))],
            "Unhold": lambda event, at: [Resumed(**_who(event, at))],
            "BlindTransfer": self._blind,
            "AttendedTransfer": self._attended,
            "MixMonitorStart": lambda event, at: [RecordingStarted(stem="", **_who(event, at))],
            "CoreShowChannel": self._known,
        }

    @property
    def events(self) -> tuple[str, ...]:
        """Names of the events that are understood."""
        return tuple(self._readers)

    def facts(self, event: Headers) -> list[Fact]:
        """What one event says."""
        if is_ours(event.get("Channel", "")):
            return []
        at = self._at(event)
        facts = self._readers[event["Event"]](event, at)
        return facts + self._followed(event, at)

    def _at(self, event: Headers) -> datetime:
        """The PBX's own time (timestampevents = yes), else now."""
        return moment(event["Timestamp"]) if "Timestamp" in event else self._now()

    def _followed(self, event: Headers, at: datetime) -> list[Fact]:
        channel, call = event.get("Uniqueid"), event.get("Linkedid")
        if not channel or not call:
            return []
        before = {self._call_of.pop(channel, call), call}
        if event["Event"] != "Hangup":
            self._call_of[channel] = call
        before |= self._joined(event, channel, call)
        if len(before) == 1 and event["Event"] != "Hangup":
            return []
        left = set(self._call_of.values())
        return [CallEnded(call=over, at=at, source=Source.AMI) for over in sorted(before - left)]

    def _joined(self, event: Headers, channel: str, call: str) -> set[str]:
        """Who share a bridge share the oldest call; only the one who comes has an event. The calls that they had."""
        bridge = event.get("BridgeUniqueid", "")
        if event["Event"] == "BridgeLeave":
            others = self._in_bridge.get(bridge, set())
            others.discard(channel)
            if not others:
                self._in_bridge.pop(bridge, None)
            return set()
        if event["Event"] != "BridgeEnter":
            return set()
        members = self._in_bridge.setdefault(bridge, set())
        members.add(channel)
        had = {self._call_of[member] for member in members if member in self._call_of}
        self._call_of.update((member, call) for member in members if member in self._call_of)
        return had

    def _known(self, _event: Headers, _at: datetime) -> list[Fact]:
        return []

    def _started(self, event: Headers, at: datetime) -> list[Fact]:
        return [
            ChannelStarted(
                number=caller_number(_unescaped(event.get("CallerIDNum", ""))),
                caller_name=caller_name(_unescaped(event.get("CallerIDName", ""))),
                exten=recover(event.get("Exten", "")),
                context=recover(event.get("Context", "")),
                **_who(event, at),
            )
        ]

    def _state(self, event: Headers, at: datetime) -> list[Fact]:
        return [ChannelAnswered(**_who(event, at))] if event["ChannelState"] == "6" else []

    def _ended(self, event: Headers, at: datetime) -> list[Fact]:
        return [ChannelEnded(cause=int(event.get("Cause", "0")), **_who(event, at))]

    def _blind(self, event: Headers, at: datetime) -> list[Fact]:
        if event.get("Result") != "Success":
            return []
        target = recover(event.get("Extension", ""))
        return [Transferred(kind=TransferKind.BLIND, target=target, **_who(event, at, "Transferer"))]

    def _attended(self, event: Headers, at: datetime) -> list[Fact]:
        if event.get("Result") != "Success":
            return []
        other = event["SecondTransfererUniqueid"]
        return [Transferred(kind=TransferKind.ATTENDED, other=other, **_who(event, at, "OrigTransferer"))]


class Lines:
    """Line states from events; knows from the list of registrations which endpoint a registration belongs to."""

    EVENTS = (
        "DeviceStateChange",
        "PeerStatus",
        "Registry",
        "EndpointList",
        "OutboundRegistrationDetail",
    )

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._registered: dict[str, str] = {}

    def states(self, event: Headers) -> list[LineState]:
        """What one event says of a line. ContactStatus is left out: PeerStatus says it of the whole endpoint."""
        at = moment(event["Timestamp"]) if "Timestamp" in event else self._now()
        match event["Event"]:
            case "DeviceStateChange":
                technology, _, name = event["Device"].partition("/")
                found = (name, LineKind.DEVICE, event["State"]) if technology == "PJSIP" else None
            case "EndpointList":
                found = event["ObjectName"], LineKind.DEVICE, event["DeviceState"]
            case "PeerStatus":
                found = event["Peer"].removeprefix("PJSIP/"), LineKind.CONTACT, event["PeerStatus"]
            case "Registry":
                user = event["Username"]
                found = self._registered.get(user, user), LineKind.REGISTRATION, event["Status"]
            case "OutboundRegistrationDetail":
                name = event.get("Endpoint") or event["ObjectName"]
                self._registered[event["ClientUri"]] = name
                found = name, LineKind.REGISTRATION, event["Status"]
            case _:
                found = None
        if found is None:
            return []
        name, kind, detail = found
        return [LineState(name=recover(name), kind=kind, state=_status(kind, detail), at=at, detail=recover(detail))]


def _status(kind: LineKind, detail: str) -> LineStatus:
    if kind is LineKind.DEVICE:
        return device_status(detail)
    return LineStatus.IDLE if detail in {"Reachable", "Registered"} else LineStatus.OFFLINE


def _who(event: Headers, at: datetime, prefix: str = "") -> dict[str, Any]:
    return {
        "call": event[f"{prefix}Linkedid"],
        "channel": event[f"{prefix}Uniqueid"],
        "name": recover(event[f"{prefix}Channel"]),
        "at": at,
        "source": Source.AMI,
    }


def _unescaped(value: str) -> str:
    r"""Asterisk writes names in C's notation (`\"`, `\\`, `\n`)."""
    return _ESCAPE.sub(lambda found: _C.get(found[1], found[1]), value)
