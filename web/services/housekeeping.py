"""What goes away by itself, and what a worker hands back when it ends."""
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from web.models import BrowserSession, Office, Question, SolveRun, db
from web.services import claims, leases, sending_limits, tokens
from web.services.transactions import transaction


def office_ids() -> list[int]:
    """Every office, for jobs that go from one to the next."""
    ids = list(db.session.scalars(select(Office.id).order_by(Office.id)))
    db.session.rollback()
    return ids


def clean_up_sessions(*, now: datetime) -> None:
    """Delete what expired sessions, and mails of the day before yesterday, leave behind."""
    settings = tokens.settings()
    idle = now - timedelta(minutes=settings.session_idle_minutes)
    absolute = now - timedelta(hours=settings.session_absolute_hours)
    with transaction() as session:
        session.execute(delete(BrowserSession).where(
            (BrowserSession.last_seen_at < idle) | (BrowserSession.created_at < absolute)))
        sending_limits.forget_old(session, now=now)


def hand_back(*, worker: str) -> None:
    """Give the chosen office's work that `worker` has begun to whoever comes next."""
    with transaction() as session:
        claims.take_back(session, worker=worker)
        for kind in (SolveRun, Question):
            leases.hand_back(kind, worker=worker)
