"""Solving in the background: a run is queued, leased by a worker, and solved in a process of its own.

A crash, a lack of memory or a kill of that process costs one run and nothing else: the round keeps its
last plan. A run whose worker died is taken over when its lease is over.
"""
from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, func, or_, select, update

from matcher import Plan
from matcher import Round as MatcherRound
from matcher.check import check
from web.i18n import gettext as _
from web.models import Office, PlanVersion, Round, SolveRun, User, db, use_office
from web.services import audit
from web.services.child import Child, DiedError, RefusedError
from web.services.errors import ConflictError, InvalidInputError, NotFoundError
from web.services.rounds import draft
from web.services.snapshot import snapshot
from web.services.transactions import transaction

LONGEST_LIMIT = 3600
LEASE = timedelta(seconds=60)
_BEAT = timedelta(seconds=5)  # how often a lease is extended
_PROGRESS = timedelta(seconds=0.5)  # how often progress is written at most
_GRACE = timedelta(seconds=90)  # for starting, explaining, and levels that end late
_GRACE_OF_STOP = timedelta(seconds=30)
_MOST_ATTEMPTS = 3
ACTIVE = ("queued", "running")


def usual_limit() -> int:
    """How many seconds a run takes at most where nobody says otherwise."""
    return int(current_app.config["SETTINGS"].solver_time_limit_seconds)


def request_solve(round_id: int, *, user: User, now: datetime, time_limit: int | None = None) -> SolveRun:
    """Queue a run; a round has one at a time."""
    limit = usual_limit() if time_limit is None else time_limit
    if not 1 <= limit <= LONGEST_LIMIT:
        raise InvalidInputError(
            {"time_limit": _("Choose between 1 and %(most)s seconds.", most=LONGEST_LIMIT)})
    with transaction() as session:
        round = draft(session, round_id)
        if session.scalar(select(func.count(SolveRun.id)).where(SolveRun.round_id == round.id,
                                                                SolveRun.state.in_(ACTIVE))):
            raise ConflictError(_("This round is being solved already."))
        run = SolveRun(round_id=round.id, time_limit=limit, requested_by_id=user.id, created_at=now)
        session.add(run)
        session.flush()
        audit.record(session, user_id=user.id, action="round.solve", subject=f"round:{round.id}", now=now)
        return run


def ask_to_stop(run_id: int, *, now: datetime) -> None:
    """End a run soon, with the best plan so far; one that waits does not begin."""
    with transaction() as session:
        run = session.get(SolveRun, run_id, populate_existing=True)
        if run is None:
            raise NotFoundError(_("There is no such run."))
        if run.state == "queued":
            run.state, run.ended_at = "stopped", now
        run.stop_asked = True


@dataclass
class _Task:
    """One leased run in the hands of this worker."""

    run_id: int
    round_id: int
    worker: str
    time_limit: int
    clock: Callable[[], datetime]


def run_next(*, now: datetime, worker: str) -> bool:
    """Solve the run that has waited longest, if there is one; return whether there was."""
    begin = time.monotonic()
    task = _lease(now, worker, lambda: now + timedelta(seconds=time.monotonic() - begin))
    if task is None:
        return False
    office = db.session.get_one(Office, db.session().info["office_id"])
    round = db.session.get_one(Round, task.round_id)
    try:
        document = snapshot(office, round, now)
        before = plan_before(round, document)
    except Exception:
        # Without this the coordinator would watch a run that nobody works on, until its lease is over.
        db.session.rollback()
        _fail(task, "broken")
        raise
    db.session.rollback()  # no transaction stays open while the solver works
    if not document["clients"] or not document["assistants"]:
        _fail(task, "nobody")
        return True
    child = Child(document, task.time_limit, current_app.config["SETTINGS"].solver_workers, before)
    try:
        plan = _watch(task, child, [str(level) for level in document["policy"]["levels"]])
    except RefusedError as refusal:
        _fail(task, f"refused:{refusal}")
    except DiedError as death:
        _fail(task, death.code)
    else:
        if plan is not None:
            _take(task, document, plan, now)
    finally:
        child.kill()
    return True


