"""Answers as calendars of four makers write them. Forms as they are seen; people and addresses invented."""
from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

OURS = "appointments@example.org"
WRITTEN = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One person's answer, whatever program writes it."""

    uid: str
    answer: str = "ACCEPTED"
    sequence: int = 0
    sender: str = "zahra@example.org"
    attendee: str = "zahra@example.org"
    comment: str = ""
    description: str = ""
    method: str = "REPLY"
    written: datetime = WRITTEN
    headers: str = ""
    start: str = "20261130T090000Z"

    @property
    def stamp(self) -> str:
        """DTSTAMP."""
        return f"{self.written:%Y%m%dT%H%M%SZ}"

    def head(self, subject: str, kind: str) -> str:
        """Headers that all programs write alike."""
        return (f"Return-Path: <{self.sender}>\r\nDelivered-To: {OURS}\r\n{self.headers}"
                f"Message-ID: <{self.answer}.{self.sequence}.{self.stamp}@mail.example.org>\r\n"
                f"Date: {self.written:%a, %d %b %Y %H:%M:%S} +0000\r\nSubject: {subject}\r\n"
                f"From: Zahra Ahmadi <{self.sender}>\r\nTo: Info Point <{OURS}>\r\nMIME-Version: 1.0\r\n"
                f"Content-Type: {kind}\r\n")

    @property
    def optional(self) -> str:
        """COMMENT and DESCRIPTION where there are any."""
        return "".join(f"{name}:{value}\r\n" for name, value in (
            ("COMMENT", self.comment), ("DESCRIPTION", self.description)) if value)


def google(one: Answer) -> bytes:
    """Gmail and Google Calendar: three parts, the calendar twice, a note of the person as a parameter."""
    note = f';X-RESPONSE-COMMENT="{one.comment}"' if one.comment else ""
    calendar = (
        "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\n"
        f"CALSCALE:GREGORIAN\r\nMETHOD:{one.method}\r\nBEGIN:VEVENT\r\nDTSTART:{one.start}\r\n"
        f"DTEND:20261130T100000Z\r\nDTSTAMP:{one.stamp}\r\nORGANIZER;CN=Info Point:mailto:{OURS}\r\n"
        f"UID:{one.uid}\r\nATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={one.answer}\r\n"
        f" ;CN={one.attendee};X-NUM-GUESTS=0{note}:mailto:{one.attendee}\r\n"
        f"{'DESCRIPTION:' + one.description + chr(13) + chr(10) if one.description else ''}"
        f"CREATED:20261123T080000Z\r\nLAST-MODIFIED:{one.stamp}\r\nSEQUENCE:{one.sequence}\r\n"
        "STATUS:CONFIRMED\r\nSUMMARY:Appointment with Nadia\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n")
    encoded = b64encode(calendar.encode()).decode()
    words = f"{one.sender} has answered this invitation."
    return (one.head("Accepted: Appointment with Nadia @ Mon Nov 30, 2026", 'multipart/mixed; boundary="m1"')
            + "Auto-Submitted: auto-generated\r\n\r\n"
            '--m1\r\nContent-Type: multipart/alternative; boundary="a1"\r\n\r\n'
            f'--a1\r\nContent-Type: text/plain; charset="UTF-8"; format=flowed\r\n\r\n{words}\r\n'
            f'--a1\r\nContent-Type: text/html; charset="UTF-8"\r\n\r\n<p>{words}</p>\r\n'
            f'--a1\r\nContent-Type: text/calendar; charset="UTF-8"; method={one.method}\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--a1--\r\n"
            f'--m1\r\nContent-Type: application/ics; name="invite.ics"\r\n'
            'Content-Disposition: attachment; filename="invite.ics"\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--m1--\r\n").encode()


def outlook(one: Answer) -> bytes:
    """Outlook: no ORGANIZER, the method in the Content-Type alone, words of the person in the mail."""
    words = one.comment
    calendar = (
        "BEGIN:VCALENDAR\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\n"
        "BEGIN:VTIMEZONE\r\nTZID:Central Europe Standard Time\r\nBEGIN:STANDARD\r\n"
        "DTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n"
        "DTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
        f"BEGIN:VEVENT\r\nATTENDEE;PARTSTAT={one.answer};CN=Zahra Ahmadi:MAILTO:{one.attendee.upper()}\r\n"
        f"{'DESCRIPTION;LANGUAGE=en-US:' + one.description + chr(13) + chr(10) if one.description else ''}"
        f"UID:{one.uid}\r\nSUMMARY;LANGUAGE=en-US:Accepted: Appointment with Nadia\r\n"
        "DTSTART;TZID=Central Europe Standard Time:20261130T100000\r\n"
        "DTEND;TZID=Central Europe Standard Time:20261130T110000\r\nCLASS:PRIVATE\r\nPRIORITY:5\r\n"
        f"DTSTAMP:{one.stamp}\r\nTRANSP:OPAQUE\r\nSTATUS:CONFIRMED\r\nSEQUENCE:{one.sequence}\r\n"
        "LOCATION;LANGUAGE=en-US:Office\\, Nemanjina 1\r\nX-MICROSOFT-CDO-APPT-SEQUENCE:0\r\n"
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\nX-MICROSOFT-DISALLOW-COUNTER:FALSE\r\nEND:VEVENT\r\n"
        "END:VCALENDAR\r\n")
    return (one.head("Accepted: Appointment with Nadia", 'multipart/alternative; boundary="_000_"')
            + "X-MS-Has-Attach:\r\nX-MS-TNEF-Correlator:\r\n\r\n"
            f'--_000_\r\nContent-Type: text/plain; charset="us-ascii"\r\n\r\n{words}\r\n\r\n'
            f'--_000_\r\nContent-Type: text/calendar; charset="utf-8"; method={one.method}\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{b64encode(calendar.encode()).decode()}\r\n"
            "--_000_--\r\n").encode()


def apple(one: Answer) -> bytes:
    """Calendar on an iPhone: only the calendar, quoted-printable, its lines folded."""
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Apple Inc.//iPhone OS 26.1//EN\r\n"
        f"CALSCALE:GREGORIAN\r\nMETHOD:{one.method}\r\nBEGIN:VEVENT\r\n"
        f"ATTENDEE;CN=\"Zahra\";CUTYPE=INDIVIDUAL;EMAIL={one.attendee};PARTSTAT={one.answer[:4]}\r\n"
        f" {one.answer[4:]};ROLE=REQ-PARTICIPANT:mailto:{one.attendee}\r\n"
        f"DTEND;TZID=Europe/Belgrade:20261130T110000\r\nDTSTAMP:{one.stamp}\r\n"
        f"DTSTART;TZID=Europe/Belgrade:20261130T100000\r\nLAST-MODIFIED:{one.stamp}\r\n"
        f"ORGANIZER;CN=\"Info Point\":mailto:{OURS}\r\nSEQUENCE:{one.sequence}\r\n"
        f"SUMMARY:Appointment with Nadia\r\nTRANSP:OPAQUE\r\nUID:{one.uid}\r\n{one.optional}"
        "END:VEVENT\r\nEND:VCALENDAR\r\n")
    quoted = calendar.replace("=", "=3D").replace("mailto:", "mail=\r\nto:")
    return (one.head("Accepted: Appointment with Nadia",
                     f"text/calendar; charset=utf-8; method={one.method}; name=\"iCal.ics\"")
            + f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}").encode()


