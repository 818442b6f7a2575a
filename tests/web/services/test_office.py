"""What an office decides about itself."""
from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.web.conftest import NOW
from web.models import AuditEntry, ClosedDay, Office, User, db
from web.services import closed_days, office, policy
from web.services.errors import InvalidInputError, NotFoundError

CHRISTMAS = date(2027, 1, 7)


def values(**changed: str) -> dict[str, str]:
    """A form as it should be filled in."""
    return {"name": "Info Point Belgrade", "public_name": "Info Point", "phone": "+381 11 123 4567",
            "country": "RS", "city": "Beograd",
            "timezone": "Europe/Belgrade", "language": "sr", "grid_minutes": "15",
            "minimum_level": "A2", "reminder_hours": "24", "quiet_from": "21:00", "quiet_to": "07:00",
            **changed}


def change(office_: Office, **changed: str) -> None:
    office.change_office(office=office_, values=values(**changed), user_id=1, now=NOW)


def faults(office_: Office, **changed: str) -> dict[str, str]:
    with pytest.raises(InvalidInputError) as refused:
        change(office_, **changed)
    return refused.value.faults


def test_settings_are_saved_and_a_switch_without_its_field_is_off(office: Office) -> None:
    change(office, first_name_in_feed="yes")
    assert (office.city, office.grid_minutes, office.minimum_level, office.first_name_in_feed,
            office.public_holidays) == ("Beograd", 15, "A2", True, False)
    assert db.session.scalars(select(AuditEntry.action)).all() == ["office.changed"]


@pytest.mark.parametrize(("field", "value"), [
    ("name", " "), ("public_name", ""), ("phone", "call me"), ("country", "XX"), ("timezone", "Belgrade"),
    ("language", "de"), ("grid_minutes", "7"), ("minimum_level", "D1"), ("city", "x" * 201),
    ("public_name", "Info\nPoint"), ("quiet_from", "late"), ("quiet_to", "24:00"), ("reminder_hours", "0"),
    ("reminder_hours", "a day"), ("reminder_hours", "337"), ("reminder_hours", "1, 2, 3, 4, 5, 6"),
    ("reminder_hours", "2.5"), ("reminder_hours", "-2")])
def test_a_faulty_setting_is_named_and_nothing_is_saved(office: Office, field: str, value: str) -> None:
    assert list(faults(office, **{field: value})) == [field]
    assert office.city == "Belgrade"


@pytest.mark.parametrize(("written", "hours"), [
    ("24", [24]), ("2, 72,24", [72, 24, 2]), (" 24 24\t2 ", [24, 2]), ("", [])])
def test_reminders_are_written_as_hours_in_any_order(office: Office, written: str, hours: list[int]) -> None:
    change(office, reminder_hours=written)
    assert office.reminder_hours == hours


@pytest.mark.parametrize("name", [
    "Refugee Help", "Asylum Info", "Azil Beograd", "Aide aux réfugiés", "Pomoć izbeglicama", "مكتب اللاجئين",
    "کمک به پناهندگان", "Migration Office"])
def test_the_name_in_mails_tells_nothing_of_asylum(office: Office, name: str) -> None:
    assert list(faults(office, public_name=name)) == ["public_name"]


def test_a_level_moves_one_place_and_stops_at_the_ends(office: Office) -> None:
    first = list(office.levels)
    policy.move_level(office=office, level=first[1], up=True, user_id=1, now=NOW)
    assert office.levels == [first[1], first[0], *first[2:]]
    policy.move_level(office=office, level=first[1], up=True, user_id=1, now=NOW)
    policy.move_level(office=office, level=first[-1], up=False, user_id=1, now=NOW)
    assert office.levels == [first[1], first[0], *first[2:]]


def test_every_level_has_a_name_and_a_sentence() -> None:
    assert list(policy.level_sentences()) == list(policy.DEFAULT_LEVELS)


def test_a_bridge_of_ones_own_joins_the_default_ones(office: Office) -> None:
    default = policy.bridges(office)
    policy.add_bridge(office=office, client="ps", assistant="ur", loss="3", user_id=1, now=NOW)
    assert set(policy.bridges(office)) - set(default) == {policy.Bridge("ps", "ur", 3)}
    policy.restore_bridges(office=office, user_id=1, now=NOW)
    assert policy.bridges(office) == default


def test_a_bridge_given_again_gets_the_new_loss(office: Office) -> None:
    for loss in ("3", "2"):
        policy.add_bridge(office=office, client="ps", assistant="ur", loss=loss, user_id=1, now=NOW)
    assert [each.loss for each in policy.bridges(office) if each.client == "ps"] == [2]


def test_a_default_bridge_can_be_removed_once(office: Office) -> None:
    default = policy.bridges(office)
    policy.remove_bridge(office=office, client="prs", assistant="fa", user_id=1, now=NOW)
    assert set(default) - set(policy.bridges(office)) == {policy.Bridge("prs", "fa", 0)}
    with pytest.raises(NotFoundError):
        policy.remove_bridge(office=office, client="prs", assistant="fa", user_id=1, now=NOW)


def test_a_faulty_bridge_is_refused(office: Office) -> None:
    with pytest.raises(InvalidInputError) as refused:
        policy.add_bridge(office=office, client="fa", assistant="fa", loss="8", user_id=1, now=NOW)
    assert sorted(refused.value.faults) == ["assistant", "loss"]


def test_work_on_a_holiday_is_remembered_and_forgotten_again(office: Office, user: User) -> None:
    for kept, stored in ((False, [False]), (True, [])):
        closed_days.keep_holiday(office=office, day=CHRISTMAS, kept=kept, user_id=user.id, now=NOW)
        assert db.session.scalars(select(ClosedDay.closed)).all() == stored


def test_a_day_that_is_no_holiday_cannot_be_kept(office: Office) -> None:
    with pytest.raises(NotFoundError):
        closed_days.keep_holiday(office=office, day=date(2027, 1, 8), kept=True, user_id=1, now=NOW)


def test_the_same_closed_day_twice_is_one(office: Office) -> None:
    for name in ("Moving", "Moving house"):
        closed_days.add_closed_day(office=office, day="2027-01-12", name=name, user_id=1, now=NOW)
    row = db.session.scalars(select(ClosedDay)).one()
    assert (row.day, row.name) == (date(2027, 1, 12), "Moving house")
    closed_days.remove_closed_day(office=office, closed_day_id=row.id, user_id=1, now=NOW)
    assert db.session.scalars(select(ClosedDay)).all() == []


@pytest.mark.parametrize("day", ["", "12.1.2027", "2027-02-30"])
def test_a_day_that_is_none_is_refused(office: Office, day: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        closed_days.add_closed_day(office=office, day=day, name="", user_id=1, now=NOW)
    assert list(refused.value.faults) == ["day"]
