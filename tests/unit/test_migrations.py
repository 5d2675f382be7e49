"""The record's revisions: what Alembic makes is what the tables say, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import Database
from sqlalchemy import inspect

from models.errors import ConfigurationError
from models.store import journal, migrations
from models.tables import Base


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        found = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield found
        found.close()
        return
    with request.getfixturevalue("postgres").empty_database() as url:
        found = Database(url)
        yield found
        found.close()


def test_revisions_make_exactly_the_tables(database: Database) -> None:
    record = database.open()
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_name": lambda name, kind, _: not (kind == "table" and str(name).startswith("entry_search")),
    }
    with record.reading() as session:
        context = MigrationContext.configure(session.connection(), opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_every_check_and_key_is_named(database: Database) -> None:
    with database.open().reading() as session:
        seen = inspect(session.connection())
        for table in Base.metadata.tables:
            assert seen.get_pk_constraint(table)["name"] == f"pk_{table}"
            assert all(check["name"] for check in seen.get_check_constraints(table))
            assert all(key["name"] for key in seen.get_foreign_keys(table))


def test_up_twice_down_and_up_again(empty: Database) -> None:
    from alembic import command  # noqa: PLC0415 - only here

    record = empty.open()
    migrations.upgrade(record)
    migrations.upgrade(record)
    assert migrations.current(record) == migrations.newest()
    config = migrations._config()
    with record.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with record.reading() as session:
        left = set(inspect(session.connection()).get_table_names()) - {"alembic_version"}
    assert left == set()
    migrations.upgrade(record)
    with record.reading() as session:
        assert journal.walk(session).broken is None


def test_a_record_of_another_revision_is_refused_with_the_way_out(empty: Database) -> None:
    record = empty.open()
    with pytest.raises(ConfigurationError, match=r"revision none, this program needs .* 'dutyline db upgrade'"):
        migrations.check(record)
    migrations.upgrade(record)
    migrations.check(record)


def test_the_newest_revision_is_the_head_of_the_scripts() -> None:
    """It is read from the files' names, for a console has no time to load the library."""
    assert migrations.newest() == ScriptDirectory.from_config(migrations._config()).get_current_head()
