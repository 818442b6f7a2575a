"""Which edits change which calendars: a revision is counted wherever a shown thing changes.

A feed's validators start from `Assistant.feed_revision`; if each use case had to remember to raise it, one
that forgot would leave phones with an old address. So it is raised beneath them all, at the flush.
"""
from __future__ import annotations

from sqlalchemy import ColumnElement, event, inspect, select, true, update
from sqlalchemy.orm import Session, UOWTransaction

from web.models.appointment import Appointment, FormerAssistant
from web.models.assistant import Assistant
from web.models.client import Client, Need
from web.models.office import Office
from web.models.place import Place
from web.models.topic import Topic

SHOWN: dict[type, frozenset[str]] = {
    Client: frozenset({"code", "first_name"}),
    Place: frozenset({"name", "address"}),
    Topic: frozenset({"names"}),
    Assistant: frozenset({"name", "mail_language", "first_name_in_feed"}),
    Office: frozenset({"public_name", "timezone", "language", "first_name_in_feed"}),
}


def _concerned(row: object) -> ColumnElement[bool]:
    """The assistants whose calendars show this row."""
    if isinstance(row, Office):
        return true()
    if isinstance(row, Assistant):
        return Assistant.id == row.id
    if isinstance(row, Client):
        shown = Appointment.client_id == row.id
    elif isinstance(row, Place):
        shown = Appointment.place_id == row.id
    else:
        assert isinstance(row, Topic)  # noqa: S101 -- the last key of SHOWN
        shown = Appointment.need_id.in_(select(Need.id).where(Need.topic_id == row.id))
    former = select(FormerAssistant.assistant_id).join(Appointment).where(shown)
    return Assistant.id.in_(select(Appointment.assistant_id).where(shown).union(former))


@event.listens_for(Session, "after_flush")
def _count_revisions(session: Session, context: UOWTransaction) -> None:
    for row in session.dirty:
        shown = SHOWN.get(type(row))
        if shown is None:
            continue
        state = inspect(row)
        if any(state.attrs[name].history.has_changes() for name in shown):
            session.execute(
                update(Assistant).where(_concerned(row)).values(feed_revision=Assistant.feed_revision + 1)
                .execution_options(synchronize_session=False))
