"""Full-text search in Chinese: two characters and up, numbers, pinyin initials; the same text on both databases.

Tokenizers for Chinese cannot find words of two characters, so every run of letters or digits is stored as its
overlapping pairs ("防汛值班" -> "防汛 汛值 值班") and a word is sought as the phrase of its pairs.
"""

import re
import unicodedata

from sqlalchemy import text
from sqlalchemy.orm import Session

_RUN = re.compile(r"[^\W_]+")


def pairs(value: str) -> list[str]:
    """The overlapping pairs of each run in `value`, lower case, full-width forms folded; a run of one stays itself."""
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", value).lower()):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found


def index(session: Session, entry_id: int, value: str) -> None:
    """Make entry `entry_id` findable by `value`, in place of what it was found by before."""
    found = pairs(value)
    if session.get_bind().dialect.name == "sqlite":
        body = " ".join(found)
        known = session.execute(text("SELECT body FROM entry_search WHERE rowid = :id"), {"id": entry_id}).scalar()
        if known == body:
            return
        if known is not None:
            session.execute(text("DELETE FROM entry_search WHERE rowid = :id"), {"id": entry_id})
        session.execute(
            text("INSERT INTO entry_search (rowid, body) VALUES (:id, :body)"), {"id": entry_id, "body": body}
        )
    else:
        session.execute(
            text(
                "INSERT INTO entry_search (entry_id, body) VALUES (:id, CAST(:body AS tsvector)) "
                "ON CONFLICT (entry_id) DO UPDATE SET body = excluded.body "
                "WHERE entry_search.body IS DISTINCT FROM excluded.body"
            ),
            {"id": entry_id, "body": _vector(found)},
        )


def _vector(found: list[str]) -> str:
    """PostgreSQL's own form of a document; its parser splits Chinese differently from locale to locale."""
    places: dict[str, list[int]] = {}
    for place, pair in enumerate(found, start=1):
        places.setdefault(pair, []).append(place)
    return " ".join(f"'{pair}':{','.join(map(str, at[:256]))}" for pair, at in places.items())
