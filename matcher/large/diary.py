"""Who meets whom and when, in a plan that changes: every step is written down and can be taken back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.compiled import inner
from matcher.large.book import (
    BALANCE,
    EARLY,
    EXTRAS,
    ORIGIN,
    SERVED,
    STABILITY,
    Book,
    Shorts,
    Table,
    columns,
)
from matcher.parts import LEVELS
from matcher.rows import Ints
from matcher.times import Bits

_JOIN, _LEAVE, _TAKE, _DROP = range(4)
# A move brings in so many clients at most.
_COMING = 16


class Diary(NamedTuple):
    """A plan, and what follows from it.

    Attributes
    ----------
    clients
        `pair`, -1 for none; where the client stands in `member` (`seat`) or in `waiting` (`line`).
    needs
        `day` and `slot` of the appointment: -1 for none.
    assistants
        `taken`: how many clients there are; `first_member`.
    busy
        The slots of each assistant through all days, each appointment to its buffer's end.
    day_load, week_load
        Slots given by each assistant in each day and week.
    member
        The clients of each assistant, in no order.
    waiting
        The clients without an assistant, in no order.
    score
        The value of each of LEVELS, but for what no plan changes.
    journal, size
        Steps since the last settlement; how many there are, and how many clients wait.
    chance
        The state of the generator of random numbers.
    """

    clients: Table
    needs: Table
    assistants: Table
    busy: Bits
    day_load: Ints
    week_load: Ints
    member: Shorts
    waiting: Ints
    score: Ints
    journal: Ints
    size: Ints
    chance: Bits


def empty(book: Book, seed: int) -> Diary:
    """Return a diary in which nobody meets."""
    days, room = len(book.week), book.assistants["room"][:-1]
    clients, needs, assistants = len(book.clients) - 1, len(book.needs) - 1, len(room)
    # Room for the longest appointment and buffer at the end of the last day.
    reach = int(book.needs["slots"].max() + book.assistants["buffer"].max())
    words = (days * book.slots_per_day + reach) // 64 + 2
    most = int(np.diff(book.clients["first_need"]).max(initial=0)) + 1
    return Diary(
        clients=columns(clients, np.int64, {
            "pair": np.full(clients, -1), "seat": np.zeros(clients), "line": np.arange(clients),
        }),
        needs=columns(needs, np.int64, {"day": np.full(needs, -1), "slot": np.full(needs, -1)}),
        assistants=columns(assistants, np.int64, {
            "taken": np.zeros(assistants), "first_member": np.cumsum(room) - room,
        }),
        busy=np.zeros((assistants, words), dtype=np.uint64),
        day_load=np.zeros((assistants, days), dtype=np.int64),
        week_load=np.zeros((assistants, int(book.week[-1]) + 1), dtype=np.int64),
        member=np.zeros(int(room.sum()), dtype=np.int32),
        waiting=np.arange(clients),
        score=np.zeros(len(LEVELS), dtype=np.int64),
        journal=np.zeros((2 * (_COMING * most + days * book.slots_per_day), 3), dtype=np.int64),
        size=np.array([0, clients]),
        chance=np.array([2 * seed + 1], dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )


@inner
def below(diary: Diary, limit: int) -> int:
    """Draw a number from 0 up to a limit: xorshift64* (Vigna 2016)."""
    state = diary.chance[0]
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    diary.chance[0] = state
    # Not divided, but multiplied and shifted: Lemire, "Fast random integer generation in an interval" (2019).
    drawn = (state * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(33)
    return int((drawn * np.uint64(limit)) >> np.uint64(31)) & 0x7FFFFFFF


@inner
def _mark(line: Bits, first: int, length: int) -> None:
    """Turn bits over."""
    word, bit = first >> 6, first & 63
    while length > 0:
        n = min(64 - bit, length)
        line[word] ^= (~np.uint64(0) >> np.uint64(64 - n)) << np.uint64(bit)
        word, bit, length = word + 1, 0, length - n


@inner
def is_free(line: Bits, first: int, length: int) -> bool:
    """Tell whether no bit is set."""
    word, bit = first >> 6, first & 63
    while length > 0:
        n = min(64 - bit, length)
        if line[word] & ((~np.uint64(0) >> np.uint64(64 - n)) << np.uint64(bit)) != np.uint64(0):
            return False
        word, bit, length = word + 1, 0, length - n
    return True


@inner
def _stands(book: Book, pair: int, need: int, day: int, slot: int) -> int:
    for n in range(book.needs[need].first_keep, book.needs[need + 1].first_keep):
        if book.keeps[n].pair == pair and book.keeps[n].day == day and book.keeps[n].slot == slot:
            return 1
    return 0


@inner
def _write(book: Book, diary: Diary, need: int, day: int, slot: int, sign: int) -> None:
    pair = diary.clients[book.needs[need].client].pair
    assistant, length = book.pairs[pair].assistant, book.needs[need].slots
    _mark(diary.busy[assistant], day * book.slots_per_day + slot, length + book.assistants[assistant].buffer)
    diary.day_load[assistant, day] += sign * length
    diary.week_load[assistant, book.week[day]] += sign * length
    diary.score[EARLY] -= sign * day
    if book.needs[need].optional:
        diary.score[EXTRAS] += sign
    if book.needs[need].first_keep < book.needs[need + 1].first_keep:
        diary.score[STABILITY] += sign * _stands(book, pair, need, day, slot)
    diary.needs[need].day = day if sign > 0 else -1
    diary.needs[need].slot = slot if sign > 0 else -1


@inner
def _seat(book: Book, diary: Diary, client: int, pair: int) -> None:
    assistant = book.pairs[pair].assistant
    first, count = diary.assistants[assistant].first_member, diary.assistants[assistant].taken
    diary.member[first + count] = client
    diary.clients[client].seat = first + count
    last = diary.size[1] - 1
    other, at = diary.waiting[last], diary.clients[client].line
    diary.waiting[at], diary.clients[other].line = other, at
    diary.size[1] = last
    _count(book, diary, client, pair, 1)
    diary.clients[client].pair = pair


@inner
def _unseat(book: Book, diary: Diary, client: int) -> None:
    pair = diary.clients[client].pair
    assistant = book.pairs[pair].assistant
    own = diary.assistants[assistant]
    last, at = own.first_member + own.taken - 1, diary.clients[client].seat
    other = diary.member[last]
    diary.member[at], diary.clients[other].seat = other, at
    diary.waiting[diary.size[1]], diary.clients[client].line = client, diary.size[1]
    diary.size[1] += 1
    _count(book, diary, client, pair, -1)
    diary.clients[client].pair = -1


@inner
def _count(book: Book, diary: Diary, client: int, pair: int, sign: int) -> None:
    assistant = book.pairs[pair].assistant
    before = book.assistants[assistant].caseload + diary.assistants[assistant].taken
    diary.score[BALANCE] -= 2 * before * sign + 1
    diary.assistants[assistant].taken += sign
    diary.score[SERVED] += sign * book.clients[client].weight
    for n in range(4):
        diary.score[ORIGIN + n] += sign * book.points[pair, n]


@inner
def _note(diary: Diary, what: int, who: int, value: int) -> None:
    n = diary.size[0]
    diary.journal[n, 0], diary.journal[n, 1], diary.journal[n, 2] = what, who, value
    diary.size[0] = n + 1


@inner
def join(book: Book, diary: Diary, client: int, pair: int) -> None:
    """Give a client, who has none, an assistant."""
    _seat(book, diary, client, pair)
    _note(diary, _JOIN, client, pair)


@inner
def leave(book: Book, diary: Diary, client: int) -> None:
    """Take a client, and all appointments, from the assistant."""
    for need in range(book.clients[client].first_need, book.clients[client + 1].first_need):
        if diary.needs[need].day >= 0:
            drop(book, diary, need)
    _note(diary, _LEAVE, client, diary.clients[client].pair)
    _unseat(book, diary, client)


@inner
def take(book: Book, diary: Diary, need: int, when: int) -> None:
    """Give a need its time, which must fit."""
    _write(book, diary, need, when // book.slots_per_day, when % book.slots_per_day, 1)
    _note(diary, _TAKE, need, when)


@inner
def drop(book: Book, diary: Diary, need: int) -> None:
    """Take a need's time away."""
    day, slot = diary.needs[need].day, diary.needs[need].slot
    _note(diary, _DROP, need, day * book.slots_per_day + slot)
    _write(book, diary, need, day, slot, -1)


@inner
def undo(book: Book, diary: Diary, mark: int) -> None:
    """Take back every step since a mark in the journal."""
    while diary.size[0] > mark:
        n = diary.size[0] - 1
        what, who, value = diary.journal[n, 0], diary.journal[n, 1], diary.journal[n, 2]
        diary.size[0] = n
        if what == _JOIN:
            _unseat(book, diary, who)
        elif what == _LEAVE:
            _seat(book, diary, who, value)
        elif what == _TAKE:
            _write(book, diary, who, diary.needs[who].day, diary.needs[who].slot, -1)
        else:
            _write(book, diary, who, value // book.slots_per_day, value % book.slots_per_day, 1)
