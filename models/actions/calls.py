"""What the PBX saw, put on record. Idempotent: any fact alone, in any order, twice or late, gives the same call."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select

from models.actions import entries
from models.rules.calls import CallState, EventKind, LegKind, LegView, judge
from models.rules.ownership import first_responder
from models.store import lookup
from models.store.unit import UnitOfWork, subject
from models.tables import Call, CallEvent, CallLeg, Line, Seat

PRACTICE_LINE = "dutyline-practice"
"""The trunk by which practice calls (演练) come in: what arrives there is marked as a drill everywhere."""
CUT = "cut"


def channel_started(
    uow: UnitOfWork,
    *,
    call: str,
    channel: str,
    name: str,
    at: datetime,
    number: str = "",
    caller_name: str = "",
    exten: str = "",
) -> Call:
    """A channel exists. Texts already known are not replaced by empty ones."""
    with _observing(uow, call, channel, name, at) as (row, leg):
        leg.started_at = min(leg.started_at, at)
        leg.number = leg.number or number[:64]
        leg.caller_name = leg.caller_name or caller_name[:200]
        leg.exten = leg.exten or exten[:64]
    return row


def channel_seen(uow: UnitOfWork, *, call: str, channel: str, name: str, at: datetime) -> Call:
    """The channel exists at this time; nothing more is said of it."""
    with _observing(uow, call, channel, name, at) as (row, _):
        pass
    return row


def channel_answered(uow: UnitOfWork, *, call: str, channel: str, name: str, at: datetime) -> Call:
    """The channel went up."""
    with _observing(uow, call, channel, name, at) as (row, leg):
        leg.answered_at = min(leg.answered_at or at, at)
    return row


def channel_bridged(uow: UnitOfWork, *, call: str, channel: str, name: str, at: datetime) -> Call:
    """The channel can be heard by another."""
    with _observing(uow, call, channel, name, at) as (row, leg):
        leg.bridged_at = min(leg.bridged_at or at, at)
    return row


def channel_ended(
    uow: UnitOfWork, *, call: str, channel: str, name: str, at: datetime, cause: int = 0, dialstatus: str = ""
) -> Call:
    """The channel is gone."""
    with _observing(uow, call, channel, name, at) as (row, leg):
        leg.ended_at = max(leg.ended_at or at, at)
        leg.cause = leg.cause or cause
        leg.dialstatus = leg.dialstatus or dialstatus[:64]
    return row


def happened(
    uow: UnitOfWork,
    *,
    call: str,
    channel: str,
    name: str,
    kind: EventKind,
    at: datetime,
    detail: str = "",
    other: str = "",
    tolerance: float = 1.0,
) -> Call:
    """Hold, return, transfer, message. Within `tolerance` seconds it is the same one, told by another source.

    `other` is the second call that an attended transfer joins to this one.
    """
    with _observing(uow, call, channel, name, at) as (row, _):
        known = uow.session.scalars(
            select(CallEvent).where(CallEvent.channel == channel, CallEvent.kind == kind).order_by(CallEvent.ordinal)
        ).all()
        same = next((event for event in known if abs((event.at - at).total_seconds()) <= tolerance), None)
        if same is None:
            uow.session.add(
                CallEvent(
                    call_id=row.id,
                    channel=channel,
                    kind=kind,
                    ordinal=(known[-1].ordinal + 1 if known else 1),
                    at=at,
                    detail=detail[:200],
                )
            )
        else:
            same.at = min(same.at, at)
            same.detail = same.detail or detail[:200]
        if kind is EventKind.MESSAGE:
            row.message_left = True
        if other:
            joined = uow.session.scalars(select(Call).where(Call.pbx_id == other)).one_or_none()
            if joined is not None:
                _join(uow, row, joined)
    return row


def closed(uow: UnitOfWork, *, call: str, at: datetime) -> Call | None:
    """The last channel of the call is gone. A call that nothing else is known of stays unknown."""
    row = uow.session.scalars(select(Call).where(Call.pbx_id == call)).one_or_none()
    if row is None:
        return None
    with uow.action("call.seen", subject("call", row.id), at=at) as account:
        row.closed_at = max(row.closed_at or at, at)
        account.name = _derive(uow, row) or account.name
    return row


def cut(uow: UnitOfWork, *, call_id: int, at: datetime) -> Call:
    """The PBX stopped in mid-call: what was known until `at` is all there is, and the record says so."""
    row = uow.session.get_one(Call, call_id)
    with uow.action("call.cut", subject("call", row.id), at=at):
        if not row.state.over:
            row.cut = True
            for leg in row.legs:
                leg.ended_at = leg.ended_at or at
            row.closed_at = max(row.closed_at or at, at)
            _derive(uow, row)
    return row


def lost(uow: UnitOfWork, *, call_id: int, at: datetime) -> Call:
    """The PBX knows the call no more and nobody told its end: it ended, at the latest when it was last seen."""
    row = uow.session.get_one(Call, call_id)
    with uow.action("call.seen", subject("call", row.id), at=at, note={"end": "not heard of; as last seen"}) as account:
        for leg in row.legs:
            leg.ended_at = leg.ended_at or at
        row.closed_at = max(row.closed_at or at, at)
        account.name = _derive(uow, row) or account.name
    return row


@contextmanager
def _observing(uow: UnitOfWork, call: str, channel: str, name: str, at: datetime) -> Iterator[tuple[Call, CallLeg]]:
    """Find or make the call and the leg; afterwards work the call out anew from all its legs."""
    with uow.action("call.seen", at=at) as account:
        session = uow.session
        leg = session.scalars(select(CallLeg).where(CallLeg.channel == channel)).one_or_none()
        row = session.scalars(select(Call).where(Call.pbx_id == call)).one_or_none()
        fresh = row is None
        seat, line = _who(uow, name)
        if row is None:
            # Provisional until `_derive`: the legs decide.
            kind = LegKind.SEAT if seat else LegKind.OUTSIDE
            view = judge([LegView(channel=channel, kind=kind, started_at=at)], first=channel)
            row = Call(pbx_id=call, direction=view.direction, state=CallState.RINGING, rang_at=at)
            session.add(row)
            session.flush()
        if leg is None:
            leg = CallLeg(call_id=row.id, channel=channel, kind=_kind(name, seat), started_at=at)
            session.add(leg)
            session.flush()
            session.expire(row, ["legs"])
        elif leg.call_id != row.id:
            _join(uow, row, session.get_one(Call, leg.call_id))
        if name and not leg.name:
            leg.name, leg.kind = name, _kind(name, seat)
            leg.seat_id, leg.line_id = (seat.id if seat else None), (line.id if line else None)
        account.subject = subject("call", row.id)
        yield row, leg
        session.flush()
        main = _main(uow, row)
        said = _derive(uow, main)
        account.subject = subject("call", main.id)
        account.name = "call.rang" if fresh and main is row else (said or account.name)


def _kind(name: str, seat: Seat | None) -> LegKind:
    """A channel without a name yet is taken for an outside one, until its name comes."""
    if seat is not None:
        return LegKind.SEAT
    return LegKind.INNER if name.startswith("Local/") else LegKind.OUTSIDE


def _who(uow: UnitOfWork, name: str) -> tuple[Seat | None, Line | None]:
    """The seat or line behind a channel name such as PJSIP/6001-0000000a."""
    endpoint = name.partition("/")[2].rpartition("-")[0]
    if not endpoint:
        return None, None
    seat = uow.session.scalars(select(Seat).where(Seat.endpoint == endpoint)).one_or_none()
    if seat is not None:
        return seat, None
    return None, uow.session.scalars(select(Line).where(Line.endpoint == endpoint)).first()


def _main(uow: UnitOfWork, row: Call) -> Call:
    """The call that `row` is part of, or itself."""
    while row.part_of_id is not None:
        row = uow.session.get_one(Call, row.part_of_id)
    return row


def _age(row: Call) -> tuple[datetime, str]:
    return row.rang_at, row.pbx_id


def _join(uow: UnitOfWork, one: Call, two: Call) -> None:
    """Two calls turned out to be one: the younger becomes a part of the older."""
    one, two = sorted((_main(uow, one), _main(uow, two)), key=_age)
    if one.id == two.id:
        return
    two.part_of_id = one.id
    entries.fold(uow, two.id)


def _derive(uow: UnitOfWork, row: Call) -> str | None:
    """Work out all that follows from the legs; the journal's word for what became of the call, if anything."""
    parts = uow.session.scalars(select(Call).where((Call.id == row.id) | (Call.part_of_id == row.id))).all()
    legs = uow.session.scalars(select(CallLeg).where(CallLeg.call_id.in_([part.id for part in parts]))).all()
    if all(leg.kind is LegKind.INNER for leg in legs):
        return None
    views = [
        LegView(
            channel=leg.channel,
            kind=leg.kind,
            started_at=leg.started_at,
            answered_at=leg.answered_at,
            ended_at=leg.ended_at,
            seat=leg.seat_id,
            dialstatus=leg.dialstatus,
        )
        for leg in legs
    ]
    closed_at = row.closed_at if all(part.closed_at for part in parts) else None
    seen = judge(views, first=row.pbx_id, closed_at=closed_at, message_left=row.message_left)
    opener = next((leg for leg in legs if leg.channel == row.pbx_id), None)
    outside = opener if opener and opener.kind is LegKind.OUTSIDE else _first_outside(legs)
    before = row.state
    row.direction, row.state = seen.direction, seen.state
    row.rang_at, row.answered_at, row.ended_at, row.seat_id = seen.rang_at, seen.answered_at, seen.ended_at, seen.seat
    asked = seen.rang_at if seen.direction.value == "outgoing" else seen.answered_at
    row.officer_id = first_responder(seen.seat, asked, lookup.watches(uow.session, seen.seat))
    if outside is not None:
        row.line_id = row.line_id or outside.line_id
        dialled = opener.exten if opener is not None and opener.kind is LegKind.SEAT else ""
        _identify(uow, row, outside if opener is outside else None, dialled or outside.number)
        line = uow.session.get(Line, row.line_id) if row.line_id else None
        row.drill = row.drill or (line is not None and line.name == PRACTICE_LINE)
    uow.session.flush()
    entries.of_call(uow, row)
    return f"call.{seen.state}" if seen.state is not before else None


def _first_outside(legs: Iterable[CallLeg]) -> CallLeg | None:
    outside = [leg for leg in legs if leg.kind is LegKind.OUTSIDE]
    return min(outside, key=lambda leg: (leg.started_at, leg.channel), default=None)


def _identify(uow: UnitOfWork, row: Call, caller: CallLeg | None, number: str) -> None:
    """Number, name and, from the directory, unit and person of the other side."""
    if caller is not None:
        row.caller_name = row.caller_name or caller.caller_name
        number = caller.number
    if number and number != row.number:
        row.number = number
        row.unit_id, row.contact_id = lookup.identify(uow.session, number)
