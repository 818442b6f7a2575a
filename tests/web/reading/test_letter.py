"""What a mail says, and that no mail makes the reader stumble."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.answers_by_mail import OURS, PROGRAMS, Answer, google, written
from tests.web.reports import FAILED, NOT_FAILED
from web.reading.letter import Letter, read_letter
from web.reading.letter_calendar import CalendarReply, UnreadableError, read_reply
from web.reading.letter_words import own_words, text_of_html


def read(octets: bytes) -> Letter:
    return read_letter(octets, own_address=OURS, authserv_id="mx.example.org", whole=True)


def event(*lines: str, method: str = "REPLY") -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT", *lines,
                        "END:VEVENT", "END:VCALENDAR", "")).encode()


ATTENDEE = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:zahra@example.org"


@pytest.mark.parametrize("program", PROGRAMS)
def test_four_makers_say_the_same_in_their_own_forms(program: str) -> None:
    answer = Answer(uid="abc@localhost", answer="DECLINED", sequence=3, comment="Ill")
    letter = read(PROGRAMS[program](answer))
    assert letter.reply is not None
    assert (letter.reply.uid, letter.reply.answer, letter.reply.sequence, letter.reply.attendee) == (
        "abc@localhost", "DECLINED", 3, "zahra@example.org")
    assert letter.reply.stamp == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert "Ill" in (letter.reply.comment, letter.words)
    assert letter.sender == "zahra@example.org"


@pytest.mark.parametrize(("lines", "why"), [
    (("UID:1",), "not one attendee"),
    (("UID:1", ATTENDEE, ATTENDEE.replace("zahra", "other")), "not one attendee"),
    ((ATTENDEE,), "no UID"),
    (("UID:1", ATTENDEE, "SEQUENCE:-1"), "no whole number"),
    (("UID:1", ATTENDEE, "SEQUENCE:99999999999999"), "no whole number"),
    (("UID:1", ATTENDEE, "RECURRENCE-ID:20261130T090000Z"), "not one appointment"),
    (("UID:1", ATTENDEE, "RRULE:FREQ=SECONDLY"), "not one appointment"),
    (("UID:1", ATTENDEE, "END:VEVENT", "BEGIN:VEVENT", "UID:2", ATTENDEE), "not one appointment"),
])
def test_r1_an_answer_that_says_nothing_clearly_is_refused(lines: tuple[str, ...], why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read_reply(event(*lines), method="REPLY")


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "REFRESH", ""])
def test_what_is_no_answer_is_none(method: str) -> None:
    assert read_reply(event("UID:1", ATTENDEE, method=method), method="") is None


def test_a_method_in_the_mail_that_the_calendar_contradicts_is_refused() -> None:
    with pytest.raises(UnreadableError, match="two methods"):
        read_reply(event("UID:1", ATTENDEE), method="COUNTER")


def test_two_answers_in_one_mail_are_none() -> None:
    one, other = (event(f"UID:{uid}", ATTENDEE).decode() for uid in (1, 2))
    mail = ('From: zahra@example.org\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
            f"--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n{one}\r\n"
            f"--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n{other}\r\n--b--\r\n")
    letter = read(mail.encode())
    assert (letter.reply, letter.reply_fault) == (None, "two answers")


@pytest.mark.parametrize("raw", [
    "From: zahra@example.org\r\nFrom: spy@example.net\r\n", "From: zahra@example.org, spy@example.net\r\n",
    "From: \r\n", "", "From: zahra@example.org <spy@example.net>, x\r\n",
    'From: "zahra@example.org" <>\r\n'])
def test_r2_a_sender_who_is_not_plainly_one_address_is_nobody(raw: str) -> None:
    assert read(f"{raw}Subject: x\r\n\r\n".encode()).sender != "zahra@example.org"


@pytest.mark.parametrize(("raw", "address"), [
    ("From: Zahra <Zahra@Example.org>", "zahra@example.org"),
    ('From: "spy@example.net" <zahra@example.org>', "zahra@example.org"),
    ("From: =?utf-8?b?2LLZh9ix2Kc=?= <zahra@example.org>", "zahra@example.org"),
    ("From: zahra@example.org (spy@example.net)", "zahra@example.org")])
def test_the_address_counts_and_not_the_name(raw: str, address: str) -> None:
    assert read(f"{raw}\r\n\r\n".encode()).sender == address


@pytest.mark.parametrize("report", [*FAILED, *NOT_FAILED])
def test_d5_a_report_says_what_became_of_the_mail(report: str) -> None:
    found = read({**FAILED, **NOT_FAILED}[report](OURS, "<abc@localhost>")).report
    if report in ("away", "read"):
        assert found is None
        return
    assert found is not None
    assert (found.fate, found.message_ids) == (
        "failed" if report in FAILED else report.partition(" ")[0], ("<abc@localhost>",))


QUOTES = {
    "Gmail": f"I come.\n\nOn Mon, 23 Nov 2026 at 10:00, Info Point <{OURS}> wrote:\n\n> Where:\n>\n> x\n",
    "Gmail, folded": f"I come.\n\nOn Mon, 23 Nov 2026 at 10:00, Info Point\n<{OURS}> wrote:\n\n> Where\n",
    "Gmail in Serbian": f"I come.\n\nпон, 23. нов 2026. Info Point <{OURS}> је написао/ла:\n\n> Где\n",
    "Gmail in Arabic": f"I come.\n\nفي الاثنين، 23 نوفمبر 2026 كتب Info Point <{OURS}>:\n\n> أين\n",
    "Outlook": f"I come.\n\n________________________________\nFrom: Info Point <{OURS}>\nSent: Monday\n"
               "To: Zahra\nSubject: Invitation\n\nWhere: Office\n",
    "Outlook in French": f"I come.\n\nDe : Info Point <{OURS}>\nEnvoyé : lundi\nÀ : Zahra\n\nOù : Office\n",
    "old Outlook": "I come.\n\n-----Original Message-----\nFrom: Info Point\nWhere: Office\n",
    "a signature": "I come.\n-- \nZahra Ahmadi\n+381 60 000 0000\n",
    "an answer below": f"On Mon, Info Point <{OURS}> wrote:\n> Where: Office\n> Nadia\n\nI come.\n",
    "nothing else": "I come.\n",
}


@pytest.mark.parametrize("quote", QUOTES)
def test_r3_what_is_quoted_and_signed_is_left_out(quote: str) -> None:
    assert own_words(QUOTES[quote], own_address=OURS) == "I come."


def test_a_page_is_read_as_its_text() -> None:
    html = ("<html><head><title>t</title><style>x</style></head><body><p>I &amp; my <b>son</b></p><div>come."
            "</div><blockquote>old<p>older</p></blockquote><script>x()</script></body></html>")
    assert text_of_html(html).split() == ["I", "&", "my", "son", "come."]


def test_letters_that_turn_a_line_around_are_left_out() -> None:
    assert read(written("a\u202eb\x1bc\x00d")).words == "abcd"


@given(st.binary(max_size=400))
def test_r1_no_octets_make_a_calendar_anything_but_an_answer_or_a_refusal(octets: bytes) -> None:
    for file in (octets, event("UID:1", ATTENDEE) + octets, event(octets.decode("latin-1"), ATTENDEE)):
        try:
            found = read_reply(file, method="REPLY")
        except UnreadableError:
            continue
        assert found is None or isinstance(found, CalendarReply)


@given(st.data())
def test_no_mail_that_is_damaged_on_its_way_makes_the_reader_stumble(data: st.DataObject) -> None:
    whole = bytearray(google(Answer(uid="abc@localhost")))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place:place + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    letter = read(bytes(whole))
    assert letter.reply is None or letter.reply.method in ("REPLY", "COUNTER")
