"""The eleven elements of a report (Art. 9) drafted from a transcript by rules: pure, no I/O, a draft for good."""

from typing import TYPE_CHECKING, Any

from models.rules.elements.forms import TranscriptError, as_json, missing, parse
from models.rules.elements.types import KEYS, Element, Leg, Span, Transcript, Turn, Vocabulary

if TYPE_CHECKING:
    from models.rules.elements.drafting import draft

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


def __getattr__(name: str) -> Any:
    """`draft` on first use: its grammar takes a quarter of a second to build, and screens open without it."""
    if name != "draft":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from models.rules.elements.drafting import draft  # noqa: PLC0415 - see above

    return draft
