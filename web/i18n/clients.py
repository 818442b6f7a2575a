"""The sentences that clients read: a catalogue of their own, in which an office may write its own words."""
from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from babel.support import Translations
from flask_babel import Domain, get_locale

from web.i18n import speak_every_language
from web.i18n.languages import CLIENT_LANGUAGES, language_of, language_of_locale

DOMAIN = "client"
TRANSLATIONS = Path(__file__).parents[1] / "translations"
DERIVED = {"sr_Cyrl": "sr_Latn"}  # made from another catalogue when that is compiled
REVIEWED = re.compile(r'^"X-Reviewed-By: (.*)\\n"$', re.MULTILINE)
NOBODY = "nobody yet"

# An office's own words in one language, by the English sentence; a sentence with a count has several.
OwnWords = Mapping[str, Sequence[str]]


@cache
def built_in(locale: str, domain: str = DOMAIN) -> Translations:
    """The catalogue of a language; an empty one, which answers in English, for English."""
    found = Translations.load(TRANSLATIONS, [locale], domain)
    return found if isinstance(found, Translations) else Translations()


def topic_words(text: str) -> dict[str, str]:
    """A word of config/topics.toml in each language that has it."""
    key = f"topic\x04{text}"
    catalogues = {code: built_in(language.locale)._catalog for code, language in CLIENT_LANGUAGES.items()}
    return {"en": text} | {code: words[key] for code, words in catalogues.items() if words.get(key)}


def reviewed_by(locale: str, domain: str = DOMAIN) -> str:
    """The native speaker who has reviewed a catalogue, as its header says; "" where nobody has."""
    path = TRANSLATIONS / DERIVED.get(locale, locale) / "LC_MESSAGES" / f"{domain}.po"
    found = REVIEWED.search(path.read_text(encoding="utf-8")) if path.exists() else None
    return found[1] if found and found[1] != NOBODY else ""


def translations_of(locale: str, own: OwnWords) -> Translations:
    """The catalogue of a language with an office's own words in it."""
    base = built_in(locale)
    if not own:
        return base
    catalogue = dict(base._catalog)
    for sentence, forms in own.items():
        if len(forms) == 1:
            catalogue[sentence] = forms[0]
        else:
            catalogue.update({(sentence, number): form for number, form in enumerate(forms)})
    changed = copy.copy(base)
    changed._catalog = catalogue
    return changed


class _ClientDomain(Domain):  # type: ignore[misc]
    """Answers `gettext` with the clients' sentences."""

    def __init__(self, own: Mapping[str, OwnWords]) -> None:
        super().__init__(domain=DOMAIN)
        self.own = own

    def get_translations(self) -> Translations:
        language = language_of_locale(str(get_locale() or "en"))
        return translations_of(language.locale, self.own.get(language.code, {}))


def speak_to_client(language: str | None = None, own: Mapping[str, OwnWords] | None = None) -> None:
    """From here on this request speaks the clients' sentences.

    Parameters
    ----------
    language
        The client's; None while it is not known: then what the browser asks for.
    own
        The office's own words by language.
    """
    _ClientDomain(own or {}).as_default()
    speak_every_language(None if language is None else language_of(language).code)
