"""What the softphone's process tells. Calls are named by whoever begins them: incoming ones are `in-1`, `in-2` …"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from telephony.softphone.commands import SoundKind


class EventKind(StrEnum):
    """Everything that the process tells, and `gone`, which the client says for it."""

    READY = "ready"
    REGISTERED = "registered"
    REGISTRATION_FAILED = "registration_failed"
    INCOMING = "incoming"
    RINGING = "ringing"
    EARLY = "early"
    ANSWERED = "answered"
    MEDIA = "media"
    PLAYED = "played"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    DIGIT = "digit"
    ENDED = "ended"
    SOUND = "sound"
    ERROR = "error"
    GONE = "gone"


class Registration(StrEnum):
    """Whether the PBX knows where this telephone is."""

    OFF = "off"
    TRYING = "trying"
    REGISTERED = "registered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of everything that the process tells."""

    kind: ClassVar[EventKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready(Event):
    """The telephone can be used; `address` and `port` are where its SIP is."""

    kind: ClassVar[EventKind] = EventKind.READY
    address: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered(Event):
    """The PBX knows where this seat is (once per change, not per refresh)."""

    kind: ClassVar[EventKind] = EventKind.REGISTERED
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationFailed(Event):
    """The PBX does not know this seat; tried again by itself after `retry` seconds. `code` 408: no answer."""

    kind: ClassVar[EventKind] = EventKind.REGISTRATION_FAILED
    code: int
    reason: str
    retry: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent(Event):
    """Base of everything about one call."""

    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming(CallEvent):
    """It rings here. `number` is empty when hidden; all three are readable, in one line, whatever was sent."""

    kind: ClassVar[EventKind] = EventKind.INCOMING
    number: str
    name: str
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing(CallEvent):
    """It rings at the other side of an outgoing call."""

    kind: ClassVar[EventKind] = EventKind.RINGING


@dataclass(frozen=True, slots=True, kw_only=True)
class Early(CallEvent):
    """The network plays something before the answer (183)."""

    kind: ClassVar[EventKind] = EventKind.EARLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(CallEvent):
    """Both sides are connected."""

    kind: ClassVar[EventKind] = EventKind.ANSWERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Media(CallEvent):
    """Sound flows with this codec (again after each change, for instance coming back from hold)."""

    kind: ClassVar[EventKind] = EventKind.MEDIA
    codec: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played(CallEvent):
    """`wav` has been played to its end."""

    kind: ClassVar[EventKind] = EventKind.PLAYED
    wav: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(CallEvent):
    """The call waits: put on hold here, or by the other side (`remote`)."""

    kind: ClassVar[EventKind] = EventKind.HELD
    remote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(CallEvent):
    """The call goes on after a hold."""

    kind: ClassVar[EventKind] = EventKind.RESUMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(CallEvent):
    """How a transfer ended: `code` 200 done and this call ends, otherwise it failed and the call stays."""

    kind: ClassVar[EventKind] = EventKind.TRANSFERRED
    code: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digit(CallEvent):
    """The other side pressed a key."""

    kind: ClassVar[EventKind] = EventKind.DIGIT
    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(CallEvent):
    """The call is over: `code` and `reason` are SIP's last word (200 a normal end), `seconds` since the answer."""

    kind: ClassVar[EventKind] = EventKind.ENDED
    code: int
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundState(Event):
    """What sound there really is; `reason` says in a sentence why a wished device is not used."""

    kind: ClassVar[EventKind] = EventKind.SOUND
    sound: SoundKind
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure(Event):
    """A command could not be carried out, or (`fatal`) the process ends: one sentence for the officer."""

    kind: ClassVar[EventKind] = EventKind.ERROR
    sentence: str
    call: str = ""
    fatal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(Event):
    """The process is no more without having been asked to end; said by the client."""

    kind: ClassVar[EventKind] = EventKind.GONE
    reason: str
