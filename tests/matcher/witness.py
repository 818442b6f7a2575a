"""Does a plan keep every rule, and tell the truth about itself? Standard library only.

A second reader of the definition: it shares no code with `matcher` nor with `exact`, and it works the
other way round: minute by minute over a finished plan, where the others build sets of starts.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from tests.matcher.story import Document, Story, apart, common_places, is_at, moment, quality

ORDER = ("served", "stability", "origin", "language", "gender", "continuity", "balance", "extras", "early")
OF_PERSONS = ("language", "origin", "gender", "not-with", "topic", "place")
HARD = {"one-assistant", *OF_PERSONS, "essential", "time", "overlap", "load", "pin"}


def faults(document: Document, plan: Document) -> list[str]:
    """One line per fault of the plan; none where it is a plan of this round and tells the truth."""
    found = [] if plan["round_sha256"] == sha256(document) else ["sha: of another round"]
    if plan["format"] != "r4r-plan/1":
        found.append("format: not a plan's")
    if plan["status"] == "infeasible":
        return found + list(_faults_of_refusal(document, plan))
    if plan["status"] not in ("optimal", "feasible"):
        found.append(f"status: {plan['status']}")
    if plan["conflicts"]:
        found.append("conflicts: of a feasible round")
    unknown = list(_unknown(document, plan))
    if unknown:
        return found + unknown
    story = Story(document, plan)
    for name, kept in RULES.items():
        found += [f"{name}: {line}" for line in kept(story)]
    return found + list(_faults_of_levels(story)) + list(_faults_of_unmatched(story))


def sha256(document: Document) -> str:
    """Digest of the canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _unknown(document: Document, plan: Document) -> Iterator[str]:
    needs = {c["id"]: {n["id"] for n in c["needs"]} for c in document["clients"]}
    assistants = {a["id"] for a in document["assistants"]}
    for pair in plan["pairs"]:
        if pair["client"] not in needs or pair["assistant"] not in assistants:
            yield f"unknown person: {pair['client']} or {pair['assistant']}"
        elif not {said["need"] for said in pair["appointments"]} <= needs[pair["client"]]:
            yield f"unknown need of {pair['client']}"


def _faults_of_refusal(document: Document, plan: Document) -> Iterator[str]:
    if plan["pairs"] or plan["unmatched"] or plan["levels"]:
        yield "refusal: pairs, unmatched and levels must be empty"
    if not plan["conflicts"]:
        yield "refusal: names no conflict"
    for conflict in plan["conflicts"]:
        pins = conflict["pins"]
        if not pins or not set(pins) <= set(range(len(document.get("pins", [])))):
            yield f"refusal: pins {pins} are not positions of pins"
        if conflict["code"] not in HARD:
            yield f"refusal: {conflict['code']} is no hard rule"


def _one_assistant(story: Story) -> Iterator[str]:
    for client, times in Counter(c["id"] for c, _, _ in story.pairs).items():
        if times > 1:
            yield f"{client} stands in {times} pairs"


def _persons(story: Story) -> Iterator[str]:
    for client, assistant, _ in story.pairs:
        rule = apart(story.document, client, assistant)
        if rule:
            yield f"{rule} keeps {client['id']} and {assistant['id']} apart"


def _topic(story: Story) -> Iterator[str]:
    for m in story.meetings:
        if m.need["topic"] not in m.assistant.get("topics", [m.need["topic"]]):
            yield m.name


def _place(story: Story) -> Iterator[str]:
    for m in story.meetings:
        if m.place not in common_places(m.client, m.assistant):
            yield m.name


def _essential(story: Story) -> Iterator[str]:
    for client, _, said in story.pairs:
        times = Counter(appointment["need"] for appointment in said)
        for need in client["needs"]:
            if times[need["id"]] not in ((0, 1) if need.get("optional") else (1,)):
                yield f"{need['id']} of {client['id']} has {times[need['id']]} appointments"


def _time(story: Story) -> Iterator[str]:
    for m in story.meetings:
        doc = story.document
        today = m.day.isoformat()
        latest = (m.end - timedelta(minutes=1)).date()
        weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[m.day.weekday()]
        windows = m.topic.get("windows", [{"days": [weekday], "from": "00:00", "to": "24:00"}])
        until = m.end.strftime("%H:%M") if m.end.date() == m.day else "24:00"
        true_of_it = {
            "grid": (m.start.hour * 60 + m.start.minute) % doc["grid_minutes"] == 0,
            "length": m.length == m.need.get("minutes", m.topic["minutes"]),
            "one day": m.day == latest,
            "round": doc["first_day"] <= today <= doc["last_day"],
            "open": today not in doc.get("closed_days", []),
            "by": today <= m.need.get("by", today),
            "client": all(is_at(m.client, m.place, minute) for minute in m.minutes()),
            "assistant": all(is_at(m.assistant, m.place, minute) for minute in m.minutes()),
            "window": any(
                weekday in w["days"] and w["from"] <= m.said_start[11:] and until <= w["to"] for w in windows
            ),
        }
        yield from (f"{what}: {m.name}" for what, holds in true_of_it.items() if not holds)


