"""The office's pages."""
from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tests.web.browser import Browser
from web.models import ClosedDay, Office, db


def test_every_setting_on_the_page_is_saved_as_shown(coordinator: Browser, office: Office) -> None:
    form = {"name": "Info Point Belgrade", "public_name": "Info Point", "phone": "+381 11 000 0000",
            "country": "RS", "city": "Novi Sad", "timezone": "Europe/Belgrade", "language": "en",
            "grid_minutes": "30", "minimum_level": "B1", "public_holidays": "yes",
            "reminder_hours": "72, 24", "quiet_from": "22:30", "quiet_to": "06:00", "moves_at_once": "yes"}
    assert coordinator.post("/office", data=form).status_code == 303
    assert (office.city, office.public_holidays) == ("Novi Sad", True)
    page = coordinator.get("/office").text
    assert all(f'value="{form[name]}"' in page for name in ("reminder_hours", "quiet_from", "quiet_to"))


def test_a_faulty_setting_is_shown_again_as_typed(coordinator: Browser, office: Office) -> None:
    answer = coordinator.post("/office", data={"name": "Info Point", "public_name": "Refugee Point"})
    assert (answer.status_code, 'value="Refugee Point"' in answer.text, office.name) == (
        422, True, "Info Point Belgrade")


def test_a_level_moves_up_without_javascript(coordinator: Browser, office: Office) -> None:
    answer = coordinator.post("/office/levels", data={"level": "origin", "direction": "up"})
    assert (answer.headers["Location"], office.levels[:3]) == (
        "/office/policy#levels", ["served", "origin", "stability"])


def test_a_bridge_is_added_removed_and_restored(coordinator: Browser, office: Office) -> None:
    statuses = [coordinator.post(f"/office/bridges{path}", data=data).status_code for path, data in (
        ("", {"client": "ps", "assistant": "ur", "loss": "3"}),
        ("/remove", {"client": "ps", "assistant": "ur"}),
        ("/remove", {"client": "ps", "assistant": "ur"}),
        ("/restore", {}),
        ("", {"client": "ps", "assistant": "", "loss": "3"}))]
    assert (statuses, office.bridges) == ([303, 303, 404, 303, 422], None)


def test_the_office_works_on_a_holiday_that_it_chose(coordinator: Browser) -> None:
    page = coordinator.get("/office/closed-days").text
    assert (page.count("Work on this day"), page.count("Close on this day")) == (11, 0)
    answer = coordinator.post("/office/closed-days/holiday", data={"day": "2027-01-07", "kept": "no"})
    assert answer.headers["Location"] == "/office/closed-days#day-2027-01-07"
    assert coordinator.get("/office/closed-days").text.count("Close on this day") == 1


def test_a_closed_day_is_added_and_removed(coordinator: Browser) -> None:
    coordinator.post("/office/closed-days", data={"day": "2027-03-08", "name": "Moving"})
    row = db.session.scalars(select(ClosedDay)).one()
    assert (row.day, "Moving" in coordinator.get("/office/closed-days").text) == (date(2027, 3, 8), True)
    coordinator.post(f"/office/closed-days/{row.id}/remove")
    assert db.session.scalars(select(ClosedDay)).all() == []


def test_a_closed_day_without_a_date_is_asked_for_again(coordinator: Browser) -> None:
    answer = coordinator.post("/office/closed-days", data={"day": "", "name": "Moving"})
    assert (answer.status_code, 'value="Moving"' in answer.text) == (422, True)
