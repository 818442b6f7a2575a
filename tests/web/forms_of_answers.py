"""The same answer in hundreds of forms: every maker's calendar, in every wrapping, in every encoding.

Makers as they are seen in the wild; people and addresses are invented.
"""
from __future__ import annotations

from base64 import encodebytes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from quopri import encodestring

from tests.web.answers_by_mail import OURS, Answer

# What a maker writes between BEGIN:VEVENT and END:VEVENT beside UID, SEQUENCE, DTSTAMP and ATTENDEE, what it
# writes about itself, and the attendee's line with {status} and {address} to be filled in.
MAKERS = {
    "google": (
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN\nCALSCALE:GREGORIAN\nMETHOD:REPLY",
        "DTSTART:20261130T090000Z\nDTEND:20261130T100000Z\nORGANIZER;CN=Info Point:mailto:{ours}",
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={status};CN={address};X-NUM-GUESTS=0:"
        "mailto:{address}"),
    "outlook": (
        "PRODID:Microsoft Exchange Server 2010",
        "DTSTART;TZID=Central Europe Standard Time:20261130T100000\nX-MICROSOFT-CDO-APPT-SEQUENCE:0\n"
        "SUMMARY;LANGUAGE=en-US:Accepted: Appointment\nX-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
        "ATTENDEE;PARTSTAT={status};CN=Zahra Ahmadi:MAILTO:{address}"),
    "outlook.com": (
        "METHOD:REPLY\nPRODID:Microsoft Exchange Server 2010",
        "SUMMARY;LANGUAGE=en-US:\\n\nDTSTART;TZID=\"Central Europe Standard Time\":20261130T100000",
        "ATTENDEE;PARTSTAT={status};CN=\"Ahmadi, Zahra\":mailto:{address}"),
    "apple": (
        "CALSCALE:GREGORIAN\nMETHOD:REPLY\nPRODID:-//Apple Inc.//iPhone OS 26.1//EN",
        "ORGANIZER;CN=\"Info Point\":mailto:{ours}\nDTSTART;TZID=Europe/Belgrade:20261130T100000\n"
        "X-APPLE-EWS-BUSYSTATUS:BUSY",
        "ATTENDEE;CN=\"Zahra\";CUTYPE=INDIVIDUAL;EMAIL={address};PARTSTAT={status}:/1234567890/principal/\n"
        "X-CALENDARSERVER-ATTENDEE-COMMENT:"),
    "icloud": (
        "CALSCALE:GREGORIAN\nMETHOD:REPLY\nPRODID:-//caldav.icloud.com//CALDAVJ 2620B119//EN",
        "ORGANIZER;CN=\"Info Point\";EMAIL={ours}:mailto:{ours}\n"
        "DTSTART;TZID=Europe/Belgrade:20261130T100000",
        "ATTENDEE;CN=Zahra;CUTYPE=INDIVIDUAL;PARTSTAT={status};ROLE=REQ-PARTICIPANT:mailto:{address}"),
    "thunderbird": (
        "PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN\nMETHOD:REPLY",
        "ORGANIZER:mailto:{ours}\nDTSTART:20261130T090000Z\nX-MOZ-RECEIVED-SEQUENCE:0\nX-MOZ-GENERATION:1",
        "ATTENDEE;CN=Zahra;PARTSTAT={status};ROLE=REQ-PARTICIPANT:mailto:{address}"),
    "yahoo": (
        "PRODID://Yahoo//Calendar//EN\nMETHOD:REPLY",
        "ORGANIZER;CN=Info Point;SENT-BY=\"mailto:{ours}\":mailto:{ours}\nCLASS:PUBLIC\nPRIORITY:0\n"
        "DTSTART;TZID=Europe/Belgrade:20261130T100000\nSTATUS:CONFIRMED",
        "ATTENDEE;PARTSTAT={status};CN=Zahra;ROLE=REQ_PARTICIPANT;RSVP=TRUE:mailto:{address}"),
    "k-9 with a calendar of the telephone": (
        "PRODID:DAVx5/4.4 ical4j/3.2 (at.bitfire.davdroid)\nMETHOD:REPLY",
        "ORGANIZER:mailto:{ours}\nDTSTART;TZID=Europe/Belgrade:20261130T100000\nDURATION:PT1H",
        "ATTENDEE;RSVP=TRUE;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL;PARTSTAT={status}:mailto:{address}"),
    "nextcloud": (
        "PRODID:-//Sabre//Sabre VObject 4.5//EN\nCALSCALE:GREGORIAN\nMETHOD:REPLY",
        "SUMMARY:Appointment\nDTSTART;TZID=Europe/Belgrade:20261130T100000",
        "ATTENDEE;PARTSTAT={status}:mailto:{address}\nREQUEST-STATUS:2.0;Success"),
    "zimbra": (
        "PRODID:Zimbra-Calendar-Provider\nMETHOD:REPLY",
        "ORGANIZER;CN=Info Point:mailto:{ours}\nDTSTART;TZID=\"Europe/Belgrade\":20261130T100000\nPRIORITY:5",
        "ATTENDEE;CN=Zahra;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL;PARTSTAT={status}:mailto:{address}"),
    "a program in small letters": (
        "prodid:-//Small//EN\nmethod:reply",
        "dtstart:20261130T090000Z\norganizer:mailto:{ours}",
        "attendee;partstat={status}:MailTo:{address}"),
}


def utf_8(text: str) -> bytes:
    """As is usual."""
    return text.encode()


