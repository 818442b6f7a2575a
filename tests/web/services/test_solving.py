"""A run is solved in a process of its own, and nothing that happens to it costs the round its plan."""
from __future__ import annotations

import os
import signal
import threading
import time
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from matcher import Plan
from matcher import Round as MatcherRound
from matcher.check import check
from tests.web.a_round import World, weekly
from tests.web.conftest import NOW
from web.models import PlanVersion, RoundPin, SolveRun, db
from web.services import child, hand, leases, rounds, solving
from web.services.errors import ConflictError, InvalidInputError
from web.services.snapshot import snapshot
from web.services.solver_process import solve_document


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def the_run() -> SolveRun:
    db.session.expire_all()
    run = db.session.scalars(select(SolveRun).order_by(SolveRun.id.desc())).first()
    assert run is not None
    return run


def queued(world: World) -> SolveRun:
    db.session.commit()
    return solving.request_solve(world.round.id, user=world.user, now=NOW, time_limit=20)


def test_a_round_is_solved_and_its_plan_keeps_every_rule(world: World) -> None:
    world.client("C1")
    world.client("C2", languages={"ti": "native"})
    world.assistant("A1")
    round = world.solved()
    run, version = the_run(), db.session.get_one(PlanVersion, round.plan_id)
    assert (run.state, run.error, run.plan_id, version.number, version.made_by, version.read_at) == (
        "done", "", version.id, 1, "solver", NOW)
    plan = Plan.from_document(version.plan_document)
    assert check(MatcherRound.from_document(version.round_document), plan) == []
    assert [(pair.client, pair.assistant) for pair in plan.pairs] == [("C1", "A1")]
    assert [level["level"] for level in run.progress] == world.office.levels
    assert all(level["value"] == level["bound"] for level in run.progress)


def test_a_second_solve_gives_a_second_version(world: World) -> None:
    world.client()
    world.assistant()
    world.solved()
    world.solved()
    assert [version.number for version in world.round.versions] == [1, 2]
    assert world.round.plan_id == world.round.versions[1].id


def test_without_a_run_there_is_nothing_to_do(world: World) -> None:
    assert not solving.run_next(now=NOW, worker="test")


def test_a_round_has_one_run_at_a_time(world: World) -> None:
    queued(world)
    with pytest.raises(ConflictError, match="being solved already"):
        solving.request_solve(world.round.id, user=world.user, now=NOW)


@pytest.mark.parametrize("seconds", [0, -1, 3601])
def test_an_absurd_time_limit_is_refused(world: World, seconds: int) -> None:
    with pytest.raises(InvalidInputError):
        solving.request_solve(world.round.id, user=world.user, now=NOW, time_limit=seconds)


def test_a_round_without_people_fails_in_words(world: World) -> None:
    queued(world)
    assert solving.run_next(now=NOW, worker="test")
    assert (the_run().state, the_run().error) == ("failed", "nobody")


def test_a_killed_solver_costs_only_its_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.client()
    world.assistant()
    before = world.solved().plan_id
    queued(world)
    original = child.Child.__init__

    def killed_at_once(self: child.Child, *arguments: object) -> None:
        original(self, *arguments)  # type: ignore[arg-type]
        os.kill(self.pid or 0, signal.SIGKILL)

    monkeypatch.setattr(child.Child, "__init__", killed_at_once)
    assert solving.run_next(now=NOW, worker="test")
    assert (the_run().state, the_run().error, world.round.plan_id) == ("failed", "killed", before)
    monkeypatch.undo()
    world.solved()
    assert (the_run().state, len(world.round.versions)) == ("done", 2)


def test_a_solver_that_does_not_end_is_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.client()
    world.assistant()
    queued(world)
    monkeypatch.setattr(leases, "_GRACE", timedelta(seconds=-20))
    assert solving.run_next(now=NOW, worker="test")
    assert (the_run().state, the_run().error, world.round.plan_id) == ("failed", "too-long", None)


def test_rows_that_make_no_document_fail_the_run_at_once(world: World) -> None:
    client = world.client(needs=0)
    world.topic.windows = [{"days": ["mon"], "from": "early", "to": "late"}]
    world.need(client)
    queued(world)
    with pytest.raises(ValueError, match="invalid literal"):
        solving.run_next(now=NOW, worker="test")
    assert (the_run().state, the_run().error) == ("failed", "broken")


def test_a_document_that_is_no_round_fails_in_words(world: World) -> None:
    world.office.levels = ["served", "luck"]
    world.client()
    world.assistant()
    world.solved()
    assert the_run().state == "failed"
    assert the_run().error.startswith("refused:/policy/levels/1")


def test_pins_that_contradict_fail_with_their_names(world: World) -> None:
    one, two = world.client("C1"), world.client("C2")
    assistant = world.assistant()
    world.round.pins = [RoundPin(client_id=client.id, assistant_id=assistant.id, need_id=client.needs[0].id,
                                 start="2026-11-30T10:00") for client in (one, two)]
    world.solved()
    run = the_run()
    assert (run.state, run.error, world.round.plan_id) == ("failed", "pins", None)
    assert [(one["code"], sorted(pin["client"] for pin in one["pins"])) for one in run.conflicts] == [
        ("overlap", ["C1", "C2"])]


