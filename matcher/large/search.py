"""A good plan of a round of any size, sooner or later: annealed as long as the clock allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from matcher.large.anneal import anneal, begin, enter
from matcher.large.book import Book
from matcher.large.diary import Diary, empty
from matcher.parts import LEVELS
from matcher.rows import Floats, Ints

# Steps of the first, quick cooling, of the long one and of a close one for each client, and of a stretch
# between two looks at the clock.
QUICK, _LONG, _CLOSE, _STRETCH = 10_000, 40_000, 3_000, 50_000
# What share of the seconds that are left the quick one may take.
_SHARE = 0.5
# How many of the last plans are remembered.
_PASSED = 40
# Steps after a change.
_AGAIN = 600_000
# Where cooling begins, in units of the first level that counts, and ends, in those of the last one. The long
# one begins where the first level is nearly frozen, or all but firm; after a change, it has to thaw.
_HOT, _WARM, _FIRM, _THAWED, _COLD = 0.4, 0.1, 0.04, 0.3, 0.05


@dataclass(frozen=True)
class Found:
    """A plan: each client's pair and each need's time, -1 for none; and the values of LEVELS."""

    pair: Ints
    day: Ints
    slot: Ints
    score: Ints

    def at(self, need: int) -> tuple[int, int] | None:
        """Return the day and the slot of a need's appointment; None where it has none."""
        return None if self.day[need] < 0 else (int(self.day[need]), int(self.slot[need]))


@dataclass
class Search:
    """What has been found of a round, and how it goes on.

    Attributes
    ----------
    order
        The levels of the policy, as places in LEVELS.
    left
        Tells how many seconds there still are.
    tell
        Told the best plan's values, several times a second.
    passed
        The pairs of the plans that it came by last.
    """

    book: Book
    order: tuple[int, ...]
    seed: int
    left: Callable[[], float]
    tell: Callable[[Ints], None]
    diary: Diary = field(init=False)
    best: Found = field(init=False)
    passed: deque[Ints] = field(init=False, default_factory=lambda: deque(maxlen=_PASSED))

    def __post_init__(self) -> None:
        self.diary = empty(self.book, self.seed)
        self.best = self._seen()

    def start(self, pairs: Ints, needs: Ints, when: Ints) -> None:
        """Begin with what is given, as far as it fits, and bring in whoever else can come.

        Parameters
        ----------
        pairs
            Pairs to be made, in this order.
        needs, when
            The times of their needs, by need: day times slots of a day, plus the slot.
        """
        book = self.book
        enter(book, self.diary, pairs, needs, when)
        # A plan without what pins decide is none, however good.
        self.best = self._seen()
        choice = np.diff(book.clients["first_pair"])
        order = np.lexsort((choice, -book.clients["weight"][:-1]))
        for some in np.array_split(order, 1 + len(order) // _STRETCH):
            begin(book, self.diary, some)
            self._keep()
            self.tell(self.best.score)

    def quickly(self, steps: int = QUICK) -> None:
        """Cool down quickly, for the first level alone, in so many steps for each client."""
        size = len(self.diary.clients)
        self._cool(self._first, self._everybody, steps * size, _HOT, self.left() * _SHARE)

    def closely(self, count: int) -> None:
        """Cool down slowly from where so many levels are nearly frozen, for them alone."""
        worth, least = self.book.worth, self._least(count)
        firsts, share = np.where(worth >= least, worth, 0.0), _WARM * least / max(1.0, float(worth.max()))
        self._cool(firsts, self._everybody, _CLOSE * len(self.diary.clients), share, self.left())

    def long(self) -> None:
        """Cool down slowly."""
        self._cool(self.book.worth, self._everybody, _LONG * len(self.diary.clients), _WARM, self.left())

    def firmly(self, count: int, share: float = 1.0) -> None:
        """Cool down slowly, in a share of the seconds left, for levels after the first so many that count."""
        worth = self.book.worth
        begin = _FIRM * self._least(count) / max(1.0, float(worth.max()))
        self._cool(worth, self._everybody, _LONG * len(self.diary.clients), begin, self.left() * share)

    def is_back(self, levels: int) -> bool:
        """Tell whether the last plan is as good as the best one on the first so many levels."""
        return self._key(self.diary.score)[:levels] >= self._key(self.best.score)[:levels]

    def _least(self, count: int) -> float:
        """Return what a unit of the last of so many levels that count is worth."""
        worth = np.sort(self.book.worth[self.book.worth > 0.0])
        return float(worth[-min(count, len(worth))]) if len(worth) else 0.0

    def again(self, pool: Ints) -> None:
        """Cool down some clients and whom they have to do with, in a plan that is nearly best."""
        if len(pool):
            self._cool(self.book.worth, pool, _AGAIN, _THAWED, self.left())

    @property
    def _first(self) -> Floats:
        worth = self.book.worth
        return np.where(worth == worth.max(), worth, 0.0)

    @property
    def _everybody(self) -> Ints:
        return np.arange(len(self.diary.clients))

    def _cool(self, worth: Floats, pool: Ints, steps: int, share: float, available: float) -> None:
        """Take steps from hot to cold; where so many seconds do not allow as many, cool down faster.

        Parameters
        ----------
        worth
            What a unit of each level is worth, in the order of LEVELS.
        """
        if not worth.any() or not len(self.book.pairs):
            return
        hot, cold = share * float(worth.max()), _COLD * float(worth[worth > 0.0].min())
        began, done, book = perf_counter(), 0.0, self.book._replace(worth=worth)
        scratch = np.zeros(len(LEVELS), dtype=np.int64)
        # To copy a plan takes as long as some steps for each tenth client.
        stretch = min(max(_STRETCH, len(self.diary.clients)), max(1, steps))
        while done < 1.0 and self.left() > 0.0:
            before = perf_counter()
            pace = stretch / max(1, steps)
            if before > began:
                pace = max(pace, (before - began) / max(available, 1e-9) - done)
            then = min(1.0, done + pace)
            anneal(
                book, self.diary, pool, scratch, stretch,
                hot * (cold / hot) ** done, hot * (cold / hot) ** then,
            )
            done = then
            self._keep()
            self.passed.append(self.diary.clients["pair"].copy())
            self.tell(self.best.score)

    def _keep(self) -> None:
        if self._key(self.diary.score) > self._key(self.best.score):
            self.best = self._seen()

    def _key(self, score: Ints) -> list[int]:
        values: list[int] = score[list(self.order)].tolist()
        return values

    def _seen(self) -> Found:
        diary = self.diary
        return Found(
            diary.clients["pair"].copy(), diary.needs["day"].copy(), diary.needs["slot"].copy(),
            diary.score.copy(),
        )
