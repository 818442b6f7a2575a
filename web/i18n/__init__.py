"""The languages the application speaks, and which one a request wants."""
from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale
from babel.dates import format_skeleton, get_datetime_format
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, lazy_gettext, refresh, to_user_timezone

from web.i18n.days import full_day
from web.i18n.languages import (
    CLIENT_LANGUAGES,
    LANGUAGES,
    Language,
    find_language,
    language_of,
    language_of_locale,
)


def N_(text: str) -> str:  # noqa: N802  # the name that the extraction of strings knows
    """Mark a text for translation, which happens where it is said."""
    return text


def gettext(string: str, **variables: object) -> str:
    """Translate a sentence into the language of the page."""
    return str(flask_babel.gettext(string, **variables))


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """Translate a sentence with a count into the language of the page."""
    return str(flask_babel.ngettext(singular, plural, num, **variables))


def number(count: int) -> str:
    """A count as the language of the page writes it: 20,000 in English, 20.000 in Serbian."""
    return format_decimal(count, locale=current_language().locale, numbering_system="default")


def pgettext(context: str, string: str, **variables: object) -> str:
    """Translate a word that means different things in different places."""
    return str(flask_babel.pgettext(context, string, **variables))


def current_language() -> Language:
    """The language of the page that is being made."""
    return language_of_locale(str(get_locale() or "en"))


def offered_languages() -> dict[str, Language]:
    """The languages of the page that is being made: all of them where clients or assistants read it."""
    return CLIENT_LANGUAGES if g.get("every_language") else LANGUAGES


def speak_every_language(code: str | None = None) -> None:
    """From here on this request may speak any language that we write, and not only those of coordinators.

    Parameters
    ----------
    code
        The reader's; None while it is not known: then what the browser asks for.
    """
    g.every_language = True
    if code is not None:
        g.language = code
    refresh()


def _wanted() -> str:
    offered = offered_languages()
    asked = [g.get("language", "")]
    if has_request_context():  # and not a worker or a command
        asked = [request.args.get("lang", ""), *asked, *request.accept_languages.values()]
    found = (find_language(tag, offered) for tag in asked)
    return next((language for language in found if language), LANGUAGES["en"]).locale


def local_time(moment: datetime, zone: str = "") -> str:
    """A moment as people of the office, or of `zone`, say it: weekday, day and hour on their wall clock."""
    local = moment.astimezone(ZoneInfo(zone)) if zone else to_user_timezone(moment)
    locale = _dates_locale()
    hour = format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=locale)
    pattern = _with_own_comma(str(get_datetime_format("medium", locale)), current_language())
    return pattern.format(hour, local_day(local.date()))


def local_day(day: date) -> str:
    """A day as people of the office say it."""
    if not current_language().interface:
        # Of these, CLDR does not know all short forms: some are another language's.
        return full_day(day, Locale.parse(_dates_locale()))
    return str(format_skeleton("yMMMEd", day, locale=_dates_locale()))


def short_day(day: date) -> str:
    """A day whose year is known."""
    return str(format_skeleton("MMMEd", day, locale=_dates_locale()))


def _dates_locale() -> str:
    # English as Europe writes it, in pages as in mails: day before month.
    locale = current_language().locale
    return "en_150" if locale == "en" else locale


def comma() -> str:
    """What this language sets between the things of a list."""
    language = current_language()
    pattern: str = Locale.parse(language.locale).list_patterns["standard"]["middle"]
    return _with_own_comma(pattern.replace("{0}", "").replace("{1}", ""), language)


def _with_own_comma(pattern: str, language: Language) -> str:
    # CLDR's lists and times of Sorani have the Latin one.
    return pattern.replace(",", "،") if language.script == "Arab" else pattern


def pause() -> str:
    """What this language sets between parts of a line that are no list; Arabic joins lists by "and"."""
    return "، " if current_language().script == "Arab" else ", "


def language_links() -> list[tuple[Language, str]]:
    """Each language with the address of this very page in it."""
    asked = {**request.args.to_dict(), "lang": ""}
    return [(language, "?" + urlencode({**asked, "lang": language.code}))
            for language in offered_languages().values()]


def init_i18n(app: Flask) -> None:
    """Set up translations; a request speaks ?lang=, else g.language (the user's), else the browser's."""
    Babel(app, locale_selector=_wanted, timezone_selector=lambda: g.get("timezone"),
          default_translation_directories="translations")
    app.jinja_env.globals.update(comma=comma, pause=pause, current_language=current_language,
                                 languages=CLIENT_LANGUAGES, language_links=language_links)
    app.jinja_env.filters.update(
        local_time=local_time, local_day=local_day, number=number, short_day=short_day)


__all__ = [
    "CLIENT_LANGUAGES", "LANGUAGES", "N_", "Language", "comma", "current_language", "find_language",
    "force_locale", "gettext", "init_i18n", "language_links", "language_of", "lazy_gettext", "local_day",
    "local_time", "ngettext", "number", "pause", "pgettext", "refresh", "short_day", "speak_every_language",
]
