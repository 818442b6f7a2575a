"""Mails as their readers get them: in every language, for eyes, screen readers and calendars."""
from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any, cast

import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream

from tests.web.render.in_languages import BANNED, DAYS, FIRST, RIGHT_TO_LEFT
from web.i18n import CLIENT_LANGUAGES
from web.render.mail import make_mail
from web.render.wording import wording_of

LINK = "https://appointments.example.org/a/" + "x" * 43
START, END = datetime(2026, 12, 7, 9, tzinfo=UTC), datetime(2026, 12, 7, 10, tzinfo=UTC)
ID = "<" + "0" * 40 + "@appointments.example.org>"
KINDS = ("invitation", "update", "cancellation", "reminder")
EVERY = [(kind, language) for kind in KINDS for language in CLIENT_LANGUAGES]


def facts(kind: str, language: str, **changes: Any) -> dict[str, Any]:
    old = {"starts_at": "2026-12-06T09:00:00+00:00", "ends_at": "2026-12-06T10:00:00+00:00",
           "place": {"name": "Library", "address": "Knez Mihailova 56", "directions": ""},
           "assistant": "Sara"}
    return {
        "uid": "ab" * 16 + "@appointments.example.org", "sequence": 1, "stamp": "2026-11-23T09:00:00+00:00",
        "written_at": "2026-11-23T09:00:00+00:00", "confirmed": False,
        "starts_at": "2026-12-07T09:00:00+00:00", "ends_at": "2026-12-07T10:00:00+00:00",
        "timezone": "Europe/Belgrade", "language": language, "recipient": "zahra@example.org",
        "client": "زهرا", "assistant": "Nadia", "own_story": True, "topic": "TOPIC",
        "bring": ["PASSPORT", "PHOTO"], "place": {"name": "Office", "address": "Nemanjina 1",
                                                  "directions": "DIRECTIONS"},
        "office": "Info Point", "phone": "+381 11 000 0000", "from_address": "appointments@example.org",
        "host": "appointments.example.org", "old": old if kind == "update" else None,
        "reason": "declined" if kind == "cancellation" else "", "thread": "", **changes}


def octets(kind: str, language: str, **changes: Any) -> bytes:
    return make_mail(kind, facts(kind, language, **changes), link=LINK, message_id=ID).octets


