"""Pages: every list is asked for by a limit and read on from a cursor, however long it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from models.errors import Refused

Item = TypeVar("Item")
LIMIT = 50
MOST = 1000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items in order; `cursor` asks for those that follow, None when there are no more."""

    items: tuple[Item, ...]
    cursor: str | None


def bounded(limit: int) -> int:
    """`limit` as it will be used. Raises Refused outside 1 … MOST."""
    if not 1 <= limit <= MOST:
        raise Refused("a page holds between 1 and {most} rows", most=MOST)
    return limit


def at_key(at: datetime, key: int) -> str:
    """Cursor of a list in order of time, then key."""
    return f"{at.astimezone(UTC).isoformat()}~{key}"


def read_at_key(cursor: str) -> tuple[datetime, int]:
    """What `at_key` wrote. Raises Refused when it did not."""
    at, _, key = cursor.partition("~")
    try:
        moment, number = datetime.fromisoformat(at), int(key)
    except ValueError as error:
        raise _foreign(cursor) from error
    if moment.tzinfo is None:
        raise _foreign(cursor)
    return moment, number


def read_key(cursor: str) -> int:
    """A cursor of a list in order of its key. Raises Refused when it is none."""
    try:
        return int(cursor)
    except ValueError as error:
        raise _foreign(cursor) from error


def _foreign(cursor: str) -> Refused:
    return Refused("'{cursor}' is not a cursor of this list: begin again without one", cursor=cursor[:80])
