"""The whole watch over a real Asterisk: `dutyline serve` as a process of its own, killed and started at will."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import soundfile
from pbx import Pbx, start_pbx

from models.actions import officers
from models.errors import Refused
from models.queries import calls as call_queries
from models.queries import entries as entry_queries
from models.queries import recordings as recording_queries
from models.queries.calls import CallDetail
from models.settings import Settings
from models.store import migrations
from models.store.engine import Record
from models.tables.people import Role
from models.tables.recordings import RecordingState

SECRET = "correct horse"
Found = TypeVar("Found")


def write_settings(settings: Settings) -> None:
    """dutyline.toml in the room's home, as a person would write it."""
    pbx = settings.pbx
    lines = [
        "[pbx]",
        *(f'{key} = "{getattr(pbx, key)}"' for key in ("sip_host", "ami_host", "agi_host")),
        *(f"{key} = {getattr(pbx, key)}" for key in ("sip_port", "ami_port", "agi_port")),
        *(f"{key} = {getattr(pbx, key)}" for key in ("escalate_after", "message_after")),
    ]
    for seat in settings.seats:
        lines += ["[[seats]]", f'number = "{seat.number}"', f'label = "{seat.label}"']
    for trunk in settings.trunks:
        lines += ["[[trunks]]", f'name = "{trunk.name}"', f'host = "{trunk.host}"', f'number = "{trunk.number}"']
    (settings.home / "dutyline.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


class Watch:
    """A room's Asterisk and record, and the daemon over them."""

    def __init__(self, pbx: Pbx) -> None:
        self.pbx, self.settings, self.home = pbx, pbx.settings, pbx.settings.home
        write_settings(self.settings)
        self.record = Record(self.settings.database_url)
        migrations.upgrade(self.record)
        self.log = self.home / "daemon.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The daemon's process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the daemon and wait until it hears Asterisk."""
        before = self.log.read_text().count("online (") if self.log.exists() else 0
        with self.log.open("ab") as words:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "console", "--home", str(self.home), "-v", "serve"],
                stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True,
            )  # fmt: skip
        self.wait(lambda: self.log.read_text().count("online (") > before, "the daemon to hear Asterisk", 60)

    def stop(self) -> None:
        """As systemd would."""
        if self._process is not None:
            self._process.terminate()
            assert self._process.wait(timeout=60) == 0, self.log.read_text()[-3000:]
            self._process = None

    def kill(self) -> None:
        """SIGKILL for the daemon and all its processes, as a power cut would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        for child in self.speech_pids():
            os.kill(child, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def freeze(self) -> None:
        """Stalled: it lives, its ports accept, and it never answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        os.kill(self.pid, signal.SIGCONT)

    def speech_pids(self) -> list[int]:
        """Speech workers of this room."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    line = (entry / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if b"telephony.speech.worker" in line and os.fsencode(self.home) in line:
                    found.append(int(entry.name))
        return found

    def officer(self, name: str, seat: str) -> int:
        """Make the account where need be and sit down; the officer's key."""
        with self.record.writing("system:test") as uow:
            try:
                officers.named(uow, name)
            except Refused:
                officers.enrol(uow, name=name, role=Role.OFFICER, secret=SECRET)
        return officers.sign_in(self.record, name=name, secret=SECRET, seat=seat).officer_id

    def wait(self, look: Callable[[], Found], what: str, limit: float = 40) -> Found:
        """Wait until `look()` gives something true, and return that."""
        until = time.monotonic() + limit
        while True:
            found = look()
            if found:
                return found
            if time.monotonic() > until:
                words = self.log.read_text()[-3000:] if self.log.exists() else ""
                raise AssertionError(f"waited {limit:.0f} s for {what}\n{words}")
            time.sleep(0.1)

    def calls(self) -> list[CallDetail]:
        """Every call of the log, newest first."""
        with self.record.reading() as session:
            page = call_queries.listed(session, limit=1000)
            details = [call_queries.detail(session, item.id) for item in page.items]
        return [detail for detail in details if detail is not None]

    def only_call(self, number: str) -> CallDetail:
        """The call with that number, when it is over and its audio is sealed; there must be exactly one."""

        def look() -> CallDetail | None:
            found = [detail for detail in self.calls() if detail.call.number == number]
            if not found or not found[0].call.state.over or not self.settled(found[0].call.id):
                return None
            assert len(found) == 1, found
            return found[0]

        return self.wait(look, f"the call of {number} to be in the log and sealed", 90)

    def settled(self, call_id: int) -> bool:
        """Whether every recording of the call is in its last state."""
        with self.record.reading() as session:
            found = recording_queries.of_call(session, call_id)
        return bool(found) and all(one.state in (RecordingState.SEALED, RecordingState.EMPTY) for one in found)

    def audio(self, call_id: int) -> tuple[np.ndarray, np.ndarray]:
        """Caller's and officer's channel of the call's first recording, 8 kHz."""
        with self.record.reading() as session:
            found = recording_queries.of_call(session, call_id)[0]
        samples, rate = soundfile.read(self.home / "recordings" / found.path, always_2d=True)
        assert rate == 8000
        return samples[:, 0], samples[:, 1]

    def entry(self, call: CallDetail) -> entry_queries.EntryView:
        """The call's entry."""
        assert call.call.entry_id is not None
        with self.record.reading() as session:
            found = entry_queries.get(session, call.call.entry_id)
        assert found is not None
        return found


def share(samples: np.ndarray, hertz: float) -> float:
    """How much of the sound is this tone, 0 to 1; 0 for silence."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    if power.sum() < 1e-3:
        return 0.0
    around = np.abs(np.fft.rfftfreq(len(samples), 1 / 8000) - hertz) < 10
    return float(power[around].sum() / power.sum())


@pytest.fixture(scope="module")
def running_watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """One Asterisk and one daemon for the tests of a module."""
    found = Watch(start_pbx(tmp_path_factory.mktemp("watch")))
    found.start()
    yield found
    found.stop()
    found.pbx.hang_up()
    found.pbx.instance.stop()
    found.record.close()


@pytest.fixture
def watch(running_watch: Watch) -> Iterator[Watch]:
    """The module's room with no call and no telephone."""
    yield running_watch
    running_watch.pbx.hang_up()
