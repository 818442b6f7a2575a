"""Why this pair, and why not that client: in words, with numbers that add up.

Every assistant is accounted for exactly once for an unmatched client: under the first rule, in the
order of the rules, that keeps the two apart, under `no-common-time`, or under `outranked`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np

from matcher.candidates import CODES, NO_COMMON_TIME, Candidates
from matcher.parts import Client
from matcher.plan_parts import Pair, Reason, Unmatched
from matcher.round import Round

OUTRANKED = "outranked"
_OTHER_TEXTS = {
    NO_COMMON_TIME: "no time fits all essential needs within hours, opening times and limits",
    OUTRANKED: "possible, but their capacity serves others better",
}


def reasons_for_pair(rnd: Round, candidates: Candidates, pair: Pair) -> tuple[Reason, ...]:
    """Say what speaks for a pair: language first, then wishes met or not, and what is served."""
    client, assistant = rnd.client(pair.client), rnd.assistant(pair.assistant)
    wishes = {p.level: p.explain(client, assistant) for p in candidates.preferences}
    said = [wishes.pop("language"), *wishes.values()]
    return (
        *_decided(rnd, pair),
        *(reason for reason in said if reason),
        *_served(client, pair),
        *_kept(rnd, pair),
    )


def _decided(rnd: Round, pair: Pair) -> Iterable[Reason]:
    if rnd.is_pinned(pair.client, pair.assistant):
        yield Reason("pin", "decided by the office")


def _served(client: Client, pair: Pair) -> Iterable[Reason]:
    met = {appointment.need for appointment in pair.appointments}
    essential = [need.id for need in client.needs if not need.optional]
    optional = [need.id for need in client.needs if need.optional]
    if essential:
        yield Reason("essential", f"{len(met & set(essential))} of {_count(essential, 'essential need')} met")
    if optional:
        yield Reason("extras", f"{len(met & set(optional))} of {_count(optional, 'optional need')} met")


def _kept(rnd: Round, pair: Pair) -> Iterable[Reason]:
    announced = rnd.announced(pair.client, pair.assistant)
    if announced:
        stands = sum((a.need, a.start) in announced for a in pair.appointments)
        yield Reason("stability", f"{stands} of {_count(announced, 'announced appointment')} kept")


def _count(things: Collection[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def reasons_for_unmatched(rnd: Round, candidates: Candidates, client_id: str) -> tuple[Reason, ...]:
    """Say what keeps a client from each assistant, counted so that all add up to all assistants."""
    row = candidates.broken[candidates.columns.client_index[client_id]]
    counted = np.bincount(row, minlength=len(CODES) + 1).tolist()
    client = rnd.client(client_id)
    texts = {r.code: r.text(client) for r in candidates.requirements} | _OTHER_TEXTS
    # The number 0 stands for a possible pair, and comes last.
    return tuple(
        Reason(code, f"{counted[number]} of {_count(row, 'assistant')}: {texts[code]}", counted[number])
        for number, code in (*enumerate(CODES, start=1), (0, OUTRANKED))
        if counted[number]
    )


def explained(
    rnd: Round, candidates: Candidates, pairs: Iterable[Pair]
) -> tuple[tuple[Pair, ...], tuple[Unmatched, ...]]:
    """Add reasons to the pairs of a plan, and list the clients that are left with theirs."""
    told = tuple(replace(pair, reasons=reasons_for_pair(rnd, candidates, pair)) for pair in pairs)
    matched = {pair.client for pair in told}
    return told, tuple(
        Unmatched(client=client.id, reasons=reasons_for_unmatched(rnd, candidates, client.id))
        for client in candidates.clients
        if client.id not in matched
    )
