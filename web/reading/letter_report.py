"""Reports of mail servers on a mail of ours (RFC 3464), and those of servers that never read an RFC."""
from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from web.reading.letter_headers import (
    header,
    is_from_a_mail_server,
    message_ids,
    says_it_is_an_auto_reply,
)
from web.reading.letter_parts import leaves, text_of
from web.reading.letter_words import plain

LONGEST_ANSWER = 300
_WAITS = re.compile(r"\b(delay|warning|still (being )?retr|temporar)", re.IGNORECASE)


@dataclass(frozen=True)
class Report:
    """What became of a mail of ours."""

    fate: str  # failed, delayed (the server goes on trying), or delivered
    answer: str  # the server's words
    message_ids: tuple[str, ...]  # of the mail that is reported on, as far as it is sent back


def report_of(message: Message) -> Report | None:
    """Read a report; None where this is none.

    A report need not be a multipart/report: OpenSMTPD sends its own as multipart/mixed, qmail as text.
    """
    parts = list(leaves(message))
    if any(part.get_content_type() == "message/disposition-notification" for part in parts):
        return None  # somebody has read a mail
    fields = [found for part in parts if part.get_content_type() == "message/delivery-status"
              for found in _blocks(part)]
    if fields:
        fate, answer = _told(fields)
    elif "X-Failed-Recipients" in message:
        fate, answer = "failed", ""  # Exim
    elif is_from_a_mail_server(message) and not says_it_is_an_auto_reply(message):
        fate, answer = ("delayed" if _WAITS.search(header(message, "Subject")) else "failed"), ""
    else:
        return None
    return Report(fate=fate, answer=plain(answer or _first_words(parts))[:LONGEST_ANSWER],
                  message_ids=tuple(dict.fromkeys(one for part in parts for one in _named(part))))


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _told(fields: list[Message]) -> tuple[str, str]:
    # Each of our mails has one recipient, so that one block is about it; where a list stands behind
    # the address, one failure is a failure.
    fates: dict[str, str] = {}
    for block in fields:
        action, status = header(block, "Action").lower(), header(block, "Status")
        answer = header(block, "Diagnostic-Code") or status
        if action == "failed" or (not action and status.startswith("5")):
            fates.setdefault("failed", answer)
        elif action == "delayed" or (not action and status.startswith("4")):
            fates.setdefault("delayed", answer)
    for fate in ("failed", "delayed"):
        if fate in fates:
            return fate, fates[fate]
    return "delivered", ""


def _first_words(parts: list[Message]) -> str:
    text = next((text_of(part) for part in parts if part.get_content_type() == "text/plain"), "")
    return " ".join(text[:2000].split())


def _named(part: Message) -> tuple[str, ...]:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        return message_ids(f"Message-ID: {header(first, 'Message-ID')}") if isinstance(first, Message) else ()
    if kind in ("text/rfc822-headers", "message/rfc822-headers", "text/plain"):
        return message_ids(text_of(part))
    return ()
