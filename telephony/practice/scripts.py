"""The practice calls that come with the product: what is said, by whom, and what is true in it."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "calls"


@dataclass(frozen=True)
class Turn:
    """One sentence; `leg` is "caller" or "officer", times are seconds from the call's start."""

    leg: str
    start: float
    end: float
    text: str


@dataclass(frozen=True)
class PracticeCall:
    """A scripted call; `caller` and `officer` are FLAC files (8 kHz, mono) that make one conversation together.

    `title` by language ("zh", "en"). `truth` by element, relative to the call's start: `time` {"text", and "clock"
    "HH:MM" with "day" 0 for today where it was said, or "minutes_before"}, `place`, `nature` {"code", "kind"},
    `consequences` as in a draft, and `cause` where one is said.
    """

    id: str
    title: dict[str, str]
    number: str
    name: str
    caller: Path
    officer: Path
    seconds: float
    turns: tuple[Turn, ...]
    truth: dict[str, Any]


def _read(path: Path) -> PracticeCall:
    script = json.loads(path.read_text("utf-8"))
    legs = {leg: path.with_name(f"{path.stem}-{leg}.flac") for leg in ("caller", "officer")}
    turns = tuple(Turn(**turn) for turn in script.pop("turns"))
    return PracticeCall(turns=turns, caller=legs["caller"], officer=legs["officer"], **script)


@cache
def load() -> tuple[PracticeCall, ...]:
    """All practice calls, in the order of their ids."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.json")))
