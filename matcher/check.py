"""Check a plan against its round, without the solver and without its tables.

Every rule is read anew from the round: dates and times instead of bit sets, one pair at a time
instead of columns. What both agree on is right, or was misunderstood twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise

from matcher.criteria import PREFERENCES, REQUIREMENTS
from matcher.errors import Fault
from matcher.parts import WEEKDAYS, Assistant, Client, Need
from matcher.plan import Appointment, Pair, Plan
from matcher.round import Round
from matcher.times import free_at, places_of

Standing = tuple[str, str, str, datetime]
_OBEY = "make a plan that keeps this rule"
_TELL = "tell what the pairs add up to"


@dataclass
class _Checker:
    """Gathers the faults of one plan, and what its pairs add up to."""

    round: Round
    faults: list[Fault] = field(default_factory=list)
    standing: set[Standing] = field(default_factory=set)
    chosen: dict[str, str] = field(default_factory=dict)
    booked: dict[str, list[tuple[datetime, datetime, str]]] = field(default_factory=lambda: defaultdict(list))
    value: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.requirements = [requirement(self.round) for requirement in REQUIREMENTS]
        self.preferences = [preference(self.round) for preference in PREFERENCES]
        self.client_ids = {client.id for client in self.round.clients}
        self.assistant_ids = {assistant.id for assistant in self.round.assistants}

    def fault(self, pointer: str, message: str, remedy: str = _OBEY) -> None:
        self.faults.append(Fault(pointer, message, remedy))

    def pairs(self, pairs: Iterable[Pair]) -> None:
        for position, pair in enumerate(pairs):
            self.pair(pair, f"/pairs/{position}")
        self.assistants()
        self.pins()
        kept = ((k.client, k.assistant, k.need, k.start) for k in self.round.keep)
        self.value["stability"] = sum(appointment in self.standing for appointment in kept)

    def pair(self, pair: Pair, pointer: str) -> None:
        if pair.client not in self.client_ids or pair.assistant not in self.assistant_ids:
            self.fault(pointer, "names somebody who is not in the round", "name people of the round")
            return
        if pair.client in self.chosen:
            self.fault(pointer, f"breaks one-assistant: {pair.client} stands in two pairs")
            return
        client, assistant = self.round.client(pair.client), self.round.assistant(pair.assistant)
        self.chosen[client.id] = assistant.id
        for requirement in self.requirements:
            if requirement.keeps_apart(client, assistant):
                self.fault(pointer, f"breaks {requirement.code}: {requirement.text(client)}")
        for preference in self.preferences:
            self.value[preference.level] += preference.score(client, assistant)
        self.value["served"] += client.weight
        self.appointments(pair, client, assistant, pointer)

    def appointments(self, pair: Pair, client: Client, assistant: Assistant, pointer: str) -> None:
        needs = {need.id: need for need in client.needs}
        had = Counter(appointment.need for appointment in pair.appointments)
        for need in client.needs:
            if had[need.id] > 1 or (not had[need.id] and not need.optional):
                self.fault(pointer, f"breaks essential: need {need.id} has {had[need.id]} appointments")
        for position, appointment in enumerate(pair.appointments):
            where = f"{pointer}/appointments/{position}"
            if appointment.need not in needs:
                self.fault(where, f"{appointment.need} is no need of {client.id}", "name a need of theirs")
                continue
            self.appointment(appointment, needs[appointment.need], client, assistant, where)
        per_day = Counter(appointment.start.date() for appointment in pair.appointments)
        if any(count > client.max_per_day for count in per_day.values()):
            self.fault(pointer, f"breaks load: more than {client.max_per_day} a day")
        spans = sorted((appointment.start, appointment.end) for appointment in pair.appointments)
        if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
            self.fault(pointer, "breaks overlap: two of the client")

    def appointment(
        self, appointment: Appointment, need: Need, client: Client, assistant: Assistant, where: str
    ) -> None:
        start, end, day = appointment.start, appointment.end, appointment.start.date()
        if assistant.topics is not None and need.topic not in assistant.topics:
            self.fault(where, f"breaks topic: {assistant.id} does not cover {need.topic}")
        if not _may_meet_at(appointment.place, client, assistant):
            self.fault(where, "breaks place: not a place of both")
        for broken in self.time_faults(appointment, need):
            self.fault(where, f"breaks time: {broken}")
        for person in (client, assistant):
            if not any(s <= start and end <= e for s, e in free_at(person, appointment.place)):
                self.fault(where, f"breaks time: {person.id} is not available there and then")
        self.booked[assistant.id].append((start, end, where))
        self.standing.add((client.id, assistant.id, need.id, start))
        self.value["early"] -= self.round.day_index(day)
        self.value["extras"] += need.optional

    def time_faults(self, appointment: Appointment, need: Need) -> list[str]:
        start, end, day = appointment.start, appointment.end, appointment.start.date()
        midnight = datetime.combine(day, time())
        begins, ends = (int((moment - midnight) / timedelta(minutes=1)) for moment in (start, end))
        windows = self.round.topic(need.topic).windows
        tests = {
            "off the grid": begins % self.round.grid_minutes != 0,
            f"does not last {self.round.minutes(need)} minutes": ends - begins != self.round.minutes(need),
            "not within one day": ends > 24 * 60,
            "outside the round": not self.round.first_day <= day <= self.round.last_day,
            "on a closed day": day in self.round.closed_days,
            f"after {need.by}": need.by is not None and day > need.by,
            "outside opening times": windows is not None
            and not any(
                WEEKDAYS[day.weekday()] in window.days and window.from_ <= begins and ends <= window.to
                for window in windows
            ),
        }
        return [message for message, broken in tests.items() if broken]

    def assistants(self) -> None:
        taken = Counter(self.chosen.values())
        for assistant in self.round.assistants:
            self.load(assistant, taken[assistant.id])
            self.value["balance"] -= (assistant.caseload + taken[assistant.id]) ** 2

    def load(self, assistant: Assistant, taken: int) -> None:
        booked = sorted(self.booked[assistant.id])
        gap = timedelta(minutes=assistant.buffer_minutes)
        for (_, end, _), (start, _, where) in pairwise(booked):
            if start < end + gap:
                told = f"less than {assistant.buffer_minutes} minutes after the one before"
                self.fault(where, f"breaks overlap: {told} of {assistant.id}")
        if assistant.max_clients is not None and taken > assistant.max_clients:
            self.fault("/pairs", f"breaks load: {assistant.id} takes more than max_clients: {taken}")
        limits: list[tuple[str, int | None, Callable[[datetime], Hashable]]] = [
            ("week", assistant.max_minutes_per_week, lambda start: start.isocalendar()[:2]),
            ("day", assistant.max_minutes_per_day, lambda start: start.date()),
        ]
        for name, most, period in limits:
            minutes: Counter[Hashable] = Counter()
            for start, end, _ in booked:
                minutes[period(start)] += int((end - start) / timedelta(minutes=1))
            if most is not None and any(sum_ > most for sum_ in minutes.values()):
                self.fault("/pairs", f"breaks load: {assistant.id} gives over {most} minutes a {name}")

    def pins(self) -> None:
        for position, pin in enumerate(self.round.pins):
            if pin.need is None or pin.start is None:
                held = self.chosen.get(pin.client) == pin.assistant
            else:
                held = (pin.client, pin.assistant, pin.need, pin.start) in self.standing
            if not held:
                self.fault("/pairs", f"breaks pin: /pins/{position} does not hold")

    def unmatched(self, plan: Plan) -> None:
        listed = Counter(one.client for one in plan.unmatched)
        for client_id in sorted(self.client_ids | set(listed)):
            if client_id not in self.client_ids:
                self.fault("/unmatched", f"{client_id} is not in the round", "name clients of the round")
            elif listed[client_id] + (client_id in self.chosen) != 1:
                told = f"{client_id} must stand once, in pairs or in unmatched"
                self.fault("/unmatched", told, "list every client once")
        for position, one in enumerate(plan.unmatched):
            where = f"/unmatched/{position}/reasons"
            counted = Counter({reason.code: reason.assistants or 0 for reason in one.reasons})
            total = len(self.round.assistants)
            if sum(counted.values()) != total or len(counted) != len(one.reasons):
                message = f"account for {sum(counted.values())} of {total} assistants"
                self.fault(where, message, "count every assistant once, each code once")
            if one.client in self.client_ids:
                self.reasons(self.round.client(one.client), counted, where)

    def reasons(self, client: Client, told: Counter[str], where: str) -> None:
        found = Counter(self.first_broken(client, assistant) for assistant in self.round.assistants)
        for requirement in self.requirements:
            code = requirement.code
            if told[code] != found[code]:
                self.fault(where, f"{code} rules out {found[code]} assistants, not {told[code]}", _TELL)

    def first_broken(self, client: Client, assistant: Assistant) -> str:
        codes = (r.code for r in self.requirements if r.keeps_apart(client, assistant))
        return next(codes, "")

    def levels(self, plan: Plan) -> None:
        order = list(self.round.policy.levels)
        told = [level.level for level in plan.levels]
        if told != order:
            self.fault("/levels", f"are {', '.join(told) or 'none'}", f"tell {', '.join(order) or 'none'}")
        for position, level in enumerate(plan.levels):
            where = f"/levels/{position}"
            if level.value != self.value[level.level]:
                self.fault(where, f"{level.level} is {self.value[level.level]}, not {level.value}", _TELL)
            if level.bound < level.value:
                self.fault(where, f"the bound {level.bound} is below {level.value}", "prove a true bound")
        if plan.status == "optimal" and any(level.value != level.bound for level in plan.levels):
            self.fault("/status", "is optimal, but a level is not proven", "say feasible")


def _may_meet_at(place: str | None, client: Client, assistant: Assistant) -> bool:
    mine = {places_of(client, interval) for interval in client.availability}
    theirs = {places_of(assistant, interval) for interval in assistant.availability}
    if place is None:
        return None in mine and None in theirs
    named = {p for places in mine | theirs for p in places or ()}
    return place in named and all(any(p is None or place in p for p in side) for side in (mine, theirs))


def _infeasible(rnd: Round, plan: Plan) -> list[Fault]:
    faults = []
    for name in ("levels", "pairs", "unmatched"):
        if getattr(plan, name):
            faults.append(Fault(f"/{name}", "an infeasible plan has none", "leave it empty"))
    if not plan.conflicts:
        faults.append(Fault("/conflicts", "an infeasible plan names none", "name pins that contradict"))
    for position, conflict in enumerate(plan.conflicts):
        if any(pin >= len(rnd.pins) for pin in conflict.pins):
            faults.append(Fault(f"/conflicts/{position}/pins", "is no pin of the round", "count pins from 0"))
    return faults


def add_up(rnd: Round, pairs: Iterable[Pair]) -> tuple[tuple[Fault, ...], Mapping[str, int]]:
    """Find the rules that some pairs of a plan break, and what they add up to, level by level."""
    checker = _Checker(rnd)
    checker.pairs(pairs)
    return tuple(checker.faults), checker.value


def check(rnd: Round, plan: Plan) -> list[Fault]:
    """Find every rule that a plan breaks and every number that it tells wrongly.

    Bounds are compared with values and not proven. No fault is an empty list.
    """
    checker = _Checker(rnd)
    if plan.round_sha256 != rnd.sha256:
        checker.fault("/round_sha256", "is another round's", f"check it with its own, not {rnd.sha256}")
    if plan.status == "infeasible":
        return [*checker.faults, *_infeasible(rnd, plan)]
    checker.pairs(plan.pairs)
    checker.unmatched(plan)
    checker.levels(plan)
    if plan.conflicts:
        checker.fault("/conflicts", "stand in a plan that is feasible", "leave them empty")
    return checker.faults
