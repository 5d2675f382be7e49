"""The daemon (`dutyline serve`): everything that watches the telephone, put together. It never imports Textual."""

import fcntl
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import IO

from pydantic import SecretStr

from models.actions import lines
from models.errors import ConfigurationError, DutylineError
from models.settings import Settings
from models.store import migrations
from models.store.engine import Record
from models.tables.lines import LineKind, LineState
from telephony import reconcile
from telephony.agi import AgiServer
from telephony.ami import AmiLink, LinkState
from telephony.asterisk import secrets
from telephony.asterisk.layout import Layout
from telephony.asterisk.recorder import RecorderKeeper
from telephony.capture import Capture
from telephony.cel import CelFollower
from telephony.duty import DutyPush
from telephony.errands import Errands
from telephony.errors import TelephonyError
from telephony.facts import Fact
from telephony.facts import LineKind as LineStateKind
from telephony.facts import LineState as LineStateFact
from telephony.observe import Numbering
from telephony.practice import room as practice
from telephony.recording.levels import disk_days
from telephony.sealing import Sealer
from telephony.speech.supervise import SpeechProcess

log = logging.getLogger(__name__)

ACTOR = "system:daemon"
HEARTBEAT_SECONDS = 5.0
RECONCILE_EVERY = timedelta(minutes=1)
SWITCH_SECONDS = 0.0005
"""Python's default of 5 ms makes each manager event wait so long, twice, while facts are written: rings came late."""
DAILY_BYTES = 60 * 60 * 8000 * 2 * 2.0
"""Until there is a history: an hour of calls a day, two channels, uncompressed."""


