"""Accounts and sign-in: counted, slowed and journalled failures, one officer at a seat, nobody told too much."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from databases import HandClock
from room import SECRET, enrol, furnish
from sqlalchemy import select

from models.actions import officers
from models.errors import Conflict, Refused
from models.pinyin import initials
from models.store.engine import Record
from models.tables import JournalEntry, Officer, SignIn
from models.tables.people import Role


@pytest.fixture
def room(record: Record) -> Record:
    furnish(record)
    enrol(record, "张三")
    return record


def said(record: Record) -> list[str]:
    with record.reading() as session:
        return list(session.scalars(select(JournalEntry.action).order_by(JournalEntry.seq)))


def row(record: Record, name: str = "张三") -> Officer:
    with record.reading() as session:
        return session.scalars(select(Officer).where(Officer.name == name)).one()


def wrong(record: Record, name: str = "张三") -> None:
    with pytest.raises(Refused, match="name or secret is wrong"):
        officers.sign_in(record, name=name, secret="not it at all", seat="8001")


def test_signing_in_at_a_seat_and_out(room: Record, clock: HandClock) -> None:
    found = officers.sign_in(room, name=" 张三 ", secret=SECRET, seat="8001")
    again = officers.sign_in(room, name="张三", secret=SECRET, seat="8001")
    assert again.id == found.id
    assert said(room).count("officer.signed_in") == 1
    moved = officers.sign_in(room, name="张三", secret=SECRET, seat="8002")
    with room.reading() as session:
        assert session.get_one(SignIn, found.id).ended_at == clock.now
    clock.advance(60)
    for _ in range(2):
        with room.writing("officer:1") as uow:
            officers.sign_out(uow, moved.id)
        clock.advance(60)
    assert said(room).count("officer.signed_out") == 1


def test_a_taken_seat_says_who_and_since_when(room: Record, clock: HandClock) -> None:
    since = clock.now
    officers.sign_in(room, name="张三", secret=SECRET, seat="8001")
    clock.advance(600)
    enrol(room, "王五")
    with pytest.raises(Conflict, match="张三 has sat at seat 8001 since 2026-11-23 02:00:00Z") as caught:
        officers.sign_in(room, name="王五", secret=SECRET, seat="8001")
    assert caught.value.values == {"who": "张三", "number": "8001", "when": since}
    with room.reading() as session:
        assert len(session.scalars(select(SignIn)).all()) == 1


def test_who_may_not_write_may_look_but_not_sit(room: Record) -> None:
    for name, role in (("检查员", Role.INSPECTOR), ("负责人", Role.SUPERVISOR)):
        enrol(room, name, role)
        with pytest.raises(Refused, match=rf"{name} may look and replay here, but not sit at a seat \(Art. 11\)"):
            officers.sign_in(room, name=name, secret=SECRET, seat="8001")
        assert officers.sign_in(room, name=name, secret=SECRET, seat=None).seat_id is None
    enrol(room, "领导", Role.LEADER)
    assert officers.sign_in(room, name="领导", secret=SECRET, seat="8001").seat_id is not None


def test_no_such_seat(room: Record) -> None:
    with pytest.raises(Refused, match="there is no seat 9999"):
        officers.sign_in(room, name="张三", secret=SECRET, seat="9999")


def test_failures_are_counted_journalled_and_slowed(room: Record, clock: HandClock) -> None:
    for count in range(1, officers.FREE_FAILURES + 1):
        wrong(room)
        assert (row(room).failures, row(room).locked_until) == (count, None)
    waits = []
    for _ in range(10):
        wrong(room)
        until = row(room).locked_until
        assert until is not None
        waits.append((until - clock.now).total_seconds())
        with pytest.raises(Refused, match="too many failed attempts: wait until 2026-11-23"):
            officers.sign_in(room, name="张三", secret=SECRET, seat="8001")
        clock.now = until + timedelta(seconds=1)
    assert waits[:8] == [2, 4, 8, 16, 32, 64, 128, 256]
    assert max(waits) == officers.SLOWEST.total_seconds()
    assert said(room).count("officer.sign_in_failed") == officers.FREE_FAILURES + 10
    officers.sign_in(room, name="张三", secret=SECRET, seat="8001")
    assert (row(room).failures, row(room).locked_until) == (0, None)
    wrong(room)
    officers.sign_in(room, name="张三", secret=SECRET, seat="8001")
    assert row(room).failures == 0


def test_a_lock_that_came_while_the_secret_was_looked_at_counts(room: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    right = officers.authenticate

    def slow(record: Record, *, name: str, secret: str) -> int:
        key = right(record, name=name, secret=secret)
        for _ in range(officers.FREE_FAILURES + 1):
            officers._count_failure(record, name, key)
        return key

    monkeypatch.setattr(officers, "authenticate", slow)
    with pytest.raises(Refused, match="too many failed attempts"):
        officers.sign_in(room, name="张三", secret=SECRET, seat="8001")


def test_an_unknown_name_is_journalled_and_told_apart_by_nothing(room: Record) -> None:
    with pytest.raises(Refused) as unknown:
        officers.sign_in(room, name="无此人\x00\ud800", secret="not it at all", seat="8001")
    with pytest.raises(Refused) as known:
        officers.sign_in(room, name="张三", secret="not it at all", seat="8001")
    assert str(unknown.value) == str(known.value)
    with room.reading() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "officer.sign_in_failed")).first()
    assert entry is not None
    assert "无此人" in entry.changes


def test_an_unknown_name_takes_as_long_as_a_known_one(room: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    verify = officers._verify

    def noted(known: str, secret: str) -> bool:
        asked.append(known)
        return verify(known, secret)

    monkeypatch.setattr(officers, "_verify", noted)
    enrol(room, "离职")
    with room.writing("system:test") as uow:
        officers.dismiss(uow, uow.session.scalars(select(Officer.id).where(Officer.name == "离职")).one())
    for name in ("张三", "无此人", "离职") * 2:
        wrong(room, name)
    assert len(asked) == 6
    assert sum(known is officers._NOBODY for known in asked) == 4
    # The same work, whoever is asked for: the same parameters of the same hash.
    assert all(extract_parameters(known) == extract_parameters(asked[0]) for known in asked)


def test_secrets_are_hashed_as_rfc_9106_recommends(shipped_hasher: PasswordHasher) -> None:
    used = extract_parameters(shipped_hasher.hash(SECRET))
    assert used.type is RFC_9106_LOW_MEMORY.type
    assert (used.time_cost, used.memory_cost) >= (RFC_9106_LOW_MEMORY.time_cost, RFC_9106_LOW_MEMORY.memory_cost)


def test_a_dismissed_officer_signs_in_no_more(room: Record) -> None:
    with room.writing("system:test") as uow:
        officers.dismiss(uow, row(room).id)
    with pytest.raises(Refused, match="name or secret is wrong"):
        officers.sign_in(room, name="张三", secret=SECRET, seat="8001")


@pytest.mark.parametrize("secret", ["密码密码密码密码", "with\x00nul and \ud83d half a face", "x" * 100_000])
def test_any_keys_make_a_secret(room: Record, secret: str) -> None:
    with room.writing("officer:1") as uow:
        officers.change_secret(uow, row(room).id, secret)
    wrong(room)
    assert officers.sign_in(room, name="张三", secret=secret, seat="8001").seat_id


def test_accounts_need_a_free_name_and_a_long_secret(room: Record) -> None:
    for name, secret, reason in (
        ("张三", SECRET, "there is an account named 张三 already"),
        ("  ", SECRET, "an account needs a name"),
        ("李四", "short", "a secret needs at least 8 characters"),
    ):
        with pytest.raises(Refused, match=reason), room.writing("system:test") as uow:
            officers.enrol(uow, name=name, role=Role.OFFICER, secret=secret)
    with room.reading() as session:
        assert session.scalars(select(Officer.name)).all() == ["张三"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("单于琳", "cyl"),
        ("单雄信", "sxx"),
        ("单位", "sw"),
        ("曾国藩", "zgf"),
        ("尉迟恭", "ycg"),
        ("廉江市应急办", "ljsyjb"),
        ("区域调度中心", "qyddzx"),
        ("李 Wei-2", "lwei2"),
        ("", ""),
        ("\U0001f525\ud800", ""),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
