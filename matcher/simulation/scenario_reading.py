"""Reading a scenario: a TOML document, every fault of which is told with its place."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from matcher.errors import BadScenario, Fault
from matcher.office_reading import Read
from matcher.parts import GENDER_WISHES, GENDERS, ORIGIN_WISHES, Assistant
from matcher.people_reading import PeopleReader
from matcher.reading import shown, under
from matcher.simulation.scenario import Community, Contender, Helper, Rates, Scenario, Shares
from matcher.weighing import GROWTHS, Weighing

T = TypeVar("T")
URGENCIES = ("1", "2", "3", "5")
NEEDS = ("1", "2", "3")
LONGEST_YEAR, LONGEST_ROUND = 520, 26
RULES = ("weight", "first-come")


def read_scenario(path: Path) -> Scenario:
    """Read a scenario from a file.

    Raises
    ------
    BadScenario
        With every fault of it.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        fault = Fault("", f"cannot read {path}: {reason}", "name a file that can be read")
        raise BadScenario([fault]) from None
    except UnicodeDecodeError as error:
        raise BadScenario([Fault("", f"is not UTF-8 at byte {error.start}", "save it as UTF-8")]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadScenario([Fault("", f"is not TOML: {error}", "write one TOML document")]) from None
    return scenario_of(document)


def scenario_of(document: object) -> Scenario:
    """Read a scenario from parsed TOML; BadScenario tells every fault."""
    reader = ScenarioReader()
    fields = reader.scenario(document)
    if reader.faults:
        raise BadScenario(reader.faults)
    return Scenario(**fields)


class ScenarioReader(PeopleReader):
    """Reads the office as a round has it, and chances beside it."""

    def scenario(self, document: object) -> dict[str, Any]:
        """Read the whole document into the fields of a Scenario."""
        readers: dict[str, Read] = {
            "seed": lambda v, p: self.number(v, p, 0, 10**9),
            "first_day": self.monday,
            "weeks": lambda v, p: self.number(v, p, 1, LONGEST_YEAR),
            "timezone": self.timezone,
            "grid_minutes": self.read_grid,
            "seconds_per_round": lambda v, p: self.number(v, p, 1, 3600),
            "policy": self.policy,
            "rates": self.rates,
            "topics": lambda v, p: self.identified(v, p, self.topic),
            "helpers": lambda v, p: self.identified(v, p, self.helper),
            "communities": lambda v, p: self.weighed(v, p, self.community),
            "genders": lambda v, p: self.shares(v, p, GENDERS),
            "urgencies": lambda v, p: _whole(self.shares(v, p, URGENCIES)),
            "needs": lambda v, p: _whole(self.shares(v, p, NEEDS)),
            "asked": lambda v, p: self.shares(v, p, tuple(self.topics)),
            "free": lambda v, p: self.weighed(v, p, self.hours_of),
            "wished_origin": lambda v, p: self.shares(v, p, ORIGIN_WISHES),
            "wished_gender": self.wished_gender,
            "round_weeks": self.round_weeks,
            "contenders": self.contenders,
        }
        raw = self.fields(document, "", readers)
        out: dict[str, Any] = {}
        # In the order above, not the document's: topics are known before anybody names them.
        for name, read in readers.items():
            if name in raw:
                out[name] = read(raw[name], under("", name))
                if name == "topics":
                    self.topics = {topic.id: topic for topic in out[name]}
        if not self.faults and sum(share > 0 for share in out["asked"].shares) < max(out["needs"].values):
            self.fault("/asked", "clients need more topics than there are", "ask for more topics")
        return out

    def monday(self, value: object, pointer: str) -> Any:
        """Read the first day, a Monday, because weeks are ISO weeks; TOML has dates without quotes, too."""
        day = self.day(str(value) if type(value) is date else value, pointer)
        if day.weekday() != 0 and not any(fault.pointer == pointer for fault in self.faults):
            self.fault(pointer, f"{day} is no Monday", "begin on a Monday")
        return day

    def rates(self, value: object, pointer: str) -> Rates:
        """Read how often things happen."""
        raw = self.part(value, pointer, {
            "arrivals_per_week": (lambda v, p: self.real(v, p, 500), 0.0),
            "leaves_per_week": (lambda v, p: self.real(v, p, 1), 0.0),
            "missed": (lambda v, p: self.real(v, p, 1), 0.0),
            "assistant_away": (lambda v, p: self.real(v, p, 1), 0.0),
        })  # fmt: skip
        del raw["given"]
        return Rates(**raw)

    def real(self, value: object, pointer: str, high: int) -> float:
        """Read a number from 0 to `high`."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            self.fault(pointer, f"{shown(value)} is not a number", f"write 0 to {high}")
        elif not 0 <= value <= high:
            self.fault(pointer, f"{shown(value)} is out of range", f"write 0 to {high}")
        else:
            return float(value)
        return 0.0

    def shares(self, value: object, pointer: str, keys: Sequence[str]) -> Shares[str]:
        """Read how often each of some words is drawn; a word left out never is."""
        raw = self.fields(value, pointer, (), keys)
        return self.possible(
            [(key, self.number(raw[key], under(pointer, key), 0, 10**6)) for key in keys if key in raw],
            pointer,
        )

    def weighed(self, value: object, pointer: str, read: Read) -> Shares[Any]:
        """Read things with a share each."""
        found: list[tuple[Any, int]] = []

        def one(item: object, where: str) -> None:
            rest = dict(item) if isinstance(item, dict) else {}
            share = self.number(rest.pop("share", 1), under(where, "share"), 0, 10**6)
            found.append((read(rest if isinstance(item, dict) else item, where), share))

        self.items(value, pointer, one)
        return self.possible(found, pointer)

    def possible(self, found: Iterable[tuple[T, int]], pointer: str) -> Shares[T]:
        """Refuse shares of which none is above 0; leave out those that are 0."""
        drawn = [(value, share) for value, share in found if share > 0]
        if not drawn:
            self.fault(pointer, "nothing can be drawn", "give something a share of at least 1")
        return Shares(tuple(value for value, _ in drawn), tuple(share for _, share in drawn))

    def community(self, value: object, pointer: str) -> Community:
        """Read people of one country."""
        raw = self.part(value, pointer, {
            "origin": (self.text, ""), "cultures": (self.texts, ()),
            "languages": (lambda v, p: self.items(v, p, self.languages), ()),
        })  # fmt: skip
        if not raw["languages"]:
            self.fault(under(pointer, "languages"), "nobody speaks anything", "write what they speak")
        return Community(origin=raw["origin"], cultures=raw["cultures"], languages=raw["languages"])

    def hours_of(self, value: object, pointer: str) -> tuple[Any, ...]:
        """Read one habit of being free."""
        raw = self.part(value, pointer, {"hours": (lambda v, p: self.items(v, p, self.window), ())})
        hours: tuple[Any, ...] = raw["hours"]
        return hours

    def helper(self, value: object, pointer: str) -> Helper:
        """Read an assistant and their weekly hours."""
        rest = dict(value) if isinstance(value, dict) else {}
        hours = self.items(rest.pop("hours", None), under(pointer, "hours"), self.window)
        if "availability" in rest:
            told = "is not for a scenario"
            self.fault(under(pointer, "availability"), told, "write the hours of a week as hours")
        person: Assistant = self.assistant({**rest, "availability": []}, pointer)
        return Helper(person=person, hours=hours)

    def wished_gender(self, value: object, pointer: str) -> dict[str, Shares[str]]:
        """Read what clients of each gender wish."""
        raw = self.fields(value, pointer, GENDERS)
        return {g: self.shares(raw[g], under(pointer, g), GENDER_WISHES) for g in GENDERS if g in raw}

    def round_weeks(self, value: object, pointer: str) -> tuple[int, ...]:
        """Read how long the rounds may be that are compared."""
        weeks = self.items(value, pointer, lambda v, p: self.number(v, p, 1, LONGEST_ROUND))
        self.once(weeks, pointer)
        self.some(value, pointer)
        return weeks

    def contenders(self, value: object, pointer: str) -> tuple[Contender, ...]:
        """Read what is compared, each under its own name."""
        found = self.items(value, pointer, self.contender)
        self.once([one.name for one in found], pointer, "name")
        self.some(value, pointer)
        return found

    def some(self, value: object, pointer: str) -> None:
        """Refuse a comparison of nothing."""
        if value == []:
            self.fault(pointer, "nothing to compare", "name at least one")

    def contender(self, value: object, pointer: str) -> Contender:
        """Read one way to choose; "first-come" has no weighing."""
        raw = self.part(value, pointer, {
            "name": (self.text, ""),
        }, {
            "rule": lambda v, p: self.choice(v, p, RULES),
            "urgency": lambda v, p: self.number(v, p, 0, 100),
            "growth": lambda v, p: self.choice(v, p, GROWTHS),
            "points": lambda v, p: self.number(v, p, 0, 1000),
            "every_weeks": lambda v, p: self.number(v, p, 1, 104),
            "most_weeks": lambda v, p: self.number(v, p, 0, 520),
        })  # fmt: skip
        name, rule = raw.pop("name"), raw.pop("rule", "weight")
        del raw["given"]
        if rule == "first-come":
            for field in raw:
                self.fault(under(pointer, field), "weighs nobody under first-come", "leave it out")
            return Contender(name=name, weighing=None)
        return Contender(name=name, weighing=Weighing(**raw))


def _whole(shares: Shares[str]) -> Shares[int]:
    return Shares(tuple(int(value) for value in shares.values), shares.shares)
