"""Publishing does all of it or nothing, once, and only what the coordinator saw."""
from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event, select, text

from tests.web.a_round import MONDAY, World, away, local, weekly
from tests.web.builders import make_round
from tests.web.conftest import NOW
from tests.web.services.test_publishing import LATER, RACES, again, dump, live, mails, published, world
from web.models import (
    Base,
    RoundPin,
    User,
    db,
    use_office,
)
from web.services import publishing
from web.services.errors import ConflictError
from web.services.publishing import StalePlanError, preview, publish

__all__ = ["world"]  # a fixture


def test_the_second_coordinator_is_told_who_was_first(world: World) -> None:
    world.client()
    world.assistant()
    version = world.planned()
    publish(world.round.id, version.id, user=world.user, now=LATER)
    with pytest.raises(ConflictError, match=r"Mira has published .* \(Mon, 23 Nov 2026, 11:00\)"):
        publish(world.round.id, version.id, user=world.user, now=LATER)
    with pytest.raises(ConflictError, match="Mira has published"):
        publishing.discard(world.round.id, user=world.user, now=LATER)


def test_a_plan_that_was_replaced_is_not_published(world: World) -> None:
    world.client()
    world.assistant()
    seen = world.planned()
    world.planned()
    with pytest.raises(ConflictError, match="newer plan"):
        publish(world.round.id, seen.id, user=world.user, now=LATER)
    assert (world.round.state, live(world)) == ("draft", [])


def test_a_discarded_round_changes_nothing(world: World) -> None:
    world.client()
    world.assistant()
    version = world.planned()
    publishing.discard(world.round.id, user=world.user, now=LATER)
    with pytest.raises(ConflictError, match="Mira has discarded"):
        publish(world.round.id, version.id, user=world.user, now=LATER)
    assert live(world) == []


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda w: setattr(w.one, "ended_on", MONDAY), "Client C1 no longer takes part."),
    (lambda w: setattr(w.helper, "ended_on", MONDAY), "Client C1: the assistant no longer takes part."),
    (lambda w: setattr(w.one, "dated_hours", [away(MONDAY)]), "Client C1: The time does not fit"),
    (lambda w: setattr(w.one, "gender_wish", "require-male"), "Client C1: A required or accepted gender"),
    (lambda w: setattr(w.one, "languages", {"ti": "native"}), "Client C1: They share no language"),
    (lambda w: setattr(w.one.needs[0], "state", "done"), "Client C1 no longer takes part."),
    (lambda w: w.need(w.one), "Client C1: Every essential need"),
    (lambda w: setattr(w.helper, "max_clients", 0), "A limit would be exceeded"),
    (lambda w: setattr(w.round, "excluded_clients", ["C1"]), "Client C1 no longer takes part."),
    (lambda w: w.round.pins.append(RoundPin(client_id=w.one.id, assistant_id=w.other.id)), "contradicts"),
])
def test_a_plan_that_no_longer_fits_is_refused_and_says_why(world: World, change: Any, sentence: str) -> None:
    world.one = world.client("C1")  # type: ignore[attr-defined]
    world.helper = world.assistant("A1")  # type: ignore[attr-defined]
    world.other = world.assistant("A2", dated_hours=[away(MONDAY)])  # type: ignore[attr-defined]
    version = world.planned()
    change(world)
    db.session.commit()
    with pytest.raises(StalePlanError) as refusal:
        publish(world.round.id, version.id, user=world.user, now=LATER)
    assert any(said.startswith(sentence) or sentence in said for said in refusal.value.sentences)
    assert (world.round.state, live(world)) == ("draft", [])


def test_an_address_that_changed_after_the_look_is_looked_at_again(world: World) -> None:
    client = world.client()
    world.assistant()
    version = world.planned()
    seal = preview(world.round, version, now=LATER).seal
    client.email = "new@example.org"
    db.session.commit()
    with pytest.raises(ConflictError, match="Look again"):
        publish(world.round.id, version.id, user=world.user, now=LATER, seal=seal)
    seal = preview(world.round, version, now=LATER).seal
    publish(world.round.id, version.id, user=world.user, now=LATER, seal=seal)
    assert mails() == [("invitation", "new@example.org")]


