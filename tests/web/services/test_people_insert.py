"""People by the thousand."""
from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_topic
from tests.web.conftest import NOW
from tests.web.services.test_people import NOUR
from web.models import Client, Need, Topic, db
from web.services import clients
from web.services.people_data import NeedData


def test_five_thousand_people_come_in_at_once_each_with_what_is_theirs(app: Flask) -> None:
    codes = [topic.code for topic in (make_topic(), make_topic())]
    saved = clients.save_clients(user_id=None, now=NOW, clients=[
        replace(NOUR, code=f"N-{number}", needs=(NeedData(topic=codes[number % 2]),))
        for number in range(5000)])
    assert [each.code for each in saved] == [f"N-{number}" for number in range(5000)]
    rows = db.session.execute(select(Client.id, Client.code, Topic.code).select_from(Need)
                              .join(Need.client).join(Need.topic).order_by(Client.id)).all()
    assert [tuple(row) for row in rows] == [
        (each.id, f"N-{number}", codes[number % 2]) for number, each in enumerate(saved)]
