"""The journal: append-only, chained, gap-free. And bookmarks, which are not part of the record."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Name, Short


class JournalEntry(Base):
    """One action: what happened when, who did it, what it changed, chained to the entry before."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_subject", "subject", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime]
    entered_at: Mapped[datetime]
    actor: Mapped[Name]
    action: Mapped[Short]
    subject: Mapped[Short]
    changes: Mapped[str]
    """Canonical JSON: `{"rows": [[table, key, {column: value}]], "note": {...}}`."""
    previous: Mapped[Short]
    hash: Mapped[Short]


class JournalHead(Base):
    """Where the chain ends: one row, locked by whoever appends, so that a cut tail shows."""

    __tablename__ = "journal_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[Short]


class Bookmark(Base):
    """How far a follower has read (CEL); moves in the same transaction as what was read."""

    __tablename__ = "bookmarks"

    name: Mapped[Name] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
