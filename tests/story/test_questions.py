"""What is worked out about a plan, in a real browser: answers that fit, and help that appears by itself."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import select

from tests.story.looking import LANGUAGES, faults_of, listened, served, sign_in
from tests.web.a_round import World
from tests.web.conftest import LEVELS, NOW
from tests.web.settings import make_settings
from web import create_app, schema
from web.demo.office import COORDINATOR, PASSWORD
from web.models import Office, PlanVersion, Question, db, use_office
from web.services import accounts, questions, whatif
from web.services.question_process import answer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
ROUND = 1


@dataclass
class Asked:
    """An office, served, with its coordinator signed in."""

    app: Flask
    url: str
    context: BrowserContext
    answers: list[str]  # paths


@pytest.fixture(scope="module")
def office(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """One office for all tests of this module, with an answer of each kind; what would help still waits."""
    app = create_app(make_settings(f"sqlite:///{tmp_path_factory.mktemp('questions') / 'saputnik.db'}"))
    with app.app_context():
        schema.upgrade(db.engine)
        made = Office(name="Info Point", public_name="Info Point", levels=LEVELS)
        db.session.add(made)
        db.session.commit()
        use_office(made.id)
        user = accounts.create_user(office=made, email=COORDINATOR, name="Mira", password=PASSWORD, now=NOW)
        world = World()
        for number, origin in enumerate(("SY", "AF", "AF"), start=1):
            world.client(f"C{number}", name=f"Client of a long name {number}", origin=origin,
                         origin_wish="prefer-same")
        for number, origin in enumerate(("SY", "AF"), start=1):
            world.assistant(f"A{number}", origin=origin, max_clients=1)
        world.planned()
        asked = [questions.ask(ROUND, "alternatives", {"client": "C1"}, user=user, now=NOW),
                 whatif.ask(ROUND, pins=[], bans=[("C1", "A1")], user=user, now=NOW),
                 questions.ask(ROUND, "advice", {}, user=user, now=NOW)]
        paths = [f"/rounds/{ROUND}/questions/{row.id}" for row in asked]
        _answer([row.id for row in asked])
    with served(app) as url, browser.new_context(locale="en") as context:
        page = context.new_page()
        sign_in(page, url)
        page.close()
        yield Asked(app, url, context, paths)


def _answer(ids: list[int]) -> None:
    for row in db.session.scalars(select(Question).where(Question.id.in_(ids))).all():
        version = db.session.get_one(PlanVersion, row.plan_id)
        row.result = answer(row.kind, row.about, version.round_document, version.plan_document,
                            lambda done, all: None, time_limit=20, workers=1, cancelled=lambda: False)
        row.state = "done"
    db.session.commit()
    db.session.remove()


@LANGUAGES
def test_every_answer_is_accessible_fits_and_says_nothing_to_the_console(
        office: Asked, language: str, ruled_at: int | None) -> None:
    page, said = listened(office.context)
    faults = {path: found for path in office.answers
              if (found := faults_of(page, said, office.url + path, language, ruled_at))}
    page.close()
    assert faults == {}


def test_what_would_help_appears_on_the_page_of_the_plan_by_itself(office: Asked) -> None:
    page, said = listened(office.context)
    page.goto(f"{office.url}/rounds/{ROUND}/plan")
    page.get_by_text("What would help is being worked out.").wait_for()
    page.evaluate("window.loadedOnce = true")
    with office.app.app_context():
        use_office(1)
        _answer(list(db.session.scalars(select(Question.id).where(Question.kind == "fixes"))))
    page.locator(".fixes").first.wait_for()
    assert page.get_by_text("What would help is being worked out.").count() == 0
    assert page.evaluate("window.loadedOnce")
    page.close()
    assert said == []
