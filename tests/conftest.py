"""The two kinds of databases that the application runs on. Who asks for `databases` is tested on both."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgresql import PostgreSQL, postgresql_server
from tests.sqlite import SQLite

Databases = SQLite | PostgreSQL


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SQLite:
    """A folder of SQLite's files."""
    return SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A server, started by the first test that needs one; each process of the tests has its own."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Where a test's databases are made."""
    found: Databases = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The URL of an empty database."""
    url = databases.create()
    yield url
    databases.drop(url)
