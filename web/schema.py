"""The database's schema: which revision it has, and how it gets to another one."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from web.database import writing

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"


class WrongSchemaError(RuntimeError):
    """The database does not have the schema of this program; says what to run."""


def _config(connection: Connection | None = None, versions: Path | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    if versions is not None:
        config.set_main_option("version_locations", str(versions))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The revision that this program was written for."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def present_revision(engine: Engine) -> str | None:
    """The revision of the database; None for an empty one.

    Raises
    ------
    WrongSchemaError
        Where the database cannot be opened or does not answer.
    """
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise WrongSchemaError(f"The database cannot be opened: {error.orig}") from error


def require_newest(engine: Engine) -> None:
    """Refuse a database whose schema is not that of this program.

    Raises
    ------
    WrongSchemaError
        It says whether the database is empty, older or newer, and what to do.
    """
    present, newest = present_revision(engine), newest_revision()
    if present == newest:
        return
    if present is None:
        raise WrongSchemaError("The database is empty. Create its tables: flask upgrade-database")
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if present in known:
        raise WrongSchemaError(
            f"The database has the older schema {present}, this program needs {newest}. "
            "Stop the web server and the worker, make a copy of the database, "
            "then run: flask upgrade-database")
    raise WrongSchemaError(
        f"The database has the schema {present}, which this program does not know: it was made by a newer "
        "version. Install that version, or restore a copy of the database from before.")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to `revision`, in one transaction.

    Raises
    ------
    WrongSchemaError
        Where the database cannot hold every language's letters, or a migration would leave orphans.
    """
    with _migrating(engine) as connection:
        if engine.dialect.name == "postgresql":
            encoding = connection.scalar(text("SHOW server_encoding"))
            if encoding != "UTF8":
                raise WrongSchemaError(
                    f"The database has the encoding {encoding}, which cannot hold every name. "
                    "Create it anew: createdb --template template0 --encoding UTF8")
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema down to `revision`, in one transaction; "base" leaves no table.

    Raises
    ------
    WrongSchemaError
        Where there is no such older revision.
    """
    try:
        with _migrating(engine) as connection:
            command.downgrade(_config(connection), revision)
            if revision == "base":
                connection.exec_driver_sql(f"DROP TABLE {VERSION_TABLE}")
    except CommandError as error:
        raise WrongSchemaError(f"Cannot go back to {revision}: {error}") from error


def write_revision(engine: Engine, message: str, revision: str, versions: Path | None = None) -> Path:
    """Write the migration from the database's schema to the models'; read it before you commit it."""
    with _migrating(engine) as connection:
        script = command.revision(_config(connection, versions), message, autogenerate=True, rev_id=revision,
                                  version_path=str(versions) if versions else None)
        return Path(cast(Script, script).path)


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    sqlite = engine.dialect.name == "sqlite"
    mark = writing.set(True)
    try:
        with engine.connect() as connection:
            if sqlite:
                # Rebuilding a parent table drops it: its children would be deleted with it. The pragma
                # does nothing within a transaction, so it is set before this one begins.
                _pragma(connection, "foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
                    if sqlite:
                        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                        if broken:
                            tables = ", ".join(sorted({row[0] for row in broken}))
                            raise WrongSchemaError(
                                f"The migration would leave rows without parents in {tables}")
            finally:
                if sqlite:
                    _pragma(connection, "foreign_keys=ON")
    finally:
        writing.reset(mark)


def _pragma(connection: Connection, assignment: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {assignment}")
    cursor.close()