def with_a_mark(text: str) -> bytes:
    """With a byte-order mark, as Windows' editors write it."""
    return text.encode("utf-8-sig")


def latin_1(text: str) -> bytes:
    """In one octet for each letter."""
    return text.encode("latin-1")


def utf_16(text: str) -> bytes:
    """In two, with a byte-order mark."""
    return text.encode("utf-16")


CHARSETS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "utf-8": ('; charset="UTF-8"', utf_8), "utf-8 unsaid": ("", utf_8),
    "a mark": ("; charset=utf-8", with_a_mark),
    "latin-1": ("; charset=ISO-8859-1", latin_1), "latin-1 unsaid": ("", latin_1),
    "utf-16": ("; charset=utf-16", utf_16), "unknown": ("; charset=x-mac-nonsense", utf_8),
}
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "base64": encodebytes, "BASE64": encodebytes, "quoted-printable": encodestring, "8bit": bytes,
}
WRAPPINGS = {
    "alone": "{calendar}",
    "an alternative": "multipart/alternative; boundary=\"b 1\"\n\n--b 1\nContent-Type: text/plain\n\nYes\n"
                      "--b 1\nContent-Type: {calendar}\n--b 1--\n",
    "an alternative and a file": "multipart/mixed; boundary=m\n\n--m\n"
                                 "Content-Type: multipart/alternative; boundary=a\n\n"
                                 "--a\nContent-Type: text/html\n\n<p>Yes\n--a\nContent-Type: {calendar}\n"
                                 "--a--\n--m\nContent-Disposition: attachment; filename=invite.ics\n"
                                 "Content-Type: {file}\n--m--\n",
    "a file": "multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nYes\n--m\n"
              "Content-Disposition: attachment; filename=\"meeting.ics\"\nContent-Type: {calendar}\n--m--\n",
    "a file of no type": "multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nYes\n--m\n"
                         "Content-Disposition: attachment; filename=\"REPLY.ICS\"\n"
                         "Content-Type: {octets}\n--m--\n",
    "with what Outlook adds": "multipart/mixed; boundary=m\n\n--m\nContent-Type: {calendar}\n--m\n"
                              "Content-Type: application/ms-tnef; name=winmail.dat\n"
                              "Content-Transfer-Encoding: base64\n\n"
                              "eJ8+IgEVAQaQCAAEAAAAAAABAAEAAQeQBgAIAAAA5AQAAAAAAADoAAEIgAcAGAAAAElQTS4=\n--m--\n",
}


@dataclass(frozen=True)
class Form:
    """One way to say it."""

    name: str
    octets: bytes


def calendar_of(maker: str, one: Answer, *, stamped: bool = True) -> str:
    """What a maker's calendar file says; line ends are for others to choose."""
    about, inside, attendee = MAKERS[maker]
    filled = attendee.format(status=one.answer, address=one.attendee)
    if maker == "apple":
        filled = filled.replace(":/1234567890/principal/", f":mailto:{one.attendee}")
    if maker == "a program in small letters":
        filled = filled.replace(one.answer, one.answer.lower())
    stamp = f"DTSTAMP:{one.stamp}\n" if stamped else ""
    return (f"BEGIN:VCALENDAR\nVERSION:2.0\n{about}\nBEGIN:VEVENT\nUID:{one.uid}\n{stamp}"
            f"SEQUENCE:{one.sequence}\n{inside.format(ours=OURS)}\n{filled}\nCOMMENT:Café"
            "\nEND:VEVENT\nEND:VCALENDAR\n")


def fold(text: str) -> str:
    """Fold after 60 letters (RFC 5545, 3.1)."""
    return "".join("\n ".join(line[at:at + 60] for at in range(0, max(len(line), 1), 60)) + "\n"
                   for line in text.splitlines())


def mail_of(one: Answer, calendar: str, *, wrapping: str, charset: str, encoding: str, end: str) -> bytes:
    """A mail with that calendar in it."""
    said, encoded = CHARSETS[charset]
    content = ENCODINGS[encoding](encoded(calendar.replace("\n", end)))
    head = "Content-Transfer-Encoding: " + encoding
    parts = {
        "calendar": f"text/calendar{said}; METHOD=REPLY; name=\"iCal.ics\"\n{head}\n\n@@",
        "file": f"application/ics; name=invite.ics\n{head}\n\n@@",
        "octets": f"application/octet-stream; name=\"REPLY.ICS\"\n{head}\n\n@@",
    }
    whole = one.head("Accepted: Appointment", WRAPPINGS[wrapping].format(**parts)).replace("\r\n", "\n")
    return content.join(whole.replace("\n", end).encode().split(b"@@"))


def honest(one: Answer, *, every: int = 1) -> Iterator[Form]:
    """Every form of it, or every so-manieth."""
    forms = product(MAKERS, WRAPPINGS, CHARSETS, ENCODINGS, ("\r\n", "\n"), (True, False))
    for maker, wrapping, charset, encoding, end, folded in islice(forms, 0, None, every):
        if charset == "utf-16" and encoding not in ("base64", "BASE64"):
            continue  # what is not text for a mail server cannot go otherwise
        if maker == "outlook" and "no type" in wrapping:
            continue  # it says only in the type that it is an answer
        calendar = calendar_of(maker, one)
        yield Form(f"{maker}, {wrapping}, {charset}, {encoding}, {end!r}, {folded}", mail_of(
            one, fold(calendar) if folded else calendar, wrapping=wrapping, charset=charset,
            encoding=encoding, end=end))
