"""A draft as its coordinator sees it before solving: who takes part, who cannot, what is held fast."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.models import Assistant, Client, Office, Round, db
from web.services.participants import LeftOut, Participants, participants
from web.services.prospects import hopeless
from web.services.snapshot import document_of
from web.services.wording import Counted


@dataclass(frozen=True, kw_only=True)
class Hopeless:
    """A client whom no assistant can serve, and why not."""

    client: Client
    reasons: tuple[Counted, ...]


@dataclass(frozen=True, kw_only=True)
class Held:
    """A pin or a ban."""

    client: Client
    assistant: Assistant
    start: str  # local wall clock of a pinned appointment, or ""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Everything about a draft but its plan."""

    parts: Participants
    hopeless: tuple[Hopeless, ...]
    pins: tuple[Held, ...]
    bans: tuple[Held, ...]

    @property
    def by_hand(self) -> list[LeftOut[Client] | LeftOut[Assistant]]:
        """People taken out by hand, who can be taken in again."""
        everybody: list[LeftOut[Client] | LeftOut[Assistant]] = [
            *self.parts.clients_out, *self.parts.assistants_out]
        return [one for one in everybody if one.why == "by-hand"]

    @property
    def moving(self) -> int:
        """How many announced appointments the round protects but may move."""
        taking = {one.person.id for one in self.parts.clients}
        return sum(row.client_id in taking for row in self.parts.standing.movable.values())


def overview(office: Office, round: Round, *, now: datetime) -> Overview:
    """Look a draft over."""
    parts = participants(office, round, now=now)
    rows = {one.person.code: one.person for one in parts.clients}
    found = hopeless(document_of(office, round, parts)) if parts.clients and parts.assistants else {}

    def held(client_id: int, assistant_id: int, start: str | None) -> Held:
        return Held(client=db.session.get_one(Client, client_id), start=start or "",
                    assistant=db.session.get_one(Assistant, assistant_id))

    return Overview(
        parts=parts,
        hopeless=tuple(Hopeless(client=rows[code], reasons=reasons) for code, reasons in found.items()),
        pins=tuple(held(pin.client_id, pin.assistant_id, pin.start) for pin in round.pins),
        bans=tuple(held(ban.client_id, ban.assistant_id, None) for ban in round.bans))
