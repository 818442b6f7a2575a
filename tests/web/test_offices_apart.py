"""No query sees another office's rows, whatever its author forgot."""
from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, exists, func, select, update

from tests.web.builders import make_client
from tests.web.conftest import LEVELS
from web.models import Base, Client, Office, OfficeNotChosenError, Place, db, use_office
from web.models.base import UnscopedQueryError

OWN, FOREIGN = 1, 2


@pytest.fixture(autouse=True)
def _two_offices(app: Flask) -> None:
    db.session.add(Office(name="Info Point Niš", public_name="Info Point", levels=LEVELS))
    db.session.commit()
    for office_id, code in ((FOREIGN, "theirs"), (OWN, "ours")):
        use_office(office_id)
        make_client(code=code)
        db.session.commit()


def test_only_the_chosen_office_is_read_counted_changed_and_deleted() -> None:
    assert db.session.scalars(select(Client.code)).all() == ["ours"]
    assert db.session.scalar(select(func.count(Client.id))) == 1
    db.session.execute(update(Client).values(code="changed"))
    db.session.execute(delete(Place))
    use_office(FOREIGN)
    assert db.session.scalars(select(Client.code)).all() == ["theirs"]


def test_what_is_beneath_a_query_is_scoped_too() -> None:
    beneath = select(Client.id).where(Client.code == "theirs")
    assert db.session.scalars(select(Client.code).where(exists(beneath))).all() == []


def test_without_a_chosen_office_there_is_no_answer() -> None:
    del db.session.info["office_id"]
    with pytest.raises(OfficeNotChosenError):
        db.session.scalars(select(Client.code))


@pytest.mark.parametrize("statement", [
    select(func.count()).select_from(Base.metadata.tables["clients"]),
    select(Office).join(Client, Client.office_id == Office.id),
    select(Office).where(Office.id == Client.office_id),
    select(Office).where(exists(select(Client.id))),
    select(func.count()).select_from(select(Client).subquery()),
    update(Office).values(city="Niš").where(Office.id.in_(select(Client.office_id))),
    delete(Base.metadata.tables["clients"]),
    select(Office.id, select(func.count(Client.id)).scalar_subquery()),
])
def test_a_query_that_cannot_be_scoped_is_refused(statement: Any) -> None:
    with pytest.raises(UnscopedQueryError):
        db.session.execute(statement)


def test_what_belongs_to_no_office_is_read_as_it_is() -> None:
    assert db.session.scalars(select(Office.name).order_by(Office.id)).all() == [
        "Info Point Belgrade", "Info Point Niš"]


def test_a_row_of_another_office_is_neither_added_nor_changed() -> None:
    db.session.add(Place(office_id=FOREIGN, code="p", name="P"))
    with pytest.raises(OfficeNotChosenError):
        db.session.flush()
