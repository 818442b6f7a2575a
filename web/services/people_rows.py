"""Rows of people to what they say, and back: the only place that knows both."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from web.models import (
    Assistant,
    Client,
    DatedHours,
    Need,
    NotWith,
    Office,
    Place,
    Topic,
    WeeklyHours,
    current_office_id,
)
from web.services.people_data import (
    AssistantData,
    ClientData,
    DatedHoursData,
    Known,
    NeedData,
    PersonData,
    WeeklyHoursData,
    by_day,
)

_PLAIN = ("code", "name", "first_name", "gender", "origin", "mail_language", "email", "phone", "remarks")
_CLIENT = ("origin_wish", "gender_wish", "weight", "registered_on", "max_per_day", "reminders",
           "channel")
_ASSISTANT = ("max_clients", "max_minutes_per_week", "max_minutes_per_day", "buffer_minutes",
              "tells_own_story")


@dataclass(frozen=True)
class Directory:
    """An office's topics, places and assistants by code, loaded once for many people."""

    office: Office
    topics: Mapping[str, Topic]
    places: Mapping[str, Place]
    assistants: Mapping[str, int]  # code -> id
    topic_codes: Mapping[int, str]
    assistant_codes: Mapping[int, str]

    @property
    def known(self) -> Known:
        """What checks need of it."""
        return Known(
            country=self.office.country, timezone=self.office.timezone, assistants=self.assistants,
            grid_minutes=self.office.grid_minutes,
            topics={code: topic.id for code, topic in self.topics.items()},
            places={code: place.id for code, place in self.places.items()})


def load_directory(session: Session) -> Directory:
    """Read what people's rows refer to: three queries, however many people follow."""
    topics = session.scalars(select(Topic).order_by(Topic.id)).all()
    assistants = {code: row_id for row_id, code in session.execute(select(Assistant.id, Assistant.code))}
    return Directory(
        office=session.get_one(Office, current_office_id()),
        topics={topic.code: topic for topic in topics},
        places={place.code: place for place in session.scalars(select(Place).order_by(Place.id))},
        assistants=assistants,
        topic_codes={topic.id: topic.code for topic in topics},
        assistant_codes={row_id: code for code, row_id in assistants.items()})


def client_data(client: Client, directory: Directory) -> ClientData:
    """What a client's row says; with `replace()` a spreadsheet changes only what it has columns for."""
    return ClientData(
        **_person_data(client, _CLIENT),
        needs=tuple(NeedData(id=need.id, topic=directory.topic_codes[need.topic_id], minutes=need.minutes,
                             by=need.by, optional=need.optional, state=need.state) for need in client.needs),
        previous_assistant=directory.assistant_codes.get(client.previous_assistant_id or 0),
        not_with=tuple(sorted(directory.assistant_codes[row.assistant_id] for row in client.not_with)))


def assistant_data(assistant: Assistant) -> AssistantData:
    """What an assistant's row says."""
    return AssistantData(
        **_person_data(assistant, _ASSISTANT),
        topics=None if assistant.all_topics else tuple(sorted(topic.code for topic in assistant.topics)),
        accepts_genders=tuple(assistant.accepts_genders) if assistant.accepts_genders is not None else None)


def _person_data(person: Client | Assistant, more: tuple[str, ...]) -> dict[str, Any]:
    return {
        **{name: getattr(person, name) for name in (*_PLAIN, *more)},
        "languages": dict(person.languages), "cultures": tuple(person.cultures),
        "places": tuple(sorted(place.code for place in person.places)),
        "weekly_hours": tuple(WeeklyHoursData(
            weekdays=tuple(row.weekdays), start=row.start, end=row.end,
            place=row.place.code if row.place else None) for row in person.weekly_hours),
        "dated_hours": by_day(DatedHoursData(
            day=row.day, available=row.available, start=row.start, end=row.end, reason=row.reason,
            place=row.place.code if row.place else None) for row in person.dated_hours),
    }


