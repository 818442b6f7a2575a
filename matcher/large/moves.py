"""Steps from one plan to another: a client comes in, moves on, makes room, meets at another time."""

from __future__ import annotations

import numpy as np

from matcher.bits import lowest
from matcher.compiled import inner
from matcher.large.book import Book
from matcher.large.diary import Diary, below, drop, is_free, join, leave, take, undo
from matcher.times import Bits

# How many assistants are tried for a client who made room, and how many clients for room that is left.
_HOMES, _GUESTS = 12, 4


@inner
def _word(book: Book, need: int, assistant: int, day: int, word: int) -> np.uint64:
    """Return when a need could start with an assistant, as a bit set of 64 slots."""
    out, client = np.uint64(0), book.needs[need].client
    for n in range(book.clients[client].first_place, book.clients[client + 1].first_place):
        place = book.place[n]
        out |= (
            book.need_starts[need, place, day, word]
            & book.assistant_starts[book.needs[need].kind, assistant, place, day, word]
        )
    return np.uint64(out)


@inner
def _may(book: Book, diary: Diary, need: int, assistant: int, day: int) -> bool:
    """Tell whether the limits of a day leave room for a need."""
    length = book.needs[need].slots
    if diary.day_load[assistant, day] + length > book.assistants[assistant].day_slots:
        return False
    week = book.week[day]
    if diary.week_load[assistant, week] + length > book.week_slots[assistant, week]:
        return False
    client, met = book.needs[need].client, 0
    for other in range(book.clients[client].first_need, book.clients[client + 1].first_need):
        met += diary.needs[other].day == day
    return bool(met < book.clients[client].per_day)


@inner
def _days(book: Book, need: int, assistant: int) -> np.uint64:
    """Return on which days a need could start with an assistant, and maybe more."""
    out, client = np.uint64(0), book.needs[need].client
    for n in range(book.clients[client].first_place, book.clients[client + 1].first_place):
        place = book.place[n]
        out |= book.need_days[need, place] & book.assistant_days[book.needs[need].kind, assistant, place]
    return np.uint64(out)


@inner
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


@inner
def time_for(book: Book, diary: Diary, need: int, first_day: int, first_slot: int) -> int:
    """Return the first time that is left for a need with the client's assistant; -1 for none.

    Days and slots are tried in their order from a first one on, and then those before.
    """
    assistant = book.pairs[diary.clients[book.needs[need].client].pair].assistant
    if not book.covers[book.needs[need].topic, assistant]:
        return -1
    length = book.needs[need].slots + book.assistants[assistant].buffer
    days, words = len(book.week), book.need_starts.shape[3]
    on_day = _days(book, need, assistant)
    for n in range(days):
        day = first_day + n
        if day >= days:
            day -= days
        if not (on_day >> np.uint64(min(day, 63))) & np.uint64(1):
            continue
        if book.needs[need].held_day >= 0 and day != book.needs[need].held_day:
            continue
        if not _may(book, diary, need, assistant, day):
            continue
        other = -1
        for word in range(words):
            begin = day * book.slots_per_day + 64 * word
            left = _word(book, need, assistant, day, word) & _open(diary.busy[assistant], begin, length)
            while left != np.uint64(0):
                bit = lowest(left)
                left &= left - np.uint64(1)
                slot = 64 * word + bit
                if book.needs[need].held_slot >= 0 and slot != book.needs[need].held_slot:
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


@inner
def _has_room(book: Book, diary: Diary, client: int, assistant: int, more: int) -> bool:
    """Tell whether an assistant has enough time left for a client, if it is not a matter of when."""
    left = more - book.clients[client].work
    for week in range(book.week_slots.shape[1]):
        left += book.week_slots[assistant, week] - diary.week_load[assistant, week]
    return bool(left >= 0)


@inner
def _kept_time(book: Book, diary: Diary, need: int) -> int:
    """Return the time that was announced for a need, where it is still possible; else -1."""
    pair = diary.clients[book.needs[need].client].pair
    for n in range(book.needs[need].first_keep, book.needs[need + 1].first_keep):
        if book.keeps[n].pair == pair:
            when = time_for(book, diary, need, book.keeps[n].day, book.keeps[n].slot)
            if when == book.keeps[n].day * book.slots_per_day + book.keeps[n].slot:
                return when
    return -1


@inner
def _met(book: Book, diary: Diary, need: int, first_day: int) -> bool:
    when = _kept_time(book, diary, need)
    if when < 0:
        when = time_for(book, diary, need, first_day, 0)
    if when >= 0:
        take(book, diary, need, when)
    return when >= 0


