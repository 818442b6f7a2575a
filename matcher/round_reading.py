"""Reading r4r-round/1: what each part must look like, and whom it may name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from matcher.languages import CEFR
from matcher.parts import (
    GENDER_WISHES,
    GENDERS,
    LEVELS,
    ORIGIN_WISHES,
    WEEKDAYS,
    Assistant,
    Ban,
    Bridge,
    Client,
    Interval,
    Keep,
    Need,
    Pin,
    Policy,
    Topic,
    Window,
    Wishes,
)
from matcher.reading import Reader, shown, under

FORMAT = "r4r-round/1"
DAY = 24 * 60
LONGEST_ROUND = 366
# Far beyond any office, and small enough that sums over 100,000 people stay exact everywhere.
LARGEST_COUNT = 100_000
LARGEST_WEIGHT = 1_000_000
REQUIRED = ("format", "timezone", "first_day", "last_day", "grid_minutes", "topics", "assistants", "clients")
OPTIONAL = ("policy", "closed_days", "pins", "bans", "keep")


class RoundReader(Reader):
    """Reads the parts of one round; ids are gathered first, so that any part may name any other."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = 0
        self.topics: dict[str, Topic] = {}
        self.assistant_ids: frozenset[str] = frozenset()
        self.need_ids: dict[str, frozenset[str]] = {}

    def round(self, document: object) -> dict[str, Any]:
        """Read the whole document into the fields of a Round; faults are in `self.faults`."""
        raw = self.fields(document, "", REQUIRED, OPTIONAL)
        if not isinstance(document, dict):
            return {}
        if "format" in raw and raw["format"] != FORMAT:
            self.fault("/format", f"{shown(raw['format'])} is not known", f'write "{FORMAT}"')
        out: dict[str, Any] = {"given": frozenset(raw)}
        readers: dict[str, Callable[[object, str], object]] = {
            "timezone": self.timezone,
            "grid_minutes": self.read_grid,
            "first_day": self.day,
            "last_day": self.day,
            "closed_days": self.closed,
            "policy": self.policy,
            "topics": lambda v, p: self.identified(v, p, self.topic),
            "assistants": lambda v, p: self.identified(v, p, self.assistant),
            "clients": lambda v, p: self.identified(v, p, self.client),
            "pins": self.pins,
            "bans": self.bans,
            "keep": self.keep,
        }
        self.assistant_ids = _ids(raw.get("assistants"))
        for name, read in readers.items():
            if name in raw:
                out[name] = read(raw[name], under("", name))
                if name == "topics":
                    self.topics = {topic.id: topic for topic in out[name]}
                if name == "clients":
                    self.need_ids = {c.id: frozenset(n.id for n in c.needs) for c in out[name]}
        if "first_day" in out and "last_day" in out:
            self.span(out["first_day"], out["last_day"])
        return out

    def span(self, first: date, last: date) -> None:
        """Refuse a round that ends before it starts, or that has no end in sight."""
        if last < first:
            self.fault("/last_day", f"{last} is before first_day", f"write {first} or later")
        elif (last - first).days >= LONGEST_ROUND:
            self.fault("/last_day", "the round is longer than a year", f"end it within {LONGEST_ROUND} days")

    def timezone(self, value: object, pointer: str) -> str:
        """Read the name of a zone of the IANA database."""
        text = self.text(value, pointer)
        if text:
            try:
                ZoneInfo(text)
            except (ValueError, OSError, KeyError):
                self.fault(pointer, f"{shown(text)} is no time zone", 'write one such as "Europe/Belgrade"')
        return text

    def read_grid(self, value: object, pointer: str) -> int:
        """Read the grid: minutes that divide the day."""
        before = len(self.faults)
        grid = self.number(value, pointer, 1, DAY)
        if DAY % grid:
            self.fault(pointer, f"{grid} minutes do not divide a day", "write 5, 10, 15, 20, 30 or 60")
        self.grid = grid if len(self.faults) == before else 0
        return grid

    def closed(self, value: object, pointer: str) -> tuple[date, ...]:
        """Read the days on which nobody meets."""
        days = self.items(value, pointer, self.day)
        self.once(days, pointer)
        return days

    def identified(self, value: object, pointer: str, read: Callable[[object, str], Any]) -> tuple[Any, ...]:
        """Read things that have an id of their own, each id once."""
        things = self.items(value, pointer, read)
        self.once([thing.id for thing in things], pointer, "id")
        return things

    def minutes(self, value: object, pointer: str) -> int:
        """Read the length of an appointment."""
        minutes = self.number(value, pointer, 1, DAY)
        self.on_grid(minutes, pointer, self.grid, value)
        return minutes

    def policy(self, value: object, pointer: str) -> Policy:
        """Read the office's order of levels, its least level of language and its bridges."""
        readers: dict[str, Callable[[object, str], object]] = {
            "levels": self.levels, "minimum_level": self.level, "bridges": self.bridges,
        }
        return Policy(**self.part(value, pointer, {}, readers))

    def levels(self, value: object, pointer: str) -> tuple[str, ...]:
        """Read which levels count, the most important first."""
        levels = self.items(value, pointer, lambda v, p: self.choice(v, p, LEVELS))
        self.once(levels, pointer)
        return levels

    def level(self, value: object, pointer: str) -> int:
        """Read a level of language as 1..7."""
        return CEFR.get(self.choice(value, pointer, CEFR), 1)

    def bridges(self, value: object, pointer: str) -> tuple[Bridge, ...]:
        """Read which languages carry over, each direction once."""
        bridges = self.items(value, pointer, self.bridge)
        self.once([b.client and b.assistant and (b.client, b.assistant) for b in bridges], pointer)
        return bridges

    def bridge(self, value: object, pointer: str) -> Bridge:
        """Read one direction of intelligibility."""
        return Bridge(**self.part(value, pointer, {
            "client": (self.text, ""), "assistant": (self.text, ""),
            "loss": (lambda v, p: self.number(v, p, 0, 7), 0),
        }))

    def topic(self, value: object, pointer: str) -> Topic:
        """Read something that clients want help with."""
        return Topic(**self.part(value, pointer, {"id": (self.text, ""), "minutes": (self.minutes, 1)}, {
            "windows": lambda v, p: self.items(v, p, self.window),
        }))

    def window(self, value: object, pointer: str) -> Window:
        """Read opening hours."""
        raw = self.part(value, pointer, {
            "days": (self.weekdays, ()),
            "from": (lambda v, p: self.clock(v, p, self.grid), -1),
            "to": (lambda v, p: self.clock(v, p, self.grid), -1),
        })
        window = Window(days=raw["days"], from_=raw["from"], to=raw["to"], given=raw["given"])
        if 0 <= window.to <= window.from_:
            self.fault(under(pointer, "to"), "does not come after from", "close after opening")
        return window

    def weekdays(self, value: object, pointer: str) -> tuple[str, ...]:
        """Read days of the week."""
        days = self.items(value, pointer, lambda v, p: self.choice(v, p, WEEKDAYS))
        self.once(days, pointer)
        return days

    def interval(self, value: object, pointer: str) -> Interval:
        """Read one stretch of availability."""
        before = len(self.faults)
        interval = Interval(**self.part(value, pointer, {
            "start": (lambda v, p: self.moment(v, p, self.grid), None),
            "end": (lambda v, p: self.moment(v, p, self.grid), None),
        }, {"places": self.texts}))
        if len(self.faults) == before and interval.end <= interval.start:
            self.fault(under(pointer, "end"), "does not come after start", "end later than start")
        return interval

    def languages(self, value: object, pointer: str) -> dict[str, int]:
        """Read which languages a person speaks, and how well."""
        if not isinstance(value, dict):
            self.fault(pointer, f"{shown(value)} is not an object", 'write {"fa": "native", ...}')
            return {}
        return {self.text(tag, under(pointer, tag)): self.level(level, under(pointer, tag))
                for tag, level in value.items()}

    def gender(self, value: object, pointer: str) -> str:
        """Read a gender."""
        return self.choice(value, pointer, GENDERS)

    def genders(self, value: object, pointer: str) -> tuple[str, ...]:
        """Read genders, each once."""
        genders = self.items(value, pointer, self.gender)
        self.once(genders, pointer)
        return genders

    def person(self) -> dict[str, tuple[Callable[[object, str], object], object]]:
        """Return what clients and assistants have in common."""
        return {
            "id": (self.text, ""), "gender": (self.gender, ""), "origin": (self.text, ""),
            "languages": (self.languages, {}),
            "availability": (lambda v, p: self.items(v, p, self.interval), ()),
        }

    def count(self, value: object, pointer: str) -> int:
        """Read how many, or how many minutes."""
        return self.number(value, pointer, 0, LARGEST_COUNT)

    def assistant(self, value: object, pointer: str) -> Assistant:
        """Read somebody who helps."""
        topic = self.known_in(self.topics, "topic")
        return Assistant(**self.part(value, pointer, self.person(), {
            "cultures": self.texts, "places": self.texts, "accepts_genders": self.genders,
            "topics": lambda v, p: self.distinct(v, p, topic),
            "caseload": self.count, "max_clients": self.count, "buffer_minutes": self.count,
            "max_minutes_per_week": self.count, "max_minutes_per_day": self.count,
        }))

    def client(self, value: object, pointer: str) -> Client:
        """Read somebody who seeks support."""
        assistant = self.known_in(self.assistant_ids, "assistant")
        needs: tuple[Callable[[object, str], object], object] = (
            lambda v, p: self.identified(v, p, self.need), ())
        return Client(**self.part(value, pointer, {**self.person(), "needs": needs}, {
            "cultures": self.texts, "places": self.texts, "wishes": self.wishes,
            "weight": lambda v, p: self.number(v, p, 1, LARGEST_WEIGHT),
            "max_per_day": self.count, "previous_assistant": assistant,
            "not_with": lambda v, p: self.distinct(v, p, assistant),
        }))

    def need(self, value: object, pointer: str) -> Need:
        """Read one thing a client wants help with."""
        topic = self.known_in(self.topics, "topic")
        return Need(**self.part(value, pointer, {"id": (self.text, ""), "topic": (topic, "")}, {
            "minutes": self.minutes, "by": self.day, "optional": self.flag,
        }))

    def wishes(self, value: object, pointer: str) -> Wishes:
        """Read what the client wants the assistant to be."""
        return Wishes(**self.part(value, pointer, {}, {
            "origin": lambda v, p: self.choice(v, p, ORIGIN_WISHES),
            "gender": lambda v, p: self.choice(v, p, GENDER_WISHES),
        }))

    def pairing(self) -> dict[str, tuple[Callable[[object, str], object], object]]:
        """Return how a pin, a ban or a kept appointment names its pair."""
        return {
            "client": (self.known_in(self.need_ids, "client"), ""),
            "assistant": (self.known_in(self.assistant_ids, "assistant"), ""),
        }

    def pins(self, value: object, pointer: str) -> tuple[Pin, ...]:
        """Read what the office has decided; contradictions are the solver's to name."""
        pins = self.items(value, pointer, self.pin)
        self.once([p.client and (p.client, p.assistant, p.need, p.start) for p in pins], pointer)
        return pins

    def pin(self, value: object, pointer: str) -> Pin:
        """Read one pin: a pair, or an appointment with its need and start."""
        read = self.part(value, pointer, self.pairing(), {
            "need": self.text, "start": lambda v, p: self.moment(v, p, self.grid),
        })
        pin = Pin(**read)
        if (pin.need is None) != (pin.start is None):
            lacks = "need" if pin.need is None else "start"
            self.fault(under(pointer, lacks), "is missing", "give need and start together, or neither")
        if pin.need:
            self.need_of(pin.client, pin.need, pointer)
        return pin

    def bans(self, value: object, pointer: str) -> tuple[Ban, ...]:
        """Read the pairs that the office rules out."""
        bans = self.items(value, pointer, lambda v, p: Ban(**self.part(v, p, self.pairing())))
        self.once([b.client and (b.client, b.assistant) for b in bans], pointer)
        return bans

    def keep(self, value: object, pointer: str) -> tuple[Keep, ...]:
        """Read the appointments that should stand."""
        keeps = self.items(value, pointer, self.kept)
        self.once([k.client and (k.client, k.assistant, k.need, k.start) for k in keeps], pointer)
        return keeps

    def kept(self, value: object, pointer: str) -> Keep:
        """Read one appointment that should stand."""
        start = (lambda v, p: self.moment(v, p, self.grid), None)
        keep = Keep(**self.part(value, pointer, {**self.pairing(), "need": (self.text, ""), "start": start}))
        if keep.need:
            self.need_of(keep.client, keep.need, pointer)
        return keep

    def need_of(self, client: str, need: str, pointer: str) -> None:
        """Refuse a need that the client does not have."""
        if client in self.need_ids and need not in self.need_ids[client]:
            told = f"{shown(need)} is no need of {shown(client)}"
            self.fault(under(pointer, "need"), told, "name a need of that client")

    def known_in(self, ids: Any, what: str) -> Callable[[object, str], str]:
        """Return a reader of ids that must be among those declared."""
        return lambda value, pointer: self.known(value, pointer, ids, what)

    def distinct(self, value: object, pointer: str, read: Callable[[object, str], str]) -> tuple[str, ...]:
        """Read an array in which nothing stands twice."""
        items = self.items(value, pointer, read)
        self.once(items, pointer)
        return items

    def part(
        self,
        value: object,
        pointer: str,
        required: dict[str, tuple[Callable[[object, str], object], object]],
        optional: dict[str, Callable[[object, str], object]] | None = None,
    ) -> dict[str, Any]:
        """Read the fields of a part; a required field that is missing gets a stand-in."""
        optional = optional or {}
        raw = self.fields(value, pointer, required, optional)
        out: dict[str, Any] = {name: standin for name, (_, standin) in required.items()}
        for name, given in raw.items():
            read = required[name][0] if name in required else optional[name]
            out[name] = read(given, under(pointer, name))
        out["given"] = frozenset(raw)
        return out


def _ids(value: object) -> frozenset[str]:
    things = value if isinstance(value, list) else []
    ids = (thing.get("id") for thing in things if isinstance(thing, dict))
    return frozenset(i for i in ids if isinstance(i, str))
