"""What goes wrong in the record, each with a sentence an officer can act on."""

from datetime import datetime
from typing import Any


class DutylineError(Exception):
    """Base of every error of models/: a `sentence` with named places, and the `values` for them.

    The sentence is English and the key of its translation; screens translate it and show times in the room's zone.
    The technical reason is `__cause__`.
    """

    def __init__(self, sentence: str, **values: Any) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(sentence, values)

    def __str__(self) -> str:
        """The English sentence; times in UTC."""
        shown = {
            key: value.strftime("%Y-%m-%d %H:%M:%SZ") if isinstance(value, datetime) else value
            for key, value in self.values.items()
        }
        return self.sentence.format(**shown) if shown else self.sentence


class ConfigurationError(DutylineError):
    """The configuration is missing or wrong: says file, key and the way out. Exit code 2."""


class Refused(DutylineError):
    """A rule forbids the action; the sentence names the rule or what is missing. Nothing was written."""


class Conflict(DutylineError):
    """Somebody else acted first; the sentence says who and when. Nothing was overwritten."""


class Unavailable(DutylineError):
    """The database cannot be reached or stays locked. Nothing was written; try again."""
