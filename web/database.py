"""How connections behave: they lose nothing, and their transactions know if they write.

Use cases look before they act: is the round still a draft, is the code free, does this run exist already?
On both databases a transaction that writes is alone from its first statement on, and one that only reads
sees a single moment, so that a use case is right on PostgreSQL because it is right on SQLite.
"""
from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask
from psycopg import IsolationLevel
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection

from web.models import db

# Whether the transaction that begins next will write. SQLite cannot turn a reading transaction into a
# writing one while another writes (SQLITE_BUSY at once, whatever the timeout), so a writer says so first.
writing: ContextVar[bool] = ContextVar("writing", default=False)

PATIENCE = 15  # seconds that a writer waits for its turn
_TURN = 0x5361707574  # any number; PostgreSQL's advisory locks are counted in each database by itself


def _on_connect(connection: DBAPIConnection, record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, see below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
                   f"busy_timeout={PATIENCE * 1000}", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")


def _on_begin_of_postgresql(connection: Connection) -> None:
    # Under READ COMMITTED a writer sees what the one before has written, once the lock is held. The driver
    # says the level as it begins the transaction, with the first statement.
    driver: Any = connection.connection.dbapi_connection
    driver.isolation_level = (
        IsolationLevel.READ_COMMITTED if writing.get() else IsolationLevel.REPEATABLE_READ)
    if writing.get():
        connection.exec_driver_sql(
            f"SET LOCAL lock_timeout = '{PATIENCE}s'; SELECT pg_advisory_xact_lock({_TURN})")


def prepare_engine(engine: Engine) -> Engine:
    """Give an engine durable connections, and transactions as the first lines of this file say."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    else:
        event.listen(engine, "begin", _on_begin_of_postgresql)
    return engine


def driven(database_url: str) -> URL:
    """The address of a database with the driver that this program uses for it."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return url
    return url.set(drivername="postgresql+psycopg").update_query_dict({"client_encoding": "utf8"})


def init_database(app: Flask, database_url: str) -> None:
    """Bind the application to its database, creating the folder of a SQLite file."""
    url = driven(database_url)
    options: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        # A connection may have been idle while the server was started anew.
        options["pool_pre_ping"] = True
    elif url.database and url.database != ":memory:":
        path = Path(url.database)
        if not path.is_absolute():
            path = Path(app.root_path).parent / path
        path.parent.mkdir(parents=True, exist_ok=True)
        url = url.set(database=str(path))
    app.config["SQLALCHEMY_DATABASE_URI"] = url.render_as_string(hide_password=False)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
