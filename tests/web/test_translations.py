"""Every sentence in every language, with the same blanks to fill in."""
from __future__ import annotations

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from web.i18n.clients import built_in, reviewed_by
from web.i18n.languages import CLIENT_LANGUAGES
from web.render.cyrillic import to_cyrillic
from web.translations.catalogues import CLIENT, INTERFACE, collected, read_catalogue

BLANK = re.compile(r"%\((\w+)\)[sd]")
DOMAINS = {domain.name: domain for domain in (INTERFACE, CLIENT)}
EVERY = [(name, locale) for name, domain in DOMAINS.items() for locale in domain.locales]
PLURALS = {"sr_Latn": 3, "ar": 6, "ru": 3, "uk": 3}  # else one and many


def keys(catalogue: Catalog) -> set[tuple[str, str]]:
    """The sentences of a catalogue, the singular of what has two forms, each with its context."""
    return {(message.context or "", message.id if isinstance(message.id, str) else message.id[0])
            for message in catalogue if message.id}


@cache
def in_use(name: str) -> set[tuple[str, str]]:
    """The sentences of a domain that stand in the program."""
    return keys(collected(DOMAINS[name]))


@cache
def catalogue_of(name: str, locale: str) -> Catalog:
    """A domain's catalogue in one language; each is looked at by several tests."""
    return read_catalogue(DOMAINS[name], locale)


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize(("domain", "locale"), EVERY)
def test_every_sentence_is_translated(domain: str, locale: str) -> None:
    catalogue = catalogue_of(domain, locale)
    translated = {key for key in keys(catalogue) if all(forms(_message(catalogue, key)))}
    assert sorted(in_use(domain) - translated) == []
    assert sorted(translated - in_use(domain)) == []


def _message(catalogue: Catalog, key: tuple[str, str]) -> Message:
    message = catalogue.get(key[1], key[0] or None)
    assert message is not None
    assert not message.fuzzy
    return message


@pytest.mark.parametrize(("domain", "locale"), EVERY)
def test_a_translation_has_the_blanks_of_its_sentence(domain: str, locale: str) -> None:
    wrong = []
    for message in catalogue_of(domain, locale):
        singular, plural = (message.id, message.id) if isinstance(message.id, str) else message.id
        allowed = set(BLANK.findall(singular)) | set(BLANK.findall(plural))
        for form in forms(message):
            blanks = set(BLANK.findall(form))
            # "one client" may leave the number out, nothing may ask for a blank that is not filled.
            if not blanks <= allowed or (isinstance(message.id, str) and blanks != allowed):
                wrong.append(singular)
    assert wrong == []


@pytest.mark.parametrize(("domain", "locale"), EVERY)
def test_a_catalogue_has_all_plural_forms_of_its_language(domain: str, locale: str) -> None:
    catalogue = catalogue_of(domain, locale)
    short = [message.id[0] for message in catalogue
             if isinstance(message.id, tuple) and len(forms(message)) != catalogue.num_plurals]
    assert (short, catalogue.num_plurals) == ([], PLURALS.get(locale, 2))


@pytest.mark.parametrize("locale", CLIENT.locales)
def test_a_catalogue_for_clients_says_whether_a_native_speaker_has_reviewed_it(locale: str) -> None:
    assert reviewed_by(locale) == ""  # the day somebody has, their name stands in the header and here


def test_serbian_in_cyrillic_is_serbian_in_latin_letters() -> None:
    latin, cyrillic = built_in("sr_Latn")._catalog, built_in("sr_Cyrl")._catalog
    assert {key: text for key, text in cyrillic.items() if key} == {
        key: to_cyrillic(text) for key, text in latin.items() if key}
    left = {word for text in cyrillic.values() for word in re.findall(r"[A-Za-z]+", BLANK.sub("", text))}
    assert left - set(re.findall(r"[A-Za-z]+", cyrillic[""])) == {"cm"}


def test_every_language_is_compiled() -> None:
    words = {code: built_in(language.locale)._catalog for code, language in CLIENT_LANGUAGES.items()}
    assert [code for code, catalogue in words.items() if not catalogue] == ["en"]
