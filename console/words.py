"""Words for people: sentences and codes become Chinese or English here, times become the room's.

Message keys are English. `_` translates, `N_` only marks (for keys translated where they are shown), `word` gives a
code's word, `say` an error's sentence, `retold` a sentence that a service left in English.
"""

import functools
import gettext
import re
from datetime import datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from models.errors import DutylineError
from models.rules.calls import CallState, Direction, EventKind
from models.rules.elements import Leg
from models.tables.entries import EntryKind, EntryState
from models.tables.lines import LineKind, LineState
from models.tables.matters import MatterState
from models.tables.people import Role
from models.tables.recordings import RecordingState, TranscriptState
from models.tables.requests import RequestKind, RequestState
from telephony.errors import TelephonyError

DOMAIN = "dutyline"
FOLDER = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")
DEFAULT = "zh"


PLACE = re.compile(r"\{(\w+)\}")


class _Catalogue(gettext.GNUTranslations):
    """A compiled catalogue that also knows its own sentences with places."""

    _catalog: dict[object, str]

    @functools.cached_property
    def templates(self) -> list[tuple[str, re.Pattern[str]]]:
        """Sentences with places and what fits them, those with most words of their own first."""
        keys = [key for key in self._catalog if isinstance(key, str) and "{" in key and "\x04" not in key]
        keys.sort(key=lambda key: len(PLACE.sub("", key)), reverse=True)
        return [(key, _fits(key)) for key in keys if len(PLACE.sub("", key)) >= OWN_WORDS]


OWN_WORDS = 10
"""A sentence with fewer signs of its own would fit anything."""


def _fits(key: str) -> re.Pattern[str]:
    seen: set[str] = set()
    pattern = ""
    for number, part in enumerate(PLACE.split(key)):
        if number % 2 == 0:
            pattern += re.escape(part)
        else:
            pattern += f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
            seen.add(part)
    return re.compile(pattern, re.DOTALL)


class _Speech:
    """The language spoken now."""

    language = ""
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def set_language(language: str) -> None:
    """Speak `language` ('zh' or 'en') from now on. A catalogue that is missing falls back to the English keys."""
    _Speech.catalogue = gettext.translation(DOMAIN, FOLDER, [language], _Catalogue, fallback=True)
    _Speech.language = language


def language() -> str:
    """The language spoken now."""
    return _Speech.language or DEFAULT


def _(message: str) -> str:
    """`message` in the language spoken now."""
    if not _Speech.language:
        set_language(DEFAULT)
    return _Speech.catalogue.gettext(message) if message else ""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Marks `message` for translation and leaves it as it is."""
    return message


def ngettext(one: str, many: str, count: int) -> str:
    """`one` or `many` in the language spoken now; still holds its places."""
    if not _Speech.language:
        set_language(DEFAULT)
    return _Speech.catalogue.ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """`message` as it is said in `context`."""
    if not _Speech.language:
        set_language(DEFAULT)
    return _Speech.catalogue.pgettext(context, message)


def P_(context: str, message: str) -> tuple[str, str]:  # noqa: N802 - like N_
    """Marks `message` in `context`."""
    return context, message


def say(error: BaseException, zone: tzinfo | None = None) -> str:
    """The sentence of an error for people: translated, times in `zone`. Other errors say what they are."""
    if not isinstance(error, DutylineError | TelephonyError):
        return retold(str(error)) or type(error).__name__
    shown = {key: _shown(value, zone) for key, value in error.values.items()}
    if REASON in shown:
        shown[REASON] = retold(str(shown[REASON]))
    if not shown:
        return retold(error.sentence)
    sentence = _(error.sentence)
    return sentence.format(**shown)


REASON = "reason"
"""The place in a sentence where another sentence may stand."""


def retold(text: str) -> str:
    """An English sentence of ours, as it stands in the record, in the language spoken now; others as they are."""
    return _retold(language(), text) if text else ""


@functools.lru_cache(maxsize=500)
def _retold(_language: str, text: str) -> str:
    said = _(text)
    if said != text or not isinstance(_Speech.catalogue, _Catalogue):
        return said
    for key, fits in _Speech.catalogue.templates:
        found = fits.fullmatch(text)
        if found:
            values = found.groupdict()
            if REASON in values:
                values[REASON] = retold(values[REASON])
            return _(key).format(**values)
    return text


def _shown(value: object, zone: tzinfo | None) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone or ZoneInfo("Asia/Shanghai")).strftime("%m-%d %H:%M:%S")
    if isinstance(value, DutylineError | TelephonyError):
        return say(value, zone)
    return word(value) if isinstance(value, StrEnum) else value


def word(code: StrEnum) -> str:
    """The screen's word for a code."""
    known = _WORDS.get((type(code), code.value))
    return pgettext(*known) if known else code.value


