"""Whether one pair alone finds times for all that the client cannot do without.

Exact, and cheap where it can be: most pairs are settled by whole columns, and the few that are
left by a small dynamic programme over sets of needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.columns import Columns
from matcher.times import Bits, weeks

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
# Beyond so many essential needs of one client the exact answer costs too much. Such a pair passes
# for possible, which only a reason's words depend on: the solver schedules it or does not.
MOST_NEEDS = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds one pair, in slots of the grid."""

    per_day: int
    day_slots: int
    week_slots: int
    buffer: int


def schedulable(
    possible: Sequence[Sequence[int]], lengths: Sequence[int], week_of_day: Sequence[int], limits: Limits
) -> bool:
    """Tell whether all needs of one pair find times that do not clash.

    Parameters
    ----------
    possible
        For every need and day the possible starts, as an int whose bit s is slot s.
    lengths
        Of every need, in slots.
    week_of_day
        The number of each day's week.
    """
    everything = (1 << len(lengths)) - 1
    work = _sums(lengths)
    reached = {0}
    for week in sorted(set(week_of_day)):
        # Minutes are limited by the week, so weeks are filled apart, and joined when they are full.
        in_week = {0}
        for day, its_week in enumerate(week_of_day):
            if its_week == week:
                in_day = _day(tuple(need[day] for need in possible), lengths, work, limits)
                in_week |= _joined(in_week, in_day, work, limits.week_slots)
        reached |= _joined(reached, in_week, work, work[everything])
        if everything in reached:
            return True
    return False


def _joined(some: set[int], others: Iterable[int], work: Sequence[int], most: int) -> set[int]:
    """Join sets of needs that have none in common and do not take too long together."""
    return {one | other for other in others for one in some if not one & other and work[one | other] <= most}


def _sums(lengths: Sequence[int]) -> list[int]:
    sums = [0]
    for length in lengths:
        sums += [known + length for known in sums]
    return sums


def _day(starts: tuple[int, ...], lengths: Sequence[int], work: Sequence[int], limits: Limits) -> list[int]:
    """List the sets of needs that fit into one day, by the earliest moment each set can be done.

    To be done earlier is never worse for what follows, so one moment for each set is enough.
    """
    done = {0: -limits.buffer}
    layer = {0}
    for _ in range(min(limits.per_day, len(lengths))):
        grown: set[int] = set()
        for met in layer:
            ready = done[met] + limits.buffer
            for n, mask in enumerate(starts):
                more = met | 1 << n
                later = mask >> ready
                if more == met or not later or work[more] > limits.day_slots:
                    continue
                end = ready + (later & -later).bit_length() - 1 + lengths[n]
                done[more] = min(end, done.get(more, end))
                grown.add(more)
        layer = grown
    return [met for met in done if met]


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
    week_of_day = weeks(columns.round).tolist()
    known: dict[object, bool] = {}
    out = np.zeros(group.size, dtype=np.bool_)
    for n, pair in enumerate(group):
        a = assistant[pair]
        limits = Limits(
            per_day=int(columns.max_per_day[client[pair]]),
            day_slots=int(columns.day_slots[a]),
            week_slots=int(columns.week_slots[a]),
            buffer=int(columns.buffer_slots[a]),
        )
        lengths = tuple(columns.need_slots[row_need[rows[n]]].tolist())
        table = masks[rows[n]].astype("<u8")
        key = (limits, lengths, table.tobytes())
        if key not in known:
            possible = [[int.from_bytes(day.tobytes(), "little") for day in need] for need in table]
            known[key] = schedulable(possible, lengths, week_of_day, limits)
        out[n] = known[key]
    return out
