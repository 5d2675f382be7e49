"""What console tests share: a room on a real record, and consoles on it."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from console_pilot import Console
from databases import HandClock
from duty_room import DutyRoom, settings

from console.tui.app import DutylineApp
from models.queries.officers import SignedIn
from models.rules.elements import KEYS, Element, Span, Transcript, Vocabulary
from models.settings import Settings
from models.store.engine import Record

Open = Callable[..., AbstractAsyncContextManager[Console]]


@pytest.fixture
def home(tmp_path: Path, empty_record_file: Path) -> Path:
    """A room's folder with an empty record."""
    shutil.copyfile(empty_record_file, tmp_path / "dutyline.db")
    return tmp_path


@pytest.fixture
def room_record(home: Path, clock: HandClock) -> Iterator[Record]:
    """The console's record; waits briefly when it is locked."""
    record = Record(f"sqlite:///{home / 'dutyline.db'}", clock, busy_seconds=1.0)
    yield record
    record.close()


@pytest.fixture
def room(home: Path, clock: HandClock) -> Iterator[DutyRoom]:
    """The daemon's side: its own connections to the same record."""
    record = Record(f"sqlite:///{home / 'dutyline.db'}", clock)
    yield DutyRoom(record, settings(home))
    record.close()


@pytest.fixture
def plain_drafts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures show what the screens do with a draft, not how well the rules draft today."""

    def drafted(said: Transcript, _names: Vocabulary) -> dict[str, Element]:
        found = {key: Element(key, stated=False) for key in KEYS}
        for number, turn in enumerate(said.turns):
            for key, word in (("time", "十点二十分"), ("place", "省道二八七线"), ("consequences", "三人受伤")):
                start = turn.text.find(word)
                if start >= 0:
                    found[key] = Element(key, True, word, None, (Span(number, start, start + len(word)),))
        return found

    monkeypatch.setattr("models.actions.entries.draft", drafted)


@pytest.fixture
def console(room: DutyRoom, room_record: Record) -> Open:
    """Open a console at 100x30: `async with console(signed_in=…) as screen`."""

    @asynccontextmanager
    async def opened(
        *,
        signed_in: SignedIn | None = None,
        room_settings: Settings | None = None,
        size: tuple[int, int] = (100, 30),
        **options: object,
    ) -> AsyncIterator[Console]:
        app = DutylineApp(room_settings or room.settings, room_record, signed_in=signed_in, **options)  # type: ignore[arg-type]
        async with app.run_test(size=size, notifications=True) as pilot:
            yield Console(app, pilot)

    return opened
