"""Addresses and telephone numbers that something can be sent to."""
from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from web.reading.result import Reading, Value, excerpt, fault

# Most addresses are as plain as this; the validator takes ten times as long to say the same of them.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]{1,20}(?:\.[A-Za-z0-9_+-]{1,20}){0,2}@(?:[A-Za-z0-9]{1,40}\.){1,3}([A-Za-z]{2,10})")
_SPECIAL = frozenset(("local", "localhost", "test", "invalid", "onion", "arpa", "example"))
_FLOAT = re.compile(r"(\d{6,15})\.0+")
_SEPARATOR = re.compile(r"[,;/\n]| or | ili | i ")
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def read_email(text: str) -> Reading[str]:
    """One e-mail address, empty for none; whether the mailbox exists is not looked up."""
    text = text.strip()
    if not text:
        return Value("")
    if len(text) > 320:
        return fault("contacts.email", text=excerpt(text))
    text = text.removeprefix("mailto:")
    if any(separator in text for separator in (";", ",", " ")):
        return fault("contacts.one-email", text=excerpt(text))
    if (plain := _PLAIN_EMAIL.fullmatch(text)) and plain[1].lower() not in _SPECIAL:
        local, _at, domain = text.rpartition("@")
        return Value(f"{local}@{domain.lower()}")
    try:
        return Value(validate_email(text, check_deliverability=False).normalized)
    except EmailNotValidError:
        return fault("contacts.email", text=excerpt(text))


def read_phone(text: str, region: str) -> Reading[str]:
    """One number in international form, empty for none; `region` is that of numbers without a prefix."""
    text = text.strip()
    if not text:
        return Value("")
    if len(text) > 60:
        return fault("contacts.phone", text=excerpt(text))
    if sum(1 for part in _SEPARATOR.split(text) if sum(map(str.isdigit, part)) > 5) > 1:
        return fault("contacts.one-phone", text=excerpt(text))
    if _EXPONENT.fullmatch(text):
        # A spreadsheet that shows 3.81611E+11 has already lost the last digits.
        return fault("contacts.phone-lost", text=excerpt(text))
    if whole := _FLOAT.fullmatch(text):
        text = whole[1]
    text = text.replace("/", " ")
    tries = [text]
    if text.isdigit() and text.startswith(str(phonenumbers.country_code_for_region(region))):
        tries.insert(0, f"+{text}")
    for right in (phonenumbers.is_valid_number, phonenumbers.is_possible_number):
        for each in tries:
            try:
                number = phonenumbers.parse(each, region)
            except phonenumbers.NumberParseException:
                continue
            if right(number):
                return Value(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    return fault("contacts.phone", text=excerpt(text))
