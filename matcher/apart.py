"""The parts of a round that share nobody: rounds of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.candidates import Candidates
from matcher.parts import Ban, Keep, Pin
from matcher.program import labels
from matcher.round import Round
from matcher.rows import Ints, family

# Smaller parts, in possible pairs, are solved together: each costs a few milliseconds of its own.
SMALLEST = 100


def parts_of(table: Candidates) -> tuple[Round, ...]:
    """Return the parts of a round that share nobody, the largest first; none where it is all one.

    Whoever can meet nobody, and everybody whose part is small, are in one of them together.
    """
    pairs = _left_by_pins(table)
    client, assistant = table.client[pairs], table.assistant[pairs]
    each = np.arange(len(pairs))
    rows = family(client, each, 1.0, rule=0).joined(family(assistant, each, 1.0, rule=0))
    _, part, size = np.unique(labels(rows, len(pairs)), return_inverse=True, return_counts=True)
    large = np.flatnonzero(size >= SMALLEST)
    if len(large) < 2:
        return ()
    # Of parts of one size, the one of the first client is first; the small ones come last.
    order = large[np.argsort(-size[large], kind="stable")]
    place = np.full(len(size), len(order))
    place[order] = np.arange(len(order))
    of_client = np.full(len(table.clients), len(order))
    of_client[client] = place[part]
    of_assistant = np.full(len(table.assistants), len(order))
    of_assistant[assistant] = place[part]
    known = table.columns
    where = {known.clients[n].id: p for n, p in enumerate(of_client.tolist())}
    with_whom = {known.assistants[n].id: p for n, p in enumerate(of_assistant.tolist())}
    return tuple(
        _part(table.round, where, with_whom, n)
        for n in range(len(order) + 1) if n < len(order) or n in of_client or n in of_assistant
    )


def _left_by_pins(table: Candidates) -> Ints:
    """Return the pairs that pins leave: whoever is pinned meets nobody else."""
    known = table.columns
    pinned = np.full(len(table.clients), -1)
    for pin in table.round.pins:
        pinned[known.client_index[pin.client]] = known.assistant_index[pin.assistant]
    whom = pinned[table.client]
    return np.flatnonzero((whom < 0) | (whom == table.assistant))


def _part(rnd: Round, where: dict[str, int], with_whom: dict[str, int], part: int) -> Round:
    def both(named: Pin | Ban | Keep) -> bool:
        return where[named.client] == with_whom[named.assistant] == part

    return replace(
        rnd,
        clients=tuple(one for one in rnd.clients if where[one.id] == part),
        assistants=tuple(one for one in rnd.assistants if with_whom[one.id] == part),
        pins=tuple(filter(both, rnd.pins)), bans=tuple(filter(both, rnd.bans)),
        keep=tuple(filter(both, rnd.keep)),
    )
