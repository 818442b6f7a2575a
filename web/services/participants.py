"""Who takes part in a round, when each of them is free, and who cannot take part and why."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from web.i18n import gettext as _
from web.models import (
    Appointment,
    Assistant,
    Client,
    DatedHours,
    Need,
    Office,
    OwnCalendar,
    Place,
    Round,
    WeeklyHours,
    db,
)
from web.services.availability import intervals, skipped
from web.services.busy_times import spans as busy_spans
from web.services.closed_days import closed_days
from web.services.local_time import wall
from web.services.standing import NOTICE, Standing, around, standing
from web.services.stretches import Span, Stretch, on_grid, up, without

GENDERS = ("female", "male", "other")
PersonT = TypeVar("PersonT", Client, Assistant)


@dataclass(frozen=True, kw_only=True)
class TakingPart(Generic[PersonT]):
    """Somebody in the round, their free time in its dates, and a client's needs.

    `taken` are times that stay taken, however many hours somebody gives.
    """

    person: PersonT
    free: tuple[Stretch, ...]
    taken: tuple[Span, ...]
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LeftOut(Generic[PersonT]):
    """Somebody who cannot take part; `why` is a key of `words`."""

    person: PersonT
    why: str


@dataclass(frozen=True, kw_only=True)
class Participants:
    """Everybody in the office's lists, in the order of their codes."""

    clients: tuple[TakingPart[Client], ...]
    assistants: tuple[TakingPart[Assistant], ...]
    clients_out: tuple[LeftOut[Client], ...]
    assistants_out: tuple[LeftOut[Assistant], ...]
    standing: Standing
    fixed: tuple[Appointment, ...]  # left alone, with those of clients who take no part
    closed: dict[date, str]


def words(why: str) -> str:
    """Say why somebody takes no part."""
    sentences: dict[str, str] = {
        "by-hand": _("taken out of this round by hand"),
        "ended": _("ended before the round begins"),
        "no-need": _("has no open need that still wants an appointment"),
        "no-language": _("no language is recorded"),
        "no-gender": _("no gender is recorded"),
        "no-origin": _("no country of origin is recorded"),
        "no-time": _("has no time on these dates"),
        "no-place": _("none of their places is in use any more"),
        "no-topic": _("covers no topic"),
    }
    return sentences[why]


def participants(office: Office, round: Round, *, now: datetime) -> Participants:
    """Sort everybody into those who take part and those who cannot.

    A client's day on which an appointment is left alone is full. Around such an appointment an
    assistant's buffer stays free.
    """
    return _sorted(office, round, standing(office, round, now=now), _people(Client), _people(Assistant), now)


def two_alone(office: Office, round: Round, appointment: Appointment, *, now: datetime) -> Participants:
    """The two people of an appointment and its need, for another time; all else that stands is left alone."""
    others = tuple(row for row in around(office, round) if row is not appointment)
    other_needs = frozenset(need.id for need in appointment.client.needs if need.id != appointment.need_id)
    stand = Standing(movable={}, fixed=others, met=other_needs)
    return _sorted(office, round, stand, [appointment.client], [appointment.assistant], now)


def _sorted(office: Office, round: Round, stand: Standing, everybody: Sequence[Client],
            helpers: Sequence[Assistant], now: datetime) -> Participants:
    closed = closed_days(office, round.first_day, round.last_day)
    calendar = _Calendar(office, round, closed, up(wall(now + NOTICE, office.timezone), office.grid_minutes))
    clients, clients_out = [], []
    for client in everybody:
        days = {calendar.span(row)[0].date() for row in stand.fixed if row.client_id == client.id}
        holes = [(_midnight(day), _midnight(day + timedelta(days=1))) for day in sorted(days)]
        free = calendar.free(client, holes)
        needs = tuple(need for need in client.needs if need.state == "open" and need.id not in stand.met)
        why = ("by-hand" if client.code in round.excluded_clients else _unfit(client, round)
               or ("" if needs else "no-need") or ("" if free else "no-time"))
        if why:
            clients_out.append(LeftOut(person=client, why=why))
        else:
            clients.append(TakingPart(person=client, free=free, taken=tuple(holes), needs=needs))
    taking = {one.person.id for one in clients}
    theirs = (row for row in stand.movable.values() if row.client_id not in taking)
    fixed = tuple(sorted((*stand.fixed, *theirs), key=lambda row: (row.starts_at, row.id)))
    skips = skipped(round.first_day, round.last_day, office.timezone)
    assistants, assistants_out, busy = [], [], _busy()
    for assistant in helpers:
        gap = timedelta(minutes=assistant.buffer_minutes)
        spans = (calendar.span(row, gap) for row in fixed if row.assistant_id == assistant.id)
        # What an assistant has written down themselves is no other appointment: it is the announced one.
        own = {(row.starts_at, row.ends_at) for row in stand.movable.values()
               if row.assistant_id == assistant.id}
        elsewhere = calendar.holes(span for span in busy[assistant.id] if span not in own)
        # The matcher counts a buffer on the wall clock. Where that goes forward, a whole buffer stays free
        # after it, so that nothing follows too soon on what was before.
        rests = ((start, end + gap) for start, end in skips if gap)
        holes = [*elsewhere, *spans, *rests]
        free = calendar.free(assistant, holes)
        why = ("by-hand" if assistant.code in round.excluded_assistants else _unfit(assistant, round)
               or ("" if assistant.all_topics or assistant.topics else "no-topic")
               or ("" if free else "no-time"))
        if why:
            assistants_out.append(LeftOut(person=assistant, why=why))
        else:
            assistants.append(TakingPart(person=assistant, free=free, taken=tuple(holes)))
    return Participants(clients=tuple(clients), assistants=tuple(assistants), clients_out=tuple(clients_out),
                        assistants_out=tuple(assistants_out), standing=stand, fixed=fixed, closed=closed)


