"""Scenarios with dull defaults: a single assistant, one kind of appointment, and nothing left to chance."""

from __future__ import annotations

from typing import Any

from matcher.simulation.scenario import Scenario
from matcher.simulation.scenario_reading import scenario_of

WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]
HOURS = [{"days": WORKDAYS, "from": "09:00", "to": "17:00"}]
DOUBLING = {"name": "doubling", "growth": "doubling"}
CAPPED = {"name": "capped", "growth": "linear", "most_weeks": 8}
FIRST_COME = {"name": "first come", "rule": "first-come"}


def helper(**fields: Any) -> dict[str, Any]:
    """Write an assistant who is there all day."""
    return {
        "id": "a1", "gender": "female", "origin": "AF", "languages": {"fa": "native"}, "hours": HOURS,
        **fields,
    }  # fmt: skip


def document(**fields: Any) -> dict[str, Any]:
    """Write four weeks in which three clients come a week, all of whom come when they are invited."""
    return {
        "seed": 1, "first_day": "2026-01-05", "weeks": 4, "timezone": "Europe/Belgrade", "grid_minutes": 30,
        "seconds_per_round": 60, "policy": {"levels": ["served"], "minimum_level": "B1"},
        "rates": {"arrivals_per_week": 3.0, "leaves_per_week": 0.0, "missed": 0.0, "assistant_away": 0.0},
        "topics": [{"id": "talk", "minutes": 60}], "helpers": [helper()],
        "communities": [{"origin": "AF", "cultures": [], "languages": [{"fa": "native"}]}],
        "genders": {"female": 1, "male": 1}, "urgencies": {"2": 1}, "needs": {"1": 1}, "asked": {"talk": 1},
        "free": [{"hours": HOURS}], "wished_origin": {"none": 1},
        "wished_gender": {gender: {"none": 1} for gender in ("female", "male", "other")},
        "round_weeks": [1], "contenders": [DOUBLING], **fields,
    }  # fmt: skip


def rates(**fields: float) -> dict[str, float]:
    """Write the default's rates with some changed."""
    return {**document()["rates"], **fields}


def scenario(**fields: Any) -> Scenario:
    """Read the scenario that `document` writes."""
    return scenario_of(document(**fields))
