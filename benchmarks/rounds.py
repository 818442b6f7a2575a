"""Rounds as offices have them, at any size and the same for ever for one seed.

Needs of 30 to 90 minutes on a half-hour grid inside opening hours, languages and origins as they
come together, and fewer hours of assistants than clients would take. `national` is six offices that
share nobody but a few who work remotely; every other round is one office.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

Document = dict[str, Any]
# Minutes, and opening hours where there are any.
Topics = dict[str, tuple[int, str | None, str | None]]

FIRST_DAY = date(2026, 12, 7)  # a Monday
OFFICES = ["belgrade", "novi-sad", "nis", "subotica", "presevo", "sid"]
# Origin, culture, language, and how many of a hundred newcomers.
COMMUNITIES = [
    ("AF", "persianate", "prs", 24),
    ("IR", "persianate", "fa", 12),
    ("SY", "levant", "apc", 20),
    ("IQ", "kurdish", "ckb", 8),
    ("BI", "great-lakes", "rn", 14),
    ("MA", "maghreb", "ary", 10),
    ("UA", "slavic", "uk", 12),
]
BRIDGES = [
    ("prs", "fa", 0), ("fa", "prs", 0), ("apc", "arz", 1), ("ary", "arz", 2), ("uk", "ru", 2),
]  # fmt: skip
WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]
TOPICS: Topics = {
    "bank-account": (60, "09:00", "15:00"),
    "work-permit": (90, "08:00", "15:00"),
    "health-certificate": (60, "08:00", "13:00"),
    "driving-licence": (90, "08:00", "14:00"),
    "transport-pass": (30, "07:00", "19:00"),
    "serbian-practice": (60, None, None),
    "orientation": (30, None, None),
}
SHIFTS = [(8, 13), (9, 13), (9, 17), (12, 17), (13, 19)]  # hours


def office_round(clients: int, assistants: int, days: int, seed: int, *, national: bool = False) -> Document:
    """Return an r4r-round/1 document of this size; weekends lie between its working days."""
    rng = Random(f"{clients} {assistants} {days} {seed} {national}")
    open_days = workdays(days)
    return document(
        open_days, BRIDGES, TOPICS,
        [_assistant(rng, f"a{i:05}", open_days, i, national) for i in range(assistants)],
        [_client(rng, f"c{i:05}", open_days, assistants, i, national) for i in range(clients)],
    )


def workdays(count: int) -> list[date]:
    """Return so many working days in a row, from FIRST_DAY on."""
    days = (FIRST_DAY + timedelta(n) for n in range(2 * count + 2))
    return [day for day in days if day.weekday() < 5][:count]


def document(
    days: list[date], bridges: list[tuple[str, str, int]], topics: Topics,
    assistants: list[Document], clients: list[Document],
) -> Document:
    """Return an r4r-round/1 document of some people."""
    return {
        "format": "r4r-round/1",
        "timezone": "Europe/Belgrade",
        "first_day": days[0].isoformat(),
        "last_day": days[-1].isoformat(),
        "grid_minutes": 30,
        "policy": {
            "minimum_level": "B1",
            "bridges": [{"client": x, "assistant": y, "loss": loss} for x, y, loss in bridges],
        },
        "topics": [_topic(name, *about) for name, about in topics.items()],
        "assistants": assistants,
        "clients": clients,
    }


def _topic(name: str, minutes: int, opens: str | None, closes: str | None) -> Document:
    windows = [] if opens is None else [{"days": WORKDAYS, "from": opens, "to": closes}]
    return {"id": name, "minutes": minutes, **({"windows": windows} if windows else {})}


def _person(rng: Random, name: str, number: int, national: bool) -> Document:
    origin, culture, language, _ = rng.choices(COMMUNITIES, weights=[share for *_, share in COMMUNITIES])[0]
    person: Document = {
        "id": name,
        "gender": rng.choices(["female", "male", "other"], weights=[49, 49, 2])[0],
        "origin": origin,
        "cultures": [culture],
        "languages": {language: "native"},
    }
    if national:
        person["places"] = [OFFICES[number % len(OFFICES)], *(["remote"] if rng.random() < 0.05 else [])]
    return person


def _assistant(rng: Random, name: str, days: list[date], number: int, national: bool) -> Document:
    assistant = _person(rng, name, number, national)
    assistant["languages"]["sr"] = rng.choice(["B2", "C1", "C2"])
    extra = {"SY": "arz", "MA": "fr", "BI": "fr", "UA": "ru"}.get(assistant["origin"], "en")
    for language in sorted({extra, "en"}):
        assistant["languages"][language] = rng.choice(["B1", "B2", "C1"])
    if rng.random() < 0.3:
        assistant["topics"] = sorted(rng.sample(list(TOPICS), 5))
    return assistant | {
        "availability": _availability(rng, days, share=0.6),
        "caseload": rng.randint(0, 4),
        "max_clients": rng.randint(6, 14),
        "max_minutes_per_week": rng.choice([360, 480, 600, 720]),
        "max_minutes_per_day": rng.choice([180, 240, 300]),
        "buffer_minutes": rng.choice([0, 0, 30]),
    }


def _client(
    rng: Random, name: str, days: list[date], assistants: int, number: int, national: bool
) -> Document:
    client = _person(rng, name, number, national)
    if rng.random() < 0.5:
        client["languages"][rng.choice(["en", "en", "fr", "sr"])] = rng.choice(["A2", "B1", "B2"])
    gender = rng.choices(
        ["none", "prefer-female", "prefer-male", "require-female", "require-male"], weights=[60, 16, 12, 8, 4]
    )[0]
    origin = rng.choices(["none", "prefer-same", "require-different"], weights=[60, 37, 3])[0]
    count = rng.choices([1, 2, 3], weights=[50, 35, 15])[0]
    needs: list[Document] = [
        {"id": f"n{i}", "topic": topic} for i, topic in enumerate(rng.sample(list(TOPICS), count))
    ]
    for need in needs[1:]:
        if rng.random() < 0.2:
            need["optional"] = True
    if rng.random() < 0.1:
        needs[0]["by"] = rng.choice(days).isoformat()
    if assistants and rng.random() < 0.15:
        client["previous_assistant"] = f"a{rng.randrange(assistants):05}"
    return client | {
        "wishes": {"origin": origin, "gender": gender},
        "weight": rng.choices([1, 2, 3, 5], weights=[50, 25, 17, 8])[0],
        "needs": needs,
        "max_per_day": rng.choice([1, 1, 2]),
        "availability": _availability(rng, days, share=0.7),
    }


def _availability(rng: Random, days: list[date], *, share: float) -> list[Document]:
    """One shift on most days; the first day stands in where chance gave none."""
    chosen = [day for day in days if rng.random() < share] or days[:1]
    parts = []
    for day in chosen:
        start, end = rng.choice(SHIFTS)
        parts.append({"start": f"{day}T{start:02}:00", "end": f"{day}T{end:02}:00"})
    return parts
