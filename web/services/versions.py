"""A new version of a round's plan, and what is worked out about it in the background."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from web.models import PlanVersion, Question, Round, db
from web.services.leases import ACTIVE

# What would help takes seconds for hundreds of clients; what is found by then is told.
FIXES_LIMIT = 300


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
    _ask_what_would_help(version, now)
    session.flush()
    return version


def _ask_what_would_help(version: PlanVersion, now: datetime) -> None:
    """Have it worked out for the clients whom a version leaves out; nobody needs it for an earlier one."""
    session = db.session()
    earlier = select(PlanVersion.id).where(PlanVersion.round_id == version.round_id,
                                           PlanVersion.id != version.id)
    old = update(Question).where(Question.plan_id.in_(earlier), Question.kind == "fixes")
    session.execute(old.where(Question.state.in_(ACTIVE)).values(stop_asked=True))
    session.execute(old.where(Question.state == "queued").values(state="stopped", ended_at=now))
    if version.plan_document["unmatched"]:
        session.add(Question(plan_id=version.id, kind="fixes", time_limit=FIXES_LIMIT, created_at=now))