def test_a_round_over_the_same_days_that_was_published_meanwhile_makes_a_plan_stale(world: World) -> None:
    world.client()
    world.assistant()
    other = make_round(title="Other")
    mine, version = world.round, world.planned()
    world.round = other
    publish(other.id, world.planned().id, user=world.user, now=LATER)
    with pytest.raises(StalePlanError, match="an appointment was announced"):
        publish(mine.id, version.id, user=world.user, now=LATER)


def test_nothing_is_published_that_has_begun(world: World) -> None:
    world.client()
    world.assistant()
    version = world.planned()
    with pytest.raises(StalePlanError, match="begin in the past"):
        publish(world.round.id, version.id, user=world.user, now=local(0, "09:00"))


def test_an_hour_in_summer_time_is_another_moment_than_in_winter(world: World) -> None:
    world.round.first_day, world.round.last_day = date(2027, 3, 26), date(2027, 3, 29)
    world.client("C1", weekly_hours=[weekly("10:00", "11:00", ["fri"])])
    world.client("C2", weekly_hours=[weekly("10:00", "11:00", ["mon"])])
    world.assistant()
    publish(world.round.id, world.planned().id, user=world.user, now=LATER)
    assert [row[2] for row in live(world)] == ["2027-03-26T09:00:00+00:00", "2027-03-29T08:00:00+00:00"]


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.long)])
def test_a_failure_at_any_statement_leaves_nothing_half_done(world: World, step: int) -> None:
    """A repair that books, moves and cancels at once, broken off at each statement (of five) in turn."""
    moved, gone = world.client("C1"), world.client("C2", gender_wish="require-male")
    helper = world.assistant("A1", gender="male")
    published(world)
    moved.dated_hours, helper.gender = [away(MONDAY)], "female"
    world.client("C3")
    world.client("C4", email="")
    again(world)
    round_id, plan_id, user = world.round.id, world.planned(LATER).id, world.user
    before, count, broken_off = dump(), 0, 0
    assert gone.code == "C2"

    def fail(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
        nonlocal count
        count += 1
        if count == limit:
            raise RuntimeError(statement)

    for limit in range(1, 400, step):
        count = 0
        event.listen(db.engine, "before_cursor_execute", fail)
        try:
            publish(round_id, plan_id, user=user, now=LATER)
        except RuntimeError:
            broken_off += 1
        else:
            break
        finally:
            event.remove(db.engine, "before_cursor_execute", fail)
            db.session.rollback()
        if limit % (5 * step) == 1:
            assert dump() == before
    else:
        pytest.fail("publishing never ended")
    assert broken_off * step > 20
    assert sorted(mails()) == [("cancellation", "c2@example.org"), ("invitation", "c3@example.org"),
                               ("update", "c1@example.org")]


@pytest.mark.both_databases
def test_of_two_who_publish_at_once_exactly_one_does(world: World, app: Flask) -> None:
    world.client()
    world.assistant()
    plan_id, round_id = world.planned().id, world.round.id
    db.session.add(User(email="ana@example.org", name="Ana", password_hash="", created_at=NOW))
    db.session.commit()
    won: list[list[str]] = [[] for _ in range(RACES)]
    lost: list[list[str]] = [[] for _ in range(RACES)]
    together = threading.Barrier(2)

    def race(name: str) -> None:
        with app.app_context():
            for number in range(RACES):
                use_office(1)
                user = db.session.scalars(select(User).where(User.name == name)).one()
                together.wait(30)
                try:
                    publish(round_id, plan_id, user=user, now=LATER)
                    won[number].append(name)
                except ConflictError as refusal:
                    lost[number].append(str(refusal))
                db.session.remove()
                if together.wait(30) == 0:
                    with db.engine.begin() as connection:
                        booked = connection.execute(text("SELECT count(*) FROM appointments")).scalar()
                        sent = connection.execute(text("SELECT count(*) FROM messages")).scalar()
                        won[number].append(f"{booked} and {sent}")
                        for table in ("messages", "appointments"):
                            connection.execute(Base.metadata.tables[table].delete())
                        connection.execute(text("UPDATE rounds SET state = 'draft', ended_by_id = NULL"))
                together.wait(30)

    threads = [threading.Thread(target=race, args=(name,)) for name in ("Mira", "Ana")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome[1:] for outcome in won] == [["1 and 1"]] * RACES
    assert [said for said in lost if len(said) != 1] == []
    assert all(said[0].startswith(f"{names[0]} has published") for said, names in zip(lost, won, strict=True))
