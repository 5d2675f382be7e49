"""Texts as every database takes them."""

import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str, limit: int | None = None) -> str:
    """`text` with NUL and lone surrogates, which databases refuse, as U+FFFD; at most `limit` characters."""
    if type(text) is not str:
        text = str(text)
    if _UNSTORABLE.search(text):
        text = _UNSTORABLE.sub("\ufffd", text)
    return text if limit is None else text[:limit]


def storable_data(value: Any) -> Any:
    """The same for every text within JSON data."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable_data(key): storable_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_data(item) for item in value]
    return value
