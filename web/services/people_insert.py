"""New people by the thousand: their rows go in past the session, which would take seconds for them."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from web.models import Assistant, Base, Client, DatedHours, Need, NotWith, WeeklyHours
from web.models.person import assistant_places, assistant_topics, client_places
from web.services.people_data import AssistantData, ClientData
from web.services.people_rows import Directory, columns, dated_columns, need_columns, weekly_columns

Rows = list[dict[str, Any]]


def insert_people(session: Session, row: type[Client] | type[Assistant],
                  people: Sequence[ClientData | AssistantData], directory: Directory,
                  now: datetime) -> list[int]:
    """Insert people who are new; returns their ids in the same order."""
    if not people:
        return []
    office, table = {"office_id": directory.office.id}, _table(row)
    ids = list(session.scalars(
        insert(table).returning(table.c.id, sort_by_parameter_order=True),
        [columns(data, directory) | office | {"created_at": now, "version": 1} for data in people]))
    owner = "client_id" if row is Client else "assistant_id"

    def add(target: Table, of: Callable[[Any], Rows]) -> None:
        found = [each | office | {owner: person_id}
                 for person_id, data in zip(ids, people, strict=True) for each in of(data)]
        if found:
            session.execute(insert(target), found)

    add(client_places if row is Client else assistant_places,
        lambda data: [{"place_id": directory.places[code].id} for code in data.places])
    add(_table(WeeklyHours), lambda data: [weekly_columns(each, directory) for each in data.weekly_hours])
    add(_table(DatedHours), lambda data: [dated_columns(each, directory) for each in data.dated_hours])
    if row is Client:
        add(_table(Need), lambda data: [need_columns(each, directory) for each in data.needs])
        add(_table(NotWith), lambda data: [{"assistant_id": directory.assistants[code]}
                                           for code in data.not_with])
    else:
        add(assistant_topics, lambda data: [{"topic_id": directory.topics[code].id}
                                            for code in data.topics or ()])
    return ids


def _table(row: type[Base]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)  # noqa: S101 - narrows the type
    return table
