"""A plan in words, compared, laid out as weeks, and changed by hand with bounds that stay true."""
from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask

import matcher
from matcher.check import check
from tests.web.a_round import MONDAY, World, away, weekly
from tests.web.builders import make_appointment, make_place, make_topic
from tests.web.conftest import NOW
from web.models import NotWith, PlanVersion, RoundBan, RoundPin, db
from web.services import comparing, hand, prospects, review, snapshot, week, wording
from web.services.hand import RulesBrokenError
from web.services.review import Names, Review


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def read(world: World, version: PlanVersion) -> Review:
    return review.review(world.round, version, Names())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def change(world: World, version: PlanVersion, client: str, assistant: str | None,
           *starts: str) -> PlanVersion:
    """Give a client's needs these times, in the order of the needs."""
    needs = next(one["needs"] for one in version.round_document["clients"] if one["id"] == client)
    return hand.change(
        world.round.id, plan_id=version.id, client=client, assistant=assistant, user=world.user, now=NOW,
        starts={need["id"]: at(start) for need, start in zip(needs, starts, strict=False) if start})


def sound(version: PlanVersion) -> bool:
    """Whether a version keeps every rule and tells the truth about itself."""
    round = matcher.Round.from_document(version.round_document)
    return check(round, matcher.Plan.from_document(version.plan_document)) == []


def levels(version: PlanVersion) -> dict[str, tuple[int, int]]:
    return {one["level"]: (one["value"], one["bound"]) for one in version.plan_document["levels"]}


def test_reasons_are_told_in_words_with_the_wishes(world: World) -> None:
    world.assistant("A1", origin="SY", languages={"ar": "C1"}, gender="female")
    world.client("C1", origin="SY", languages={"ar": "native"}, origin_wish="prefer-same",
                 gender_wish="require-female")
    row = read(world, world.planned()).pairs[0]
    assert row.reasons == (
        "Both speak Arabic (standard): C1", "From the same country, as wished", "A woman, as required")


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"origin_wish": "prefer-same"}, "Not from the same country, though wished"),
    ({"origin_wish": "prefer-same", "cultures": ["x"]},
     "Shares a culture, though not the country that was wished"),
    ({"origin_wish": "require-different"}, "From another country, as required"),
    ({"gender_wish": "prefer-male"}, "Not a man, though wished"),
    ({"gender_wish": "prefer-female"}, "A woman, as wished"),
])
def test_a_wish_that_was_met_or_not_is_told(world: World, fields: dict[str, Any], sentence: str) -> None:
    world.assistant("A1", cultures=["x"])
    world.client("C1", origin="SY", **fields)
    assert sentence in read(world, world.planned()).pairs[0].reasons


def test_a_related_language_is_named_on_both_sides(world: World) -> None:
    world.assistant("A1", languages={"fa": "native"})
    world.client("C1", languages={"prs": "native"})
    reason = read(world, world.planned()).pairs[0].reasons[0]
    assert "are close enough to talk" in reason


def test_every_assistant_is_accounted_for_beside_an_unmatched_client(world: World) -> None:
    world.assistant("A1", languages={"sr": "native"})
    world.assistant("A2", accepts_genders=["male"])
    world.assistant("A3", weekly_hours=[weekly("18:00", "19:00")])
    excluded = world.assistant("A4")
    client = world.client("C1")
    client.not_with.append(NotWith(assistant=excluded))
    row = read(world, world.planned()).unmatched[0]
    assert [(reason.assistants, reason.text) for reason in row.reasons] == [
        (1, wording.rule(code)) for code in ("language", "gender", "not-with", "no-common-time")]


def test_who_loses_an_announced_appointment_is_marked(world: World) -> None:
    client, assistant = world.client("C1"), world.assistant("A1")
    make_appointment(need=client.needs[0], assistant=assistant, place=world.place)
    assistant.languages = {"sr": "native"}
    assert read(world, world.planned()).unmatched[0].loses == 1


def test_an_announced_appointment_that_stays_is_marked(world: World) -> None:
    client, assistant = world.client("C1"), world.assistant("A1")
    make_appointment(need=client.needs[0], assistant=assistant, place=world.place)
    row = read(world, world.planned()).pairs[0]
    assert [meeting.standing for meeting in row.meetings] == [True]
    assert "1 of 1 announced appointment stays" in row.reasons


def test_clients_whom_nobody_can_serve_are_known_before_solving(world: World) -> None:
    world.client("C1", languages={"ti": "native"})
    world.client("C2")
    world.assistant("A1")
    db.session.flush()
    found = prospects.hopeless(snapshot.snapshot(world.office, world.round, NOW))
    assert found == {"C1": (wording.Counted("They share no language well enough.", 1),)}


def test_a_pin_that_the_plan_does_not_follow_is_told(world: World) -> None:
    client, assistant = world.client("C1"), world.assistant("A1", weekly_hours=[weekly("18:00", "19:00")])
    world.assistant("A2")
    version = world.planned()
    assert not review.unheeded(world.round, version)
    world.round.pins = [RoundPin(client_id=client.id, assistant_id=assistant.id)]
    assert review.unheeded(world.round, version)


def test_a_hand_s_plan_keeps_true_bounds(world: World) -> None:
    world.client("C1")
    world.client("C2")
    world.assistant("A1")
    first = world.planned()
    before = levels(first)
    moved = change(world, first, "C1", "A1", "2026-12-04T10:00")
    assert sound(moved)
    # Only the last level is worse: every bound but that is still reached.
    assert {level: pair for level, pair in levels(moved).items() if pair != before[level]} == {
        "early": (-4, before["early"][1])}
    dropped = change(world, moved, "C1", None)
    assert sound(dropped)
    # A pin was lifted, so only what counting alone says is sure.
    assert (levels(dropped)["served"], levels(dropped)["language"]) == ((8, 16), (7, 14))


