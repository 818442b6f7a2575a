"""Other times at which the two people of an appointment could meet, so that every rule still holds.

Everybody else's appointments are left alone: whoever is offered a time learns that it is free, and no more.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from matcher import Round as MatcherRound
from web.models import Appointment, Notice, Office, Place, Round, current_office_id, db
from web.services.local_time import NoSuchTimeError, instant, wall
from web.services.participants import two_alone
from web.services.snapshot import document_of

WEEKS = 4  # how far ahead is looked
MOST = 8  # offered at once: enough to choose from, too few to read somebody's calendar from
A_DAY = 2


@dataclass(frozen=True, order=True)
class Slot:
    """A time that is free for both, and the place where they would meet."""

    starts_at: datetime
    ends_at: datetime
    place_id: int | None


def offered(appointment: Appointment, *, now: datetime) -> list[Slot]:
    """Some free times, the soonest first, spread over days and over the parts of a day."""
    office = db.session.get_one(Office, current_office_id())
    return _spread(free(appointment, now=now), office.timezone)


def free(appointment: Appointment, *, now: datetime) -> list[Slot]:
    """Every time at which the appointment could be instead, in the weeks to come."""
    office = db.session.get_one(Office, current_office_id())
    if appointment.state == "cancelled" or appointment.need.state != "open":
        return []
    today = wall(now, office.timezone).date()
    monday = today - timedelta(days=today.weekday())
    held = _held(appointment)
    found: list[Slot] = []
    # Week by week, as a round is: an assistant's limits of a week and of a round hold in each.
    for week in range(WEEKS + 1):
        first = max(today, monday + timedelta(weeks=week))
        found += _in_week(office, appointment, first, monday + timedelta(weeks=week, days=6), now)
    return [slot for slot in found if slot.starts_at != appointment.starts_at
            and not any(slot.starts_at < until and since < slot.ends_at for since, until in held)]


def _in_week(office: Office, appointment: Appointment, first: date, last: date, now: datetime) -> list[Slot]:
    # Imported here: numpy and the tables are needed on this page only.
    from matcher.candidates import candidates

    week = Round(title="", first_day=first, last_day=last, excluded_clients=[], excluded_assistants=[])
    parts = two_alone(office, week, appointment, now=now)
    if not parts.clients or not parts.assistants:
        return []
    round = MatcherRound.from_document(document_of(office, week, parts))
    table = candidates(round)
    places = {place.code: place.id for place in db.session.scalars(select(Place).where(Place.active))}
    length = timedelta(minutes=round.minutes(round.clients[0].needs[0]))
    found = []
    for n in range(len(table.starts)):
        start = round.moment(int(table.starts.day[n]), int(table.starts.slot[n]))
        place = table.places[int(table.starts.place[n])]
        try:
            found.append(Slot(instant(start, office.timezone), instant(start + length, office.timezone),
                              places[place] if place else None))
        except NoSuchTimeError:
            continue  # the clocks change in it
    return sorted(found)


def _held(appointment: Appointment) -> list[tuple[datetime, datetime]]:
    """Times with this assistant that other clients have asked for; a coordinator has not answered yet."""
    gap = timedelta(minutes=appointment.assistant.buffer_minutes)
    asked = db.session.scalars(
        select(Notice).join(Appointment, Notice.appointment_id == Appointment.id)
        .where(Notice.kind == "asks-for", Notice.seen_at.is_(None), Appointment.id != appointment.id,
               Appointment.assistant_id == appointment.assistant_id))
    return [(datetime.fromisoformat(each.details["start"]) - gap,
             datetime.fromisoformat(each.details["end"]) + gap) for each in asked]


def _spread(slots: Iterable[Slot], zone: str) -> list[Slot]:
    halves: dict[date, dict[bool, Slot]] = defaultdict(dict)
    for slot in slots:
        local = wall(slot.starts_at, zone)
        halves[local.date()].setdefault(local.hour >= 12, slot)
    days = [halves[day] for day in sorted(halves)]
    # First one of each day, in the morning and in the afternoon by turns, then a second one of the soonest.
    first = [half.get(bool(n % 2), next(iter(half.values()))) for n, half in enumerate(days)]
    second = [slot for chosen, half in zip(first, days, strict=True) for slot in half.values()
              if slot is not chosen]
    most_days = MOST - MOST // A_DAY // 2
    return sorted([*first[:most_days], *second, *first[most_days:]][:MOST])
