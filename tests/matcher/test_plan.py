"""A plan is written in one order and read back as it was."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from matcher import BadPlan, Plan
from matcher.plan import Appointment, Conflict, Fix, Level, Pair, Reason, Solver, Unmatched
from tests.builders import at


def appointment(need: str, clock: str) -> Appointment:
    start, end = (datetime.fromisoformat(at(0, time)) for time in (clock, "12:00"))
    return Appointment(need=need, start=start, end=end, place=None)


PLAN = Plan(
    round_sha256="0" * 64,
    status="feasible",
    levels=(Level(level="served", value=3, bound=4), Level(level="early", value=-2, bound=0)),
    pairs=(
        Pair(client="c2", assistant="a1", appointments=()),
        Pair(
            client="c1",
            assistant="a1",
            appointments=(appointment("n2", "11:00"), appointment("n1", "10:00")),
            reasons=(Reason("language", "both speak Dari (native)"),),
        ),
    ),
    unmatched=(
        Unmatched(client="c4"),
        Unmatched(
            client="c3",
            reasons=(Reason("gender", "1 of 1", 1),),
            fixes=(Fix(patch=({"op": "replace", "path": "/x", "value": {"y": 1}},), text="do so"),),
        ),
    ),
    conflicts=(Conflict(pins=(0, 2), code="overlap", text="both at ten"),),
    solver=Solver(version="1", seconds=0.5, seed=7, workers=2),
)
DOCUMENT: dict[str, Any] = {
    "format": "r4r-plan/1",
    "round_sha256": "0" * 64,
    "status": "feasible",
    "levels": [
        {"level": "served", "value": 3, "bound": 4},
        {"level": "early", "value": -2, "bound": 0},
    ],
    "pairs": [
        {
            "client": "c1",
            "assistant": "a1",
            "appointments": [
                {"need": "n1", "start": at(0, "10:00"), "end": at(0, "12:00"), "place": None},
                {"need": "n2", "start": at(0, "11:00"), "end": at(0, "12:00"), "place": None},
            ],
            "reasons": [{"code": "language", "text": "both speak Dari (native)"}],
        },
        {"client": "c2", "assistant": "a1", "appointments": [], "reasons": []},
    ],
    "unmatched": [
        {
            "client": "c3",
            "reasons": [{"code": "gender", "text": "1 of 1", "assistants": 1}],
            "fixes": [{"patch": [{"op": "replace", "path": "/x", "value": {"y": 1}}], "text": "do so"}],
        },
        {"client": "c4", "reasons": [], "fixes": []},
    ],
    "conflicts": [{"pins": [0, 2], "code": "overlap", "text": "both at ten"}],
    "solver": {"version": "1", "seconds": 0.5, "seed": 7, "workers": 2},
}


def test_a_plan_is_written_by_client_and_by_start() -> None:
    assert PLAN.to_document() == DOCUMENT


def test_a_plan_is_read_back_as_it_was() -> None:
    assert Plan.from_document(DOCUMENT).to_document() == DOCUMENT
    assert Plan.from_json(PLAN.to_json()) == Plan.from_document(DOCUMENT)


def test_the_bytes_of_a_plan_are_json_that_ends_its_last_line() -> None:
    assert PLAN.to_json() == json.dumps(DOCUMENT, indent=1, ensure_ascii=False).encode() + b"\n"


def test_the_gap_is_relative_to_the_bound_and_to_one_near_nothing() -> None:
    assert [level.gap for level in PLAN.levels] == [0.25, 2.0]


@pytest.mark.parametrize(
    ("pointer", "value", "fault"),
    [
        ("/format", "r4r-plan/2", "/format"),
        ("/status", "good", "/status"),
        ("/levels/0/value", 1.5, "/levels/0/value"),
        ("/levels/1/level", "fun", "/levels/1/level"),
        ("/pairs/0/appointments/0/start", "10:00", "/pairs/0/appointments/0/start"),
        ("/pairs/0/colour", "red", "/pairs/0/colour"),
        ("/unmatched/0/reasons/0/assistants", -1, "/unmatched/0/reasons/0/assistants"),
        ("/unmatched/0/fixes/0/patch/0/op", "delete", "/unmatched/0/fixes/0/patch/0/op"),
        ("/solver/seconds", "long", "/solver/seconds"),
        ("/solver", None, "/solver"),
        ("/conflicts/0/pins/1", True, "/conflicts/0/pins/1"),
    ],
)
def test_a_document_that_is_no_plan_says_where(pointer: str, value: object, fault: str) -> None:
    document = json.loads(json.dumps(DOCUMENT))
    *path, last = pointer.split("/")[1:]
    part = document
    for token in path:
        part = part[int(token)] if isinstance(part, list) else part[token]
    part[int(last) if isinstance(part, list) else last] = value
    with pytest.raises(BadPlan) as refused:
        Plan.from_document(document)
    assert [one.pointer for one in refused.value.faults] == [fault]


def test_a_plan_without_its_fields_misses_each_of_them() -> None:
    with pytest.raises(BadPlan) as refused:
        Plan.from_document({})
    assert [one.pointer for one in refused.value.faults] == [f"/{name}" for name in DOCUMENT]
