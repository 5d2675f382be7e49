"""What follows from a call's legs: its state, owner, caller, drill mark, and the draft entry it deserves."""

from collections.abc import Sequence

from sqlalchemy import select

from models.actions import entries
from models.rules.calls import Direction, LegKind, LegView, judge
from models.rules.ownership import first_responder
from models.store import lookup
from models.store.unit import UnitOfWork, assign
from models.tables import Call, CallLeg, Line

PRACTICE_LINE = "dutyline-practice"
"""The trunk by which practice calls (演练) come in: what arrives there is marked as a drill everywhere."""
_SHARED = (
    *("direction", "state", "drill", "cut", "rang_at", "answered_at", "ended_at"),
    *("number", "caller_name", "line_id", "unit_id", "contact_id", "seat_id", "officer_id"),
)
"""What a part of a call says as its whole does."""
_PARTY = ("number", "caller_name", "unit_id", "contact_id")
_OF_ENTRY = (*_PARTY, "direction", "drill", "rang_at", "answered_at", "officer_id")


def conclude(uow: UnitOfWork, row: Call, legs: Sequence[CallLeg] | None = None, *, fresh: bool = False) -> str | None:
    """Inside a call's action: work out anew all that the legs tell; the journal's word for a change of state.

    `legs`: all of them, where the caller has them at hand; `fresh`: the call was not known before.
    """
    session = uow.session
    if legs is None:
        legs = session.scalars(select(CallLeg).where(CallLeg.call_id == row.id)).all()
    if not legs:
        return None
    parts = [] if row.id is None else session.scalars(select(Call).where(Call.part_of_id == row.id)).all()
    ends = [call.closed_at for call in (row, *parts)]
    closed_at = max((end for end in ends if end), default=None) if all(ends) else None
    seen = judge(map(_view, legs), first=row.pbx_id, closed_at=closed_at, message_left=row.message_left)
    before = {name: getattr(row, name) for name in _SHARED}
    assign(row, direction=seen.direction, state=seen.state, seat_id=seen.seat)
    assign(row, rang_at=seen.rang_at, answered_at=seen.answered_at, ended_at=seen.ended_at)
    owned_at = seen.rang_at if seen.direction is Direction.OUTGOING else seen.answered_at
    assign(row, officer_id=first_responder(seen.seat, owned_at, lookup.watches(session, seen.seat)))
    _identify(uow, row, legs)
    after = {name: getattr(row, name) for name in _SHARED}
    for part in parts:
        assign(part, **after)
    if fresh or any(before[name] != after[name] for name in _OF_ENTRY):
        entries.of_call(uow, row, renamed=any(before[name] != after[name] for name in _PARTY))
    return f"call.{seen.state}" if seen.state is not before["state"] else None


def _view(leg: CallLeg) -> LegView:
    return LegView(
        channel=leg.channel,
        kind=leg.kind,
        started_at=leg.started_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        seat=leg.seat_id,
        dialstatus=leg.dialstatus,
    )


def _identify(uow: UnitOfWork, row: Call, legs: Sequence[CallLeg]) -> None:
    """Line, number, name and, from the directory, unit and person of the other side; whether it is a drill."""
    opener = next((leg for leg in legs if leg.channel == row.pbx_id), None)
    outside = sorted(
        (leg for leg in legs if leg.kind is LegKind.OUTSIDE), key=lambda leg: (leg.started_at, leg.channel)
    )
    caller = opener if opener in outside else (outside[0] if outside and row.direction is Direction.INCOMING else None)
    number, name = "", ""
    if caller is not None:
        number, name = caller.number, caller.display_name or caller.caller_name
    elif outside:
        dialled = opener.exten if opener is not None and opener.kind is LegKind.SEAT else ""
        number = dialled or outside[0].number
    far = caller or (outside[0] if outside else None)
    line_id = far.line_id if far else None
    if line_id != row.line_id:
        line = uow.session.get(Line, line_id) if line_id else None
        assign(row, line_id=line_id, drill=line is not None and line.name == PRACTICE_LINE)
    assign(row, caller_name=name)
    if number != row.number:
        row.number = number
        row.unit_id, row.contact_id = lookup.identify(uow.session, number)
