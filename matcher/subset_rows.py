"""Which subset rows a solution of the restricted master breaks, compiled."""

from __future__ import annotations

import numpy as np

from matcher.compiled import compiled
from matcher.rows import Floats, Ints

# By how much a row must be broken to be worth adding.
_BROKEN = 0.02
_ROOM = 4096


@compiled
def broken_rows(clients: int, begin: Ints, client: Ints, share: Floats) -> tuple[Ints, Floats]:
    """Find triples of clients of which more than one bundle's worth holds two.

    Parameters
    ----------
    begin, client
        The clients of each bundle, ascending, compressed by bundle.
    share
        How much of each bundle is taken: shape (bundles,).

    Returns
    -------
    tuple[Ints, Floats]
        The triples, the most broken first, and by how much: shapes (rows, 3) and (rows,).
    """
    together = np.zeros((clients, clients))
    bundles = share.shape[0]
    for bundle in range(bundles):
        for n in range(begin[bundle], begin[bundle + 1]):
            for m in range(n + 1, begin[bundle + 1]):
                together[client[n], client[m]] += share[bundle]
    rows, by = np.zeros((_ROOM, 3), dtype=np.int64), np.zeros(_ROOM)
    count = 0
    for a in range(clients):
        for b in range(a + 1, clients):
            for c in range(b + 1, clients):
                sums = together[a, b] + together[a, c] + together[b, c] - 1.0
                if sums <= _BROKEN or count == _ROOM:
                    continue
                for bundle in range(bundles):
                    held = 0
                    for n in range(begin[bundle], begin[bundle + 1]):
                        held += client[n] == a or client[n] == b or client[n] == c
                    if held == 3:
                        # Counted three times among the pairs, but once in the row.
                        sums -= 2.0 * share[bundle]
                if sums > _BROKEN:
                    rows[count, 0], rows[count, 1], rows[count, 2] = a, b, c
                    by[count] = sums
                    count += 1
    order = np.argsort(-by[:count], kind="mergesort")
    return rows[:count][order], by[:count][order]
