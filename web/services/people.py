"""What saving, ending and reopening have in common for clients and assistants."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.exc import StaleDataError

from web.i18n import gettext as _
from web.models import Assistant, AuditEntry, Client, Office, User, current_office_id, db
from web.services import audit
from web.services.errors import ConflictError, InvalidInputError, NotFoundError
from web.services.local_time import wall
from web.services.people_checks import Faults
from web.services.people_data import AssistantData, ClientData, Known
from web.services.people_insert import insert_people
from web.services.people_rows import Directory, load_directory
from web.services.transactions import transaction

Row = TypeVar("Row", Client, Assistant)
Data = TypeVar("Data", ClientData, AssistantData)


@dataclass(frozen=True)
class Saved:
    """What became of one person's data."""

    id: int
    code: str
    outcome: str  # added, changed, unchanged


@dataclass(frozen=True)
class Kind(Generic[Row, Data]):
    """What clients and assistants differ in."""

    row: type[Row]
    subject: str  # "client", as the audit names it
    prefix: str  # of the codes that the office is given
    check: Callable[[Data, Known], tuple[Data, Faults]]
    read: Callable[[Row, Directory], Data]
    # Writes data to a row and says what followed from it: (session, row, data, before, directory, now).
    write: Callable[[Session, Row, Data, Data | None, Directory, datetime], None]
    # Fills in what data left open and its row knows: (data, the row's data).
    complete: Callable[[Data, Data], Data]

    def loaded(self) -> list[Any]:
        """Loader options that bring a person with everything that `read` looks at."""
        return [selectinload(getattr(self.row, name)) for name in (
            "places", "weekly_hours", "dated_hours",
            *(("needs", "not_with") if self.row is Client else ("topics",)))]


def find(kind: Kind[Row, Data], person_id: int) -> Row:
    """A person of this office; raises NotFoundError where there is none."""
    row = db.session.scalar(select(kind.row).where(kind.row.id == person_id).options(*kind.loaded()))
    if row is None:
        raise NotFoundError(_("There is no such person in this office."))
    return row


@contextmanager
def _one_at_a_time() -> Iterator[Session]:
    try:
        with transaction() as session:
            yield session
    except (StaleDataError, IntegrityError) as error:
        raise ConflictError(_("Somebody else saved at the same moment. Nothing of yours was saved; "
                              "load the page again.")) from error


def save(kind: Kind[Row, Data], *, data: Data, person_id: int | None, version: int | None,
         user_id: int | None, now: datetime) -> Saved:
    """Add a person, or change the one with this id if it still is what the editor saw.

    Raises
    ------
    InvalidInputError
        With a fault for each field.
    ConflictError
        Where the person was changed after `version`; says by whom.
    """
    with _one_at_a_time() as session:
        directory = load_directory(session)
        data, faults = kind.check(data, directory.known)
        row = find(kind, person_id) if person_id is not None else None
        before = kind.read(row, directory) if row is not None else None
        if row is not None and version is not None and row.version != version:
            raise ConflictError(_changed_by(kind, row.id))
        data = replace(data, code=data.code or (before.code if before else next(_free_codes(kind))))
        holder = session.scalar(select(kind.row.id).where(kind.row.code == data.code))
        if holder is not None and holder != person_id:
            faults.setdefault("code", _("%(code)s is taken. Write another one.", code=data.code))
        if faults:
            raise InvalidInputError(faults)
        if row is not None and before == data:
            return Saved(row.id, row.code, "unchanged")
        if row is None:
            row = kind.row(created_at=now)
            session.add(row)
        kind.write(session, row, data, before, directory, now)
        session.flush()
        saved = Saved(row.id, row.code, "added" if before is None else "changed")
        _note(kind, session, [saved], user_id=user_id, now=now)
        return saved


