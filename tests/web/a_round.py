"""An office with a round that can be solved, for tests from the snapshot to publishing."""
from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

import matcher
from tests.web.builders import make_assistant, make_client, make_need, make_place, make_round, make_topic
from tests.web.conftest import NOW
from web.models import (
    Assistant,
    Client,
    DatedHours,
    Need,
    Office,
    Place,
    PlanVersion,
    Question,
    Round,
    Topic,
    User,
    WeeklyHours,
    db,
)
from web.services import solving, versions
from web.services.local_time import instant
from web.services.question_process import answer
from web.services.snapshot import snapshot
from web.services.transactions import transaction

MONDAY = date(2026, 11, 30)
WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]


def weekly(start: str = "09:00", end: str = "17:00", weekdays: list[str] | None = None,
           **fields: Any) -> WeeklyHours:
    """Hours of every working day."""
    return WeeklyHours(weekdays=weekdays or WORKDAYS, start=time.fromisoformat(start),
                       end=time.fromisoformat(end), **fields)


def away(day: date, start: str | None = None, end: str | None = None) -> DatedHours:
    """A day, or a part of it, without time."""
    return DatedHours(day=day, available=False, start=time.fromisoformat(start) if start else None,
                      end=time.fromisoformat(end) if end else None)


def local(day: int, clock: str) -> datetime:
    """The moment of a local time in Belgrade on the round's day (0 is Monday)."""
    return instant(datetime.fromisoformat(f"{date.fromordinal(MONDAY.toordinal() + day)}T{clock}"),
                   "Europe/Belgrade")


class World:
    """A round with a place, a topic, and people by code; rows are added as a test needs them."""

    def __init__(self) -> None:
        self.office = db.session.get_one(Office, 1)
        self.user = db.session.get_one(User, 1)
        self.place: Place = make_place(code="office", name="Info Point")
        self.topic: Topic = make_topic(code="bank-account")
        self.round: Round = make_round()

    def assistant(self, code: str = "A1", **fields: Any) -> Assistant:
        """An assistant with time all week."""
        return make_assistant(**{"code": code, "name": f"Assistant {code}", "first_name": f"First {code}",
                                 "weekly_hours": [weekly()], **fields})

    def client(self, code: str = "C1", needs: int = 1, **fields: Any) -> Client:
        """A client with time all week and as many needs."""
        client = make_client(**{"code": code, "name": f"Client {code}", "first_name": f"First {code}",
                                "email": f"{code.lower()}@example.org", "registered_on": MONDAY,
                                "weekly_hours": [weekly()], **fields})
        for _ in range(needs):
            self.need(client)
        return client

    def need(self, client: Client, **fields: Any) -> Need:
        """One more need of a client."""
        need = make_need(client, self.topic, **fields)
        db.session.expire(client, ["needs"])
        return need

    def planned(self, now: datetime = NOW) -> PlanVersion:
        """Solve the round here and now, which is quicker than in a process of its own."""
        db.session.commit()
        db.session.expire_all()
        document = snapshot(self.office, self.round, now)
        plan = matcher.solve(matcher.Round.from_document(document), matcher.Stop(time_limit=20))
        with transaction():
            return versions.add_version(self.round, document=document, plan=plan.to_document(),
                                        made_by="solver", read_at=now, now=now)

    def answered(self) -> None:
        """Answer every question that waits here and now, which is quicker than in a process of its own."""
        for row in db.session.scalars(select(Question).where(Question.state == "queued")).all():
            version = db.session.get_one(PlanVersion, row.plan_id)
            row.result = answer(
                row.kind, row.about, version.round_document, version.plan_document, lambda done, all: None,
                time_limit=20, workers=1, cancelled=lambda: False)
            row.state = "done"
        db.session.commit()

    def solved(self, now: datetime = NOW) -> Round:
        """Solve the round in a process of its own, as the worker does."""
        db.session.commit()
        solving.request_solve(self.round.id, user=self.user, now=now, time_limit=20)
        assert solving.run_next(now=now, worker="test")
        return self.round
