"""One of everything that may happen to the record, and what other processes do to it while a test looks on."""

import contextlib
import time
from datetime import UTC, timedelta

from room import CAPTURE, EPOCH, Tale, enrol, furnish, put_together
from sqlalchemy import select
from tales import TALES

from models.actions import directory, entries, lines, matters, officers, recordings, requests
from models.actions.recordings import Heard
from models.errors import Conflict, Refused
from models.rules.elements import Leg
from models.store.engine import Record
from models.tables import Call, Entry, Recording, SignIn
from models.tables.lines import LineKind, LineState
from models.tables.people import Role
from models.tables.requests import RequestKind

CHANGED_SECRET = "another battery"
WRONG_SECRET = "wrong staple!"


def a_day(record: Record) -> None:
    """Every action once, on an empty record."""
    furnish(record)
    zhang = enrol(record, "张三", seat="8001")
    wang = enrol(record, "王五", seat="8002")
    enrol(record, "检查员", Role.INSPECTOR)
    with contextlib.suppress(Refused):
        officers.sign_in(record, name="张三", secret=WRONG_SECRET, seat="8001")
    with record.writing("system:test") as uow:
        officers.change_secret(uow, zhang, CHANGED_SECRET)
        unit = directory.add_unit(uow, "廉江市应急办")
        contact = directory.add_contact(uow, "单于琳", unit_id=unit.id, post="主任")
        directory.add_number(uow, "13800138000", contact_id=contact.id)
        directory.add_place(uow, "鹤地水库")
        lines.seen(uow, name="ami", kind=LineKind.SERVICE, state=LineState.IDLE, at=EPOCH)
        lines.seen(uow, name="ami", kind=LineKind.SERVICE, state=LineState.UNREACHABLE, at=EPOCH, detail="refused")
    for number, tale in enumerate(TALES.values()):
        put_together(record, tale(Tale(start=EPOCH + timedelta(hours=number))).facts)
    with record.writing(CAPTURE) as uow:
        for call in uow.session.scalars(select(Call)).all():
            recordings.started(
                uow, call=call.pbx_id, channel=call.pbx_id, at=call.rang_at, stem=f"/spool/{call.pbx_id}"
            )
        first, second, third = uow.session.scalars(select(Recording).order_by(Recording.id).limit(3)).all()
        taken = recordings.claim(uow, worker="w1", lease=timedelta(seconds=60), drill=None)
        assert taken is not None
        phrases = [Heard(Leg.CALLER, 1.0, 3.5, "鹤地水库有两个人落水", -0.2), Heard(Leg.OFFICER, 4.0, 5.0, "什么时候")]
        recordings.heard(uow, taken.id, model="practice", version="1", phrases=phrases)
        recordings.heard(uow, taken.id, model="practice", version="1", phrases=phrases, done=True)
        recordings.finished(uow, first.id)
        recordings.sealed(uow, first.id, path="a.flac", sha256="0" * 64, seconds=60.0, repaired=False)
        recordings.broken(uow, second.id, problem="disk full", retry_at=uow.now)
        recordings.silent(uow, third.id)
        recordings.replayed(uow, first.id, start=1.5, how="here")
    drafts(record, zhang, wang)
    with record.writing(f"officer:{zhang}") as uow:
        sitting = uow.session.scalars(select(SignIn).where(SignIn.ended_at.is_(None))).first()
        assert sitting is not None
        asked = requests.ask(uow, RequestKind.DIAL, {"number": "110"}, officer_id=zhang, seat_id=sitting.seat_id)
        requests.take(uow)
        requests.done(uow, asked.id, "answered")
        requests.ask(uow, RequestKind.PRACTICE, {"script": "fire"}, officer_id=zhang, seat_id=None)
        requests.take(uow)
        requests.abandon_taken(uow)
        officers.sign_out(uow, sitting.id)
        officers.dismiss(uow, wang)


def drafts(record: Record, zhang: int, wang: int) -> None:
    """Entries and matters from draft to close."""
    with record.writing(f"officer:{zhang}") as uow:
        written = uow.session.scalars(select(Entry).order_by(Entry.id)).all()
        for entry in written:
            entries.redraft(uow, entry.id, UTC)
        unowned = next(entry for entry in written if entry.owner_id is None)
        entries.take(uow, unowned.id, zhang)
        entries.write_element(uow, unowned.id, "place", "鹤地水库")
        entries.confirm(uow, unowned.id, zhang, text="有人落水", elements={"time": "今早"})
        entries.amend(uow, unowned.id, zhang, text="两人落水", reason="核实")
        by_hand = entries.write_manual(uow, zhang, source="口头", text="巡查无异常")
        entries.confirm(uow, by_hand.id, zhang, text="巡查无异常。")
        matter = matters.open_from(uow, unowned.id, "鹤地水库落水")
        offered = matters.offer(uow, matter.id, to_id=wang, reason="下班")
        matters.accept(uow, offered.id, wang)
        matters.answer(uow, matter.id, "已救起")
        matters.close(uow, matter.id, "已电话告知廉江市应急办")
        matters.reopen(uow, matter.id)


def write_many(url: str, who: str, count: int) -> None:
    """In a process of its own: `count` journal entries, each in a transaction of its own."""
    record = Record(url, busy_seconds=60)
    try:
        for number in range(count):
            with record.writing(f"system:{who}") as uow:
                directory.add_place(uow, f"{who} {number}")
    finally:
        record.close()


def hold_the_lock(url: str, held: str, until: str) -> None:
    """In a process of its own: write and do not finish; makes the file `held`, ends when `until` exists."""
    from pathlib import Path  # noqa: PLC0415 - the only user

    record = Record(url, busy_seconds=60)
    try:
        with record.writing("system:holder") as uow:
            directory.add_place(uow, "held")
            Path(held).touch()
            limit = time.monotonic() + 60
            while not Path(until).exists() and time.monotonic() < limit:
                time.sleep(0.02)
    finally:
        record.close()


def try_to(url: str, deed: str, entry: int, officer: int, outcomes: "object") -> None:
    """In a process of its own: take or confirm an entry at the same moment as others; says how it went."""
    record = Record(url, busy_seconds=60)
    try:
        with record.writing(f"officer:{officer}") as uow:
            if deed == "take":
                entries.take(uow, entry, officer)
            else:
                entries.confirm(uow, entry, officer, text=f"by {officer}")
        said = "done"
    except Conflict as error:
        said = str(error)
    finally:
        record.close()
    outcomes.put((officer, said))  # type: ignore[attr-defined]
