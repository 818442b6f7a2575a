"""What earlier rounds left behind: whom each assistant already helps, and who waits since when."""
from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select

from web.models import Appointment, Office, Round, db
from web.services.local_time import wall
from web.services.participants import Participants

# Older clients no longer weigh on an assistant: otherwise whoever came last would get everybody.
CASELOAD_WEEKS = 12


def caseloads(round: Round, parts: Participants) -> Counter[int]:
    """How many clients each assistant has met or will meet, in twelve weeks before the round or in it.

    Clients who take part are left out: they count where the round puts them.
    """
    since = _midnight(round.first_day) - timedelta(weeks=CASELOAD_WEEKS)
    until = _midnight(round.last_day) + timedelta(days=1)
    taking = {one.person.id for one in parts.clients}
    rows = db.session.execute(
        select(Appointment.assistant_id, Appointment.client_id).distinct()
        .where(Appointment.state != "cancelled",
               Appointment.starts_at >= since, Appointment.starts_at < until))
    return Counter(assistant_id for assistant_id, client_id in rows if client_id not in taking)


def last_met(office: Office, round: Round) -> dict[int, date]:
    """The day of each client's last appointment before the round."""
    rows = db.session.execute(
        select(Appointment.client_id, func.max(Appointment.starts_at))
        .where(Appointment.state != "cancelled", Appointment.starts_at < _midnight(round.first_day))
        .group_by(Appointment.client_id))
    return {client_id: wall(last, office.timezone).date() for client_id, last in rows}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