def element(key: str) -> str:
    """The name of one of the eleven elements."""
    return pgettext(*_ELEMENTS[key])


def element_short(key: str) -> str:
    """The same in two characters where the regulation's name is longer."""
    return pgettext(*_ELEMENTS_SHORT[key])


def _by_kind(*pairs: tuple[StrEnum, tuple[str, str]]) -> dict[tuple[type[StrEnum], str], tuple[str, str]]:
    return {(type(code), code.value): message for code, message in pairs}


# Codes of different kinds may be equal as text ("answered"), so the kind is part of the key.
_WORDS = _by_kind(
    (CallState.RINGING, P_("call", "ringing")),
    (CallState.ANSWERED, P_("call", "talking")),
    (CallState.ENDED, P_("call", "ended")),
    (CallState.MISSED, P_("call", "missed")),
    (CallState.ABANDONED, P_("call", "gave up")),
    (Direction.INCOMING, P_("call", "incoming")),
    (Direction.OUTGOING, P_("call", "outgoing")),
    (Direction.INTERNAL, P_("call", "internal")),
    (EventKind.HOLD, P_("call", "on hold")),
    (EventKind.RESUME, P_("call", "off hold")),
    (EventKind.BLIND, P_("call", "passed on")),
    (EventKind.ATTENDED, P_("call", "passed on after a talk")),
    (EventKind.MESSAGE, P_("call", "message left")),
    (EntryState.DRAFT, P_("entry", "draft")),
    (EntryState.CONFIRMED, P_("entry", "confirmed")),
    (EntryState.AMENDED, P_("entry", "amended")),
    (EntryState.FOLDED, P_("entry", "part of another")),
    (EntryKind.CALL, P_("entry", "call")),
    (EntryKind.MANUAL, P_("entry", "by hand")),
    (RecordingState.GROWING, P_("recording", "recording")),
    (RecordingState.FINISHED, P_("recording", "not sealed yet")),
    (RecordingState.SEALED, P_("recording", "sealed")),
    (RecordingState.BROKEN, P_("recording", "broken")),
    (TranscriptState.WAITING, P_("transcript", "waiting")),
    (TranscriptState.LIVE, P_("transcript", "listening")),
    (TranscriptState.DONE, P_("transcript", "done")),
    (TranscriptState.FAILED, P_("transcript", "failed")),
    (LineKind.TRUNK, P_("line", "trunk")),
    (LineKind.SEAT, P_("line", "seat")),
    (LineKind.SERVICE, P_("line", "service")),
    (LineState.UNKNOWN, P_("line", "unknown")),
    (LineState.IDLE, P_("line", "idle")),
    (LineState.RINGING, P_("line", "ringing")),
    (LineState.BUSY, P_("line", "talking")),
    (LineState.UNREACHABLE, P_("line", "unreachable")),
    (LineState.DEGRADED, P_("line", "degraded")),
    (MatterState.OPEN, P_("matter", "open")),
    (MatterState.ANSWERED, P_("matter", "answered")),
    (MatterState.CLOSED, P_("matter", "closed")),
    (Role.OFFICER, P_("role", "officer")),
    (Role.LEADER, P_("role", "duty leader")),
    (Role.SUPERVISOR, P_("role", "supervisor")),
    (Role.INSPECTOR, P_("role", "inspector")),
    (RequestKind.DIAL, P_("request", "dial")),
    (RequestKind.PLAY, P_("request", "play to the phone")),
    (RequestKind.PRACTICE, P_("request", "practice call")),
    (RequestState.ASKED, P_("request", "asked")),
    (RequestState.TAKEN, P_("request", "under way")),
    (RequestState.DONE, P_("request", "done")),
    (RequestState.FAILED, P_("request", "failed")),
    (Leg.CALLER, P_("leg", "caller")),
    (Leg.OFFICER, P_("leg", "duty room")),
)

_ELEMENTS = {
    "time": P_("element", "time"),
    "place": P_("element", "place"),
    "source": P_("element", "source of the information"),
    "cause": P_("element", "cause"),
    "nature": P_("element", "nature"),
    "course": P_("element", "course of events"),
    "consequences": P_("element", "consequences so far"),
    "scope": P_("element", "scope"),
    "trend": P_("element", "trend"),
    "response": P_("element", "response"),
    "plan": P_("element", "plan and advice"),
}

_ELEMENTS_SHORT = {
    "time": P_("element in short", "time"),
    "place": P_("element in short", "place"),
    "source": P_("element in short", "source"),
    "cause": P_("element in short", "cause"),
    "nature": P_("element in short", "nature"),
    "course": P_("element in short", "course"),
    "consequences": P_("element in short", "harm"),
    "scope": P_("element in short", "scope"),
    "trend": P_("element in short", "trend"),
    "response": P_("element in short", "response"),
    "plan": P_("element in short", "plan"),
}
