"""What is wrong with what a form or a spreadsheet says about a person, field by field."""
from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from typing import TypeVar

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from web.i18n import find_language
from web.i18n import gettext as _
from web.services import catalogue
from web.services.hours_words import clocks_change
from web.services.people_data import AssistantData, ClientData, DatedHoursData, Known, WeeklyHoursData, by_day
from web.services.ways import CHANNELS

GENDERS = ("female", "male", "other")
ORIGIN_WISHES = ("none", "prefer-same", "require-same", "require-different")
GENDER_WISHES = ("none", "prefer-female", "require-female", "prefer-male", "require-male")
WEIGHTS = (1, 2, 3, 5)
NEED_STATES = ("open", "done", "dropped")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_NAME = 120
LONGEST_REMARK = 4000

AnyPerson = TypeVar("AnyPerson", ClientData, AssistantData)
Faults = dict[str, str]


def check_client(data: ClientData, known: Known) -> tuple[ClientData, Faults]:
    """Tidy what is said about a client, and say what is wrong with it.

    Returns
    -------
    ClientData
        With everything filled in that may be left open: first name, cultures, language of mails,
        address and telephone in their usual form. Only to be used where there are no faults.
    dict
        From field to sentence; a need's fields are `needs-0-topic`, `needs-0-minutes`, `needs-0-state`.
    """
    data, faults = _check_person(data, known)
    if data.origin_wish not in ORIGIN_WISHES:
        faults["origin_wish"] = _("Choose one of the wishes.")
    if data.gender_wish not in GENDER_WISHES:
        faults["gender_wish"] = _("Choose one of the wishes.")
    if data.weight not in WEIGHTS:
        faults["weight"] = _("Choose how urgent it is.")
    if not 1 <= data.max_per_day <= 10:
        faults["max_per_day"] = _("Write a number from 1 to 10.")
    for number, need in enumerate(data.needs):
        if need.topic not in known.topics:
            faults[f"needs-{number}-topic"] = _("Choose one of the office's topics.")
        if need.minutes is not None:
            _length(need.minutes, f"needs-{number}-minutes", known, faults)
        if need.state not in NEED_STATES:
            faults[f"needs-{number}-state"] = _("Choose open, done or dropped.")
    if data.previous_assistant is not None and data.previous_assistant not in known.assistants:
        faults["previous_assistant"] = _("There is no such assistant.")
    if data.channel not in CHANNELS:
        faults["channel"] = _("Choose one from the list.")
    if set(data.not_with) - set(known.assistants):
        faults["not_with"] = _("There is no such assistant.")
    return replace(data, not_with=tuple(sorted(set(data.not_with)))), faults


