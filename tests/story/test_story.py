"""The main job, end to end, as its people go through it: two spreadsheets become calendars and mails."""
from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import urlopen

import openpyxl
import pytest
import vobject
from playwright.sync_api import Browser, Page, expect

from tests.story.conftest import Site

ASSISTANTS: list[list[Any]] = [
    ["Assistants, winter"],
    [],
    ["Ime", "Pol", "Zemlja porekla", "Jezici", "Dostupnost", "Najviše klijenata", "E-mail", "Oblasti"],
    ["Reza M.", "muški", "Iran", "Farsi (native), Serbian C1", "Mon-Fri 9:00-15:00", 3,
     "reza@example.org", "sve"],
    ["Divine N.", "ženski", "Burundi", "Kirundi (native), French C1, Serbian C1", "pon-pet 10-17", 3,
     "divine@example.org", "sve"],
]
CLIENTS = """\
Case no.;Name and surname;Sex;Country of origin;Languages;Wish: gender;Needs;Free when;Urgency;E-mail
S-1;Neda Sharifi;F;Iran;Farsi (native);;bank account;Mon-Fri 9:00-15:00;high;neda@example.org
S-2;Laila Karimi;F;Afghanistan;Dari (native);;health certificate;Mon-Fri 9:00-13:00;medium;laila@example.org
S-3;Aline Irakoze;F;Burundi;Kirundi (native);woman only;transport pass;Mon-Fri 10-14;;aline@example.org
S-4;Petar Novak;M;Serbia;Serbian (native);;orientation;weekdays after 13:00;low;petar@example.org
S-5;Farid Karimi;M;Afghanistan;Dari;;bank account;Mon 16:00-14:00;low;farid@example.org
"""
Answer = TypeVar("Answer")
pytestmark = [pytest.mark.browser]


