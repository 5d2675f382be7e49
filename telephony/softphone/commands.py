"""What the softphone's process can be asked for. Calls are named by whoever begins them: the parent says `out-1`."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


class SoundKind(StrEnum):
    """Where the officer's voice comes from and what he hears goes to."""

    DEVICE = "device"
    NULL = "null"
    FILE = "file"


class CommandKind(StrEnum):
    """Everything that the process can be asked for."""

    CONFIGURE = "configure"
    DIAL = "dial"
    ANSWER = "answer"
    HANGUP = "hangup"
    REJECT = "reject"
    HOLD = "hold"
    RESUME = "resume"
    BLIND_TRANSFER = "blind_transfer"
    ATTENDED_TRANSFER = "attended_transfer"
    DTMF = "dtmf"
    PLAY = "play"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Sound:
    """`play` is heard by the other side from the moment both can hear; `record` takes what the other side says.

    Both are absolute paths of 16-bit mono WAVs; `{call}` in either becomes the call's name. Only with kind FILE.
    """

    kind: SoundKind = SoundKind.NULL
    play: str = ""
    record: str = ""
    loop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of everything said to the process."""

    kind: ClassVar[CommandKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration(Command):
    """Who this telephone is; without `register` it is a trunk. `domain` is the PBX (host:port); port 0: any free one.

    `display_name_hex` gives the name as raw bytes (GBK, tests); `privacy` hides the number (RFC 3323, RFC 3325).
    """

    kind: ClassVar[CommandKind] = CommandKind.CONFIGURE
    user: str
    domain: str
    password: str = field(default="", repr=False)
    register: bool = False
    auth_user: str = ""
    bind: str = ""
    port: int = 0
    sound: Sound = Sound()
    codecs: tuple[str, ...] = ("PCMA", "PCMU")
    display_name: str = ""
    display_name_hex: str = ""
    privacy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial(Command):
    """Call `target`, a number at the PBX or a whole sip: address; the call is named `call` from now on."""

    kind: ClassVar[CommandKind] = CommandKind.DIAL
    call: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCommand(Command):
    """Base of everything about one call."""

    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(CallCommand):
    """Take an incoming call."""

    kind: ClassVar[CommandKind] = CommandKind.ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup(CallCommand):
    """End a call in whatever state it is."""

    kind: ClassVar[CommandKind] = CommandKind.HANGUP


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(CallCommand):
    """Refuse an incoming call with a SIP final code: 486 busy here, 603 declined everywhere."""

    kind: ClassVar[CommandKind] = CommandKind.REJECT
    code: int = 486


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(CallCommand):
    """Let the other side wait."""

    kind: ClassVar[CommandKind] = CommandKind.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(CallCommand):
    """Come back from hold."""

    kind: ClassVar[CommandKind] = CommandKind.RESUME


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindTransfer(CallCommand):
    """Pass the call on to `target` without speaking to it first (REFER)."""

    kind: ClassVar[CommandKind] = CommandKind.BLIND_TRANSFER
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendedTransfer(CallCommand):
    """Join the far ends of `call` and `other`, both calls of this telephone (REFER with Replaces)."""

    kind: ClassVar[CommandKind] = CommandKind.ATTENDED_TRANSFER
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dtmf(CallCommand):
    """Send digits 0-9 * # A-D as telephone events (RFC 4733)."""

    kind: ClassVar[CommandKind] = CommandKind.DTMF
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(CallCommand):
    """From now on the other side hears `wav` from its beginning, in place of what it heard so far."""

    kind: ClassVar[CommandKind] = CommandKind.PLAY
    wav: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quit(Command):
    """Hang up, take back the registration, end with exit code 0."""

    kind: ClassVar[CommandKind] = CommandKind.QUIT