def thunderbird(one: Answer) -> bytes:
    """Thunderbird: text and calendar in eight bits, and the calendar once more as a file."""
    calendar = (
        "BEGIN:VCALENDAR\r\nPRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN\r\nVERSION:2.0\r\n"
        f"METHOD:{one.method}\r\nBEGIN:VEVENT\r\nCREATED:20261123T080000Z\r\nLAST-MODIFIED:{one.stamp}\r\n"
        f"DTSTAMP:{one.stamp}\r\nUID:{one.uid}\r\nSUMMARY:Appointment with Nadia\r\n"
        f"ORGANIZER:mailto:{OURS}\r\nATTENDEE;CN=زهرا;PARTSTAT={one.answer};ROLE=REQ-PARTICIPANT:mailto:{one.attendee}\r\n"
        f"DTSTART:{one.start}\r\nDTEND:20261130T100000Z\r\nSEQUENCE:{one.sequence}\r\n{one.optional}"
        "X-MOZ-RECEIVED-SEQUENCE:0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    return (one.head("Event Invitation Reply (Accepted): Appointment with Nadia",
                     'multipart/mixed; boundary="Boundary_(ID_1)"')
            + "\r\n--Boundary_(ID_1)\r\n"
            'Content-type: multipart/alternative; boundary="Boundary_(ID_2)"\r\n\r\n'
            "--Boundary_(ID_2)\r\nContent-type: text/plain; charset=UTF-8\r\n"
            "Content-transfer-encoding: 8BIT\r\n\r\nزهرا has accepted your event invitation.\r\n"
            f"--Boundary_(ID_2)\r\nContent-type: text/calendar; method={one.method}; charset=UTF-8\r\n"
            f"Content-transfer-encoding: 8BIT\r\n\r\n{calendar}\r\n--Boundary_(ID_2)--\r\n"
            "--Boundary_(ID_1)\r\nContent-type: application/ics; name=invite.ics\r\n"
            "Content-disposition: attachment; filename=invite.ics\r\nContent-transfer-encoding: 8BIT\r\n\r\n"
            f"{calendar}\r\n--Boundary_(ID_1)--\r\n").encode()


PROGRAMS = {"google": google, "outlook": outlook, "apple": apple, "thunderbird": thunderbird}


def written(body: str, *, sender: str = "zahra@example.org", subject: str = "Re: Invitation",
            headers: str = "", identity: str = "<1@mail.example.org>") -> bytes:
    """A mail that a person writes."""
    return (f"Return-Path: <{sender}>\r\n{headers}Message-ID: {identity}\r\nSubject: {subject}\r\n"
            f"From: Zahra <{sender}>\r\nTo: {OURS}\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            f"{body}\r\n").encode()
