"""Lists of people: searched, filtered, sorted, in pages."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from web.models import Appointment, Assistant, Client, DatedHours, Need, Topic, WeeklyHours, db
from web.services import catalogue
from web.services.people_checks import GENDERS

PAGE = 50
Row = TypeVar("Row", Client, Assistant)
# Letters that Unicode does not take apart.
_PLAIN = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "ı": "i"})
SORTS = ("name", "code", "urgency", "newest")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a list is narrowed to; empty texts narrow nothing."""

    text: str = ""
    language: str = ""
    origin: str = ""
    gender: str = ""
    topic: str = ""
    status: str = "active"  # active, ended, all
    without_hours: bool = False
    waiting: bool = False  # clients with an open need and no appointment to come for it
    sort: str = "name"
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything but the order and the page was chosen."""
        return bool(self.text or self.language or self.origin or self.gender or self.topic
                    or self.without_hours or self.waiting or self.status != "active")


def from_query(query: Mapping[str, str]) -> Filter:
    """Read a list's address; what makes no sense there narrows nothing."""
    def one_of(name: str, known: Collection[str], otherwise: str = "") -> str:
        return query[name] if query.get(name) in known else otherwise

    page = query.get("page", "1")
    return Filter(
        text=query.get("text", "")[:100], language=one_of("language", catalogue.languages()),
        origin=one_of("origin", catalogue.countries("en")), gender=one_of("gender", GENDERS),
        topic=query.get("topic", ""), status=one_of("status", ("active", "ended", "all"), "active"),
        without_hours=query.get("without_hours") == "1", waiting=query.get("waiting") == "1",
        sort=one_of("sort", SORTS, "name"), page=int(page) if re.fullmatch("[0-9]{1,7}", page) else 1)


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list."""

    rows: Sequence[Row]
    found: int
    page: int
    pages: int
    counts: dict[str, int] = field(default_factory=dict)  # active, ended


def fold(text: str) -> str:
    """Small letters without marks: "Égide" is found by "egide", "Đorđe" by "dorde"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return "".join(char for char in plain if not unicodedata.combining(char))


def list_clients(wanted: Filter, *, today: date) -> Listing[Client]:
    """Clients as a list shows them."""
    return _list(Client, wanted, today, [
        selectinload(Client.needs).selectinload(Need.topic), selectinload(Client.weekly_hours),
        selectinload(Client.dated_hours)])


def list_assistants(wanted: Filter, *, today: date) -> Listing[Assistant]:
    """Assistants as a list shows them."""
    return _list(Assistant, wanted, today, [
        selectinload(Assistant.topics), selectinload(Assistant.weekly_hours),
        selectinload(Assistant.dated_hours)])


def _list(row: type[Row], wanted: Filter, today: date, options: list[Any]) -> Listing[Row]:
    # Databases differ in what they hold for equal letters; names of people from everywhere are
    # searched and sorted here, on six short columns, and only one page of whole rows is loaded.
    query = select(row.id, row.name, row.code, row.email, row.phone, row.created_at)
    if row is Client:
        query = query.add_columns(Client.weight)
    found = db.session.execute(query.where(*_conditions(row, wanted, today))).all()
    terms = fold(wanted.text).split()
    if terms:
        digits = {term for term in terms if len(term) > 3 and term.lstrip("+").isdigit()}
        found = [each for each in found if _matches(each, terms, digits)]
    found = sorted(found, key=lambda each: (fold(each.name), each.id))
    if wanted.sort == "code":
        found.sort(key=lambda each: _natural(each.code))
    elif wanted.sort == "newest":
        found.sort(key=lambda each: each.created_at, reverse=True)
    elif wanted.sort == "urgency" and row is Client:
        found.sort(key=lambda each: -each.weight)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, wanted.page), pages)
    ids = [each.id for each in found[(page - 1) * PAGE:page * PAGE]]
    rows = {each.id: each for each in db.session.scalars(
        select(row).where(row.id.in_(ids)).options(*options))}
    return Listing([rows[each] for each in ids if each in rows], len(found), page, pages, _counts(row, today))


def _matches(each: Any, terms: list[str], digits: set[str]) -> bool:
    text = fold(f"{each.name} {each.code} {each.email}")
    phone = "".join(char for char in each.phone if char.isdigit())
    # A local number begins with 0 where the stored one has the country's prefix.
    return all(term in text or (term in digits and term.lstrip("+0") in phone) for term in terms)


def _natural(code: str) -> list[tuple[int, str]]:
    parts, number = [], ""
    for char in [*code.casefold(), ""]:
        if char.isdigit():
            number += char
            continue
        if number:
            parts.append((int(number), ""))
            number = ""
        parts.append((-1, char))
    return parts


def _ended(row: type[Row], today: date) -> ColumnElement[bool]:
    return and_(row.ended_on.is_not(None), row.ended_on <= today)


def _conditions(row: type[Row], wanted: Filter, today: date) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.status == "active":
        conditions.append(or_(row.ended_on.is_(None), row.ended_on > today))
    elif wanted.status == "ended":
        conditions.append(_ended(row, today))
    if wanted.language:
        conditions.append(row.languages[wanted.language].as_string().is_not(None))
    if wanted.origin:
        conditions.append(row.origin == wanted.origin)
    if wanted.gender:
        conditions.append(row.gender == wanted.gender)
    if wanted.topic:
        covers = (Client.needs.any(and_(Need.state == "open", Need.topic.has(Topic.code == wanted.topic)))
                  if row is Client else
                  or_(Assistant.all_topics, Assistant.topics.any(Topic.code == wanted.topic)))
        conditions.append(covers)
    if wanted.without_hours:
        owner = WeeklyHours.client_id if row is Client else WeeklyHours.assistant_id
        dated = DatedHours.client_id if row is Client else DatedHours.assistant_id
        conditions += [~exists().where(owner == row.id),
                       ~exists().where(dated == row.id, DatedHours.available, DatedHours.day >= today)]
    if wanted.waiting and row is Client:
        has_one = exists().where(Appointment.need_id == Need.id, Appointment.state != "cancelled")
        conditions.append(exists().where(Need.client_id == Client.id, Need.state == "open", ~has_one))
    return conditions


def _counts(row: type[Row], today: date) -> dict[str, int]:
    everybody = db.session.scalar(select(func.count(row.id))) or 0
    ended = db.session.scalar(select(func.count(row.id)).where(_ended(row, today))) or 0
    return {"active": everybody - ended, "ended": ended}
