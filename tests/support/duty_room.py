"""A room for console tests: the daemon's side played through the same actions that the daemon uses."""

from datetime import datetime
from pathlib import Path

from models.actions import calls, directory, entries, lines, officers, recordings
from models.queries import officers as people
from models.rules.elements import Leg
from models.settings import Room, Seat, Settings, Trunk
from models.store.engine import Record
from models.tables import Call, Entry, Recording, Transcript
from models.tables.lines import LineKind, LineState
from models.tables.people import Role

SECRET = "correct horse"
DAEMON = "system:capture"


def settings(home: Path, language: str = "zh") -> Settings:
    return Settings(
        home=home,
        room=Room(name="湛江市总值班室" if language == "zh" else "City Duty Room", language=language),
        seats=(
            Seat(number="6001", label="席位一" if language == "zh" else "desk one"),
            Seat(number="6002", label="席位二" if language == "zh" else "desk two"),
        ),
        trunks=(Trunk(name="trunk-1"), Trunk(name="trunk-2")),
    )


class DutyRoom:
    """One record with seats, lines, officers and a directory, and a telephone network that the test plays."""

    def __init__(self, record: Record, room: Settings) -> None:
        self.record = record
        self.settings = room
        self._number = 0
        with record.writing("system:test") as uow:
            lines.configure(uow, room.seats, room.trunks)
            officers.enrol(uow, name="王海", role=Role.OFFICER, secret=SECRET)
            officers.enrol(uow, name="陈静", role=Role.OFFICER, secret=SECRET)
            officers.enrol(uow, name="李检", role=Role.INSPECTOR, secret=SECRET)
            unit = directory.add_unit(uow, "廉江市应急办")
            person = directory.add_contact(uow, "张明", unit_id=unit.id)
            directory.add_number(uow, "07593320110", unit_id=unit.id, contact_id=person.id)
        self.alive()

    @property
    def now(self) -> datetime:
        return self.record.clock()

    def alive(self) -> None:
        """The services say that they live, the lines that they are free."""
        with self.record.writing("system:service") as uow:
            lines.seen(uow, name="pbx", kind=LineKind.SERVICE, state=LineState.IDLE, at=self.now, label="PBX")
            for name in ("trunk-1", "trunk-2"):
                lines.seen(uow, name=name, kind=LineKind.TRUNK, state=LineState.IDLE, at=self.now)
            for name in ("seat-6001", "seat-6002"):
                lines.seen(uow, name=name, kind=LineKind.SEAT, state=LineState.IDLE, at=self.now)

    def line(self, name: str, kind: LineKind, state: LineState, detail: str = "") -> None:
        with self.record.writing("system:service") as uow:
            lines.seen(uow, name=name, kind=kind, state=state, at=self.now, detail=detail)

    def sign_in(self, name: str = "王海", seat: str | None = "6001") -> people.SignedIn:
        row = officers.sign_in(self.record, name=name, secret=SECRET, seat=seat)
        with self.record.reading() as session:
            found = people.signed_in(session, row.id)
        assert found is not None
        return found

    def ring(
        self,
        number: str = "07593320110",
        *,
        name: str = "",
        line: str = "trunk-1",
        seat: str = "6001",
        drill: bool = False,
    ) -> int:
        """A call rings at a seat; its key."""
        self._number += 1
        pbx = f"room-{self._number}.1"
        if drill:
            line = calls.PRACTICE_LINE
        with self.record.writing(DAEMON) as uow:
            row = calls.channel_started(
                uow,
                call=pbx,
                channel=pbx,
                name=f"PJSIP/{line}-{self._number:08x}",
                at=self.now,
                number=number,
                caller_name=name,
                exten="12345",
            )
            calls.channel_started(
                uow, call=pbx, channel=f"room-{self._number}.2", name=f"PJSIP/{seat}-{self._number:08x}", at=self.now
            )
            return row.id

    def _pbx(self, call_id: int) -> tuple[str, str, str, str]:
        with self.record.reading() as session:
            row = session.get_one(Call, call_id)
            legs = sorted(row.legs, key=lambda leg: leg.channel)
            return row.pbx_id, legs[0].name, legs[1].channel, legs[1].name

    def answer(self, call_id: int) -> int:
        """The seat answers and the recording begins; the transcript's key."""
        pbx, _, channel, name = self._pbx(call_id)
        with self.record.writing(DAEMON) as uow:
            calls.channel_answered(uow, call=pbx, channel=channel, name=name, at=self.now)
            recording = recordings.started(uow, call=pbx, channel=pbx, at=self.now, stem=f"/spool/{pbx}")
            assert recording is not None
            transcript = recording.transcript
            assert transcript is not None
            return transcript.id

    def hear(
        self, transcript_id: int, *said: tuple[Leg, float, str], done: bool = False, doubtful: bool = False
    ) -> None:
        """Phrases come from the speech worker, and the draft with them."""
        heard = [recordings.Heard(leg, start, start + 2.0, text, doubtful=doubtful) for leg, start, text in said]
        with self.record.writing("system:speech") as uow:
            recordings.heard(uow, transcript_id, model="practice", version="1", phrases=heard, done=done)
        with self.record.writing("system:speech") as uow:
            call_id = uow.session.get_one(Transcript, transcript_id).recording.call_id
            key = uow.session.query(Entry).filter_by(call_id=call_id).one().id
            entries.redraft(uow, key, self.settings.room.zone)

    def hang_up(self, call_id: int) -> None:
        """The call ends on all its channels."""
        with self.record.reading() as session:
            row = session.get_one(Call, call_id)
            pbx, legs = row.pbx_id, [(leg.channel, leg.name) for leg in row.legs]
        with self.record.writing(DAEMON) as uow:
            for channel, name in legs:
                calls.channel_ended(uow, call=pbx, channel=channel, name=name, at=self.now)
            calls.closed(uow, call=pbx, at=self.now)

    def seal(self, call_id: int, path: Path, seconds: float) -> int:
        """The recording is sealed; its key."""
        with self.record.writing(DAEMON) as uow:
            row = uow.session.query(Recording).filter_by(call_id=call_id).one()
            recordings.finished(uow, row.id)
            recordings.sealed(uow, row.id, path=str(path), sha256="0" * 64, seconds=seconds, repaired=False)
            return row.id

    def entry_of(self, call_id: int) -> int:
        with self.record.reading() as session:
            return session.query(Entry).filter_by(call_id=call_id).one().id
