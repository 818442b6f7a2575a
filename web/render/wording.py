"""How a language writes days, hours, zones and names, without a request: for mails and calendars."""
from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import (
    format_skeleton,
    get_timezone_gmt,
    get_timezone_location,
    get_timezone_name,
)
from babel.support import Translations

from web.i18n.clients import OwnWords, built_in, translations_of
from web.i18n.days import full_day
from web.i18n.digits import digits_of
from web.i18n.languages import LANGUAGES, Language, find_language, language_of
from web.render.solar_hijri import solar_hijri

# Mail programs bring no fonts along: the first that a device has. Nastaliq is how Urdu is written by hand
# and in print; the plain forms after it are legible, too.
_FONTS = {
    "Arab": "'Noto Naskh Arabic','Geeza Pro','Segoe UI',Tahoma,sans-serif",
    "Ethi": "'Noto Sans Ethiopic','Abyssinica SIL',Kefa,Nyala,Ebrima,sans-serif",
}
_URDU_FONTS = "'Noto Nastaliq Urdu','Urdu Typesetting'," + _FONTS["Arab"]


@dataclass(frozen=True)
class When:
    """A time as a person reads it."""

    day: str
    start: str
    end: str
    zone: str  # with its city: a bare hour means little to somebody who moves between countries


@dataclass(frozen=True)
class Wording:
    """One language's words and forms, with the office's own words among them."""

    language: Language
    translations: Translations

    def gettext(self, sentence: str) -> str:
        """A sentence in this language."""
        return str(self.translations.gettext(sentence))

    def ngettext(self, singular: str, plural: str, num: int) -> str:
        """A sentence with a count in this language."""
        return str(self.translations.ngettext(singular, plural, num))

    @cached_property
    def _locale(self) -> Locale:
        # English as Europe writes it: day before month, hours from 0 to 23.
        return Locale.parse("en_150" if self.language.code == "en" else self.language.locale)

    @property
    def fonts(self) -> str:
        """CSS's list of fonts in which this language is legible."""
        if self.language.code == "ur":
            return _URDU_FONTS
        return _FONTS.get(self.language.script, "sans-serif")

    @property
    def leading(self) -> str:
        """CSS's height of a line: Arabic letters have deep descenders, and those of Nastaliq hang down."""
        return "2.2" if self.language.code == "ur" else "1.75" if self.language.script == "Arab" else "1.5"

    def digits(self, text: str) -> str:
        """`text` with the digits that this language's readers use."""
        own = digits_of(self.language.locale)
        return text.translate(str.maketrans("0123456789", own)) if own else text

    def day(self, day: date) -> str:
        """Weekday and date; for Persian, Dari and Pashto with the Solar Hijri date beside it."""
        written = full_day(day, self._locale)
        other = solar_hijri(day, self.language.locale)
        return self.digits(f"{written} ({other})" if other else written)

    def hour(self, local: datetime) -> str:
        """A time of day, from 0 to 23 in every language, as on the clocks and counters of the host country.

        Half a day's hours would need "a.m." in the reader's script, and 3:00 may be nine in the morning in
        Swahili or Tigrinya, which count from sunrise; 09:00 and 15:00 are plain everywhere.
        """
        return self.digits(format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=self._locale))

    def when(self, starts_at: datetime, ends_at: datetime, zone: str) -> When:
        """A time in `zone`, for people who may not be there yet."""
        tz = ZoneInfo(zone)
        start, end = starts_at.astimezone(tz), ends_at.astimezone(tz)
        return When(day=self.day(start.date()), start=self.hour(start), end=self.hour(end),
                    zone=self._zone(start, zone))

    def _zone(self, local: datetime, zone: str) -> str:
        name = get_timezone_name(local, "long", locale=self._locale)
        offset = get_timezone_gmt(local, "long", locale="en")
        if name in (offset, get_timezone_gmt(local, "long", locale=self._locale)):
            name = self.left_to_right(self.digits(offset))  # this language has no name for the zone
        if zone not in get_global("zone_territories"):
            return name
        return self.gettext("%(city)s time, %(zone)s") % {"city": self._city(zone), "zone": name}

    def _city(self, zone: str) -> str:
        try:
            return str(get_timezone_location(zone, self._locale, return_city=True))
        except KeyError:  # CLDR's data for Kirundi has too few names for it
            return zone.rpartition("/")[2].replace("_", " ")

    def isolate(self, text: str) -> str:
        """Somebody's name or an address, so that its direction does not disturb the sentence around it."""
        foreign = self.language.rtl or any(
            unicodedata.bidirectional(sign) in ("R", "AL", "RLE", "RLO") for sign in text)
        return f"\u2068{text}\u2069" if foreign and text else text

    def left_to_right(self, text: str) -> str:
        """A telephone number or the like, which a right-to-left line would turn around."""
        return f"\u2066{text}\u2069" if self.language.rtl and text else text


def wording_of(code: str, own: OwnWords | None = None) -> Wording:
    """The wording of a client's language; English where the application does not speak it."""
    language = language_of(code)
    return Wording(language, translations_of(language.locale, own or {}))


def office_wording_of(code: str) -> Wording:
    """The wording of a coordinator's language, with the sentences that coordinators read."""
    language = find_language(code, LANGUAGES) or LANGUAGES["en"]
    return Wording(language, built_in(language.locale, "messages"))
