"""Check, without any solver, that no plan of a round serves more than a certificate says.

    python checker.py round.json plan.json certificate.json

Exit 0: the plan keeps the rules, and its bound of `served` is proven. 1: not so, for the reasons
told. 2: a file cannot be read. It reckons in whole numbers, so that nothing is rounded.

Why it proves something. Let the time of the assistants, and all else that runs short, be for sale
at any prices from 0 on. A plan that keeps the rules uses no more of anything than there is, so its
clients pay at most what all there is would fetch; and what a client counts above what they pay is
at most what the cheapest help leaves, or 0 without any. No plan serves more than the sum of both
(weak duality of linear programs). Where one list of prices does not do, a certificate asks a
question about a client, and has prices for the plans of either answer.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

Document = dict[str, Any]
Row = tuple[Any, ...]  # its kind and what it is about, as in a certificate: ("day", "a1", "2026-12-07")
LEVELS = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5, "C2": 6, "native": 7}
SCALE = 10**6  # prices are whole numbers of millionths
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError)


class Need(NamedTuple):
    """What a client must get, for how many minutes, and the slots in which it can start."""

    id: str
    minutes: int
    starts: tuple[int, ...]

    def kept(self, moment: int, before: bool) -> Need:
        """Return the need with its starts before a moment only, or with the others."""
        return self._replace(starts=tuple(t for t in self.starts if (t < moment) is before))


class Part(NamedTuple):
    """Some of the plans: whom each client may meet, and when; and who has to be matched."""

    options: dict[str, dict[str, tuple[Need, ...]]]
    must: frozenset[str]


class Case:
    """What a round allows. Slots are steps of the grid, counted from midnight of the first day."""

    def __init__(self, document: Document) -> None:
        self.document, self.grid = document, document["grid_minutes"]
        self.first, last = (date.fromisoformat(document[name]) for name in ("first_day", "last_day"))
        self.days = [self.first + timedelta(n) for n in range((last - self.first).days + 1)]
        clocks = [f"{n // 60:02}:{n % 60:02}" for n in range(0, DAY, self.grid)]
        self.moments = [f"{day}T{clock}" for day in self.days for clock in clocks]
        self.day_of = [str(day) for day in self.days for _ in clocks]
        self.week_of = [str(day - timedelta(day.weekday())) for day in self.days for _ in clocks]
        self.topics, self.clients, self.assistants = (
            {one["id"]: one for one in document[name]} for name in ("topics", "clients", "assistants")
        )
        people = document["clients"] + document["assistants"]
        self.places = {None, *(place for one in people for where in lists(one) for place in where or ())}
        self.free_clients = {c: self.free(one) for c, one in self.clients.items()}
        self.free_assistants = {a: self.free(one) for a, one in self.assistants.items()}
        self.opening = cache(self.open)
        self.limits: dict[Row, int] = {("slot", a, t): 1 for a in self.assistants for t in self.moments}
        for a, one in self.assistants.items():
            self.limits["clients", a] = one.get("max_clients", len(self.clients))
            for kind, periods in (("day", self.day_of), ("week", self.week_of)):
                slots = one.get(f"max_minutes_per_{kind}", DAY * len(self.days)) // self.grid
                self.limits |= {(kind, a, period): slots * self.grid for period in periods}  # whole steps

    def slot(self, text: str) -> int:
        """Count the slots up to a moment, as far as they are of the round."""
        hours = (date.fromisoformat(text[:10]) - self.first).days * 24 + int(text[11:13])
        return min(max((hours * 60 + int(text[14:16])) // int(self.grid), 0), len(self.moments))

    def free(self, one: Document) -> dict[str | None, int]:
        """Return when somebody can be at each place (None: listing none), as ints whose bit n is slot n."""
        bits = dict.fromkeys(self.places, 0)
        for stretch, listed in zip(one["availability"], lists(one), strict=True):
            for place in self.places if listed is None else listed:
                bits[place] |= (1 << self.slot(stretch["end"])) - (1 << self.slot(stretch["start"]))
        return bits

    def open(self, topic: str, minutes: int) -> int:
        """Return when an appointment can start within a window of an open day, as such an int."""
        bits, always = 0, {"days": WEEKDAYS, "from": "00:00", "to": "24:00"}
        for day, window in product(self.days, self.topics[topic].get("windows", [always])):
            closed = str(day) in self.document.get("closed_days", ())
            if WEEKDAYS[day.weekday()] in window["days"] and not closed:
                start, end = (self.slot(f"{day}T{window[side]}") for side in ("from", "to"))
                bits |= (1 << max(start, end - minutes // self.grid + 1)) - (1 << start)
        return bits

    def need(self, c: str, a: str, need: Document) -> Need:
        """Return when a need can start with an assistant, other clients aside."""
        topic, found = need["topic"], 0
        minutes = need.get("minutes") or self.topics[topic]["minutes"]
        for place in self.places if topic in self.assistants[a].get("topics", [topic]) else ():
            both = run = self.free_clients[c][place] & self.free_assistants[a][place]
            for n in range(1, minutes // self.grid if both else 0):
                run &= both >> n
            found |= run
        found &= self.opening(topic, minutes) & (1 << self.slot(need.get("by", "9999-12-31") + "T24:00")) - 1
        return Need(need["id"], minutes, tuple(n for n, bit in enumerate(f"{found:b}"[::-1]) if bit == "1"))

    def may_meet(self, client: Document, assistant: Document) -> bool:
        """Tell whether no rule about the two keeps them apart, whatever the time."""
        policy, wishes = self.document.get("policy", {}), client.get("wishes", {})
        loss = {(b["client"], b["assistant"]): b["loss"] for b in policy.get("bridges", ())}
        quality = (  # two languages that no bridge joins lose everything
            min(LEVELS[mine], LEVELS[theirs]) - (0 if x == y else loss.get((x, y), 7))
            for (x, mine), (y, theirs) in product(client["languages"].items(), assistant["languages"].items())
        )
        same, wanted = client["origin"] == assistant["origin"], wishes.get("gender", "none")
        return (
            max(quality, default=0) >= LEVELS[policy.get("minimum_level", "B1")]
            and {"require-same": same, "require-different": not same}.get(wishes.get("origin"), True)
            and (not wanted.startswith("require-") or wanted == f"require-{assistant['gender']}")
            and client["gender"] in assistant.get("accepts_genders", [client["gender"]])
            and assistant["id"] not in client.get("not_with", ())
            and {"client": client["id"], "assistant": assistant["id"]} not in self.document.get("bans", ())
            # They share a place at some time of each; who is never there has none in dispute.
            and (not client["availability"] or not assistant["availability"] or any(
                [] not in (x, y) and (x is None or y is None or set(x) & set(y))
                for x, y in product(lists(client), lists(assistant))
            ))
        )

    def plans(self) -> Part:
        """Return all plans that keep the pins. Optional needs serve nobody: they count where pinned."""
        pins = self.document.get("pins", ())
        options: dict[str, dict[str, tuple[Need, ...]]] = {c: {} for c in self.clients}
        for (c, client), (a, assistant) in product(self.clients.items(), self.assistants.items()):
            mine = [pin for pin in pins if pin["client"] == c]
            if all(pin["assistant"] == a for pin in mine) and self.may_meet(client, assistant):
                options[c][a] = ()
                for asked in client["needs"]:
                    pinned = [self.slot(pin["start"]) for pin in mine if pin.get("need") == asked["id"]]
                    if pinned or not asked.get("optional"):
                        need = self.need(c, a, asked)
                        for slot in pinned:
                            need = need.kept(slot, False).kept(slot + 1, True)
                        options[c][a] += (need,)
        return Part(options, frozenset(pin["client"] for pin in pins))

    def uses(self, a: str, minutes: int, start: int) -> list[tuple[Row, int]]:
        """List what an appointment takes of an assistant, and how much: the rows of the program."""
        end = start - (-(minutes + self.assistants[a].get("buffer_minutes", 0)) // self.grid)
        day, week = ("day", a, self.day_of[start]), ("week", a, self.week_of[start])
        return [*((("slot", a, t), 1) for t in self.moments[start:end]), (day, minutes), (week, minutes)]


def lists(one: Document) -> list[list[str] | None]:
    """List where somebody can meet during each stretch of their time; None is anywhere."""
    return [stretch.get("places", one.get("places")) for stretch in one["availability"]]


def halves(case: Case, part: Part, split: Document) -> tuple[Part, Part]:
    """Split plans into those that answer yes and no to a question about a client.

    Do they meet one of some assistants? Or, if they are matched, does a need start before a moment?
    """
    client, name = split["client"], split.get("need")
    own, moment = part.options[client], case.slot(split.get("before", "0001-01-01T00:00"))
    yes, no = (
        {a: tuple(n.kept(moment, answer) if n.id == name else n for n in needs) for a, needs in own.items()}
        if "before" in split else {a: own[a] for a in own if (a in split["assistants"]) is answer}
        for answer in (True, False)
    )
    must = part.must if "before" in split else part.must | {client}
    return Part({**part.options, client: yes}, must), Part({**part.options, client: no}, part.must)


def bound(case: Case, part: Part, tree: Document, faults: list[str]) -> int:
    """Return what no plan serves more than, and note what is wrong with the questions and prices."""
    todo, most = [("certificate: /tree", part, tree)], 0
    while todo:
        where, part, node = todo.pop()
        try:
            if "split" in node:
                yes, no = halves(case, part, node["split"])
                todo += [(f"{where}/no", no, node["no"]), (f"{where}/yes", yes, node["yes"])]
            else:
                most = max(most, worth(case, part, node["prices"], faults, f"{where}/prices"))
        except MALFORMED as error:
            faults.append(f"{where}: is no question with two answers, and no list of prices: {error!r}")
    return most


def worth(case: Case, part: Part, listed: list[Any], faults: list[str], where: str) -> int:
    """Return what all there is would fetch, and the most that clients leave, rounded down."""
    total, prices, daily = 0, Counter[Row](), defaultdict[Row, dict[str, int]](dict)
    for position, (kind, *about, price) in enumerate(listed):
        limit = 0 if kind == "client-day" else case.limits.get((kind, *about))
        if limit is None or type(price) is not int or price < 0:
            faults.append(f"{where}/{position}: is no limit of this round with a whole price from 0 on")
            continue
        total += price * limit
        prices[kind, *about] = price
        if kind == "client-day":  # `max_per_day` appointments with the assistant whom they meet, else none
            daily[about[0], about[1]][about[2]] = price
    paid = defaultdict[Row, dict[int, int]](dict)
    for client, options in part.options.items():
        weight, most = (case.clients[client].get(name, 1) for name in ("weight", "max_per_day"))
        leaves = [] if client in part.must else [0]
        for a, needs in options.items():
            own = daily.get((client, a), {})
            left = SCALE * weight - prices["clients", a] + most * sum(own.values())
            for _, minutes, starts in needs:
                cost = paid[a, minutes]
                for t in starts:
                    if t not in cost:
                        cost[t] = sum(much * prices[row] for row, much in case.uses(a, minutes, t))
                left -= min((cost[t] + own.get(case.day_of[t], 0) for t in starts), default=0)
            if all(need.starts for need in needs):
                leaves.append(left)
        if not leaves:
            return 0  # this part has no plans
        total += max(leaves)
    return total // SCALE


def served(case: Case, plans: Part, plan: Document, faults: list[str]) -> int:
    """Return what a plan serves, and note which rules it breaks."""
    used = Counter[Row]()
    for position, pair in enumerate(plan["pairs"]):
        c, a, where = pair["client"], pair["assistant"], f"plan: /pairs/{position}"
        if a not in plans.options.get(c, ()) or used["client", c]:
            faults.append(f"{where}: {c} may not meet {a}, or meets somebody already")
            continue
        used.update({("client", c): 1, ("clients", a): 1})
        listed = [case.need(c, a, need) for need in case.clients[c]["needs"]]
        needs = {need.id: need for need in [*listed, *plans.options[c][a]]}  # the pinned ones last
        had = Counter(said["need"] for said in pair["appointments"])
        if any(had[need.id] != 1 for need in plans.options[c][a]) or any(had[n] > 1 for n in had):
            faults.append(f"{where}: has not one appointment for each need")
        for name, start in ((said["need"], said["start"]) for said in pair["appointments"]):
            if name not in needs or start not in {case.moments[t] for t in needs[name].starts}:
                faults.append(f"{where}: {name} cannot start with {a} at {start}")
            else:
                used.update(dict(case.uses(a, needs[name].minutes, case.slot(start))))
                used["client-day", c, start[:10]] += 1
    for row, much in used.items():
        of_day = row[0] == "client-day"
        if much > (case.clients[row[1]].get("max_per_day", 1) if of_day else case.limits.get(row, 1)):
            faults.append(f"plan: takes {much} of {json.dumps(row)}, which is more than there is")
    faults += [f"plan: {c} is pinned, and not matched" for c in plans.must if not used["client", c]]
    return sum(case.clients[row[1]].get("weight", 1) for row in used if row[0] == "client")


def check(document: Document, plan: Document, certificate: Document) -> tuple[list[str], str]:
    """Return why the plan's bound of `served` is not proven, if so; and what is."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    both = {"plan": plan, "certificate": certificate}
    faults = [f"{name}: is of another round" for name in both if both[name]["round_sha256"] != sha256]
    case = Case(document)
    plans = case.plans()
    value, (told,) = served(case, plans, plan, faults), [x for x in plan["levels"] if x["level"] == "served"]
    if value != told["value"]:
        faults.append(f"plan: serves {value}, and tells {told['value']}")
    most = bound(case, plans, certificate["tree"], faults)
    for name, one in (("plan", told), ("certificate", certificate)):
        if not faults and most > one["bound"]:
            faults.append(f"{name}: tells that no plan serves more than {one['bound']}; proven is {most}")
    return faults, f"proven: the plan serves {value}, and no plan serves more than {most}"


def main(paths: list[str]) -> int:
    """Check three files and return the exit code."""
    documents, nothing = list[Document](), lambda _: None
    try:
        for path, kind in zip(paths, ("round", "plan", "certificate"), strict=True):
            # What is not whole becomes None, with which nothing can be reckoned.
            document = json.loads(Path(path).read_text("utf-8"), parse_float=nothing, parse_constant=nothing)
            if document["format"] != f"r4r-{kind}/1":
                raise ValueError(f"is no r4r-{kind}/1 document")
            documents.append(document)
        faults, told = check(*documents)
    except (OSError, RecursionError, *MALFORMED) as error:
        wrong = " ".join(paths[len(documents) :][:1] or paths)
        print(f"{wrong}: {error!r}; give a round, its plan and its certificate", file=sys.stderr)
        return 2
    print("\n".join(faults) or told)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
