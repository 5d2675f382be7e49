"""What the PBX saw, put on record. Idempotent: any fact alone, in any order, twice or late, gives the same call."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from models.actions import entries
from models.actions.conclusion import PRACTICE_LINE, conclude
from models.rules.calls import CallState, Direction, EventKind, LegKind, age
from models.store.unit import UnitOfWork, assign, subject
from models.tables import Call, CallEvent, CallLeg, Line, Seat
from models.text import storable

__all__ = [
    "PRACTICE_LINE",
    "channel_answered",
    "channel_bridged",
    "channel_ended",
    "channel_named",
    "channel_seen",
    "channel_started",
    "closed",
    "cut",
    "happened",
    "lost",
]


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
    """A channel exists. Texts already known are not replaced by poorer ones."""
    with _observing(uow, call, channel, name, at) as (row, leg):
        assign(
            leg,
            number=_better(leg.number, number[:64]),
            caller_name=_better(leg.caller_name, caller_name[:200]),
            exten=_better(leg.exten, exten[:64]),
        )
    return row


def channel_seen(uow: UnitOfWork, *, call: str, channel: str, name: str, at: datetime) -> Call:
    """The channel exists at this time; nothing more is said of it."""
    with _observing(uow, call, channel, name, at) as (row, _):
        pass
    return row


def channel_named(uow: UnitOfWork, *, call: str, channel: str, name: str, at: datetime, caller_name: str) -> Call:
    """The caller's name from a better source: goes before any other, whichever came first."""
    with _observing(uow, call, channel, name, at) as (row, leg):
        assign(leg, display_name=_better(leg.display_name, caller_name[:200]))
    return row


def channel_answered(uow: UnitOfWork, *, call: str, channel: str, name: str, at: datetime) -> Call:
    """The channel went up."""
    with _observing(uow, call, channel, name, at) as (row, leg):
        assign(leg, answered_at=min(leg.answered_at or at, at))
    return row


def channel_bridged(uow: UnitOfWork, *, call: str, channel: str, name: str, at: datetime) -> Call:
    """The channel can be heard by another."""
    with _observing(uow, call, channel, name, at) as (row, leg):
        assign(leg, bridged_at=min(leg.bridged_at or at, at))
    return row


