"""In which order a coordinator looks at notices: what concerns the soonest appointment first."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, select
from sqlalchemy.orm import joinedload

from web.models import Appointment, Notice, db

# While one of these lasts, no client and no assistant is told of anything.
_CONCERN_EVERYBODY = ("mail-signed-out", "mail-paused", "mail-unreachable", "mail-delayed", "mailbox-silent")
# A round leaves many of these at once; on the same day, what has happened since goes before them.
_FROM_THE_ROUND = ("no-address",)


def urgent_notices(*, now: datetime, zone: ZoneInfo, most: int) -> Sequence[Notice]:
    """Read the most urgent notices that nobody has seen, at most `most`.

    First what keeps all mails from leaving; then what is about appointments that are not over, day by day,
    and within a day what somebody answered or did not get before what a round left to be told; then the
    rest, the oldest first.
    """
    coming = Appointment.ends_at > now
    concern = case((Notice.kind.in_(_CONCERN_EVERYBODY), 0), (coming, 1), else_=2)
    rows = db.session.execute(
        select(Notice, concern).outerjoin(Notice.appointment).where(Notice.seen_at.is_(None))
        .order_by(concern, case((coming, Appointment.starts_at)), Notice.created_at, Notice.id).limit(most)
        .options(joinedload(Notice.client), joinedload(Notice.assistant), joinedload(Notice.appointment)))

    def within(row: tuple[Notice, int]) -> tuple[int, date, bool]:
        notice, concern = row
        if concern != 1 or notice.appointment is None:
            return concern, date.min, False
        day = notice.appointment.starts_at.astimezone(zone).date()
        return concern, day, notice.kind in _FROM_THE_ROUND

    return [notice for notice, _concern in sorted(((row[0], row[1]) for row in rows), key=within)]
