"""Half-open intervals, and the grid of slots as bit sets.

A day's slots are the bits of `words` 64-bit words: bit s of word w is slot 64 w + s. A whole day of
half-hours is one word, of five minutes five, and testing a thousand days is one `and`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from matcher.parts import WEEKDAYS, Assistant, Client, Interval, Topic
from matcher.round import Round

Bits = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
_WORD = 64


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
    # One list of (person, day, from, to) for times without a place, and one for each place.
    spans: list[list[tuple[int, int, int, int]]] = [[] for _ in places]
    unlisted: list[tuple[int, int, int, int]] = []
    for n, person in enumerate(people):
        for interval in person.availability:
            listed = places_of(person, interval)
            targets = [unlisted] if listed is None else [spans[index[p]] for p in listed if p in index]
            for day, first, last in _by_day(rnd, interval):
                for target in targets:
                    target.append((n, day, first, last))
    anywhere = _filled(unlisted, len(people), days, slots)
    out = np.empty((len(places), *anywhere.shape), dtype=np.uint64)
    for n, listed_spans in enumerate(spans):
        out[n] = anywhere | _filled(listed_spans, len(people), days, slots) if listed_spans else anywhere
    return out


def _by_day(rnd: Round, interval: Interval) -> Iterable[tuple[int, int, int]]:
    first, last = rnd.day_index(interval.start.date()), rnd.day_index(interval.end.date())
    begin, end = rnd.slot(interval.start), rnd.slot(interval.end)
    for day in range(max(first, 0), min(last, len(rnd.days) - 1) + 1):
        begins = begin if day == first else 0
        ends = end if day == last else rnd.slots_per_day
        if begins < ends:
            yield day, begins, ends


def _filled(spans: list[tuple[int, int, int, int]], people: int, days: int, slots: int) -> Bits:
    """Fill spans by marking where each begins (+1) and ends (-1), and summing along the day."""
    table = np.array(spans, dtype=np.int64).reshape(-1, 4)
    edges = np.zeros((people, days, slots + 1), dtype=np.int32)
    np.add.at(edges, (table[:, 0], table[:, 1], table[:, 2]), 1)
    np.add.at(edges, (table[:, 0], table[:, 1], table[:, 3]), -1)
    return pack(np.cumsum(edges, axis=-1)[..., :slots] > 0)


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
