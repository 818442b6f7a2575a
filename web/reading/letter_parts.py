"""The parts of a mail, without descending into mails that are attached to it."""
from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from web.reading.letter_headers import header

MOST_PARTS = 100
LONGEST_NAME = 80


def leaves(message: Message) -> Iterator[Message]:
    """Every part that holds something, in order."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop()
        seen += 1
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [one for one in reversed(payload) if isinstance(one, Message)]
        else:
            yield part


def octets_of(part: Message) -> bytes:
    """What a part holds, its transfer encoding undone."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def in_utf_8(part: Message) -> bytes:
    """What a part holds, in UTF-8 whatever it came in; as it is where that is not what the mail says."""
    octets = octets_of(part)
    marked = octets.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return octets.decode("utf-16" if marked else part.get_content_charset() or "utf-8").encode()
    except (LookupError, UnicodeError):
        return octets


def text_of(part: Message) -> str:
    """A part as text; octets that its character set does not have are replaced."""
    charset = part.get_content_charset() or "utf-8"
    try:
        return octets_of(part).decode(charset, "replace")
    except LookupError:
        return octets_of(part).decode("utf-8", "replace")


def filename_of(part: Message) -> str:
    """What an attachment is called, for eyes only; "" for a part that is none."""
    if "Content-Disposition" not in part and not part.get_filename():
        return ""
    if header(part, "Content-Disposition").lower().startswith("inline") and not part.get_filename():
        return ""
    name = "".join(sign for sign in str(part.get_filename() or part.get_content_type()) if sign.isprintable())
    return re.split(r"[/\\]", name)[-1][-LONGEST_NAME:] or part.get_content_type()
