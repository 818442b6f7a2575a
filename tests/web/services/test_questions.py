"""Questions about a plan are answered in the background, and nothing that happens to one costs the plan."""
from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.a_round import World
from tests.web.conftest import NOW
from web.models import AuditEntry, PlanVersion, Question, db
from web.services import child, housekeeping, questions
from web.services.errors import ConflictError


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def planned(world: World) -> PlanVersion:
    """A plan that leaves one of two clients out."""
    world.client("C1")
    world.client("C2")
    world.assistant("A1", max_clients=1)
    return world.planned()


def states() -> list[tuple[str, str, str]]:
    db.session.expire_all()
    rows = db.session.scalars(select(Question).order_by(Question.id))
    return [(row.kind, row.state, row.error) for row in rows]


@pytest.mark.both_databases
def test_what_would_help_is_worked_out_after_a_solve(world: World) -> None:
    planned(world)
    assert states() == [("fixes", "queued", "")]
    assert questions.answer_next(now=NOW, worker="test")
    assert states() == [("fixes", "done", "")]
    row = db.session.scalars(select(Question)).one()
    assert list(row.result["fixes"]) == ["C2"]
    assert row.result["fixes"]["C2"][0] == [
        {"op": "replace", "path": "/assistants/0/max_clients", "value": 2}]
    assert row.progress == [{"level": "fixes", "done": 1, "all": 1}]
    assert not questions.answer_next(now=NOW, worker="test")


def test_where_everybody_is_served_there_is_nothing_to_work_out(world: World) -> None:
    world.client("C1")
    world.assistant("A1")
    world.planned()
    assert states() == []


def test_nobody_works_for_a_plan_that_has_been_replaced(world: World) -> None:
    planned(world)
    world.planned()
    assert states() == [("fixes", "stopped", ""), ("fixes", "queued", "")]


def test_a_killed_process_costs_only_its_question(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = planned(world)
    original = child.Child.__init__

    def killed_at_once(self: child.Child, *arguments: object) -> None:
        original(self, *arguments)  # type: ignore[arg-type]
        os.kill(self.pid or 0, signal.SIGKILL)

    monkeypatch.setattr(child.Child, "__init__", killed_at_once)
    assert questions.answer_next(now=NOW, worker="test")
    assert states() == [("fixes", "failed", "killed")]
    assert world.round.plan_id == version.id


def test_a_question_that_waits_is_stopped_and_can_be_asked_again(world: World) -> None:
    planned(world)
    row = db.session.scalars(select(Question)).one()
    questions.stop(world.round, row.id, now=NOW)
    assert not questions.answer_next(now=NOW, worker="test")
    again = questions.ask(world.round.id, "fixes", {}, user=world.user, now=NOW)
    assert questions.ask(world.round.id, "fixes", {}, user=world.user, now=NOW).id == again.id
    assert states() == [("fixes", "stopped", ""), ("fixes", "queued", "")]
    deed = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "plan.fixes")).one()
    assert (deed.user_id, deed.subject, deed.details) == (
        world.user.id, f"round:{world.round.id}", {"question": again.id})


@pytest.mark.both_databases
def test_a_question_is_handed_back_or_taken_over(world: World) -> None:
    planned(world)
    row = db.session.scalars(select(Question)).one()
    row.state, row.worker, row.attempts, row.lease_until = "running", "dead", 1, NOW + timedelta(seconds=30)
    db.session.commit()
    assert not questions.answer_next(now=NOW, worker="heir")
    housekeeping.hand_back(worker="dead")
    db.session.expire_all()
    assert states() == [("fixes", "queued", "")]
    assert questions.answer_next(now=NOW, worker="heir")
    db.session.expire_all()
    assert (row.state, row.worker, row.attempts) == ("done", "heir", 1)


@pytest.mark.both_databases
def test_what_would_help_gives_way_to_a_question_and_goes_on_afterwards(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(world)
    original = child.Child.__init__

    def asked_meanwhile(self: child.Child, *arguments: object) -> None:
        original(self, *arguments)  # type: ignore[arg-type]
        if arguments[1] == "fixes" and len(states()) == 1:
            questions.ask(world.round.id, "advice", {}, user=world.user, now=NOW)

    monkeypatch.setattr(child.Child, "__init__", asked_meanwhile)
    assert questions.answer_next(now=NOW, worker="test")
    assert states() == [("fixes", "queued", ""), ("advice", "queued", "")]
    assert questions.answer_next(now=NOW, worker="test")
    assert states() == [("fixes", "queued", ""), ("advice", "done", "")]
    assert questions.answer_next(now=NOW, worker="test")
    row = db.session.scalars(select(Question).where(Question.kind == "fixes")).one()
    assert (row.state, row.attempts, list(row.result["fixes"])) == ("done", 1, ["C2"])


@pytest.mark.both_databases
def test_what_was_found_before_it_gave_way_is_not_worked_out_again(world: World) -> None:
    world.client("C3")
    planned(world)
    row = db.session.scalars(select(Question)).one()
    row.result = {"fixes": {"C2": []}}
    db.session.commit()
    assert questions.answer_next(now=NOW, worker="test")
    db.session.expire_all()
    assert row.result["fixes"]["C2"] == []
    assert row.result["fixes"]["C3"] != []


def test_only_a_draft_with_a_plan_can_be_asked_about(world: World) -> None:
    db.session.commit()
    with pytest.raises(ConflictError):
        questions.ask(world.round.id, "fixes", {}, user=world.user, now=NOW)
    planned(world)
    world.round.state = "discarded"
    db.session.commit()
    with pytest.raises(ConflictError):
        questions.ask(world.round.id, "fixes", {}, user=world.user, now=NOW)
