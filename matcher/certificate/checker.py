"""Check, without any solver, that no plan of a round serves more than a certificate says.

    python checker.py round.json plan.json certificate.json

Exit 0: the plan keeps the rules, and its bound of `served` is proven. 1: it is not, and a line for
each reason says why. 2: a file cannot be read. Whole numbers only, so that nothing is rounded.

Why it proves something. Let the time of the assistants, and all else of which there is not enough,
be for sale at any prices from 0 on. A plan that keeps the rules uses no more of anything than there
is, so all that its clients pay is at most what all there is would fetch; and what a client counts
above what they pay is at most what the cheapest way to help them leaves, or 0 if nobody does. What
all there is would fetch, and the most that each client can leave: no plan serves more than the sum
(weak duality of linear programs). Where one list of prices does not do, a certificate asks
questions about clients, and has prices for the plans of either answer: each plan gives one of two.
A lemma is such a proof about one assistant alone; it then is one more thing that runs short.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

Document = dict[str, Any]
Row = tuple[Any, ...]  # its kind and what it is about, as in a certificate: ("day", "a1", "2026-12-07")
LEVELS = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5, "C2": 6, "native": 7}
SCALE = 10**6  # prices are whole numbers of millionths
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError)


class Need(NamedTuple):
    """What a client must get, for how many minutes, and the slots in which it can start."""

    id: str
    minutes: int
    starts: tuple[int, ...]


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
        clocks = [f"{n // 60:02}:{n % 60:02}" for n in range(0, 24 * 60, self.grid)]
        self.moments = [f"{day}T{clock}" for day in self.days for clock in clocks]
        self.day_of = [str(day) for day in self.days for _ in clocks]
        self.week_of = [str(day - timedelta(day.weekday())) for day in self.days for _ in clocks]
        self.topics, self.clients, self.assistants = (
            {one["id"]: one for one in document[name]} for name in ("topics", "clients", "assistants")
        )
        people = document["clients"] + document["assistants"]
        named = (places(one, stretch) or () for one in people for stretch in one["availability"])
        self.places: set[str | None] = {None}.union(*named)
        self.free_clients, self.free_assistants = (
            {one["id"]: {place: self.free(one, place) for place in self.places} for one in document[name]}
            for name in ("clients", "assistants")
        )
        needs = [need for client in document["clients"] for need in client["needs"]]
        self.opening = {key: self.open(*key) for key in {(n["topic"], self.minutes(n)) for n in needs}}
        self.listed: dict[int, tuple[int, ...]] = {}
        self.limits: dict[Row, int] = {("slot", a, t): 1 for a in self.assistants for t in self.moments}
        for a, one in self.assistants.items():
            if "max_clients" in one:
                self.limits["clients", a] = one["max_clients"]
            for kind, periods in (("day", self.day_of), ("week", self.week_of)):
                if (most := one.get(f"max_minutes_per_{kind}")) is not None:
                    # Appointments last whole steps of the grid.
                    self.limits |= {(kind, a, period): most // self.grid * self.grid for period in periods}

    def slot(self, text: str) -> int:
        """Count the slots up to a moment, as far as they are of the round."""
        day, clock = text.split("T")
        minutes = (date.fromisoformat(day) - self.first).days * 24 * 60 + int(clock[:2]) * 60 + int(clock[3:])
        return min(max(minutes // self.grid, 0), len(self.moments))

    def minutes(self, need: Document) -> int:
        """Return how long a need takes."""
        return int(need.get("minutes") or self.topics[need["topic"]]["minutes"])

    def free(self, one: Document, place: str | None) -> int:
        """Return when somebody can be at a place (None: lists none), as an int whose bit n is slot n."""
        bits = 0
        for stretch in one["availability"]:
            if (listed := places(one, stretch)) is None or place in listed:
                bits |= (1 << self.slot(stretch["end"])) - (1 << self.slot(stretch["start"]))
        return bits

    def open(self, topic: str, minutes: int) -> int:
        """Return when an appointment can start within a window of an open day, as such an int."""
        bits, always = 0, {"days": WEEKDAYS, "from": "00:00", "to": "24:00"}
        for day, window in product(self.days, self.topics[topic].get("windows", [always])):
            if str(day) not in self.document.get("closed_days", ()) and WEEKDAYS[day.weekday()] in window["days"]:
                start, end = (self.slot(f"{day}T{window[side]}") for side in ("from", "to"))
                bits |= (1 << max(start, end - minutes // self.grid + 1)) - (1 << start)
        return bits

    def starts(self, c: str, a: str, need: Document) -> tuple[int, ...]:
        """List the slots in which a need can start with an assistant, other clients aside."""
        topic, minutes, found = need["topic"], self.minutes(need), 0
        for place in self.places if topic in self.assistants[a].get("topics", [topic]) else ():
            both = run = self.free_clients[c][place] & self.free_assistants[a][place]
            for n in range(1, minutes // self.grid if both else 0):
                run &= both >> n
            found |= run
        found &= self.opening[topic, minutes] & (1 << self.slot(need.get("by", "9999-12-31") + "T24:00")) - 1
        if found not in self.listed:
            self.listed[found] = tuple(n for n, bit in enumerate(f"{found:b}"[::-1]) if bit == "1")
        return self.listed[found]

    def may_meet(self, client: Document, assistant: Document) -> bool:
        """Tell whether no rule about the two keeps them apart, whatever the time."""
        policy, wishes = self.document.get("policy", {}), client.get("wishes", {})
        quality = 0
        for (x, mine), (y, theirs) in product(client["languages"].items(), assistant["languages"].items()):
            losses = [b["loss"] for b in policy.get("bridges", ()) if (b["client"], b["assistant"]) == (x, y)]
            for loss in [0] if x == y else losses:
                quality = max(quality, min(LEVELS[mine], LEVELS[theirs]) - loss)
        same, wanted = client["origin"] == assistant["origin"], wishes.get("gender", "none")
        mine, theirs = ([places(one, s) for s in one["availability"]] for one in (client, assistant))
        return (
            quality >= LEVELS[policy.get("minimum_level", "B1")]
            and {"require-same": same, "require-different": not same}.get(wishes.get("origin"), True)
            and (not wanted.startswith("require-") or wanted == f"require-{assistant['gender']}")
            and client["gender"] in assistant.get("accepts_genders", [client["gender"]])
            and assistant["id"] not in client.get("not_with", ())
            and {"client": client["id"], "assistant": assistant["id"]} not in self.document.get("bans", ())
            # Who is never there has no place in dispute.
            and (not mine or not theirs or any(share(one, other) for one, other in product(mine, theirs)))
        )

    def plans(self) -> Part:
        """Return all plans that keep the pins. Optional needs serve nobody: they count where pinned."""
        pins = self.document.get("pins", ())
        options: dict[str, dict[str, tuple[Need, ...]]] = {c: {} for c in self.clients}
        for (c, client), (a, assistant) in product(self.clients.items(), self.assistants.items()):
            mine = [pin for pin in pins if pin["client"] == c]
            if all(pin["assistant"] == a for pin in mine) and self.may_meet(client, assistant):
                needs = []
                for need in client["needs"]:
                    pinned = [self.slot(pin["start"]) for pin in mine if pin.get("need") == need["id"]]
                    if pinned or not need.get("optional"):
                        starts = self.starts(c, a, need)
                        if pinned:
                            starts = tuple(t for t in starts if {t} == set(pinned))
                        needs.append(Need(need["id"], self.minutes(need), starts))
                options[c][a] = tuple(needs)
        return Part(options, frozenset(pin["client"] for pin in pins))

    def uses(self, a: str, minutes: int, start: int) -> list[tuple[Row, int]]:
        """List what an appointment takes of an assistant, and how much: the rows of the program."""
        slots = -(-(minutes + self.assistants[a].get("buffer_minutes", 0)) // self.grid)
        day, week = ("day", a, self.day_of[start]), ("week", a, self.week_of[start])
        return [*((("slot", a, t), 1) for t in self.moments[start : start + slots]), (day, minutes), (week, minutes)]


def places(one: Document, stretch: Document) -> list[str] | None:
    """Return where somebody can meet during a stretch of their time; None is anywhere."""
    listed: list[str] | None = stretch.get("places", one.get("places"))
    return listed


def share(some: list[str] | None, others: list[str] | None) -> bool:
    """Tell whether two such lists have a place in common."""
    return [] not in (some, others) and (some is None or others is None or not set(some).isdisjoint(others))


def halves(case: Case, part: Part, split: Document) -> tuple[Part, Part]:
    """Split plans by a question about a client, into those whose answer is yes, and those whose is no.

    Whether they meet one of some assistants; or whether a need of theirs starts before a moment,
    to which plans without this client give both answers.
    """
    client, own = split["client"], part.options[split["client"]]

    def kept(answer: bool) -> dict[str, tuple[Need, ...]]:
        if "assistants" in split:
            return {a: own[a] for a in own if (a in split["assistants"]) is answer}
        moment, name = case.slot(split["before"]), split["need"]
        return {
            a: tuple(n._replace(starts=tuple(t for t in n.starts if n.id != name or (t < moment) is answer)) for n in needs)
            for a, needs in own.items()
        }

    must = part.must | {client} if "assistants" in split else part.must
    return Part({**part.options, client: kept(True)}, must), Part({**part.options, client: kept(False)}, part.must)


class Proof:
    """Adds up what no plan can be above, and notes what is wrong with a certificate."""

    def __init__(self, case: Case, faults: list[str]) -> None:
        self.case, self.faults = case, faults
        # Of one assistant each: the weights of clients whom they take add up to no more than this.
        self.lemmas: list[tuple[str, dict[str, int], int]] = []

    def bound(self, where: str, part: Part, weights: dict[str, int], tree: Document) -> int:
        """Return what the weights of a plan's clients add up to at most."""
        todo, most = [(where, part, tree)], 0
        while todo:
            where, part, node = todo.pop()
            try:
                if "split" in node:
                    yes, no = halves(self.case, part, node["split"])
                    todo += [(f"{where}/yes", yes, node["yes"]), (f"{where}/no", no, node["no"])]
                else:
                    most = max(most, self.worth(f"{where}/prices", part, weights, node["prices"]))
            except MALFORMED as error:
                self.faults.append(f"{where}: is neither a question with two answers nor prices: {error!r}")
        return most

    def worth(self, where: str, part: Part, weights: dict[str, int], listed: list[Any]) -> int:
        """Return what all there is would fetch, and the most that clients leave, rounded down."""
        total, prices = 0, Counter[Row]()
        daily: dict[Row, dict[str, int]] = defaultdict(dict)
        for position, (kind, *about, price) in enumerate(listed):
            if type(price) is not int or price < 0:
                self.faults.append(f"{where}/{position}: {price} is no price; write a whole number from 0 on")
            elif kind == "client-day":
                # In a day a client has as many appointments as `max_per_day`, if they meet the assistant.
                client, assistant, day = about
                daily[client, assistant][day] = price
            elif kind == "lemma":
                total += price * self.lemmas[about[0]][2]
                prices[kind, *about] = price
            elif (kind, *about) not in self.case.limits:
                self.faults.append(f"{where}/{position}: the round has no limit {json.dumps([kind, *about])}")
            else:
                total += price * self.case.limits[kind, *about]
                prices[kind, *about] = price
        paid: dict[Row, dict[int, int]] = defaultdict(dict)
        for client, options in part.options.items():
            leaves = [] if client in part.must else [0]
            for a, needs in options.items():
                if not all(need.starts for need in needs):
                    continue
                own = daily.get((client, a), {})
                left = SCALE * weights.get(client, 0) - prices["clients", a]
                left += self.case.clients[client].get("max_per_day", 1) * sum(own.values())
                for n, (whose, weighed, _) in enumerate(self.lemmas):
                    left -= prices["lemma", n] * weighed.get(client, 0) if whose == a else 0
                for _, minutes, starts in needs:
                    cost = paid[a, minutes]
                    for t in starts:
                        if t not in cost:
                            cost[t] = sum(much * prices[row] for row, much in self.case.uses(a, minutes, t))
                    left -= min(cost[t] + own.get(self.case.day_of[t], 0) if own else cost[t] for t in starts)
                leaves.append(left)
            if not leaves:
                return 0  # no plan is of this part
            total += max(leaves)
        return total // SCALE


