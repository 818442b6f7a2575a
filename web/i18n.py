"""The languages the application speaks, and which one a request wants."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import flask_babel
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, format_date, format_datetime, get_locale, lazy_gettext, refresh


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


def gettext(string: str, **variables: object) -> str:
    """Translate a sentence into the language of the page."""
    return str(flask_babel.gettext(string, **variables))


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """Translate a sentence with a count into the language of the page."""
    return str(flask_babel.ngettext(singular, plural, num, **variables))


def pgettext(context: str, string: str, **variables: object) -> str:
    """Translate a word that means different things in different places."""
    return str(flask_babel.pgettext(context, string, **variables))


def language_of(code: str) -> Language:
    """The language with this code, English where the application does not speak it."""
    return LANGUAGES.get(code, LANGUAGES["en"])


def current_language() -> Language:
    """The language of the page that is being made."""
    locale = str(get_locale() or "en")
    return next((language for language in LANGUAGES.values() if language.locale == locale), LANGUAGES["en"])


def _wanted() -> str:
    if not has_request_context():  # a worker or a command
        return language_of(g.get("language", "en")).locale
    for asked in (request.args.get("lang"), g.get("language")):
        if asked in LANGUAGES:
            return LANGUAGES[asked].locale
    best = request.accept_languages.best_match(list(LANGUAGES))
    return LANGUAGES[best or "en"].locale


def local_time(moment: datetime) -> str:
    """A moment as people of the office say it: weekday, day and hour on their wall clock."""
    return str(format_datetime(moment, "EEE d MMM y, HH:mm"))


def local_day(day: date) -> str:
    """A day as people of the office say it."""
    return str(format_date(day, "EEE d MMM y"))


def init_i18n(app: Flask) -> None:
    """Set up translations; a request speaks ?lang=, else g.language (the user's), else the browser's."""
    Babel(app, locale_selector=_wanted, timezone_selector=lambda: g.get("timezone"),
          default_translation_directories="translations")
    app.jinja_env.globals.update(current_language=current_language, languages=LANGUAGES)
    app.jinja_env.filters.update(local_time=local_time, local_day=local_day)


__all__ = [
    "LANGUAGES", "Language", "current_language", "force_locale", "gettext", "init_i18n", "language_of",
    "lazy_gettext", "local_day", "local_time", "ngettext", "pgettext", "refresh",
]
