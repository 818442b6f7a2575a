"""Annealing down through the levels: Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing",
Science 220 (1983).

Each level is worth far more than what it could be exchanged for on the next, so that levels freeze
one after the other while it grows colder.
"""

from __future__ import annotations

import math

from matcher.compiled import lean
from matcher.large.book import EXTRAS, Book
from matcher.large.diary import Diary, below, join, take, undo
from matcher.large.moves import repack, retime, settle, shift, time_for
from matcher.rows import Ints

# How often somebody who waits is looked for.
_DRAWS = 12


@lean
def begin(book: Book, diary: Diary, order: Ints) -> None:
    """Bring clients in, in an order, each to the first of their assistants who has time."""
    for client in order:
        if diary.clients[client].pair >= 0:
            continue
        first = book.clients[client].first_pair
        count = book.clients[client + 1].first_pair - first
        best, most = -1, 0.0
        for n in range(count):
            pair = first + n
            assistant = book.pairs[pair].assistant
            room = book.assistants[assistant].room
            left = (room - diary.assistants[assistant].taken) / max(1, room)
            if left > most:
                best, most = pair, left
        if best >= 0 and settle(book, diary, client, best, False):
            diary.size[0] = 0
            continue
        at = below(diary, max(1, count))
        for n in range(count):
            if settle(book, diary, client, first + (at + n) % count, False):
                break
        diary.size[0] = 0


@lean
def anneal(
    book: Book, diary: Diary, pool: Ints, before: Ints, steps: int, hot: float, cold: float
) -> None:
    """Take random steps while it cools down from one temperature to another, by equal factors.

    Parameters
    ----------
    pool
        The clients that steps begin with; at least one.
    before
        Room for a score.
    """
    clients = pool.shape[0]
    for n in range(before.shape[0]):
        before[n] = diary.score[n]
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    heat = hot
    for _ in range(steps):
        heat *= cooling
        extras = heat < book.worth[EXTRAS]
        diary.size[0] = 0
        kind, client = below(diary, 100), pool[below(diary, clients)]
        if kind < (35 if extras else 10):
            moved = retime(book, diary, client, extras)
        elif kind < (39 if extras else 14):
            pair = diary.clients[client].pair
            moved = pair >= 0 and repack(book, diary, book.pairs[pair].assistant, extras)
        else:
            # Those who wait are drawn more often.
            if below(diary, 3) == 0:
                for _ in range(_DRAWS):
                    if diary.clients[client].pair >= 0:
                        client = pool[below(diary, clients)]
            count = book.clients[client + 1].first_pair - book.clients[client].first_pair
            if count == 0:
                continue
            pair = book.clients[client].first_pair + below(diary, count)
            moved = diary.clients[client].pair != pair and shift(book, diary, client, pair, extras)
        gain = 0.0
        for n in range(before.shape[0]):
            gain += book.worth[n] * (diary.score[n] - before[n])
        if moved and (gain >= 0.0 or below(diary, 1 << 30) < math.exp(gain / heat) * (1 << 30)):
            for n in range(before.shape[0]):
                before[n] = diary.score[n]
        else:
            undo(book, diary, 0)


@lean
def enter(book: Book, diary: Diary, pairs: Ints, needs: Ints, when: Ints) -> None:
    """Make pairs, with the times of their needs, as far as they fit; the needs are in ascending order.

    A pair of which some need that is not optional does not fit is made with other times, or not at all.
    """
    for pair in pairs:
        client = book.pairs[pair].client
        assistant = book.pairs[pair].assistant
        diary.size[0] = 0
        full = diary.assistants[assistant].taken >= book.assistants[assistant].room
        if full or diary.clients[client].pair >= 0:
            continue
        join(book, diary, client, pair)
        fits = True
        low, high = 0, needs.shape[0]
        while low < high:
            middle = (low + high) // 2
            if needs[middle] < book.clients[client].first_need:
                low = middle + 1
            else:
                high = middle
        for need in range(book.clients[client].first_need, book.clients[client + 1].first_need):
            if low < needs.shape[0] and needs[low] == need:
                wanted = when[low]
                low += 1
                day, slot = wanted // book.slots_per_day, wanted % book.slots_per_day
                if time_for(book, diary, need, day, slot) == wanted:
                    take(book, diary, need, wanted)
            fits = fits and (book.needs[need].optional or diary.needs[need].day >= 0)
        if not fits:
            undo(book, diary, 0)
            settle(book, diary, client, pair, False)
    diary.size[0] = 0
