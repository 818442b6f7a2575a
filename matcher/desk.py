"""One assistant's own part of a round: who could come, for how long, when, within which limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from matcher.candidates import Candidates
from matcher.capacity import Day, capacity
from matcher.compiled import compiled
from matcher.model import Model
from matcher.rows import Bools, Ints
from matcher.times import Bits, unpack, weeks


class Desk(NamedTuple):
    """What an assistant's time allows, as arrays that compiled code reads.

    Clients are numbered by their place in `pair`, needs by client.

    Attributes
    ----------
    pair
        The assistant's open pairs: shape (clients,).
    first_need
        Where each client's needs begin: shape (clients + 1,).
    need_row, need_client, need_slots
        Its row of the table, whose need it is and how many slots it lasts: shape (needs,).
    essential
        Whether it must have an appointment where the client is served: shape (needs,).
    need_starts
        The slots at which it may start, as bit sets: shape (needs, days, words).
    open_days, need_days
        On which days it may start, and on how many: shapes (needs, days) and (needs,).
    client_slots
        How many slots each client's needs last together: shape (clients,).
    day_slots, week_slots, week
        Slots that may be given in each day and week, and each day's week.
    client_day
        How many appointments each client may have in a day: shape (clients,).
    buffer
        Slots between two appointments.
    most
        How many clients fit at all.
    kind, after
        What each client takes of the capacity, and what is left: see `matcher.capacity`.
    counted
        Whether `most` is a limit of its own, beyond the capacity.
    stands_in
        Whether the first client could come to appointments of the second instead: shape
        (clients, clients).
    """

    pair: Ints
    first_need: Ints
    need_row: Ints
    need_client: Ints
    need_slots: Ints
    essential: Bools
    need_starts: Bits
    open_days: Bools
    need_days: Ints
    client_slots: Ints
    day_slots: Ints
    week_slots: Ints
    week: Ints
    client_day: Ints
    buffer: int
    most: int
    kind: Ints
    after: Ints
    counted: bool
    stands_in: Bools


def desk(
    model: Model, assistant: int, pairs: Ints, pinned: Sequence[int], *, optional: bool = False
) -> Desk:
    """Gather an assistant's part of a round.

    Parameters
    ----------
    pairs
        The assistant's pairs that are not ruled out, ascending.
    pinned
        Starts that a pin names, whoever's: their needs can only be then.
    optional
        Whether needs that no pin makes essential are gathered as well.
    """
    table = model.table
    columns, starts = table.columns, table.starts
    rows = np.concatenate([
        np.zeros(0, dtype=np.int64), *(np.arange(table.first_row[p], table.first_row[p + 1]) for p in pairs)
    ])
    held = {int(starts.row[s]): (int(starts.day[s]), int(starts.slot[s])) for s in pinned}
    essential = ~columns.need_optional[table.row_need[rows]] | np.isin(rows, list(held))
    if not optional:
        rows, essential = rows[essential], essential[essential]
    masks = table.masks[rows].copy()
    for n, row in enumerate(rows.tolist()):
        if row in held:
            day, slot = held[row]
            masks[n] = 0
            masks[n, day, slot // 64] = np.uint64(1 << slot % 64)
    client = np.searchsorted(pairs, table.row_pair[rows])
    slots = columns.need_slots[table.row_need[rows]]
    buffer, week = int(columns.buffer_slots[assistant]), weeks(table.round)
    free = _free(table, masks, slots)
    day_slots = np.minimum(columns.day_slots[assistant], free.sum(axis=1))
    runs = (free & ~np.roll(free, 1, axis=1)).sum(axis=1) + (free[:, 0] & free[:, -1])
    week_slots = np.minimum(
        columns.week_slots[assistant], np.bincount(week, weights=day_slots).astype(np.int64)
    )
    shared = free.sum(axis=1) + runs * buffer
    days = [Day(int(week[d]), int(day_slots[d]), int(shared[d])) for d in range(len(week))]
    fits = capacity(client, slots, len(pairs), days, week_slots, buffer)
    limit = min(len(pairs), int(columns.max_clients[assistant]))
    first_need = np.searchsorted(client, np.arange(len(pairs) + 1))
    client_day = columns.max_per_day[table.client[pairs]]
    open_days: Bools = masks.any(axis=2)
    return Desk(
        pair=pairs,
        first_need=first_need,
        need_row=rows,
        need_client=client,
        need_slots=slots,
        essential=essential,
        need_starts=np.ascontiguousarray(masks),
        open_days=open_days,
        need_days=open_days.sum(axis=1),
        client_slots=np.bincount(client, weights=slots, minlength=len(pairs)).astype(np.int64),
        day_slots=day_slots,
        week_slots=week_slots,
        week=week,
        client_day=client_day,
        buffer=buffer,
        most=min(limit, fits.most),
        kind=fits.kind,
        after=fits.after,
        counted=limit < min(len(pairs), fits.most),
        stands_in=_stands_in(first_need, slots, np.ascontiguousarray(masks), client_day),
    )


@compiled
def _stands_in(first_need: Ints, slots: Ints, starts: Bits, client_day: Ints) -> Bools:
    """Match each need of a client with one of another that starts at no other times and is not shorter."""
    clients = client_day.shape[0]
    out = np.zeros((clients, clients), dtype=np.bool_)
    taken = np.zeros(slots.shape[0], dtype=np.bool_)
    for one in range(clients):
        for other in range(clients):
            needs = first_need[one + 1] - first_need[one]
            if one == other or client_day[one] < min(client_day[other], needs):
                continue
            taken[:] = False
            fits = True
            for need in range(first_need[one], first_need[one + 1]):
                fits = False
                for theirs in range(first_need[other], first_need[other + 1]):
                    inside = (starts[theirs] & ~starts[need] == np.uint64(0)).all()
                    if not taken[theirs] and slots[need] <= slots[theirs] and inside:
                        taken[theirs] = fits = True
                        break
                if not fits:
                    break
            out[one, other] = fits
    return out


def _free(table: Candidates, masks: Bits, slots: Ints) -> Bools:
    """Return the slots that some need could take: shape (days, slots)."""
    first = unpack(masks, table.round.slots_per_day)
    free: Bools = np.zeros(first.shape[1:], dtype=np.bool_)
    for length in np.unique(slots).tolist():
        begins = first[slots == length].any(axis=0)
        for n in range(length):
            free[:, n:] |= begins[:, : begins.shape[1] - n]
    return free


def reaches_midnight(model: Model) -> bool:
    """Tell whether a buffer could reach from one day into appointments of the next.

    Days are then not independent, as a desk takes them to be.
    """
    table = model.table
    starts, buffer = table.starts, table.columns.buffer_slots[table.assistant]
    end = starts.slot + table.columns.need_slots[starts.need] + buffer[starts.pair]
    return bool((end > table.round.slots_per_day).any() and (starts.slot < buffer[starts.pair]).any())