def wait_for(ask: Callable[[], Answer], seconds: float = 30) -> Answer:
    """Ask until the answer is true."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)
    return answer


def import_file(site: Site, page: Page, path: Path) -> None:
    page.goto(f"{site.url}/import")
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Check the rows").click()


def mails_to(site: Site, address: str) -> list[EmailMessage]:
    return [mail.message for mail in list(site.mails.received) if mail.recipient == address]


def instants(feed: str) -> list[tuple[datetime, str]]:
    with urlopen(feed, timeout=10) as answer:  # noqa: S310 -- our own server
        calendar = vobject.readOne(answer.read().decode())
    return sorted((event.dtstart.value.astimezone(UTC), event.status.value)
                  for event in calendar.contents.get("vevent", []))


def solve_and_publish(page: Page) -> None:
    page.get_by_role("button", name="Solve", exact=True).click()
    page.wait_for_url("**/plan", timeout=60_000)
    expect(page.get_by_text("proven: none is better")).to_be_visible()
    page.get_by_role("link", name="Publish…").click()
    page.get_by_role("button", name="Publish now").click()


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.timeout(240)
def test_two_spreadsheets_become_calendars_and_mails_and_a_decline_is_repaired(
        site: Site, page: Page, browser: Browser, tmp_path: Path) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    site.sign_in(page)

    # The coordinator brings in her two files; one row has a time that ends before it starts.
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for row in ASSISTANTS:
        workbook.active.append(row)
    workbook.save(tmp_path / "assistants.xlsx")
    (tmp_path / "clients.csv").write_text(CLIENTS, encoding="utf-8-sig")
    import_file(site, page, tmp_path / "assistants.xlsx")
    page.get_by_role("button", name="Import 2 rows").click()
    import_file(site, page, tmp_path / "clients.csv")
    expect(page.get_by_role("row", name="S-5")).to_contain_text("Mon 16:00-14:00")
    page.get_by_role("button", name="Import 4 rows").click()

    # She runs a round over next week, looks it over and publishes it.
    page.goto(f"{site.url}/rounds/new")
    page.get_by_label("Title").fill("Next week")
    page.get_by_role("button", name="Create round").click()
    solve_and_publish(page)
    expect(page.get_by_role("row", name=re.compile("S-1|S-2|S-3|S-4"))).to_have_count(4)

    # Reza's phone follows his calendar.
    feeds = {}
    for name in ("Reza", "Divine"):
        page.goto(f"{site.url}/assistants")
        page.get_by_role("link", name=re.compile(name)).first.click()
        page.get_by_role("link", name="Calendar", exact=True).click()
        page.get_by_label("Which device?").fill("phone")
        page.get_by_role("button", name="Make an address").click()
        feeds[name] = page.get_by_label("Address to copy").input_value()
    before = {name: instants(feed) for name, feed in feeds.items()}
    assert sum(map(len, before.values())) == 4

    # Every client has one mail, in their own language, about an instant that stands in a calendar.
    addresses = ["neda@example.org", "laila@example.org", "aline@example.org", "petar@example.org"]
    wait_for(lambda: len(site.mails.received) == 4)
    mails = {address: mails_to(site, address)[0] for address in addresses}
    assert [mail["Content-Language"] for mail in mails.values()] == ["fa", "fa-AF", "rn", "sr-Latn"]
    invited = []
    for mail in mails.values():
        part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
        invited.append(vobject.readOne(part.get_content()).vevent.dtstart.value.astimezone(UTC))
    assert sorted(invited) == sorted(start for events in before.values() for start, _status in events)

    # Aline declines with one tap, on a page in Kirundi and on a phone.
    link = re.search(rf"{site.url}/a/\S+", text_of(mails["aline@example.org"]))
    assert link is not None
    phone = browser.new_context(viewport={"width": 390, "height": 800}, locale="en").new_page()
    phone.goto(link[0])
    assert phone.locator("html").get_attribute("lang") == "rn"
    phone.locator("form[action$='/decline'] button").click()
    wait_for(lambda: len(mails_to(site, "aline@example.org")) == 2)
    cancelled = mails_to(site, "aline@example.org")[1]
    assert "method=CANCEL" in next(
        str(part["Content-Type"]) for part in cancelled.walk() if part.get_content_type() == "text/calendar"
    ).replace('"', "")

    # Neda confirms, on a page that reads from right to left.
    link = re.search(rf"{site.url}/a/\S+", text_of(mails["neda@example.org"]))
    assert link is not None
    phone.goto(link[0])
    assert phone.locator("html").get_attribute("dir") == "rtl"
    with phone.expect_navigation():  # a page that is on its way somewhere may never close
        phone.locator("form[action$='/confirm'] button").click()
    phone.close()

    # The slot is free at once, and the coordinator knows.
    assert sorted(status for events in map(instants, feeds.values()) for _start, status in events) == [
        "CANCELLED", "CONFIRMED", "CONFIRMED", "CONFIRMED"]
    page.goto(site.url)
    expect(page.get_by_text("Aline Irakoze").first).to_be_visible()

    # She repairs the round: nobody else hears of it, nothing else moves.
    page.goto(f"{site.url}/rounds")
    page.get_by_role("link", name="Next week").click()
    page.get_by_role("button", name="Repair").click()
    solve_and_publish(page)
    wait_for(lambda: len(mails_to(site, "aline@example.org")) == 3)
    time.sleep(2)  # what should not be sent needs time not to be
    assert {address: len(mails_to(site, address)) for address in addresses} == {
        "neda@example.org": 1, "laila@example.org": 1, "aline@example.org": 3, "petar@example.org": 1}
    after = {name: instants(feed) for name, feed in feeds.items()}
    kept = {start for events in before.values() for start, _status in events} - {
        start for events in after.values() for start, status in events if status == "CANCELLED"}
    standing = {start for events in after.values() for start, status in events if status == "CONFIRMED"}
    assert (len(standing), kept <= standing, complaints) == (4, True, [])
