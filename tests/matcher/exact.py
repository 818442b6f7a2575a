"""What is the best possible? Slow, plain and sure: for small rounds, to hold the matcher against.

Nothing here comes from `matcher`: it reads the round's document itself, states each rule as one
constraint over booleans "this need of this client, with this assistant, at this start", and lets
CP-SAT (the matcher's own engine is another) prove one level after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

from ortools.sat.python import cp_model

Document = dict[str, Any]
Minute = int  # since the midnight that begins `first_day`

LEVELS = ["served", "stability", "origin", "language", "gender", "continuity", "balance", "extras", "early"]
CEFR = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5, "C2": 6, "native": 7}
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY = 24 * 60


def optimum(document: Document) -> dict[str, int] | None:
    """Value of every level in the policy's order; None where the pins cannot all hold."""
    return _Model(document).solve()


def ceilings(document: Document, values: dict[str, int]) -> dict[str, int]:
    """Return for each level the most over all plans that are as good as these values on every level before.

    There must be one: these are the values of a plan.
    """
    return _Model(document).ceilings(values)


def pairs_possible(document: Document) -> set[tuple[str, str]]:
    """Clients and assistants whom no rule about the two persons keeps apart (times aside)."""
    return {
        (c["id"], a["id"])
        for c, a in product(document["clients"], document["assistants"])
        if _may_meet(document, c, a)
    }


def appointments_possible(document: Document) -> list[Document]:
    """Every appointment that could stand alone: client, assistant, need, start."""
    model = _Model(document)
    return [
        {"client": c, "assistant": a, "need": n, "start": model.text(start)}
        for c, a, n, start in model.starts
    ]


def quality(document: Document, client: Document, assistant: Document) -> int:
    """How well the two understand each other, 1..7, and 0 for not at all."""
    loss = {(b["client"], b["assistant"]): b["loss"] for b in document.get("policy", {}).get("bridges", [])}
    found = [0]
    for (x, mine), (y, theirs) in product(client["languages"].items(), assistant["languages"].items()):
        if x == y:
            found.append(min(CEFR[mine], CEFR[theirs]))
        elif (x, y) in loss:
            found.append(min(CEFR[mine], CEFR[theirs]) - loss[x, y])
    return max(found)


def _may_meet(document: Document, client: Document, assistant: Document) -> bool:
    wishes = client.get("wishes", {})
    same = client["origin"] == assistant["origin"]
    origin_kept = {"require-same": same, "require-different": not same}.get(wishes.get("origin"), True)
    wanted = wishes.get("gender", "none")
    gender_kept = not wanted.startswith("require-") or wanted == f"require-{assistant['gender']}"
    banned = {"client": client["id"], "assistant": assistant["id"]} in document.get("bans", [])
    return (
        quality(document, client, assistant) >= CEFR[document.get("policy", {}).get("minimum_level", "B1")]
        and origin_kept
        and gender_kept
        and client["gender"] in assistant.get("accepts_genders", [client["gender"]])
        and assistant["id"] not in client.get("not_with", [])
        and not banned
        and all(_covers(assistant, need) for need in client["needs"] if not need.get("optional"))
        # Two of whom one is never there have no place in dispute: only the times keep them apart.
        and (not client["availability"] or not assistant["availability"] or bool(_places(client, assistant)))
    )


def _covers(assistant: Document, need: Document) -> bool:
    return "topics" not in assistant or need["topic"] in assistant["topics"]


def _places_in(person: Document, interval: Document) -> list[str] | None:
    places: list[str] | None = interval.get("places", person.get("places"))
    return places


def _places(client: Document, assistant: Document) -> set[str | None]:
    """Places that both have at some time; None among them where neither lists any at some time."""
    shared: set[str | None] = set()
    for i, j in product(client["availability"], assistant["availability"]):
        mine, theirs = _places_in(client, i), _places_in(assistant, j)
        if mine is None and theirs is None:
            shared.add(None)
        elif mine is None or theirs is None:
            shared.update(theirs if theirs is not None else mine or [])
        else:
            shared.update(place for place in mine if place in theirs)
    return shared


