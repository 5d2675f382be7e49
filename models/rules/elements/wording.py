"""Long lists of words as one regular expression, written so that a person can read and extend them."""

import re

_GOES_ON = re.compile(r"\n\s*\|")


def listed(text: str) -> tuple[str, ...]:
    """The words or small patterns of `text`, parted by spaces and lines; a line that begins with | goes on."""
    return tuple(_GOES_ON.sub("|", text).split())


def either(text: str) -> str:
    """A regular expression for any one of `listed(text)`, tried in their order; write a space as `\\x20`."""
    return f"(?:{'|'.join(listed(text))})"


def longest(text: str) -> str:
    """Like `either`, the longest word first: for plain words of which one may begin another."""
    return f"(?:{'|'.join(sorted(listed(text), key=len, reverse=True))})"
