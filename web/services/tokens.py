"""Secrets in links: made from the installation's key, stored only as their hash."""
from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode, urlsafe_b64encode

from flask import current_app

from web.settings import Settings

ANSWER = "answer"  # a client's answer page
RETURN = "return"  # the address that one mail comes back to


def settings() -> Settings:
    """The settings of the running installation."""
    installed: Settings = current_app.config["SETTINGS"]
    return installed


def link_token(purpose: str, subject: str) -> str:
    """The 256-bit secret for one purpose and one subject, the same each time it is asked for.

    It is not stored anywhere: whoever sends a link makes it anew. The key is derived for this use
    alone, so that a link's secret says nothing about sessions or forms signed with SECRET_KEY.
    """
    return urlsafe_b64encode(_mac(purpose, subject)).rstrip(b"=").decode("ascii")


def _mac(purpose: str, subject: str) -> bytes:
    key = hmac.digest(settings().secret_key.encode(), b"saputnik/links/1", "sha256")
    return hmac.digest(key, f"{purpose}\0{subject}".encode(), "sha256")


def token_hash(purpose: str, token: str) -> str:
    """What the database knows of a token; with its purpose, so that no token opens another door."""
    return hashlib.sha256(f"{purpose}\0{token}".encode()).hexdigest()


def answer_token(uid: str, generation: int = 0) -> str:
    """The secret in the link of the appointment with this UID, made anew so many times."""
    return link_token(ANSWER, f"{uid}\0{generation}" if generation else uid)


def answer_hash(token: str) -> str:
    """What `Appointment.token_hash` holds for this token."""
    return token_hash(ANSWER, token)


def return_token(message_id: str) -> str:
    """The 160-bit secret of one mail's way back; in lower case, which mail servers like to write."""
    return b32encode(_mac(RETURN, message_id)[:20]).decode("ascii").lower()


def return_hash(token: str) -> str:
    """What `Message.return_hash` holds for this token."""
    return token_hash(RETURN, token)


def return_address(message_id: str) -> str:
    """The envelope sender of one mail (VERP), or "" where the installation has no such addresses."""
    return settings().mail_return_address.replace("{token}", return_token(message_id))


def returned_token(address: str) -> str:
    """The secret in an address that mails come back to; "" for every other address."""
    return _filled_in(settings().mail_return_address, "{token}", address)


def office_address(office_id: int) -> str:
    """Where people write to one office, or "" where the installation has no such addresses."""
    return settings().mail_office_address.replace("{office}", str(office_id))


def addressed_office(address: str) -> int | None:
    """The office that an address belongs to; it need not exist. None for every other address."""
    number = _filled_in(settings().mail_office_address, "{office}", address)
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None


def _filled_in(pattern: str, blank: str, address: str) -> str:
    before, _, after = pattern.lower().partition(blank)
    address = address.lower()
    if not after or not (address.startswith(before) and address.endswith(after)):
        return ""
    return address[len(before):len(address) - len(after)]
