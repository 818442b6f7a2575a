"""Appointments that stand: which of them a round may move, and which it leaves alone.

A round may move an appointment that lies within its dates, begins no sooner than `NOTICE` from now,
and whose client takes part. It goes into the round as `keep`, so that the level `stability` protects
it. Every other appointment is left alone: its time is taken from both people, and its need does not
come up again.
"""
from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from web.models import Appointment, Need, Office, Round, db
from web.services.local_time import wall

# Nobody is invited to, or moved from, something that begins sooner: people read mail once a day.
NOTICE = timedelta(hours=12)


@dataclass(frozen=True)
class Standing:
    """What stands in the weeks of a round.

    `movable` is by need; `fixed` is the rest, in the round's ISO weeks; `met` are needs whose
    appointment is fixed or lies in another week.
    """

    movable: dict[int, Appointment]
    fixed: tuple[Appointment, ...]
    met: frozenset[int]


def weeks_of(round: Round) -> tuple[date, date]:
    """The Monday of the round's first week and the Sunday of its last."""
    return (round.first_day - timedelta(days=round.first_day.weekday()),
            round.last_day + timedelta(days=6 - round.last_day.weekday()))


def standing(office: Office, round: Round, *, now: datetime) -> Standing:
    """Read what stands, as of `now`."""
    rows = db.session.scalars(
        select(Appointment).where(Appointment.state != "cancelled")
        .join(Need, Appointment.need_id == Need.id).where(Need.state == "open")
        .order_by(Appointment.starts_at, Appointment.id)
        .options(joinedload(Appointment.client), joinedload(Appointment.assistant))).all()
    zone = office.timezone
    nearby = around(office, round)
    by_client: dict[int, list[Appointment]] = defaultdict(list)
    for row in rows:
        day = wall(row.starts_at, zone).date()
        if round.first_day <= day <= round.last_day and row.starts_at >= now + NOTICE:
            by_client[row.client_id].append(row)
    # With two assistants at once, a plan (one assistant for each client) would have to move one of
    # them for no reason: both are left alone.
    movable = {row.need_id: row for group in by_client.values()
               if len({row.assistant_id for row in group}) == 1 for row in group}
    return Standing(
        movable=movable,
        fixed=tuple(row for row in nearby if row.need_id not in movable or movable[row.need_id] is not row),
        met=frozenset(row.need_id for row in rows if row.need_id not in movable),
    )


def around(office: Office, round: Round) -> list[Appointment]:
    """Every appointment that stands in the ISO weeks of a round, by time.

    Needs that are done may have one, too, and it takes time.
    """
    monday, sunday = weeks_of(round)
    margin = timedelta(days=1)
    begin = datetime.combine(monday, time(), tzinfo=UTC) - margin
    end = datetime.combine(sunday, time(), tzinfo=UTC) + 2 * margin
    return [row for row in db.session.scalars(
        select(Appointment).where(Appointment.state != "cancelled", Appointment.starts_at >= begin,
                                  Appointment.starts_at < end)
        .order_by(Appointment.starts_at, Appointment.id)).all()
        if monday <= wall(row.starts_at, office.timezone).date() <= sunday]
