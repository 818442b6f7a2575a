"""A coordinator grants the time that a client has asked for, on their page or from their calendar."""
from __future__ import annotations

from datetime import datetime

from web.i18n import gettext as _
from web.models import Appointment, Notice
from web.services import audit, free_slots, moving
from web.services.errors import ConflictError, NotFoundError
from web.services.transactions import transaction


def grant(*, notice_id: int, user_id: int, now: datetime) -> None:
    """Move the appointment to where its client wants it, if that time is still free.

    Raises
    ------
    NotFoundError
        Where there is no such wish any more.
    ConflictError
        Where the time is taken, or the appointment is another than the client saw.
    """
    with transaction() as session:
        notice = session.get(Notice, notice_id)
        open_wish = notice is not None and notice.seen_at is None and notice.kind in ("asks-for", "counter")
        if notice is None or not open_wish or "start" not in notice.details:
            raise NotFoundError(_("This wish is gone: the client has answered anew, or it was granted."))
        appointment = session.get_one(Appointment, notice.appointment_id)
        start = datetime.fromisoformat(notice.details["start"])
        slots = {slot.starts_at: slot for slot in free_slots.free(appointment, now=now)}
        if start not in slots or appointment.sequence != notice.details["revision"]:
            raise ConflictError(_("This time is no longer free. Please telephone the client."))
        notice.seen_at = now
        session.flush()
        moving.move(session, appointment, slots[start], now=now)
        audit.record(session, user_id=user_id, action="appointment.wish-granted", now=now,
                     subject=f"appointment:{appointment.id}")
