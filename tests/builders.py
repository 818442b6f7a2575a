"""Rounds with dull defaults, so that every value in sight of a test matters."""

from __future__ import annotations

from typing import Any

from matcher.round import Round

# A Monday: tests count days from it.
MONDAY = "2026-12-07"


def at(day: int, clock: str) -> str:
    """Write a local time on the day-th day (0 is a Monday) of December's second week."""
    return f"2026-12-{7 + day:02d}T{clock}"


def hours(day: int, start: str, end: str, **fields: Any) -> dict[str, Any]:
    """Write one stretch of availability within a day; an end of 24:00 is the next midnight."""
    last = at(day + 1, "00:00") if end == "24:00" else at(day, end)
    return {"start": at(day, start), "end": last, **fields}


def topic(topic_id: str = "talk", minutes: int = 60, **fields: Any) -> dict[str, Any]:
    """Write a topic of an hour, open at any time."""
    return {"id": topic_id, "minutes": minutes, **fields}


def need(need_id: str = "n1", topic_id: str = "talk", **fields: Any) -> dict[str, Any]:
    """Write an essential need for a talk."""
    return {"id": need_id, "topic": topic_id, **fields}


def assistant(assistant_id: str = "a1", **fields: Any) -> dict[str, Any]:
    """Write an assistant who takes everybody, on Monday from nine to five."""
    return {
        "id": assistant_id,
        "gender": "female",
        "origin": "AF",
        "languages": {"fa": "native"},
        "availability": [hours(0, "09:00", "17:00")],
        **fields,
    }


def client(client_id: str = "c1", **fields: Any) -> dict[str, Any]:
    """Write a client with one need and no wishes, on Monday from nine to five."""
    return {
        "id": client_id,
        "gender": "male",
        "origin": "AF",
        "languages": {"fa": "native"},
        "needs": [need()],
        "availability": [hours(0, "09:00", "17:00")],
        **fields,
    }


def document(
    clients: list[dict[str, Any]] | None = None, assistants: list[dict[str, Any]] | None = None, **fields: Any
) -> dict[str, Any]:
    """Write a round of one week, half an hour a slot, with one client and one assistant."""
    return {
        "format": "r4r-round/1",
        "timezone": "Europe/Belgrade",
        "first_day": MONDAY,
        "last_day": "2026-12-13",
        "grid_minutes": 30,
        "topics": [topic()],
        "assistants": [assistant()] if assistants is None else assistants,
        "clients": [client()] if clients is None else clients,
        **fields,
    }


def a_round(
    clients: list[dict[str, Any]] | None = None, assistants: list[dict[str, Any]] | None = None, **fields: Any
) -> Round:
    """Read the round that `document` writes."""
    return Round.from_document(document(clients, assistants, **fields))
