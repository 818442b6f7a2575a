"""The schema goes up and down with data in every table, and never stops half-way."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ColumnClause,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    TableClause,
    Time,
    create_engine,
    inspect,
    select,
)
from sqlalchemy.exc import IntegrityError

from web import schema
from web.database import driven, prepare_engine
from web.models import Base, UtcDateTime

pytestmark = pytest.mark.both_databases

only_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
REFUSED = {"sqlite": (schema.WrongSchemaError, "rows without parents in"),
           "postgresql": (IntegrityError, "violates foreign key constraint")}
TABLES = [table.name for table in Base.metadata.sorted_tables]


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = prepare_engine(create_engine(driven(database)))
    yield engine
    engine.dispose()


def _value(column: Any) -> Any:
    kind = column.type
    if isinstance(kind, UtcDateTime | DateTime):
        return datetime(2026, 11, 23, 9, tzinfo=UTC)
    samples = {Boolean: True, Integer: 1, Date: date(2026, 11, 23), Time: time(9), JSON: {"a": 1},
               LargeBinary: b"x"}
    return next((value for known, value in samples.items() if isinstance(kind, known)), "text")


def _fill(engine: Engine) -> None:
    """Put one row into each table that the schema has by now; every id and every reference is 1."""
    inspector = inspect(engine)
    with engine.begin() as connection:
        for whole in Base.metadata.sorted_tables:
            if not inspector.has_table(whole.name):
                continue
            present = {column["name"] for column in inspector.get_columns(whole.name)}
            # Without the defaults of the program, which knows later columns.
            table = TableClause(whole.name, *(
                ColumnClause(column.name, column.type) for column in whole.columns if column.name in present))
            row = {column.name: _value(column) for column in table.columns}
            if "one_owner" in str([constraint.name for constraint in whole.constraints]):
                row["assistant_id"] = None
            if whole.name == "rounds":
                row["plan_id"] = None  # rounds and plans name each other
            connection.execute(table.insert().values(row))
        connection.execute(Base.metadata.tables["rounds"].update().values(plan_id=1))


def _rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {table.name: len(connection.execute(select(table)).all())
                for table in Base.metadata.sorted_tables}


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {schema.VERSION_TABLE}


def test_the_migrations_make_the_tables_of_the_models(engine: Engine) -> None:
    schema.upgrade(engine)
    assert _tables(engine) == set(TABLES)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_check_constraints_are_in_the_migrations_too(engine: Engine) -> None:
    # Alembic does not compare these.
    schema.upgrade(engine)

    made = {name: {check["name"] for check in inspect(engine).get_check_constraints(name)} for name in TABLES}
    assert made == {
        table.name: {str(each.name) for each in table.constraints if isinstance(each, CheckConstraint)}
        for table in Base.metadata.sorted_tables}


def test_up_down_and_up_again_with_a_row_in_every_table(engine: Engine) -> None:
    schema.upgrade(engine)
    _fill(engine)
    schema.upgrade(engine)
    assert _rows(engine) == dict.fromkeys(TABLES, 1)
    schema.downgrade(engine, "base")
    assert _tables(engine) == set()
    assert schema.present_revision(engine) is None
    schema.upgrade(engine)
    assert _rows(engine) == dict.fromkeys(TABLES, 0)


def test_a_round_keeps_its_plan_and_forgets_one_that_is_gone(engine: Engine) -> None:
    # On PostgreSQL nothing kept a plan that a round names from going, before 0002.
    schema.upgrade(engine, "0001")
    _fill(engine)
    rounds = Base.metadata.tables["rounds"]
    gone = 2 if engine.dialect.name == "postgresql" else None
    with engine.begin() as connection:
        row = connection.execute(select(rounds)).one()._asdict()
        connection.execute(rounds.insert().values({**row, "id": 2, "plan_id": gone}))
    schema.upgrade(engine, "0002")
    with engine.begin() as connection:
        plans = {row.id: row.plan_id for row in connection.execute(select(rounds))}
        connection.execute(Base.metadata.tables["plan_versions"].delete())
        after = set(connection.scalars(select(rounds.c.plan_id)))
    assert (plans, after) == ({1: 1, 2: None}, {None})


@only_sqlite
def test_rebuilding_a_parent_keeps_its_children(engine: Engine, migration: Path) -> None:
    # With foreign keys on, SQLite would delete the needs, appointments and hours of every client.
    schema.upgrade(engine)
    _fill(engine)
    _run(engine, migration, "with op.batch_alter_table('clients', recreate='always') as batch:\n"
                            "        batch.add_column(sa.Column('shoe_size', sa.Integer()))")
    assert _rows(engine) == dict.fromkeys(TABLES, 1)
    assert "shoe_size" in {column["name"] for column in inspect(engine).get_columns("clients")}


def test_a_migration_that_leaves_orphans_is_undone(engine: Engine, migration: Path) -> None:
    schema.upgrade(engine)
    _fill(engine)
    error, words = REFUSED[engine.dialect.name]
    with pytest.raises(error, match=words):
        _run(engine, migration, "op.execute('DELETE FROM clients')")
    assert _rows(engine) == dict.fromkeys(TABLES, 1)
    assert schema.present_revision(engine) == schema.newest_revision()


def test_an_error_in_the_middle_leaves_the_old_schema(engine: Engine, migration: Path) -> None:
    schema.upgrade(engine)
    with pytest.raises(RuntimeError, match="in the middle"):
        _run(engine, migration, "op.add_column('offices', sa.Column('colour', sa.String()))\n"
                                "    raise RuntimeError('in the middle')")
    assert "colour" not in {column["name"] for column in inspect(engine).get_columns("offices")}
    assert schema.present_revision(engine) == schema.newest_revision()


KILLED = """
import os, signal, sys
from sqlalchemy import create_engine, event
from web import schema
from web.database import driven, prepare_engine
engine = prepare_engine(create_engine(driven(sys.argv[1])))
left = int(sys.argv[2])
@event.listens_for(engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
schema.upgrade(engine)
"""


@pytest.mark.parametrize("statement", [12, 60])
def test_a_kill_in_the_middle_leaves_the_old_schema(engine: Engine, database: str, statement: int) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, database, str(statement)],
                            cwd=Path(__file__).parents[2], capture_output=True, check=False,
                            env={**os.environ, "PYTHONWARNINGS": "ignore"})
    assert killed.returncode == -signal.SIGKILL
    assert inspect(engine).get_table_names() == []
    schema.upgrade(engine)
    assert _tables(engine) == set(TABLES)


def test_a_database_without_tables_is_refused(engine: Engine) -> None:
    with pytest.raises(schema.WrongSchemaError, match=r"The database is empty\. .* flask upgrade-database"):
        schema.require_newest(engine)


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from-the-future'")
    with pytest.raises(schema.WrongSchemaError, match="made by a newer version"):
        schema.require_newest(engine)


def test_a_database_of_this_version_is_accepted(engine: Engine) -> None:
    schema.upgrade(engine)
    schema.require_newest(engine)


@pytest.fixture
def migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a test writes a migration of its own, beside the real ones."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for path in (*schema.MIGRATIONS.glob("*.*"), *schema.MIGRATIONS.glob("versions/*.py")):
        (folder / path.relative_to(schema.MIGRATIONS)).write_text(path.read_text())
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    return folder / "versions" / "9999_test.py"


def _run(engine: Engine, path: Path, statements: str) -> None:
    path.write_text("import sqlalchemy as sa\nfrom alembic import op\n"
                    f"revision = '9999'\ndown_revision = {schema.newest_revision()!r}\n"
                    f"def upgrade():\n    {statements}\n")
    try:
        schema.upgrade(engine)
    finally:
        path.unlink()
