"""Which language a client is written to in, and which of the office's own texts they read."""
from __future__ import annotations

import pytest

from web.i18n import find_language
from web.i18n.languages import LANGUAGES
from web.models import Client
from web.services.client_languages import language_for, lines_for, text_for


def client(**fields: object) -> Client:
    return Client(**{"mail_language": "", "languages": {}, **fields})


@pytest.mark.parametrize(("tag", "code"), [
    ("fa", "fa"), ("fa_IR", "fa"), ("sr", "sr"), ("sr-Latn-RS", "sr"), ("sr-RS", "sr"),
    ("sr_Cyrl", "sr-Cyrl"), ("SR-CYRL-BA", "sr-Cyrl"), ("en-US", "en"), ("de", None), ("", None)])
def test_a_tag_leads_to_the_language_that_it_names(tag: str, code: str | None) -> None:
    found = find_language(tag)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(("tag", "code"), [("fa-AF", "fa"), ("prs", "fa"), ("sr-Cyrl", "sr"), ("kmr", None)])
def test_the_interface_answers_in_the_nearest_language_that_it_has(tag: str, code: str | None) -> None:
    found = find_language(tag, LANGUAGES)
    assert (found.code if found else None) == code


def test_what_was_chosen_for_a_client_counts() -> None:
    assert language_for(client(mail_language="fr", languages={"ar": "native"})) == "fr"


@pytest.mark.parametrize(("languages", "code"), [
    ({"wo": "native", "fr": "B1", "en": "A2"}, "fr"),
    ({"wo": "native", "en": "B1", "fr": "A2"}, "en"),
    ({"wo": "native", "sr": "A1"}, "sr"),
    ({"wo": "native"}, "en"),  # schooled in French, perhaps: nobody knows
    ({}, "en"),
])
def test_a_language_that_is_not_written_gives_way_to_the_best_that_the_client_speaks(
        languages: dict[str, str], code: str) -> None:
    # "xx" was offered once, and is no longer.
    for chosen in ("", "xx"):
        assert language_for(client(mail_language=chosen, languages=languages)) == code


def test_an_offices_text_comes_in_the_best_language_that_it_has() -> None:
    reader = client(languages={"apc": "native", "fr": "B1", "en": "C1"})
    texts = {"en": "bank", "fr": "banque", "sr": "banka"}
    assert [text_for(reader, texts, language=code) for code in ("sr", "ar")] == ["banka", "bank"]
    assert text_for(client(languages={"apc": "native", "fr": "B1"}), texts, language="ar") == "banque"
    assert text_for(client(), {"sr": "banka"}, language="ar") == ""


def test_an_offices_serbian_text_is_read_in_cyrillic_and_its_persian_one_in_dari() -> None:
    reader = client(languages={"sr": "native"})
    assert text_for(reader, {"en": "bank", "sr": "Džep"}, language="sr-Cyrl") == "Џеп"
    assert text_for(reader, {"sr": "Džep", "sr-Cyrl": "џеп"}, language="sr-Cyrl") == "џеп"
    assert lines_for(reader, {"en": ["bank"], "fa": ["بانک", "کارت"]}, language="prs") == ["بانک", "کارت"]
