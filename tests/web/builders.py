"""Rows with dull defaults, so that every value in sight of a test matters."""
from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from tests.web.conftest import NOW
from web.models import Appointment, Assistant, Base, Client, Message, Need, Place, Round, Topic, db
from web.services.tokens import answer_hash, answer_token

Row = TypeVar("Row", bound=Base)


def _add(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def _code(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(8)}"


def make_place(**fields: Any) -> Place:
    """A place; every call makes another one."""
    return _add(Place(**{"code": _code("place"), "name": "Office", "address": "Nemanjina 1", **fields}))


def make_topic(**fields: Any) -> Topic:
    """A topic of an hour, open at any time."""
    return _add(Topic(**{"code": _code("topic"), "minutes": 60, "names": {"en": "Bank account"}, **fields}))


def _person(**fields: Any) -> dict[str, Any]:
    return {"gender": "female", "origin": "AF", "languages": {"fa": "native"}, "created_at": NOW, **fields}


def make_client(**fields: Any) -> Client:
    """A client without needs, wishes and availability."""
    return _add(Client(**_person(**{
        "code": _code("C"), "name": "Zahra Ahmadi", "first_name": "Zahra", "email": "zahra@example.org",
        **fields})))


def make_assistant(**fields: Any) -> Assistant:
    """An assistant who takes everybody, without availability."""
    return _add(Assistant(**_person(**{
        "code": _code("A"), "name": "Nadia Karimi", "first_name": "Nadia", "email": "nadia@example.org",
        **fields})))


def make_need(client: Client | None = None, topic: Topic | None = None, **fields: Any) -> Need:
    """An essential, open need."""
    client, topic = client or make_client(), topic or make_topic()
    return _add(Need(client=client, topic=topic, **fields))


def make_round(**fields: Any) -> Round:
    """A draft of the week after NOW's, Monday to Friday."""
    return _add(Round(**{
        "title": "Week 49", "first_day": date(2026, 11, 30), "last_day": date(2026, 12, 4), "created_at": NOW,
        **fields}))


def make_appointment(**fields: Any) -> Appointment:
    """An invitation for an hour on the Monday after NOW, at 10:00 in Belgrade.

    Missing rows around it are made; the client's link is `/a/` and `answer_token(appointment.uid)`.
    """
    uid = fields.pop("uid", f"{secrets.token_hex(16)}@localhost")
    need = fields.pop("need", None) or make_need(client=fields.pop("client", None))
    starts_at = fields.pop("starts_at", datetime(2026, 11, 30, 9, 0, tzinfo=UTC))
    ends_at = fields.pop("ends_at", starts_at + timedelta(hours=1))
    return _add(Appointment(**{
        "uid": uid,
        "round_id": (fields.pop("round", None) or make_round(state="published", ended_at=NOW)).id,
        "client": need.client, "assistant": fields.pop("assistant", None) or make_assistant(), "need": need,
        "place": fields.pop("place", None) or make_place(), "starts_at": starts_at, "ends_at": ends_at,
        "revised_at": NOW, "created_at": NOW, "token_hash": answer_hash(answer_token(uid)),
        **fields}))


def make_message(appointment: Appointment, **fields: Any) -> Message:
    """The invitation to an appointment, sent."""
    return _add(Message(**{
        "appointment_id": appointment.id, "revision": appointment.sequence, "kind": "invitation",
        "recipient": appointment.client.email, "language": "en", "facts": {},
        "message_id": f"<{secrets.token_hex(20)}@localhost>", "state": "sent", "next_attempt_at": NOW,
        "give_up_at": appointment.starts_at, "created_at": NOW, **fields}))
