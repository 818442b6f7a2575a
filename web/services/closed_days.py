"""The days on which an office is closed: public holidays, and what it decided itself."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from web.i18n import current_language
from web.i18n import gettext as _
from web.models import ClosedDay, Office, db
from web.services.audit import record
from web.services.errors import InvalidInputError, NotFoundError
from web.services.holiday_names import holiday_name
from web.services.transactions import transaction

LONGEST_NAME = 200

# The source of public holidays writes Serbian in Cyrillic only; these pages write it in Latin.
_LATIN = str.maketrans({
    **dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True)),
    "љ": "lj", "њ": "nj", "џ": "dž",
    **dict(zip("АБВГДЂЕЖЗИЈКЛМНОПРСТЋУФХЦЧШ", "ABVGDĐEŽZIJKLMNOPRSTĆUFHCČŠ", strict=True)),
    "Љ": "Lj", "Њ": "Nj", "Џ": "Dž",
})


@dataclass(frozen=True)
class Holiday:
    """A public holiday and whether the office keeps it."""

    day: date
    name: str
    kept: bool


def countries() -> list[str]:
    """The countries (ISO 3166-1 alpha-2) whose public holidays are known."""
    return sorted(code for code in holidays.list_supported_countries() if len(code) == 2)


def public_holidays(country: str, first_day: date, last_day: date) -> dict[date, str]:
    """The public holidays of a country, named in the reader's language where the source has it."""
    if country not in countries():
        return {}
    language = _language(holidays.list_localized_countries().get(country, []))
    years = range(first_day.year, last_day.year + 1)
    found = holidays.country_holidays(country, years=years, language=language)
    named = ((day, str(name)) for day, name in sorted(found.items()) if first_day <= day <= last_day)
    if language == "en_US" and current_language().code != "en":
        return {day: holiday_name(name) for day, name in named}
    return {day: name.translate(_LATIN) if language == "sr" else name for day, name in named}


def _language(known: Collection[str]) -> str | None:
    """The reader's language as the source writes it, "ar" also as "ar_EG"; else English, or None."""
    page = current_language()
    base = page.locale.partition("_")[0]
    regional = sorted(tag for tag in known if tag.startswith(f"{base}_") and base != "en")
    return next((tag for tag in (page.locale, page.code, base, *regional, "en_US") if tag in known), None)


def closed_days(office: Office, first_day: date, last_day: date) -> dict[date, str]:
    """The days from `first_day` to `last_day`, both included, on which the office is closed, and why."""
    decided = _decided(office, first_day, last_day)
    kept = public_holidays(office.country, first_day, last_day) if office.public_holidays else {}
    closed = {day: name for day, name in kept.items() if day not in decided}
    closed |= {day: row.name or kept.get(day) or _("Closed") for day, row in decided.items() if row.closed}
    return dict(sorted(closed.items()))


def holidays_to_decide(office: Office, today: date) -> list[Holiday]:
    """The public holidays from today to the end of next year, each with the office's decision."""
    first, last = today, today.replace(year=today.year + 1, month=12, day=31)
    decided = _decided(office, first, last)
    return [
        Holiday(day=day, name=name, kept=decided[day].closed if day in decided else office.public_holidays)
        for day, name in public_holidays(office.country, first, last).items()]


def own_closed_days(office: Office, today: date) -> list[ClosedDay]:
    """The days from yesterday on that the office closed by itself."""
    first, last = today - timedelta(days=1), date.max
    national = public_holidays(office.country, first, today.replace(year=today.year + 1, month=12, day=31))
    return [row for row in _decided(office, first, last).values() if row.closed and row.day not in national]


def _decided(office: Office, first_day: date, last_day: date) -> dict[date, ClosedDay]:
    rows = db.session.scalars(
        select(ClosedDay).where(ClosedDay.office_id == office.id, ClosedDay.day.between(first_day, last_day))
        .order_by(ClosedDay.day))
    return {row.day: row for row in rows}


def keep_holiday(*, office: Office, day: date, kept: bool, user_id: int, now: datetime) -> None:
    """Close, or open, the office on one public holiday."""
    if day not in public_holidays(office.country, day, day):
        raise NotFoundError(_("This day is no public holiday."))
    row = _decided(office, day, day).get(day)
    with transaction() as session:
        if kept == office.public_holidays:  # as the office does anyway: nothing is left to remember
            if row is not None:
                session.delete(row)
        elif row is None:
            session.add(ClosedDay(day=day, closed=kept))
        else:
            row.closed = kept
        _note(session, office, day, user_id, now)


def add_closed_day(*, office: Office, day: str, name: str, user_id: int, now: datetime) -> None:
    """Close the office on a day of its own."""
    faults = {}
    try:
        chosen = date.fromisoformat(day)
    except ValueError:
        faults["day"] = _("Choose a day.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        faults["name"] = _("Write it in one line of at most %(count)s characters.", count=LONGEST_NAME)
    if faults:
        raise InvalidInputError(faults)
    with transaction() as session:
        row = _decided(office, chosen, chosen).get(chosen)
        if row is None:
            session.add(ClosedDay(day=chosen, closed=True, name=name.strip()))
        else:
            row.closed, row.name = True, name.strip()
        _note(session, office, chosen, user_id, now)


def remove_closed_day(*, office: Office, closed_day_id: int, user_id: int, now: datetime) -> None:
    """Open the office again on a day that it had closed by itself."""
    with transaction() as session:
        row = session.get(ClosedDay, closed_day_id)
        if row is None:
            raise NotFoundError(_("This day has been removed already."))
        session.delete(row)
        _note(session, office, row.day, user_id, now)


def _note(session: Session, office: Office, day: date, user_id: int, now: datetime) -> None:
    record(session, user_id=user_id, action="office.closed-days-changed", subject=f"office:{office.id}",
           now=now, details={"day": day.toordinal()})
