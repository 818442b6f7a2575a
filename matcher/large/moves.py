"""Steps from one plan to another: a client comes in, moves on, makes room, meets at another time."""

from __future__ import annotations

import numpy as np

from matcher.compiled import lean
from matcher.large.book import Book
from matcher.large.diary import Diary, below, drop, is_free, join, leave, take, undo
from matcher.times import Bits

# How many assistants are tried for a client who made room, and how many clients for room that is left.
_HOMES, _GUESTS = 12, 4


@lean
def _lowest(word: np.uint64) -> int:
    """Return the place of the lowest bit that is set."""
    place = 0
    for step in (32, 16, 8, 4, 2, 1):
        if word & ((np.uint64(1) << np.uint64(step)) - np.uint64(1)) == np.uint64(0):
            place += step
            word >>= np.uint64(step)
    return place


@lean
def _word(book: Book, need: int, assistant: int, day: int, word: int) -> np.uint64:
    """Return when a need could start with an assistant, as a bit set of 64 slots."""
    out, client = np.uint64(0), book.need_client[need]
    for n in range(book.first_place[client], book.first_place[client + 1]):
        place = book.place[n]
        out |= (
            book.need_starts[need, place, day, word]
            & book.assistant_starts[book.kind[need], assistant, place, day, word]
        )
    return np.uint64(out)


@lean
def _may(book: Book, diary: Diary, need: int, assistant: int, day: int) -> bool:
    """Tell whether the limits of a day leave room for a need."""
    length = book.slots[need]
    if diary.day_load[assistant, day] + length > book.day_slots[assistant]:
        return False
    week = book.week[day]
    if diary.week_load[assistant, week] + length > book.week_slots[assistant, week]:
        return False
    client, met = book.need_client[need], 0
    for other in range(book.first_need[client], book.first_need[client + 1]):
        met += diary.day_of[other] == day
    return bool(met < book.client_day[client])


@lean
def _days(book: Book, need: int, assistant: int) -> np.uint64:
    """Return on which days a need could start with an assistant, and maybe more."""
    out, client = np.uint64(0), book.need_client[need]
    for n in range(book.first_place[client], book.first_place[client + 1]):
        place = book.place[n]
        out |= book.need_days[need, place] & book.assistant_days[book.kind[need], assistant, place]
    return np.uint64(out)


@lean
def _open(line: Bits, first: int, length: int) -> np.uint64:
    """Return from which of 64 bits on so many are not set; those after the 64 count as not set."""
    word, bit = first >> 6, first & 63
    busy = line[word] >> np.uint64(bit)
    if bit:
        busy |= line[word + 1] << np.uint64(64 - bit)
    out, reach = ~busy, 1
    while reach < min(length, 64):
        step = min(reach, length - reach, 63)
        out &= (out >> np.uint64(step)) | ~(~np.uint64(0) >> np.uint64(step))
        reach += step
    return np.uint64(out)


@lean
def time_for(book: Book, diary: Diary, need: int, first_day: int, first_slot: int) -> int:
    """Return the first time that is left for a need with the client's assistant; -1 for none.

    Days and slots are tried in their order from a first one on, and then those before.
    """
    assistant = book.assistant[diary.pair_of[book.need_client[need]]]
    if not book.covers[book.topic[need], assistant]:
        return -1
    length = book.slots[need] + book.buffer[assistant]
    days, words = len(book.week), book.need_starts.shape[3]
    on_day = _days(book, need, assistant)
    for n in range(days):
        day = first_day + n
        if day >= days:
            day -= days
        if not (on_day >> np.uint64(min(day, 63))) & np.uint64(1):
            continue
        if book.held_day[need] >= 0 and day != book.held_day[need]:
            continue
        if not _may(book, diary, need, assistant, day):
            continue
        other = -1
        for word in range(words):
            begin = day * book.slots_per_day + 64 * word
            left = _word(book, need, assistant, day, word) & _open(diary.busy[assistant], begin, length)
            while left != np.uint64(0):
                bit = _lowest(left)
                left &= left - np.uint64(1)
                slot = 64 * word + bit
                if book.held_slot[need] >= 0 and slot != book.held_slot[need]:
                    continue
                if bit + length > 64 and not is_free(diary.busy[assistant], begin + bit, length):
                    continue
                if slot >= first_slot:
                    return begin + bit
                if other < 0:
                    other = begin + bit
        if other >= 0:
            return other
    return -1


@lean
def _has_room(book: Book, diary: Diary, client: int, assistant: int, more: int) -> bool:
    """Tell whether an assistant has enough time left for a client, if it is not a matter of when."""
    left = more - book.work[client]
    for week in range(book.week_slots.shape[1]):
        left += book.week_slots[assistant, week] - diary.week_load[assistant, week]
    return bool(left >= 0)


@lean
def _kept_time(book: Book, diary: Diary, need: int) -> int:
    """Return the time that was announced for a need, where it is still possible; else -1."""
    pair = diary.pair_of[book.need_client[need]]
    for n in range(book.first_keep[need], book.first_keep[need + 1]):
        if book.keep_pair[n] == pair:
            when = time_for(book, diary, need, book.keep_day[n], book.keep_slot[n])
            if when == book.keep_day[n] * book.slots_per_day + book.keep_slot[n]:
                return when
    return -1


@lean
def _met(book: Book, diary: Diary, need: int, first_day: int) -> bool:
    when = _kept_time(book, diary, need)
    if when < 0:
        when = time_for(book, diary, need, first_day, 0)
    if when >= 0:
        take(book, diary, need, when)
    return when >= 0


