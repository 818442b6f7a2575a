"""What every row has in common: its office, UTC moments, and names for constraints."""
from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    DateTime,
    Delete,
    ForeignKey,
    MetaData,
    Select,
    String,
    TableClause,
    Update,
    event,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    UOWTransaction,
    mapped_column,
    registry,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite drops time zones, so naive values are refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; pass an aware datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """A text without NUL. PostgreSQL can keep none, and no name or answer means anything by it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\0", "") if value and "\0" in value else value


class Base(DeclarativeBase):
    """The declarative base; the naming convention lets Alembic alter constraints on SQLite too."""

    metadata = MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    })
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            datetime: UtcDateTime(),
            str: PlainText(),
            dict[str, Any]: JSON(),
            dict[str, str]: JSON(),
            dict[str, list[str]]: JSON(),
            list[str]: JSON(),
            list[int]: JSON(),
            list[dict[str, Any]]: JSON(),
        },
    )


db = SQLAlchemy(model_class=Base)


class OfficeRow:
    """A row that belongs to one office. Queries see only the office chosen with `use_office`."""

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)


class OfficeNotChosenError(RuntimeError):
    """A query for office rows before an office was chosen: always a mistake in the program."""


class UnscopedQueryError(RuntimeError):
    """A query that reads an office's table but cannot be scoped: always a mistake in the program."""


def use_office(office_id: int) -> None:
    """From here on, this session reads and writes rows of one office only."""
    session = db.session()
    if session.info.get("office_id") not in (None, office_id):
        session.expunge_all()
    session.info["office_id"] = office_id


def current_office_id() -> int:
    """The office that `use_office` chose."""
    office_id = db.session().info.get("office_id")
    if office_id is None:
        raise OfficeNotChosenError("choose an office with use_office() first")
    return int(office_id)


@cache
def _office_tables() -> frozenset[str]:
    return frozenset(mapper.class_.__tablename__ for mapper in Base.registry.mappers
                     if OfficeRow in mapper.class_.__mro__)


@event.listens_for(Session, "do_orm_execute")
def _only_this_office(state: ORMExecuteState) -> None:
    # A forgotten WHERE must not show another office's clients: the scope is added here to every
    # statement, and a query without a chosen office raises instead of returning everything.
    if state.is_column_load or state.execution_options.get("all_offices"):
        return
    if not any(issubclass(mapper.class_, OfficeRow) for mapper in state.all_mappers):
        if isinstance(state.statement, Select | Update | Delete) and any(
                isinstance(part, TableClause) and part.name in _office_tables()
                for part in visitors.iterate(state.statement)):
            # count(*) over a table carries no entity, so that no scope could be added to it; nor does what
            # stands in a condition alone.
            raise UnscopedQueryError("select a mapped column, e.g. func.count(Client.id)")
        return
    office_id = state.session.info.get("office_id")
    if office_id is None:
        raise OfficeNotChosenError("choose an office with use_office() first")
    if not state.is_relationship_load:
        state.statement = state.statement.options(
            with_loader_criteria(OfficeRow, lambda row: row.office_id == office_id, include_aliases=True)
        )


@event.listens_for(Session, "before_flush")
def _stamp_office(session: Session, context: UOWTransaction, instances: object) -> None:
    for row in session.new:
        if isinstance(row, OfficeRow) and row.office_id is None:
            row.office_id = session.info["office_id"]
    chosen = session.info.get("office_id")
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, OfficeRow) and chosen is not None and row.office_id != chosen:
            raise OfficeNotChosenError(f"{type(row).__name__} belongs to another office")

