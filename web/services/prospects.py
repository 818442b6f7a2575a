"""Which clients of a round nobody can serve, before it is solved, and what keeps them from everybody."""
from __future__ import annotations

from typing import Any

from matcher import Round
from web.services.wording import Counted, unmatched_reason


def hopeless(document: dict[str, Any]) -> dict[str, tuple[Counted, ...]]:
    """Find clients whom no assistant can serve: by code, the reasons that add up to all assistants."""
    # Imported here: numpy and the tables are needed on this page only.
    from matcher.candidates import candidates
    from matcher.explain import OUTRANKED, reasons_for_unmatched

    round = Round.from_document(document)
    table = candidates(round)
    possible = set(table.client.tolist())
    found = {}
    for n, client in enumerate(table.clients):
        if n not in possible and table.assistants:
            found[client.id] = tuple(
                unmatched_reason(reason.code, reason.assistants or 0)
                for reason in reasons_for_unmatched(round, table, client.id) if reason.code != OUTRANKED)
    return found
