"""Alembic revisions of the record, and how to bring a record to the newest one."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from models.errors import ConfigurationError
from models.store.engine import Record

if TYPE_CHECKING:
    from alembic.config import Config

UPGRADING = 0x64757479
"""PostgreSQL's advisory lock that an upgrade holds."""


VERSIONS = Path(__file__).parent / "versions"
"""One file a revision, named by it, in their order: 0001_first.py."""


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - every start of a console asks for the revision, and waits

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """The revision that this program writes."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def current(record: Record) -> str | None:
    """The revision that the record is at; None for an empty database."""
    with record.reading() as session:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade(record: Record, revision: str = "head") -> None:
    """Bring the record to `revision`; does nothing when it is there."""
    from alembic import command  # noqa: PLC0415 - as below

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
