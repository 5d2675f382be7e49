"""Unit of work: every action writes its change and its journal entry in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, UOWTransaction, sessionmaker

from models.clock import Clock
from models.store import journal
from models.tables.journal import Bookmark, JournalEntry, JournalHead

_SILENT = (JournalEntry, JournalHead, Bookmark)
_UNIT = "unit of work"


class UnitOfWork:
    """One transaction: `session` to work with, `now` and `actor` to write down, `action` to account for it."""

    def __init__(self, session: Session, *, actor: str, clock: Clock, head: JournalHead | None = None) -> None:
        """`head`: the journal's end, where the caller has locked it already."""
        self.session = session
        self.actor = actor
        self.now = clock()
        self._head = head
        self._rows: dict[tuple[str, Any], dict[str, Any] | None] = {}
        self._inside = ""
        self._failed = ""
        session.info[_UNIT] = self

    @contextmanager
    def action(
        self, name: str, subject: str = "", *, at: datetime | None = None, note: dict[str, Any] | None = None
    ) -> Iterator["Account"]:
        """What is changed inside becomes one journal entry `name` about `subject`, which occurred `at` (default now).

        Changed nothing and noted nothing: no entry, so that a fact heard twice leaves one trace.
        Actions do not nest: a composed action calls the parts' functions inside its own. An action that fails takes
        the whole transaction with it: half of its changes may be in the session.
        """
        if self._inside:
            raise RuntimeError(f"action {name} inside action {self._inside}")
        self.finish()
        self._inside, self._rows = name, {}
        account = Account(name=name, subject=subject, at=at or self.now, note=dict(note or {}))
        try:
            yield account
            self.session.flush()
        except BaseException:
            self._failed = name
            raise
        finally:
            self._inside = ""
        if self._rows or account.note:
            self._head = self._head or journal.head(self.session)
            journal.append(
                self.session,
                self._head,
                occurred_at=account.at,
                entered_at=self.now,
                actor=self.actor,
                action=account.name,
                subject=account.subject,
                rows=[(table, key, changed) for (table, key), changed in self._rows.items()],
                note=account.note,
            )

    def finish(self) -> None:
        """Raises RuntimeError when an action has failed: nothing of this transaction may be kept."""
        if self._failed:
            raise RuntimeError(f"action {self._failed} failed: this transaction can only be given up")

    def flushed(self, session: Session) -> None:
        """Account for what was just written, while the session still knows what it was before."""
        for item in session.new:
            self._account(item, {name: journal.plain(getattr(item, key)) for key, name in _columns(_mapper(item))})
        for item in session.dirty:
            state = inspect(item)
            changed = {
                name: journal.plain(getattr(item, key))
                for key, name in _columns(_mapper(item))
                if key in state.committed_state and state.attrs[key].history.has_changes()
            }
            if changed:
                self._account(item, changed)
        for item in session.deleted:
            self._account(item, None)

    def _account(self, item: Any, changed: dict[str, Any] | None) -> None:
        if isinstance(item, _SILENT):
            return
        if not self._inside:
            raise RuntimeError(f"{type(item).__name__} changed outside an action: it would be missing in the journal")
        where = item.__tablename__, _mapper(item).primary_key_from_instance(item)[0]
        before = self._rows.get(where)
        self._rows[where] = {**before, **changed} if before and changed else changed


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


def assign(item: Any, **values: Any) -> None:
    """Set what differs: a row that stays as it is costs no flush."""
    for name, value in values.items():
        if getattr(item, name) != value:
            setattr(item, name, value)


def watch(sessions: "sessionmaker[Session]") -> None:
    """Let the units of work of these sessions see every change; refuse those that they could not see."""
    event.listen(sessions, "after_flush", _after_flush)
    event.listen(sessions, "do_orm_execute", _before_execute)


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    session.info[_UNIT].flushed(session)


def _before_execute(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise RuntimeError("a bulk statement would be missing in the journal: change the rows themselves")


def _mapper(item: Any) -> Mapper[Any]:
    mapper: Mapper[Any] = inspect(item).mapper
    return mapper


@cache
def _columns(mapper: Mapper[Any]) -> tuple[tuple[str, str], ...]:
    """Attribute and column name of every column that the journal speaks of."""
    return tuple(
        (attribute.key, column.name)
        for attribute in mapper.column_attrs
        for column in attribute.columns
        if column.info.get("journal", True)
    )
