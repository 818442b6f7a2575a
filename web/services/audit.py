"""What was done, by whom: ids and counts, never values of a person's fields."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from web.models import AuditEntry


def record(session: Session, *, user_id: int | None, action: str, subject: str, now: datetime,
           details: Mapping[str, int | list[int]] | None = None) -> None:
    """Write one deed in the transaction that does it.

    Parameters
    ----------
    user_id
        Who did it; None for the system or a client.
    action, subject
        For example "round.published" and "round:12".
    details
        Ids and counts only: the audit outlives the people it tells of.
    """
    session.add(AuditEntry(at=now, user_id=user_id, action=action, subject=subject,
                           details=dict(details or {})))
