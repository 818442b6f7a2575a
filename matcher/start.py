"""A plan that is known already, as columns of the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matcher.levels import start_of
from matcher.model import Model
from matcher.plan_parts import Pair
from matcher.rows import Ints


def columns_of(model: Model, pairs: Sequence[Pair]) -> Ints:
    """Return the columns of a plan that somebody else made, ascending."""
    starts = (
        start_of(model, pair.client, pair.assistant, one.need, one.start)
        for pair in pairs for one in pair.appointments
    )
    start = np.array([start for start in starts if start is not None], dtype=np.int64)
    pair = np.array(sorted(model.table.index[p.client, p.assistant] for p in pairs), dtype=np.int64)
    # The further clients of each assistant fill up in their order.
    load = np.bincount(model.table.assistant[pair], minlength=len(model.table.assistants))
    return np.concatenate([
        pair, np.sort(model.day_column(start)), np.sort(model.time_column(start)),
        model.first_further + np.flatnonzero(model.further_rank < load[model.further_assistant]),
    ])
