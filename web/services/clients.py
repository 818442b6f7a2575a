"""Clients: found, saved, ended."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from web.i18n import gettext as _
from web.models import Client, Notice
from web.services import appointments, audit, links, people, people_appointments
from web.services.errors import InvalidInputError
from web.services.people_checks import check_client
from web.services.people_data import ClientData, NeedData, by_day
from web.services.people_rows import Directory, client_data, write_client
from web.services.transactions import transaction
from web.services.ways import Way, way_to


def _write(session: Session, client: Client, data: ClientData, before: ClientData | None,
           directory: Directory, now: datetime) -> None:
    former = way_to(client) if before is not None else None
    dropped = {need.id for need in write_client(client, data, before, directory)}
    elsewhere = before is not None and _differ(former, way_to(client))
    if elsewhere and way_to(client) is not None:
        _forget_bounces(session, client)
    if elsewhere and former is not None:
        links.end_links(session, client, now=now)  # whoever reads there may be another person by now
    for appointment in people_appointments.coming(client, now=now) if dropped else ():
        if appointment.need_id in dropped:
            appointments.cancel(session, appointment, reason="withdrawn", now=now)
    for appointment in people_appointments.to_be_told(client, now=now) if elsewhere else ():
        appointments.readdress(session, appointment, former=former.address if former else "", now=now)


def _forget_bounces(session: Session, client: Client) -> None:
    """Take back the tasks about an address that is another one now: what counts goes there."""
    session.execute(delete(Notice).where(Notice.client_id == client.id, Notice.seen_at.is_(None),
                                         Notice.kind.in_(("mail-bounced", "mail-failed"))))


def _differ(former: Way | None, present: Way | None) -> bool:
    # In capitals it is the same mailbox, which a CANCEL and a REQUEST at once would confuse.
    return (former and (former.channel, former.address.casefold())) != (
        present and (present.channel, present.address.casefold()))


def _complete(data: ClientData, before: ClientData) -> ClientData:
    """Add what only the office knows to what a spreadsheet says about a client it has already."""
    rows = list(before.needs)
    rows.sort(key=lambda need: ("open", "done", "dropped").index(need.state))
    needs = dict[int, NeedData]()
    new = []
    for need in data.needs:
        row = next((row for row in rows if row.id not in needs
                    and (row.id == need.id if need.id is not None else row.topic == need.topic)), None)
        if row is None or row.id is None:
            new.append(need)
        elif need.id is not None:
            needs[row.id] = need
        else:
            needs[row.id] = replace(row, minutes=need.minutes or row.minutes, by=need.by or row.by,
                                    optional=need.optional or row.optional)
    return replace(
        people.complete(data, before),
        needs=tuple(needs.get(row.id or 0, row) for row in before.needs) + tuple(new),
        dated_hours=by_day({*data.dated_hours, *(day for day in before.dated_hours if not day.available)}))


KIND = people.Kind(row=Client, subject="client", prefix="C", check=check_client, read=client_data,
                   write=_write, complete=_complete)


def get_client(client_id: int) -> Client:
    """A client of this office with everything that belongs to them."""
    return people.find(KIND, client_id)


def read_client(client_id: int, *, user_id: int, now: datetime) -> Client:
    """A client's record, for somebody's eyes: the audit notes whose."""
    people.note_reading(KIND, person_id=client_id, user_id=user_id, now=now)
    return get_client(client_id)


def save_client(*, data: ClientData, client_id: int | None = None, version: int | None = None,
                user_id: int | None, now: datetime) -> people.Saved:
    """Add a client, or change one that is still as the editor saw it; see `people.save`."""
    return people.save(KIND, data=data, person_id=client_id, version=version, user_id=user_id, now=now)


def save_clients(*, clients: Sequence[ClientData], user_id: int | None, now: datetime) -> list[people.Saved]:
    """Add or change many clients in one transaction; see `people.save_all`."""
    return people.save_all(KIND, people=clients, user_id=user_id, now=now)


def end_client(*, client_id: int, day: date | None, cancel: bool, user_id: int, now: datetime) -> None:
    """Let a client take no part from `day` on; with `cancel` also take back what is still to come.

    Raises
    ------
    InvalidInputError
        Where no day is given.
    """
    if day is None:
        raise InvalidInputError({"day": _("Choose a day.")})
    with transaction() as session:
        client = people.set_end(KIND, session, person_id=client_id, day=day, user_id=user_id, now=now)
        if cancel:
            people_appointments.cancel_from(session, client, day=day, reason="withdrawn", now=now)


def renew_links(*, client_id: int, user_id: int, now: datetime) -> None:
    """End a client's answer links because a coordinator says so: somebody else may have them."""
    with transaction() as session:
        client = get_client(client_id)
        links.end_links(session, client, now=now)
        audit.record(session, user_id=user_id, action="client.links-renewed", subject=f"client:{client.id}",
                     now=now)


def reopen_client(*, client_id: int, user_id: int, now: datetime) -> None:
    """Let a client take part again."""
    with transaction() as session:
        people.set_end(KIND, session, person_id=client_id, day=None, user_id=user_id, now=now)