def parsed(kind: str, language: str, **changes: Any) -> EmailMessage:
    return message_from_bytes(octets(kind, language, **changes), policy=default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def calendars(message: EmailMessage) -> list[bytes]:
    return [cast(bytes, part.get_payload(decode=True)) for part in message.walk()
            if part.get_content_type() in ("text/calendar", "application/ics")]


def bare(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", text)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_m1_m2_s4_a_mail_has_the_parts_that_mail_programs_expect(kind: str, language: str) -> None:
    message = parsed(kind, language)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
        "application/ics"]
    calendar, attached = list(message.walk())[-2:]
    assert calendar["Content-Disposition"] is None
    assert [part["Content-Transfer-Encoding"] for part in (calendar, attached)] == ["base64", "base64"]
    assert attached.get_filename() == "invite.ics"
    method = "CANCEL" if kind == "cancellation" else "REQUEST"
    assert (calendar.get_param("method"), calendar.get_param("component"), calendar.get_param("charset")) == (
        method, "VEVENT", "utf-8")
    first, second = calendars(message)
    assert first == second
    assert f"METHOD:{method}\r\n".encode() in first
    assert message.defects == []


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_m8_a_mail_is_seven_bit_safe_and_small(kind: str, language: str) -> None:
    raw = octets(kind, language, topic="ش" * 3000, bring=["ج" * 900] * 3)
    assert raw.isascii()
    assert b"\0" not in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 200
    assert len(raw) < 100_000


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_m4_the_same_facts_give_the_same_octets(kind: str, language: str) -> None:
    assert octets(kind, language) == octets(kind, language)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_m4_m5_the_headers_tell_who_and_what_and_ask_for_no_reply(kind: str, language: str) -> None:
    message = parsed(kind, language, thread="<first@appointments.example.org>")
    assert str(message["From"]) == "Info Point <appointments@example.org>"
    assert str(message["To"]) == "zahra@example.org"
    assert message["Message-ID"] == ID
    assert message["References"] == message["In-Reply-To"] == "<first@appointments.example.org>"
    assert str(message["Date"]) == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert message["Content-Language"] == CLIENT_LANGUAGES[language].tag
    unsubscribe = (message["List-Unsubscribe"], message["List-Unsubscribe-Post"])
    assert unsubscribe == ((f"<{LINK}/reminders>", "List-Unsubscribe=One-Click") if kind == "reminder"
                           else (None, None))


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_m7_a_subject_begins_with_the_kind_and_names_day_and_time(kind: str, language: str) -> None:
    subject = bare(parsed(kind, language)["Subject"])
    assert subject.startswith(FIRST[language][KINDS.index(kind)])
    assert " ".join(DAYS[language].split()) in subject  # a header keeps no narrow spaces
    assert wording_of(language).digits("10:00") in subject


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_m6_both_text_parts_say_everything(kind: str, language: str) -> None:
    message = parsed(kind, language)
    when = wording_of(language).when(START, END, "Europe/Belgrade")
    expected = ["زهرا", DAYS[language], when.start, when.end, bare(when.zone), "Office, Nemanjina 1",
                "DIRECTIONS", "Nadia", LINK, "+381 11 000 0000", "Info Point"]
    if kind != "cancellation":
        expected += ["TOPIC", "PASSPORT", "PHOTO"]
    for part in ("plain", "html"):
        text = bare(body(message, part))
        assert [fact for fact in expected if fact not in text] == []


@pytest.mark.parametrize("office", [
    "Инфо центар " * 12, "مركز المعلومات " * 12, "A long name " * 12, "A name " * 40, "=?utf-8?q?x?=",
    'Quote " and \\', "coordinator@example.net"])
def test_a_long_or_strange_office_name_arrives_as_it_is(office: str) -> None:
    # With the older of Python's parsers: the newer one puts a blank between two encoded words.
    raw = message_from_bytes(octets("invitation", "fa", office=office))["From"]
    name, address = parseaddr(raw)
    assert (str(make_header(decode_header(name))), address) == (office.strip(), "appointments@example.org")


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_m7_an_update_shows_what_was_and_what_is(language: str) -> None:
    message = parsed("update", language)
    day = timedelta(days=1)
    old = wording_of(language).when(START - day, END - day, "Europe/Belgrade")
    for part in ("plain", "html"):
        text = bare(body(message, part))
        assert [fact for fact in (old.day, "Library, Knez Mihailova 56", "Sara") if fact not in text] == []


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_nothing_that_others_see_at_a_glance_tells_of_the_clients_situation(kind: str, language: str) -> None:
    message = parsed(kind, language, topic="Asylum interview", bring=["Asylum card"])
    summary = vobject.readOne(calendars(message)[0].decode()).vevent
    glance = " ".join([message["Subject"], str(message["From"]), summary.summary.value,
                       getattr(summary, "description", summary.summary).value]).lower()
    assert [word for words in BANNED.values() for word in words if word in glance] == []


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_our_own_sentences_never_tell_of_the_clients_situation(kind: str, language: str) -> None:
    message = parsed(kind, language)
    text = (body(message, "plain") + body(message, "html")).lower()
    assert [word for word in BANNED[language] if word in text] == []


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
def test_m6_m8_html_says_its_language_and_direction_and_loads_nothing(language: str) -> None:
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    html = body(parsed("invitation", language), "html")
    tag = CLIENT_LANGUAGES[language].tag
    assert f'<html lang="{tag}" dir="{direction}">' in html
    assert re.findall(r"<(?:img|link|script|iframe|style)", html) == []
    assert set(re.findall(r"(?:href|src)=\"([^\"]+)\"", html)) == {LINK}


def test_m6_names_are_isolated_where_their_direction_could_turn_a_sentence_around() -> None:
    arabic, english = parsed("invitation", "ar"), parsed("invitation", "en")
    assert "\u2068Nadia\u2069" in body(arabic, "plain")
    assert "\u2068Office, Nemanjina 1\u2069" in body(arabic, "plain")
    assert "\u2066+381 11 000 0000\u2069" in body(arabic, "plain")
    assert "\u2068زهرا\u2069" in body(english, "plain")
    assert "Nadia" in body(english, "plain")
    assert "\u2068Nadia" not in body(english, "plain")
    assert "\u2068Nadia\u2069" in vobject.readOne(calendars(arabic)[0].decode()).vevent.summary.value


@pytest.mark.parametrize("language", CLIENT_LANGUAGES)
@pytest.mark.parametrize(("kind", "status", "partstat"), [
    ("invitation", "CONFIRMED", "NEEDS-ACTION"), ("update", "CONFIRMED", "NEEDS-ACTION"),
    ("reminder", "CONFIRMED", "NEEDS-ACTION"), ("cancellation", "CANCELLED", "NEEDS-ACTION")])
def test_m3_s3_two_independent_programs_read_the_same_entry(
        kind: str, status: str, partstat: str, language: str) -> None:
    octets_ = calendars(parsed(kind, language))[0]
    first = vobject.readOne(octets_.decode()).vevent
    events: list[Any] = list(IcsCalendarStream.calendar_from_ics(octets_.decode()).events)
    (second,) = events
    assert (first.dtstart.value.astimezone(UTC), first.dtend.value.astimezone(UTC)) == (START, END)
    assert (second.dtstart.astimezone(UTC), second.dtend.astimezone(UTC)) == (START, END)
    assert (first.uid.value, second.uid) == ("ab" * 16 + "@appointments.example.org",) * 2
    assert (first.sequence.value, second.sequence) == ("1", 1)
    assert (first.status.value, second.status.value) == (status, status)
    assert (first.organizer.value, first.attendee.value) == (
        "mailto:appointments@example.org", "mailto:zahra@example.org")
    assert (first.attendee.params["PARTSTAT"], first.attendee.params["RSVP"]) == ([partstat], ["FALSE"])
    assert first.summary.value == second.summary
    assert bare(first.location.value) == "Office, Nemanjina 1"


def test_a_confirmed_clients_entry_says_so_and_the_mail_thanks() -> None:
    message = parsed("reminder", "en", confirmed=True)
    event = vobject.readOne(calendars(message)[0].decode()).vevent
    assert event.attendee.params["PARTSTAT"] == ["ACCEPTED"]
    assert "You have told us that you are coming. Thank you." in body(message, "plain")
    assert "Please tell us whether you can come" not in body(message, "plain")


def test_nobody_is_said_to_have_gone_through_the_same_who_did_not_agree_to_it() -> None:
    for part in ("plain", "html"):
        assert "gone through the same" in body(parsed("invitation", "en"), part)
        assert "gone through the same" not in body(parsed("invitation", "en", own_story=False), part)


@pytest.mark.parametrize(("reason", "sentence"), [
    ("declined", "you told us that you cannot come"), ("another-time", "you asked for another time"),
    ("withdrawn", "You do not need to come"), ("replanned", "we are sorry"),
    ("assistant-unavailable", "we are sorry")])
def test_a_cancellation_says_why(reason: str, sentence: str) -> None:
    message = parsed("cancellation", "en", reason=reason)
    assert sentence in body(message, "plain")
    assert sentence in body(message, "html")
    assert (LINK in body(message, "plain")) is (reason in ("declined", "another-time"))


@pytest.mark.parametrize("nasty", [
    "{{ 7*7 }}", "{x.__class__}", "%s %(name)s", "<script>alert(1)</script>", "a\r\nBcc: spy@example.org",
    "a\nEND:VEVENT", "\u202espy", "x" * 500, "&amp; \"quoted\" 'single'"])
def test_what_people_write_stays_what_they_wrote(nasty: str) -> None:
    place = {"name": nasty, "address": nasty, "directions": nasty}
    message = parsed("invitation", "en", client=nasty, assistant=nasty, topic=nasty, bring=[nasty],
                     office=nasty, phone=nasty, place=place)
    assert (message["Bcc"], str(message["To"])) == (None, "zahra@example.org")
    assert "<script>" not in body(message, "html")
    assert " ".join(nasty.split()) in bare(body(message, "plain"))
    assert vobject.readOne(calendars(message)[0].decode()).vevent.uid.value.startswith("abab")


def test_an_appointment_without_a_place_phone_or_things_to_bring_is_told_too() -> None:
    message = parsed("invitation", "en", place=None, phone="", bring=[])
    text = body(message, "plain")
    assert "Where" not in text
    assert "Call us" not in text
    assert "bring:" not in text
    assert "\n\n\n" not in text


def test_a_mail_says_that_nobody_reads_answers_only_where_that_is_so() -> None:
    for reads in (True, False):
        message = parsed("invitation", "en", reads_replies=reads)
        said = ["nobody reads the answers" in body(message, kind) for kind in ("plain", "html")]
        assert said == [not reads] * 2
