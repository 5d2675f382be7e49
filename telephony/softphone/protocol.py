"""How commands and events travel: one JSON object a line, `kind` names the dataclass.

The first line to the process is a Configuration (the SIP secret travels there and nowhere else), then Commands; it
answers in Events. An unknown kind is an error, an unknown field is ignored: a newer side may add fields, not meanings.
Text may carry lone surrogates (bytes of a name that were no UTF-8); JSON's escapes bring them across unharmed.
"""

import json
from dataclasses import asdict, fields
from typing import Any, TypeVar

from telephony.errors import TelephonyError
from telephony.softphone import commands, events
from telephony.softphone.commands import Command, Sound, SoundKind
from telephony.softphone.events import Event

_Message = TypeVar("_Message", Command, Event)


class ProtocolError(TelephonyError):
    """A line that this side does not understand; the sentence says which kind or field."""


_COMMANDS: dict[str, type[Command]] = {
    cls.kind.value: cls
    for cls in (
        commands.Configuration,
        commands.Dial,
        commands.Answer,
        commands.Hangup,
        commands.Reject,
        commands.Hold,
        commands.Resume,
        commands.BlindTransfer,
        commands.AttendedTransfer,
        commands.Dtmf,
        commands.Play,
        commands.Quit,
    )
}
_EVENTS: dict[str, type[Event]] = {
    cls.kind.value: cls
    for cls in (
        events.Ready,
        events.Registered,
        events.RegistrationFailed,
        events.Incoming,
        events.Ringing,
        events.Early,
        events.Answered,
        events.Media,
        events.Played,
        events.Held,
        events.Resumed,
        events.Transferred,
        events.Digit,
        events.Ended,
        events.SoundState,
        events.Failure,
        events.Gone,
    )
}


def encode(message: Command | Event) -> str:
    """One ASCII line without its end: whatever a name contains, it cannot break the line."""
    return json.dumps({"kind": message.kind.value, **asdict(message)})


def decode_command(line: str) -> Command:
    """A Configuration or Command from its line. Raises ProtocolError."""
    return _decode(line, _COMMANDS)


def decode_event(line: str) -> Event:
    """An Event from its line. Raises ProtocolError."""
    return _decode(line, _EVENTS)


def _decode(line: str, kinds: dict[str, type[_Message]]) -> _Message:
    try:
        values = json.loads(line)
    except ValueError as error:
        raise ProtocolError(f"the softphone's line is no JSON: {line[:60]!r}") from error
    if not isinstance(values, dict):
        raise ProtocolError(f"the softphone's line is no JSON object: {line[:60]!r}")
    cls = kinds.get(str(values.get("kind")))
    if cls is None:
        raise ProtocolError(f"the softphone's protocol has no kind {values.get('kind')!r}")
    known: dict[str, Any] = {}
    for item in fields(cls):
        if item.name in values:
            try:
                known[item.name] = _typed(item.type, values[item.name])
            except (TypeError, ValueError) as error:
                raise ProtocolError(f"{values['kind']}: field '{item.name}' is not of the declared type") from error
    try:
        return cls(**known)
    except TypeError as error:
        missing = ", ".join(item.name for item in fields(cls) if item.name not in known)
        raise ProtocolError(f"{values['kind']}: a field is missing; given are none of {missing}") from error


def _typed(wanted: Any, value: Any) -> Any:
    """`value` as the type that the field declares; JSON knows no tuples, enums or nested dataclasses."""
    if wanted is Sound:
        given = {item.name: _typed(item.type, value[item.name]) for item in fields(Sound) if item.name in dict(value)}
        return Sound(**given)
    if wanted is SoundKind:
        return SoundKind(value)
    if wanted is float and type(value) is int:
        return float(value)
    if wanted == tuple[str, ...] and isinstance(value, list):
        return tuple(_typed(str, item) for item in value)
    if type(value) is not wanted:
        raise TypeError
    return value
