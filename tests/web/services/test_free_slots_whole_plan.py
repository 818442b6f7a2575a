"""Whatever clients choose of what is offered to them, the plan of the whole round still keeps every rule."""
from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import matcher
from matcher.check import check
from tests.web.a_round import MONDAY, WORKDAYS, World, away, weekly
from tests.web.builders import make_place
from tests.web.conftest import NOW
from web.models import Appointment, ClosedDay, Message, Place, PlanVersion, db
from web.services import free_slots, moving, publishing, tokens
from web.services.free_slots import Slot
from web.services.local_time import wall
from web.services.need_ids import need_id
from web.services.transactions import transaction

LAST = MONDAY + timedelta(days=4)


def crowd(world: World, chance: Random) -> None:
    """People with little time, limits of every kind, and two places."""
    world.office.moves_at_once, world.office.public_holidays = True, False
    places: list[Place] = [world.place, make_place(code="library", name="Library")]
    world.topic.windows = [{"days": WORKDAYS, "from": "09:00", "to": "16:00"}]
    db.session.add(ClosedDay(day=MONDAY + timedelta(days=2)))
    for number in range(3):
        world.assistant(f"A{number}", buffer_minutes=chance.choice([0, 15, 30]),
                        max_minutes_per_day=chance.choice([120, 180, None]),
                        max_minutes_per_week=chance.choice([240, 300]), max_clients=chance.choice([3, 4]),
                        places=chance.choice([[], places[:1], places]),
                        weekly_hours=[weekly("09:00", chance.choice(["12:00", "14:30"])), weekly("15:00")],
                        dated_hours=[away(MONDAY + timedelta(days=chance.randrange(5)), "10:00", "12:00")])
    for number in range(9):
        days = chance.sample(WORKDAYS, 3)
        client = world.client(
            f"C{number}", needs=0, max_per_day=chance.choice([1, 2]), places=chance.choice([[], places[1:]]),
            weekly_hours=[weekly(chance.choice(["08:00", "10:00"]), "13:00", days),
                          weekly("14:00", weekdays=days)])
        for _ in range(chance.choice([1, 1, 2])):
            world.need(client, minutes=chance.choice([30, 60, 90]), by=chance.choice([None, LAST]))


def as_it_stands(version: PlanVersion) -> dict[str, Any]:
    """The plan that was published, with every appointment where it is now."""
    document = deepcopy(version.plan_document)
    rows = {need_id(row.need_id): row for row in db.session.scalars(select(Appointment))}
    told = 0
    for pair in document["pairs"]:
        for entry in pair["appointments"]:
            row = rows[entry["need"]]
            assert (row.client.code, row.assistant.code) == (pair["client"], pair["assistant"])
            for name, moment in (("start", row.starts_at), ("end", row.ends_at)):
                entry[name] = f"{wall(moment, 'Europe/Belgrade'):%Y-%m-%dT%H:%M}"
            entry["place"] = row.place.code if row.place else None
            told += 1
    assert told == len(rows)
    return document


def of_the_round(slots: list[Slot]) -> list[Slot]:
    """Those that lie in the days for which there is a plan."""
    return [slot for slot in slots if MONDAY <= wall(slot.starts_at, "Europe/Belgrade").date() <= LAST]


def broken(version: PlanVersion) -> list[str]:
    round = matcher.Round.from_document(version.round_document)
    faults = check(round, matcher.Plan.from_document(as_it_stands(version)))
    # Another day is another sum; what is asked here is whether a rule is broken.
    return [str(fault) for fault in faults if not fault.pointer.startswith("/levels/")]


@pytest.mark.parametrize(("seed", "tries"), [
    (0, 4), *(pytest.param(seed, 20, marks=pytest.mark.long) for seed in range(12))])
def test_whatever_is_chosen_of_what_is_free_keeps_every_rule_of_the_whole_plan(
        app: Flask, seed: int, tries: int) -> None:
    world, chance, moves = World(), Random(seed), 0
    crowd(world, chance)
    version = world.planned()
    publishing.publish(world.round.id, version.id, user=world.user, now=NOW)
    with transaction() as session:
        for message in session.scalars(select(Message)):
            message.state, message.sent_at = "sent", NOW
    assert broken(version) == []
    ids = list(db.session.scalars(select(Appointment.id).order_by(Appointment.id)))
    assert len(ids) >= 5
    for _ in range(tries):
        one = db.session.get_one(Appointment, chance.choice(ids))
        free = of_the_round(free_slots.free(one, now=NOW))
        assert set(of_the_round(free_slots.offered(one, now=NOW))) <= set(free)
        if not free:
            continue
        slot = chance.choice(free)
        moving.choose(tokens.answer_token(one.uid), revision=one.sequence, starts_at=slot.starts_at, now=NOW)
        db.session.expire_all()
        assert (one.starts_at, one.place_id) == (slot.starts_at, slot.place_id)
        assert broken(version) == []
        moves += 1
    assert moves >= tries // 2
