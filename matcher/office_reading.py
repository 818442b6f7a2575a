"""Reading what a round says about the office: its grid, its policy and its topics."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from zoneinfo import ZoneInfo

from matcher.languages import CEFR
from matcher.parts import LEVELS, WEEKDAYS, Bridge, Policy, Topic, Window
from matcher.reading import Reader, shown, under

DAY = 24 * 60
Read = Callable[[object, str], Any]


class OfficeReader(Reader):
    """Reads the office's own parts, and knows how any part is read: field by field."""

    def __init__(self) -> None:
        super().__init__()
        # 0 until a grid was read that is none at fault itself.
        self.grid = 0

    def part(
        self,
        value: object,
        pointer: str,
        required: dict[str, tuple[Read, object]],
        optional: dict[str, Read] | None = None,
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

    def known_in(self, ids: Collection[str], what: str) -> Read:
        """Return a reader of ids that must be among those declared."""
        return lambda value, pointer: self.known(value, pointer, ids, what)

    def distinct(self, value: object, pointer: str, read: Read) -> tuple[str, ...]:
        """Read an array in which nothing stands twice."""
        items = self.items(value, pointer, read)
        self.once(items, pointer)
        return items

    def identified(self, value: object, pointer: str, read: Read) -> tuple[Any, ...]:
        """Read things that have an id of their own, each id once."""
        things = self.items(value, pointer, read)
        self.once([thing.id for thing in things], pointer, "id")
        return things

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

    def minutes(self, value: object, pointer: str) -> int:
        """Read the length of an appointment."""
        minutes = self.number(value, pointer, 1, DAY)
        self.on_grid(minutes, pointer, self.grid, value)
        return minutes

    def policy(self, value: object, pointer: str) -> Policy:
        """Read the office's order of levels, its least level of language and its bridges."""
        readers: dict[str, Read] = {
            "levels": self.levels,
            "minimum_level": self.level,
            "bridges": self.bridges,
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
        return Bridge(
            **self.part(
                value,
                pointer,
                {
                    "client": (self.text, ""),
                    "assistant": (self.text, ""),
                    "loss": (lambda v, p: self.number(v, p, 0, 7), 0),
                },
            )
        )

    def topic(self, value: object, pointer: str) -> Topic:
        """Read something that clients want help with."""
        return Topic(
            **self.part(
                value,
                pointer,
                {"id": (self.text, ""), "minutes": (self.minutes, 1)},
                {
                    "windows": lambda v, p: self.items(v, p, self.window),
                },
            )
        )

    def window(self, value: object, pointer: str) -> Window:
        """Read opening hours."""
        raw = self.part(
            value,
            pointer,
            {
                "days": (self.weekdays, ()),
                "from": (lambda v, p: self.clock(v, p, self.grid), -1),
                "to": (lambda v, p: self.clock(v, p, self.grid), -1),
            },
        )
        window = Window(days=raw["days"], from_=raw["from"], to=raw["to"], given=raw["given"])
        if 0 <= window.to <= window.from_:
            self.fault(under(pointer, "to"), "does not come after from", "close after opening")
        return window

    def weekdays(self, value: object, pointer: str) -> tuple[str, ...]:
        """Read days of the week."""
        days = self.items(value, pointer, lambda v, p: self.choice(v, p, WEEKDAYS))
        self.once(days, pointer)
        return days
