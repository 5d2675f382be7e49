"""Calls with their truth, and how far a draft agrees with it: recall and precision for each of the eleven."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from models.rules.elements import KEYS, Element, Leg, Transcript, Turn, Vocabulary, draft

FOLDER = Path(__file__).parents[1] / "corpus" / "elements"


@dataclass(frozen=True)
class Call:
    """One call: `truth` has only what was said; `open` names keys on which careful readers disagree (not judged)."""

    id: str
    transcript: Transcript
    truth: dict[str, Any]
    open: frozenset[str]


@dataclass
class Score:
    """Counts by key: `right` said and drafted as said; a wrong value is both `missed` and `invented`."""

    right: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def recall(self, key: str) -> float:
        said = self.right[key] + self.missed[key]
        return self.right[key] / said if said else 1.0

    def precision(self, key: str) -> float:
        drafted = self.right[key] + self.invented[key]
        return self.right[key] / drafted if drafted else 1.0

    def overall(self) -> tuple[float, float]:
        right, missed, invented = (sum(counts.values()) for counts in (self.right, self.missed, self.invented))
        return right / (right + missed), right / (right + invented)

    def table(self) -> str:
        rows = [f"{key:13}{self.recall(key):8.1%}{self.precision(key):8.1%}{self.right[key]:6}" for key in KEYS]
        recall, precision = self.overall()
        return "\n".join(
            [f"{'':13}{'recall':>8}{'precis.':>8}{'right':>6}", *rows, f"{'all':13}{recall:8.1%}{precision:8.1%}"]
        )


def load(name: str) -> list[Call]:
    """The calls of tests/corpus/elements/NAME.jsonl."""
    calls = []
    for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        data = json.loads(line)
        turns = tuple(Turn(Leg(turn["leg"]), turn["text"], turn.get("start")) for turn in data["turns"])
        transcript = Transcript(turns, datetime.fromisoformat(data["at"]))
        calls.append(Call(data["id"], transcript, data["truth"], frozenset(data["open"])))
    return calls


def score(calls: Iterable[Call], vocabulary: Vocabulary | None = None) -> Score:
    """How far the drafts of `calls` agree with their truth."""
    result = Score()
    for call in calls:
        drafted = draft(call.transcript, vocabulary or Vocabulary())
        for key in KEYS:
            if key in call.open:
                continue
            element, said = drafted[key], key in call.truth
            good = said and element.stated and agrees(key, element, call.truth[key], call.transcript.at)
            result.right[key] += good
            if said and not good:
                result.missed[key] += 1
            if element.stated and not good:
                result.invented[key] += 1
            if (said or element.stated) and not good:
                result.faults.append(f"{call.id} {key}: said {call.truth.get(key)!r}, drafted {_short(element)}")
    return result


def agrees(key: str, element: Element, truth: Any, at: datetime) -> bool:
    """Whether a drafted element says what the truth says; True as truth asks no more than that it was stated."""
    if truth is True:
        return True
    if key == "time":
        value = datetime.fromisoformat(str(element.value))
        if len(truth) == 10:
            return value.date().isoformat() == truth
        return abs(value - datetime.fromisoformat(truth)) < timedelta(minutes=1)
    if key == "nature":
        assert isinstance(element.value, dict)
        return all(element.value[name] == said for name, said in truth.items())
    if key == "consequences":
        return element.value == truth
    return bare(truth) in bare(element.text)


def bare(text: str) -> str:
    """Without pauses and fillers, as the truth of a phrase is written."""
    return re.sub(r"[\s，。,.、呃嗯]|那个", "", text)


def _short(element: Element) -> str:
    return f"{element.text!r} = {element.value!r}" if element.stated else "nothing"
