"""Half-open intervals, and the grid of slots as bit sets.

A day's slots are the bits of `words` 64-bit words: bit s of word w is slot 64 w + s. A whole day of
half-hours is one word, of five minutes five, and testing a thousand days is one `and`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from matcher.parts import WEEKDAYS, Assistant, Client, Interval, Topic
from matcher.round import Round

Bits = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
_WORD = 64
# The lowest bits of a word: none, one, two, and all at the end.
_BELOW = np.array([(1 << n) - 1 for n in range(_WORD + 1)], dtype=np.uint64)


def places_of(person: Client | Assistant, interval: Interval) -> tuple[str, ...] | None:
    """Return where a person can meet during an interval; None is anywhere."""
    return interval.places if interval.places is not None else person.places


def merged(intervals: Iterable[Interval]) -> list[tuple[datetime, datetime]]:
    """Join intervals that touch or overlap, the earliest first."""
    out: list[tuple[datetime, datetime]] = []
    for start, end in sorted((interval.start, interval.end) for interval in intervals):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def free_at(person: Client | Assistant, place: str | None) -> list[tuple[datetime, datetime]]:
    """Return when a person can meet at a place; None asks for the times when they list none."""
    listed = ((interval, places_of(person, interval)) for interval in person.availability)
    return merged(interval for interval, places in listed if places is None or place in places)


def words(slots: int) -> int:
    """Return how many 64-bit words hold a day of so many slots."""
    return -(-slots // _WORD)


def pack(flags: Bools) -> Bits:
    """Turn flags of slots into bit sets: shape (..., slots) to (..., words)."""
    slots = flags.shape[-1]
    padded = np.zeros((*flags.shape[:-1], words(slots) * _WORD), dtype=np.bool_)
    padded[..., :slots] = flags
    # Bytes of little-endian words, whatever the machine's own order.
    packed = np.packbits(padded, axis=-1, bitorder="little").view("<u8")
    return packed.astype(np.uint64, copy=False)


def unpack(bits: Bits, slots: int) -> Bools:
    """Turn bit sets back into flags of slots: shape (..., words) to (..., slots)."""
    little = np.ascontiguousarray(bits.astype("<u8", copy=False))
    flags = np.unpackbits(little.view(np.uint8), axis=-1, bitorder="little")
    return flags[..., :slots].astype(np.bool_)


def earlier(bits: Bits, slots: int) -> Bits:
    """Move every slot of a day towards its start; what would fall before midnight is lost."""
    whole, rest = divmod(slots, _WORD)
    moved = np.zeros_like(bits)
    if whole < bits.shape[-1]:
        kept = bits.shape[-1] - whole
        moved[..., :kept] = bits[..., whole:] >> np.uint64(rest)
        if rest and kept > 1:
            moved[..., : kept - 1] |= bits[..., whole + 1 :] << np.uint64(_WORD - rest)
    return moved


def starts(bits: Bits, length: int) -> Bits:
    """Return the slots from which `length` slots in a row are set, within one day."""
    out, reach = bits, 1
    while reach < length:
        step = min(reach, length - reach)
        out = out & earlier(out, step)
        reach += step
    return out


def free(rnd: Round, people: Sequence[Client | Assistant], places: Sequence[str | None]) -> Bits:
    """Build when people can meet at each place.

    Parameters
    ----------
    places
        Names; None asks for the times at which a person lists no place, which are free at all.

    Returns
    -------
    Bits
        Shape (places, people, days, words). Closed days are not taken out here.
    """
    days, slots = len(rnd.days), rnd.slots_per_day
    index = {place: n for n, place in enumerate(places)}
    anywhere = len(places)
    # The same times are listed by many.
    by_day: dict[tuple[datetime, datetime], list[tuple[int, int, int]]] = {}
    spans: list[tuple[int, int, int, int, int]] = []
    for n, person in enumerate(people):
        for interval in person.availability:
            listed = places_of(person, interval)
            targets = [anywhere] if listed is None else [index[p] for p in listed if p in index]
            begun = interval.start, interval.end
            if begun not in by_day:
                by_day[begun] = list(_by_day(rnd, *begun))
            for day, first, last in by_day[begun]:
                spans += [(target, n, day, first, last) for target in targets]
    out = _filled(spans, (len(places) + 1, len(people), days, words(slots)))
    out[:anywhere] |= out[anywhere]
    return out[:anywhere]


def _by_day(rnd: Round, start: datetime, finish: datetime) -> Iterator[tuple[int, int, int]]:
    first, last = rnd.day_index(start.date()), rnd.day_index(finish.date())
    begin, end = rnd.slot(start), rnd.slot(finish)
    for day in range(max(first, 0), min(last, len(rnd.days) - 1) + 1):
        begins = begin if day == first else 0
        ends = end if day == last else rnd.slots_per_day
        if begins < ends:
            yield day, begins, ends


def _filled(spans: list[tuple[int, int, int, int, int]], shape: tuple[int, int, int, int]) -> Bits:
    """Set the slots of spans: place, person, day, first and last."""
    place, person, day, first, last = np.array(spans, dtype=np.int64).reshape(-1, 5).T
    out = np.zeros(shape, dtype=np.uint64)
    line = np.ravel_multi_index((place, person, day), shape[:3])
    for word in range(shape[3]):
        begin, end = (np.clip(slot - _WORD * word, 0, _WORD) for slot in (first, last))
        np.bitwise_or.at(out.reshape(-1), line * shape[3] + word, _BELOW[end] & ~_BELOW[begin])
    return out


def allowed(rnd: Round, topic: Topic, length: int) -> Bits:
    """Build when an appointment of `length` slots on a topic may start: shape (days, words).

    Inside one opening window, within one day, on no closed day.
    """
    slots = rnd.slots_per_day
    flags = np.zeros((len(rnd.days), slots), dtype=np.bool_)
    closed = set(rnd.closed_days)
    for n, day in enumerate(rnd.days):
        if day in closed:
            continue
        if topic.windows is None:
            flags[n, : max(0, slots - length + 1)] = True
            continue
        for window in topic.windows:
            if WEEKDAYS[day.weekday()] in window.days:
                first, last = window.from_ // rnd.grid_minutes, window.to // rnd.grid_minutes - length
                flags[n, first : max(first, last + 1)] = True
    return pack(flags)


def weeks(rnd: Round) -> npt.NDArray[np.int64]:
    """Number the ISO weeks (Monday first) of the round's days from 0: shape (days,)."""
    monday_first = rnd.days[0].weekday()
    return (np.arange(len(rnd.days)) + monday_first) // 7
