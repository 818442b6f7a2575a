"""What a round's document holds fast: pins, bans, and appointments to keep."""
from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from web.models import Office, Round
from web.services.local_time import wall
from web.services.need_ids import need_id
from web.services.participants import Participants
from web.services.stretches import down


def pins(round: Round, parts: Participants) -> list[dict[str, Any]]:
    """The coordinator's pins between people who take part, about needs that do."""
    clients = {one.person.id: one for one in parts.clients}
    assistants = {one.person.id: one.person.code for one in parts.assistants}
    found = set()
    for pin in round.pins:
        client = clients.get(pin.client_id)
        if client is None or pin.assistant_id not in assistants:
            continue
        if pin.need_id is not None and pin.need_id not in {need.id for need in client.needs}:
            continue
        need = "" if pin.need_id is None else need_id(pin.need_id)
        found.add((client.person.code, assistants[pin.assistant_id], need, pin.start or ""))
    return [{"client": client, "assistant": assistant} | ({"need": need, "start": start} if need else {})
            for client, assistant, need, start in sorted(found)]


def bans(round: Round, parts: Participants) -> list[dict[str, str]]:
    """The coordinator's bans, and those that keep a client with the assistant they already meet."""
    clients = {one.person.id: one for one in parts.clients}
    assistants = {one.person.id: one.person.code for one in parts.assistants}
    found = {(clients[ban.client_id].person.code, assistants[ban.assistant_id]) for ban in round.bans
             if ban.client_id in clients and ban.assistant_id in assistants}
    for client_id, assistant_ids in staying(round, parts).items():
        found |= {(clients[client_id].person.code, code) for id_, code in assistants.items()
                  if id_ not in assistant_ids}
    return [{"client": client, "assistant": assistant} for client, assistant in sorted(found)]


def staying(round: Round, parts: Participants) -> dict[int, set[int]]:
    """Clients who stay with whom they meet in these weeks anyway: by client, the assistants."""
    clients = {one.person.id: one for one in parts.clients}
    taking = {one.person.id for one in parts.assistants}
    pinned = {pin.client_id for pin in round.pins}
    found: dict[int, set[int]] = defaultdict(set)
    for row in parts.fixed:
        if row.client_id in clients and row.client_id not in pinned and row.assistant_id in taking:
            found[row.client_id].add(row.assistant_id)
    for client_id, assistant_ids in found.items():
        assistant_ids |= {row.assistant_id for row in parts.standing.movable.values()
                          if row.client_id == client_id}
    return dict(found)


def keep(office: Office, parts: Participants) -> list[dict[str, str]]:
    """What has been announced and may be moved: between people who take part, on the grid."""
    clients = {one.person.id: one for one in parts.clients}
    assistants = {one.person.id: one.person.code for one in parts.assistants}
    found = []
    for need, row in parts.standing.movable.items():
        start = wall(row.starts_at, office.timezone)
        if row.client_id in clients and row.assistant_id in assistants and _on_grid(start, office):
            found.append((clients[row.client_id].person.code, need_id(need), assistants[row.assistant_id],
                          start.isoformat(timespec="minutes")))
    return [{"client": client, "assistant": assistant, "need": need, "start": start}
            for client, need, assistant, start in sorted(found)]


def _on_grid(start: datetime, office: Office) -> bool:
    return down(start, office.grid_minutes) == start
