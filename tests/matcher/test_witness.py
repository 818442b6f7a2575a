"""The witness sees each fault: a plan that is right, and then one thing about it that is not."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.builders import assistant, at, client, document, hours, need, topic
from tests.matcher.witness import faults, sha256

Document = dict[str, Any]
ROUND = document(
    clients=[
        client("c1", needs=[need("n1", by="2026-12-08"), need("n2", optional=True)], max_per_day=2, weight=3),
        client("c2", places=["office"], not_with=["a2"]),
        client("c3", languages={"ar": "native"}),
    ],
    assistants=[
        assistant("a1", buffer_minutes=30, max_clients=2, max_minutes_per_day=180, max_minutes_per_week=180),
        assistant("a2", topics=["walk"]),
    ],
    topics=[topic(windows=[{"days": ["mon"], "from": "09:00", "to": "14:00"}]), topic("walk")],
    closed_days=["2026-12-09"],
    keep=[{"client": "c1", "assistant": "a1", "need": "n1", "start": at(0, "09:00")}],
    pins=[{"client": "c1", "assistant": "a1", "need": "n1", "start": at(0, "09:00")}],
)


def appointment(need_id: str, start: str, end: str, place: str | None) -> Document:
    return {"need": need_id, "start": start, "end": end, "place": place}


PLAN: Document = {
    "format": "r4r-plan/1",
    "round_sha256": sha256(ROUND),
    "status": "optimal",
    "levels": [
        {"level": level, "value": value, "bound": value}
        for level, value in {
            "served": 4, "stability": 1, "origin": 0, "language": 14, "gender": 0,
            "continuity": 0, "balance": -4, "extras": 1, "early": 0,
        }.items()
    ],
    "pairs": [
        {
            "client": "c1",
            "assistant": "a1",
            "appointments": [
                appointment("n1", at(0, "09:00"), at(0, "10:00"), None),
                appointment("n2", at(0, "10:30"), at(0, "11:30"), None),
            ],
            "reasons": [],
        },
        {
            "client": "c2",
            "assistant": "a1",
            "appointments": [appointment("n1", at(0, "12:00"), at(0, "13:00"), "office")],
            "reasons": [],
        },
    ],
    "unmatched": [
        {"client": "c3", "reasons": [{"code": "language", "text": "", "assistants": 2}], "fixes": []}
    ],
    "conflicts": [],
    "solver": {"version": "by hand", "seconds": 0, "seed": 0, "workers": 1},
}  # fmt: skip


def test_the_witness_finds_no_fault_with_a_true_plan() -> None:
    assert faults(ROUND, PLAN) == []


def seen(path: str, value: object, *, of: str) -> set[str]:
    """Kinds of fault after one value of the round or the plan has become another."""
    both = {"round": deepcopy(ROUND), "plan": deepcopy(PLAN)}
    at_hand: Any = both[of]
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in steps:
        at_hand = at_hand[step]
    at_hand[last] = value
    both["plan"]["round_sha256"] = sha256(both["round"])
    return {fault.split(":")[0] for fault in faults(both["round"], both["plan"])}


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("persons", "clients/0/languages", {"fa": "A2"}),
        ("persons", "clients/1/wishes", {"origin": "require-different"}),
        ("persons", "clients/1/wishes", {"gender": "require-male"}),
        ("persons", "assistants/0/accepts_genders", ["female"]),
        ("persons", "clients/1/not_with", ["a1"]),
        ("persons", "bans", [{"client": "c1", "assistant": "a1"}]),
        ("persons", "assistants/0/topics", ["walk"]),
        ("topic", "assistants/0/topics", ["walk"]),
        ("persons", "assistants/0/places", ["centre"]),
        ("place", "assistants/0/places", ["centre"]),
        ("place", "clients/0/places", ["office"]),
        ("essential", "clients/1/needs", [need(), need("n2")]),
        ("time", "grid_minutes", 60),
        ("time", "clients/1/needs/0/minutes", 90),
        ("time", "last_day", "2026-12-06"),
        ("time", "first_day", "2026-12-08"),
        ("time", "closed_days", ["2026-12-07"]),
        ("time", "clients/0/needs/0/by", "2026-12-06"),
        ("time", "clients/1/availability", [hours(0, "12:30", "17:00")]),
        ("time", "assistants/0/availability/0/end", at(0, "12:30")),
        ("time", "topics/0/windows/0/days", ["tue"]),
        ("time", "topics/0/windows/0/to", "12:30"),
        ("time", "topics/0/windows/0/from", "09:30"),
        ("time", "topics/0/windows", []),
        ("overlap", "assistants/0/buffer_minutes", 31),
        ("load", "assistants/0/max_clients", 1),
        ("load", "assistants/0/max_minutes_per_day", 179),
        ("load", "assistants/0/max_minutes_per_week", 179),
        ("load", "clients/0/max_per_day", 1),
        ("pin", "pins/0/start", at(0, "09:30")),
        ("pin", "pins", [{"client": "c2", "assistant": "a2"}]),
        ("levels", "clients/0/weight", 2),
        ("levels", "keep/0/start", at(0, "09:30")),
        ("levels", "clients/0/wishes", {"origin": "prefer-same", "gender": "prefer-female"}),
        ("levels", "clients/0/previous_assistant", "a1"),
        ("levels", "assistants/1/caseload", 1),
        ("levels", "clients/0/needs/1/optional", False),
        ("levels", "first_day", "2026-12-06"),
        ("levels", "policy", {"levels": ["served"]}),
        ("unmatched", "clients/2/languages", {"fa": "B1"}),
    ],
)
def test_the_witness_sees_what_the_round_forbids(kind: str, path: str, value: object) -> None:
    assert kind in seen(path, value, of="round")


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("one-assistant", "pairs", [*PLAN["pairs"], {**PLAN["pairs"][1], "assistant": "a2"}]),
        ("unknown person", "pairs/0/client", "c9"),
        ("unknown need of c1", "pairs/0/appointments/0/need", "n9"),
        ("essential", "pairs/1/appointments", []),
        ("place", "pairs/1/appointments/0/place", None),
        ("time", "pairs/1/appointments/0/end", at(0, "13:30")),
        ("time", "pairs/1/appointments/0/start", at(0, "12:15")),
        ("overlap", "pairs/0/appointments/1", appointment("n2", at(0, "09:30"), at(0, "10:30"), None)),
        ("levels", "levels/0/bound", 3),
        ("levels", "levels/0/bound", 5),
        ("levels", "levels/8/value", -1),
        ("unmatched", "unmatched", []),
        ("unmatched", "unmatched/0/client", "c2"),
        ("unmatched", "unmatched/0/reasons/0/assistants", 1),
        ("unmatched", "unmatched/0/reasons/0/code", "topic"),
        ("status", "status", "fine"),
        ("format", "format", "r4r-plan/2"),
        ("conflicts", "conflicts", [{"pins": [0], "code": "time", "text": ""}]),
        ("refusal", "status", "infeasible"),
    ],
)
def test_the_witness_sees_what_the_plan_gets_wrong(kind: str, path: str, value: object) -> None:
    assert kind in seen(path, value, of="plan")


def test_the_witness_sees_a_plan_of_another_round() -> None:
    assert faults({**ROUND, "timezone": "Europe/Sarajevo"}, PLAN) == ["sha: of another round"]