def check_assistant(data: AssistantData, known: Known) -> tuple[AssistantData, Faults]:
    """Tidy what is said about an assistant, and say what is wrong with it; see `check_client`."""
    data, faults = _check_person(data, known)
    topics, genders = data.topics, data.accepts_genders
    if topics is not None:
        topics = tuple(sorted(set(topics)))
        if not topics:
            faults["topics"] = _("Choose at least one topic, or all of them.")
        elif set(topics) - set(known.topics):
            faults["topics"] = _("Choose among the office's topics.")
    if genders is not None:
        genders = tuple(gender for gender in GENDERS if gender in genders)
        if not genders or set(data.accepts_genders or ()) - set(GENDERS):
            faults["accepts_genders"] = _("Choose at least one gender, or everybody.")
    if data.max_clients is not None and not 0 <= data.max_clients <= 1000:
        faults["max_clients"] = _("Write a number from 0 to 1000, or leave it empty.")
    for name, most in (("max_minutes_per_week", 7 * 24 * 60), ("max_minutes_per_day", 24 * 60)):
        minutes = getattr(data, name)
        if minutes is not None and not 0 <= minutes <= most:
            faults[name] = _("Write a number of hours from 0 to %(most)s, or leave it empty.",
                             most=most // 60)
    if not 0 <= data.buffer_minutes <= 240:
        faults["buffer_minutes"] = _("Write a number of minutes from 0 to 240.")
    return replace(data, topics=topics, accepts_genders=None if genders == GENDERS else genders), faults


def _check_person(data: AnyPerson, known: Known) -> tuple[AnyPerson, Faults]:
    faults: Faults = {}
    name, code = one_line(data.name), one_line(data.code)
    first_name = one_line(data.first_name) or name.partition(" ")[0]
    if not name:
        faults["name"] = _("Write a name.")
    for field, text in (("name", name), ("first_name", first_name), ("code", code)):
        if len(text) > LONGEST_NAME:
            faults[field] = _("Write at most %(most)s characters.", most=LONGEST_NAME)
    if data.gender not in GENDERS:
        faults["gender"] = _("Choose a gender.")
    if data.origin not in catalogue.countries("en"):
        faults["origin"] = _("Choose a country.")
    unknown = set(data.languages) - set(catalogue.languages())
    if not data.languages:
        faults["languages"] = _("Choose at least one language and how well it is spoken.")
    elif unknown or set(data.languages.values()) - set(catalogue.LEVELS):
        faults["languages"] = _("Choose each language and its level from the lists.")
    chosen = find_language(data.mail_language)
    if data.mail_language and chosen is None:
        faults["mail_language"] = _("Choose a language for mails.")
    if len(data.remarks) > LONGEST_REMARK:
        faults["remarks"] = _("Write at most %(most)s characters.", most=LONGEST_REMARK)
    if set(data.places) - set(known.places):
        faults["places"] = _("Choose among the office's places.")
    fault = _hours_fault([*data.weekly_hours, *data.dated_hours], known)
    if fault := fault or clocks_change(data.dated_hours, known.timezone):
        faults["hours"] = fault
    cultures = data.cultures
    if set(cultures or ()) - set(catalogue.cultures()):
        faults["cultures"] = _("Choose cultures from the list.")
    if cultures is None:
        cultures = tuple(catalogue.cultures_of(data.origin, data.languages))
    tidy = replace(
        data, name=name, code=code, first_name=first_name, languages=dict(data.languages),
        email=_email(data.email, faults), phone=_phone(data.phone, known.country, faults),
        mail_language=chosen.code if chosen else catalogue.suggested_mail_language(data.languages),
        cultures=tuple(sorted(set(cultures))), remarks=_text(data.remarks),
        places=tuple(sorted(set(data.places))), dated_hours=by_day(data.dated_hours))
    return tidy, faults


def one_line(text: str) -> str:
    """One line without control characters; CR and LF would be header lines in a mail."""
    return " ".join(_text(text).split())


def _text(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = (char for char in unicodedata.normalize("NFC", text)
            if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _email(text: str, faults: Faults) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        faults["email"] = _(
            "This is not an e-mail address. Write it like name@example.org, or leave it empty.")
        return text


def _phone(text: str, country: str, faults: Faults) -> str:
    text = text.strip()
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        faults["phone"] = _("This is not a telephone number. Write it like %(example)s, or leave it empty.",
                            example=_example_number(country))
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _example_number(country: str) -> str:
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if number is None:
        return "+381 60 1234567"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _length(minutes: int, field: str, known: Known, faults: Faults) -> None:
    if not 0 < minutes <= 480 or minutes % known.grid_minutes:
        faults[field] = _("Write minutes in steps of %(grid)s, at most 480.", grid=known.grid_minutes)


def _hours_fault(hours: Iterable[WeeklyHoursData | DatedHoursData], known: Known) -> str | None:
    for each in hours:
        if each.place is not None and each.place not in known.places:
            return _("There is no place %(code)s.", code=each.place)
        if isinstance(each, WeeklyHoursData):
            if not each.weekdays or set(each.weekdays) - set(WEEKDAYS):
                return _("Say on which weekdays.")
        else:
            if (each.start is None) != (each.end is None):
                return _("%(day)s: write both from and to, or neither for the whole day.",
                         day=each.day.isoformat())
            if each.place is not None and not each.available:
                return _("%(day)s: time off counts at every place.", day=each.day.isoformat())
        if each.start is not None and each.end is not None and time(0) != each.end <= each.start:
            return _("%(start)s–%(end)s: the end must be after the start.",
                     start=f"{each.start:%H:%M}", end=f"{each.end:%H:%M}")
    return None
