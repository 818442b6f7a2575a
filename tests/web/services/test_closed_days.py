"""On which days an office is closed."""
from __future__ import annotations

from datetime import date

import pytest
from flask_babel import force_locale

from tests.web.browser import Browser
from web.models import ClosedDay, Office, db
from web.services.closed_days import closed_days, holidays_to_decide, own_closed_days, public_holidays

JANUARY = date(2027, 1, 1), date(2027, 1, 31)


def test_a_serbian_office_is_closed_on_new_year_and_orthodox_christmas(office: Office) -> None:
    assert closed_days(office, *JANUARY) == {
        date(2027, 1, 1): "New Year's Day", date(2027, 1, 2): "New Year's Day",
        date(2027, 1, 7): "Orthodox Christmas Day"}


def test_a_serbian_office_is_closed_on_sretenje(office: Office) -> None:
    assert list(closed_days(office, date(2027, 2, 1), date(2027, 2, 28))) == [
        date(2027, 2, 15), date(2027, 2, 16)]


def test_orthodox_easter_moves_with_the_year(office: Office) -> None:
    april = closed_days(office, date(2026, 4, 1), date(2026, 4, 30))
    assert april == {date(2026, 4, 10): "Good Friday", date(2026, 4, 11): "Holy Saturday",
                     date(2026, 4, 12): "Easter Sunday", date(2026, 4, 13): "Easter Monday"}


def test_both_ends_of_the_asked_days_count(office: Office) -> None:
    assert list(closed_days(office, date(2027, 1, 7), date(2027, 1, 7))) == [date(2027, 1, 7)]


def test_the_turn_of_the_year_is_no_border(office: Office) -> None:
    assert list(closed_days(office, date(2026, 12, 28), date(2027, 1, 1))) == [date(2027, 1, 1)]


def test_another_country_has_other_holidays(office: Office) -> None:
    office.country = "DE"
    assert closed_days(office, *JANUARY) == {date(2027, 1, 1): "New Year's Day"}


def test_a_country_that_is_not_known_has_none(office: Office) -> None:
    office.country = "XK-unknown"
    assert closed_days(office, *JANUARY) == {}


def test_an_office_may_keep_no_public_holidays(office: Office) -> None:
    office.public_holidays = False
    assert closed_days(office, *JANUARY) == {}


def test_an_office_may_keep_one_public_holiday_of_all(office: Office) -> None:
    office.public_holidays = False
    db.session.add(ClosedDay(day=date(2027, 1, 7), closed=True))
    assert closed_days(office, *JANUARY) == {date(2027, 1, 7): "Closed"}


def test_an_office_may_work_on_one_public_holiday(office: Office) -> None:
    db.session.add(ClosedDay(day=date(2027, 1, 2), closed=False))
    assert list(closed_days(office, *JANUARY)) == [date(2027, 1, 1), date(2027, 1, 7)]


def test_an_office_closes_on_days_of_its_own(office: Office) -> None:
    db.session.add(ClosedDay(day=date(2027, 1, 12), name="Moving house"))
    assert closed_days(office, *JANUARY)[date(2027, 1, 12)] == "Moving house"
    assert [row.day for row in own_closed_days(office, date(2026, 11, 23))] == [date(2027, 1, 12)]


def test_days_of_another_office_do_not_count(office: Office) -> None:
    other = Office(name="Niš", public_name="Info Point", levels=office.levels)
    db.session.add(other)
    db.session.flush()
    assert closed_days(other, *JANUARY) == closed_days(office, *JANUARY)


def test_each_holiday_to_come_is_offered_with_the_decision(office: Office) -> None:
    db.session.add(ClosedDay(day=date(2027, 1, 2), closed=False))
    offered = {holiday.day: holiday.kept for holiday in holidays_to_decide(office, date(2026, 11, 11))}
    assert (min(offered), offered[date(2026, 11, 11)], offered[date(2027, 1, 2)]) == (
        date(2026, 11, 11), True, False)


def test_names_are_in_the_readers_language_and_in_latin_letters(
        office: Office, coordinator: Browser) -> None:
    with coordinator.application.test_request_context("/?lang=sr"), force_locale("sr_Latn"):
        names = public_holidays("RS", *JANUARY)
    assert names == {
        date(2027, 1, 1): "Nova godina", date(2027, 1, 2): "Nova godina", date(2027, 1, 7): "Božić"}


@pytest.mark.parametrize(("locale", "names"), [
    ("ar", ["سبت النور، عيد العمال", "أحد الفصح، عيد العمال", "اثنين الفصح", "عيد العمال (عطلة بديلة)"]),
    ("fr", ["Samedi saint, Fête du Travail", "Dimanche de Pâques, Fête du Travail", "Lundi de Pâques",
            "Fête du Travail (jour reporté)"]),
    ("en", ["Holy Saturday; Labor Day", "Easter Sunday; Labor Day", "Easter Monday", "Labor Day (observed)"]),
])
def test_names_that_the_source_has_in_english_only_are_translated(
        office: Office, locale: str, names: list[str]) -> None:
    with force_locale(locale):
        assert list(public_holidays("RS", date(2027, 5, 1), date(2027, 5, 4)).values()) == names


@pytest.mark.parametrize(("locale", "country", "day", "name"), [
    ("ar", "EG", date(2027, 1, 7), "عيد الميلاد المجيد"),
    ("fr", "BI", date(2027, 7, 1), "Anniversaire de l'Indépendance"),
    ("fa", "IR", date(2027, 3, 21), "جشن نوروز"),
    ("fr", "ME", date(2027, 11, 13), "Njegos Day"),
])
def test_names_come_in_the_readers_language_whatever_region_it_is_of(
        office: Office, locale: str, country: str, day: date, name: str) -> None:
    with force_locale(locale):
        assert public_holidays(country, day, day) == {day: name}
