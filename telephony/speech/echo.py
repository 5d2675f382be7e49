"""The same words on both legs at the same time are one person and an echo: which of the two to keep."""

from difflib import SequenceMatcher

from telephony.speech.gate import plain

SAME_TIME = 0.6
"""Share of the shorter phrase that overlaps the other."""
SAME_WORDS = 0.6
"""Similarity of the characters: the echo is quiet and heard less well."""
WORDS = 4
"""Shorter phrases are left alone: two people do say 再见 at once."""

Span = tuple[float, float]


def same(one: Span, text: str, other: Span, other_text: str) -> bool:
    """Whether two phrases of different legs are one sentence."""
    overlap = min(one[1], other[1]) - max(one[0], other[0])
    shorter = min(one[1] - one[0], other[1] - other[0])
    if shorter <= 0 or overlap < SAME_TIME * shorter:
        return False
    words, other_words = plain(text), plain(other_text)
    if min(len(words), len(other_words)) < WORDS:
        return False
    return SequenceMatcher(None, words, other_words, autojunk=False).ratio() >= SAME_WORDS
