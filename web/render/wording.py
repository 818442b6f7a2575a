"""How a language writes days, hours, zones and names, without a request: for mails and calendars."""
from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

import jdatetime
from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time, get_timezone_location, get_timezone_name
from babel.support import Translations

from web.i18n import Language, language_of

TRANSLATIONS = Path(__file__).parent.parent / "translations"
_DIGITS = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}
_JALALI_MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
                  "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")


@dataclass(frozen=True)
class When:
    """A time as a person reads it."""

    day: str
    start: str
    end: str
    zone: str  # with its city: a bare hour means little to somebody who moves between countries


@dataclass(frozen=True)
class Wording:
    """One language's words and forms."""

    language: Language
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]

    @property
    def _locale(self) -> Locale:
        # English as Europe writes it: day before month, hours from 0 to 23.
        return Locale.parse("en_150" if self.language.code == "en" else self.language.locale)

    def digits(self, text: str) -> str:
        """`text` with the digits that this language's readers use."""
        own = _DIGITS.get(self._locale.default_numbering_system)
        return text if own is None else text.translate(str.maketrans("0123456789", own))

    def day(self, day: date) -> str:
        """Weekday and date; for Persian with the date of the Solar Hijri calendar beside it."""
        written = self.digits(format_date(day, "full", self._locale))
        if self.language.code != "fa":
            return written
        jalali = jdatetime.date.fromgregorian(date=day)
        other = self.digits(f"{jalali.day} {_JALALI_MONTHS[jalali.month - 1]} {jalali.year}")
        return f"{written} ({other})"

    def when(self, starts_at: datetime, ends_at: datetime, zone: str) -> When:
        """A time in `zone`, for people who may not be there yet."""
        tz = ZoneInfo(zone)
        start, end = starts_at.astimezone(tz), ends_at.astimezone(tz)
        return When(
            day=self.day(start.date()),
            start=self.digits(format_time(start, "short", tzinfo=tz, locale=self._locale)),
            end=self.digits(format_time(end, "short", tzinfo=tz, locale=self._locale)),
            zone=self._zone(start, zone),
        )

    def _zone(self, local: datetime, zone: str) -> str:
        name = get_timezone_name(local, "long", locale=self._locale)
        if zone not in get_global("zone_territories"):
            return name
        city = get_timezone_location(zone, self._locale, return_city=True)
        return self.gettext("%(city)s time, %(zone)s") % {"city": city, "zone": name}

    def isolate(self, text: str) -> str:
        """Somebody's name or an address, so that its direction does not disturb the sentence around it."""
        foreign = self.language.rtl or any(
            unicodedata.bidirectional(sign) in ("R", "AL", "RLE", "RLO") for sign in text)
        return f"\u2068{text}\u2069" if foreign and text else text

    def left_to_right(self, text: str) -> str:
        """A telephone number or the like, which a right-to-left line would turn around."""
        return f"\u2066{text}\u2069" if self.language.rtl and text else text


@cache
def wording_of(code: str) -> Wording:
    """The wording of the language with this code; English where the application does not speak it."""
    language = language_of(code)
    translations: NullTranslations = NullTranslations()
    if language.code != "en":
        translations = Translations.load(TRANSLATIONS, [language.locale])
    return Wording(language, translations.gettext, translations.ngettext)
