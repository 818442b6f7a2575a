"""What a form or a row of a spreadsheet says about a person, before it becomes rows."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time


@dataclass(frozen=True, kw_only=True)
class WeeklyHoursData:
    """Time on these weekdays of every week, in the office's wall-clock time."""

    weekdays: tuple[str, ...]  # "mon" … "sun"
    start: time
    end: time  # 00:00 stands for midnight at the end of the day
    place: str | None = None  # a place's code; None: the person's places


@dataclass(frozen=True, kw_only=True)
class DatedHoursData:
    """One day: more time (`available`), or time that is taken away from everything else."""

    day: date
    available: bool
    start: time | None = None  # None: the whole day
    end: time | None = None  # 00:00 stands for midnight at the end of the day
    place: str | None = None  # only where available
    reason: str = ""


def by_day(dated: Iterable[DatedHoursData]) -> tuple[DatedHoursData, ...]:
    """Put days in the one order in which they can be compared with what is stored."""
    return tuple(sorted(dated, key=lambda each: (
        each.day, each.available, each.start or time(0), each.end or time(0), each.place or "", each.reason)))


@dataclass(frozen=True, kw_only=True)
class NeedData:
    """One thing a client wants help with."""

    topic: str  # a topic's code
    minutes: int | None = None  # None: the topic's
    by: date | None = None
    optional: bool = False
    state: str = "open"  # open, done, dropped
    id: int | None = None  # of the row that this edits; None: a new one


@dataclass(frozen=True, kw_only=True)
class PersonData:
    """What clients and assistants have in common; codes stand for topics, places and assistants."""

    name: str
    gender: str  # female, male, other
    origin: str  # ISO 3166-1 alpha-2
    languages: Mapping[str, str]  # {"prs": "native", "sr": "A2"}
    code: str = ""  # empty: the office's next free number
    first_name: str = ""  # empty: the first word of the name
    cultures: tuple[str, ...] | None = None  # None: what the catalogue says of origin and languages
    mail_language: str = ""  # empty: what suits the languages
    email: str = ""
    phone: str = ""
    remarks: str = ""
    places: tuple[str, ...] = ()  # none: everywhere
    weekly_hours: tuple[WeeklyHoursData, ...] = ()
    dated_hours: tuple[DatedHoursData, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClientData(PersonData):
    """What a client asks for."""

    origin_wish: str = "none"
    gender_wish: str = "none"
    weight: int = 2  # 1 low, 2 medium, 3 high, 5 urgent
    registered_on: date | None = None
    max_per_day: int = 1
    reminders: bool = True
    channel: str = "mail"  # mail, sms, none
    needs: tuple[NeedData, ...] = ()
    previous_assistant: str | None = None  # an assistant's code
    not_with: tuple[str, ...] = ()  # assistants' codes


@dataclass(frozen=True, kw_only=True)
class AssistantData(PersonData):
    """What an assistant offers and how much of it."""

    topics: tuple[str, ...] | None = None  # None: every topic
    accepts_genders: tuple[str, ...] | None = None  # None: everybody
    max_clients: int | None = None
    max_minutes_per_week: int | None = None
    max_minutes_per_day: int | None = None
    buffer_minutes: int = 0
    tells_own_story: bool = False


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the office has, so that many people can be checked without a query for each."""

    country: str  # the region of telephone numbers without a prefix
    timezone: str = "UTC"
    grid_minutes: int = 30
    topics: Mapping[str, int] = field(default_factory=dict)  # code -> row id
    places: Mapping[str, int] = field(default_factory=dict)
    assistants: Mapping[str, int] = field(default_factory=dict)
