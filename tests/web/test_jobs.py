"""What a worker does at its ticks."""
from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from tests.web.builders import make_assistant
from tests.web.conftest import LEVELS, NOW
from web.jobs import Worker
from web.models import FeedToken, Office, db, use_office
from web.services import feeds


def test_calendars_of_every_office_close_after_the_last_day(
        app: Flask, clock: time_machine.Traveller) -> None:
    other = Office(name="Niš", public_name="Info Point", levels=LEVELS)
    db.session.add(other)
    db.session.commit()
    for office_id in (1, other.id):
        use_office(office_id)
        assistant = make_assistant(ended_on=NOW.date() + timedelta(days=1))
        db.session.commit()
        feeds.subscribe(assistant_id=assistant.id, label="phone", user_id=1, now=NOW)
    closed = []
    for _day in range(2):
        Worker(app).clean()
        db.session.expire_all()
        closed.append([token.revoked_at is not None for token in db.session.scalars(
            select(FeedToken), execution_options={"all_offices": True})])
        clock.shift(timedelta(days=1))
    assert closed == [[False, False], [True, True]]
