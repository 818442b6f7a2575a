"""Reading r4r-plan/1: what each part of a plan must look like."""

from __future__ import annotations

from typing import Any

from matcher.parts import LEVELS
from matcher.plan_parts import (
    STATUSES,
    Appointment,
    Conflict,
    Fix,
    Level,
    Pair,
    Reason,
    Solver,
    Unmatched,
)
from matcher.reading import Reader, shown, under

FORMAT = "r4r-plan/1"
FIELDS = ("format", "round_sha256", "status", "levels", "pairs", "unmatched", "conflicts", "solver")
# RFC 6902, section 4.
OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
_LARGEST = 10**15


class PlanReader(Reader):
    """Reads the parts of one plan; whether it fits a round is for `matcher.check` to say."""

    def plan(self, document: object) -> dict[str, Any]:
        """Read the whole document into the fields of a Plan; faults are in `self.faults`."""
        raw = self.fields(document, "", FIELDS)
        if "format" in raw and raw["format"] != FORMAT:
            self.fault("/format", f"{shown(raw['format'])} is not known", f'write "{FORMAT}"')
        return {
            "round_sha256": self.text(raw.get("round_sha256", "-"), "/round_sha256"),
            "status": self.choice(raw.get("status", "optimal"), "/status", STATUSES),
            "levels": self.items(raw.get("levels", []), "/levels", self.level),
            "pairs": self.items(raw.get("pairs", []), "/pairs", self.pair),
            "unmatched": self.items(raw.get("unmatched", []), "/unmatched", self.unmatched),
            "conflicts": self.items(raw.get("conflicts", []), "/conflicts", self.conflict),
            "solver": self.solver(raw["solver"], "/solver") if "solver" in raw else None,
        }

    def level(self, value: object, pointer: str) -> Level:
        """Read what is reached on a level."""
        raw = self.fields(value, pointer, ("level", "value", "bound"))
        return Level(
            level=self.choice(raw.get("level", LEVELS[0]), under(pointer, "level"), LEVELS),
            value=self.number(raw.get("value", 0), under(pointer, "value"), -_LARGEST, _LARGEST),
            bound=self.number(raw.get("bound", 0), under(pointer, "bound"), -_LARGEST, _LARGEST),
        )

    def pair(self, value: object, pointer: str) -> Pair:
        """Read a pair with its appointments."""
        raw = self.fields(value, pointer, ("client", "assistant", "appointments", "reasons"))
        return Pair(
            client=self.text(raw.get("client", "-"), under(pointer, "client")),
            assistant=self.text(raw.get("assistant", "-"), under(pointer, "assistant")),
            appointments=self.items(
                raw.get("appointments", []), under(pointer, "appointments"), self.appointment
            ),
            reasons=self.items(raw.get("reasons", []), under(pointer, "reasons"), self.reason),
        )

    def appointment(self, value: object, pointer: str) -> Appointment:
        """Read one need at one time."""
        raw = self.fields(value, pointer, ("need", "start", "end", "place"))
        dull = "2000-01-01T00:00"
        place = raw.get("place")
        return Appointment(
            need=self.text(raw.get("need", "-"), under(pointer, "need")),
            start=self.moment(raw.get("start", dull), under(pointer, "start"), 0),
            end=self.moment(raw.get("end", dull), under(pointer, "end"), 0),
            place=None if place is None else self.text(place, under(pointer, "place")),
        )

    def reason(self, value: object, pointer: str) -> Reason:
        """Read a reason: a stable code, words, and for how many assistants it stands."""
        # Other programs that write plans may leave the words to ours.
        raw = self.fields(value, pointer, ("code",), ("text", "assistants"))
        return Reason(
            self.text(raw.get("code", "-"), under(pointer, "code")),
            self.words(raw.get("text", ""), under(pointer, "text")),
            self.number(raw["assistants"], under(pointer, "assistants"), 0, _LARGEST)
            if "assistants" in raw
            else None,
        )

    def words(self, value: object, pointer: str) -> str:
        """Read prose of any length."""
        if isinstance(value, str):
            return value
        self.fault(pointer, f"{shown(value)} is not text", "write a text in quotes")
        return ""

    def unmatched(self, value: object, pointer: str) -> Unmatched:
        """Read a client without an assistant."""
        raw = self.fields(value, pointer, ("client", "reasons", "fixes"))
        return Unmatched(
            client=self.text(raw.get("client", "-"), under(pointer, "client")),
            reasons=self.items(raw.get("reasons", []), under(pointer, "reasons"), self.reason),
            fixes=self.items(raw.get("fixes", []), under(pointer, "fixes"), self.fix),
        )

    def fix(self, value: object, pointer: str) -> Fix:
        """Read a change of the round that would help."""
        raw = self.fields(value, pointer, ("patch", "text"))
        return Fix(
            patch=self.items(raw.get("patch", []), under(pointer, "patch"), self.operation),
            text=self.words(raw.get("text", ""), under(pointer, "text")),
        )

    def operation(self, value: object, pointer: str) -> dict[str, Any]:
        """Read one operation of a JSON Patch; its value may be anything."""
        raw = self.fields(value, pointer, ("op", "path"), ("value", "from"))
        self.choice(raw.get("op", "add"), under(pointer, "op"), OPERATIONS)
        self.words(raw.get("path", ""), under(pointer, "path"))
        return raw

    def conflict(self, value: object, pointer: str) -> Conflict:
        """Read pins that contradict."""
        raw = self.fields(value, pointer, ("pins", "code", "text"))
        return Conflict(
            pins=self.items(
                raw.get("pins", []), under(pointer, "pins"), lambda v, p: self.number(v, p, 0, _LARGEST)
            ),
            code=self.text(raw.get("code", "-"), under(pointer, "code")),
            text=self.words(raw.get("text", ""), under(pointer, "text")),
        )

    def solver(self, value: object, pointer: str) -> Solver:
        """Read what made the plan."""
        raw = self.fields(value, pointer, ("version", "seconds", "seed", "workers"))
        seconds = raw.get("seconds", 0)
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < _LARGEST:
            self.fault(under(pointer, "seconds"), f"{shown(seconds)} are no seconds", "write a number from 0")
            seconds = 0
        return Solver(
            version=self.text(raw.get("version", "-"), under(pointer, "version")),
            seconds=seconds,
            seed=self.number(raw.get("seed", 0), under(pointer, "seed"), -_LARGEST, _LARGEST),
            workers=self.number(raw.get("workers", 0), under(pointer, "workers"), 0, _LARGEST),
        )
