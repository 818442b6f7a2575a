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

# Of so many changed people, or such a share of all, a change is small.
_FEW, _SHARE = 10, 0.02
_P = TypeVar("_P", Client, Assistant)


def is_small(rnd: Round, before: Round) -> bool:
    """Tell whether a round differs from another so little that its plan is worth changing."""
    if _rules(rnd) != _rules(before):
        return False
    changed = sum(map(len, _people(rnd, before)))
    return changed <= max(_FEW, _SHARE * (len(rnd.clients) + len(rnd.assistants)))


def is_narrower(rnd: Round, before: Round) -> bool:
    """Tell whether a round is another with further pins and bans: it has no plan that the other has not."""
    return (
        _rules(rnd) == _rules(before) and set(rnd.keep) == set(before.keep)
        and not _changed(rnd.clients, before.clients) and not _changed(rnd.assistants, before.assistants)
        and set(rnd.pins) >= set(before.pins) and set(rnd.bans) >= set(before.bans)
    )


def touched(table: Candidates, before: Round, pairs: Sequence[Pair]) -> Ints:
    """Return the clients whose plan may change, ascending.

    They are those who could meet an assistant who was changed, or one whom a client could meet who
    was changed or whose pair is no longer possible.

    Parameters
    ----------
    before
        The round as it was, with the same rules of the office.
    pairs
        The plan that was made of it.
    """
    known = table.columns
    clients, assistants = _people(table.round, before)
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


def _people(rnd: Round, before: Round) -> tuple[set[str], set[str]]:
    """Return the clients and the assistants who came, went or changed, or of whom something was decided."""
    clients = _changed(rnd.clients, before.clients)
    assistants = _changed(rnd.assistants, before.assistants)
    for named in _named(rnd) ^ _named(before):
        clients.add(named.client)
        assistants.add(named.assistant)
    return clients, assistants


def _rules(rnd: Round) -> tuple[object, ...]:
    return rnd.days, rnd.grid_minutes, rnd.closed_days, rnd.policy, rnd.topics


def _named(rnd: Round) -> set[Pin | Ban | Keep]:
    return {*rnd.pins, *rnd.bans, *rnd.keep}


def _changed(now: Sequence[_P], then: Sequence[_P]) -> set[str]:
    """Return the ids of people who came, went or were changed."""
    known = {one.id: one for one in then}
    left = known.keys() - {one.id for one in now}
    return left | {one.id for one in now if known.get(one.id) != one}
