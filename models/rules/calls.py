"""What a call is, worked out from its channels: the same answer whatever the order in which they became known."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_UNIQUEID = re.compile(r"(\d+)\.(\d+)$")


class Direction(StrEnum):
    """Seen from the room."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"


class CallState(StrEnum):
    """ringing -> answered -> ended | ringing -> missed | abandoned."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    MISSED = "missed"
    ABANDONED = "abandoned"

    @property
    def over(self) -> bool:
        """Nobody speaks any more."""
        return self not in (CallState.RINGING, CallState.ANSWERED)


class LegKind(StrEnum):
    """Who is at the end of a channel: the outside world, one of our seats, or the PBX itself."""

    OUTSIDE = "outside"
    SEAT = "seat"
    INNER = "inner"


class EventKind(StrEnum):
    """What can happen within a call."""

    HOLD = "hold"
    RESUME = "resume"
    BLIND = "blind"
    ATTENDED = "attended"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegView:
    """What is known of one channel. `seat` is the seat's key when the channel is one of our desks."""

    channel: str
    kind: LegKind
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    seat: int | None = None
    dialstatus: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A call as its legs tell it. `seat` is the desk that spoke first; it decides who owns (Art. 7)."""

    direction: Direction
    state: CallState
    rang_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    seat: int | None


def judge(
    legs: Iterable[LegView], *, first: str, closed_at: datetime | None = None, message_left: bool = False
) -> Judgement:
    """The call made of `legs`; `first` is the channel that began it, `closed_at` the end of its last channel if known.

    Incoming: answered when the first seat takes it; who was only answered by the spoken message was missed, who hung
    up while it rang abandoned. Outgoing: answered when the outside party takes it; otherwise missed. What the PBX has
    only with itself is internal.
    """
    known = sorted(legs, key=lambda leg: (leg.started_at, leg.channel))
    if not known:
        raise ValueError("a call has at least one leg")
    ordered = [leg for leg in known if leg.kind is not LegKind.INNER] or known
    opener = next((leg for leg in ordered if leg.channel == first), ordered[0])
    others = [leg for leg in ordered if leg is not opener]
    if opener.kind is LegKind.OUTSIDE:
        direction = Direction.INCOMING
    elif any(leg.kind is LegKind.OUTSIDE for leg in others):
        direction = Direction.OUTGOING
    else:
        direction = Direction.INTERNAL

    takers = [leg for leg in others if leg.answered_at is not None]
    if direction is Direction.OUTGOING:
        takers = [leg for leg in takers if leg.kind is LegKind.OUTSIDE]
    taker = min(takers, key=lambda leg: (leg.answered_at, leg.channel), default=None)
    answered_at = taker.answered_at if taker else None

    ended_at = closed_at
    if ended_at is None and all(leg.ended_at for leg in ordered):
        ended_at = max(leg.ended_at for leg in ordered if leg.ended_at)
    if opener.kind is LegKind.OUTSIDE and opener.ended_at is not None and ended_at is None:
        ended_at = opener.ended_at

    if ended_at is None:
        state = CallState.ANSWERED if answered_at else CallState.RINGING
    elif answered_at:
        state = CallState.ENDED
    elif direction is Direction.INCOMING and opener.answered_at is None and not message_left:
        state = CallState.ABANDONED
    else:
        state = CallState.MISSED
    seat = opener.seat if direction is not Direction.INCOMING else (taker.seat if taker else None)
    return Judgement(
        direction=direction,
        state=state,
        rang_at=opener.started_at,
        answered_at=answered_at,
        ended_at=ended_at,
        seat=seat,
    )


def age(pbx_id: str) -> tuple[int, int, str]:
    """By this the older of two calls sorts first: seconds and count of Asterisk's `[name-]seconds.count`."""
    found = _UNIQUEID.search(pbx_id)
    return (int(found[1]), int(found[2]), pbx_id) if found else (2**63, 0, pbx_id)
