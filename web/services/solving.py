"""Solving in the background: a run is queued, leased by a worker, and solved in a process of its own.

Whatever happens to that process, the round keeps its last plan.
"""
from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from matcher import Plan
from matcher import Round as MatcherRound
from matcher.check import check
from matcher.stop import PROVEN_PAIRS
from web.i18n import gettext as _
from web.models import Office, PlanVersion, Round, SolveRun, User, current_office_id, db
from web.services import audit, leases
from web.services.child import Child, DiedError, RefusedError
from web.services.errors import ConflictError, InvalidInputError
from web.services.leases import ACTIVE, Task
from web.services.rounds import draft
from web.services.snapshot import snapshot
from web.services.solver_process import solve_document
from web.services.transactions import transaction
from web.services.versions import add_version

LONGEST_LIMIT = 3600


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
    leases.ask_to_stop(SolveRun, run_id, now=now)


def run_next(*, now: datetime, worker: str) -> bool:
    """Solve the run that has waited longest, if there is one; return whether there was."""
    begin = time.monotonic()
    task = leases.lease(SolveRun, now, worker, lambda: now + timedelta(seconds=time.monotonic() - begin))
    if task is None:
        return False
    office = db.session.get_one(Office, current_office_id())
    round = db.session.get_one(Round, db.session.get_one(SolveRun, task.id).round_id)
    try:
        document = snapshot(office, round, now)
        before = plan_before(round, document)
    except Exception:
        # Without this the coordinator would watch a run that nobody works on, until its lease is over.
        db.session.rollback()
        leases.fail(task, "broken")
        raise
    db.session.rollback()  # no transaction stays open while the solver works
    if not document["clients"] or not document["assistants"]:
        leases.fail(task, "nobody")
        return True
    child = Child(solve_document, document, task.time_limit, current_app.config["SETTINGS"].solver_workers,
                  before)
    try:
        plan = leases.follow(task, child, [str(level) for level in document["policy"]["levels"]])
    except RefusedError as refusal:
        leases.fail(task, f"refused:{refusal}")
    except DiedError as death:
        leases.fail(task, death.code)
    else:
        if plan is not None:
            _take(task, document, plan, now)
    finally:
        child.kill()
    return True


def plan_before(round: Round, document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The documents of the round's plan, of which nothing should change in vain.

    A large round is only changed where it has to be. So it has none where nothing has changed, that solving
    once more searches everything anew, nor where the plan was changed by hand.
    """
    version = db.session.get(PlanVersion, round.plan_id) if round.plan_id is not None else None
    if version is None:
        return None
    changed = version.made_by == "solver" and version.round_document != document
    if not changed and len(document["clients"]) * len(document["assistants"]) > PROVEN_PAIRS:
        return None
    return version.round_document, version.plan_document


def _take(task: Task, document: dict[str, Any], plan: dict[str, Any], read_at: datetime) -> None:
    """Check a plan once more, outside the solver, and make it the round's."""
    if plan["status"] == "infeasible":
        leases.fail(task, "pins", conflicts=[
            {"code": one["code"], "pins": [document["pins"][n] for n in one["pins"]]}
            for one in plan["conflicts"]])
        return
    faults = check(MatcherRound.from_document(document), Plan.from_document(plan))
    if faults:
        leases.fail(task, f"wrong-plan:{faults[0]}")
        return
    with transaction() as session:
        run = session.get(SolveRun, task.id, populate_existing=True)
        if run is None or (run.worker, run.state) != (task.worker, "running"):
            return
        round = session.get_one(Round, run.round_id, populate_existing=True)
        run.ended_at, run.lease_until = task.clock(), None
        if round.state != "draft":
            run.state, run.error = "stopped", "ended"
            return
        version = add_version(round, document=document, plan=plan, made_by="solver", read_at=read_at,
                              now=task.clock())
        run.state, run.plan_id = "stopped" if run.stop_asked else "done", version.id
