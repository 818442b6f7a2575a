"""Leave people and appointments where an earlier plan has them, where that costs nothing.

Many plans are equally good: the levels count days and not hours, and clients can change places. Of those,
coordinators want one in which nothing moves in vain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from matcher.check import add_up
from matcher.parts import Keep, Pin
from matcher.plan import Plan
from matcher.plan_parts import Pair
from matcher.round import Round


def unmoved(
    rnd: Round, plan: Plan, before: Plan, solved: Callable[[Round], Plan | None]
) -> tuple[Pair, ...]:
    """Return pairs that add up to the same, and of which less differs from an earlier plan.

    First whole groups of assistants get back the clients whom they only exchanged. Then each assistant's
    days are filled anew by themselves, as nobody else's hang on them, with as many of the earlier times
    as can be: `solved` solves such a small round, or none where time is up.
    """
    now = {pair.client: pair for pair in plan.pairs}
    for group in _groups(plan, before):
        pairs, back = ([p for p in of.pairs if p.assistant in group] for of in (plan, before))
        same = {pair.client for pair in pairs} == {pair.client for pair in back}
        if same and add_up(rnd, back) == add_up(rnd, pairs):
            now |= {pair.client: pair for pair in back}
    earlier = {(pair.client, pair.assistant): pair for pair in before.pairs}
    pairs_of: dict[str, list[Pair]] = defaultdict(list)
    for pair in now.values():
        pairs_of[pair.assistant].append(pair)
    for pairs in pairs_of.values():
        was = _possible(rnd, pairs, earlier)
        if was <= {keep for pair in pairs for keep in _keeps(pair)}:
            continue
        filled = solved(_alone(rnd, pairs, was))
        again = {pair.client: pair.appointments for pair in filled.pairs} if filled else {}
        other = [replace(pair, appointments=again.get(pair.client, ())) for pair in pairs]
        if add_up(rnd, other) == add_up(rnd, pairs):
            now |= {pair.client: pair for pair in other}
    return tuple(now[pair.client] for pair in plan.pairs)


def _groups(plan: Plan, before: Plan) -> Iterable[set[str]]:
    """List the groups of assistants among whom clients have changed over."""
    was = {pair.client: pair.assistant for pair in before.pairs}
    group = {pair.assistant: {pair.assistant} for pair in (*plan.pairs, *before.pairs)}
    for pair in plan.pairs:
        mine, other = group[pair.assistant], group[was.get(pair.client, pair.assistant)]
        if mine is not other:
            mine |= other
            group |= dict.fromkeys(other, mine)
    return [of for name, of in group.items() if len(of) > 1 and name == min(of)]


def _keeps(pair: Pair) -> Iterator[Keep]:
    for a in pair.appointments:
        yield Keep(client=pair.client, assistant=pair.assistant, need=a.need, start=a.start)


def _possible(rnd: Round, pairs: Iterable[Pair], earlier: Mapping[tuple[str, str], Pair]) -> set[Keep]:
    """Return the earlier appointments of pairs for what they meet for, on days that are open."""
    days, out = set(rnd.open_days), set()
    for pair in pairs:
        needs, had = {a.need for a in pair.appointments}, earlier.get((pair.client, pair.assistant), pair)
        out |= {keep for keep in _keeps(had) if keep.need in needs and keep.start.date() in days}
    return out


def _alone(rnd: Round, pairs: Sequence[Pair], was: set[Keep]) -> Round:
    """Return the round of one assistant and their clients, with the needs that have appointments."""
    who = {pair.client: {a.need for a in pair.appointments} for pair in pairs}
    (assistant,) = {pair.assistant for pair in pairs}
    clients = tuple(
        replace(client, needs=tuple(
            replace(need, optional=False) for need in client.needs if need.id in who[client.id]
        ))
        for client in rnd.clients if client.id in who
    )
    announced = {k for k in rnd.keep if k.assistant == assistant and k.need in who.get(k.client, ())}
    pins = tuple(Pin(client=client, assistant=assistant) for client in who)
    return replace(
        rnd, clients=clients, assistants=(rnd.assistant(assistant),), bans=(),
        pins=(*pins, *(pin for pin in rnd.pins if pin.client in who and pin.start is not None)),
        keep=tuple(sorted(announced | was, key=_order)),
        policy=replace(rnd.policy, levels=("early", "stability")),
    )


def _order(keep: Keep) -> tuple[str, str, str, datetime]:
    return keep.client, keep.assistant, keep.need, keep.start
