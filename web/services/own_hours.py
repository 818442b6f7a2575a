"""Availability as assistants edit it themselves, on a phone: a week of hours, and days that differ."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from web.i18n import gettext as _
from web.models import Assistant, DatedHours, Notice, Office, Place, current_office_id, db
from web.services import assistants, audit, people
from web.services.availability import WEEKDAYS
from web.services.errors import ConflictError, InvalidInputError, NotFoundError
from web.services.form_reader import Form, Reader
from web.services.hours_words import clocks_change, in_words
from web.services.people_data import AssistantData, DatedHoursData, WeeklyHoursData
from web.services.people_rows import assistant_data
from web.services.transactions import transaction

MOST_SPANS = 6  # of one day
MOST_DAYS = 92  # at once: a summer


@dataclass(frozen=True)
class Line:
    """One span of one weekday, as a form shows it; an empty one waits to be filled in."""

    name: str  # of its fields, e.g. "mon-0"
    start: str = ""
    end: str = ""
    place: str = ""


def week_lines(weekly: Iterable[WeeklyHoursData]) -> dict[str, list[Line]]:
    """Each weekday's spans, the earliest first, with an empty line after them."""
    spans: dict[str, list[tuple[time, time, str]]] = {day: [] for day in WEEKDAYS}
    for each in weekly:
        for day in each.weekdays:
            spans[day].append((each.start, each.end, each.place or ""))
    return {day: [*(Line(f"{day}-{number}", f"{start:%H:%M}", f"{end:%H:%M}", place)
                    for number, (start, end, place) in enumerate(sorted(found))), Line(f"{day}-{len(found)}")]
            for day, found in spans.items()}


def form_lines(form: Form) -> dict[str, list[Line]]:
    """The same from what was sent, so that a form with a fault is shown as it was typed."""
    return {day: [Line(f"{day}-{number}", *(form.get(f"{day}-{number}-{part}", "")
                                            for part in ("from", "to", "place")))
                  for number in range(MOST_SPANS + 1) if f"{day}-{number}-from" in form]
            for day in WEEKDAYS}


def read_week(form: Form) -> tuple[WeeklyHoursData, ...]:
    """What a form says of the week.

    Raises
    ------
    InvalidInputError
        By the names of the lines, such as "mon-0".
    """
    reader, faults = Reader(form), dict[str, str]()
    found: list[tuple[str, time, time, str | None]] = []
    for day, lines in form_lines(form).items():
        for line in lines:
            if not (line.start or line.end):
                continue
            start, end = reader.time(f"{line.name}-from"), reader.time(f"{line.name}-to")
            if start is None or end is None:
                faults[line.name] = _("Write both from and to, like 09:00 and 13:30.")
            elif time(0) != end <= start:
                faults[line.name] = _("The end must be after the beginning.")
            else:
                found.append((day, start, end, line.place or None))
    if faults:
        raise InvalidInputError(faults)
    return _grouped(found)


def _grouped(spans: Iterable[tuple[str, time, time, str | None]]) -> tuple[WeeklyHoursData, ...]:
    """Days with the same hours as one pattern: that is how coordinators read and write them."""
    days: dict[tuple[time, time, str | None], set[str]] = {}
    for day, start, end, place in spans:
        days.setdefault((start, end, place), set()).add(day)
    patterns = [WeeklyHoursData(weekdays=tuple(day for day in WEEKDAYS if day in found), start=start, end=end,
                                place=place) for (start, end, place), found in days.items()]
    return tuple(sorted(patterns, key=lambda each: (WEEKDAYS.index(each.weekdays[0]), each.start, each.end,
                                                    each.place or "")))


def save_week(*, assistant_id: int, weekly: Sequence[WeeklyHoursData], version: int, now: datetime) -> bool:
    """Give an assistant another week; say whether it is another one.

    Raises
    ------
    ConflictError
        Somebody at the office changed the record meanwhile.
    """
    before = assistant_data(assistants.get_assistant(assistant_id))
    same = _grouped((day, each.start, each.end, each.place) for each in before.weekly_hours
                    for day in each.weekdays)
    if same == tuple(weekly):
        return False
    _save(assistant_id, replace(before, weekly_hours=tuple(weekly)), version, now)
    return True


