"""A scenario that is none is told with all its faults."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import BadScenario
from matcher.simulation.scenario import Shares
from matcher.simulation.scenario_reading import read_scenario, scenario_of
from tests.matcher.simulation.scenarios import DOUBLING, FIRST_COME, document, helper, rates, scenario

SHIPPED = Path(__file__).parents[3] / "config" / "simulation.toml"


def faults(**fields: Any) -> list[str]:
    with pytest.raises(BadScenario) as refused:
        scenario(**fields)
    return [str(fault) for fault in refused.value.faults]


def test_the_scenario_in_config_can_be_read() -> None:
    made = read_scenario(SHIPPED)
    assert (made.weeks, len(made.helpers), made.rates.missed, made.round_weeks) == (52, 6, 0.23, (1, 2, 4))


def test_a_date_may_stand_without_quotes() -> None:
    assert scenario(first_day=date(2026, 1, 5)) == scenario(first_day="2026-01-05")


def test_shares_of_nothing_are_never_drawn() -> None:
    assert scenario(urgencies={"1": 0, "3": 2, "5": 1}).urgencies == Shares((3, 5), (2, 1))


@pytest.mark.parametrize(("fields", "told"), [
    ({"first_day": "2026-01-06"}, "/first_day: 2026-01-06 is no Monday; begin on a Monday"),
    ({"rates": rates(missed=1.5)}, "/rates/missed: 1.5 is out of range; write 0 to 1"),
    ({"rates": rates(missed=float("nan"))}, "/rates/missed: NaN is not a number; write 0 to 1"),
    ({"genders": {"female": 0}}, "/genders: nothing can be drawn; give something a share of at least 1"),
    ({"needs": {"2": 1}}, "/asked: clients need more topics than there are; ask for more topics"),
    ({"contenders": [DOUBLING, DOUBLING]}, "/contenders/1/name: the same as /contenders/0; name each once"),
    ({"contenders": [{"name": "x", "growth": "fast"}]}, '/contenders/0/growth: "fast" is not known here; '
     "write one of none, linear, steps, squared, doubling"),
    ({"weekz": 3}, "/weekz: unknown field; leave it out; known here: " + ", ".join(sorted(document()))),
    ({"helpers": [helper(availability=[])]},
     "/helpers/0/availability: is not for a scenario; write the hours of a week as hours"),
    ({"contenders": [{**FIRST_COME, "points": 3}]},
     "/contenders/0/points: weighs nobody under first-come; leave it out"),
    ({"round_weeks": []}, "/round_weeks: nothing to compare; name at least one"),
    ({"contenders": []}, "/contenders: nothing to compare; name at least one"),
    ({"communities": [{"origin": "AF", "cultures": [], "languages": []}]},
     "/communities/0/languages: nobody speaks anything; write what they speak"),
])  # fmt: skip
def test_a_fault_says_where_it_is_and_what_would_be_right(fields: dict[str, Any], told: str) -> None:
    assert faults(**fields) == [told]


def test_a_document_without_anything_lacks_every_field() -> None:
    with pytest.raises(BadScenario) as refused:
        scenario_of({})
    assert [fault.pointer for fault in refused.value.faults] == [f"/{name}" for name in FIELDS]


FIELDS = list(document())


@pytest.mark.parametrize(("content", "told"), [
    (b"\xff", "(whole document): is not UTF-8 at byte 0; save it as UTF-8"),
    (b"a = ", "(whole document): is not TOML: Invalid value (at end of document); write one TOML document"),
])  # fmt: skip
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "scenario.toml"
    path.write_bytes(content)
    with pytest.raises(BadScenario) as refused:
        read_scenario(path)
    assert [str(fault) for fault in refused.value.faults] == [told]