def test_a_hand_s_plan_bounds_are_never_below_what_is_possible(world: World) -> None:
    world.assistant("A1", max_clients=1)
    for code in ("C1", "C2"):
        world.client(code, weight=1 if code == "C1" else 5)
    best = world.planned()
    assert [pair["client"] for pair in best.plan_document["pairs"]] == ["C2"]
    nobody = change(world, best, "C2", None)
    swapped = change(world, nobody, "C1", "A1", "2026-11-30T09:00")
    assert (sound(nobody), sound(swapped)) == (True, True)
    assert levels(swapped)["served"][1] >= levels(best)["served"][0]


def test_a_ban_is_lifted_by_choosing_the_pair_but_not_with_never(world: World) -> None:
    client, banned, feared = world.client("C1"), world.assistant("A1"), world.assistant("A2")
    world.assistant("A3")
    client.not_with.append(NotWith(assistant=feared))
    world.round.bans = [RoundBan(client_id=client.id, assistant_id=banned.id)]
    first = world.planned()
    second = change(world, first, "C1", "A1", "2026-12-01T10:00")
    assert (sound(second), world.round.bans) == (True, [])
    with pytest.raises(RulesBrokenError, match="Ruled out by the client"):
        change(world, second, "C1", "A2", "2026-12-01T10:00")


def test_an_unmatched_client_is_matched_by_hand(world: World) -> None:
    client, helper = world.client("C1"), world.assistant("A1")
    world.round.bans = [RoundBan(client_id=client.id, assistant_id=helper.id)]
    version = world.planned()
    assert version.plan_document["pairs"] == []
    after = change(world, version, "C1", "A1", "2026-12-01T10:00")
    assert [row.client for row in read(world, after).pairs] == ["C1"]
    assert read(world, after).unmatched == ()


def test_every_essential_need_must_have_a_time(world: World) -> None:
    world.client("C1", needs=2)
    world.assistant("A1")
    with pytest.raises(RulesBrokenError, match="Every essential need"):
        change(world, world.planned(), "C1", "A1", "2026-12-01T10:00")


def test_possible_starts_leave_out_what_others_take(world: World) -> None:
    world.client("C1", weekly_hours=[weekly("09:00", "11:00", ["mon"])])
    world.client("C2", weekly_hours=[weekly("09:00", "10:00", ["mon"])])
    world.assistant("A1", weekly_hours=[weekly("09:00", "12:00", ["mon"])])
    version = world.planned()
    assert [one.start.strftime("%H:%M") for one in next(iter(
        hand.possible_starts(version, "C1", "A1").values()))] == ["10:00"]


def test_a_comparison_names_who_gains_loses_changes_and_moves(world: World) -> None:
    for code in ("C1", "C2", "C3", "C4"):
        world.client(code)
    world.assistant("A1")
    world.assistant("A2")
    version = world.planned()
    gone = change(world, version, "C1", None)
    other = {pair["client"]: pair["assistant"] for pair in gone.plan_document["pairs"]}
    moved = change(world, gone, "C2", other["C2"], "2026-12-04T15:00")
    last = change(world, moved, "C3", "A1" if other["C3"] == "A2" else "A2", "2026-12-04T11:00")
    forth = comparing.compare(read(world, version), read(world, last))
    back = comparing.compare(read(world, last), read(world, version))
    changes = (forth.gained, forth.lost, forth.reassigned, forth.moved)
    assert [[one.client_name for one in rows] for rows in changes] == [
        [], ["Client C1"], ["Client C3"], ["Client C2"]]
    assert [one.client_name for one in back.gained] == ["Client C1"]
    assert forth.moved[0].came[0].start == at("2026-12-04T15:00")
    assert forth.levels[0].difference == -8
    assert comparing.compare(read(world, last), read(world, last)).same


def test_a_week_shows_meetings_free_time_and_closed_days(world: World) -> None:
    world.client("C1", weekly_hours=[weekly("10:30", "11:30", ["tue"])])
    world.assistant("A1", dated_hours=[away(MONDAY)])
    version = world.planned()
    calendar = week.calendar(read(world, version), Names(), {date(2026, 12, 2): "Moving"})
    monday, tuesday, wednesday = calendar.diaries[0].weeks[0].days[:3]
    assert (calendar.first_hour, calendar.last_hour, calendar.diaries[0].minutes) == (9, 16, 60)
    assert (monday.free, monday.meetings, wednesday.closed) == ((), (), "Moving")
    assert [(block.row, block.until) for block in tuesday.free] == [(1, 33)]
    assert [(block.row, block.until) for block in tuesday.meetings] == [(7, 11)]


def test_the_same_place_stands_in_table_and_starts(world: World) -> None:
    centre = make_place(code="centre", name="Centre")
    world.client("C1", places=[centre])
    world.assistant("A1")
    version = world.planned()
    assert read(world, version).pairs[0].meetings[0].place == "Centre"
    starts = hand.possible_starts(version, "C1", "A1")
    assert {one.place for ones in starts.values() for one in ones} == {"centre"}


def test_a_topic_is_named_in_the_page_s_language_or_english(world: World) -> None:
    make_topic(code="x", names={"en": "Something"})
    assert (Names().topic("x"), Names().topic("gone")) == ("Something", "gone")
