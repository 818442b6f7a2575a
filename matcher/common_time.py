"""Whether one pair alone finds times for all that the client cannot do without.

Exact, and cheap where it can be: most pairs are settled by whole columns, and the few that are
left by a small dynamic programme over sets of needs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matcher.columns import Columns
from matcher.times import Bits, weeks

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# Beyond so many essential needs of one client the exact answer costs too much. Such a pair passes
# for possible, which only a reason's words depend on: the solver schedules it or does not.
MOST_NEEDS = 10


def have_common_time(
    columns: Columns, client: Ints, assistant: Ints, first_row: Ints, row_need: Ints, masks: Bits
) -> Bools:
    """Tell for many pairs whether each of them alone could meet all essential needs.

    Parameters
    ----------
    client, assistant
        The pairs, as indices: shape (pairs,).
    first_row
        Where the rows of each pair begin: shape (pairs + 1,).
    row_need, masks
        The need of each row, and its possible starts by day: shapes (rows,), (rows, days, words).
    """
    essential = ~columns.need_optional[row_need]
    row_pair = np.repeat(np.arange(client.size), np.diff(first_row))
    on_day: Bools = np.asarray(masks.any(axis=-1))
    count = np.bincount(row_pair[essential], minlength=client.size)
    possible = columns.max_clients[assistant] > 0
    possible[row_pair[essential & ~on_day.any(axis=-1)]] = False
    slots = columns.need_slots[row_need]
    most = np.minimum(columns.day_slots, columns.week_slots)[assistant]
    possible[row_pair[essential & (slots > most[row_pair])]] = False
    possible &= (count == 0) | (columns.max_per_day[client] > 0)
    load = np.bincount(row_pair, weights=np.where(essential, slots, 0), minlength=client.size)
    light = load <= columns.week_slots[assistant]
    days, weeks_of_round = len(columns.round.open_days), len(set(weeks(columns.round).tolist()))
    room = np.minimum(columns.day_slots * days, columns.week_slots * weeks_of_round)
    possible &= load <= room[assistant]
    open_question = possible & (count > 1)
    rows_of = np.flatnonzero(essential)
    first_essential = np.concatenate([[0], np.cumsum(count)])
    for needs in np.unique(count[open_question]):
        group = np.flatnonzero(open_question & (count == needs))
        rows = rows_of[first_essential[group][:, None] + np.arange(needs)]
        settled = light[group] & _on_days_of_their_own(on_day[rows])
        few = on_day[rows].any(axis=1).sum(axis=1) * columns.max_per_day[client[group]] < needs
        possible[group[few]] = False
        left = ~settled & ~few if needs <= MOST_NEEDS else np.zeros_like(few)
        possible[group[left]] = _exactly(columns, client, assistant, group[left], rows[left], row_need, masks)
    return np.asarray(possible)


def _on_days_of_their_own(on_day: Bools) -> Bools:
    """Give each need the first free day, the pickiest first; shape (pairs, needs, days) to (pairs,)."""
    order = np.argsort(on_day.sum(axis=2), axis=1, kind="stable")
    pair = np.arange(len(on_day))
    taken = np.zeros((on_day.shape[0], on_day.shape[2]), dtype=np.bool_)
    found = np.ones(len(on_day), dtype=np.bool_)
    for n in range(on_day.shape[1]):
        free = on_day[pair, order[:, n]] & ~taken
        found &= free.any(axis=1)
        taken[pair, free.argmax(axis=1)] = True
    return found


def _exactly(
    columns: Columns, client: Ints, assistant: Ints, group: Ints, rows: Ints, row_need: Ints, masks: Bits
) -> Bools:
    out = np.zeros(group.size, dtype=np.bool_)
    if not group.size:
        return out
    # Not at the top: who only reads or checks a round need not wait for the compiler.
    from matcher.fitting import each_schedulable

    whose, whom = client[group], assistant[group]
    each_schedulable(
        masks, rows, columns.need_slots[row_need[rows]], weeks(columns.round), columns.max_per_day[whose],
        columns.day_slots[whom], columns.week_slots[whom], columns.buffer_slots[whom], out,
    )
    return out
