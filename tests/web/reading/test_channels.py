"""How clients are told, as spreadsheets say it."""
from __future__ import annotations

import pytest

from web.reading.channels import read_channel
from web.reading.result import Fault, Value


@pytest.mark.parametrize(("text", "channel"), [
    ("E-mail", "mail"), ("email", "mail"), ("mejlom", "mail"), ("Е-пошта", "mail"), ("e-pošta", "mail"),
    ("SMS", "sms"), ("СМС", "sms"), ("SMS poruka", "sms"), ("text message", "sms"),
    ("paper card", "none"), ("Kartica", "none"), ("картица", "none"), ("telefonom", "none"),
    ("by phone", "none"), ("lično", "none"), ("none", "none")])
def test_a_channel_is_read_in_english_and_serbian(text: str, channel: str) -> None:
    assert read_channel(text) == Value(channel)


@pytest.mark.parametrize("text", ["pigeon", "golub", "mail or sms", "+381 60 000 0000", "x" * 5000])
def test_what_names_no_channel_is_a_fault(text: str) -> None:
    assert isinstance(read_channel(text), Fault)
