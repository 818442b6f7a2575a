"""A large round: a searched plan, and bounds on every level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from matcher.appointments import pairs_of
from matcher.candidates import Candidates
from matcher.clock import Clock
from matcher.decompose import counted
from matcher.desk import reaches_midnight
from matcher.highs import Limits
from matcher.large.book import Book, book
from matcher.large.bounds import MOST_BOUNDED, Bounds
from matcher.large.ladder import Ladder
from matcher.large.offices import Offices, offices_of
from matcher.large.search import QUICK, Search
from matcher.large.touched import touched
from matcher.large.writing import pairs_found, times
from matcher.levels import Objective, objectives, pins_of
from matcher.parts import LEVELS
from matcher.plan_parts import Level, Pair
from matcher.round import Round
from matcher.rows import Ints

# Seconds kept for explaining, checking and writing a plan, for each client.
_WRITING = 2e-4
# Seconds kept for the bounds of later levels, for each pair, where there is time for it.
_BOUNDING = 5e-4
# Steps of a sketch for each client, and what share of the seconds that are left it may take.
_SKETCH, _SKETCHING = 1_000, 0.25
# Seconds for each pair from which on it is asked who runs short; what share of those left that may take;
# and steps of the search before it, for each client.
_SHORTAGE, _SCARCE, _SOON = 1e-3, 0.6, 6_000
# How many levels are tried to be proven by them.
_RUNGS = 3
# Seconds kept for a search after a proof, for each client.
_POLISHING = 1.5e-2


@dataclass(frozen=True)
class Answer:
    """The pairs of a plan, its values, and bounds on its levels."""

    pairs: tuple[Pair, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Large:
    """A round to be searched, whose pins hold together.

    Attributes
    ----------
    held
        The pairs of a plan of the pinned clients alone.
    report
        Told a level's value and bound as they get better.
    """

    table: Candidates
    held: tuple[Pair, ...]
    clock: Clock
    report: Callable[[str, int, int], None]
    seed: int

    def searched(self, first: tuple[Pair, ...] = (), *, bounded: bool = True) -> Answer:
        """Search for a plan, from one that is given if there is any, and bound it.

        Parameters
        ----------
        bounded
            Whether bounds of the later levels are worth their time.
        """
        most = self._trivial()
        search = self._begun(first, most)
        # A search of so many pairs would leave no time for prices, which take their share alone.
        many = len(self.table) > MOST_BOUNDED
        if many:
            most[:1] = [self.first_bound() for _ in most[:1]]
        with ThreadPoolExecutor(1) as beside:
            if not many:
                beside.submit(self.limit.prepare, lambda: self._left)
            in_short = not many and self._left >= _SHORTAGE * len(self.table)
            if not first:
                search.quickly(_SOON if in_short else QUICK)
            if bounded:
                self._leave(search)
            tried: list[int] = []
            if in_short:
                search, tried = self._by_scarce(search, most)
                if bounded:
                    self._leave(search)
            bound: Future[int] | None = None
            if not many and most and self._values(search)[0] < most[0]:
                plans = [pair[pair >= 0] for pair in (search.best.pair, *search.passed)]
                value, left = self._values(search)[0], search.left
                bound = beside.submit(self.limit.closer, 0, [], plans, value, self._limits, left)
            if tried or (most and self._values(search)[0] == most[0]):
                search = self._cooled(search, tried, most)
            else:
                search.long()
            if bound is not None:
                most[0] = min(most[0], bound.result())
        if not many and most:
            search = self._by_offices(search, most)
        return self._answer(search, most, 1 if bounded else len(most))

    def _cooled(self, search: Search, tried: Sequence[int], most: Sequence[int]) -> Search:
        """Cool down from where the levels that are proven are frozen.

        What those who run short were found to do, on the levels that were tried, might not be found again:
        the search then goes on from there, colder.
        """
        firm = max(1, self._firm(search, tried))
        for count in range(firm, len(tried)):
            search.firmly(count, 1 / 2)
            if search.is_back(tried[-1] + 1):
                return search
            search = self._anew(search, most)
        search.firmly(max(firm, len(tried)))
        return search

    def _anew(self, search: Search, most: Sequence[int]) -> Search:
        """Begin anew from the best plan, which a search that goes on from another might not find again."""
        other = self._begun(pairs_found(self.table, search.best), most)
        other.left = search.left
        return other if self._values(other) >= self._values(search) else search

    def _by_scarce(self, search: Search, most: list[int]) -> tuple[Search, list[int]]:
        """Prove levels by those who run short; go on from a plan that is best there. Tell what was tried."""
        if not most or not search.left() or reaches_midnight(self.limit.bundled.model):
            return search, []
        ladder = Ladder(self.limit, lambda pairs: self._begun(pairs, most), self._values)
        rungs, tried = ladder.counting[:_RUNGS], list[int]()
        for n in range(len(rungs)):
            if n > 1:
                search = self._cooled(search, tried, most)
            # A later level is worth no more than the search of all that follow.
            if self._firm(search, rungs) < n or (n and search.left() < _SHORTAGE * len(self.table)):
                break
            kept = self.reserve + (1 - _SCARCE) * (self._left - self.reserve)
            search = self._anew(ladder.proven(search, n + 1, self.clock.sooner(kept)), most)
            tried = rungs[: n + 1]
            most[0] = min(most[0], self.limit.by_sums(0, []))
            self.report(self.order[0], self._values(search)[0], most[0])
        return search, tried

    def _firm(self, search: Search, levels: Sequence[int]) -> int:
        """Count how many of some levels, the first ones, a plan has proven."""
        values = self._values(search)
        open_ = (k for k, n in enumerate(levels) if values[n] < self.limit.by_sums(n, values))
        return next(open_, len(levels))

    def _of_pairs(self, search: Search, most: list[int]) -> Objective | None:
        """Return the first level, if it is open and can be proven by bundles, and there is time for it."""
        if not most or self._values(search)[0] == most[0] or not search.left():
            return None
        model = self.limit.bundled.model
        first = objectives(model)[0]
        return None if not counted(model, [first]) or reaches_midnight(model) else first

    def _by_offices(self, search: Search, most: list[int]) -> Search:
        """Prove the first level office by office, if it is open; go on from a plan that is better on it."""
        first = self._of_pairs(search, most)
        if first is None or not (own := offices_of(self.table)):
            return search
        model, begun = self.limit.bundled.model, search.best
        offices = Offices(model, own, first, pins_of(model), self.clock.sooner(self.polishing))
        proof = offices.proven(begun.pair[begun.pair >= 0], most[0])
        most[0] = proof.bound
        if not len(proof.columns):
            return search
        changed = {pair.client: pair for pair in pairs_of(model, proof.columns)}
        served = {self.table.clients[client].id for client in self.table.client[proof.pairs].tolist()}
        same = (pair for pair in pairs_found(self.table, begun) if pair.client in served - changed.keys())
        better = self._begun([*changed.values(), *same], most)
        if self._values(better)[0] <= self._values(search)[0]:
            return search
        better.left = search.left
        better.firmly(1)
        return better

    def repaired(self, before: Round, pairs: Sequence[Pair]) -> Answer:
        """Change the plan of a round that was nearly the same, where the difference concerns it.

        Only the first level is bounded, to answer within a second.
        """
        most = self._trivial()
        search = self._begun(pairs, most)
        search.again(touched(self.table, before, pairs))
        most[:1] = [self.first_bound() for _ in most[:1]]
        return self._answer(search, most, len(most))

    def sketched(self) -> tuple[Pair, ...]:
        """Return a plan that is worth to begin a proof with, soon."""
        search, kept = self._begun((), self._trivial()), self._left * (1 - _SKETCHING)
        search.left = lambda: self._left - kept
        search.quickly(_SKETCH)
        return pairs_found(self.table, search.best)

    def polished(self, plan: Answer) -> Answer:
        """Search around a plan whose proof was not ended, and bound the levels after the first open one.

        Bounds that the plan has stay true: they hold for all plans that are as good before.
        """
        most = [level.bound for level in plan.levels]
        search = self._begun(plan.pairs, most)
        self._leave(search)
        search.long()
        if self._values(search) < [level.value for level in plan.levels]:
            return plan
        return self._answer(search, most, 1)

    def first_bound(self) -> int:
        """Bound the first level; 0 where there is none."""
        if not self.order:
            return 0
        if len(self.table) > MOST_BOUNDED:
            return self.limit.quickly(0, lambda: self._left)
        return self.limit.level(0, [], self._limits)

    def bound_later(self, values: list[int], most: list[int], first: int) -> list[int]:
        """Bound the levels from `first` on, over plans as good before; `most` is what is known already."""
        out = list(most)
        for n in range(first, len(most)):
            if values[n] < most[n] and len(self.table) <= MOST_BOUNDED and self._left > 0.0:
                self.report(self.order[n], values[n], most[n])
                bound = self.limit.closer(n, values[:n], (), values[n], self._limits, lambda: self._left)
                out[n] = min(most[n], bound)
        return out

    def _trivial(self) -> list[int]:
        return [self.limit.trivial(n) for n in range(len(self.order))]

    @property
    def order(self) -> tuple[str, ...]:
        """The levels of the policy."""
        return self.table.round.policy.levels

    @cached_property
    def _book(self) -> Book:
        return book(self.table)

    @cached_property
    def limit(self) -> Bounds:
        """What no plan can beat."""
        return Bounds(self.table, self._book, self.clock.workers)

    @property
    def _left(self) -> float:
        return 0.0 if self.clock.is_over() else max(0.0, self.clock.left - _WRITING * len(self.table.clients))

    @property
    def _limits(self) -> Limits:
        return Limits(self._left, self.seed)

    def _begun(self, pairs: Sequence[Pair], most: Sequence[int]) -> Search:
        """Enter a plan, as far as it fits, and whoever can come on top."""
        places = tuple(LEVELS.index(level) for level in self.order)

        def tell(score: Ints) -> None:
            if self.order:
                self.report(self.order[0], int(score[places[0]]) + self.limit.constant[0], most[0])

        search = Search(self._book, places, self.seed, lambda: self._left, tell)
        search.start(*times(self.table, [*self.held, *pairs]))
        return search

    @property
    def reserve(self) -> float:
        """Seconds to be kept for the bounds of later levels: of few, a smaller share."""
        enough = _BOUNDING * len(self.table) if len(self.table) <= MOST_BOUNDED else 0.0
        left = self._left
        return enough if left * left >= 10 * enough * enough else left * left / (10 * enough)

    @property
    def polishing(self) -> float:
        """Seconds to be kept for a search after a proof and for bounds: half of the rest, or less."""
        return min(self._left / 2, _POLISHING * len(self.table.clients) + self.reserve)

    def _leave(self, search: Search) -> None:
        kept = self.reserve
        search.left = lambda: self._left - kept

    def _values(self, search: Search) -> list[int]:
        best = (int(search.best.score[LEVELS.index(level)]) for level in self.order)
        return [value + constant for value, constant in zip(best, self.limit.constant, strict=True)]

    def _answer(self, search: Search, most: list[int], first: int) -> Answer:
        values = self._values(search)
        most = self.bound_later(values, most, first)
        return Answer(pairs_found(self.table, search.best), tuple(
            Level(level=level, value=value, bound=max(value, bound))
            for level, value, bound in zip(self.order, values, most, strict=True)
        ))
