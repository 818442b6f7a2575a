"""The parts of a round: its people, their needs and times, and the rules of the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

LEVELS = ("served", "stability", "origin", "language", "gender", "continuity", "balance", "extras", "early")
GENDERS = ("male", "female", "other")
ORIGIN_WISHES = ("none", "prefer-same", "require-same", "require-different")
GENDER_WISHES = ("none", "prefer-female", "require-female", "prefer-male", "require-male")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a document that remembers which optional fields stood in it.

    An absent field and one that spells out its default mean the same, but are two documents with
    two hashes: `given` is what lets a round be written back as it came.
    """

    given: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge(Part):
    """A spoken language that speakers of another follow, at a loss of some levels (0..7)."""

    client: str
    assistant: str
    loss: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Part):
    """What the office puts first, and how well a pair must understand each other (1..7)."""

    levels: tuple[str, ...] = LEVELS
    minimum_level: int = 3
    bridges: tuple[Bridge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Part):
    """Opening hours: weekdays, and minutes of the day from `from_` up to `to` (0..1440)."""

    days: tuple[str, ...]
    from_: int
    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Part):
    """Something clients want help with; `windows` is None where any time will do."""

    id: str
    minutes: int
    windows: tuple[Window, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval(Part):
    """A half-open stretch of local time; `places` None stands for the person's own."""

    start: datetime
    end: datetime
    places: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant(Part):
    """Somebody who helps; None stands for every topic, place or gender, or for no limit.

    `languages` maps a language to its level, 1 (A1) to 7 (native).
    """

    id: str
    gender: str
    origin: str
    languages: Mapping[str, int]
    availability: tuple[Interval, ...]
    cultures: tuple[str, ...] = ()
    topics: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None
    accepts_genders: tuple[str, ...] | None = None
    caseload: int = 0
    max_clients: int | None = None
    max_minutes_per_week: int | None = None
    max_minutes_per_day: int | None = None
    buffer_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes(Part):
    """What a client wants the assistant's origin and gender to be."""

    origin: str = "none"
    gender: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(Part):
    """One thing a client wants help with; `minutes` None stands for the topic's."""

    id: str
    topic: str
    minutes: int | None = None
    by: date | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(Part):
    """Somebody who seeks support; `places` None stands for every place."""

    id: str
    gender: str
    origin: str
    languages: Mapping[str, int]
    needs: tuple[Need, ...]
    availability: tuple[Interval, ...]
    cultures: tuple[str, ...] = ()
    wishes: Wishes = Wishes()
    weight: int = 1
    places: tuple[str, ...] | None = None
    max_per_day: int = 1
    previous_assistant: str | None = None
    not_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin(Part):
    """What the office has decided: this pair, and, if `need` is not None, this appointment."""

    client: str
    assistant: str
    need: str | None = None
    start: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban(Part):
    """A pair that the office rules out."""

    client: str
    assistant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep(Part):
    """An appointment that has been announced and should stand."""

    client: str
    assistant: str
    need: str
    start: datetime
