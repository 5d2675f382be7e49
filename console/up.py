"""`dutyline up`: a whole room on this machine: Asterisk, daemon and console, and everything down again at the end."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from console import room as rooms
from models.errors import ConfigurationError
from models.queries import lines
from models.settings import Settings
from models.store.engine import Record
from telephony.asterisk.fetch import default_cache, ensure
from telephony.asterisk.runtime import AsteriskFailed, AsteriskInstance

log = logging.getLogger(__name__)

DAEMON_SECONDS = 30.0
WATCH_SECONDS = 2.0
Say = Callable[[str], None]


@contextmanager
def running(home: Path, say: Say) -> Iterator[tuple[Settings, Record]]:
    """The room in `home`, made if need be, with Asterisk and daemon running. Raises errors that say the way out."""
    settings, made = rooms.ensure(home)
    record = Record(settings.database_url)
    try:
        rooms.prepare(record, sample=made)
        say(f"room: {home}")
        program = ensure(default_cache(), say)
        instance = AsteriskInstance(program, settings)
        instance.start()
        say(f"Asterisk {program.version}: {settings.pbx.sip_host}:{settings.pbx.sip_port}")
        try:
            with _watched(instance), _daemon(settings, record):
                say("daemon: on watch")
                yield settings, record
        finally:
            instance.stop()
    finally:
        record.close()


@contextmanager
def _watched(instance: AsteriskInstance) -> Iterator[None]:
    """An Asterisk that ends is started again: the telephone matters more than the reason."""
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(WATCH_SECONDS):
            if instance.pid is None:
                log.error("up: Asterisk has ended; starting it again")
                try:
                    instance.start()
                except AsteriskFailed as error:
                    log.error("up: %s", error)

    thread = threading.Thread(target=watch, name="asterisk", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=70)


@contextmanager
def _daemon(settings: Settings, record: Record) -> Iterator[None]:
    """`dutyline serve` as a process of its own, its words in daemon.log."""
    with (settings.home / "daemon.log").open("ab") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "console", "--home", str(settings.home), "-v", "serve", "--with-parent"],
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=words,
            start_new_session=True,
        )
    try:
        _wait_on_watch(settings, record, process)
        yield
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_on_watch(settings: Settings, record: Record, process: subprocess.Popen[bytes]) -> None:
    """Until the daemon has said that it lives, and that Asterisk can be reached."""
    until = time.monotonic() + DAEMON_SECONDS
    began = record.clock()
    while time.monotonic() < until:
        if process.poll() is not None:
            tail = (settings.home / "daemon.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise ConfigurationError(
                "the daemon ended at once: {reason} (see {log})",
                reason=tail[-1] if tail else "it said nothing",
                log=settings.home / "daemon.log",
            )
        with record.reading() as session:
            states = {line.name: line for line in lines.listed(session, since=began, now=began)}
        daemon, pbx = states.get("daemon"), states.get("pbx")
        if daemon and daemon.seen_at and daemon.seen_at >= began and pbx and pbx.state.value == "idle":
            return
        time.sleep(0.1)
    raise ConfigurationError(
        "the daemon was not on watch after {seconds} s: see {log}",
        seconds=int(DAEMON_SECONDS),
        log=settings.home / "daemon.log",
    )
