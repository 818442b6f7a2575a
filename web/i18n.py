"""The languages the application speaks, and which one a request wants."""
from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request
from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext, ngettext, pgettext

_ = gettext


@dataclass(frozen=True)
class Language:
    """A language of pages and mails."""

    code: str  # as rows and addresses write it
    locale: str  # as Babel and the folder under translations/ write it
    name: str  # in itself
    rtl: bool = False

    @property
    def direction(self) -> str:
        """The value of HTML's `dir`."""
        return "rtl" if self.rtl else "ltr"


LANGUAGES = {
    language.code: language
    for language in (
        Language("en", "en", "English"),
        Language("sr", "sr_Latn", "srpski"),
        Language("fr", "fr", "français"),
        Language("ar", "ar", "العربية", rtl=True),
        Language("fa", "fa", "فارسی", rtl=True),
    )
}


def language_of(code: str) -> Language:
    """The language with this code, English where the application does not speak it."""
    return LANGUAGES.get(code, LANGUAGES["en"])


def current_language() -> Language:
    """The language of the page that is being made."""
    locale = str(get_locale() or "en")
    return next((language for language in LANGUAGES.values() if language.locale == locale), LANGUAGES["en"])


def _wanted() -> str:
    asked = request.args.get("lang") or g.get("language")
    if asked in LANGUAGES:
        return LANGUAGES[asked].locale
    best = request.accept_languages.best_match(list(LANGUAGES))
    return LANGUAGES[best or "en"].locale


def init_i18n(app: Flask) -> None:
    """Set up translations; a request's language is ?lang=, then g.language (the user's), then the browser's."""
    Babel(app, locale_selector=_wanted, default_translation_directories="translations")
    app.jinja_env.globals.update(current_language=current_language, languages=LANGUAGES)


__all__ = ["LANGUAGES", "Language", "current_language", "force_locale", "gettext", "init_i18n", "language_of",
           "lazy_gettext", "ngettext", "pgettext"]
