"""What no plan can beat, by prices of assistants' time: for more pairs than a linear program takes.

Whatever the prices are, no plan is worth more than all time would fetch, and what each client
brings at best above what they pay (weak duality). Low bounds are found by descending on it, made smooth:
Nesterov, "Smooth minimization of non-smooth functions", Mathematical Programming 103 (2005).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import perf_counter

import numpy as np

from matcher.compiled import lean
from matcher.large.book import Book
from matcher.rows import Floats

# Steps, what share of the seconds that are left they may take, and how near is near enough.
_STEPS, _SHARE, _NEAR = 400, 1 / 6, 1e-4
# How smooth it is at first and at last, in units of the greatest worth of a client; and how much of a
# step is made again with the next one.
_HOT, _COLD, _MOMENTUM = 1e-2, 4e-4, 0.95
# Powers of e below this are nothing.
_LEAST = -14.0


def priced(book: Book, worth: Floats, level: int, left: Callable[[], float]) -> float:
    """Bound a sum over pairs from above.

    Parameters
    ----------
    worth
        What each client counts, whoever helps.
    level
        Which column of the book's points counts, too; -1 for none.
    left
        Tells how many seconds there still are.
    """
    assistants = len(book.assistants) - 1
    # For the slots of each assistant, and for their clients.
    stock = np.stack([book.week_slots.sum(axis=1), book.assistants["room"][:-1]]) * 1.0
    size = float(worth.max(initial=0.0))
    if level >= 0:
        size += float(book.points[:, level].max(initial=0))
    gains = np.zeros(int(np.diff(book.clients["first_pair"]).max(initial=0)))
    wanted, steep, sold = np.zeros((2, assistants)), np.zeros((2, assistants)), np.zeros(assistants)
    price = before = np.zeros((2, assistants))
    best, done, available, began = math.inf, 0.0, left() * _SHARE, perf_counter()
    while size > 0.0 and done < 1.0:
        heat = size * _HOT * (_COLD / _HOT) ** done
        tried = np.maximum(0.0, price + _MOMENTUM * (price - before))
        gained = _ask(book, worth, level, tried, heat, gains, wanted, steep, sold)
        best = min(best, float((tried * stock).sum()) + gained)
        # What is wanted, cut down to what there is, is a plan in fractions: no prices get below its worth.
        served = float((sold * np.minimum(1.0, stock / np.maximum(wanted, 1e-9)).min(axis=0)).sum())
        if best - served <= _NEAR * best or left() <= 0.0:
            break
        # No second derivative is greater than that, unless somebody is wanted more than there is of them.
        most = np.maximum(steep, stock * steep / np.maximum(wanted, 1.0)) + 1.0
        before, price = price, np.maximum(0.0, tried + heat / 2 * (wanted - stock) / most)
        passed = perf_counter() - began
        done = max(done + 1 / _STEPS, passed / max(available, 1e-9))
    return best if size > 0.0 else 0.0


@lean
def _ask(
    book: Book, worth: Floats, level: int, price: Floats, heat: float, gains: Floats,
    wanted: Floats, steep: Floats, sold: Floats,
) -> float:
    """Let each client choose at some prices; return what they gain at best.

    Parameters
    ----------
    price
        Of a slot of each assistant, and of being a client: shape (2, assistants).
    gains
        As long as anybody's pairs are many.
    wanted, steep
        To be filled: how much of each is wanted where choices are a little blurred, and how fast that
        changes with the price, times the heat.
    sold
        To be filled: what the clients count whom each assistant gets then.
    """
    wanted[:] = 0.0
    steep[:] = 0.0
    sold[:] = 0.0
    total = 0.0
    for client in range(worth.shape[0]):
        first = book.clients[client].first_pair
        count = book.clients[client + 1].first_pair - first
        work = float(book.clients[client].work)
        best = 0.0
        for n in range(count):
            assistant = book.pairs[first + n].assistant
            gain = worth[client] - work * price[0, assistant] - price[1, assistant]
            if level >= 0:
                gain += book.points[first + n, level]
            gains[n] = gain
            best = max(best, gain)
        total += best
        # To meet nobody is a choice, too.
        choices = math.exp(-best / heat)
        for n in range(count):
            power = (gains[n] - best) / heat
            gains[n] = math.exp(power) if power > _LEAST else 0.0
            choices += gains[n]
        for n in range(count):
            if gains[n] > 0.0:
                share, assistant = gains[n] / choices, book.pairs[first + n].assistant
                wanted[0, assistant] += work * share
                wanted[1, assistant] += share
                steep[0, assistant] += work * work * share
                steep[1, assistant] += share
                sold[assistant] += share * worth[client]
                if level >= 0:
                    sold[assistant] += share * book.points[first + n, level]
    return total