def _overlap(story: Story) -> Iterator[str]:
    for i, one in enumerate(story.meetings):
        for other in story.meetings[:i]:
            first, second = sorted((one, other), key=lambda m: (m.start, m.end))
            if one.client is other.client and second.start < first.end:
                yield f"{first.name} and {second.name} for the client"
            gap = timedelta(minutes=one.assistant.get("buffer_minutes", 0))
            if one.assistant is other.assistant and second.start < first.end + gap:
                yield f"{first.name} and {second.name} for the assistant"


def _load(story: Story) -> Iterator[str]:
    clients = Counter(a["id"] for _, a, _ in story.pairs)
    days = Counter((m.client["id"], m.day) for m in story.meetings)
    daily: Counter[Any] = Counter()
    weekly: Counter[Any] = Counter()
    for m in story.meetings:
        monday = m.day - timedelta(days=m.day.weekday())
        daily[m.assistant["id"], m.day] += m.length
        weekly[m.assistant["id"], monday] += m.length
    for name, number in clients.items():
        if number > story.assistants[name].get("max_clients", number):
            yield f"max_clients of {name}"
    for (name, day), number in days.items():
        if number > story.clients[name].get("max_per_day", 1):
            yield f"max_per_day of {name} on {day}"
    for limit, loads in (("max_minutes_per_day", daily), ("max_minutes_per_week", weekly)):
        for (name, day), minutes in loads.items():
            if minutes > story.assistants[name].get(limit, minutes):
                yield f"{limit} of {name} at {day}"


def _pin(story: Story) -> Iterator[str]:
    pairs = {(c["id"], a["id"]) for c, a, _ in story.pairs}
    for pin in story.document.get("pins", []):
        if (pin["client"], pin["assistant"]) not in pairs or ("need" in pin and not _stands(story, pin)):
            yield f"{pin}"


def _stands(story: Story, named: Document) -> bool:
    return any(
        (m.client["id"], m.assistant["id"], m.need["id"], m.said_start)
        == (named["client"], named["assistant"], named["need"], named["start"])
        for m in story.meetings
    )


RULES: dict[str, Callable[[Story], Iterator[str]]] = {
    "one-assistant": _one_assistant,
    "persons": _persons,
    "topic": _topic,
    "place": _place,
    "essential": _essential,
    "time": _time,
    "overlap": _overlap,
    "load": _load,
    "pin": _pin,
}


def values(story: Story) -> dict[str, int]:
    """What every level is worth in this plan, counted anew."""
    doc, total = story.document, dict.fromkeys(ORDER, 0)
    loads = {a["id"]: a.get("caseload", 0) for a in doc["assistants"]}
    for client, assistant, _ in story.pairs:
        wish = client.get("wishes", {})
        kin = bool(set(client.get("cultures", ())) & set(assistant.get("cultures", ())))
        loads[assistant["id"]] += 1
        total["served"] += client.get("weight", 1)
        if wish.get("origin") == "prefer-same":
            total["origin"] += 2 if client["origin"] == assistant["origin"] else int(kin)
        total["language"] += quality(doc, client, assistant)
        total["gender"] += wish.get("gender", "none") == "prefer-" + assistant["gender"]
        total["continuity"] += client.get("previous_assistant") == assistant["id"]
    first = moment(doc["first_day"] + "T00:00").date()
    total["stability"] = sum(_stands(story, entry) for entry in doc.get("keep", []))
    total["balance"] = -sum(load * load for load in loads.values())
    total["extras"] = sum(m.need.get("optional", False) for m in story.meetings)
    total["early"] = -sum((m.day - first).days for m in story.meetings)
    return total


def _faults_of_levels(story: Story) -> Iterator[str]:
    true = values(story)
    told = story.plan["levels"]
    if [level["level"] for level in told] != list(story.document.get("policy", {}).get("levels", ORDER)):
        yield "levels: not the policy's"
    for level in told:
        name, value, bound = level["level"], level["value"], level["bound"]
        if value != true.get(name):
            yield f"levels: {name} is {true.get(name)}, the plan tells {value}"
        if bound < value:
            yield f"levels: {name} has the bound {bound} below its value {value}"
        if story.plan["status"] == "optimal" and bound != value:
            yield f"levels: {name} is open, the plan tells optimal"


def _faults_of_unmatched(story: Story) -> Iterator[str]:
    matched = {c["id"] for c, _, _ in story.pairs}
    told = Counter(entry["client"] for entry in story.plan["unmatched"])
    for client in story.clients:
        if told[client] != (client not in matched):
            yield f"unmatched: {client} must stand once, with an assistant or here"
    for stranger in told.keys() - story.clients.keys():
        yield f"unmatched: {stranger} is unknown"
    for entry in story.plan["unmatched"]:
        if entry["client"] not in story.clients:
            continue
        client = story.clients[entry["client"]]
        counted = Counter({r["code"]: r["assistants"] for r in entry["reasons"]})
        if counted.total() != len(story.assistants):
            yield f"unmatched: reasons of {client['id']} account for {counted.total()} assistants"
        expected = Counter(apart(story.document, client, a) for a in story.assistants.values())
        for code in OF_PERSONS:
            if counted[code] != expected[code]:
                yield f"unmatched: {code} rules out {expected[code]} for {client['id']}, not {counted[code]}"
        if set(counted) - HARD - {"no-common-time", "outranked"}:
            yield f"unmatched: {client['id']} has a reason nobody knows"
