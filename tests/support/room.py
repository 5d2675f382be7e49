"""A duty room for tests of the record: two seats, a trunk, officers, and a call told fact by fact."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.actions import calls, lines, officers
from models.rules.calls import EventKind
from models.settings import Seat, Trunk
from models.store.engine import Record
from models.store.unit import UnitOfWork
from models.tables import Officer
from models.tables.people import Role

SECRET = "correct horse"
CAPTURE = "system:capture"
EPOCH = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def furnish(record: Record) -> None:
    """Seats 8001, 8002, 8003 and the trunk trunk-1."""
    with record.writing("system:test") as uow:
        seats = [Seat(number=number, label=f"席位 {number}") for number in ("8001", "8002", "8003")]
        lines.configure(uow, seats, [Trunk(name="trunk-1", number="3110110")])


def enrol(record: Record, name: str, role: Role = Role.OFFICER, seat: str | None = None) -> int:
    """An officer's key; with `seat` signed in there."""
    with record.writing("system:test") as uow:
        key = officers.enrol(uow, name=name, role=role, secret=SECRET).id
    if seat is not None:
        officers.sign_in(record, name=name, secret=SECRET, seat=seat)
    return key


def officer_name(record: Record, key: int | None) -> str | None:
    """Who that is."""
    with record.reading() as session:
        return session.scalars(select(Officer.name).where(Officer.id == key)).one_or_none()


@dataclass(frozen=True)
class Told:
    """One fact, as an action and its arguments."""

    action: Callable[..., Any]
    call: str
    at: datetime
    more: tuple[tuple[str, Any], ...] = ()

    def put(self, uow: UnitOfWork) -> None:
        self.action(uow, call=self.call, at=self.at, **dict(self.more))

    def later(self, seconds: float) -> "Told":
        """The same from a source whose clock or report is that much behind."""
        return replace(self, at=self.at + timedelta(seconds=seconds))


class Tale:
    """Writes down what a PBX would tell of one call; seconds count from the first ring."""

    def __init__(self, number: int = 1, start: datetime = EPOCH) -> None:
        self.start = start
        self.facts: list[Told] = []
        self._base = f"pbx-{int(start.timestamp())}"
        self._next = number

    def channel(self, endpoint: str) -> "Channel":
        key = f"{self._base}.{self._next}"
        self._next += 1
        return Channel(self, key, f"PJSIP/{endpoint}-{self._next:08x}")

    def tell(self, action: Callable[..., Any], call: str, second: float, **more: Any) -> None:
        self.facts.append(Told(action, call, self.start + timedelta(seconds=second), tuple(more.items())))

    def closed(self, call: str, second: float) -> None:
        self.tell(calls.closed, call, second)


@dataclass
class Channel:
    """One channel of a tale: `call` is its linkedid, its own key unless it was dialled by another."""

    tale: Tale
    key: str
    name: str
    call: str = ""

    def of(self, opener: "Channel") -> "Channel":
        self.call = opener.linked
        return self

    @property
    def linked(self) -> str:
        return self.call or self.key

    def started(self, second: float, **texts: str) -> "Channel":
        return self._tell(calls.channel_started, second, **texts)

    def answered(self, second: float) -> "Channel":
        return self._tell(calls.channel_answered, second)

    def bridged(self, second: float) -> "Channel":
        return self._tell(calls.channel_bridged, second)

    def ended(self, second: float, cause: int = 16, dialstatus: str = "") -> "Channel":
        return self._tell(calls.channel_ended, second, cause=cause, dialstatus=dialstatus)

    def happened(self, kind: EventKind, second: float, detail: str = "", other: str = "") -> "Channel":
        return self._tell(calls.happened, second, kind=kind, detail=detail, other=other)

    def _tell(self, action: Callable[..., Any], second: float, **more: Any) -> "Channel":
        self.tale.tell(action, self.linked, second, channel=self.key, name=self.name, **more)
        return self


def answered_call(tale: Tale, *, seat: str = "8001", trunk: str = "trunk-1", number: str = "13800138000") -> Tale:
    """Rings at the seat, is answered after 5 s, ends after 65 s."""
    caller = tale.channel(trunk).started(0, number=number, caller_name="李四", exten="3110110")
    desk = tale.channel(seat).of(caller).started(0.1)
    desk.answered(5)
    caller.answered(5.01)
    desk.bridged(5.02)
    caller.bridged(5.02)
    desk.ended(65)
    caller.ended(65.02)
    tale.closed(caller.key, 65.03)
    return tale


def put(record: Record, facts: Iterable[Told]) -> None:
    """Each fact in a transaction of its own, as the live sources bring them."""
    for fact in facts:
        with record.writing(CAPTURE) as uow:
            fact.put(uow)


def put_together(record: Record, facts: Iterable[Told]) -> None:
    """All facts in one transaction, as CEL brings them."""
    with record.writing(CAPTURE) as uow:
        for fact in facts:
            fact.put(uow)


def shuffled(facts: Iterable[Told], source: random.Random) -> list[Told]:
    """The facts in an order of the source's choosing."""
    found = list(facts)
    source.shuffle(found)
    return found
