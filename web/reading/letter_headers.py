"""What the headers of a mail say: who wrote it, to whom, in answer to what, and whether a person did."""
from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

LONGEST_HEADER = 10_000
MOST_ADDRESSES = 50
MOST_HEADERS = 20  # of one name
DELIVERED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Apparently-To")
# Programs that answer for somebody and do not say so in a header of RFC 3834.
_AWAY = re.compile(
    r"\s*(auto(matic|mated)?[ -]?(reply|response)|out of (the )?office|automatski odgovor|"
    r"réponse automatique|automatische antwort|abwesenheit|автоматический ответ|رد تلقائي)", re.IGNORECASE)
# Of control characters and halves of signs no address and no Message-ID is made, nor can they be looked for.
_NONE = r"\s\x00-\x1f\x7f-\x9f\ud800-\udfff<>"
_ADDRESS = re.compile(rf"[^{_NONE}@,;:\"\\()\[\]]{{1,64}}@[^{_NONE}@,;:\"\\()\[\]]{{1,255}}")
_ID = re.compile(rf"<[^{_NONE}]{{1,300}}>")
_RESULT = re.compile(r"(?:^|;)\s*(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)


def header(message: Message, name: str) -> str:
    """The first header of this name in one line, decoded; "" where there is none."""
    values = all_headers(message, name)
    return values[0] if values else ""


def all_headers(message: Message, name: str) -> list[str]:
    """Every header of this name, from the top, each in one line and decoded."""
    return [" ".join(_decoded(str(value)[:LONGEST_HEADER]).split())
            for value in message.get_all(name, [])[:MOST_HEADERS]]


def _decoded(raw: str) -> str:
    try:
        parts = decode_header(raw)
    except (HeaderParseError, ValueError):
        return raw
    return "".join(part if isinstance(part, str) else _text(part, charset) for part, charset in parts)


def _text(octets: bytes, charset: str | None) -> str:
    try:
        return octets.decode(charset or "utf-8", "replace")
    except LookupError:
        return octets.decode("utf-8", "replace")


def sender_of(message: Message) -> str:
    """The one address in the one From header, in lower case; "" where there is another number of them."""
    written = message.get_all("From", [])
    if len(written) != 1:
        return ""
    found = _addresses([str(written[0])[:LONGEST_HEADER]])
    return found[0] if len(found) == 1 else ""


def addressed_to(message: Message) -> tuple[str, ...]:
    """Every address that the mail was sent or delivered to, in lower case."""
    values = [str(value)[:LONGEST_HEADER] for name in DELIVERED
              for value in message.get_all(name, [])[:MOST_HEADERS]]
    return tuple(dict.fromkeys(_addresses(values)))[:MOST_ADDRESSES]


def _addresses(values: list[str]) -> list[str]:
    # Strictly plain addresses: what a lenient parser makes of more could be somebody else's.
    return [address.lower() for _name, address in getaddresses(values) if _ADDRESS.fullmatch(address)]


def answers_to(message: Message) -> tuple[str, ...]:
    """The Message-IDs that the mail refers to, the nearest first."""
    nearest = _ID.findall(header(message, "In-Reply-To"))
    return tuple(dict.fromkeys([*nearest, *reversed(_ID.findall(header(message, "References")))]))[:20]


def message_ids(text: str) -> tuple[str, ...]:
    """Message-IDs that stand as headers in a text."""
    return tuple(_ID.findall(" ".join(re.findall(rf"(?im)^message-id:\s*({_ID.pattern})", text))))[:5]


def has_null_sender(message: Message) -> bool:
    """Whether the envelope had no sender, as a report's must not have (RFC 5321, 4.5.5)."""
    return header(message, "Return-Path").strip() == "<>"


def is_from_a_mail_server(message: Message) -> bool:
    """Whether a mail server itself wrote this."""
    return has_null_sender(message) or sender_of(message).partition("@")[0] in (
        "mailer-daemon", "postmaster", "mail-daemon")


def says_it_is_an_auto_reply(message: Message) -> bool:
    """Whether a program answered for somebody who is away."""
    return (header(message, "Auto-Submitted").lower().startswith("auto-replied")
            or _precedence(message) in ("bulk", "junk", "auto_reply")
            or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
            or _AWAY.match(header(message, "Subject")) is not None)


def is_automatic(message: Message) -> bool:
    """Whether no person wrote this (rule R4)."""
    submitted = header(message, "Auto-Submitted").lower()
    return (says_it_is_an_auto_reply(message) or is_from_a_mail_server(message)
            or (submitted != "" and not submitted.startswith("no"))
            or _precedence(message) == "list" or "List-Id" in message
            or "X-Auto-Response-Suppress" in message
            or message.get_content_type() == "multipart/report")


def _precedence(message: Message) -> str:
    return header(message, "Precedence").lower()


def verdict_of(message: Message, *, authserv_id: str) -> str:
    """What our own server found out about the sender (RFC 8601): "pass", "fail", or "" for nothing.

    Only the topmost header with our server's name counts: those below may have come with the mail.
    """
    for value in all_headers(message, "Authentication-Results") if authserv_id else ():
        name, _, results = value.partition(";")
        if name.strip().partition(" ")[0].lower() != authserv_id.lower():
            continue
        found: dict[str, list[str]] = {"dmarc": [], "dkim": [], "spf": []}
        for method, result in _RESULT.findall(_without_comments(results)):
            found[method.lower()].append(result.lower())
        if found["dmarc"]:
            verdict = "fail" if "fail" in found["dmarc"] else "pass" if "pass" in found["dmarc"] else ""
            if verdict:
                return verdict
        if "pass" in found["dkim"]:
            return ""  # signed, but perhaps by another domain than the sender's
        return "fail" if {"fail", "permerror"} & set(found["dkim"]) or "fail" in found["spf"] else ""
    return ""


def _without_comments(results: str) -> str:
    # Comments and quoted strings may hold anything that a sender chose.
    results = re.sub(r'"[^"]*"', "", results)
    while (shorter := re.sub(r"\([^()]*\)", "", results)) != results:
        results = shorter
    return results.partition("(")[0]
