"""Each hard rule decides: a round where it alone stands between a client and an assistant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import assistant, at, client, document, hours, need, topic
from tests.matcher.solving import matched, planned, starts, why_not

Document = dict[str, Any]
TOGETHER = {"c1": "a1"}
ALL_WEEK = [hours(day, "09:00", "17:00") for day in range(7)]


def two_together(mine: Document | None = None, theirs: Document | None = None, **fields: Any) -> Document:
    """Solve a round of one client and one assistant."""
    return planned(document([client(**(mine or {}))], [assistant(**(theirs or {}))], **fields))


def assert_decides(code: str, mine: Document, theirs: Document, **fields: Any) -> None:
    """The two could meet, and with this they cannot, for this reason."""
    assert matched(two_together()) == TOGETHER
    plan = two_together(mine, theirs, **fields)
    assert matched(plan) == {}
    assert why_not(plan) == {code: 1}


def test_one_assistant_helps_a_client_though_two_could_share_the_needs() -> None:
    needs = [need("n1"), need("n2")]
    morning, noon = [hours(0, "09:00", "10:00")], [hours(0, "11:00", "12:00")]
    seeker = client(needs=needs, max_per_day=2)
    apart = planned(
        document([seeker], [assistant("a1", availability=morning), assistant("a2", availability=noon)])
    )
    one = planned(document([seeker], [assistant("a1", availability=morning + noon)]))
    assert (matched(apart), matched(one)) == ({}, TOGETHER)
    assert why_not(apart) == {"no-common-time": 2}


def test_language_is_too_weak_below_the_minimum_level() -> None:
    assert matched(two_together({"languages": {"fa": "B1"}})) == TOGETHER
    assert_decides("language", {"languages": {"fa": "A2"}}, {})
    assert_decides("language", {"languages": {"fa": "B2"}}, {}, policy={"minimum_level": "C1"})


def test_language_needs_one_that_both_speak() -> None:
    assert_decides("language", {"languages": {"ar": "native"}}, {})
    assert matched(two_together({"languages": {"ar": "native", "fa": "C1"}})) == TOGETHER


def test_language_crosses_a_bridge_in_its_direction_and_at_its_loss() -> None:
    def bridged(of: str, to: str, loss: int) -> Document:
        return {"bridges": [{"client": of, "assistant": to, "loss": loss}]}

    dari = {"languages": {"prs": "native"}}
    assert matched(two_together(dari, policy=bridged("prs", "fa", 4))) == TOGETHER
    assert_decides("language", dari, {}, policy=bridged("prs", "fa", 5))
    assert_decides("language", dari, {}, policy=bridged("fa", "prs", 0))


def test_origin_is_the_same_where_the_client_requires_it() -> None:
    same = {"wishes": {"origin": "require-same"}}
    assert matched(two_together(same)) == TOGETHER
    assert_decides("origin", same, {"origin": "IR"})


def test_origin_is_another_where_the_client_requires_it() -> None:
    different = {"wishes": {"origin": "require-different"}}
    assert matched(two_together(different, {"origin": "IR"})) == TOGETHER
    assert_decides("origin", different, {})


@pytest.mark.parametrize(("wanted", "other"), [("female", "male"), ("male", "female"), ("female", "other")])
def test_gender_is_the_one_the_client_requires(wanted: str, other: str) -> None:
    required = {"wishes": {"gender": f"require-{wanted}"}}
    assert matched(two_together(required, {"gender": wanted})) == TOGETHER
    assert_decides("gender", required, {"gender": other})


def test_gender_is_one_that_the_assistant_accepts() -> None:
    assert matched(two_together({"gender": "other"}, {"accepts_genders": ["other"]})) == TOGETHER
    assert_decides("gender", {"gender": "other"}, {"accepts_genders": ["female", "male"]})
    assert_decides("gender", {}, {"accepts_genders": []})


def test_not_with_keeps_a_client_from_an_assistant() -> None:
    assert_decides("not-with", {"not_with": ["a1"]}, {})


def test_not_with_holds_for_the_bans_of_the_office() -> None:
    assert_decides("not-with", {}, {}, bans=[{"client": "c1", "assistant": "a1"}])


def test_topic_of_an_essential_need_is_one_the_assistant_covers() -> None:
    topics = [topic("talk"), topic("bank")]
    assert matched(two_together({}, {"topics": ["talk"]}, topics=topics)) == TOGETHER
    assert_decides("topic", {}, {"topics": ["bank"]}, topics=topics)
    assert_decides("topic", {}, {"topics": []}, topics=topics)


def test_topic_of_an_optional_need_only_keeps_that_need_out() -> None:
    needs = [need("n1"), need("n2", "bank", optional=True)]
    plan = two_together(
        {"needs": needs, "max_per_day": 2}, {"topics": ["talk"]}, topics=[topic("talk"), topic("bank")]
    )
    assert starts(plan) == {"c1 n1": at(0, "09:00")}


def test_place_is_one_that_both_have() -> None:
    office, centre = {"places": ["office"]}, {"places": ["centre"]}
    assert matched(two_together(office, {"places": ["centre", "office"]})) == TOGETHER
    assert_decides("place", office, centre)
    assert_decides("place", {"places": []}, {})


def test_place_is_named_where_one_lists_places_and_null_where_neither_does() -> None:
    def place(mine: Document, theirs: Document) -> str | None:
        (pair,) = two_together(mine, theirs)["pairs"]
        said: str | None = pair["appointments"][0]["place"]
        return said

    office = {"places": ["office"]}
    assert [place(office, {}), place({}, office), place(office, office), place({}, {})] == [
        "office", "office", "office", None,
    ]  # fmt: skip


def test_place_of_an_interval_stands_for_the_persons_own() -> None:
    here = {"places": ["office"]}
    moved = {**here, "availability": [hours(0, "09:00", "17:00", places=["centre"])]}
    assert_decides("place", here, moved)
    assert matched(two_together({"places": ["centre"]}, moved)) == TOGETHER


def test_place_holds_throughout_an_appointment() -> None:
    halves = [
        hours(0, "09:00", "09:30", places=["office"]),
        hours(0, "09:30", "10:00", places=["centre"]),
    ]
    assert_decides("no-common-time", {"places": ["office", "centre"]}, {"availability": halves})
    anywhere = [hours(0, "09:00", "09:30"), hours(0, "09:30", "10:00", places=["centre"])]
    assert matched(two_together({"places": ["centre"]}, {"availability": anywhere})) == TOGETHER


def test_essential_needs_all_have_an_appointment_or_none_has() -> None:
    an_hour = {"availability": [hours(0, "09:00", "10:00")]}
    both = [need("n1"), need("n2")]
    assert_decides("no-common-time", {"needs": both, "max_per_day": 2}, an_hour)
    spare = [need("n1"), need("n2", optional=True)]
    assert starts(two_together({"needs": spare, "max_per_day": 2}, an_hour)) == {"c1 n1": at(0, "09:00")}


def test_essential_asks_nothing_of_a_client_with_optional_needs_only() -> None:
    assert matched(two_together({"needs": [need(optional=True)]}, {"availability": []})) == TOGETHER


def test_time_lies_inside_both_availabilities() -> None:
    late = {"availability": [hours(0, "16:00", "18:00")]}
    assert starts(two_together({}, late)) == {"c1 n1": at(0, "16:00")}
    assert_decides("no-common-time", {}, {"availability": [hours(0, "16:30", "18:00")]})
    assert_decides("no-common-time", {"availability": [hours(1, "09:00", "17:00")]}, {})
    assert_decides("no-common-time", {"availability": []}, {})


def test_time_may_cross_from_one_availability_to_the_next_where_they_touch() -> None:
    touching = [hours(0, "09:00", "09:30"), hours(0, "09:30", "10:00")]
    assert starts(two_together({"availability": touching})) == {"c1 n1": at(0, "09:00")}
    gaping = [hours(0, "09:00", "09:30"), hours(0, "10:00", "10:30")]
    assert_decides("no-common-time", {"availability": gaping}, {})


def test_time_starts_on_the_grid() -> None:
    # 90 minutes last a multiple of the half hour; of the starts at 9:00 and 9:30 both lie on it.
    fields = {"topics": [topic(minutes=90)]}
    narrow = {"availability": [hours(0, "09:30", "11:00")]}
    assert starts(two_together({}, narrow, **fields)) == {"c1 n1": at(0, "09:30")}
    hourly = {"grid_minutes": 60, "topics": [topic(minutes=60)]}
    assert starts(two_together({}, {"availability": [hours(0, "10:00", "11:00")]}, **hourly)) == {
        "c1 n1": at(0, "10:00")
    }


def test_time_lasts_the_needs_own_minutes_or_its_topics() -> None:
    an_hour = {"availability": [hours(0, "09:00", "10:00")]}
    assert_decides("no-common-time", {"needs": [need(minutes=90)]}, an_hour)
    assert_decides("no-common-time", {}, an_hour, topics=[topic(minutes=90)])
    assert (
        matched(two_together({"needs": [need(minutes=60)]}, an_hour, topics=[topic(minutes=90)])) == TOGETHER
    )


def test_time_lies_within_one_day() -> None:
    night = [{"start": at(0, "23:30"), "end": at(1, "00:30")}]
    assert_decides("no-common-time", {"availability": night}, {"availability": night})
    evening = [hours(0, "23:00", "24:00")]
    plan = two_together({"availability": evening}, {"availability": evening})
    assert starts(plan) == {"c1 n1": at(0, "23:00")}
    assert plan["pairs"][0]["appointments"][0]["end"] == at(1, "00:00")


def test_time_lies_between_the_first_and_the_last_day() -> None:
    always = {"availability": [{"start": "2026-12-01T00:00", "end": "2026-12-31T00:00"}]}
    plan = two_together(always, always, first_day="2026-12-09", last_day="2026-12-09")
    assert starts(plan) == {"c1 n1": "2026-12-09T00:00"}
    assert_decides("no-common-time", {}, {}, first_day="2026-12-08")
    assert_decides("no-common-time", {}, {}, first_day="2026-12-01", last_day="2026-12-06")


def test_time_is_not_on_a_closed_day() -> None:
    assert_decides("no-common-time", {}, {}, closed_days=[at(0, "")[:10]])


def test_time_is_not_after_by() -> None:
    tuesday = {"availability": [hours(1, "09:00", "17:00")]}
    assert matched(two_together({**tuesday, "needs": [need(by="2026-12-08")]}, tuesday)) == TOGETHER
    assert_decides("no-common-time", {**tuesday, "needs": [need(by="2026-12-07")]}, tuesday)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [("08:00", "09:30", ["mon"]), ("16:30", "18:00", ["mon"]), ("09:00", "17:00", ["tue", "sun"])],
)
def test_time_lies_inside_a_window_of_its_topic(start: str, end: str, days: list[str]) -> None:
    window = {"days": days, "from": start, "to": end}
    assert_decides("no-common-time", {}, {}, topics=[topic(windows=[window])])


def test_time_lies_inside_one_window_and_never_across_two() -> None:
    halves = [
        {"days": ["mon"], "from": "09:00", "to": "09:30"},
        {"days": ["mon"], "from": "09:30", "to": "10:00"},
    ]
    assert_decides("no-common-time", {}, {}, topics=[topic(windows=halves)])
    later = {"days": ["mon", "sat"], "from": "15:00", "to": "16:00"}
    plan = two_together(topics=[topic(windows=[*halves, later])])
    assert starts(plan) == {"c1 n1": at(0, "15:00")}