def columns(data: ClientData | AssistantData, directory: Directory) -> dict[str, Any]:
    """The columns of a person's own row; what hangs on it has rows of its own."""
    own = {
        **{name: getattr(data, name) for name in _PLAIN},
        "languages": dict(data.languages), "cultures": list(data.cultures or ()),
    }
    if isinstance(data, ClientData):
        previous = data.previous_assistant
        return own | {name: getattr(data, name) for name in _CLIENT} | {
            "previous_assistant_id": directory.assistants[previous] if previous else None}
    genders = data.accepts_genders
    return own | {name: getattr(data, name) for name in _ASSISTANT} | {
        "all_topics": data.topics is None, "accepts_genders": list(genders) if genders is not None else None}


def weekly_columns(each: WeeklyHoursData, directory: Directory) -> dict[str, Any]:
    """The columns of a weekly pattern but its owner."""
    return {"weekdays": list(each.weekdays), "start": each.start, "end": each.end,
            "place_id": directory.places[each.place].id if each.place else None}


def dated_columns(each: DatedHoursData, directory: Directory) -> dict[str, Any]:
    """The columns of a day's exception but its owner."""
    return {"day": each.day, "start": each.start, "end": each.end, "available": each.available,
            "reason": each.reason, "place_id": directory.places[each.place].id if each.place else None}


def need_columns(each: NeedData, directory: Directory) -> dict[str, Any]:
    """The columns of a need but its client."""
    return {"topic_id": directory.topics[each.topic].id, "minutes": each.minutes, "by": each.by,
            "optional": each.optional, "state": each.state}


def write_client(client: Client, data: ClientData, before: ClientData | None,
                 directory: Directory) -> list[Need]:
    """Bring a client's row to what `data` says; returns the needs that were dropped just now."""
    _write_person(client, data, before, directory)
    if before is None or before.not_with != data.not_with:
        wanted = {directory.assistants[code] for code in data.not_with}
        kept = [row for row in client.not_with if row.assistant_id in wanted]
        new = wanted - {row.assistant_id for row in kept}
        client.not_with = kept + [NotWith(assistant_id=assistant_id) for assistant_id in sorted(new)]
    return _write_needs(client, data.needs, directory)


def write_assistant(assistant: Assistant, data: AssistantData, before: AssistantData | None,
                    directory: Directory) -> None:
    """Bring an assistant's row to what `data` says."""
    _write_person(assistant, data, before, directory)
    if before is None or before.topics != data.topics:
        assistant.topics = [directory.topics[code] for code in data.topics or ()]


def _write_person(person: Client | Assistant, data: ClientData | AssistantData,
                  before: PersonData | None, directory: Directory) -> None:
    for name, value in columns(data, directory).items():
        if before is None or getattr(person, name) != value:
            setattr(person, name, value)
    if before is None or before.places != data.places:
        person.places = [directory.places[code] for code in data.places]
    if before is None or before.weekly_hours != data.weekly_hours:
        person.weekly_hours = [WeeklyHours(**weekly_columns(each, directory)) for each in data.weekly_hours]
    if before is None or before.dated_hours != data.dated_hours:
        person.dated_hours = [DatedHours(**dated_columns(each, directory)) for each in data.dated_hours]
    if before is not None:
        # Rows of their own (needs, hours) are part of a person too: whoever edits the person at the
        # same time must hear of it, so that the person's version grows although no column changed.
        flag_modified(person, "name")


def _write_needs(client: Client, wanted: Iterable[NeedData], directory: Directory) -> list[Need]:
    """Update, add and drop needs; a need that is no longer mentioned is kept as dropped."""
    rows, dropped = {need.id: need for need in client.needs}, []
    mentioned = set()
    for each in wanted:
        row = rows.get(each.id) if each.id is not None else None
        if row is None:
            client.needs.append(Need(**need_columns(each, directory)))
            continue
        mentioned.add(row.id)
        if row.state != "dropped" == each.state:
            dropped.append(row)
        for name, value in need_columns(each, directory).items():
            setattr(row, name, value)
    for need_id, row in rows.items():
        if need_id not in mentioned and row.state != "dropped":
            row.state = "dropped"
            dropped.append(row)
    return dropped
