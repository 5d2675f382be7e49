"""The eleven elements of a report (Art. 9) drafted from a transcript by rules: pure, no I/O, a draft for good."""

from models.rules.elements.drafting import draft
from models.rules.elements.forms import TranscriptError, as_json, missing, parse
from models.rules.elements.types import KEYS, Element, Leg, Span, Transcript, Turn, Vocabulary

__all__ = [
    "KEYS",
    "Element",
    "Leg",
    "Span",
    "Transcript",
    "TranscriptError",
    "Turn",
    "Vocabulary",
    "as_json",
    "draft",
    "missing",
    "parse",
]
