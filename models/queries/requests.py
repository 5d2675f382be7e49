"""What became of a console's wishes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.page import LIMIT, Page, bounded, read_key
from models.tables import Request
from models.tables.requests import RequestKind, RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """One wish; `result` says what came of it."""

    id: int
    kind: RequestKind
    payload: dict[str, Any]
    state: RequestState
    asked_by: int | None
    asked_at: datetime
    finished_at: datetime | None
    result: str


def listed(session: Session, *, limit: int = LIMIT, cursor: str | None = None) -> Page[RequestView]:
    """Wishes, the newest first."""
    query = select(Request).order_by(Request.id.desc())
    if cursor is not None:
        query = query.where(Request.id < read_key(cursor))
    found = session.scalars(query.limit(bounded(limit) + 1)).all()
    items = tuple(_view(row) for row in found[:limit])
    return Page(items, str(items[-1].id) if len(found) > limit else None)


def get(session: Session, request_id: int) -> RequestView | None:
    """One wish, or None."""
    row = session.get(Request, request_id)
    return _view(row) if row else None


def _view(row: Request) -> RequestView:
    return RequestView(
        id=row.id,
        kind=row.kind,
        payload=dict(row.payload),
        state=row.state,
        asked_by=row.asked_by_id,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        result=row.result,
    )
