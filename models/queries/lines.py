"""Questions about lines, seats and services: state, age, and what they carried since a moment."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.queries.officers import seats
from models.rules.calls import CallState, Direction
from models.tables import Call, Line
from models.tables.lines import LineKind, LineState


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What a line carried: incoming calls, those that nobody took, ring seconds of the others and the longest ring."""

    calls: int = 0
    missed: int = 0
    answer_seconds: float | None = None
    longest_ring: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line; `officer` is who sits at it (seats only), `seen_at` how old its state is."""

    id: int
    name: str
    kind: LineKind
    label: str
    number: str
    state: LineState
    detail: str
    since: datetime | None
    seen_at: datetime | None
    officer: str = ""
    traffic: Traffic = field(default_factory=Traffic)


_ORDER = {LineKind.TRUNK: 0, LineKind.SEAT: 1, LineKind.SERVICE: 2}


def listed(session: Session, *, since: datetime, now: datetime) -> tuple[LineView, ...]:
    """Trunks, seats and services with their traffic of the calls that rang from `since` on."""
    rows = session.execute(
        select(
            Call.line_id, Call.seat_id, Call.direction, Call.state, Call.rang_at, Call.answered_at, Call.ended_at
        ).where(Call.rang_at >= since, func.coalesce(Call.part_of_id, 0) == 0)
    ).all()
    by_line: dict[str, list[tuple[CallState, float, bool]]] = defaultdict(list)
    desks = {seat.id: seat for seat in seats(session)}
    lines = session.scalars(select(Line).where(Line.active)).all()
    trunks = {line.id: line.name for line in lines}
    for row in rows:
        rang = max(0.0, ((row.answered_at or row.ended_at or now) - row.rang_at).total_seconds())
        fact = (row.state, rang, row.answered_at is not None)
        if row.direction is Direction.INCOMING and row.line_id in trunks:
            by_line[trunks[row.line_id]].append(fact)
        if row.seat_id in desks:
            by_line[f"seat-{desks[row.seat_id].number}"].append(fact)
    manned = {f"seat-{seat.number}": seat.officer for seat in desks.values()}
    views = [
        LineView(
            id=line.id,
            name=line.name,
            kind=line.kind,
            label=line.label,
            number=line.number,
            state=line.state,
            detail=line.detail,
            since=line.since,
            seen_at=line.seen_at,
            officer=manned.get(line.name, ""),
            traffic=_traffic(by_line.get(line.name, [])),
        )
        for line in lines
    ]
    return tuple(sorted(views, key=lambda view: (_ORDER[view.kind], view.name)))


def _traffic(facts: list[tuple[CallState, float, bool]]) -> Traffic:
    taken = [rang for _, rang, answered in facts if answered]
    return Traffic(
        calls=len(facts),
        missed=sum(state in (CallState.MISSED, CallState.ABANDONED) for state, _, _ in facts),
        answer_seconds=sum(taken) / len(taken) if taken else None,
        longest_ring=max((rang for _, rang, _ in facts), default=0.0),
    )
