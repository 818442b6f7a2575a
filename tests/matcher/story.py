"""A plan told as appointments with both people at hand, and what may keep two people apart.

The witness reads plans through this; plain documents and the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

Document = dict[str, Any]

RANK = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5, "C2": 6, "native": 7}
ANYWHERE = "\0anywhere"


class Story:
    """The plan told as a list of appointments with both people at hand."""

    def __init__(self, document: Document, plan: Document) -> None:
        self.document, self.plan = document, plan
        self.clients = {c["id"]: c for c in document["clients"]}
        self.assistants = {a["id"]: a for a in document["assistants"]}
        self.topics = {t["id"]: t for t in document["topics"]}
        self.pairs = [
            (self.clients[p["client"]], self.assistants[p["assistant"]], p["appointments"])
            for p in plan["pairs"]
        ]
        self.meetings = [Meeting(self, c, a, said) for c, a, list_ in self.pairs for said in list_]


class Meeting:
    """One appointment: who, what, when, where."""

    def __init__(self, story: Story, client: Document, assistant: Document, said: Document) -> None:
        self.client, self.assistant, self.place = client, assistant, said["place"]
        self.need = next(n for n in client["needs"] if n["id"] == said["need"])
        self.topic = story.topics[self.need["topic"]]
        self.said_start = said["start"]
        self.start, self.end = moment(said["start"]), moment(said["end"])
        self.length = (self.end - self.start) // timedelta(minutes=1)
        self.day = self.start.date()
        self.name = f"{client['id']} with {assistant['id']}, {said['need']} at {said['start']}"

    def minutes(self) -> Iterator[datetime]:
        return (self.start + timedelta(minutes=m) for m in range(self.length))


def moment(text: str) -> datetime:
    """Wall-clock time, as written: a round lies in one zone."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 -- local by definition


def quality(document: Document, client: Document, assistant: Document) -> int:
    """Best of the languages, 0 where they share none."""
    best = 0
    for spoken, mine in client["languages"].items():
        if spoken in assistant["languages"]:
            best = max(best, min(RANK[mine], RANK[assistant["languages"][spoken]]))
    for bridge in document.get("policy", {}).get("bridges", []):
        mine = client["languages"].get(bridge["client"])
        theirs = assistant["languages"].get(bridge["assistant"])
        if mine and theirs and bridge["client"] != bridge["assistant"]:
            best = max(best, min(RANK[mine], RANK[theirs]) - bridge["loss"])
    return best


def apart(document: Document, client: Document, assistant: Document) -> str | None:
    """First rule about the two persons that keeps them apart, in the order of the table."""
    wish = {"origin": "none", "gender": "none"} | client.get("wishes", {})
    if quality(document, client, assistant) < RANK[document.get("policy", {}).get("minimum_level", "B1")]:
        return "language"
    if wish["origin"] == ("require-different" if client["origin"] == assistant["origin"] else "require-same"):
        return "origin"
    if wish["gender"] in {"require-female", "require-male"} - {"require-" + assistant["gender"]}:
        return "gender"
    if client["gender"] not in assistant.get("accepts_genders", ("male", "female", "other")):
        return "gender"
    bans = [(ban["client"], ban["assistant"]) for ban in document.get("bans", [])]
    if assistant["id"] in client.get("not_with", ()) or (client["id"], assistant["id"]) in bans:
        return "not-with"
    essential = {need["topic"] for need in client["needs"] if not need.get("optional", False)}
    if "topics" in assistant and essential - set(assistant["topics"]):
        return "topic"
    if client["availability"] and assistant["availability"] and not common_places(client, assistant):
        return "place"
    return None


def common_places(client: Document, assistant: Document) -> set[str | None]:
    """Places that both offer at some time; None among them where both leave the place open."""
    offers: list[set[str]] = []
    for person in (client, assistant):
        own = person.get("places", [ANYWHERE])
        offers.append({place for part in person["availability"] for place in part.get("places", own)})
    here, there = offers
    shared: set[str | None] = set(here & there - {ANYWHERE})
    shared |= here - {ANYWHERE} if ANYWHERE in there else set()
    shared |= there - {ANYWHERE} if ANYWHERE in here else set()
    return shared | ({None} if ANYWHERE in here & there else set())


def is_at(person: Document, place: str | None, minute: datetime) -> bool:
    """Whether the person can be at the place (None: where they leave it open) in this minute."""
    stamp = minute.strftime("%Y-%m-%dT%H:%M")
    for part in person["availability"]:
        where = part.get("places", person.get("places"))
        if part["start"] <= stamp < part["end"] and (where is None or place in where):
            return True
    return False
