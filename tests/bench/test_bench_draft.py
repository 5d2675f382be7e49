"""From the hang-up to the draft: the real speech worker hears recordings that grow, with the practice model."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tape
from figures import Figures, cpu_seconds, percentile
from sqlalchemy import func, select

from models.actions import lines
from models.settings import Settings
from models.store import migrations
from models.store.engine import Record
from models.tables import Call, Entry, Recording, Segment, Transcript
from models.tables.recordings import TranscriptState
from telephony import facts as f
from telephony.observe import Numbering, put_on_record
from telephony.recording.legs import Leg

pytestmark = pytest.mark.timeout(900)
FASTER, LAST_MINUTE = 7, 3
"""How much faster than life calls are spoken, while the worker keeps pace; never slower than life."""
RUNS = {1: 4, 5: 1, 20: 1}
"""How many calls of how many minutes."""
PATIENCE = 120.0


class Room:
    """A record, and the speech worker over it as a process of its own."""

    def __init__(self, home: Path, undo: ExitStack) -> None:
        self.home = home
        (home / "dutyline.toml").write_text('[[seats]]\nnumber = "6001"\nlabel = "席位一"\n', encoding="utf-8")
        settings = Settings(home=home)
        self.record = Record(settings.database_url)
        undo.callback(self.record.close)
        migrations.upgrade(self.record)
        with self.record.writing("system:bench") as uow:
            lines.configure(uow, settings.seats, settings.trunks)
        with (home / "worker.log").open("wb") as words:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "telephony.speech.worker", str(home)],
                stdin=subprocess.PIPE, stdout=words, stderr=words, start_new_session=True,
            )  # fmt: skip
        undo.callback(self._stop)

    def _stop(self) -> None:
        assert self.worker.stdin is not None
        self.worker.stdin.close()
        self.worker.wait(60)

    def tell(self, *told: f.Fact) -> None:
        """Facts, on record as capture puts them there."""
        with self.record.writing("system:capture") as uow:
            for fact in told:
                put_on_record(uow, fact, Numbering())

    def state(self, call: str) -> TranscriptState | None:
        """How far the call's transcript is."""
        with self.record.reading() as session:
            query = select(Transcript.state).join(Recording, Recording.id == Transcript.recording_id)
            return session.scalars(
                query.join(Call, Call.id == Recording.call_id).where(Call.pbx_id == call)
            ).one_or_none()

    def wait(self, call: str, *states: TranscriptState) -> float:
        """When another connection could read that the transcript is in one of `states`."""
        until = time.monotonic() + PATIENCE
        while self.state(call) not in states:
            assert time.monotonic() < until, (self.home / "worker.log").read_text()[-3000:]
            time.sleep(0.01)
        return time.monotonic()

    def heard(self, call: str) -> float:
        """Up to which second words of the call are on record."""
        with self.record.reading() as session:
            query = select(func.max(Segment.end)).join(Transcript, Transcript.id == Segment.transcript_id)
            query = query.join(Recording, Recording.id == Transcript.recording_id)
            return session.scalar(query.join(Call, Call.id == Recording.call_id).where(Call.pbx_id == call)) or 0.0

    def entry(self, call: str) -> tuple[int, str]:
        """How many elements the draft states, and its words."""
        with self.record.reading() as session:
            row = session.scalars(select(Entry).join(Call, Call.id == Entry.call_id).where(Call.pbx_id == call)).one()
            return row.stated, row.draft


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """With the worker started."""
    with ExitStack() as undo:
        yield Room(tmp_path, undo)


def call(room: Room, name: str, legs: dict[Leg, tape.Samples]) -> float:
    """Ring, answer, speak, hang up; seconds from the hang-up to the draft."""
    whole, seat, stem = f"{name}.1", f"{name}.2", room.home / name
    now = lambda: {"call": whole, "at": datetime.now(UTC), "source": f.Source.AMI}  # noqa: E731 - a fact's time is its own
    outside = {"channel": whole, "name": "PJSIP/dutyline-practice-00000001"}
    inside = {"channel": seat, "name": "PJSIP/6001-00000002"}
    room.tell(
        f.ChannelStarted(number="07595561190", **outside, **now()),
        f.RecordingStarted(stem=str(stem), **outside, **now()),
        f.ChannelStarted(**inside, **now()),
        f.ChannelAnswered(**inside, **now()),
        f.ChannelAnswered(**outside, **now()),
    )
    tape.write(stem, legs, FASTER, LAST_MINUTE, lambda: room.heard(whole))
    over = time.monotonic()
    room.tell(
        f.ChannelEnded(cause=16, **inside, **now()),
        f.ChannelEnded(cause=16, **outside, **now()),
        f.CallEnded(**now()),
    )
    return room.wait(whole, TranscriptState.DONE, TranscriptState.FAILED) - over


def test_hang_up_to_draft(room: Room, figures: Figures) -> None:
    """Calls of different length; told with the draft's commit, which is the transcript's."""
    call(room, "warm-up", tape.conversation(20))
    taken: dict[int, list[float]] = {}
    cpu, heard = cpu_seconds(room.worker.pid), 0.0
    for minutes, runs in RUNS.items():
        legs = tape.conversation(60 * minutes)
        taken[minutes] = []
        for run in range(runs):
            taken[minutes].append(call(room, f"call-{minutes}-{run}", legs))
            assert room.state(f"call-{minutes}-{run}.1") is TranscriptState.DONE
            stated, words = room.entry(f"call-{minutes}-{run}.1")
            assert stated >= 4, words
            heard += 60 * minutes
    cpu = cpu_seconds(room.worker.pid) - cpu
    for minutes, seconds in taken.items():
        note = f"{len(seconds)} calls, up to {FASTER} times faster than life, the last minute {LAST_MINUTE} times"
        figures.add(f"hang-up -> draft, call of {minutes} min, p95", percentile(seconds, 0.95), "s", bound=3, note=note)
    short, long = percentile(taken[1], 0.5), percentile(taken[20], 0.5)
    figures.add("  20 min to 1 min, medians", long / short, "x", bound=1.5, note="not growing with the length")
    figures.add("  the worker's CPU for a second of a call", cpu / heard, "s")
