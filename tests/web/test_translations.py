"""Every sentence in every language, with the same blanks to fill in."""
from __future__ import annotations

import re
import unicodedata
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from web.i18n.clients import built_in, reviewed_by
from web.i18n.languages import CLIENT_LANGUAGES
from web.render.cyrillic import to_cyrillic
from web.translations.catalogues import (
    ASSISTANT,
    CLIENT,
    DOMAINS,
    INTERFACE,
    Domain,
    collected,
    read_catalogue,
)

BLANK = re.compile(r"%\((\w+)\)[sd]")
# Markup and addresses, links, entities, and blanks other than the named ones.
FOREIGN = re.compile(r"[<>{}@]|\b[a-zA-Z]+:(?=//|alert)|www\.|&\w+;|&#|%[a-zA-Z]|%\(\w*\)(?![sd])")
# Marks that keep numbers and Latin words in order between letters from right to left; never overrides.
MARKS = {"U+200E", "U+200F", "U+2066", "U+2067", "U+2068", "U+2069"}
RIGHT_TO_LEFT = {language.locale for language in CLIENT_LANGUAGES.values() if language.direction == "rtl"}
# "https://" before a space, and ".ics" after one: their signs would go to the other side of their letters.
STRAY = re.compile(r"://(?![\w\u2069])|(?<![\w\u200e\u2066])\.[a-z]{3,4}\b")
JOINERS = "\u200c\u200d"  # part of how Persian, Kurdish and others are spelled
NAMED = {domain.name: domain for domain in DOMAINS}
EVERY = [(name, locale) for name, domain in NAMED.items() for locale in domain.locales]
PLURALS = {"sr_Latn": 3, "ar": 6, "ru": 3, "uk": 3}  # else one and many


def keys(catalogue: Catalog) -> set[tuple[str, str]]:
    """The sentences of a catalogue, the singular of what has two forms, each with its context."""
    return {(message.context or "", message.id if isinstance(message.id, str) else message.id[0])
            for message in catalogue if message.id}


@cache
def in_use(name: str) -> set[tuple[str, str]]:
    """The sentences of a domain that stand in the program."""
    return keys(collected(NAMED[name]))


@cache
def catalogue_of(name: str, locale: str) -> Catalog:
    """A domain's catalogue in one language; each is looked at by several tests."""
    return read_catalogue(NAMED[name], locale)


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize(("domain", "locale"), [one for one in EVERY if one[1] in RIGHT_TO_LEFT])
def test_the_signs_of_addresses_and_endings_keep_to_their_letters_from_right_to_left(
        domain: str, locale: str) -> None:
    said = [form for message in catalogue_of(domain, locale) if message.id for form in forms(message)]
    assert [form for form in said if STRAY.search(form)] == []


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


def foreign(text: str) -> set[str]:
    """What no translator has to bring into a sentence: markup, links, addresses, what cannot be seen."""
    unseen = {f"U+{ord(sign):04X}" for sign in text
              if unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") and sign not in JOINERS}
    return unseen | set(FOREIGN.findall(text))


@pytest.mark.parametrize(("domain", "locale"), EVERY)
def test_a_translation_brings_in_no_markup_link_blank_or_hidden_sign(domain: str, locale: str) -> None:
    wrong = []
    for message in catalogue_of(domain, locale):
        if not message.id:
            continue  # the catalogue's own header
        sentences = [message.id] if isinstance(message.id, str) else list(message.id)
        allowed = set().union(*map(foreign, sentences)) | (MARKS if locale in RIGHT_TO_LEFT else set())
        wrong += [(form, more) for form in forms(message) if (more := foreign(form) - allowed)]
        wrong += [(form, MARKS) for form in forms(message)
                  if form.count("\u2069") != len(re.findall("[\u2066-\u2068]", form))]
    assert wrong == []


@pytest.mark.parametrize(("text", "found"), [
    ("<b>you</b>", {"<", ">"}), ("see https://evil.example", {"https:"}), ("www.evil.example", {"www."}),
    ("a@b.org", {"@"}), ("{{ name }}", {"{", "}"}), ("%(name)s %s", {"%s"}), ("\u202espy", {"U+202E"}),
    ("a\x00b", {"U+0000"}), ("&lt;", {"&lt;"}), ("javascript:alert", {"javascript:"}),
    ("می\u200cتوانید 100 % %(day)s", set())])
def test_what_is_foreign_to_a_sentence_is_found(text: str, found: set[str]) -> None:
    assert foreign(text) == found


@pytest.mark.parametrize(("domain", "locale"), EVERY)
def test_a_catalogue_has_all_plural_forms_of_its_language(domain: str, locale: str) -> None:
    catalogue = catalogue_of(domain, locale)
    short = [message.id[0] for message in catalogue
             if isinstance(message.id, tuple) and len(forms(message)) != catalogue.num_plurals]
    assert (short, catalogue.num_plurals) == ([], PLURALS.get(locale, 2))
    assert catalogue.plural_expr == catalogue_of("client", locale).plural_expr


@pytest.mark.parametrize("domain", [ASSISTANT, CLIENT], ids=lambda domain: domain.name)
@pytest.mark.parametrize("locale", CLIENT.locales)
def test_a_catalogue_says_whether_a_native_speaker_has_reviewed_it(domain: Domain, locale: str) -> None:
    # The day somebody has, their name stands in the header and here.
    assert reviewed_by(locale, domain.name) == ""


def test_what_coordinators_and_assistants_both_read_is_translated_once() -> None:
    assert keys(collected(ASSISTANT)) & keys(collected(INTERFACE)) == set()
    pages = built_in("fr", "messages")._catalog
    assert [key for key in ("Today", "My time", "Save") if pages.get(key, key) == key] == []


@pytest.mark.parametrize(("domain", "kept"), [
    ("client", {"cm"}),
    ("messages", {"Apple", "Google", "ICS", "Mac", "Outlook", "QR", "Thunderbird", "Windows", "calendar",
                  "com", "google", "http", "https", "iCal", "iCloud", "iPad", "iPhone", "ics", "outlook",
                  "webcal"})])
def test_serbian_in_cyrillic_is_serbian_in_latin_letters(domain: str, kept: set[str]) -> None:
    latin, cyrillic = built_in("sr_Latn", domain)._catalog, built_in("sr_Cyrl", domain)._catalog
    assert {key: text for key, text in cyrillic.items() if key} == {
        key: to_cyrillic(latin[key]) for key in cyrillic if key}
    source = read_catalogue(ASSISTANT if domain == "messages" else CLIENT, "sr_Latn")
    assert {key[0] if isinstance(key, tuple) else key.rpartition("\x04")[2] for key in cyrillic if key} == {
        sentence for _context, sentence in keys(source)}
    left = {word for text in cyrillic.values() for word in re.findall(r"[A-Za-z]+", BLANK.sub("", text))}
    assert left - set(re.findall(r"[A-Za-z]+", cyrillic[""])) == kept


def test_every_language_is_compiled() -> None:
    for domain in ("client", "messages"):
        words = {code: built_in(language.locale, domain)._catalog
                 for code, language in CLIENT_LANGUAGES.items()}
        assert [code for code, catalogue in words.items() if not catalogue] == ["en"]