def add_days(*, assistant_id: int, form: Form, today: date, version: int, now: datetime) -> None:
    """Add days on which an assistant has no time, or more of it; hours left open are the whole day.

    Raises
    ------
    InvalidInputError
        For the fields `first`, `last` and `hours`.
    """
    reader = Reader(form)
    first = reader.day("first")
    last = reader.day("last") or first
    start, end = reader.time("from"), reader.time("to")
    faults = reader.faults
    if first is None or first < today:
        faults.setdefault("first", _("Choose a day from today on."))
    elif last is None or last < first or (last - first).days >= MOST_DAYS:
        faults.setdefault("last", _("Choose a last day at most three months after the first."))
    if (start is None) != (end is None):
        faults["hours"] = _("Write both from and to, or neither for the whole day.")
    elif start is not None and end is not None and time(0) != end <= start:
        faults["hours"] = _("The end must be after the beginning.")
    if faults or first is None or last is None:
        raise InvalidInputError(faults)
    before = assistant_data(assistants.get_assistant(assistant_id))
    days = [DatedHoursData(day=first + timedelta(days=number), available=form.get("kind") == "more",
                           start=start, end=end) for number in range((last - first).days + 1)]
    if fault := clocks_change(days, db.session.get_one(Office, current_office_id()).timezone):
        raise InvalidInputError({"hours": fault})
    _save(assistant_id, replace(before, dated_hours=(*before.dated_hours, *(
        day for day in days if day not in before.dated_hours))), version, now)


def remove_day(*, assistant_id: int, day_id: int, now: datetime) -> None:
    """Take a day's exception back."""
    row = db.session.get(DatedHours, day_id)
    if row is None or row.assistant_id != assistant_id:
        raise NotFoundError(_("This day has been removed already."))
    assistant = assistants.get_assistant(assistant_id)
    before = assistant_data(assistant)
    gone = dated_data(row)
    left = tuple(each for each in before.dated_hours if each != gone)
    _save(assistant_id, replace(before, dated_hours=left), assistant.version, now)


def coming_days(assistant: Assistant, *, today: date) -> list[DatedHours]:
    """An assistant's exceptions from today on, the next first."""
    return sorted((row for row in assistant.dated_hours if row.day >= today),
                  key=lambda row: (row.day, row.start or time(0), row.id))


def dated_data(row: DatedHours) -> DatedHoursData:
    """What a row says."""
    return DatedHoursData(day=row.day, available=row.available, start=row.start, end=row.end,
                          place=row.place.code if row.place else None, reason=row.reason)


def week_in_words(assistant: Assistant) -> list[str]:
    """What the week is, with places by their names: no assistant knows their codes."""
    names = {row.place.code: row.place.name for row in assistant.weekly_hours if row.place is not None}
    return in_words([replace(each, place=names.get(each.place or ""))
                     for each in assistant_data(assistant).weekly_hours], [])


def day_in_words(row: DatedHours) -> str:
    """What is different on a day, with the place by its name."""
    (sentence,) = in_words([], [replace(dated_data(row), place=row.place.name if row.place else None)])
    return sentence


def places_to_choose(assistant: Assistant) -> list[tuple[str, str]]:
    """Places that a span may be for; none where there is nothing to choose."""
    own = [place for place in assistant.places if place.active]
    listed = own or list(db.session.scalars(select(Place).where(Place.active)))
    used = {row.place for row in assistant.weekly_hours if row.place is not None}
    if len(listed) < 2 and not used:
        return []
    offered = {(place.code, place.name) for place in (*listed, *used)}
    return sorted(offered, key=lambda each: (each[1].casefold(), each[0]))


def _save(assistant_id: int, data: AssistantData, version: int, now: datetime) -> None:
    with transaction() as session:
        try:
            saved = assistants.save_assistant(data=data, assistant_id=assistant_id, version=version,
                                              user_id=None, now=now)
        except InvalidInputError as error:
            raise InvalidInputError({"hours": _own_fault(data, now)}) from error
        except ConflictError as error:
            raise ConflictError(_("The office changed your record meanwhile. Nothing of yours was saved yet: "
                                  "please look at it and try again.")) from error
        if saved.outcome != "unchanged":
            _tell(session, assistant_id, now)


def _own_fault(data: AssistantData, now: datetime) -> str:
    """Why a record is refused: for a day that stands on their page, or for what only the office sees."""
    coming = (each for each in data.dated_hours if each.day >= people.today(now))
    return (clocks_change(coming, db.session.get_one(Office, current_office_id()).timezone)
            or _("The office must correct your record first. Please call."))


def _tell(session: Session, assistant_id: int, now: datetime) -> None:
    """Let the coordinators know once, until they have seen it."""
    unseen = select(Notice.id).where(Notice.kind == "own-hours", Notice.assistant_id == assistant_id,
                                     Notice.seen_at.is_(None)).limit(1)
    if session.scalars(unseen).first() is None:
        session.add(Notice(kind="own-hours", assistant_id=assistant_id, created_at=now))


def choose_language(*, assistant_id: int, language: str, now: datetime) -> None:
    """Speak another language with an assistant: on these pages, in mails and in their calendar."""
    with transaction() as session:
        audit.record(session, user_id=None, action="assistant.language", now=now,
                            subject=f"assistant:{assistant_id}")
        assistants.get_assistant(assistant_id).mail_language = language
