"""What goes wrong on the telephone side, each with a sentence an operator can act on."""

from typing import Any


class TelephonyError(Exception):
    """Base of every error of telephony/: a `sentence` with named places, and the `values` for them.

    The sentence is English and the key of its translation, like those of models/; str() is the filled English one,
    `__cause__` the technical reason.
    """

    def __init__(self, sentence: str, **values: Any) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(sentence, values)

    def __str__(self) -> str:
        """The English sentence."""
        return self.sentence.format(**self.values) if self.values else self.sentence
