"""How much a provider takes: counted in rows, so that several workers and restarts keep to it together."""
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from web.models import Departure, Message
from web.services import tokens

_LONGEST = timedelta(days=1)


def limits_of(channel: str) -> tuple[tuple[timedelta, int], ...]:
    """How many may leave in each stretch of time; a provider counts any minute, not those of the clock."""
    settings = tokens.settings()
    spans = {"mail": ((timedelta(minutes=1), settings.mail_per_minute),
                      (timedelta(hours=1), settings.mail_per_hour), (_LONGEST, settings.mail_per_day)),
             "sms": ((timedelta(minutes=1), settings.sms_per_minute), (_LONGEST, settings.sms_per_day))}
    return tuple((span, most) for span, most in spans[channel] if most)


def has_room(session: Session, channel: str, *, now: datetime) -> bool:
    """Whether one more may leave now."""
    return reached(session, channel, now=now) is None


def reached(session: Session, channel: str, *, now: datetime) -> tuple[timedelta, int] | None:
    """The limit that lets no more leave now; what a worker holds in its hands counts as gone."""
    held = session.scalar(
        select(func.count(Message.id)).where(Message.channel == channel, Message.state == "claimed"),
        execution_options={"all_offices": True}) or 0
    for span, most in limits_of(channel):
        # What lies ahead of the clock was counted by one that went wrong.
        gone = session.scalar(select(func.count(Departure.id)).where(
            Departure.channel == channel, Departure.at > now - span, Departure.at <= now)) or 0
        if gone + held >= most:
            return span, most
    return None


def count(session: Session, channel: str, *, now: datetime) -> None:
    """Note that a provider is given something to send, in the transaction that says so of the row."""
    session.add(Departure(channel=channel, at=now))
    session.flush()


def forget_old(session: Session, *, now: datetime) -> None:
    """Delete what no limit counts any more."""
    session.execute(delete(Departure).where(Departure.at < now - 2 * _LONGEST))
