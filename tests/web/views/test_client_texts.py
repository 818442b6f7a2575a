"""The pages on which an office chooses its own words."""
from __future__ import annotations

import re

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_client
from web.i18n import CLIENT_LANGUAGES
from web.models import Office, db, use_office
from web.services.client_texts import Sentence
from web.services.tokens import answer_token

COMING = Sentence("Yes, I am coming", ("Yes, I am coming",)).id


def test_the_office_sees_which_languages_a_native_speaker_has_reviewed(coordinator: Browser) -> None:
    page = coordinator.get("/office/texts").text
    rows = re.findall(
        r'<a href="/office/texts/([^"]+)".*?clients read">([^<]*)<.*?assistants read">([^<]*)<',
        page, re.DOTALL)
    assert rows[0] == ("en", "the original", "the original")
    assert [one[0] for one in rows] == list(CLIENT_LANGUAGES)
    assert {said for row in rows[1:] for said in row[1:]} == {"by no native speaker yet"}
    assert "No native speaker has reviewed these sentences yet." in coordinator.get("/office/texts/ti").text


def test_a_clients_page_says_it_in_the_offices_words(coordinator: Browser, anonymous: Browser) -> None:
    saved = coordinator.post(f"/office/texts/sr/{COMING}", data={"text": "Dolazim, hvala"})
    assert (saved.status_code, saved.location) == (303, f"/office/texts/sr#s-{COMING}")
    appointment = make_appointment(client=make_client(mail_language="sr"))
    path = f"/a/{answer_token(appointment.uid)}"
    assert "Dolazim, hvala" in anonymous.get(path).text
    assert "Dolazim, hvala" not in anonymous.get(f"{path}?lang=sr-Cyrl").text
    assert "Dolazim, hvala" in coordinator.get("/office/texts/sr").text


def test_a_refused_text_stays_in_its_field_with_the_reason_beside_it(coordinator: Browser) -> None:
    answer = coordinator.post(f"/office/texts/en/{COMING}", data={"text": "Yes, 100 %"})
    assert answer.status_code == 422
    assert "Write it without % &lt; &gt; &amp; { }, except in what is filled in." in answer.text
    assert ">Yes, 100 %</textarea>" in answer.text


def test_an_offices_words_are_its_own(coordinator: Browser, anonymous: Browser, office: Office) -> None:
    coordinator.post(f"/office/texts/en/{COMING}", data={"text": "I will be there"})
    other = Office(name="Other", public_name="Other", levels=office.levels)
    db.session.add(other)
    db.session.flush()
    use_office(other.id)
    appointment = make_appointment(client=make_client())
    assert "Yes, I am coming" in anonymous.get(f"/a/{answer_token(appointment.uid)}").text
