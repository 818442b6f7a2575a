"""How connections behave: SQLite that loses nothing, and transactions that know if they write."""
from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection

from web.models import db

# Whether the transaction that begins next will write. SQLite cannot turn a reading transaction into a
# writing one while another writes (SQLITE_BUSY at once, whatever the timeout), so a writer says so first.
writing: ContextVar[bool] = ContextVar("writing", default=False)


def _on_connect(connection: DBAPIConnection, record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, see below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000",
                   "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")


def prepare_engine(engine: Engine) -> Engine:
    """Give a SQLite engine durable pragmas and explicit transactions; leave others as they are."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def init_database(app: Flask, database_url: str) -> None:
    """Bind the application to its database, creating the folder of a SQLite file."""
    url = make_url(database_url)
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
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