def has_ended(person: Client | Assistant, day: date) -> bool:
    """Whether this person takes part in nothing any more on `day`."""
    return person.ended_on is not None and person.ended_on <= day


def _unfit(person: Client | Assistant, round: Round) -> str:
    if has_ended(person, round.first_day):
        return "ended"
    if person.places and not any(place.active for place in person.places):
        return "no-place"
    return ("" if person.languages else "no-language") or (
        "" if person.gender in GENDERS else "no-gender") or ("" if person.origin else "no-origin")


def _people(kind: type[PersonT]) -> Sequence[PersonT]:
    options = [selectinload(kind.places), selectinload(kind.weekly_hours).joinedload(WeeklyHours.place),
               selectinload(kind.dated_hours).joinedload(DatedHours.place)]
    if kind is Client:
        options += [selectinload(Client.needs).joinedload(Need.topic), selectinload(Client.not_with),
                    joinedload(Client.previous_assistant)]
    else:
        options += [selectinload(Assistant.topics)]
    # Sorted here, as everywhere where texts are: databases sort them by the rules of one language or another.
    return sorted(db.session.scalars(select(kind).options(*options)), key=lambda person: person.code)


def _busy() -> dict[int, list[Span]]:
    """The busy times of assistants' own calendars, in UTC, by assistant."""
    found: dict[int, list[Span]] = defaultdict(list)
    for assistant_id, busy in db.session.execute(
            select(OwnCalendar.assistant_id, OwnCalendar.busy).order_by(OwnCalendar.id)):
        found[assistant_id] += busy_spans(busy)
    return found


@dataclass(frozen=True)
class _Calendar:
    office: Office
    round: Round
    closed: dict[date, str]
    earliest: datetime  # local

    def span(self, row: Appointment, gap: timedelta = timedelta()) -> Span:
        """An appointment in local time, with true minutes before and after it."""
        zone = self.office.timezone
        return wall(row.starts_at - gap, zone), wall(row.ends_at + gap, zone)

    def holes(self, moments: Iterable[Span]) -> list[Span]:
        """Moments as spans of local time, those that touch the round's dates."""
        first, after = _midnight(self.round.first_day), _midnight(self.round.last_day + timedelta(days=1))
        zone = self.office.timezone
        local = ((wall(start, zone), wall(end, zone)) for start, end in moments)
        return [(start, end) for start, end in local if start < end and start < after and first < end]

    def free(self, person: Client | Assistant, holes: list[Span]) -> tuple[Stretch, ...]:
        last = self.round.last_day
        if person.ended_on is not None:
            last = min(last, person.ended_on - timedelta(days=1))
        if last < self.round.first_day:
            return ()
        listed = intervals(person, first_day=self.round.first_day, last_day=last, closed_days=self.closed,
                           timezone=self.office.timezone, grid_minutes=self.office.grid_minutes)
        in_use = {place.code for place in _places(person) if place.active}
        stretches = [Stretch(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"]),
                             tuple(one["places"]) if "places" in one else None)
                     for one in listed if in_use.issuperset(one.get("places", ()))]
        past = (_midnight(self.round.first_day), max(self.earliest, _midnight(self.round.first_day)))
        return tuple(on_grid(without(stretches, [past, *holes]), self.office.grid_minutes))


def _places(person: Client | Assistant) -> list[Place]:
    places = [*(one.place for one in person.weekly_hours), *(one.place for one in person.dated_hours)]
    return [place for place in places if place is not None]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local wall-clock time, as the matcher's
