"""What the PBX can tell us, as plain values: the one vocabulary of AGI, AMI and CEL.

Every fact is keyed by Asterisk's linkedid (`call`) and the channel's uniqueid (`channel`). The same fact may come from
several sources, late, twice or in any order; `capture` submits each to the same idempotent action.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """Who told us."""

    AGI = "agi"
    AMI = "ami"
    CEL = "cel"
    DISK = "disk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base: `call` is the linkedid, `at` an aware UTC time of the PBX's clock."""

    call: str
    at: datetime
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFact(Fact):
    """Something about one channel: `channel` its uniqueid, `name` like `PJSIP/trunk-1-00000001`."""

    channel: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStarted(ChannelFact):
    """A channel exists (CEL CHAN_START, AMI Newchannel, AGI /incoming). Empty: the source does not know."""

    number: str = ""
    caller_name: str = ""
    exten: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerNamed(ChannelFact):
    """The caller's name from the raw From header: better than the one of ChannelStarted, where GBK is destroyed."""

    caller_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAnswered(ChannelFact):
    """The channel went up (CEL ANSWER, AMI Newstate Up)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeEntered(ChannelFact):
    """The channel can be heard by the others in `bridge`."""

    bridge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeLeft(ChannelFact):
    """The channel left `bridge`."""

    bridge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(ChannelFact):
    """The party of this channel put the others on hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(ChannelFact):
    """The party of this channel came back from hold."""


class TransferKind(StrEnum):
    """How a call is passed on."""

    BLIND = "blind"
    ATTENDED = "attended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(ChannelFact):
    """The party of this channel passed the call on: blind to the extension `target`, or by joining another call.

    `other` (attended only) is the uniqueid of the same party's channel in the call that is joined to this one.
    """

    kind: TransferKind
    target: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEnded(ChannelFact):
    """The channel is gone; `cause` is the Q.850 code (0 unknown), `dialstatus` Asterisk's word when known."""

    cause: int = 0
    dialstatus: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(ChannelFact):
    """MixMonitor writes `stem`.wav, `stem`-rx.wav (the outside party) and `stem`-tx.wav (our side), absolute path.

    Empty: the source does not know where (AMI).
    """

    stem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLeft(ChannelFact):
    """The caller was asked to speak and did; `seconds` is the length of what was said (file time, 0 unknown)."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaxHeard(ChannelFact):
    """A fax machine called on a voice line; the call goes on as a fax and its recording was stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Fact):
    """The last channel of the call is gone (CEL LINKEDID_END, AGI /ended)."""


class LineKind(StrEnum):
    """What a line state was said of."""

    DEVICE = "device"
    CONTACT = "contact"
    REGISTRATION = "registration"


class LineStatus(StrEnum):
    """What can be done with a line or seat now; UNKNOWN: Asterisk cannot say."""

    IDLE = "idle"
    RINGING = "ringing"
    BUSY = "busy"
    HELD = "held"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """State of an endpoint (device, contact) or outgoing registration `name`; `detail` is Asterisk's own word."""

    name: str
    kind: LineKind
    state: LineStatus
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Living:
    """What Asterisk says now: uniqueids of its channels with the linkedids of their calls, and since when it runs."""

    channels: frozenset[str]
    started_at: datetime
