"""Addresses and telephone numbers that something can be sent to."""
from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from web.reading.result import Reading, Value, excerpt, fault

_FLOAT = re.compile(r"(\d{6,15})\.0+")
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
    try:
        return Value(validate_email(text, check_deliverability=False).normalized)
    except EmailNotValidError:
        return fault("contacts.email", text=excerpt(text))


def read_phone(text: str, region: str) -> Reading[str]:
    """One number in international form, empty for none; `region` is that of numbers without a prefix."""
    text = text.strip()
    if not text:
        return Value("")
    if len(text) > 40 or any(letter in text for letter in ",;/\n"):
        return fault("contacts.one-phone", text=excerpt(text)) if len(text) < 200 else fault(
            "contacts.phone", text=excerpt(text))
    if _EXPONENT.fullmatch(text):
        # A spreadsheet that shows 3.81611E+11 has already lost the last digits.
        return fault("contacts.phone-lost", text=excerpt(text))
    if whole := _FLOAT.fullmatch(text):
        text = whole[1]
    code = str(phonenumbers.country_code_for_region(region))
    tries = [text] if not text.isdigit() or text.startswith("0") or not text.startswith(code) else [text, f"+{text}"]
    for each in reversed(tries):
        try:
            number = phonenumbers.parse(each, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return Value(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    return fault("contacts.phone", text=excerpt(text))