def channel_ended(
    uow: UnitOfWork, *, call: str, channel: str, name: str, at: datetime, cause: int = 0, dialstatus: str = ""
) -> Call:
    """The channel is gone."""
    with _observing(uow, call, channel, name, at) as (row, leg):
        assign(
            leg,
            ended_at=max(leg.ended_at or at, at),
            cause=max(leg.cause, cause),
            dialstatus=_better(leg.dialstatus, dialstatus[:64]),
        )
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

    `other` names the second call that an attended transfer joins to this one, known yet or not: by its key, or by
    any channel of it.
    """
    with _observing(uow, call, channel, name, at) as (row, _):
        uow.session.flush()
        near = uow.session.scalars(
            select(CallEvent).where(
                CallEvent.channel == channel,
                CallEvent.kind == kind,
                CallEvent.at.between(at - timedelta(seconds=tolerance), at + timedelta(seconds=tolerance)),
            )
        ).all()
        same = min(near, key=lambda event: (abs(event.at - at), event.at), default=None)
        if same is None:
            same = CallEvent(call_id=row.id, channel=channel, kind=kind, at=at, detail="", other="")
            uow.session.add(same)
        assign(
            same,
            at=min(same.at, at),
            detail=_better(same.detail, detail[:200]),
            other=_better(same.other, other[:200]),
        )
        assign(row, message_left=row.message_left or kind is EventKind.MESSAGE)
        if other:
            joined = uow.session.scalars(
                select(Call)
                .outerjoin(CallLeg, CallLeg.call_id == Call.id)
                .where(or_(CallLeg.channel == other, Call.pbx_id == other))
                .distinct()
            ).all()
            for whole in joined:
                _join(uow, row, whole)
    return row


def closed(uow: UnitOfWork, *, call: str, at: datetime) -> Call | None:
    """The last channel of the call is gone. None: nothing else is known of the call yet; say it again when it is."""
    row = uow.session.scalars(select(Call).where(Call.pbx_id == call)).one_or_none()
    if row is None:
        return None
    main = _main(uow, row)
    with uow.action("call.seen", subject("call", main.id), at=at) as account:
        assign(row, closed_at=max(row.closed_at or at, at))
        account.name = conclude(uow, main) or account.name
    return main


def cut(uow: UnitOfWork, *, call_id: int, at: datetime) -> Call:
    """The PBX stopped in mid-call: what was known until `at` is all there is, and the record says so."""
    row = _main(uow, uow.session.get_one(Call, call_id))
    with uow.action("call.cut", subject("call", row.id), at=at):
        if not row.state.over:
            row.cut = True
            _end(uow, row, at)
    return row


def lost(uow: UnitOfWork, *, call_id: int, at: datetime) -> Call:
    """The PBX knows the call no more and nobody told its end: it ended, at the latest when it was last seen."""
    row = _main(uow, uow.session.get_one(Call, call_id))
    with uow.action("call.seen", subject("call", row.id), at=at) as account:
        if not row.state.over:
            account.note["end"] = "not heard of; as last seen"
            account.name = _end(uow, row, at) or account.name
    return row


def _end(uow: UnitOfWork, row: Call, at: datetime) -> str | None:
    """Whatever of the call is still open ends at `at`."""
    for leg in uow.session.scalars(select(CallLeg).where(CallLeg.call_id == row.id)):
        leg.ended_at = leg.ended_at or at
    for part in uow.session.scalars(select(Call).where(or_(Call.id == row.id, Call.part_of_id == row.id))):
        part.closed_at = part.closed_at or at
    return conclude(uow, row)


@contextmanager
def _observing(uow: UnitOfWork, call: str, channel: str, name: str, at: datetime) -> Iterator[tuple[Call, CallLeg]]:
    """Find or make the call and the leg; afterwards work the call out anew from all its legs."""
    session = uow.session
    # As they are kept, or what is known would not be recognised.
    call, channel, name = storable(call, 200), storable(channel, 200), storable(name, 200)
    with uow.action("call.seen", at=at) as account, session.no_autoflush:
        legs, home = _home(uow, channel)
        row = home if home is not None and home.pbx_id == call else _call(uow, call)
        fresh = row is None
        if row is None:
            # Provisional until `conclude`: the legs decide.
            row = Call(pbx_id=call, direction=Direction.INCOMING, state=CallState.RINGING, rang_at=at)
            row.drill = row.cut = row.message_left = False
            row.number = row.caller_name = ""
            session.add(row)
        main = _main(uow, row)
        if home is not None and home is not main:
            main, legs = _join(uow, main, home), None
        if home is None or fresh:
            for announced in _announcing(uow, channel, call):
                main, legs = _join(uow, main, announced), None
        legs = _legs(uow, main) if legs is None else legs
        leg = next((leg for leg in legs if leg.channel == channel), None)
        if leg is None:
            leg = CallLeg(call=main, channel=channel, kind=LegKind.OUTSIDE, started_at=at, name="", cause=0)
            leg.number = leg.caller_name = leg.display_name = leg.exten = leg.dialstatus = ""
            session.add(leg)
            legs.append(leg)
        if name and not leg.name:
            leg.name = name
            leg.kind, leg.seat_id, leg.line_id = _who(uow, name)
        assign(leg, started_at=min(leg.started_at, at))
        yield main, leg
        whole = _main(uow, main)
        said = conclude(uow, whole, legs if whole is main else None, fresh=fresh)
        session.flush()
        account.subject = subject("call", whole.id)
        account.name = "call.rang" if fresh and whole is row else (said or account.name)


def _home(uow: UnitOfWork, channel: str) -> tuple[list[CallLeg] | None, Call | None]:
    """The call that the channel is a leg of, with all its legs."""
    inside = select(CallLeg.call_id).where(CallLeg.channel == channel).scalar_subquery()
    query = select(CallLeg, Call).join(Call, Call.id == CallLeg.call_id).where(CallLeg.call_id == inside)
    found = uow.session.execute(query).all()
    return ([row[0] for row in found], found[0][1]) if found else (None, None)


def _legs(uow: UnitOfWork, row: Call) -> list[CallLeg]:
    if row.id is None:
        return []
    return list(uow.session.scalars(select(CallLeg).where(CallLeg.call_id == row.id)))


def _call(uow: UnitOfWork, pbx_id: str) -> Call | None:
    return uow.session.scalars(select(Call).where(Call.pbx_id == pbx_id)).one_or_none()


def _who(uow: UnitOfWork, name: str) -> tuple[LegKind, int | None, int | None]:
    """Kind, seat and line behind a channel name such as PJSIP/6001-0000000a."""
    if name.startswith("Local/"):
        return LegKind.INNER, None, None
    endpoint = name.partition("/")[2].rpartition("-")[0]
    if not endpoint:
        return LegKind.OUTSIDE, None, None
    seats = select(Seat.id).where(Seat.endpoint == endpoint).order_by(Seat.active.desc(), Seat.id.desc())
    seat = uow.session.scalars(seats.limit(1)).one_or_none()
    if seat is not None:
        return LegKind.SEAT, seat, None
    lines = select(Line.id).where(Line.endpoint == endpoint).order_by(Line.active.desc(), Line.id.desc())
    return LegKind.OUTSIDE, None, uow.session.scalars(lines.limit(1)).one_or_none()


def _main(uow: UnitOfWork, row: Call) -> Call:
    """The call that `row` is part of, or itself."""
    return row if row.part_of_id is None else uow.session.get_one(Call, row.part_of_id)


def _announcing(uow: UnitOfWork, *names: str) -> Sequence[Call]:
    """Calls of which an attended transfer said before that this one would belong to them."""
    query = (
        select(Call)
        .join(CallEvent, CallEvent.call_id == Call.id)
        .where(CallEvent.other.in_([name for name in names if name]))
    )
    return uow.session.scalars(query).all()


def _join(uow: UnitOfWork, one: Call, two: Call) -> Call:
    """Two calls turned out to be one: all that is known of the younger moves to the older, which is returned."""
    one, two = sorted((_main(uow, one), _main(uow, two)), key=lambda call: age(call.pbx_id))
    if one.id == two.id:
        return one
    session = uow.session
    session.flush()
    for leg in session.scalars(select(CallLeg).where(CallLeg.call_id == two.id)):
        leg.call_id = one.id
    for event in session.scalars(select(CallEvent).where(CallEvent.call_id == two.id)):
        event.call_id = one.id
    for part in session.scalars(select(Call).where(Call.part_of_id == two.id)):
        part.part_of_id = one.id
    two.part_of_id = one.id
    one.message_left = one.message_left or two.message_left
    one.cut = one.cut or two.cut
    entries.fold(uow, two.id)
    session.flush()
    for call in (one, two):
        session.expire(call, ["legs", "events"])
    return one


def _better(known: str, heard: str) -> str:
    """The more telling of two texts, whichever came first: undamaged before damaged, long before short."""
    return max(known, heard, key=lambda text: (bool(text) and "\ufffd" not in text, len(text), text))
