"""People whom the office already has, as rows of a file can be recognised as them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from web.models import db
from web.reading.folding import key
from web.services import assistants, clients
from web.services.import_fields import ASSISTANTS
from web.services.people import Kind
from web.services.people_rows import Directory

_CHUNK = 900  # values in one statement


def kind_of(kind: str) -> Kind[Any, Any]:
    """What saving clients or assistants needs."""
    return assistants.KIND if kind == ASSISTANTS else clients.KIND


def identity(values: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What tells people without a number apart: name with address or telephone, else origin, gender."""
    name = key(str(values.get("name") or f"{values.get('first_name', '')} {values.get('last_name', '')}"))
    if not name:
        return None
    if values.get("email"):
        return "email", name, str(values["email"]).casefold()
    if values.get("phone"):
        return "phone", name, str(values["phone"])
    return "name", name, str(values.get("origin", "")), str(values.get("gender", ""))


@dataclass(frozen=True)
class Known:
    """The office's people by number, and numbers by what else tells people apart."""

    people: Mapping[str, Any]
    codes: Mapping[tuple[str, ...], tuple[str, ...]]
    addresses: Mapping[str, tuple[str, ...]]  # of assistants: numbers by e-mail address

    def find(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The numbers of the people who may be meant."""
        if values.get("code"):
            return (values["code"],) if values["code"] in self.people else ()
        who = identity(values)
        return self.codes.get(who, ()) if who else ()

    def with_address(self, values: Mapping[str, Any]) -> Any | None:
        """The one assistant with the address of somebody who has no number."""
        found = () if values.get("code") else self.addresses.get(str(values.get("email", "")).casefold(), ())
        return self.people[found[0]] if len(found) == 1 else None


def load_known(kind: str, said: Iterable[Mapping[str, Any]], directory: Directory) -> Known:
    """Load those whom the rows may mean, with everything that is to be compared."""
    of = kind_of(kind)
    rows = list(said)
    wanted = {values["code"] for values in rows if values.get("code")}
    codes: dict[tuple[str, ...], tuple[str, ...]] = {}
    addresses: dict[str, tuple[str, ...]] = {}
    if any(not values.get("code") for values in rows):
        asked = {who for values in rows if not values.get("code") and (who := identity(values))}
        # Clients of one family share a mailbox; an assistant has their own.
        mailboxes = {str(values["email"]).casefold() for values in rows
                     if kind == ASSISTANTS and not values.get("code") and values.get("email")}
        table = of.row
        for row in db.session.execute(
            select(table.code, table.name, table.email, table.phone, table.origin, table.gender)
            .order_by(table.id)
        ):
            mapped = row._asdict()
            if (address := row.email.casefold()) in mailboxes:
                addresses[address] = (*addresses.get(address, ()), row.code)
                wanted.add(row.code)
            for who in {
                identity(mapped),
                identity(mapped | {"email": ""}),
                identity(mapped | {"email": "", "phone": ""}),
            }:
                if who in asked:
                    codes[who] = (*codes.get(who, ()), row.code)
                    wanted.add(row.code)
    people: dict[str, Any] = {}
    ordered = sorted(wanted)
    for start in range(0, len(ordered), _CHUNK):
        for person in db.session.scalars(
            select(of.row).where(of.row.code.in_(ordered[start : start + _CHUNK])).options(*of.loaded())
        ):
            people[person.code] = of.read(person, directory)
    return Known(people, codes, addresses)
