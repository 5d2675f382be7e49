"""What a console asks of the daemon: dial, play to a phone, place a practice call."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models.errors import Refused
from models.store.unit import UnitOfWork, subject
from models.tables import Request
from models.tables.requests import RequestKind, RequestState

STALE = timedelta(seconds=30)
"""A wish older than this is not carried out: nobody expects a telephone to ring for what was asked before a break."""


def ask(
    uow: UnitOfWork, kind: RequestKind, payload: dict[str, Any], *, officer_id: int | None, seat_id: int | None
) -> Request:
    """Put a wish on record. Raises Refused when it needs a seat and there is none."""
    if seat_id is None and kind in (RequestKind.DIAL, RequestKind.PLAY):
        raise Refused("sign in at a seat first: its telephone is needed for this")
    with uow.action("request.asked") as account:
        row = Request(kind=kind, payload=payload, asked_by_id=officer_id, seat_id=seat_id, asked_at=uow.now)
        uow.session.add(row)
        uow.session.flush()
        account.subject = subject("request", row.id)
    return row


def take(uow: UnitOfWork) -> Request | None:
    """The next wish to carry out; stale ones are failed on the way. None: nothing to do."""
    while True:
        row = uow.session.scalars(
            select(Request)
            .where(Request.state == RequestState.ASKED)
            .order_by(Request.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        if uow.now - row.asked_at > STALE:
            failed(uow, row.id, "asked while the telephone service was not running")
            continue
        with uow.action("request.taken", subject("request", row.id)):
            row.state = RequestState.TAKEN
        return row


def done(uow: UnitOfWork, request_id: int, result: str = "") -> None:
    """Carried out."""
    _finish(uow, request_id, RequestState.DONE, result)


def failed(uow: UnitOfWork, request_id: int, reason: str) -> None:
    """Not carried out, and why."""
    _finish(uow, request_id, RequestState.FAILED, reason)


def _finish(uow: UnitOfWork, request_id: int, state: RequestState, result: str) -> None:
    row = uow.session.get_one(Request, request_id)
    with uow.action(f"request.{state}", subject("request", row.id)):
        if row.state in (RequestState.ASKED, RequestState.TAKEN):
            row.state, row.result, row.finished_at = state, result, uow.now


def abandon_taken(uow: UnitOfWork) -> int:
    """At the daemon's start: what its predecessor had taken and not finished is failed; how many there were."""
    rows = uow.session.scalars(select(Request).where(Request.state == RequestState.TAKEN)).all()
    for row in rows:
        failed(uow, row.id, "the telephone service was interrupted")
    return len(rows)
