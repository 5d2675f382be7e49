"""Asterisk's times: seconds since 1970 with a decimal fraction, exact to the microsecond."""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,9}))?")


def moment(text: str) -> datetime:
    """The aware UTC time of `1795465607.807229`. Raises ValueError."""
    found = _STAMP.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a time in seconds since 1970")
    whole, fraction = found.groups(default="")
    return _EPOCH + timedelta(seconds=int(whole), microseconds=int(fraction.ljust(6, "0")[:6]))
