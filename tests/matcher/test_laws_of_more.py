"""Laws of more: whatever opens a round, more time, more helpers, fewer wishes, never serves fewer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.matcher.laws import Document, copied, everyday_and_long, lawful
from tests.matcher.rounds import small_rounds
from tests.matcher.solving import planned, values


def assert_no_fewer(before: Document, after: Document) -> None:
    """Compare `served` before and after; a round whose pins contradict says nothing."""
    for document in (before, after):
        document["policy"] = {**document.get("policy", {}), "levels": ["served"]}
    plan = planned(before)
    assume(plan["status"] == "optimal")
    assert values(planned(after))["served"] >= values(plan)["served"]


@everyday_and_long
def test_more_time_of_anybody_never_lowers_served(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.data())
    def law(document: Document, data: st.DataObject) -> None:
        assume(document["clients"] or document["assistants"])
        more = copied(document)
        person = data.draw(st.sampled_from(more["clients"] + more["assistants"]))
        # Who is never there has no place in dispute, and with only optional needs may be matched without
        # meeting; their first hour brings the rule of places into play.
        assume(person["availability"])
        day = data.draw(st.sampled_from([more["first_day"], more["last_day"]]))
        person["availability"].append({"start": f"{day}T08:00", "end": f"{day}T20:00"})
        assert_no_fewer(document, more)

    law()


@everyday_and_long
def test_one_assistant_more_never_lowers_served(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.data())
    def law(document: Document, data: st.DataObject) -> None:
        assume(document["assistants"])
        more = copied(document)
        twin = copied(data.draw(st.sampled_from(more["assistants"])))
        more["assistants"].append({**twin, "id": data.draw(st.sampled_from(["a", "a00", "z"]))})
        assert_no_fewer(document, more)

    law()


@everyday_and_long
def test_one_wish_of_a_client_less_never_lowers_served(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.data())
    def law(document: Document, data: st.DataObject) -> None:
        assume(document["clients"])
        more = copied(document)
        client = data.draw(st.sampled_from(more["clients"]))
        data.draw(st.sampled_from(CLIENTS_GIVE_WAY))(client)
        assert_no_fewer(document, more)

    law()


@everyday_and_long
def test_one_limit_of_the_office_less_never_lowers_served(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.data())
    def law(document: Document, data: st.DataObject) -> None:
        more = copied(document)
        if more["assistants"] and data.draw(st.booleans()):
            data.draw(st.sampled_from(more["assistants"])).pop(data.draw(st.sampled_from(LIMITS)), None)
        else:
            data.draw(st.sampled_from(OFFICES_GIVE_WAY))(more)
        assert_no_fewer(document, more)

    law()


LIMITS = ["topics", "accepts_genders", "max_clients", "max_minutes_per_week", "max_minutes_per_day",
          "buffer_minutes"]  # fmt: skip


def _without(*names: str) -> Callable[[dict[str, Any]], None]:
    def drop(part: dict[str, Any]) -> None:
        for name in names:
            part.pop(name, None)

    return drop


def _softer(wish: str) -> Callable[[dict[str, Any]], None]:
    def soften(client: dict[str, Any]) -> None:
        wished = client.get("wishes", {})
        if wished.get(wish, "").startswith("require-"):
            wished[wish] = wished[wish].replace("require-", "prefer-").replace("prefer-different", "none")

    return soften


def _all(name: str, change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def change_all(whole: dict[str, Any]) -> None:
        for part in whole[name]:
            change(part)

    return change_all


CLIENTS_GIVE_WAY: list[Callable[[dict[str, Any]], None]] = [
    _without("wishes"), _without("not_with"), _softer("origin"), _softer("gender"),
    _all("needs", _without("by")), _all("needs", lambda need: need.update(optional=True)),
    lambda client: client.update(max_per_day=9),
]  # fmt: skip
OFFICES_GIVE_WAY: list[Callable[[dict[str, Any]], None]] = [
    _without("bans"), _without("pins"), _without("closed_days"),
    lambda document: document.setdefault("policy", {}).update(minimum_level="A1"),
    _all("topics", _without("windows")),
]  # fmt: skip