def served(case: Case, plans: Part, plan: Document, faults: list[str]) -> int:
    """Return what a plan serves, and note which rules it breaks."""
    used = Counter[Row]()
    for position, pair in enumerate(plan["pairs"]):
        c, a, where = pair["client"], pair["assistant"], f"plan: pairs/{position}"
        if a not in plans.options.get(c, ()):
            faults.append(f"{where}: {c} and {a} may not meet")
            continue
        used.update({("client", c): 1, ("clients", a): 1})
        able = {n["id"]: Need(n["id"], case.minutes(n), case.starts(c, a, n)) for n in case.clients[c]["needs"]}
        able |= {need.id: need for need in plans.options[c][a]}
        had = Counter(said["need"] for said in pair["appointments"])
        if any(had[need.id] != 1 for need in plans.options[c][a]) or any(had[n] > 1 for n in had):
            faults.append(f"{where}: has not one appointment for each need")
        for need, start in ((able.get(said["need"]), said["start"]) for said in pair["appointments"]):
            if need is None or start not in [case.moments[t] for t in need.starts]:
                faults.append(f"{where}: no need of theirs can start with {a} at {start}")
            else:
                used.update(dict(case.uses(a, need.minutes, case.slot(start))))
                used["client-day", c, start[:10]] += 1
    for row, much in used.items():
        of_client = {"client": 1, "client-day": case.clients.get(row[1], {}).get("max_per_day", 1)}
        if much > of_client.get(row[0], case.limits.get(row, much)):
            faults.append(f"plan: takes {much} of {json.dumps(row)}, which is more than there is")
    faults += [f"plan: {c} is pinned, and not matched" for c in plans.must if not used["client", c]]
    return sum(case.clients[row[1]].get("weight", 1) for row in used if row[0] == "client")


