"""Every page in a real browser: wide and narrow, from left to right and from right to left."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select

from tests.story.looking import LANGUAGES, broken_rules, faults_of, listened, served, sign_in
from tests.story.telephone import too_wide
from tests.web.render.test_assistant_mail import KINDS as TO_ASSISTANTS
from tests.web.render.test_assistant_mail import parsed as parsed_to_assistant
from tests.web.render.test_mail import KINDS, body, parsed
from tests.web.settings import make_settings
from web import create_app
from web.demo.office import load
from web.i18n import CLIENT_LANGUAGES
from web.models import Appointment, Message, Notice, OwnCalendar, SolveRun, db, use_office
from web.services import sign_in_links
from web.services.tokens import answer_token

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
COLUMNS = "Case no.;Name;Sex;Country of origin;Languages;Needs;Free when;Urgency\n"
TASKS: dict[str, dict[str, Any]] = {
    "wrote": {"words": "My daughter is ill.\nMay I come later?", "attachments": ["x" * 80], "cut": True},
    "answer-refused": {"reason": "forged", "from": f"{'a' * 60}@example.net", "answer_was": "DECLINED"},
    "counter": {"words": "", "proposed": "2026-12-01T14:00:00+00:00"},
    "mail-bounced": {"answer": "550 " + "x" * 100},
}
ROWS = "".join(f"X-{number};Nour Darwish;F;Syria;Dari;bank account;9-5;soon\n" for number in range(3))
PAGES = [
    "/", "/clients", "/clients?text=nobody", "/clients/1", "/clients/1/edit", "/clients/1/end",
    "/clients/new", "/assistants", "/assistants/1", "/assistants/1/edit", "/assistants/1/end",
    "/assistants/1/calendar", "/assistants/1/own-calendars", "/assistants/new", "/topics", "/topics/1",
    "/topics/new", "/places",
    "/places/1", "/places/new", "/rounds", "/rounds/new", "/rounds/1", "/rounds/1/cards",
    "/appointments/1/card", "/rounds/1/plan", "/rounds/1/calendar",
    "/rounds/2", "/rounds/2/plan", "/rounds/2/calendar", "/rounds/2/compare", "/rounds/2/publish",
    "/rounds/2/questions/whatif",
    "/rounds/2/runs/3", "/import", "/import/1/columns", "/import/1", "/import/1?show=all",
    "/mails", "/office", "/office/policy", "/office/closed-days", "/office/texts", "/office/texts/ur",
    "/account", "/nothing-here",
]


@dataclass
class Demonstration:
    """The demonstration office, served, with its coordinator signed in."""

    url: str
    context: BrowserContext
    answer: str  # the address of a client's answer page
    links: list[str]  # sign-in links of assistants, each good once


@pytest.fixture(scope="module")
def demonstration(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One office for all tests of this module: its people, two rounds, a file half imported."""
    folder = tmp_path_factory.mktemp("pages")
    app = create_app(make_settings(f"sqlite:///{folder / 'saputnik.db'}"))
    with app.app_context():
        load(now=datetime.now(UTC), share=5)
        use_office(1)
        mail = db.session.scalars(select(Message).order_by(Message.id)).first()
        assert mail is not None
        db.session.add(SolveRun(round_id=2, time_limit=1, created_at=datetime.now(UTC)))  # waits for a worker
        mail.state, mail.last_answer = "bounced", "550 no such user"
        for kind, details in TASKS.items():
            db.session.add(Notice(kind=kind, client_id=mail.appointment.client_id, details=details,
                                  appointment_id=mail.appointment_id, created_at=datetime.now(UTC)))
        uid = db.session.scalars(select(Appointment.uid).order_by(Appointment.id.desc())).first()
        assert uid is not None
        answer = f"/a/{answer_token(uid)}"
        links = [_sign_in_link(assistant_id) for assistant_id in range(1, 7)]
        now = datetime.now(UTC)
        for owner, problem, failures in ((1, "", 0), (1, "forbidden", 3), (6, "not-a-calendar", 3)):
            db.session.add(OwnCalendar(
                assistant_id=owner, host="calendar.google.com", created_at=now, read_at=now, tried_at=now,
                problem=problem, failures=failures, next_read_at=now,
                busy=["2026-11-30T09:00Z/2026-11-30T10:00Z"]))
        db.session.commit()
        db.session.remove()
    with served(app) as url, browser.new_context(locale="en") as context:
        _prepare(context.new_page(), url, folder)
        yield Demonstration(url, context, answer, links)


def _sign_in_link(assistant_id: int) -> str:
    """A link as the mail with it holds it."""
    sign_in_links.send(assistant_id=assistant_id, user_id=1, now=datetime.now(UTC))
    facts = db.session.scalars(select(Message.facts).where(Message.assistant_id == assistant_id)
                               .order_by(Message.id.desc())).first()
    assert facts is not None
    return urlsplit(sign_in_links.address_of(facts["uid"], facts["language"])).path


