"""Who meets whom and when, in a plan that changes: every step is written down and can be taken back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matcher.compiled import lean
from matcher.large.book import BALANCE, EARLY, EXTRAS, ORIGIN, SERVED, STABILITY, Book, Shorts
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
    pair_of, day_of, slot_of
        Each client's pair, and each need's time: -1 for none.
    busy
        The slots of each assistant through all days, each appointment to its buffer's end.
    day_load, week_load, taken
        Slots given by each assistant in each day and week, and how many clients there are.
    member, first_member, seat
        The clients of each assistant in no order, and where each client stands there.
    waiting, line
        The clients without an assistant in no order, and where each stands there.
    score
        The value of each of LEVELS, but for what no plan changes.
    journal, size
        Steps since the last settlement; how many there are, and how many clients wait.
    chance
        The state of the generator of random numbers.
    """

    pair_of: Ints
    day_of: Ints
    slot_of: Ints
    busy: Bits
    day_load: Ints
    week_load: Ints
    taken: Ints
    member: Shorts
    first_member: Ints
    seat: Ints
    waiting: Ints
    line: Ints
    score: Ints
    journal: Ints
    size: Ints
    chance: Bits


def empty(book: Book, seed: int) -> Diary:
    """Return a diary in which nobody meets."""
    clients, assistants, days = len(book.weight), len(book.room), len(book.week)
    # Room for the longest appointment and buffer at the end of the last day.
    reach = int(book.slots.max(initial=0) + book.buffer.max(initial=0))
    needs = int(np.diff(book.first_need).max(initial=0)) + 1
    words = (days * book.slots_per_day + reach) // 64 + 2
    return Diary(
        pair_of=np.full(clients, -1, dtype=np.int64),
        day_of=np.full(len(book.slots), -1, dtype=np.int64),
        slot_of=np.full(len(book.slots), -1, dtype=np.int64),
        busy=np.zeros((assistants, words), dtype=np.uint64),
        day_load=np.zeros((assistants, days), dtype=np.int64),
        week_load=np.zeros((assistants, int(book.week[-1]) + 1), dtype=np.int64),
        taken=np.zeros(assistants, dtype=np.int64),
        member=np.zeros(int(book.room.sum()), dtype=np.int32),
        first_member=np.concatenate([[0], np.cumsum(book.room)]),
        seat=np.zeros(clients, dtype=np.int64),
        waiting=np.arange(clients),
        line=np.arange(clients),
        score=np.zeros(len(LEVELS), dtype=np.int64),
        journal=np.zeros((2 * (_COMING * needs + days * book.slots_per_day), 3), dtype=np.int64),
        size=np.array([0, clients]),
        chance=np.array([2 * seed + 1], dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )


@lean
def below(diary: Diary, limit: int) -> int:
    """Draw a number from 0 up to a limit: xorshift64* (Vigna 2016)."""
    state = diary.chance[0]
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    diary.chance[0] = state
    return int((state * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(33)) % limit


@lean
def _mark(line: Bits, first: int, length: int) -> None:
    """Turn bits over."""
    word, bit = first >> 6, first & 63
    while length > 0:
        n = min(64 - bit, length)
        line[word] ^= (~np.uint64(0) >> np.uint64(64 - n)) << np.uint64(bit)
        word, bit, length = word + 1, 0, length - n


@lean
def is_free(line: Bits, first: int, length: int) -> bool:
    """Tell whether no bit is set."""
    word, bit = first >> 6, first & 63
    while length > 0:
        n = min(64 - bit, length)
        if line[word] & ((~np.uint64(0) >> np.uint64(64 - n)) << np.uint64(bit)) != np.uint64(0):
            return False
        word, bit, length = word + 1, 0, length - n
    return True


@lean
def _stands(book: Book, pair: int, need: int, day: int, slot: int) -> int:
    for n in range(book.first_keep[need], book.first_keep[need + 1]):
        if book.keep_pair[n] == pair and book.keep_day[n] == day and book.keep_slot[n] == slot:
            return 1
    return 0


@lean
def _write(book: Book, diary: Diary, need: int, day: int, slot: int, sign: int) -> None:
    pair = diary.pair_of[book.need_client[need]]
    assistant, length = book.assistant[pair], book.slots[need]
    _mark(diary.busy[assistant], day * book.slots_per_day + slot, length + book.buffer[assistant])
    diary.day_load[assistant, day] += sign * length
    diary.week_load[assistant, book.week[day]] += sign * length
    diary.score[EARLY] -= sign * day
    if book.optional[need]:
        diary.score[EXTRAS] += sign
    if book.first_keep[need] < book.first_keep[need + 1]:
        diary.score[STABILITY] += sign * _stands(book, pair, need, day, slot)
    diary.day_of[need] = day if sign > 0 else -1
    diary.slot_of[need] = slot if sign > 0 else -1


@lean
def _seat(book: Book, diary: Diary, client: int, pair: int) -> None:
    assistant = book.assistant[pair]
    first, count = diary.first_member[assistant], diary.taken[assistant]
    diary.member[first + count] = client
    diary.seat[client] = first + count
    last = diary.size[1] - 1
    other, at = diary.waiting[last], diary.line[client]
    diary.waiting[at], diary.line[other] = other, at
    diary.size[1] = last
    _count(book, diary, client, pair, 1)
    diary.pair_of[client] = pair


@lean
def _unseat(book: Book, diary: Diary, client: int) -> None:
    pair = diary.pair_of[client]
    assistant = book.assistant[pair]
    last, at = diary.first_member[assistant] + diary.taken[assistant] - 1, diary.seat[client]
    other = diary.member[last]
    diary.member[at], diary.seat[other] = other, at
    diary.waiting[diary.size[1]], diary.line[client] = client, diary.size[1]
    diary.size[1] += 1
    _count(book, diary, client, pair, -1)
    diary.pair_of[client] = -1


@lean
def _count(book: Book, diary: Diary, client: int, pair: int, sign: int) -> None:
    assistant = book.assistant[pair]
    before = book.caseload[assistant] + diary.taken[assistant]
    diary.score[BALANCE] -= 2 * before * sign + 1
    diary.taken[assistant] += sign
    diary.score[SERVED] += sign * book.weight[client]
    for n in range(4):
        diary.score[ORIGIN + n] += sign * book.points[pair, n]


@lean
def _note(diary: Diary, what: int, who: int, value: int) -> None:
    n = diary.size[0]
    diary.journal[n, 0], diary.journal[n, 1], diary.journal[n, 2] = what, who, value
    diary.size[0] = n + 1


@lean
def join(book: Book, diary: Diary, client: int, pair: int) -> None:
    """Give a client, who has none, an assistant."""
    _seat(book, diary, client, pair)
    _note(diary, _JOIN, client, pair)


@lean
def leave(book: Book, diary: Diary, client: int) -> None:
    """Take a client, and all appointments, from the assistant."""
    for need in range(book.first_need[client], book.first_need[client + 1]):
        if diary.day_of[need] >= 0:
            drop(book, diary, need)
    _note(diary, _LEAVE, client, diary.pair_of[client])
    _unseat(book, diary, client)


@lean
def take(book: Book, diary: Diary, need: int, when: int) -> None:
    """Give a need its time, which must fit."""
    _write(book, diary, need, when // book.slots_per_day, when % book.slots_per_day, 1)
    _note(diary, _TAKE, need, when)


@lean
def drop(book: Book, diary: Diary, need: int) -> None:
    """Take a need's time away."""
    day, slot = diary.day_of[need], diary.slot_of[need]
    _note(diary, _DROP, need, day * book.slots_per_day + slot)
    _write(book, diary, need, day, slot, -1)


@lean
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
            _write(book, diary, who, diary.day_of[who], diary.slot_of[who], -1)
        else:
            _write(book, diary, who, value // book.slots_per_day, value % book.slots_per_day, 1)
