"""What goes into and comes out of the drafting: transcript, directory names, elements with their spans."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

KEYS: tuple[str, ...] = (
    "time",
    "place",
    "source",
    "cause",
    "nature",
    "course",
    "consequences",
    "scope",
    "trend",
    "response",
    "plan",
)
"""The eleven contents of a report in the order of Art. 9(1)."""

Value = str | Mapping[str, int] | Mapping[str, str] | None
"""time: ISO 8601 with zone; nature: {"code", "kind"}; consequences: counts by name; the rest: the phrase."""


class Leg(StrEnum):
    """Whose voice a turn is."""

    CALLER = "caller"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said without a break; `start` in seconds from the beginning of the call."""

    leg: Leg
    text: str
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A call as it was heard; `at` (aware) is when it was made: relative words count from it, in its zone."""

    turns: tuple[Turn, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of places and units from the directory; both may be empty."""

    places: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` up to `end` of turns[turn].text."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Element:
    """One of the eleven: what was said of it, in the speaker's words, and where; nothing but the key if it was not."""

    key: str
    stated: bool
    text: str = ""
    value: Value = None
    spans: tuple[Span, ...] = ()