def test_a_run_that_waits_is_stopped_at_once(world: World) -> None:
    run = queued(world)
    solving.ask_to_stop(run.id, now=NOW)
    assert the_run().state == "stopped"
    assert not solving.run_next(now=NOW, worker="test")


def test_a_run_that_is_stopped_keeps_the_best_plan_so_far(world: World) -> None:
    world.client()
    world.assistant()
    run = queued(world)
    run.stop_asked = True
    db.session.commit()
    assert solving.run_next(now=NOW, worker="test")
    assert (the_run().state, the_run().plan_id) == ("stopped", world.round.plan_id)


def test_a_run_whose_worker_died_is_taken_over_after_its_lease(world: World) -> None:
    world.client()
    world.assistant()
    run = queued(world)
    run.state, run.worker, run.attempts, run.lease_until = "running", "dead", 1, NOW + timedelta(seconds=30)
    db.session.commit()
    assert not solving.run_next(now=NOW + timedelta(seconds=29), worker="heir")
    assert solving.run_next(now=NOW + timedelta(seconds=31), worker="heir")
    assert (the_run().state, the_run().worker, the_run().attempts) == ("done", "heir", 2)


def test_a_run_that_killed_three_workers_is_given_up(world: World) -> None:
    run = queued(world)
    run.state, run.attempts, run.lease_until = "running", 3, NOW - timedelta(seconds=1)
    db.session.commit()
    assert not solving.run_next(now=NOW, worker="test")
    assert (the_run().state, the_run().error) == ("failed", "worker-died")


@pytest.mark.both_databases
def test_a_worker_that_lost_its_run_writes_no_plan(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.client()
    world.assistant()
    run = queued(world)
    run_id = run.id
    original = leases.follow

    def taken_over_meanwhile(*arguments: object) -> object:
        plan = original(*arguments)  # type: ignore[arg-type]
        db.session.get_one(SolveRun, run_id).worker = "heir"
        db.session.commit()
        return plan

    monkeypatch.setattr(leases, "follow", taken_over_meanwhile)
    assert solving.run_next(now=NOW, worker="late")
    assert db.session.scalar(select(func.count(PlanVersion.id))) == 0


def test_a_round_that_ended_meanwhile_gets_no_plan(world: World) -> None:
    world.client()
    world.assistant()
    queued(world)
    world.round.state = "discarded"
    db.session.commit()
    assert solving.run_next(now=NOW, worker="test")
    assert (the_run().state, the_run().error, world.round.plan_id) == ("stopped", "ended", None)


@pytest.mark.both_databases
def test_two_workers_never_take_the_same_run(world: World, app: Flask) -> None:
    for _ in range(20):
        run = SolveRun(round_id=world.round.id, time_limit=5, created_at=NOW)
        db.session.add(run)
    db.session.commit()
    taken: list[int] = []

    def work(name: str) -> None:
        with app.app_context():
            while task := leases.lease(SolveRun, NOW, name, lambda: NOW):
                taken.append(task.id)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 20
    assert len(set(taken)) == 20


def test_the_solver_ends_with_the_worker_that_waits_for_it(world: World) -> None:
    solver = child.Child(solve_document, {}, 1.0, 1, None)
    pid = solver.pid or 0
    solver.kill()
    time.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_second_solve_of_a_large_round_begins_from_the_plan_if_something_changed_since(
        world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "PROVEN_PAIRS", 0)
    client, assistant = world.client(), world.assistant()
    world.solved()
    version = db.session.get_one(PlanVersion, world.round.plan_id)

    def before() -> tuple[object, object] | None:
        return solving.plan_before(world.round, snapshot(world.office, world.round, NOW))

    assert before() is None
    rounds.pin(world.round.id, client=client.code, assistant=assistant.code)
    assert before() == (version.round_document, version.plan_document)
    world.solved()
    assert before() is None


def test_what_stands_does_not_move_in_vain_when_a_round_is_solved_again(world: World) -> None:
    """One of four is moved by hand, which pins it; the hours of the others are as good as any of that day."""
    for number in range(4):
        world.client(f"C{number}", weekly_hours=[weekly("09:00", "17:00", ["mon"])])
    world.assistant("A1", weekly_hours=[weekly("09:00", "17:00", ["mon"])])
    world.solved()

    def starts() -> dict[str, tuple[str, str]]:
        db.session.expire_all()
        version = db.session.get_one(PlanVersion, world.round.plan_id)
        return {pair["client"]: (pair["appointments"][0]["need"], pair["appointments"][0]["start"])
                for pair in version.plan_document["pairs"]}

    need, first = starts()["C2"]
    late = datetime.fromisoformat(f"{first[:10]}T16:00")
    assert world.round.plan_id is not None
    hand.change(world.round.id, plan_id=world.round.plan_id, client="C2", assistant="A1", starts={need: late},
                user=world.user, now=NOW)
    moved = starts()
    assert moved["C2"][1] == f"{first[:10]}T16:00"
    for _time in range(2):
        world.solved()
        assert starts() == moved


def test_someone_taken_out_loses_their_pins(world: World) -> None:
    client, assistant = world.client(), world.assistant()
    db.session.commit()
    rounds.pin(world.round.id, client=client.code, assistant=assistant.code)
    rounds.take_out(world.round.id, client=client.code)
    assert (world.round.excluded_clients, world.round.pins) == (["C1"], [])
    rounds.take_in(world.round.id, client=client.code)
    assert world.round.excluded_clients == []
