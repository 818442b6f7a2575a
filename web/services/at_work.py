"""Whether an assistant still works with the office, by the office's own calendar."""
from __future__ import annotations

from datetime import datetime

from web.models import Assistant, Office, db
from web.services.local_time import wall


def has_ended(assistant: Assistant, *, now: datetime) -> bool:
    """Whether the day has come from which on this assistant takes no part."""
    office = db.session.get_one(Office, assistant.office_id)
    return assistant.ended_on is not None and assistant.ended_on <= wall(now, office.timezone).date()