def plan_before(round: Round, document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The documents of the round's plan, from which a large round is only changed where it has to be.

    None where nothing has changed, so that solving once more searches everything anew, and where the plan
    was changed by hand.
    """
    version = db.session.get(PlanVersion, round.plan_id) if round.plan_id is not None else None
    if version is None or version.made_by != "solver" or version.round_document == document:
        return None
    return version.round_document, version.plan_document


def _lease(now: datetime, worker: str, clock: Callable[[], datetime]) -> _Task | None:
    due = or_(SolveRun.state == "queued", and_(SolveRun.state == "running", SolveRun.lease_until < now))
    with transaction() as session:
        while True:
            run = session.execute(
                select(SolveRun.id, SolveRun.office_id, SolveRun.round_id, SolveRun.time_limit,
                       SolveRun.attempts)
                .where(due).order_by(SolveRun.id).limit(1).with_for_update(skip_locked=True),
                execution_options={"all_offices": True}).first()
            if run is None:
                return None
            use_office(run.office_id)
            given_up = run.attempts >= _MOST_ATTEMPTS
            changed = _count(session.execute(
                update(SolveRun).where(SolveRun.id == run.id, due).values(
                    state="failed" if given_up else "running", error="worker-died" if given_up else "",
                    ended_at=now if given_up else None, attempts=run.attempts + 1, worker=worker,
                    lease_until=now + LEASE, started_at=now, progress=[])
                .execution_options(synchronize_session=False)))
            if changed == 1 and not given_up:
                return _Task(run.id, run.round_id, worker, run.time_limit, clock)


def _watch(task: _Task, child: Child, levels: list[str]) -> dict[str, Any] | None:
    """Follow the child until it has a plan; None where the run is no longer ours."""
    seen: dict[str, dict[str, Any]] = {}
    written: list[dict[str, Any]] = []
    begin = task.clock()
    deadline, beat, look = begin + timedelta(seconds=task.time_limit) + _GRACE, begin, begin
    stopping = False
    while True:
        plan = child.receive(seen, seconds=0.1)
        now = task.clock()
        if plan is not None or now >= look:
            look = now + _PROGRESS
            progress = [seen[level] for level in levels if level in seen]
            if progress != written or now >= beat:
                if not _extend(task, progress, now):
                    return None
                written, beat = progress, now + _BEAT
            if plan is not None:
                return plan
            if not stopping and _stop_asked(task):
                stopping, deadline = True, min(deadline, now + _GRACE_OF_STOP)
                child.ask_to_stop()
        if now >= deadline:
            raise DiedError("too-long")


def _extend(task: _Task, progress: list[dict[str, Any]], now: datetime) -> bool:
    with transaction() as session:
        changed = session.execute(_ours(task).values(progress=progress, lease_until=now + LEASE))
        return _count(changed) == 1


def _count(result: Any) -> int:
    return int(result.rowcount)


def _ours(task: _Task) -> Any:
    return (update(SolveRun).where(SolveRun.id == task.run_id, SolveRun.worker == task.worker,
                                   SolveRun.state == "running")
            .execution_options(synchronize_session=False))


def _stop_asked(task: _Task) -> bool:
    asked = db.session.scalar(select(SolveRun.stop_asked).where(SolveRun.id == task.run_id))
    db.session.rollback()
    return bool(asked)


def _fail(task: _Task, error: str, conflicts: list[dict[str, Any]] | None = None) -> None:
    with transaction() as session:
        session.execute(_ours(task).values(state="failed", error=error[:500], conflicts=conflicts or [],
                                           ended_at=task.clock(), lease_until=None))


def _take(task: _Task, document: dict[str, Any], plan: dict[str, Any], read_at: datetime) -> None:
    """Check a plan once more, outside the solver, and make it the round's."""
    if plan["status"] == "infeasible":
        _fail(task, "pins", [{"code": one["code"], "pins": [document["pins"][n] for n in one["pins"]]}
                             for one in plan["conflicts"]])
        return
    faults = check(MatcherRound.from_document(document), Plan.from_document(plan))
    if faults:
        _fail(task, f"wrong-plan:{faults[0]}")
        return
    with transaction() as session:
        run = session.get(SolveRun, task.run_id, populate_existing=True)
        round = session.get(Round, task.round_id, populate_existing=True)
        if run is None or round is None or (run.worker, run.state) != (task.worker, "running"):
            return
        run.ended_at, run.lease_until = task.clock(), None
        if round.state != "draft":
            run.state, run.error = "stopped", "ended"
            return
        version = add_version(round, document=document, plan=plan, made_by="solver", read_at=read_at,
                              now=task.clock())
        run.state, run.plan_id = "stopped" if run.stop_asked else "done", version.id


def add_version(round: Round, *, document: dict[str, Any], plan: dict[str, Any], made_by: str,
                read_at: datetime, now: datetime) -> PlanVersion:
    """Make a plan the round's newest, in the caller's transaction."""
    session = db.session()
    last = session.scalar(select(func.max(PlanVersion.number)).where(PlanVersion.round_id == round.id)) or 0
    version = PlanVersion(round_id=round.id, number=last + 1, made_by=made_by, created_at=now,
                          read_at=read_at, round_document=document, plan_document=plan)
    session.add(version)
    session.flush()
    round.plan_id = version.id
    session.flush()
    return version
