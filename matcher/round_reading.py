"""Reading r4r-round/1: the round as a whole, and what the office has decided about pairs."""

from __future__ import annotations

from datetime import date
from typing import Any

from matcher.office_reading import Read
from matcher.parts import Ban, Keep, Pin
from matcher.people_reading import PeopleReader
from matcher.reading import shown, under

FORMAT = "r4r-round/1"
LONGEST_ROUND = 366
REQUIRED = ("format", "timezone", "first_day", "last_day", "grid_minutes", "topics", "assistants", "clients")
OPTIONAL = ("policy", "closed_days", "pins", "bans", "keep")


class RoundReader(PeopleReader):
    """Reads one round; ids are gathered on the way, so that parts may name each other."""

    def __init__(self) -> None:
        super().__init__()
        self.need_ids: dict[str, frozenset[str]] = {}

    def round(self, document: object) -> dict[str, Any]:
        """Read the whole document into the fields of a Round; faults are in `self.faults`."""
        raw = self.fields(document, "", REQUIRED, OPTIONAL)
        if not isinstance(document, dict):
            return {}
        if "format" in raw and raw["format"] != FORMAT:
            self.fault("/format", f"{shown(raw['format'])} is not known", f'write "{FORMAT}"')
        out: dict[str, Any] = {"given": frozenset(raw)}
        readers: dict[str, Read] = {
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
        told = {fault.pointer for fault in self.faults}
        if {"first_day", "last_day"} <= set(out) and told.isdisjoint(("/first_day", "/last_day")):
            self.span(out["first_day"], out["last_day"])
        return out

    def span(self, first: date, last: date) -> None:
        """Refuse a round that ends before it starts, or that has no end in sight."""
        if last < first:
            self.fault("/last_day", f"{last} is before first_day", f"write {first} or later")
        elif (last - first).days >= LONGEST_ROUND:
            self.fault("/last_day", "the round is longer than a year", f"end it within {LONGEST_ROUND} days")

    def closed(self, value: object, pointer: str) -> tuple[date, ...]:
        """Read the days on which nobody meets."""
        days = self.items(value, pointer, self.day)
        self.once(days, pointer)
        return days

    def pairing(self) -> dict[str, tuple[Read, object]]:
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
        read = self.part(
            value,
            pointer,
            self.pairing(),
            {
                "need": self.text,
                "start": lambda v, p: self.moment(v, p, self.grid),
            },
        )
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


def _ids(value: object) -> frozenset[str]:
    things = value if isinstance(value, list) else []
    ids = (thing.get("id") for thing in things if isinstance(thing, dict))
    return frozenset(i for i in ids if isinstance(i, str))
