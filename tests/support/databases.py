"""Databases for tests: a SQLite file, and a PostgreSQL cluster of our own from the distribution's package."""

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from models.clock import Clock, utc_now
from models.store import migrations
from models.store.engine import BUSY_SECONDS, Record

PATIENCE = 60.0
"""Seconds that a slow, shared machine may take for what is normally done at once."""


class HandClock:
    """A clock that stands still until the test moves it."""

    def __init__(self, now: datetime = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        """Move on, and say what time it is then."""
        self.now += timedelta(seconds=seconds)
        return self.now


@dataclass
class Database:
    """One fresh record's database; every Record opened by `open` is closed with it."""

    url: str
    _records: list[Record] = field(default_factory=list)

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def open(self, clock: Clock = utc_now, busy_seconds: float = BUSY_SECONDS) -> Record:
        record = Record(self.url, clock, busy_seconds)
        self._records.append(record)
        return record

    def close(self) -> None:
        while self._records:
            self._records.pop().close()


class Cluster:
    """A private PostgreSQL server on a Unix socket; `restart` and `stop` act on this server only, by its pid."""

    TEMPLATE = "dutyline_template"

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="dutyline-pg-"))
        self._data, self._log = self.folder / "data", self.folder / "log"
        self._server: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        try:
            self._run(
                "initdb", "-D", str(self._data), "-U", "dutyline", "-A", "trust", "-E", "UTF8", "-N", "--locale=C"
            )
            self.start()
            self._make_template()
        except BaseException:
            self.remove()
            raise

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://dutyline@/{name}?host={self.folder}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "60",
            "shared_buffers": "16MB",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                self._command("postgres", "-D", str(self._data), *options), stdout=log, stderr=log, cwd=self.folder
            )
        limit = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                self._execute("SELECT 1")
                return
            if self._server.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"PostgreSQL does not start:\n{self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Fast shutdown: open connections are cut, as when a server is restarted."""
        server, self._server = self._server, None
        if server is None:
            return
        server.send_signal(signal.SIGINT)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(PATIENCE)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a database of its own with an empty record in it."""
        name = f"record_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {self.TEMPLATE}")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextlib.contextmanager
    def empty_database(self) -> Iterator[str]:
        """The URL of a database with nothing in it."""
        name = f"empty_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _make_template(self) -> None:
        self._execute(f"CREATE DATABASE {self.TEMPLATE}")
        record = Record(self.url(self.TEMPLATE))
        try:
            migrations.upgrade(record)
        finally:
            record.close()

    def _execute(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self.folder), user="dutyline", dbname="postgres", autocommit=True, connect_timeout=10
        ) as connection:
            connection.execute(statement.encode())

    def _command(self, program: str, *arguments: str) -> list[str]:
        command = [str(self._programs / program), *arguments]
        if self._user is None:
            return command
        who = [f"--reuid={self._user.pw_uid}", f"--regid={self._user.pw_gid}", "--clear-groups"]
        return ["setpriv", *who, "--pdeathsig=INT", *command]

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            self._command(program, *arguments), capture_output=True, text=True, check=False, cwd=self.folder
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")


def programs() -> Path | None:
    """Where the distribution's newest PostgreSQL server lies; None: there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((path for path in found if (path / "postgres").exists() and (path / "initdb").exists()), None)


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the account it runs as instead; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("no account to run PostgreSQL as: neither 'postgres' nor 'nobody' exists")
