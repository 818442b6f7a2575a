"""Questions about a version of a plan: asked, answered by a worker, and kept beside the version."""
from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import case, select

from web.i18n import gettext as _
from web.models import PlanVersion, Question, Round, User, db
from web.services import audit, leases
from web.services.child import Child, DiedError
from web.services.errors import ConflictError, NotFoundError
from web.services.leases import ACTIVE
from web.services.question_process import answer_question
from web.services.rounds import draft
from web.services.solving import usual_limit
from web.services.transactions import transaction
from web.services.versions import FIXES_LIMIT


def ask(round_id: int, kind: str, about: dict[str, Any], *, user: User, now: datetime) -> Question:
    """Ask about the plan that a draft has; who asks the same again is given the answer that there is."""
    with transaction() as session:
        round = draft(session, round_id)
        version = session.get(PlanVersion, round.plan_id) if round.plan_id is not None else None
        if version is None:
            raise ConflictError(_("There is no such plan."))
        _check(about, version.plan_document)
        for old in about_version(version.id, kind):
            if old.about == about and old.state in (*ACTIVE, "done"):
                return old
        row = Question(plan_id=version.id, kind=kind, about=about, requested_by_id=user.id, created_at=now,
                       time_limit=FIXES_LIMIT if kind == "fixes" else usual_limit())
        session.add(row)
        session.flush()
        audit.record(session, user_id=user.id, action=f"plan.{kind}", subject=f"round:{round.id}", now=now,
                     details={"question": row.id})
        return row


def _check(about: dict[str, Any], plan: dict[str, Any]) -> None:
    """Refuse a question about a client who has no assistant in the plan."""
    if "client" in about and all(pair["client"] != about["client"] for pair in plan["pairs"]):
        raise ConflictError(_("This client has no assistant in the present plan."))


def about_version(plan_id: int, kind: str) -> list[Question]:
    """All that was asked about a version, the latest first."""
    return list(db.session.scalars(select(Question).where(
        Question.plan_id == plan_id, Question.kind == kind).order_by(Question.id.desc())))


def of_round(round: Round, question_id: int) -> Question:
    """Read a question about any version of a round."""
    found = db.session.scalar(
        select(Question).join(PlanVersion, Question.plan_id == PlanVersion.id)
        .where(Question.id == question_id, PlanVersion.round_id == round.id))
    if found is None:
        raise NotFoundError(_("There is no such run."))
    return found


def stop(round: Round, question_id: int, *, now: datetime) -> None:
    """End working an answer out soon, with what there is of it."""
    leases.ask_to_stop(Question, of_round(round, question_id).id, now=now)


def answer_next(*, now: datetime, worker: str) -> bool:
    """Answer the question that has waited longest, if there is one; return whether there was.

    What a coordinator waits for goes before what would help, which stands on the plan's page whenever it is
    there: that stops where anybody asks something else, and goes on afterwards.
    """
    begin = time.monotonic()
    last = case((Question.kind == "fixes", 1), else_=0)
    task = leases.lease(Question, now, worker, lambda: now + timedelta(seconds=time.monotonic() - begin),
                        first=(last, Question.requested_by_id.is_(None)))
    if task is None:
        return False
    row = db.session.get_one(Question, task.id)
    version = db.session.get_one(PlanVersion, row.plan_id)
    kind, about = row.kind, row.about | row.result
    document, plan = version.round_document, version.plan_document
    db.session.rollback()  # no transaction stays open while the worker waits
    child = Child(answer_question, kind, about, document, plan, task.time_limit,
                  current_app.config["SETTINGS"].solver_workers)
    gave_way = False

    def gives_way() -> bool:
        nonlocal gave_way
        gave_way = kind == "fixes" and _somebody_waits()
        return gave_way

    try:
        answer = leases.follow(task, child, [kind], gives_way)
    except DiedError as death:
        if gave_way and death.code == "too-long":
            leases.put_back(task)
        else:
            leases.fail(task, death.code)
    else:
        if answer is not None and gave_way and len(answer["fixes"]) < len(plan["unmatched"]):
            leases.put_back(task, result=answer)
        elif answer is not None:
            leases.end(task, case((Question.stop_asked, "stopped"), else_="done"), result=answer)
    finally:
        child.kill()
    return True


def _somebody_waits() -> bool:
    """Whether anybody, in any office, waits for an answer that nobody works on."""
    waiting = db.session.scalar(
        select(Question.id).where(Question.state == "queued", Question.kind != "fixes").limit(1),
        execution_options={"all_offices": True})
    db.session.rollback()
    return waiting is not None
