"""Every sentence in every language, with the same blanks to fill in."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from web.i18n import LANGUAGES

WEB = Path(__file__).parents[2] / "web"
METHODS = [("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2"), ("**.py", "python")]
BLANK = re.compile(r"%\((\w+)\)[sd]")
LOCALES = [language.locale for language in LANGUAGES.values() if language.code != "en"]


def read_catalogue(locale: str) -> Catalog:
    with (WEB / "translations" / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=locale)


@pytest.fixture(scope="module")
def in_use() -> set[str]:
    """What the program says, the singular of what has two forms."""
    found = extract_from_dir(str(WEB), method_map=METHODS)
    return {message if isinstance(message, str) else message[0] for _file, _line, message, *_rest in found}


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_is_translated(locale: str, in_use: set[str]) -> None:
    catalogue = read_catalogue(locale)
    translated = {message.id if isinstance(message.id, str) else message.id[0]
                  for message in catalogue if message.id and all(forms(message)) and not message.fuzzy}
    assert sorted(in_use - translated) == []
    assert sorted(translated - in_use) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_has_the_blanks_of_its_sentence(locale: str) -> None:
    wrong = []
    for message in read_catalogue(locale):
        singular, plural = (message.id, message.id) if isinstance(message.id, str) else message.id
        allowed = set(BLANK.findall(singular)) | set(BLANK.findall(plural))
        for form in forms(message):
            blanks = set(BLANK.findall(form))
            # "one client" may leave the number out, nothing may ask for a blank that is not filled.
            if not blanks <= allowed or (isinstance(message.id, str) and blanks != allowed):
                wrong.append(singular)
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_has_all_plural_forms_of_its_language(locale: str) -> None:
    catalogue = read_catalogue(locale)
    short = [message.id[0] for message in catalogue
             if isinstance(message.id, tuple) and len(forms(message)) != catalogue.num_plurals]
    assert (short, catalogue.num_plurals) == ([], {"sr_Latn": 3, "fr": 2, "ar": 6, "fa": 2}[locale])
