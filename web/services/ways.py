"""How a client is reached: by mail, by SMS, or by people."""
from __future__ import annotations

from dataclasses import dataclass

from web.models import Client
from web.services import tokens

CHANNELS = ("mail", "sms", "none")


@dataclass(frozen=True)
class Way:
    """A channel of the outbox, and the address or number there."""

    channel: str
    address: str


def way_to(client: Client) -> Way | None:
    """The way that was chosen for a client, where it can be gone; None: a card or the telephone."""
    return way_by(client.channel, email=client.email, phone=client.phone)


def way_by(channel: str, *, email: str, phone: str) -> Way | None:
    """The same, from the columns of a client's row."""
    if channel == "mail" and email:
        return Way("mail", email)
    if channel == "sms" and phone and tokens.settings().sms_url:
        return Way("sms", "".join(sign for sign in phone if sign in "+0123456789"))
    return None
