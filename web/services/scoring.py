"""What a plan that was changed by hand is worth on each level, and what bounds still hold for it."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from matcher.criteria import PREFERENCES
from matcher.plan_parts import Level, Pair
from matcher.round import Round


def values(round: Round, pairs: Sequence[Pair]) -> dict[str, int]:
    """Count every level anew from a plan's pairs."""
    taken = Counter(pair.assistant for pair in pairs)
    stands = {(pair.client, pair.assistant, one.need, one.start)
              for pair in pairs for one in pair.appointments}
    optional = {need.id for client in round.clients for need in client.needs if need.optional}
    preferences = [kind(round) for kind in PREFERENCES]
    return {
        "served": sum(round.client(pair.client).weight for pair in pairs),
        "stability": sum((k.client, k.assistant, k.need, k.start) in stands for k in round.keep),
        **{one.level: sum(one.score(round.client(pair.client), round.assistant(pair.assistant))
                          for pair in pairs) for one in preferences},
        "balance": -sum((one.caseload + taken[one.id]) ** 2 for one in round.assistants),
        "extras": sum(need in optional for _, _, need, _ in stands),
        "early": -sum(round.day_index(start.date()) for _, _, _, start in stands),
    }


def most(round: Round) -> dict[str, int]:
    """What no plan of a round can exceed, by counting alone."""
    def clients(holds: Callable[[str], bool]) -> int:
        return sum(holds(client.id) for client in round.clients)

    return {
        "served": sum(client.weight for client in round.clients),
        "stability": len(round.keep),
        "origin": 2 * clients(lambda code: round.client(code).wishes.origin == "prefer-same"),
        "language": 7 * len(round.clients),
        "gender": clients(lambda code: round.client(code).wishes.gender.startswith("prefer-")),
        "continuity": clients(lambda code: round.client(code).previous_assistant is not None),
        "balance": -sum(one.caseload**2 for one in round.assistants),
        "extras": sum(need.optional for client in round.clients for need in client.needs),
        "early": 0,
    }


def levels_by_hand(round: Round, pairs: Sequence[Pair], before: Sequence[Level], *,
                   narrower: bool) -> tuple[Level, ...]:
    """The levels of a changed plan, with bounds that are true.

    Where the round only became `narrower` (a pin more takes plans away), an earlier bound stays true as
    long as every level before it is as good as it was. Elsewhere only what counting alone says is sure.
    """
    value, limit = values(round, pairs), most(round)
    out, sure = [], narrower
    for level in before:
        now = value[level.level]
        bound = level.bound if sure else limit[level.level]
        out.append(Level(level=level.level, value=now, bound=bound))
        sure = sure and now == level.value
    return tuple(out)
