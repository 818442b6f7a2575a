"""Whom a change of a round concerns, so that only they are planned anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from matcher.candidates import Candidates
from matcher.parts import Assistant, Ban, Client, Keep, Pin
from matcher.plan_parts import Pair
from matcher.round import Round
from matcher.rows import Ints

_P = TypeVar("_P", Client, Assistant)


def touched(table: Candidates, before: Round, pairs: Sequence[Pair]) -> Ints:
    """Return the clients whose plan may change, ascending.

    They are those who could meet an assistant who was changed, or one whom a client could meet who
    was changed or whose pair is no longer possible. A change of the office's own rules is everybody's.

    Parameters
    ----------
    before
        The round as it was.
    pairs
        The plan that was made of it.
    """
    rnd, known = table.round, table.columns
    everybody = np.arange(len(table.clients))
    if _rules(rnd) != _rules(before):
        return everybody
    clients = _changed(rnd.clients, before.clients)
    assistants = _changed(rnd.assistants, before.assistants)
    for named in _named(rnd) ^ _named(before):
        clients.add(named.client)
        assistants.add(named.assistant)
    numbers = [known.client_index[client] for client in clients if client in known.client_index]
    for pair in pairs:
        client, assistant = known.client_index.get(pair.client), known.assistant_index.get(pair.assistant)
        if client is None or assistant is None:
            # Whoever is gone leaves room, or a client, behind.
            assistants.add(pair.assistant)
            numbers += [] if client is None else [client]
        elif table.pair_of(client, assistant) < 0:
            assistants.add(pair.assistant)
            numbers.append(client)
    near = np.zeros(len(table.assistants), dtype=np.bool_)
    near[[known.assistant_index[one] for one in assistants if one in known.assistant_index]] = True
    near[table.assistant[np.isin(table.client, numbers)]] = True
    return np.unique(table.client[near[table.assistant]])


def _rules(rnd: Round) -> tuple[object, ...]:
    return rnd.days, rnd.grid_minutes, rnd.closed_days, rnd.policy, rnd.topics


def _named(rnd: Round) -> set[Pin | Ban | Keep]:
    return {*rnd.pins, *rnd.bans, *rnd.keep}


def _changed(now: Sequence[_P], then: Sequence[_P]) -> set[str]:
    """Return the ids of people who came, went or were changed."""
    known = {one.id: one for one in then}
    left = known.keys() - {one.id for one in now}
    return left | {one.id for one in now if known.get(one.id) != one}