class Daemon:
    """One room's watch over its telephone, from start() to stop(). Raises ConfigurationError when it cannot begin."""

    def __init__(self, settings: Settings) -> None:
        settings = _with_own_secret(settings)
        self.settings = settings
        self.record = Record(settings.database_url)
        self._undo = ExitStack()
        self._states: dict[str, tuple[LineState, str]] = {}
        self._lock = threading.Lock()
        pbx = settings.pbx
        self.capture = Capture(
            self.record,
            CelFollower(settings.path(pbx.cel_file)),
            Numbering(pbx.outgoing_prefix, frozenset(seat.number for seat in settings.seats)),
            on_trouble=self._service("record"),
        )
        self.agi = AgiServer(pbx, self.capture.submit)
        self.ami = AmiLink(pbx, self._heard, self._on_link, self.capture.submit)
        self.recorders = RecorderKeeper(self.ami)
        self.duty = DutyPush(self.record, settings, self.ami.db_put, self.ami.db_del)
        self.sealer = Sealer(self.record, settings.path(settings.recordings.folder))
        self.errands = Errands(self.record, settings, self.ami, practice.placer(settings))
        self.speech = SpeechProcess(settings.home, self._service("speech"))

    def start(self) -> None:
        """Bring every part up; what was started is stopped again when one of them cannot."""
        try:
            self._undo.callback(self.record.close)
            self._undo.enter_context(_only_one(self.settings.home / "daemon.lock"))
            migrations.check(self.record)
            with self.record.writing(ACTOR) as uow:
                lines.configure(uow, self.settings.seats, self.settings.trunks)
            wires = (self.capture, self.agi, self.duty, self.recorders, self.ami)
            for part in (*wires, self.sealer, self.errands, self.speech):
                part.start()
                self._undo.callback(part.stop)
        except BaseException:
            self._undo.close()
            raise

    def stop(self) -> None:
        """Bring everything down, in the opposite order."""
        self._undo.close()

    def run(self, stop: threading.Event) -> None:
        """Start, keep house until `stop`, stop."""
        self.start()
        try:
            log.info("daemon: %s is on watch", self.settings.room.name)
            due = self.record.clock()
            while not stop.is_set():
                self._house()
                if self.record.clock() >= due and self._reconcile():
                    due = self.record.clock() + RECONCILE_EVERY
                stop.wait(HEARTBEAT_SECONDS)
        finally:
            self.stop()

    def _house(self) -> None:
        """Say that we live, and what of ours does not."""
        self._disk()
        self._look_at_lines()
        with self._lock:
            states = dict(self._states)
        states["daemon"] = (LineState.IDLE, "")
        try:
            with self.record.writing(ACTOR) as uow:
                for name, (state, detail) in states.items():
                    lines.seen(uow, name=name, kind=LineKind.SERVICE, state=state, at=uow.now, detail=detail)
        except DutylineError as error:
            log.warning("daemon: %s", error)

    def _look_at_lines(self) -> None:
        """What Asterisk says of every line now: a state that nobody refreshes grows old on the screens."""
        if self.ami.state is not LinkState.ONLINE:
            return
        at = self.record.clock()
        try:
            for endpoint in self.ami.endpoints():
                self.capture.submit(
                    LineStateFact(
                        name=endpoint.name,
                        kind=LineStateKind.DEVICE,
                        state=endpoint.state,
                        at=at,
                        detail=endpoint.detail,
                    )
                )
        except TelephonyError as error:
            log.info("daemon: lines not seen: %s", error)

    def _disk(self) -> None:
        folder = self.settings.path(self.settings.recordings.folder)
        folder.mkdir(parents=True, exist_ok=True)
        days = disk_days(folder, DAILY_BYTES)
        low = days < self.settings.recordings.warn_free_days
        with self._lock:
            self._states["disk"] = (LineState.DEGRADED if low else LineState.IDLE, f"{days:.0f}" if low else "")

    def _reconcile(self) -> bool:
        if not self.capture.wait_caught_up(0):
            return False
        try:
            living = self.ami.living()
            ended = reconcile.close_dead_calls(self.record, living)
            spool = self.settings.path(self.settings.pbx.spool)
            folder = self.settings.path(self.settings.recordings.folder)
            found = reconcile.adopt_spool(self.record, spool, folder, living)
        except (TelephonyError, DutylineError) as error:
            log.info("reconcile: not now: %s", error)
            return False
        except OSError as error:
            log.warning("reconcile: %s", error)
            return False
        if ended or found:
            log.warning("reconcile: %d calls ended, %d calls found in the spool", ended, found)
        return True

    def _heard(self, fact: Fact) -> None:
        self.recorders.hear(fact)
        self.capture.submit(fact)

    def _on_link(self, state: LinkState, reason: str) -> None:
        self.duty.connected(state is LinkState.ONLINE)
        with self._lock:
            self._states["pbx"] = (
                (LineState.IDLE, "") if state is LinkState.ONLINE else (LineState.UNREACHABLE, reason or str(state))
            )

    def _service(self, name: str) -> Callable[[str], None]:
        def say(trouble: str) -> None:
            with self._lock:
                self._states[name] = (LineState.DEGRADED, trouble) if trouble else (LineState.IDLE, "")

        return say


def serve(settings: Settings, *, with_parent: bool = False) -> None:
    """Run the daemon in the foreground until SIGTERM or SIGINT; `with_parent`: also until standard input ends."""
    sys.setswitchinterval(SWITCH_SECONDS)
    stop = threading.Event()
    if with_parent:
        threading.Thread(target=_watch_parent, args=(stop,), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Daemon(settings).run(stop)


def _watch_parent(stop: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    stop.set()


def _with_own_secret(settings: Settings) -> Settings:
    """The private Asterisk's manager secret where the configuration gives none."""
    file = Layout.of(settings).secrets
    if settings.pbx.ami_secret.get_secret_value() or not file.exists():
        return settings
    secret = SecretStr(secrets.load(file).ami)
    return settings.model_copy(update={"pbx": settings.pbx.model_copy(update={"ami_secret": secret})})


def _only_one(path: Path) -> IO[str]:
    """The room's lock, held as long as the file is open. Raises ConfigurationError naming the other process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        other = file.read().strip() or "?"
        file.close()
        raise ConfigurationError(
            "this room has a daemon already (process {pid}): stop it first, or use another --home", pid=other
        ) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
