"""Unit of work: every action writes its change and its journal entry in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction

from models.clock import Clock
from models.store import journal
from models.tables.journal import Bookmark, JournalEntry, JournalHead

_SILENT = (JournalEntry, JournalHead, Bookmark)


class UnitOfWork:
    """One transaction: `session` to work with, `now` and `actor` to write down, `action` to account for it."""

    def __init__(self, session: Session, *, actor: str, clock: Clock) -> None:
        self.session = session
        self.actor = actor
        self.now = clock()
        self._rows: list[journal.Row] = []
        self._inside = False
        event.listen(session, "before_flush", self._before_flush)
        event.listen(session, "after_flush", self._after_flush)

    @contextmanager
    def action(
        self, name: str, subject: str = "", *, at: datetime | None = None, note: dict[str, Any] | None = None
    ) -> Iterator["Account"]:
        """What is changed inside becomes one journal entry `name` about `subject`, which occurred `at` (default now).

        Changed nothing and noted nothing: no entry, so that a fact heard twice leaves one trace.
        Actions do not nest: a composed action calls the parts' functions inside its own.
        """
        if self._inside:
            raise RuntimeError(f"action {name} inside another action")
        self._inside, self._rows = True, []
        account = Account(name=name, subject=subject, at=at or self.now, note=dict(note or {}))
        try:
            yield account
            self.session.flush()
        finally:
            self._inside = False
        if self._rows or account.note:
            journal.append(
                self.session,
                occurred_at=account.at,
                entered_at=self.now,
                actor=self.actor,
                action=account.name,
                subject=account.subject,
                rows=self._rows,
                note=account.note,
            )

    def _before_flush(self, session: Session, _context: UOWTransaction, _instances: Any) -> None:
        for item in session.dirty:
            if isinstance(item, _SILENT) or not session.is_modified(item):
                continue
            state = inspect(item)
            changed = {
                column.key: journal.plain(getattr(item, attribute.key))
                for attribute in state.mapper.column_attrs
                for column in attribute.columns
                if state.attrs[attribute.key].history.has_changes() and column.info.get("journal", True)
            }
            if changed:
                self._account(item, changed)
        for item in session.deleted:
            self._account(item, None)

    def _after_flush(self, session: Session, _context: UOWTransaction) -> None:
        for item in session.new:
            if isinstance(item, _SILENT):
                continue
            mapper = inspect(item).mapper
            self._account(
                item,
                {
                    column.key: journal.plain(getattr(item, attribute.key))
                    for attribute in mapper.column_attrs
                    for column in attribute.columns
                    if column.info.get("journal", True)
                },
            )

    def _account(self, item: Any, changed: dict[str, Any] | None) -> None:
        if not self._inside:
            raise RuntimeError(f"{type(item).__name__} changed outside an action: it would be missing in the journal")
        self._rows.append((item.__tablename__, inspect(item).mapper.primary_key_from_instance(item)[0], changed))


class Account:
    """What an action says of itself; its name and subject may become known only inside it."""

    def __init__(self, *, name: str, subject: str, at: datetime, note: dict[str, Any]) -> None:
        self.name = name
        self.subject = subject
        self.at = at
        self.note = note


def subject(kind: str | StrEnum, key: int) -> str:
    """The journal's name of a row: 'call:12'."""
    return f"{kind}:{key}"
