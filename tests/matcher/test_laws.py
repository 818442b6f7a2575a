"""Laws that hold for every round, searched for by hypothesis, which shrinks what breaks them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.matcher.exact import optimum
from tests.matcher.rounds import small_rounds
from tests.matcher.solving import planned, values

Document = dict[str, Any]
# The rounds of a run are the same every time: what fails here fails again.
lawful = settings(
    max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def copied(document: Document) -> Document:
    copy: Document = json.loads(json.dumps(document))
    return copy


@lawful
@given(small_rounds)
def test_law_every_level_is_as_good_as_can_be(document: Document) -> None:
    plan = planned(document)
    assert (values(plan) if plan["status"] == "optimal" else None) == optimum(document)


@lawful
@given(small_rounds, st.data())
def test_law_more_availability_never_lowers_the_first_level(document: Document, data: st.DataObject) -> None:
    document["policy"] = {"levels": ["served"]}
    before = planned(document)
    if before["status"] == "infeasible" or not document["assistants"]:
        return
    more = copied(document)
    helper = data.draw(st.sampled_from(more["assistants"]))
    day = data.draw(st.sampled_from([more["first_day"], more["last_day"]]))
    helper["availability"].append({"start": f"{day}T08:00", "end": f"{day}T16:00"})
    # The only rule that looks at all of a person's places: who is never there has none in dispute.
    if len(helper["availability"]) > 1:
        assert values(planned(more))["served"] >= values(before)["served"]


@lawful
@given(small_rounds)
def test_law_new_names_change_no_value(document: Document) -> None:
    renamed = copied(document)
    people = {c["id"]: f"zz-{i}" for i, c in enumerate(reversed(renamed["clients"]))}
    people |= {a["id"]: f"y-{i}" for i, a in enumerate(reversed(renamed["assistants"]))}
    for person in renamed["clients"] + renamed["assistants"]:
        person["id"] = people[person["id"]]
        if "previous_assistant" in person:
            person["previous_assistant"] = people[person["previous_assistant"]]
        if "not_with" in person:
            person["not_with"] = [people[name] for name in person["not_with"]]
    for name in ("pins", "bans", "keep"):
        for entry in renamed.get(name, []):
            entry |= {"client": people[entry["client"]], "assistant": people[entry["assistant"]]}
    assert planned(renamed)["levels"] == planned(document)["levels"]


@lawful
@given(small_rounds, st.randoms(use_true_random=False))
def test_law_order_changes_no_value(document: Document, rng: Any) -> None:
    mixed = copied(document)
    for name in ("clients", "assistants", "topics", "keep", "bans"):
        rng.shuffle(mixed.get(name, []))
    assert planned(mixed)["levels"] == planned(document)["levels"]


@lawful
@given(small_rounds)
def test_law_one_client_less_never_raises_served(document: Document) -> None:
    document["policy"] = {"levels": ["served"]}
    for name in ("pins", "keep", "bans"):
        document.pop(name, None)
    fewer = copied(document)
    fewer["clients"] = fewer["clients"][:-1]
    assert values(planned(fewer))["served"] <= values(planned(document))["served"]