class _Model:
    """The whole round as one model of CP-SAT."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.first = date.fromisoformat(document["first_day"])
        self.days = (date.fromisoformat(document["last_day"]) - self.first).days + 1
        self.topics = {topic["id"]: topic for topic in document["topics"]}
        self.clients = {c["id"]: c for c in document["clients"]}
        self.assistants = {a["id"]: a for a in document["assistants"]}
        self.model = cp_model.CpModel()
        self.matched: dict[tuple[str, str], Any] = {
            pair: self.model.new_bool_var("") for pair in sorted(pairs_possible(document))
        }
        self.starts: dict[tuple[str, str, str, Minute], Any] = {}
        self.minutes: dict[tuple[str, str, str, Minute], int] = {}
        self._essential_and_time()
        self._one_assistant()
        self._overlap()
        self._load()
        self._pins()

    def minute(self, text: str) -> Minute:
        day, clock = text.split("T")
        hours, minutes = clock.split(":")
        return (date.fromisoformat(day) - self.first).days * DAY + int(hours) * 60 + int(minutes)

    def day(self, start: Minute) -> date:
        return self.first + timedelta(days=start // DAY)

    def text(self, start: Minute) -> str:
        return f"{self.day(start)}T{start % DAY // 60:02}:{start % 60:02}"

    def _essential_and_time(self) -> None:
        for (c, a), matched in self.matched.items():
            for need in self.clients[c]["needs"]:
                length = need.get("minutes", self.topics[need["topic"]]["minutes"])
                mine = []
                for start in self._feasible_starts(self.clients[c], self.assistants[a], need, length):
                    mine.append(self.model.new_bool_var(""))
                    self.starts[c, a, need["id"], start] = mine[-1]
                    self.minutes[c, a, need["id"], start] = length
                if need.get("optional"):
                    self.model.add(sum(mine) <= matched)
                else:
                    self.model.add(sum(mine) == matched)

    def _feasible_starts(
        self, client: Document, assistant: Document, need: Document, length: int
    ) -> Iterator[Minute]:
        if not _covers(assistant, need):
            return
        closed = self.document.get("closed_days", [])
        windows = self.topics[need["topic"]].get("windows")
        free = [
            self._free(client, place) & self._free(assistant, place) for place in _places(client, assistant)
        ]
        for day in range(self.days):
            today = self.first + timedelta(days=day)
            if today.isoformat() in closed or today.isoformat() > need.get("by", "9999-12-31"):
                continue
            for clock in range(0, DAY - length + 1, self.document["grid_minutes"]):
                if windows is not None and not any(
                    WEEKDAYS[today.weekday()] in window["days"]
                    and _clock(window["from"]) <= clock
                    and clock + length <= _clock(window["to"])
                    for window in windows
                ):
                    continue
                start = day * DAY + clock
                # The grid divides every time of the round, so its own steps are all that can differ.
                needed = set(range(start, start + length, self.document["grid_minutes"]))
                if any(needed <= at_place for at_place in free):
                    yield start

    def _free(self, person: Document, place: str | None) -> set[Minute]:
        """Steps of the grid at which this person can be at the place (None: where they list none)."""
        free: set[Minute] = set()
        for interval in person["availability"]:
            places = _places_in(person, interval)
            if places is None or place in places:
                start, end = self.minute(interval["start"]), self.minute(interval["end"])
                free.update(range(start, end, self.document["grid_minutes"]))
        return free

    def _one_assistant(self) -> None:
        for client in self.clients:
            self.model.add(sum(x for (c, _), x in self.matched.items() if c == client) <= 1)

    def _overlap(self) -> None:
        for client in self.clients:
            self._no_two_at_once([k for k in self.starts if k[0] == client], gap=0)
        for name, assistant in self.assistants.items():
            gap = assistant.get("buffer_minutes", 0)
            self._no_two_at_once([k for k in self.starts if k[1] == name], gap=gap)

    def _no_two_at_once(self, keys: list[tuple[str, str, str, Minute]], *, gap: int) -> None:
        self.model.add_no_overlap(
            self.model.new_optional_fixed_size_interval_var(k[3], self.minutes[k] + gap, self.starts[k], "")
            for k in keys
        )

    def _load(self) -> None:
        for day in range(self.days):
            for name, client in self.clients.items():
                today = [s for k, s in self.starts.items() if k[0] == name and k[3] // DAY == day]
                self.model.add(sum(today) <= client.get("max_per_day", 1))
        for name, assistant in self.assistants.items():
            mine = {k: s for k, s in self.starts.items() if k[1] == name}
            if "max_clients" in assistant:
                clients = [x for (_, a), x in self.matched.items() if a == name]
                self.model.add(sum(clients) <= assistant["max_clients"])
            for limit, part in (("max_minutes_per_day", 3), ("max_minutes_per_week", 2)):
                if limit not in assistant:
                    continue
                periods: dict[tuple[int, ...], list[Any]] = {}
                for key, start in mine.items():
                    period = tuple(self.day(key[3]).isocalendar()[:part])  # ISO year, week and weekday
                    periods.setdefault(period, []).append(self.minutes[key] * start)
                for load in periods.values():
                    self.model.add(sum(load) <= assistant[limit])

    def _pins(self) -> None:
        for pin in self.document.get("pins", []):
            held = self._appointment(pin) if "need" in pin else self.matched.get(_pair(pin))
            self.model.add_bool_or([] if held is None else [held])

    def _appointment(self, named: Document) -> Any:
        return self.starts.get((*_pair(named), named["need"], self.minute(named["start"])))

    def _served(self) -> Iterator[Any]:
        return (self.clients[c].get("weight", 1) * x for (c, _), x in self.matched.items())

    def _stability(self) -> Iterator[Any]:
        standing = (self._appointment(keep) for keep in self.document.get("keep", []))
        return (start for start in standing if start is not None)

    def _origin(self) -> Iterator[Any]:
        for (c, a), x in self.matched.items():
            client, assistant = self.clients[c], self.assistants[a]
            if client.get("wishes", {}).get("origin") == "prefer-same":
                if client["origin"] == assistant["origin"]:
                    yield 2 * x
                elif set(client.get("cultures", [])) & set(assistant.get("cultures", [])):
                    yield x

    def _language(self) -> Iterator[Any]:
        for (c, a), x in self.matched.items():
            yield quality(self.document, self.clients[c], self.assistants[a]) * x

    def _gender(self) -> Iterator[Any]:
        for (c, a), x in self.matched.items():
            if self.clients[c].get("wishes", {}).get("gender") == f"prefer-{self.assistants[a]['gender']}":
                yield x

    def _continuity(self) -> Iterator[Any]:
        return (x for (c, a), x in self.matched.items() if self.clients[c].get("previous_assistant") == a)

    def _balance(self) -> Iterator[Any]:
        for name, assistant in self.assistants.items():
            mine = [x for (_, a), x in self.matched.items() if a == name]
            exactly = [self.model.new_bool_var("") for _ in range(len(mine) + 1)]
            self.model.add_exactly_one(exactly)
            self.model.add(sum(mine) == sum(n * number for n, number in enumerate(exactly)))
            for n, number in enumerate(exactly):
                yield -((assistant.get("caseload", 0) + n) ** 2) * number

    def _extras(self) -> Iterator[Any]:
        optional = {(c, n["id"]) for c in self.clients for n in self.clients[c]["needs"] if n.get("optional")}
        return (start for (c, _, n, _), start in self.starts.items() if (c, n) in optional)

    def _early(self) -> Iterator[Any]:
        return (-(k[3] // DAY) * start for k, start in self.starts.items())

    def solve(self) -> dict[str, int] | None:
        values: dict[str, int] = {}
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return None
        for level in self.document.get("policy", {}).get("levels", LEVELS):
            expression = sum(getattr(self, f"_{level}")())
            self.model.maximize(expression)
            status = solver.solve(self.model)
            if status != cp_model.OPTIMAL:
                raise AssertionError(f"the oracle is unsure of {level}: {solver.status_name(status)}")
            values[level] = round(solver.objective_value)
            self.model.add(expression == values[level])
        return values


    def ceilings(self, values: dict[str, int]) -> dict[str, int]:
        most: dict[str, int] = {}
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        for level, value in values.items():
            expression = sum(getattr(self, f"_{level}")())
            self.model.maximize(expression)
            status = solver.solve(self.model)
            if status != cp_model.OPTIMAL:
                raise AssertionError(f"the oracle is unsure of {level}: {solver.status_name(status)}")
            most[level] = round(solver.objective_value)
            self.model.add(expression >= value)
        return most


def _pair(named: Document) -> tuple[str, str]:
    return named["client"], named["assistant"]


def _clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