def proven(case: Case, plans: Part, certificate: Document, faults: list[str]) -> int:
    """Return what no plan can serve more than, and note what is wrong with the certificate."""
    proof = Proof(case, faults)
    for n, lemma in enumerate(certificate["lemmas"]):
        a, weights = lemma["assistant"], lemma["weights"]
        alone = Part({c: {a: plans.options[c][a]} for c in weights if a in plans.options[c]}, frozenset())
        most = proof.bound(f"certificate: lemmas/{n}/tree", alone, weights, lemma["tree"])
        proof.lemmas.append((a, weights, most))
    weights = {c: client.get("weight", 1) for c, client in case.clients.items()}
    bound = proof.bound("certificate: tree", plans, weights, certificate["tree"])
    if not faults and bound > certificate["bound"]:
        faults.append(f"certificate: proves that no plan serves more than {bound}, not {certificate['bound']}")
    return bound


def check(document: Document, plan: Document, certificate: Document) -> tuple[list[str], str]:
    """Return why the plan's bound of `served` is not proven, if so; and what is."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    named = {"plan": plan["round_sha256"], "certificate": certificate["round_sha256"]}
    faults = [f"{name}: is of another round" for name, of in named.items() if of != sha256]
    case = Case(document)
    plans = case.plans()
    value, (told,) = served(case, plans, plan, faults), [x for x in plan["levels"] if x["level"] == "served"]
    if value != told["value"]:
        faults.append(f"plan: serves {value}, and tells {told['value']}")
    try:
        bound = proven(case, plans, certificate, faults)
    except MALFORMED as error:
        return [*faults, f"certificate: is none: {error!r}"], ""
    if not faults and bound > told["bound"]:
        faults.append(f"plan: tells that no plan serves more than {told['bound']}; proven is {bound}")
    return faults, f"proven: the plan serves {value}, and no plan serves more than {bound}"


def main(paths: list[str]) -> int:
    """Check three files and return the exit code."""
    if len(paths) != 3:
        print("usage: python checker.py round.json plan.json certificate.json", file=sys.stderr)
        return 2
    documents = []
    for path in paths:
        try:  # what is not whole becomes None, with which nothing can be reckoned
            text = Path(path).read_text("utf-8")
            documents.append(json.loads(text, parse_float=lambda _: None, parse_constant=lambda _: None))
        except (OSError, RecursionError, ValueError) as error:
            print(f"{path}: cannot be read: {error}", file=sys.stderr)
            return 2
    try:
        faults, told = check(*documents)
    except MALFORMED as error:
        print(f"{paths[0]} or {paths[1]}: is no round or no plan of its own: {error!r}", file=sys.stderr)
        return 2
    print("\n".join(faults) or told)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
