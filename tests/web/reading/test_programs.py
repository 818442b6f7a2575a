"""Calendar programs by their User-Agent, as somebody knows them."""
from __future__ import annotations

import pytest
from flask import Flask

from web.reading.programs import program_of


@pytest.mark.parametrize(("user_agent", "words"), [
    ("Google-Calendar-Importer", "Google Calendar"),
    ("iOS/18.0 (22A3354) dataaccessd/1.0", "Calendar on an iPhone or iPad"),
    ("macOS/15.0 (24A335) dataaccessd/1.0", "Calendar on a Mac"),
    ("Mac OS X/10.15.7 (19H2) CalendarAgent/930.5.1", "Calendar on a Mac"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.3.1", "Thunderbird"),
    ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)", "Outlook"),
    ("Microsoft.Exchange/15.20", "Outlook.com / Microsoft 365"),
    ("ICSx5/2.2.1 (okhttp/4.12.0) Android/14", "ICSx⁵"),
    ("vdirsyncer/0.19.2", "vdirsyncer"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
     "a web browser (Chrome)"),
    ("Mozilla/5.0 (compatible)", "a web browser"),
    ("curl/8.9.1", "curl"), ("/", "another program"), ("", ""), ("  ", "")])
def test_a_program_is_named_as_people_know_it(app: Flask, user_agent: str, words: str) -> None:
    assert program_of(user_agent) == words


def test_a_program_that_calls_itself_anything_is_cut_short(app: Flask) -> None:
    assert program_of("x" * 200) == "x" * 40
