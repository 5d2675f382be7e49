"""Accounts, sign-in at a seat, sign-out. Secrets are hashed with argon2id and never reach the journal."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select

from models.errors import Conflict, Refused
from models.pinyin import initials
from models.store.engine import Record
from models.store.unit import UnitOfWork, subject
from models.tables import Officer, Seat, SignIn
from models.tables.people import Role

SECRET_LENGTH = 8
FREE_FAILURES = 3
SLOWEST = timedelta(minutes=5)
_HASHER = PasswordHasher()
# Verified when the name is unknown, so that the answer takes as long and tells nothing.
_NOBODY = _HASHER.hash("nobody has this secret")


def enrol(uow: UnitOfWork, *, name: str, role: Role, secret: str) -> Officer:
    """A new account. Raises Refused for a taken name, an empty name or a secret shorter than SECRET_LENGTH."""
    name = name.strip()
    if not name:
        raise Refused("an account needs a name")
    if uow.session.scalars(select(Officer).where(Officer.name == name)).one_or_none() is not None:
        raise Refused("there is an account named {name} already", name=name)
    with uow.action("officer.enrolled") as account:
        officer = Officer(name=name, initials=initials(name)[:64], role=role, secret_hash=_hash(secret))
        uow.session.add(officer)
        uow.session.flush()
        account.subject = subject("officer", officer.id)
    return officer


def change_secret(uow: UnitOfWork, officer_id: int, secret: str) -> None:
    """A new secret; that it changed is journalled, the secret is not."""
    officer = uow.session.get_one(Officer, officer_id)
    with uow.action("officer.secret_changed", subject("officer", officer.id), note={"officer": officer.name}):
        officer.secret_hash = _hash(secret)
        officer.failures, officer.locked_until = 0, None


def dismiss(uow: UnitOfWork, officer_id: int) -> None:
    """The account may sign in no more; what it did stays."""
    officer = uow.session.get_one(Officer, officer_id)
    with uow.action("officer.dismissed", subject("officer", officer.id)):
        officer.active = False


def stand_in(uow: UnitOfWork, *, name: str, secret: str) -> Officer:
    """The account of a machine that answers practice calls, made or taken up again; dismiss it afterwards."""
    known = uow.session.scalars(select(Officer).where(Officer.name == name)).one_or_none()
    if known is None:
        return enrol(uow, name=name, role=Role.OFFICER, secret=secret)
    with uow.action("officer.taken_up", subject("officer", known.id)):
        known.secret_hash, known.active = _hash(secret), True
        known.failures, known.locked_until = 0, None
    return known


def authenticate(record: Record, *, name: str, secret: str) -> int:
    """The key of the officer whose name and secret these are.

    Raises Refused when they are wrong or must wait. A failure is counted, journalled, and from the fourth on slowed
    down: 2, 4, 8 … seconds, at most five minutes.
    """
    with record.reading() as session:
        known = session.scalars(select(Officer).where(Officer.name == name.strip())).one_or_none()
        locked = known.locked_until if known else None
    _refuse_locked(locked, record.clock())
    right = _verify(known.secret_hash if known and known.active else _NOBODY, secret)
    if known is None or not right or not known.active:
        _count_failure(record, name.strip(), known.id if known else None)
        raise Refused("name or secret is wrong")
    return known.id


def sign_in(record: Record, *, name: str, secret: str, seat: str | None) -> SignIn:
    """Check name and secret and put the officer at `seat` (its number; None: no seat, to look only).

    Raises what `authenticate` raises, and Conflict when somebody sits there.
    """
    key = authenticate(record, name=name, secret=secret)
    with record.writing(f"officer:{key}") as uow:
        officer = uow.session.get_one(Officer, key)
        # Others may have been guessing, or have dismissed him, since the secret was looked at.
        _refuse_locked(officer.locked_until, uow.now)
        if not officer.active:
            raise Refused("name or secret is wrong")
        return _sit_down(uow, officer, seat)


def named(uow: UnitOfWork, name: str) -> Officer:
    """The account of that name. Raises Refused when there is none."""
    found = uow.session.scalars(select(Officer).where(Officer.name == name.strip())).one_or_none()
    if found is None:
        raise Refused("there is no account named {name}", name=name)
    return found


def _sit_down(uow: UnitOfWork, officer: Officer, number: str | None) -> SignIn:
    desk = None
    if number is not None:
        desk = uow.session.scalars(select(Seat).where(Seat.number == number, Seat.active)).one_or_none()
        if desk is None:
            raise Refused("there is no seat {number}", number=number)
        if officer.role not in (Role.OFFICER, Role.LEADER):
            raise Refused("{who} may look and replay here, but not sit at a seat (Art. 11)", who=officer.name)
        sitting = uow.session.scalars(
            select(SignIn).where(SignIn.seat_id == desk.id, SignIn.ended_at.is_(None))
        ).one_or_none()
        if sitting is not None and sitting.officer_id != officer.id:
            raise Conflict(
                "{who} has sat at seat {number} since {when}",
                who=sitting.officer.name,
                number=number,
                when=sitting.started_at,
            )
        if sitting is not None:
            with uow.action("officer.signed_in", subject("sign_in", sitting.id)):
                officer.failures, officer.locked_until = 0, None
            return sitting
    with uow.action("officer.signed_in") as account:
        if desk is not None:
            for earlier in uow.session.scalars(
                select(SignIn).where(
                    SignIn.officer_id == officer.id, SignIn.seat_id.is_not(None), SignIn.ended_at.is_(None)
                )
            ):
                earlier.ended_at = uow.now
        officer.failures, officer.locked_until = 0, None
        row = SignIn(officer_id=officer.id, seat_id=desk.id if desk else None, started_at=uow.now)
        uow.session.add(row)
        uow.session.flush()
        account.subject = subject("sign_in", row.id)
    return row


def sign_out(uow: UnitOfWork, sign_in_id: int) -> None:
    """The officer leaves; a seat left is a seat unmanned."""
    row = uow.session.get_one(SignIn, sign_in_id)
    with uow.action("officer.signed_out", subject("sign_in", row.id)):
        if row.ended_at is None:
            row.ended_at = uow.now


def _refuse_locked(until: datetime | None, now: datetime) -> None:
    if until is not None and until > now:
        raise Refused("too many failed attempts: wait until {when}", when=until)


def _count_failure(record: Record, name: str, officer_id: int | None) -> None:
    with record.writing("system:sign-in") as uow:
        if officer_id is None:
            with uow.action("officer.sign_in_failed", note={"name": name[:64]}):
                return
        officer = uow.session.get_one(Officer, officer_id)
        with uow.action("officer.sign_in_failed", subject("officer", officer.id)):
            officer.failures += 1
            over = officer.failures - FREE_FAILURES
            if over > 0:
                officer.locked_until = uow.now + min(timedelta(seconds=2 ** min(over, 16)), SLOWEST)


def count(uow: UnitOfWork) -> int:
    """How many accounts can be used; none means that the first one may be made."""
    return uow.session.scalar(select(func.count()).select_from(Officer).where(Officer.active)) or 0


def _hash(secret: str) -> str:
    if len(secret) < SECRET_LENGTH:
        raise Refused("a secret needs at least {length} characters", length=SECRET_LENGTH)
    return _HASHER.hash(_bytes(secret))


def _verify(known: str, secret: str) -> bool:
    try:
        return _HASHER.verify(known, _bytes(secret))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(secret: str) -> bytes:
    """Whatever a terminal made of the keys: a secret need not be valid Unicode."""
    return secret.encode("utf-8", "surrogatepass")
