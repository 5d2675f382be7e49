"""What all tests share: a record on each database, and a clock that the test moves."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from databases import Cluster, Database, HandClock, programs

from models.actions import officers
from models.store import migrations
from models.store.engine import Record


@pytest.fixture(scope="session", autouse=True)
def shipped_hasher() -> Iterator[PasswordHasher]:
    """Secrets are hashed with little effort in tests; this is how it is done in earnest."""
    shipped, nobody = officers._HASHER, officers._NOBODY
    officers._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    officers._NOBODY = officers._HASHER.hash("nobody has this secret")
    yield shipped
    officers._HASHER, officers._NOBODY = shipped, nobody


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL cluster of this test process's own, started when the first test asks for it."""
    found = programs()
    if found is None:
        reason = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    cluster = Cluster(found)
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def empty_record_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite record with nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("record") / "empty.db"
    record = Record(f"sqlite:///{file}")
    migrations.upgrade(record)
    record.close()
    return file


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh, migrated database; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        file = request.getfixturevalue("tmp_path") / "dutyline.db"
        shutil.copyfile(request.getfixturevalue("empty_record_file"), file)
        found = Database(f"sqlite:///{file}")
        yield found
        found.close()
        return
    with request.getfixturevalue("postgres").database() as url:
        found = Database(url)
        yield found
        found.close()


@pytest.fixture
def clock() -> HandClock:
    """2026-11-23 10:00 in Shanghai, until the test moves it."""
    return HandClock()


@pytest.fixture
def record(database: Database, clock: HandClock) -> Record:
    """An empty record on the test's database, with the test's clock."""
    return database.open(clock)