@lean
def settle(book: Book, diary: Diary, client: int, pair: int, extras: bool) -> bool:
    """Bring a client in, with all needs that are not optional; nothing is changed where that fails."""
    assistant = book.assistant[pair]
    if diary.taken[assistant] >= book.room[assistant]:
        return False
    if book.held_pair[client] >= 0 and book.held_pair[client] != pair:
        return False
    if not _has_room(book, diary, client, assistant, 0):
        return False
    mark = diary.size[0]
    join(book, diary, client, pair)
    first, last = book.first_need[client], book.first_need[client + 1]
    days = len(book.week)
    # Once from the first day on, and once more with the needs in the other order.
    for turn in range(2):
        done = True
        for n in range(last - first):
            need = first + n if turn == 0 else last - 1 - n
            needed = not book.optional[need] or book.held_day[need] >= 0
            if needed and not _met(book, diary, need, 0):
                done = False
                break
        if done:
            break
        undo(book, diary, mark + 1)
        if turn == 1 or last - first == 1:
            undo(book, diary, mark)
            return False
    if extras:
        for need in range(first, last):
            if book.optional[need] and diary.day_of[need] < 0:
                _met(book, diary, need, days - 1 if below(diary, 4) == 0 else 0)
    return True


@lean
def pair_with(book: Book, client: int, assistant: int) -> int:
    """Return a client's pair with an assistant; -1 where it is not possible."""
    low, high = book.first_pair[client], book.first_pair[client + 1]
    while low < high:
        middle = (low + high) // 2
        if book.assistant[middle] < assistant:
            low = middle + 1
        else:
            high = middle
    if low < book.first_pair[client + 1] and book.assistant[low] == assistant:
        return int(low)
    return -1


@lean
def _is_held(book: Book, client: int) -> bool:
    return bool(book.held_pair[client] >= 0)


@lean
def _rehome(book: Book, diary: Diary, client: int, first: int, extras: bool) -> bool:
    """Find another assistant for a client who has none, a certain one first."""
    if first >= 0:
        pair = pair_with(book, client, first)
        if pair >= 0 and settle(book, diary, client, pair, extras):
            return True
    begin, count = book.first_pair[client], book.first_pair[client + 1] - book.first_pair[client]
    at = below(diary, count)
    for n in range(min(count, _HOMES)):
        if settle(book, diary, client, begin + (at + n) % count, extras):
            return True
    return False


@lean
def fill(book: Book, diary: Diary, assistant: int, extras: bool) -> None:
    """Give the room that an assistant has left to whoever waits."""
    first, count = book.first_of[assistant], book.first_of[assistant + 1] - book.first_of[assistant]
    if diary.size[1] == 0 or count == 0:
        return
    at = below(diary, count)
    tried = 0
    for n in range(count):
        pair = book.of_assistant[first + (at + n) % count]
        client = book.client[pair]
        if diary.pair_of[client] < 0:
            tried += 1
            settle(book, diary, client, pair, extras)
            if tried >= _GUESTS or diary.taken[assistant] >= book.room[assistant]:
                return


@lean
def shift(book: Book, diary: Diary, client: int, pair: int, extras: bool) -> bool:
    """Bring a client to another assistant, where somebody may have to make room."""
    assistant, left = book.assistant[pair], -1
    if diary.pair_of[client] >= 0:
        left = book.assistant[diary.pair_of[client]]
        leave(book, diary, client)
    ejected = -1
    if not settle(book, diary, client, pair, extras):
        count = diary.taken[assistant]
        if count == 0:
            return False
        ejected = diary.member[diary.first_member[assistant] + below(diary, count)]
        lasts = 0
        for need in range(book.first_need[ejected], book.first_need[ejected + 1]):
            lasts += book.slots[need] if diary.day_of[need] >= 0 else 0
        if _is_held(book, ejected) or not _has_room(book, diary, client, assistant, lasts):
            return False
        leave(book, diary, ejected)
        if not settle(book, diary, client, pair, extras):
            return False
        _rehome(book, diary, ejected, left, extras)
    if left >= 0:
        fill(book, diary, left, extras)
    if ejected >= 0:
        fill(book, diary, assistant, extras)
    return True


@lean
def retime(book: Book, diary: Diary, client: int, extras: bool) -> bool:
    """Meet one need of a client at another time, or an optional one at all or not."""
    first, last = book.first_need[client], book.first_need[client + 1]
    if diary.pair_of[client] < 0 or first == last:
        return False
    need = first + below(diary, last - first)
    if diary.day_of[need] >= 0:
        if book.held_day[need] >= 0:
            return False
        drop(book, diary, need)
    elif not extras:
        return False
    day, slot = below(diary, len(book.week)), below(diary, book.slots_per_day)
    if below(diary, 3) == 0:
        day = slot = 0
    when = time_for(book, diary, need, day, slot)
    if when >= 0:
        take(book, diary, need, when)
    return when >= 0


@lean
def repack(book: Book, diary: Diary, assistant: int, extras: bool) -> bool:
    """Give all clients of an assistant their times anew, in another order."""
    first, count = diary.first_member[assistant], diary.taken[assistant]
    if count < 2:
        return False
    at, mark = below(diary, count), diary.size[0]
    for n in range(count):
        client = diary.member[first + n]
        for need in range(book.first_need[client], book.first_need[client + 1]):
            if diary.day_of[need] >= 0 and book.held_day[need] < 0:
                drop(book, diary, need)
    for optional in (False, True):
        for n in range(count):
            client = diary.member[first + (at + n) % count]
            for need in range(book.first_need[client], book.first_need[client + 1]):
                wanted = book.optional[need] == optional and diary.day_of[need] < 0
                if wanted and (extras or not optional) and not _met(book, diary, need, 0) and not optional:
                    undo(book, diary, mark)
                    return False
    return True