@inner
def settle(book: Book, diary: Diary, client: int, pair: int, extras: bool) -> bool:
    """Bring a client in, with all needs that are not optional; nothing is changed where that fails."""
    assistant = book.pairs[pair].assistant
    if diary.assistants[assistant].taken >= book.assistants[assistant].room:
        return False
    if book.clients[client].held >= 0 and book.clients[client].held != pair:
        return False
    if not _has_room(book, diary, client, assistant, 0):
        return False
    mark = diary.size[0]
    join(book, diary, client, pair)
    first, last = book.clients[client].first_need, book.clients[client + 1].first_need
    days = len(book.week)
    # Once from the first day on, and once more with the needs in the other order.
    for turn in range(2):
        done = True
        for n in range(last - first):
            need = first + n if turn == 0 else last - 1 - n
            needed = not book.needs[need].optional or book.needs[need].held_day >= 0
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
            if book.needs[need].optional and diary.needs[need].day < 0:
                _met(book, diary, need, days - 1 if below(diary, 4) == 0 else 0)
    return True


@inner
def pair_with(book: Book, client: int, assistant: int) -> int:
    """Return a client's pair with an assistant; -1 where it is not possible."""
    low, high = book.clients[client].first_pair, book.clients[client + 1].first_pair
    while low < high:
        middle = (low + high) // 2
        if book.pairs[middle].assistant < assistant:
            low = middle + 1
        else:
            high = middle
    if low < book.clients[client + 1].first_pair and book.pairs[low].assistant == assistant:
        return int(low)
    return -1


@inner
def _is_held(book: Book, client: int) -> bool:
    return bool(book.clients[client].held >= 0)


@inner
def _rehome(book: Book, diary: Diary, client: int, first: int, extras: bool) -> bool:
    """Find another assistant for a client who has none, a certain one first."""
    if first >= 0:
        pair = pair_with(book, client, first)
        if pair >= 0 and settle(book, diary, client, pair, extras):
            return True
    begin = book.clients[client].first_pair
    count = book.clients[client + 1].first_pair - begin
    at = below(diary, count)
    for n in range(min(count, _HOMES)):
        if settle(book, diary, client, begin + (at + n) % count, extras):
            return True
    return False


@inner
def fill(book: Book, diary: Diary, assistant: int, extras: bool) -> None:
    """Give the room that an assistant has left to whoever waits."""
    first = book.assistants[assistant].first_of
    count = book.assistants[assistant + 1].first_of - first
    if diary.size[1] == 0 or count == 0:
        return
    at = below(diary, count)
    tried = 0
    for n in range(count):
        pair = book.of_assistant[first + (at + n) % count]
        client = book.pairs[pair].client
        if diary.clients[client].pair < 0:
            tried += 1
            settle(book, diary, client, pair, extras)
            if tried >= _GUESTS or diary.assistants[assistant].taken >= book.assistants[assistant].room:
                return


@inner
def shift(book: Book, diary: Diary, client: int, pair: int, extras: bool) -> bool:
    """Bring a client to another assistant, where somebody may have to make room."""
    assistant, left = book.pairs[pair].assistant, -1
    if diary.clients[client].pair >= 0:
        left = book.pairs[diary.clients[client].pair].assistant
        leave(book, diary, client)
    ejected = -1
    if not settle(book, diary, client, pair, extras):
        count = diary.assistants[assistant].taken
        if count == 0:
            return False
        ejected = diary.member[diary.assistants[assistant].first_member + below(diary, count)]
        lasts = 0
        for need in range(book.clients[ejected].first_need, book.clients[ejected + 1].first_need):
            lasts += book.needs[need].slots if diary.needs[need].day >= 0 else 0
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


@inner
def retime(book: Book, diary: Diary, client: int, extras: bool) -> bool:
    """Meet one need of a client at another time, or an optional one at all or not."""
    first, last = book.clients[client].first_need, book.clients[client + 1].first_need
    if diary.clients[client].pair < 0 or first == last:
        return False
    need = first + below(diary, last - first)
    if diary.needs[need].day >= 0:
        if book.needs[need].held_day >= 0:
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


@inner
def repack(book: Book, diary: Diary, assistant: int, extras: bool) -> bool:
    """Give all clients of an assistant their times anew, in another order."""
    first, count = diary.assistants[assistant].first_member, diary.assistants[assistant].taken
    if count < 2:
        return False
    at, mark = below(diary, count), diary.size[0]
    for n in range(count):
        client = diary.member[first + n]
        for need in range(book.clients[client].first_need, book.clients[client + 1].first_need):
            if diary.needs[need].day >= 0 and book.needs[need].held_day < 0:
                drop(book, diary, need)
    for optional in (False, True):
        for n in range(count):
            client = diary.member[first + (at + n) % count]
            for need in range(book.clients[client].first_need, book.clients[client + 1].first_need):
                wanted = book.needs[need].optional == optional and diary.needs[need].day < 0
                if wanted and (extras or not optional) and not _met(book, diary, need, 0) and not optional:
                    undo(book, diary, mark)
                    return False
    return True
