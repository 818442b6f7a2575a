"""Cards and texts for clients whom no mail reaches."""
from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_client, make_round
from tests.web.conftest import NOW
from web.services import tokens


def test_a_card_and_a_text_are_in_the_clients_language_and_say_no_more_than_a_mail(
        coordinator: Browser) -> None:
    client = make_client(mail_language="fa", name="Zahra Secret", email="", remarks="SECRET")
    made = make_appointment(client=client)
    text = coordinator.get(f"/appointments/{made.id}/card").text
    card = text[text.index('<div class="a6"'):text.index('<div class="unprinted stack"')]
    assert [part in card for part in ('lang="fa" dir="rtl"', "data:image/svg+xml", "۱۰:۰۰")] == [True] * 3
    assert [word in card for word in ("SECRET", "Secret", made.client.code)] == [False] * 3
    assert f'<bdi>Zahra Secret</bdi></a> <bdi class="soft code">{made.client.code}</bdi></h2>' in text
    assert f"/a/{tokens.answer_token(made.uid)}</textarea>" in text


def test_a_round_has_a_card_for_each_client_without_mail_and_sms(coordinator: Browser) -> None:
    round = make_round(state="published", ended_at=NOW)
    people: dict[str, dict[str, str]] = {
        "Ana": {"email": ""}, "Boris": {"channel": "none"}, "Ceca": {"channel": "sms"}, "Dana": {}}
    for name, fields in people.items():
        make_appointment(client=make_client(name=name, **fields), round=round)
    again = make_appointment(client=make_client(name="Ema", email=""), round=round)
    make_appointment(client=again.client, round=round, starts_at=again.starts_at + timedelta(days=1))
    text = coordinator.get(f"/rounds/{round.id}/cards").text
    assert [f"<bdi>{name}</bdi></a> <bdi" in text for name in ("Ana", "Boris", "Ceca", "Dana")] == [
        True, True, True, False]
    assert text.count('class="a6"') == 5
    assert "Cards to print for 4 clients" in coordinator.get(f"/rounds/{round.id}").text


@pytest.mark.parametrize("fields", [{"state": "cancelled"}, {"starts_at": NOW - timedelta(hours=1)}])
def test_there_is_no_card_for_what_is_off_or_over(coordinator: Browser, fields: dict[str, object]) -> None:
    made = make_appointment(**fields)
    assert coordinator.get(f"/appointments/{made.id}/card").status_code == 404


def test_the_channel_is_chosen_on_the_clients_form(coordinator: Browser) -> None:
    client = make_client()
    page = coordinator.get(f"/clients/{client.id}/edit").text
    assert 'name="channel" value="mail" checked' in page
