"""A mail as it lies in a mailbox -> what it says, with nothing done about it yet."""
from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from web.reading.letter_calendar import (
    ANSWER_LINK,
    CalendarReply,
    UnreadableError,
    read_reply,
    without_links,
)
from web.reading.letter_headers import (
    addressed_to,
    answers_to,
    header,
    is_automatic,
    sender_of,
    verdict_of,
)
from web.reading.letter_parts import filename_of, in_utf_8, leaves, text_of
from web.reading.letter_report import Report, report_of
from web.reading.letter_words import own_words, plain, text_of_html

MOST_ATTACHMENTS = 10
LONGEST_SUBJECT = 200


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a mail says. Every text in it is short, and only for eyes."""

    digest: str  # the same for every delivery of the same mail
    sender: str  # the one From address, in lower case, or ""
    verdict: str  # of our own mail server on the sender: pass, fail or ""
    addressed: tuple[str, ...]
    answers: tuple[str, ...]  # Message-IDs
    subject: str
    report: Report | None
    reply: CalendarReply | None
    reply_fault: str  # why an answer of a calendar cannot be read
    automatic: bool
    words: str
    tokens: tuple[str, ...]  # secrets of answer links that stand in the text, quoted or not
    attachments: tuple[str, ...]
    whole: bool  # or only its beginning


def read_letter(octets: bytes, *, own_address: str, authserv_id: str, whole: bool) -> Letter:
    """Read a mail. Of a mail that is not `whole` only words count: its end could say otherwise."""
    message: Message = message_from_bytes(octets, policy=compat32)
    parts = list(leaves(message))
    reply, fault = _calendar(parts) if whole else (None, "")
    text = _text(parts)
    return Letter(
        digest=_digest(message, octets), sender=sender_of(message),
        verdict=verdict_of(message, authserv_id=authserv_id), addressed=addressed_to(message),
        answers=answers_to(message), subject=plain(header(message, "Subject"))[:LONGEST_SUBJECT],
        report=report_of(message) if whole else None, reply=reply, reply_fault=fault,
        automatic=is_automatic(message), words=without_links(own_words(text, own_address=own_address)),
        tokens=tuple(dict.fromkeys(ANSWER_LINK.findall(text)))[:5],
        attachments=tuple(filter(None, (
            filename_of(part) for part in parts if not _is_calendar(part))))[:MOST_ATTACHMENTS],
        whole=whole)


def _digest(message: Message, octets: bytes) -> str:
    """The sender's own part of a mail: headers that servers add on the way differ at each delivery."""
    body = octets.partition(b"\r\n\r\n")[2] or octets.partition(b"\n\n")[2]
    names = "\0".join(header(message, name) for name in ("Message-ID", "From", "To", "Date", "Subject"))
    return hashlib.sha256(names.encode("utf-8", "replace") + b"\0" + body).hexdigest()


def _is_calendar(part: Message) -> bool:
    # Some programs send the calendar as a file of no type.
    return part.get_content_type() in ("text/calendar", "application/ics") or (
        part.get_content_type() in ("application/octet-stream", "text/plain")
        and filename_of(part).lower().endswith(".ics"))


def _calendar(parts: list[Message]) -> tuple[CalendarReply | None, str]:
    """The one answer in a mail; programs put it in twice, as a part and as a file."""
    found: list[CalendarReply] = []
    fault = ""
    for part in parts:
        if _is_calendar(part):
            method = part.get_param("method")
            try:
                reply = read_reply(in_utf_8(part), method=method if isinstance(method, str) else "")
            except UnreadableError as error:
                fault = str(error)
                continue
            # The file may lack the name of its character set, so that words in it read differently.
            if reply is not None and _bare(reply) not in map(_bare, found):
                found.append(reply)
    if len(found) > 1:
        return None, "two answers"
    return (found[0], "") if found else (None, fault)


def _bare(reply: CalendarReply) -> CalendarReply:
    return replace(reply, comment="", tokens=())


def _text(parts: list[Message]) -> str:
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not filename_of(part):
                text = text_of(part)
                if text.strip():
                    return text_of_html(text) if kind == "text/html" else text
    return ""
