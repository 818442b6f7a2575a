"""The two kinds of databases that the application runs on. Who asks for `databases` is tested on both.

On PostgreSQL that is among the long tests, except where a test is marked `both_databases`.
"""
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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try on both kinds of databases whatever asks for one and does not choose."""
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "databases" in metafunc.fixturenames and "databases" not in chosen:
        daily = metafunc.definition.get_closest_marker("both_databases") is not None
        metafunc.parametrize("databases", [
            "sqlite", pytest.param("postgresql", marks=[] if daily else pytest.mark.long)], indirect=True)


@pytest.fixture
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