def _prepare(page: Page, url: str, folder: Path) -> None:
    sign_in(page, url)
    (folder / "people.csv").write_text(COLUMNS + ROWS, encoding="utf-8")
    page.goto(f"{url}/import")
    page.locator("[name=file]").set_input_files(folder / "people.csv")
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Check the rows").click()
    page.goto(f"{url}/assistants/1/calendar")
    page.locator("[name=label]").fill("Phone")
    with page.expect_navigation():  # a page that is on its way somewhere may never close
        page.get_by_role("button", name="Make an address").click()
    page.close()


@LANGUAGES
def test_every_page_is_accessible_fits_and_says_nothing_to_the_console(
        demonstration: Demonstration, language: str, ruled_at: int | None) -> None:
    page, said = listened(demonstration.context)
    faults = {}
    page.goto(f"{demonstration.url}/rounds/2/plan")
    by_hand = page.locator("a[href*='/change?client=']").first.get_attribute("href")
    assert by_hand is not None
    for path in (*PAGES, by_hand):
        if found := faults_of(page, said, demonstration.url + path, language, ruled_at):
            faults[path] = found
        assert re.search(r"Traceback|Something went wrong", page.content()) is None, path
    page.close()
    assert faults == {}


@LANGUAGES
def test_what_clients_and_strangers_see_is_accessible_too(
        demonstration: Demonstration, browser: Browser, language: str, ruled_at: int | None) -> None:
    context = browser.new_context(locale="en")
    page, said = listened(context)
    faults = {}
    for path in ("/sign-in", demonstration.answer, f"{demonstration.answer}/reminders",
                 f"{demonstration.answer}/times"):
        if found := faults_of(page, said, demonstration.url + path, language, ruled_at):
            faults[path] = found
    context.close()
    assert faults == {}


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_m6_what_clients_read_fits_a_telephone_in_every_language(
        demonstration: Demonstration, browser: Browser, language: str) -> None:
    context = browser.new_context()
    page, said = listened(context)
    faults = []
    client = demonstration.answer
    for path in (client, f"{client}/times", f"{client}/reminders", "/a/nobodys"):
        page.goto(f"{demonstration.url}{path}?lang={language}")
        faults += too_wide(page, path, language)
    page.goto("about:blank")  # a mail program does not apply our pages' policy
    for kind in KINDS:
        page.set_content(body(parsed(kind, language), "html"))
        faults += too_wide(page, kind, language)
    context.close()
    assert (faults, [text for text in said if "404" not in text]) == ([], [])


@pytest.fixture(scope="module")
def assistants_own(demonstration: Demonstration, browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page of an assistant who is signed in, and what it says to the console."""
    context = browser.new_context()
    page, said = listened(context)
    page.goto(demonstration.url + demonstration.links[5])
    page.locator("main button").click()
    yield page, said
    context.close()


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_m6_what_assistants_read_fits_a_telephone_in_every_language(
        demonstration: Demonstration, assistants_own: tuple[Page, list[str]], language: str) -> None:
    page, said = assistants_own
    faults = []
    for path in ("/me", "/me/calendars", "/me/devices", "/me/language", "/me/outside", "/calendars/programs",
                 demonstration.links[4]):
        page.goto(f"{demonstration.url}{path}?lang={language}")
        faults += too_wide(page, path, language)
    mails = page.context.new_page()
    for kind in TO_ASSISTANTS:
        mails.set_content(body(parsed_to_assistant(kind, language), "html"))
        faults += too_wide(mails, kind, language)
    mails.close()
    assert (faults, said) == ([], [])


@LANGUAGES
def test_an_assistants_own_pages_are_accessible_too(
        demonstration: Demonstration, browser: Browser, language: str, ruled_at: int | None) -> None:
    context = browser.new_context(locale="en")
    page, said = listened(context)
    faults = {}
    link = demonstration.links[2 * ("en", "ar").index(language) + (ruled_at is None)]
    for path in (link, "/me/outside", "/calendars/programs"):
        if found := faults_of(page, said, demonstration.url + path, language, ruled_at):
            faults[path] = found
    page.goto(demonstration.url + link)
    page.locator("main button").click()
    page.goto(f"{demonstration.url}/me/devices")
    page.locator("[name=label]").fill("Phone")
    page.locator("main form").first.locator("button").click()
    if ruled_at and (found := broken_rules(page)):
        faults["a new address"] = found
    for path in ("/me", "/me/calendars", "/me/devices", "/me/language"):
        if found := faults_of(page, said, demonstration.url + path, language, ruled_at):
            faults[path] = found
    context.close()
    assert faults == {}


def test_an_assistant_needs_no_javascript(demonstration: Demonstration, browser: Browser) -> None:
    context = browser.new_context(locale="en", java_script_enabled=False,
                                  viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{demonstration.url}{demonstration.links[4]}?lang=en")
    page.locator("main button").click()
    page.goto(f"{demonstration.url}/me/language")
    page.locator("input[value=en]").check()
    page.locator("main button").click()
    page.goto(f"{demonstration.url}/me")
    page.get_by_text("Change my week").click()
    page.locator("[name=sun-0-from]").fill("09:00")
    page.locator("[name=sun-0-to]").fill("11:30")
    page.get_by_role("button", name="Save my week").click()
    page.get_by_text("Sunday, 09:00–11:30").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("Please ask the office for a new link.").wait_for()
    context.close()
