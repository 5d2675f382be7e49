"""Seats and lines: what the configuration says there is, and what state each is in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.actions.calls import PRACTICE_LINE
from models.settings import Seat as SeatSettings
from models.settings import Trunk
from models.store.unit import UnitOfWork, subject
from models.tables import Line, Seat
from models.tables.lines import LineKind, LineState


def configure(uow: UnitOfWork, seats: Iterable[SeatSettings], trunks: Iterable[Trunk]) -> None:
    """Make seats and lines as configured; what is configured no more stays on record, inactive."""
    desks, carriers = list(seats), list(trunks)
    wanted = [
        *(_Wanted(t.name, LineKind.TRUNK, t.label or t.name, t.endpoint or t.name, t.number) for t in carriers),
        *(_Wanted(f"seat-{s.number}", LineKind.SEAT, s.label, s.endpoint or s.number, s.number) for s in desks),
        _Wanted(PRACTICE_LINE, LineKind.TRUNK, "演练", PRACTICE_LINE, ""),
    ]
    with uow.action("lines.configured"):
        _seats(uow, desks)
        known = {line.name: line for line in uow.session.scalars(select(Line))}
        for line in wanted:
            row = known.get(line.name)
            if row is None:
                row = known[line.name] = Line(name=line.name, kind=line.kind)
                uow.session.add(row)
            row.kind, row.label, row.endpoint, row.number = line.kind, line.label, line.endpoint, line.number
        names = {line.name for line in wanted}
        for name, row in known.items():
            if row.kind is not LineKind.SERVICE:
                row.active = name in names


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    kind: LineKind
    label: str
    endpoint: str
    number: str


def _seats(uow: UnitOfWork, wanted: list[SeatSettings]) -> None:
    known = {seat.number: seat for seat in uow.session.scalars(select(Seat))}
    for seat in wanted:
        row = known.get(seat.number)
        if row is None:
            uow.session.add(Seat(number=seat.number, label=seat.label, endpoint=seat.endpoint or seat.number))
        else:
            row.label, row.endpoint, row.active = seat.label, seat.endpoint or seat.number, True
    numbers = {seat.number for seat in wanted}
    for number, row in known.items():
        if number not in numbers:
            row.active = False


def by_endpoint(uow: UnitOfWork, endpoint: str) -> Line | None:
    """The line behind a PJSIP endpoint."""
    return uow.session.scalars(select(Line).where(Line.endpoint == endpoint, Line.active)).first()


def seen(
    uow: UnitOfWork, *, name: str, kind: LineKind, state: LineState, at: datetime, label: str = "", detail: str = ""
) -> None:
    """What is known of a line now. A change is journalled; that it is still so only moves the value's age."""
    row = uow.session.scalars(select(Line).where(Line.name == name)).one_or_none()
    with uow.action("line.changed", at=at) as account:
        if row is None:
            row = Line(name=name, kind=kind, label=label or name)
            uow.session.add(row)
        if (row.state, row.detail) != (state, detail):
            row.state, row.detail, row.since = state, detail, at
        row.seen_at = at
        uow.session.flush()
        account.subject = subject("line", row.id)
