"""What the catalogue offers, and that no word of it gives anybody away."""
from __future__ import annotations

import re

import pytest

from web.i18n import CLIENT_LANGUAGES, LANGUAGES
from web.services import catalogue

REVEALING = re.compile(r"asyl|azil|asil|refug|réfug|izbegl|لجوء|لاجئ|پناه|migra", re.IGNORECASE)


@pytest.mark.parametrize(("spoken", "language"), [
    ({"prs": "native"}, "prs"),
    ({"haz": "native", "fa": "B2"}, "prs"),
    ({"apc": "native", "en": "C1"}, "ar"),
    ({"rn": "native", "fr": "B2"}, "rn"),
    ({"ln": "native", "fr": "B2", "en": "B1"}, "fr"),
    ({"ln": "native"}, "en"),  # nobody knows whether they were schooled in French
    ({"hr": "A2"}, "sr"),
    ({}, "en"),
])
def test_mails_come_in_the_language_that_somebody_reads_best(spoken: dict[str, str], language: str) -> None:
    assert catalogue.suggested_mail_language(spoken) == language


@pytest.mark.parametrize(("country", "spoken", "cultures"), [
    ("AF", {"prs": "native"}, ["persianate"]),
    ("AF", {"ps": "native", "prs": "B1"}, ["pashtun", "persianate"]),
    ("TR", {"kmr": "native"}, ["kurdish", "turkish"]),
    ("BI", {}, ["great-lakes"]),
    ("NZ", {"en": "native"}, []),
])
def test_cultures_follow_from_country_and_own_language(
        country: str, spoken: dict[str, str], cultures: list[str]) -> None:
    assert catalogue.cultures_of(country, spoken) == cultures


def test_countries_have_names_in_the_language_of_the_page() -> None:
    assert [catalogue.countries(page)["SY"] for page in ("en", "sr", "fr")] == ["Syria", "Sirija", "Syrie"]


def test_every_country_of_a_culture_is_a_country() -> None:
    cultures = catalogue._read("languages.toml")["cultures"]
    listed = {country for members in cultures.values() for country in members}
    assert listed - set(catalogue.countries("en")) == set()


def test_every_ambiguous_name_offers_languages_of_the_catalogue() -> None:
    offered = {code for codes in catalogue.ambiguous_languages().values() for code in codes}
    assert offered - set(catalogue.languages()) == set()


def test_no_name_stands_for_two_languages() -> None:
    names = [name for language in catalogue.languages().values()
             for name in {language.names["en"].lower(), language.names["sr"].lower(), *language.aliases}]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert sorted(set(names) & set(catalogue.ambiguous_languages())) == []


def test_a_spoken_arabic_has_a_name_in_every_language_of_pages() -> None:
    assert [catalogue.language_name("apc", page) for page in LANGUAGES] == [
        "Arabic (Levantine)", "arapski (levantski)", "arabe (levantin)", "العربية (الشامية)", "عربی (شامی)"]


def test_every_default_topic_speaks_every_language() -> None:
    for topic in catalogue.default_topics():
        assert [list(topic["names"]), list(topic["bring"])] == [list(CLIENT_LANGUAGES)] * 2, topic["code"]
        assert len({len(lines) for lines in topic["bring"].values()}) == 1, topic["code"]


def test_no_default_topic_tells_why_somebody_came() -> None:
    topics = catalogue.default_topics()
    words = [name for topic in topics for name in topic["names"].values()]
    words += [line for topic in topics for lines in topic["bring"].values() for line in lines]
    assert [text for text in words if REVEALING.search(text)] == []


def test_the_bank_is_open_on_weekdays_from_nine_to_three() -> None:
    bank = next(topic for topic in catalogue.default_topics() if topic["code"] == "bank-account")
    assert bank["windows"] == [
        {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "15:00"}]
