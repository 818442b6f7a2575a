"""Languages, countries, genders, wishes, topics, urgency, numbers and addresses as people write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.reading.contacts import read_email, read_phone
from web.reading.countries import country_names, read_country
from web.reading.genders import read_accepts, read_gender, read_gender_wish
from web.reading.languages import read_languages, written_languages
from web.reading.names import make_names
from web.reading.numbers import read_count, read_hours_count, read_yes_no
from web.reading.origin_wish import read_origin_wish
from web.reading.result import Fault, Question, Value
from web.reading.topics import read_covered, read_topics
from web.reading.urgency import Urgency, read_urgency
from web.services import catalogue

LANGUAGES = make_names(
    [
        (name, code)
        for code, language in catalogue.languages().items()
        for name in (*language.names.values(), *language.aliases)
    ]
    + [(name, code) for name, codes in catalogue.ambiguous_languages().items() for code in codes],
    {code: language.names["en"] for code, language in catalogue.languages().items()},
)
TOPICS = make_names(
    [
        ("Bank account", "bank"),
        ("Bankovni račun", "bank"),
        ("Work permit", "work"),
        ("Health and safety", "safety"),
    ],
    {"bank": "Bank account", "work": "Work permit", "safety": "Health and safety"},
)
COUNTRIES = country_names("en", catalogue.country_aliases())


def languages(text: str, answers: dict[str, str] | None = None) -> Any:
    return read_languages(text, LANGUAGES, answers)


def country(text: str) -> Any:
    return read_country(text, COUNTRIES)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Somali (native), English (B1)", {"so": "native", "en": "B1"}),
        ("Arabic (Levantine) native, English C1", {"apc": "native", "en": "C1"}),
        ("Sorani Kurdish (native), Arabic (Iraqi) (B2)", {"ckb": "native", "acm": "B2"}),
        ("srpski – maternji, engleski: B1", {"sr": "native", "en": "B1"}),
        ("maternji farsi; српски A2", {"fa": "native", "sr": "A2"}),
        ("Dari native/Pashto B2", {"prs": "native", "ps": "B2"}),
        ("English b1 and French a2", {"en": "B1", "fr": "A2"}),
    ],
)
def test_languages_are_read_with_their_levels(text: str, spoken: dict[str, str]) -> None:
    assert languages(text) == Value(spoken)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Dari", "languages.no-level"),
        ("Klingon B1", "languages.unknown"),
        ("", "languages.empty"),
        ("Dari B1, Dari (native)", "languages.twice"),
    ],
)
def test_a_language_without_meaning_is_a_fault(text: str, code: str) -> None:
    reading = languages(text)
    assert isinstance(reading, Fault)
    assert reading.code == code


@pytest.mark.parametrize(
    ("text", "answer", "spoken"),
    [
        ("srpski tečno", "C2", {"sr": "C2"}),
        ("English good", "B1", {"en": "B1"}),
        ("Kurdish (native)", "kmr", {"kmr": "native"}),
        ("Englsh B1", "en", {"en": "B1"}),
        ("Farsi C1/C2", "C1", {"fa": "C1"}),
    ],
)
def test_vague_levels_and_names_are_asked(text: str, answer: str, spoken: dict[str, str]) -> None:
    reading = languages(text)
    assert isinstance(reading, Question)
    assert answer in [option.answer for option in reading.options]
    assert languages(text, {reading.key: answer}) == Value(spoken)


@given(
    st.dictionaries(
        st.sampled_from(sorted(catalogue.languages())),
        st.sampled_from(["A1", "A2", "B1", "B2", "C1", "C2", "native"]),
        min_size=1,
        max_size=5,
    )
)
def test_written_languages_are_read_back(spoken: dict[str, str]) -> None:
    assert languages(written_languages(spoken, LANGUAGES)) == Value(spoken)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Syria", "SY"),
        ("Sirija", "SY"),
        ("Авганистан", "AF"),
        ("Avganistan", "AF"),
        ("DR Congo", "CD"),
        ("Palestine", "PS"),
        ("Côte d'Ivoire", "CI"),
        ("Iran", "IR"),
        ("ir", "IR"),
        ("Syrie", "SY"),
    ],
)
def test_countries_are_read_by_many_names(text: str, code: str) -> None:
    assert country(text) == Value(code)


def test_a_misspelt_country_is_asked_and_an_unknown_one_a_fault() -> None:
    misspelt, shared, unknown = country("Afganistan"), country("Congo"), country("Mars")
    assert isinstance(misspelt, Question)
    assert [option.answer for option in misspelt.options] == ["AF"]
    assert isinstance(shared, Question)
    assert [option.answer for option in shared.options] == ["CD", "CG"]
    assert isinstance(unknown, Fault)


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("M", "male"),
        ("F", "female"),
        ("Ž", "female"),
        ("muški", "male"),
        ("ženski", "female"),
        ("м", "male"),
        ("Woman", "female"),
        ("other", "other"),
        ("drugo", "other"),
        ("homme", "male"),
    ],
)
def test_genders_are_read(text: str, gender: str) -> None:
    assert read_gender(text) == Value(gender)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", "none"),
        ("prefers a woman", "prefer-female"),
        ("woman only", "require-female"),
        ("samo žena", "require-female"),
        ("radije žena", "prefer-female"),
        ("prefers a man", "prefer-male"),
        ("svejedno", "none"),
    ],
)
def test_wishes_for_a_gender_are_read(text: str, wish: str) -> None:
    assert read_gender_wish(text) == Value(wish)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", "none"),
        ("prefers same country", "prefer-same"),
        ("same country only", "require-same"),
        ("NOT same country", "require-different"),
        ("samo ista zemlja", "require-same"),
        ("radije ista zemlja", "prefer-same"),
        ("nikako ista zemlja", "require-different"),
    ],
)
def test_wishes_for_an_origin_are_read(text: str, wish: str) -> None:
    assert read_origin_wish(text) == Value(wish)


@pytest.mark.parametrize(
    ("read", "text", "options"),
    [
        (read_gender_wish, "žena", ["prefer-female", "require-female"]),
        (read_origin_wish, "ista zemlja", ["prefer-same", "require-same"]),
        (read_origin_wish, "different country", ["none", "require-different"]),
        (read_accepts, "radije sa ženama", ["female", "everybody"]),
    ],
)
def test_how_strong_a_wish_is_is_asked(read: Callable[[str], Any], text: str, options: list[str]) -> None:
    reading = read(text)
    assert isinstance(reading, Question)
    assert [option.answer for option in reading.options] == options


def test_whom_an_assistant_accepts_is_read() -> None:
    assert read_accepts("only women") == Value(("female",))
    assert read_accepts("svi") == Value(None)
    assert read_accepts("men and women") == Value(("female", "male"))


def test_topics_are_read_by_any_of_their_names() -> None:
    assert read_topics("bankovni račun; Work permit", TOPICS) == Value(("bank", "work"))
    assert read_topics("bank account and work permit", TOPICS) == Value(("bank", "work"))
    assert read_topics("Health and safety", TOPICS) == Value(("safety",))


def test_a_misspelt_topic_is_asked_and_beside_an_unknown_one_told_with_it() -> None:
    misspelt, unknown = (
        read_topics("bank acount", TOPICS),
        read_topics("bank acount; visa; work permit", TOPICS),
    )
    assert isinstance(misspelt, Question)
    assert read_topics("bank acount", TOPICS, {misspelt.key: "bank"}) == Value(("bank",))
    assert isinstance(unknown, Fault)
    assert dict(unknown.params)["text"] == "bank acount; visa"


def test_all_topics_are_said_and_no_topics_asked() -> None:
    assert read_covered("sve", TOPICS) == Value(None)
    empty = read_covered("", TOPICS)
    assert isinstance(empty, Question)
    assert read_covered("", TOPICS, {empty.key: "all"}) == Value(None)


def test_a_date_beside_the_urgency_is_asked() -> None:
    text = "URGENT - permit expires 18.12.2026"
    reading = read_urgency(text)
    assert isinstance(reading, Question)
    assert read_urgency(text, {reading.key: "by"}) == Value(
        Urgency(5, date(2026, 12, 18), "permit expires 18.12.2026")
    )
    assert read_urgency(text, {reading.key: "remark"}) == Value(Urgency(5, None, "permit expires 18.12.2026"))


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 2),
        ("low", 1),
        ("medium", 2),
        ("high", 3),
        ("URGENT!", 5),
        ("hitno", 5),
        ("nije hitno", 1),
        ("visoka", 3),
    ],
)
def test_urgency_is_read(text: str, weight: int) -> None:
    assert read_urgency(text) == Value(Urgency(weight))


READERS: list[Callable[[str], Any]] = [
    languages,
    country,
    read_gender,
    read_gender_wish,
    read_accepts,
    read_origin_wish,
    read_urgency,
    read_count,
    read_hours_count,
    read_yes_no,
    read_email,
    lambda text: read_phone(text, "RS"),
    lambda text: read_topics(text, TOPICS),
    lambda text: read_covered(text, TOPICS),
]


@given(st.sampled_from(READERS), st.text(max_size=60))
def test_no_text_is_too_strange_to_answer(read: Callable[[str], Any], text: str) -> None:
    assert isinstance(read(text), Value | Fault | Question)


@pytest.mark.parametrize("read", READERS)
def test_a_long_text_takes_no_time(read: Callable[[str], Any]) -> None:
    read("warm up")
    for unit in ("a", "a, ", "1", "a@", "a.", "native ", "()", " ", "é/"):
        start = process_time()
        read(unit * 25_000)
        assert process_time() - start < 0.05
