"""Reading JSON from outside: every fault is gathered with its place, none becomes a traceback."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from matcher.errors import Fault

T = TypeVar("T")
LONGEST_TEXT = 200
# Control characters, line ends, and lone surrogates, which have no UTF-8 form and so no hash. Other
# unprintable characters stay: Persian writes words with a zero-width non-joiner.
_UNFIT = {"Cc", "Cs", "Zl", "Zp"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
# Beyond these, arithmetic with days runs out of the calendar that Python knows.
_YEARS = range(1900, 3000)
# What stands for a value that was at fault: reading goes on to find the other faults.
NO_DATE = date(2000, 1, 1)
NO_MOMENT = datetime.fromisoformat("2000-01-01T00:00")


def shown(value: object) -> str:
    """Show a value in a message: as JSON, on one line, not too long."""
    text = (
        json.dumps(value, ensure_ascii=True, default=str)
        if not isinstance(value, (dict, list))
        else ("an object" if isinstance(value, dict) else "an array")
    )
    return text if len(text) <= 60 else text[:57] + "..."


def under(pointer: str, token: str | int) -> str:
    """Extend a JSON Pointer by one step (RFC 6901, section 3)."""
    return f"{pointer}/{str(token).replace('~', '~0').replace('/', '~1')}"


class Reader:
    """Takes values out of a document and remembers every fault on the way."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, pointer: str, message: str, remedy: str) -> None:
        """Remember a fault and go on."""
        self.faults.append(Fault(pointer, message, remedy))

    def fields(
        self, value: object, pointer: str, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, Any]:
        """Return the known fields of an object; an object's faults are about its fields' names."""
        if not isinstance(value, dict):
            self.fault(pointer, f"{shown(value)} is not an object", "write an object {...}")
            return {}
        known = {*required, *optional}
        for name in value:
            if name not in known:
                allowed = ", ".join(sorted(known))
                self.fault(under(pointer, name), "unknown field", f"leave it out; known here: {allowed}")
        for name in required:
            if name not in value:
                self.fault(under(pointer, name), "is missing", f"add the field {name}")
        return {name: value[name] for name in value if name in known}

    def items(self, value: object, pointer: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        """Read every element of an array."""
        if not isinstance(value, list):
            self.fault(pointer, f"{shown(value)} is not an array", "write an array [...]")
            return ()
        return tuple(read(item, under(pointer, position)) for position, item in enumerate(value))

    def text(self, value: object, pointer: str) -> str:
        """Read an id or a code: on one line, not empty, not longer than 200 characters."""
        if not isinstance(value, str):
            self.fault(pointer, f"{shown(value)} is not text", "write a text in quotes")
        elif not value or len(value) > LONGEST_TEXT:
            self.fault(pointer, f"a text of {len(value)} characters", f"write 1 to {LONGEST_TEXT} characters")
        elif any(unicodedata.category(c) in _UNFIT for c in value):
            self.fault(pointer, f"{shown(value)} holds control characters", "leave them out")
        else:
            return value
        return ""

    def texts(self, value: object, pointer: str) -> tuple[str, ...]:
        """Read an array of texts in which none stands twice."""
        read = self.items(value, pointer, self.text)
        self.once(read, pointer)
        return read

    def once(self, keys: Iterable[object], pointer: str, field: str | None = None) -> None:
        """Refuse a key that stands twice; empty keys were refused already."""
        seen: dict[object, int] = {}
        for position, key in enumerate(keys):
            where = under(pointer, position)
            if not key:
                continue
            if key in seen:
                self.fault(
                    where if field is None else under(where, field),
                    f"the same as {under(pointer, seen[key])}",
                    "name each once",
                )
            seen.setdefault(key, position)

    def choice(self, value: object, pointer: str, choices: Iterable[str]) -> str:
        """Read one of a few words."""
        allowed = tuple(choices)
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(pointer, f"{shown(value)} is not known here", f"write one of {', '.join(allowed)}")
        return ""

    def known(self, value: object, pointer: str, ids: Collection[str], what: str) -> str:
        """Read an id that must have been declared elsewhere in the document."""
        text = self.text(value, pointer)
        if text and text not in ids:
            self.fault(pointer, f"{shown(text)} is no {what} of this round", f"name a declared {what}")
        return text

    def number(self, value: object, pointer: str, low: int, high: int) -> int:
        """Read a whole number between two limits, both included; true is not 1."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(pointer, f"{shown(value)} is not a whole number", f"write {low} to {high}")
        elif not low <= value <= high:
            # An absurd integer may be too long to be shown in decimal.
            told = str(value) if abs(value) < 10**15 else "a huge number"
            self.fault(pointer, f"{told} is out of range", f"write {low} to {high}")
        else:
            return value
        return low

    def flag(self, value: object, pointer: str) -> bool:
        """Read true or false."""
        if isinstance(value, bool):
            return value
        self.fault(pointer, f"{shown(value)} is neither true nor false", "write true or false")
        return False

    def day(self, value: object, pointer: str) -> date:
        """Read a date YYYY-MM-DD."""
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                day = date.min
            if day.year in _YEARS:
                return day
        self.fault(pointer, f"{shown(value)} is not a date", "write YYYY-MM-DD, 1900 to 2999")
        return NO_DATE

    def moment(self, value: object, pointer: str, grid: int) -> datetime:
        """Read a local time YYYY-MM-DDTHH:MM that lies on the grid."""
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                moment = None
            if moment is not None and moment.year in _YEARS:
                self.on_grid(moment.hour * 60 + moment.minute, pointer, grid, value)
                return moment
        self.fault(pointer, f"{shown(value)} is not a local time", "write YYYY-MM-DDTHH:MM, 1900 to 2999")
        return NO_MOMENT

    def clock(self, value: object, pointer: str, grid: int) -> int:
        """Read a time of day HH:MM as minutes after midnight, 24:00 included."""
        if isinstance(value, str) and _CLOCK.fullmatch(value):
            minutes = int(value[:2]) * 60 + int(value[3:])
            self.on_grid(minutes, pointer, grid, value)
            return minutes
        self.fault(pointer, f"{shown(value)} is not a time of day", "write HH:MM, from 00:00 to 24:00")
        return -1

    def on_grid(self, minutes: int, pointer: str, grid: int, told: object) -> None:
        """Refuse minutes that are no multiple of the grid; grid 0 is one that was itself at fault."""
        if grid and minutes % grid:
            self.fault(pointer, f"{shown(told)} is off the grid", f"use multiples of {grid} minutes")
