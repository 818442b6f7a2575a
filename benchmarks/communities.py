"""Rounds of many small communities with short hours, at any size and the same for ever for one seed.

Where `benchmarks.rounds` makes few communities, whole shifts and too few assistants' hours, these rounds have
sixteen communities, of which some only have each other's languages, parts of days at odd hours, and
requirements; their pairs are sparse, a few assistants run short, and the others do not.
"""

from __future__ import annotations

from datetime import date
from random import Random

from benchmarks.rounds import Document, Topics, document, workdays

OFFICES = ["belgrade", "novi-sad", "nis", "subotica", "presevo", "remote"]
# Origin, culture, language, and its share of newcomers.
COMMUNITIES = [
    ("BI", "great-lakes", "rn", 17), ("AF", "persianate", "prs", 7), ("PS", "levant", "apc", 6),
    ("TR", "kurdish", "kmr", 5), ("SO", "somali", "so", 5), ("IQ", "kurdish", "ckb", 4),
    ("MA", "maghreb", "ary", 4), ("SY", "levant", "apc", 3), ("RW", "great-lakes", "rw", 3),
    ("UA", "east-slavic", "uk", 3), ("CD", "great-lakes", "fr", 3), ("IR", "persianate", "fa", 3),
    ("IQ", "mesopotamia", "acm", 2), ("AF", "pashtun", "ps", 2), ("RU", "east-slavic", "ru", 1),
    ("CU", "caribbean", "es", 1),
]  # fmt: skip
SECOND = {"rn": ["fr", "sw", "en"], "rw": ["fr", "en"], "fr": ["sw"], "ary": ["fr"], "kmr": ["tr", "en"],
          "uk": ["ru", "en"]}  # fmt: skip
# Two languages in which people understand each other, and what is lost.
BRIDGES = [
    ("prs", "fa", 0), ("fa", "prs", 0), ("rn", "rw", 1), ("rw", "rn", 1), ("apc", "arz", 1),
    ("arz", "apc", 1), ("apc", "acm", 1), ("acm", "apc", 1), ("ary", "arz", 2), ("uk", "ru", 2),
]  # fmt: skip
TOPICS: Topics = {
    "bank-account": (60, "09:00", "15:00"),
    "nes-certificate": (60, "08:00", "14:00"),
    "work-permit": (90, "08:00", "15:00"),
    "driving-licence": (90, "08:00", "14:00"),
    "transport-pass": (30, "07:00", "19:00"),
    "health-certificate": (60, "08:00", "13:00"),
    "serbian-practice": (60, None, None),
    "orientation": (30, None, None),
}
PARTS = [(8, 12), (12, 16), (16, 19)]  # of a day, in hours
# Most clients of an assistant in rounds of up to five days, and in longer ones.
FEW, MANY = [4, 5, 7, 7, 9], [8, 10, 14, 14, 18]


def community_round(
    clients: int, assistants: int, days: int, seed: int, *, six_offices: bool = False
) -> Document:
    """Return an r4r-round/1 document of this size; weekends lie between its working days."""
    rng = Random(f"communities {clients} {assistants} {days} {seed} {six_offices}")
    open_days = workdays(days)
    return document(
        open_days, BRIDGES, TOPICS,
        [_assistant(rng, f"a{i:05}", open_days, six_offices) for i in range(assistants)],
        [_client(rng, f"c{i:05}", open_days, assistants, six_offices) for i in range(clients)],
    )


def _person(rng: Random, name: str, six_offices: bool) -> Document:
    origin, culture, language, _ = rng.choices(COMMUNITIES, weights=[share for *_, share in COMMUNITIES])[0]
    person: Document = {
        "id": name,
        "gender": rng.choice(["female", "male"]),
        "origin": origin,
        "cultures": [culture],
        "languages": {language: "native"},
    }
    if six_offices:
        person["places"] = rng.sample(OFFICES, rng.choices([1, 2], weights=[65, 35])[0])
    return person


def _learn(rng: Random, person: Document, levels: list[str]) -> None:
    (first,) = person["languages"]
    person["languages"][rng.choice(SECOND.get(first, ["en"]))] = rng.choice(levels)


def _assistant(rng: Random, name: str, days: list[date], six_offices: bool) -> Document:
    assistant = _person(rng, name, six_offices)
    if rng.random() < 0.7:
        _learn(rng, assistant, ["B1", "B2", "C1"])
    assistant["languages"].setdefault("sr", rng.choice(["B2", "C1", "C2"]))
    assistant |= {
        "availability": _availability(rng, days, share=0.85),
        "max_clients": rng.choice(FEW if len(days) <= 5 else MANY),
        "max_minutes_per_week": rng.choice([240, 480, 720, 720, 1200]),
        "buffer_minutes": rng.choice([0, 0, 30]),
    }
    if rng.random() < 0.27:
        assistant["topics"] = sorted(rng.sample(list(TOPICS), 5))
    if six_offices and rng.random() < 0.6:
        assistant["caseload"] = rng.randint(1, 6)
    return assistant


def _client(rng: Random, name: str, days: list[date], assistants: int, six_offices: bool) -> Document:
    client = _person(rng, name, six_offices)
    if rng.random() < 0.45:
        _learn(rng, client, ["A2", "B1", "B2", "C2"])
    if rng.random() < 0.22:
        client["languages"].setdefault("sr", rng.choice(["A1", "A2"]))
    origin = rng.choices(["none", "prefer-same", "require-different"], weights=[54, 33, 13])[0]
    gender = rng.choices(
        ["none", "prefer-female", "prefer-male", "require-female"], weights=[81, 10, 5, 4]
    )[0]
    count = rng.choices([1, 2, 3], weights=[53, 31, 16])[0]
    needs: list[Document] = [
        {"id": f"n{i}", "topic": topic} for i, topic in enumerate(rng.sample(list(TOPICS), count))
    ]
    for need in needs[1:]:
        if rng.random() < 0.37:
            need["optional"] = True
    client |= {
        "wishes": {"origin": origin, "gender": gender},
        "weight": rng.choices([1, 2, 3, 5, 8], weights=[54, 19, 17, 7, 3])[0],
        "needs": needs,
        "availability": _availability(rng, days, share=0.6),
    }
    if rng.random() < 0.11:
        client["previous_assistant"] = f"a{rng.randrange(assistants):05}"
    if rng.random() < 0.04:
        client["not_with"] = [f"a{rng.randrange(assistants):05}"]
    return client


def _availability(rng: Random, days: list[date], *, share: float) -> list[Document]:
    """Parts of most days, not always whole; the first day stands in where chance gave none."""
    stretches = []
    for day in [day for day in days if rng.random() < share] or days[:1]:
        for begins, ends in [part for part in PARTS if rng.random() < 0.55] or [rng.choice(PARTS)]:
            start = 60 * begins + rng.choice([0, 0, 30, 60])
            end = 60 * ends - rng.choice([0, 0, 30, 90])
            stretches.append({"start": _at(day, start), "end": _at(day, end)})
    return stretches


def _at(day: date, minute: int) -> str:
    return f"{day}T{minute // 60:02}:{minute % 60:02}"
