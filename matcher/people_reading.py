"""Reading what a round says about people: their languages, wishes, needs and times."""

from __future__ import annotations

from matcher.office_reading import OfficeReader, Read
from matcher.parts import (
    GENDER_WISHES,
    GENDERS,
    ORIGIN_WISHES,
    Assistant,
    Client,
    Interval,
    Need,
    Topic,
    Wishes,
)
from matcher.reading import shown, under

# Far beyond any office, and small enough that sums over 100,000 people stay exact everywhere.
LARGEST_COUNT = 100_000
LARGEST_WEIGHT = 1_000_000


class PeopleReader(OfficeReader):
    """Reads clients and assistants, who may name any topic and any assistant of the round."""

    def __init__(self) -> None:
        super().__init__()
        self.topics: dict[str, Topic] = {}
        self.assistant_ids: frozenset[str] = frozenset()

    def person(self) -> dict[str, tuple[Read, object]]:
        """Return what clients and assistants have in common."""
        return {
            "id": (self.text, ""),
            "gender": (self.gender, ""),
            "origin": (self.text, ""),
            "languages": (self.languages, {}),
            "availability": (lambda v, p: self.items(v, p, self.interval), ()),
        }

    def interval(self, value: object, pointer: str) -> Interval:
        """Read one stretch of availability."""
        before = len(self.faults)
        interval = Interval(
            **self.part(
                value,
                pointer,
                {
                    "start": (lambda v, p: self.moment(v, p, self.grid), None),
                    "end": (lambda v, p: self.moment(v, p, self.grid), None),
                },
                {"places": self.texts},
            )
        )
        if len(self.faults) == before and interval.end <= interval.start:
            self.fault(under(pointer, "end"), "does not come after start", "end later than start")
        return interval

    def languages(self, value: object, pointer: str) -> dict[str, int]:
        """Read which languages a person speaks, and how well."""
        if not isinstance(value, dict):
            self.fault(pointer, f"{shown(value)} is not an object", 'write {"fa": "native", ...}')
            return {}
        return {
            self.text(tag, under(pointer, tag)): self.level(level, under(pointer, tag))
            for tag, level in value.items()
        }

    def gender(self, value: object, pointer: str) -> str:
        """Read a gender."""
        return self.choice(value, pointer, GENDERS)

    def genders(self, value: object, pointer: str) -> tuple[str, ...]:
        """Read genders, each once."""
        genders = self.items(value, pointer, self.gender)
        self.once(genders, pointer)
        return genders

    def count(self, value: object, pointer: str) -> int:
        """Read how many, or how many minutes."""
        return self.number(value, pointer, 0, LARGEST_COUNT)

    def assistant(self, value: object, pointer: str) -> Assistant:
        """Read somebody who helps."""
        topic = self.known_in(self.topics, "topic")
        return Assistant(
            **self.part(
                value,
                pointer,
                self.person(),
                {
                    "cultures": self.texts,
                    "places": self.texts,
                    "accepts_genders": self.genders,
                    "topics": lambda v, p: self.distinct(v, p, topic),
                    "caseload": self.count,
                    "max_clients": self.count,
                    "buffer_minutes": self.count,
                    "max_minutes_per_week": self.count,
                    "max_minutes_per_day": self.count,
                },
            )
        )

    def client(self, value: object, pointer: str) -> Client:
        """Read somebody who seeks support."""
        assistant = self.known_in(self.assistant_ids, "assistant")
        needs: tuple[Read, object] = (
            lambda v, p: self.identified(v, p, self.need),
            (),
        )
        return Client(
            **self.part(
                value,
                pointer,
                {**self.person(), "needs": needs},
                {
                    "cultures": self.texts,
                    "places": self.texts,
                    "wishes": self.wishes,
                    "weight": lambda v, p: self.number(v, p, 1, LARGEST_WEIGHT),
                    "max_per_day": self.count,
                    "previous_assistant": assistant,
                    "not_with": lambda v, p: self.distinct(v, p, assistant),
                },
            )
        )

    def need(self, value: object, pointer: str) -> Need:
        """Read one thing a client wants help with."""
        topic = self.known_in(self.topics, "topic")
        return Need(
            **self.part(
                value,
                pointer,
                {"id": (self.text, ""), "topic": (topic, "")},
                {
                    "minutes": self.minutes,
                    "by": self.day,
                    "optional": self.flag,
                },
            )
        )

    def wishes(self, value: object, pointer: str) -> Wishes:
        """Read what the client wants the assistant to be."""
        return Wishes(
            **self.part(
                value,
                pointer,
                {},
                {
                    "origin": lambda v, p: self.choice(v, p, ORIGIN_WISHES),
                    "gender": lambda v, p: self.choice(v, p, GENDER_WISHES),
                },
            )
        )
