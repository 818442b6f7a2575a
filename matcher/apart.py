"""The parts of a round that share nobody: rounds of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.candidates import Candidates
from matcher.compiled import inner, lean
from matcher.parts import Ban, Keep, Pin
from matcher.round import Round
from matcher.rows import Ints

# Smaller parts, in possible pairs, are solved together: each costs a few milliseconds of its own.
SMALLEST = 100


def parts_of(table: Candidates) -> tuple[Round, ...]:
    """Return the parts of a round that share nobody, the largest first; none where it is all one.

    Whoever can meet nobody, and everybody whose part is small, are in one of them together.
    """
    clients = len(table.clients)
    label = np.arange(clients + len(table.assistants))
    size = np.zeros_like(label)
    _label(table.client, table.assistant, _pinned(table), label, size)
    large = np.flatnonzero(size >= SMALLEST)
    if len(large) < 2:
        return ()
    # Of parts of one size, the one of the first client is first; the small ones come last.
    order = large[np.argsort(-size[large], kind="stable")]
    place = np.full(len(label), len(order))
    place[order] = np.arange(len(order))
    of_client, of_assistant = np.split(place[label], [clients])
    known = table.columns
    where = {known.clients[n].id: p for n, p in enumerate(of_client.tolist())}
    with_whom = {known.assistants[n].id: p for n, p in enumerate(of_assistant.tolist())}
    return tuple(
        _part(table.round, where, with_whom, n)
        for n in range(len(order) + 1) if n < len(order) or n in of_client or n in of_assistant
    )


def _pinned(table: Candidates) -> Ints:
    """Return whom each client is pinned to, and then meets nobody else: -1 for nobody."""
    known = table.columns
    pinned = np.full(len(table.clients), -1)
    for pin in table.round.pins:
        pinned[known.client_index[pin.client]] = known.assistant_index[pin.assistant]
    return pinned


@lean
def _label(client: Ints, assistant: Ints, pinned: Ints, label: Ints, size: Ints) -> None:
    """Label everybody, clients first, with the first of their part, and count each part's pairs there."""
    clients = pinned.shape[0]
    for n in range(client.shape[0]):
        if pinned[client[n]] < 0 or pinned[client[n]] == assistant[n]:
            one, other = _first(label, client[n]), _first(label, clients + assistant[n])
            label[max(one, other)] = min(one, other)
    for n in range(label.shape[0]):
        label[n] = _first(label, n)
    for n in range(client.shape[0]):
        size[label[client[n]]] += pinned[client[n]] < 0 or pinned[client[n]] == assistant[n]


@inner
def _first(label: Ints, one: int) -> int:
    while label[one] != one:
        # Halving the path: whoever asks next has half as far.
        label[one] = label[label[one]]
        one = label[one]
    return one


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
