"""Numbers, telephones and addresses as people write them."""
from __future__ import annotations

import pytest

from web.reading.contacts import read_email, read_phone
from web.reading.numbers import read_count, read_hours_count, read_yes_no
from web.reading.result import Fault, Value


def test_numbers_are_read_with_their_units() -> None:
    assert read_count("12.0") == Value(12)
    assert read_count("12 klijenata") == Value(12)
    assert read_hours_count("16 h") == Value(960)
    assert read_hours_count("7,5") == Value(450)
    assert read_yes_no("da") == Value(True)
    assert [type(read_count(text)) for text in ("1.5", "-1", "many", "10000", "12 h")] == [Fault] * 5


@pytest.mark.parametrize(
    "text", ["+381 61 222 3344", "061/222-3344", "0612223344", "381612223344.0", "00381612223344"]
)
def test_phones_are_read_in_many_forms(text: str) -> None:
    assert read_phone(text, "RS") == Value("+381 61 2223344")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12", "contacts.phone"),
        ("3.81612E+11", "contacts.phone-lost"),
        ("061 222 3344, 062 222 3344", "contacts.one-phone"),
    ],
)
def test_a_broken_phone_is_a_fault(text: str, code: str) -> None:
    reading = read_phone(text, "RS")
    assert isinstance(reading, Fault)
    assert reading.code == code


def test_addresses_are_read_and_broken_ones_are_faults() -> None:
    assert read_email("Ana.K@EXAMPLE.org") == Value("Ana.K@example.org")
    assert [
        type(read_email(text)) for text in ("a@example", "a b@x.org", "a@x.org;b@x.org", "@x.org", "a@x.test")
    ] == [Fault] * 5
