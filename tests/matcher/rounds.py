"""Small random rounds of every shape: each field of a round, its edges, and never enough of anything.

`small_round(random.Random(seed))` is the same round for ever; `small_rounds` hands the same generator
to hypothesis, which shrinks what it finds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.matcher.exact import LEVELS, WEEKDAYS, appointments_possible, pairs_possible

Document = dict[str, Any]

GENDERS = ["female", "male", "other"]
ORIGINS = ["AF", "IR", "SY"]
CULTURES = ["persianate", "levant"]
LANGUAGES = ["prs", "fa", "apc"]
CEFR = ["A1", "A2", "B1", "B2", "C1", "C2", "native"]
PLACES = ["office", "centre"]
# Mondays, Fridays and Sundays, so that weeks split; the year's 53rd week; the two changes of the clock.
FIRST_DAYS = ["2026-12-07", "2026-12-11", "2026-12-13", "2026-12-31", "2026-03-27", "2026-10-24"]


def small_round(rng: Random) -> Document:
    """A round of up to eight clients and four assistants over up to five days."""
    return _Maker(rng).document()


small_rounds = st.randoms(use_true_random=False).map(small_round)


class _Maker:
    """Draws the parts of one round; a day is a dozen steps of the grid from an hour on."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        # In steps of four hours a whole day is small, and buffers reach over midnight.
        self.grid = rng.choice([5, 15, 15, 30, 30, 30, 60, 240])
        self.steps = 6 if self.grid == 240 else rng.choice([4, 6, 8, 8, 12])
        latest = 24 * 60 - self.steps * self.grid
        self.dawn = 0 if self.grid == 240 else rng.choice([9 * 60, 9 * 60, 9 * 60, 0, latest])
        self.first = date.fromisoformat(rng.choice(FIRST_DAYS))
        self.days = rng.randint(1, 5)
        self.with_places = self.chance(0.5)
        self.common = rng.choice([1, 2, 2])  # languages that each person speaks at least
        self.with_cultures = self.chance(0.6)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def some(self, of: list[str], least: int = 0) -> list[str]:
        return sorted(self.rng.sample(of, self.rng.randint(least, len(of))))

    def day(self, number: int) -> str:
        return (self.first + timedelta(days=number)).isoformat()

    def clock(self, step: int) -> str:
        minutes = self.dawn + step * self.grid
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def time(self, day: int, step: int) -> str:
        clock = self.clock(step)
        return f"{self.day(day + 1)}T00:00" if clock == "24:00" else f"{self.day(day)}T{clock}"

    def document(self) -> Document:
        rng = self.rng
        document: Document = {
            "format": "r4r-round/1",
            "timezone": "Europe/Belgrade",
            "first_day": self.day(0),
            "last_day": self.day(self.days - 1),
            "grid_minutes": self.grid,
            "policy": {
                "levels": self.levels(),
                "minimum_level": rng.choice(["A1", "A2", "B1", "B1", "B2", "C1"]),
            },
            "topics": [self.topic(f"t{i}") for i in range(rng.randint(1, 3))],
        }
        if self.chance(0.5):
            document["policy"]["bridges"] = self.bridges()
        if self.chance(0.2):
            document["closed_days"] = [self.day(rng.randrange(self.days))]
        self.topics = [topic["id"] for topic in document["topics"]]
        self.assistants = [f"a{i}" for i in range(rng.choice([0] + [1, 2, 2, 3, 3, 3, 4] * 3))]
        document["assistants"] = [self.assistant(name) for name in self.assistants]
        clients = rng.choice([0] + [2, 3, 4, 5, 5, 6, 7, 8] * 3)
        document["clients"] = [self.client(f"c{i}") for i in range(clients)]
        if self.chance(0.2):
            self.make_odd(document)
        if clients and self.assistants:
            self.wishes_of_the_office(document)
        return document

    def make_odd(self, document: Document) -> None:
        """Change one thing to what is allowed and hardly ever seen."""
        rng = self.rng
        person = rng.choice(document["clients"] + document["assistants"] or [{}])
        client = rng.choice(document["clients"] or [{}])
        assistant = rng.choice(document["assistants"] or [{}])
        day_before = (self.first - timedelta(days=1)).isoformat()
        odd: list[Callable[[], object]] = [
            lambda: document.pop("policy"),
            lambda: document["policy"].pop("minimum_level"),
            lambda: document["policy"].update(levels=[]),
            lambda: document["topics"][0].update(windows=[]),
            lambda: client.update(needs=[]),
            lambda: client.update(max_per_day=0),
            lambda: person.update(availability=[]),
            lambda: person.update(languages={}),
            lambda: person.update(places=[]),
            lambda: assistant.update(topics=[]),
            lambda: assistant.update(accepts_genders=[]),
            lambda: person.update(
                availability=[{"start": f"{day_before}T00:00", "end": f"{self.day(self.days)}T12:00"}]
            ),
        ]
        rng.choice(odd)()

    def levels(self) -> list[str]:
        if self.chance(0.6):
            return list(LEVELS)
        return self.rng.sample(LEVELS, self.rng.randint(1, len(LEVELS)))

    def bridges(self) -> list[Document]:
        ways = [(x, y) for x in LANGUAGES for y in LANGUAGES if x != y]
        return [
            {"client": x, "assistant": y, "loss": self.rng.choice([0, 0, 1, 2])}
            for x, y in self.rng.sample(ways, self.rng.randint(1, 3))
        ]

    def topic(self, name: str) -> Document:
        topic: Document = {"id": name, "minutes": self.grid * self.rng.choice([1, 1, 1, 2, 2, 3])}
        if self.chance(0.5):
            topic["windows"] = [self.window() for _ in range(self.rng.choice([1, 1, 2]))]
        return topic

    def window(self) -> Document:
        days = self.rng.choice([WEEKDAYS, WEEKDAYS[:5], WEEKDAYS[5:], self.some(WEEKDAYS, least=2)])
        start = self.rng.randint(0, self.steps - 2)
        end = self.rng.randint(start + 2, self.steps)
        return {"days": list(days), "from": self.clock(start), "to": self.clock(end)}

    def person(self, name: str) -> Document:
        person: Document = {
            "id": name,
            "gender": self.rng.choice(GENDERS[:2] * 4 + GENDERS[2:]),
            "origin": self.rng.choice(ORIGINS),
            "languages": {
                tongue: self.rng.choice(CEFR[1:] * 2 + CEFR[4:] * 3)
                for tongue in self.some(LANGUAGES, least=self.common)
            },
        }
        if self.with_cultures:
            person["cultures"] = self.some(CULTURES)
        if self.with_places and self.chance(0.6):
            person["places"] = self.places()
        person["availability"] = [part for day in range(self.days) for part in self.free(day)]
        return person

    def places(self) -> list[str]:
        return [] if self.chance(0.03) else self.some(PLACES, least=1)

    def free(self, day: int) -> list[Document]:
        """None, the whole day, one part of it, or two parts that may touch, overlap or differ in place."""
        kind = self.rng.choice(["none", "all", "all", "part", "two", "touching"])
        if kind == "none":
            return []
        marks = sorted(self.rng.sample(range(self.steps + 1), 4))
        spans = {
            "all": [(0, self.steps)],
            "part": [(marks[0], marks[3])],
            "two": [(marks[0], marks[1]), (marks[2], marks[3])],
            "touching": [(marks[0], marks[2]), (marks[self.rng.choice([1, 2, 2])], marks[3])],
        }[kind]
        parts = [{"start": self.time(day, start), "end": self.time(day, end)} for start, end in spans]
        for part in parts:
            if self.with_places and self.chance(0.3):
                part["places"] = self.places()  # type: ignore[assignment]
        return parts

    def assistant(self, name: str) -> Document:
        rng, assistant = self.rng, self.person(name)
        optional: dict[str, Any] = {
            "topics": self.some(self.topics, least=max(1, len(self.topics) - 1)),
            "accepts_genders": self.some(GENDERS, least=2 - self.chance(0.3)),
            "caseload": rng.randint(0, 4),
            "max_clients": rng.choice([0, 1, 1, 2, 2, 2, 3, 3]),
            "max_minutes_per_week": self.grid * rng.randint(2, 6) + rng.choice([0, 0, 1]),
            "max_minutes_per_day": self.grid * rng.randint(1, 5),
            "buffer_minutes": self.grid * rng.choice([1, 1, 2, 3]) - rng.choice([0, 0, 4]),
        }
        shares = [0.35, 0.2, 0.4, 0.4, 0.4, 0.4, 0.6]
        assistant |= {
            k: v for (k, v), share in zip(optional.items(), shares, strict=True) if self.chance(share)
        }
        return assistant

    def client(self, name: str) -> Document:
        rng, client = self.rng, self.person(name)
        only_optional = self.chance(0.06)
        client["needs"] = [self.need(f"n{i}", only_optional) for i in range(rng.choice([1, 1, 2, 2, 3]))]
        origin = ["none", "prefer-same", "prefer-same", "prefer-same", "require-same", "require-different"]
        gender = ["none", *["prefer-female", "prefer-male"] * 3, "require-female", "require-male"]
        optional: dict[str, Any] = {
            "wishes": {"origin": rng.choice(origin), "gender": rng.choice(gender)},
            "weight": rng.randint(1, 4),
            "max_per_day": rng.randint(1, 3),
        }
        if self.assistants:
            optional["previous_assistant"] = rng.choice(self.assistants)
            optional["not_with"] = [rng.choice(self.assistants)]
        shares = [0.7, 0.5, 0.6, 0.4, 0.15]
        client |= {
            k: v for (k, v), share in zip(optional.items(), shares, strict=False) if self.chance(share)
        }
        if "wishes" in client and self.chance(0.2):
            del client["wishes"][rng.choice(["origin", "gender"])]
        return client

    def need(self, name: str, only_optional: bool) -> Document:
        need: Document = {"id": name, "topic": self.rng.choice(self.topics)}
        if self.chance(0.3):
            need["minutes"] = self.grid * self.rng.randint(1, 3)
        if self.chance(0.2):
            need["by"] = self.day(self.rng.randrange(self.days))
        if only_optional or (name != "n0" and self.chance(0.4)):
            need["optional"] = True
        return need

    def wishes_of_the_office(self, document: Document) -> None:
        """Bans, then what a former plan left: keep, and pins, of which few are impossible."""
        rng = self.rng
        names = [client["id"] for client in document["clients"]]
        if self.chance(0.2):
            document["bans"] = [{"client": rng.choice(names), "assistant": rng.choice(self.assistants)}]
        appointments = appointments_possible(document)
        if appointments and self.chance(0.5):
            document["keep"] = rng.sample(appointments, min(len(appointments), rng.randint(1, 4)))
        if self.chance(0.2):
            pins: list[Document] = []
            pairs = sorted(pairs_possible(document))
            for _ in range(rng.randint(1, 2)):
                if appointments and self.chance(0.5):
                    pins.append(rng.choice(appointments))
                elif pairs and self.chance(0.8):
                    client, assistant = rng.choice(pairs)
                    pins.append({"client": client, "assistant": assistant})
                else:
                    pins.append({"client": rng.choice(names), "assistant": rng.choice(self.assistants)})
            document["pins"] = [pin for i, pin in enumerate(pins) if pin not in pins[:i]]
