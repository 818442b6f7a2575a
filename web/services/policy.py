"""What an office puts first when it matches: the order of the levels, and who follows whose language."""
from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from matcher.languages import DEFAULT_BRIDGES, LEVEL_NAMES
from matcher.parts import LEVELS
from web.i18n import gettext as _
from web.models import Office
from web.services.audit import record
from web.services.catalogue import languages
from web.services.errors import InvalidInputError, NotFoundError
from web.services.transactions import transaction

DEFAULT_LEVELS = LEVELS
LANGUAGE_LEVELS = LEVEL_NAMES
MOST_LOSS = 7


@dataclass(frozen=True, order=True)
class Bridge:
    """A client's language that an assistant's speaker follows, losing some levels."""

    client: str
    assistant: str
    loss: int


def level_sentences() -> dict[str, tuple[str, str]]:
    """What each level is called and what it counts."""
    return {
        "served": (_("Clients served"), _("As many clients as possible get an assistant, the urgent first.")),
        "stability": (_("Nothing moves"), _("Appointments that people already know of stay as they are.")),
        "origin": (_("Same origin"), _("Clients who wish it meet somebody from their country or culture.")),
        "language": (_("Language"), _("Pairs understand each other as well as possible.")),
        "gender": (_("Gender wish"), _("Clients who prefer a woman or a man get one.")),
        "continuity": (_("Same assistant"), _("Clients keep the assistant they had before.")),
        "balance": (_("Fair shares"), _("The work is spread evenly over the assistants.")),
        "extras": (_("Optional needs"), _("What would be nice to have gets an appointment too.")),
        "early": (_("Early days"), _("Appointments lie early in the round.")),
    }


def move_level(*, office: Office, level: str, up: bool, user_id: int, now: datetime) -> None:
    """Move a level one place up or down; at the end of the list it stays."""
    with transaction() as session:
        levels = list(office.levels)
        if level not in levels:
            raise NotFoundError(_("There is no such level."))
        here = levels.index(level)
        there = here - 1 if up else here + 1
        if 0 <= there < len(levels):
            levels[here], levels[there] = levels[there], levels[here]
            office.levels = levels
            record(session, user_id=user_id, action="office.levels-changed", subject=f"office:{office.id}",
                   now=now)


def bridges(office: Office) -> list[Bridge]:
    """The office's table of bridges, the reviewed default one where it has none of its own."""
    if office.bridges is None:
        return sorted(Bridge(each.client, each.assistant, each.loss) for each in DEFAULT_BRIDGES)
    return sorted(Bridge(**row) for row in office.bridges)


def add_bridge(*, office: Office, client: str, assistant: str, loss: str, user_id: int,
               now: datetime) -> None:
    """Add a bridge, or give the one between these languages another loss."""
    faults = {}
    known = languages()
    if client not in known:
        faults["client"] = _("Choose a language.")
    if assistant not in known:
        faults["assistant"] = _("Choose a language.")
    elif assistant == client:
        faults["assistant"] = _("Choose another language than the client's.")
    if loss not in {str(levels) for levels in range(MOST_LOSS + 1)}:
        faults["loss"] = _("Choose how many levels are lost.")
    if faults:
        raise InvalidInputError(faults)
    with transaction():
        others = _without(office, client, assistant)
        _store(office, [*others, Bridge(client, assistant, int(loss))], user_id, now)


def remove_bridge(*, office: Office, client: str, assistant: str, user_id: int, now: datetime) -> None:
    """Remove the bridge between two languages."""
    with transaction():
        others = _without(office, client, assistant)
        if len(others) == len(bridges(office)):
            raise NotFoundError(_("This bridge has been removed already."))
        _store(office, others, user_id, now)


def restore_bridges(*, office: Office, user_id: int, now: datetime) -> None:
    """Go back to the reviewed default table."""
    _store(office, None, user_id, now)


def _without(office: Office, client: str, assistant: str) -> list[Bridge]:
    return [each for each in bridges(office) if (each.client, each.assistant) != (client, assistant)]


def _store(office: Office, table: list[Bridge] | None, user_id: int, now: datetime) -> None:
    with transaction() as session:
        office.bridges = None if table is None else [asdict(each) for each in sorted(table)]
        record(session, user_id=user_id, action="office.bridges-changed", subject=f"office:{office.id}",
               now=now)
