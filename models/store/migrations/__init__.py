"""Alembic revisions of the record, and how to bring a record to the newest one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from models.errors import ConfigurationError
from models.store.engine import Record

UPGRADING = 0x64757479
"""PostgreSQL's advisory lock that an upgrade holds."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """The revision that this program writes."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("no migration found")
    return head


def current(record: Record) -> str | None:
    """The revision that the record is at; None for an empty database."""
    with record.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def upgrade(record: Record, revision: str = "head") -> None:
    """Bring the record to `revision`; does nothing when it is there."""
    config = _config()
    with record.writer.begin() as connection:
        if not record.is_sqlite:
            # SQLite's writers take turns already; here two programs that start together would both begin.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADING})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def check(record: Record) -> None:
    """Raises ConfigurationError unless the record is at the newest revision."""
    found, wanted = current(record), newest()
    if found != wanted:
        raise ConfigurationError(
            "the database is at revision {found}, this program needs {wanted}: run 'dutyline db upgrade'",
            found=found or "none",
            wanted=wanted,
        )
