"""The stop switch: no mail about appointments leaves an office until a coordinator lets them go again.

It holds mails and SMS to clients and to assistants. Sign-in links and notes to coordinators go on: they tell
no client and no assistant when to come, and whoever puts that right needs them.
"""
from __future__ import annotations

from datetime import datetime

from web.models import Office
from web.services import claims
from web.services.audit import record
from web.services.transactions import transaction


def stop(*, office: Office, user_id: int, now: datetime) -> None:
    """Hold every mail back, also one that a worker has in its hands but has not handed over."""
    with transaction() as session:
        session.refresh(office)
        if office.mails_stopped_at is not None:
            return
        office.mails_stopped_at = now
        claims.take_back(session)
        record(session, user_id=user_id, action="mails.stopped", subject=f"office:{office.id}", now=now)


def let_go(*, office: Office, user_id: int, now: datetime) -> None:
    """Let mails leave again; what is no longer true, or too late, does not."""
    with transaction() as session:
        session.refresh(office)
        if office.mails_stopped_at is None:
            return
        office.mails_stopped_at = None
        record(session, user_id=user_id, action="mails.let-go", subject=f"office:{office.id}", now=now)
