"""Transcripts read from files, elements written as data, and what to ask next."""

import json
import math
import re
from collections.abc import Mapping
from datetime import datetime

from models.rules.elements.types import KEYS, Element, Leg, Transcript, Turn

ASKED_FIRST = (
    "place",
    "time",
    "nature",
    "consequences",
    "response",
    "trend",
    "cause",
    "scope",
    "source",
    "course",
    "plan",
)
"""Where help must go and how many need it come before what a report can do without for a minute."""

_STAMP = re.compile(r"^\s*[\[(（【]?(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)[\])）】]?\s+")
_CALLER = "来电人员|来电人|来电方|来电者|来电|主叫|对方|报告人|报警人|报告方|群众|市民|caller"
_OFFICER = "值班人员|值班员|值班室|值班|接警员|接线员|接听人|被叫|我方|officer"
_MARK = re.compile(
    rf"^\s*(?:\[|【|<)?(?:(?P<caller>{_CALLER})|(?P<officer>{_OFFICER}))(?:\]|】|>)?\s*[:\uff1a]\s*", re.IGNORECASE
)


class TranscriptError(ValueError):
    """The text is no transcript; str() says what, where, and what to do."""


def parse(text: str, at: datetime) -> Transcript:
    """A transcript from plain text (one turn a line, "来电:" or "值班:" in front) or from JSON.

    JSON is {"at": ISO time, "turns": [{"leg", "start", "text"}]}; its own "at" goes before the argument's, and takes
    the argument's zone if it names none. Raises TranscriptError.
    """
    if at.tzinfo is None:
        raise TranscriptError("The time of the call has no zone; write it like 2026-11-23T10:21:00+08:00.")
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith(("{", "[{")):
        return _from_json(text, at)
    return Transcript(tuple(_from_lines(text)), at)


def as_json(elements: Mapping[str, Element]) -> dict[str, object]:
    """{"elements": {KEY: {...}}}: a key that was not said has "stated": false and nothing else."""
    return {"elements": {key: _one(elements[key]) for key in KEYS}}


def missing(elements: Mapping[str, Element]) -> tuple[str, ...]:
    """The keys that nobody has said yet, the most urgent question first."""
    return tuple(key for key in ASKED_FIRST if not elements[key].stated)


def _one(element: Element) -> dict[str, object]:
    if not element.stated:
        return {"stated": False}
    value = dict(element.value) if isinstance(element.value, Mapping) else element.value
    spans = [{"turn": span.turn, "start": span.start, "end": span.end} for span in element.spans]
    return {"stated": True, "text": element.text, "value": value, "spans": spans}


def _from_lines(text: str) -> list[Turn]:
    turns: list[Turn] = []
    leg = Leg.CALLER
    for line in text.splitlines():
        start: float | None = None
        if stamp := _STAMP.match(line):
            hours, minutes, seconds = stamp.groups()
            start = int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
            line = line[stamp.end() :]  # noqa: PLW2901
        if mark := _MARK.match(line):
            leg = Leg.CALLER if mark["caller"] else Leg.OFFICER
            line = line[mark.end() :]  # noqa: PLW2901
        if line.strip():
            turns.append(Turn(leg, line.strip(), start))
    return turns


def _from_json(text: str, at: datetime) -> Transcript:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TranscriptError(
            f"The transcript begins like JSON but is not: {error}; mend it or give plain text."
        ) from error
    if isinstance(data, list):
        data = {"turns": data}
    turns = data.get("turns")
    if not isinstance(turns, list):
        raise TranscriptError('The transcript has no list of turns; write {"turns": [{"leg": "caller", "text": "…"}]}.')
    said = data.get("at")
    return Transcript(
        tuple(_turn(number, turn) for number, turn in enumerate(turns)), at if said is None else _at(said, at)
    )


def _turn(number: int, turn: object) -> Turn:
    where = f"Turn {number} of the transcript"
    if not isinstance(turn, dict):
        raise TranscriptError(f'{where} is not an object; write {{"leg": "caller", "start": 0, "text": "…"}}.')
    leg, start, text = turn.get("leg"), turn.get("start"), turn.get("text")
    if leg not in {"caller", "officer"}:
        raise TranscriptError(f'{where} has the leg {leg!r}; write "caller" or "officer".')
    if not isinstance(text, str):
        raise TranscriptError(f"{where} has no text; give the words said as a string.")
    if start is None:
        return Turn(Leg(leg), text)
    if isinstance(start, bool) or not isinstance(start, int | float) or not math.isfinite(start) or start < 0:
        raise TranscriptError(
            f"{where} starts at {start!r}; give seconds from the beginning of the call, or leave it out."
        )
    return Turn(Leg(leg), text, float(start))


def _at(said: object, default: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError as error:
        raise TranscriptError(
            f"The transcript's time {said!r} is no ISO time; write it like 2026-11-23T10:21:00+08:00."
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=default.tzinfo)
