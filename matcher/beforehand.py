"""Compiles what any round may need, before there is one: `python -m matcher.beforehand`.

Each function is compiled once for the types of its arguments, so a round of two people calls for the same
code as one of thousands. A function that Python calls is called here, with what it takes elsewhere; those
that only compiled code calls are compiled with their callers.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from math import inf

import numpy as np

from matcher.apart import parts_of
from matcher.bundles import best_bundles, best_with
from matcher.candidates import Candidates, candidates
from matcher.days import best_days
from matcher.desk import desk
from matcher.large.book import book
from matcher.large.prices import priced
from matcher.large.search import Search
from matcher.model import build
from matcher.placing import memory
from matcher.round import Round
from matcher.subset_rows import broken_rows

_WHEN = {"availability": [{"start": "2026-12-07T09:00", "end": "2026-12-07T17:00"}]}
_WHO = {"gender": "female", "origin": "AF", "languages": {"fa": "native"}, **_WHEN}
_ROUND = {
    "format": "r4r-round/1", "timezone": "Europe/Belgrade", "first_day": "2026-12-07",
    "last_day": "2026-12-07", "grid_minutes": 30, "topics": [{"id": "talk", "minutes": 60}],
    "assistants": [{"id": "a", **_WHO}],
    "clients": [{"id": name, "needs": [{"id": "n", "topic": "talk"}], **_WHO} for name in ("c", "d")],
}


def main() -> None:
    """Compile everything, on two cores if there are as many."""
    # What builds the table of a round is compiled on the way.
    table = candidates(Round.from_document(_ROUND))
    parts_of(table)
    with ProcessPoolExecutor(2) as pool:
        for part in [pool.submit(_search, table), pool.submit(_bundle, table)]:
            part.result()


def _search(table: Candidates) -> None:
    """Compile the search for plans of any size, and the prices of very large rounds."""
    tables, none = book(table), np.zeros(0, dtype=np.int64)
    search = Search(tables, (0,), 0, lambda: inf, lambda score: None)
    search.start(none, none, none)
    search.quickly(1)
    priced(tables, np.ones(len(table.clients)), 0, lambda: inf)


def _bundle(table: Candidates) -> None:
    """Compile what proves a plan over bundles."""
    pairs, model = np.arange(len(table)), build(table)
    here = desk(model, 0, pairs, ())
    one, numbers = np.ones(len(pairs)), np.zeros(len(pairs) + 1, dtype=np.int64)
    members, size, value = np.zeros((1, 2), dtype=np.int64), numbers[:1].copy(), np.zeros(1)
    best_with(here, one, np.zeros(here.most + 1))
    best_bundles(
        here, one, np.zeros(here.most + 1), 0.0, False, 100, numbers, numbers[:0], value[:0],
        memory(here), members, size, value,
    )
    best_days(
        here, np.ones(here.open_days.shape), members, size, numbers[:1], memory(here), 100, value,
        np.zeros(1, dtype=np.bool_),
    )
    broken_rows(len(pairs), numbers, numbers[:0], one)


if __name__ == "__main__":
    main()
