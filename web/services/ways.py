"""How a client is reached: by mail, by SMS, or by people."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from web.models import Client, Message, db
from web.services import tokens

CHANNELS = ("mail", "sms", "none")


@dataclass(frozen=True)
class Way:
    """A channel of the outbox, and the address or number there."""

    channel: str
    address: str


def way_to(client: Client, *, dead: Collection[str] = ()) -> Way | None:
    """The way that was chosen for a client, where it can be gone; None: a card or the telephone.

    `dead` addresses are no way: see `dead_addresses`.
    """
    way = way_by(client.channel, email=client.email, phone=client.phone)
    return None if way and way.address in dead else way


def dead_addresses() -> frozenset[str]:
    """The addresses of the chosen office from which a mail came back, or that a server refused, for good.

    Writing on would tell nobody anything, and make mail servers take us for senders of junk. Another
    address begins anew; so does this one when a coordinator sends the mail again.
    """
    return frozenset(db.session.scalars(
        select(Message.recipient).where(Message.state.in_(("bounced", "refused"))).distinct()))


def way_by(channel: str, *, email: str, phone: str) -> Way | None:
    """The same, from the columns of a client's row."""
    if channel == "mail" and email:
        return Way("mail", email)
    if channel == "sms" and phone and tokens.settings().sms_url:
        return Way("sms", "".join(sign for sign in phone if sign in "+0123456789"))
    return None