def save_all(kind: Kind[Row, Data], *, people: Sequence[Data], user_id: int | None,
             now: datetime) -> list[Saved]:
    """Add or change many people at once, found by their codes: all of them or none.

    The same data again changes nothing. A person without a code is a new one. What a spreadsheet
    cannot know stays as it is: time off, the state of a need, needs that it does not mention.

    Raises
    ------
    InvalidInputError
        With faults as `3.email`: the third of `people` counted from 0, and its field.
    """
    with _one_at_a_time() as session, session.no_autoflush:
        directory = load_directory(session)
        given = Counter(data.code for data in people if data.code)
        rows, free = _by_code(kind, list(given)), _free_codes(kind, set(given))
        known, faults, checked = directory.known, dict[str, str](), list[tuple[Data, Data | None]]()
        for number, data in enumerate(people):
            row = rows.get(data.code)
            before = kind.read(row, directory) if row is not None else None
            data, found = kind.check(kind.complete(data, before) if before is not None else data, known)
            if given[data.code] > 1:
                found["code"] = _("%(code)s stands there twice.", code=data.code)
            faults |= {f"{number}.{field}": text for field, text in found.items()}
            checked.append((data if data.code else replace(data, code=next(free)), before))
        if faults:
            raise InvalidInputError(faults)
        new = [data for data, before in checked if before is None]
        ids = dict(zip((data.code for data in new),
                       insert_people(session, kind.row, new, directory, now), strict=True))
        done = []
        for data, before in checked:
            if before is None:
                done.append(Saved(ids[data.code], data.code, "added"))
                continue
            if before != data:
                kind.write(session, rows[data.code], data, before, directory, now)
            done.append(Saved(rows[data.code].id, data.code, "unchanged" if before == data else "changed"))
        session.flush()
        _note(kind, session, done, user_id=user_id, now=now)
        return done


def _note(kind: Kind[Row, Data], session: Session, done: Sequence[Saved], *, user_id: int | None,
          now: datetime) -> None:
    for saved in done:
        if saved.outcome != "unchanged":
            audit.record(session, user_id=user_id, action=f"{kind.subject}.{saved.outcome}",
                         subject=f"{kind.subject}:{saved.id}", now=now)


def _by_code(kind: Kind[Row, Data], codes: Sequence[str]) -> Mapping[str, Row]:
    rows: dict[str, Row] = {}
    for start in range(0, len(codes), 1000):
        some = list(codes[start:start + 1000])
        query = select(kind.row).where(kind.row.code.in_(some)).options(*kind.loaded())
        rows |= {row.code: row for row in db.session.scalars(query)}
    return rows


def _free_codes(kind: Kind[Row, Data], taken: set[str] | None = None) -> Iterator[str]:
    pattern = re.compile(re.escape(kind.prefix) + r"-(\d{1,9})")
    code: Any = kind.row.code
    codes = set(db.session.scalars(select(code).where(code.like(f"{kind.prefix}-%")))) | (taken or set())
    last = max((int(match[1]) for each in codes if (match := pattern.fullmatch(each))), default=0)
    while True:
        last += 1
        yield f"{kind.prefix}-{last}"


def _changed_by(kind: Kind[Row, Data], person_id: int) -> str:
    subject, reading = f"{kind.subject}:{person_id}", f"{kind.subject}.read"
    last = db.session.execute(
        select(User.name).join(AuditEntry, AuditEntry.user_id == User.id)
        .where(AuditEntry.subject == subject, AuditEntry.action != reading)
        .order_by(AuditEntry.id.desc()).limit(1)).scalar()
    if last is None:
        return _("This record was changed after you opened it. Nothing of yours was saved yet.")
    return _("%(name)s changed this record after you opened it. Nothing of yours was saved yet.", name=last)


def note_reading(kind: Kind[Row, Data], *, person_id: int, user_id: int, now: datetime) -> None:
    """Leave a trace of who looked at whose record."""
    find(kind, person_id)
    with transaction() as session:
        audit.record(session, user_id=user_id, action=f"{kind.subject}.read",
                     subject=f"{kind.subject}:{person_id}", now=now)


def set_end(kind: Kind[Row, Data], session: Session, *, person_id: int, day: date | None, user_id: int,
            now: datetime) -> Row:
    """Write from which day on somebody takes no part; None reopens the record."""
    row = find(kind, person_id)
    if row.ended_on != day:
        row.ended_on = day
        audit.record(session, user_id=user_id, subject=f"{kind.subject}:{row.id}", now=now,
                     action=f"{kind.subject}.{'reopened' if day is None else 'ended'}")
    return row


def complete(data: Data, before: Data) -> Data:
    """Keep what was chosen by hand where the new data leaves it open."""
    same = (data.origin, dict(data.languages)) == (before.origin, dict(before.languages))
    return replace(
        data,
        mail_language=data.mail_language or before.mail_language,
        first_name=data.first_name or (before.first_name if data.name == before.name else ""),
        cultures=before.cultures if data.cultures is None and same else data.cultures)


def today(now: datetime) -> date:
    """The date on the office's wall."""
    return wall(now, db.session.get_one(Office, current_office_id()).timezone).date()
