"""Leave appointments where an earlier plan has them, where that costs nothing.

The levels count days and not hours, so that many plans are equally good. Of those, coordinators want the
one in which nothing moves that need not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from matcher.check import add_up
from matcher.parts import Keep, Pin
from matcher.plan import Plan
from matcher.plan_parts import Pair
from matcher.round import Round


def unmoved(rnd: Round, plan: Plan, before: Plan, solved: Callable[[Round], Plan | None]) -> Plan:
    """Return a plan with the same pairs and levels in which as little moves as can be, by an earlier plan.

    Each assistant's days are filled anew by themselves, as nobody else's hang on them: `solved` solves
    such a small round, or none where time is up.
    """
    earlier = defaultdict(set)
    for pair in before.pairs:
        earlier[pair.client, pair.assistant] = _kept(pair)
    pairs_of: dict[str, list[Pair]] = defaultdict(list)
    for pair in plan.pairs:
        pairs_of[pair.assistant].append(pair)
    now = {pair.client: pair for pair in plan.pairs}
    for pairs in pairs_of.values():
        was = set().union(*(earlier[pair.client, pair.assistant] for pair in pairs))
        if was <= set().union(*map(_kept, pairs)):
            continue
        filled = solved(_alone(rnd, pairs, was))
        again = {pair.client: pair.appointments for pair in filled.pairs} if filled else {}
        other = [replace(pair, appointments=again.get(pair.client, ())) for pair in pairs]
        if add_up(rnd, other) == add_up(rnd, pairs):
            now |= {pair.client: pair for pair in other}
    return replace(plan, pairs=tuple(now[pair.client] for pair in plan.pairs))


def _kept(pair: Pair) -> set[Keep]:
    return {
        Keep(client=pair.client, assistant=pair.assistant, need=a.need, start=a.start)
        for a in pair.appointments
    }


def _alone(rnd: Round, pairs: Sequence[Pair], was: Iterable[Keep]) -> Round:
    """Return the round of one assistant and their clients, with the needs that have appointments."""
    who = {pair.client: {a.need for a in pair.appointments} for pair in pairs}
    (assistant,) = {pair.assistant for pair in pairs}
    clients = tuple(
        replace(client, needs=tuple(
            replace(need, optional=False) for need in client.needs if need.id in who[client.id]
        ))
        for client in rnd.clients if client.id in who
    )
    pins = tuple(Pin(client=client, assistant=assistant) for client in who)
    return replace(
        rnd, clients=clients, assistants=(rnd.assistant(assistant),), bans=(),
        pins=(*pins, *(pin for pin in rnd.pins if pin.client in who and pin.start is not None)),
        keep=tuple(sorted({*was, *(k for k in rnd.keep if k.client in who)}, key=_order)),
        policy=replace(rnd.policy, levels=("early", "stability")),
    )


def _order(keep: Keep) -> tuple[str, str, str, datetime]:
    return keep.client, keep.assistant, keep.need, keep.start
