"""A part of a round as bundles: who could serve whom together, and the best bundles at some prices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import TypeVar

import numpy as np

from matcher.block import block, columns_of
from matcher.clock import Clock
from matcher.desk import Desk, desk
from matcher.levels import Objective
from matcher.master import Bundle
from matcher.model import Model
from matcher.placing import Memory, memory
from matcher.program import Program
from matcher.rows import Bools, Floats, Ints

T = TypeVar("T")


@dataclass(frozen=True)
class Node:
    """A part of the tree: pairs that are closed, and clients who must be served.

    Attributes
    ----------
    closed
        Shape (pairs,).
    forced
        Places of clients, ascending.
    """

    closed: Bools
    forced: Ints


@dataclass(frozen=True)
class Bundling:
    """The assistants and clients of a part, by their places, and what pairs add to each level.

    Attributes
    ----------
    pairs
        The pairs that are not ruled out, ascending.
    pinned
        The starts that pins name.
    levels
        Levels that only pairs and numbers of clients count for.
    pool
        Threads that search at several desks at a time; what they find does not depend on how many.
    made
        The desks made so far, also for parts with more pairs, by their pairs: most lose none from one
        level to the next.
    """

    model: Model
    pairs: Ints
    pinned: tuple[int, ...]
    levels: tuple[Objective, ...]
    clock: Clock
    pool: Executor
    made: dict[bytes, Desk] = field(default_factory=dict, repr=False)

    @cached_property
    def clients(self) -> Ints:
        """The clients, ascending, as the table numbers them."""
        return np.unique(self.model.table.client[self.pairs])

    @cached_property
    def assistants(self) -> Ints:
        """The assistants, ascending, as the table numbers them."""
        return np.unique(self.model.table.assistant[self.pairs])

    @cached_property
    def client_of(self) -> Ints:
        """The place of each pair's client: shape (pairs,)."""
        return np.searchsorted(self.clients, self.model.table.client[self.pairs])

    @cached_property
    def assistant_of(self) -> Ints:
        """The place of each pair's assistant: shape (pairs,)."""
        return np.searchsorted(self.assistants, self.model.table.assistant[self.pairs])

    @cached_property
    def own(self) -> list[Ints]:
        """Places in `pairs` of each assistant's pairs."""
        return [np.flatnonzero(self.assistant_of == n) for n in range(len(self.assistants))]

    @cached_property
    def desks(self) -> list[Desk]:
        """Each assistant's own part."""
        return [
            self._desk(assistant, self.pairs[own])
            for assistant, own in zip(self.assistants.tolist(), self.own, strict=True)
        ]

    def _desk(self, assistant: int, pairs: Ints) -> Desk:
        key = pairs.tobytes()
        if key not in self.made:
            self.made[key] = desk(self.model, assistant, pairs, self.pinned)
        return self.made[key]

    @cached_property
    def value(self) -> Floats:
        """What each pair adds to each level: shape (levels, pairs)."""
        return np.array([level.value[self.pairs] for level in self.levels])

    @cached_property
    def count_value(self) -> list[Floats]:
        """What each further client of each assistant adds: shape (levels, most + 1) each."""
        further = np.array([level.value[self.model.first_further :] for level in self.levels])
        last = np.zeros((len(self.levels), 1))
        return [
            np.hstack([further[:, self.model.further_assistant == assistant], last])[:, : own.most + 1]
            for assistant, own in zip(self.assistants.tolist(), self.desks, strict=True)
        ]

    @cached_property
    def known(self) -> list[Memory]:
        """What was found out about each desk."""
        return [memory(desk) for desk in self.desks]

    @cached_property
    def blocks(self) -> list[Program]:
        """What the model says about each assistant alone."""
        return [block(self.model, self.pairs[own], self.pinned) for own in self.own]

    def taken_over(self, larger: Bundling, bundles: Sequence[Bundle]) -> list[Bundle]:
        """Return bundles of a part with more pairs, none of which these use, as those of this one."""
        pair = np.searchsorted(self.pairs, larger.pairs)
        client = np.searchsorted(self.clients, larger.clients)
        assistant = np.searchsorted(self.assistants, larger.assistants).tolist()
        return [
            Bundle(assistant[one.assistant], client[one.clients], pair[one.pairs], one.value)
            for one in bundles
        ]

    def root(self, pinned: Ints) -> Node:
        """Close what pinned pairs, also those of other parts, leave no room for; force whom they name."""
        table = self.model.table
        is_held = np.isin(self.pairs, pinned)
        bound = np.isin(table.client[self.pairs], table.client[pinned])
        return Node(bound & ~is_held, np.unique(self.client_of[is_held]))

    def counts_numbers(self, level: int) -> bool:
        """Tell whether it counts for a level how many clients somebody has."""
        return any(bool(count[level].any()) for count in self.count_value)

    def differs(self, level: int) -> bool:
        """Tell whether a bundle can be worth anything on a level."""
        return bool(self.value[level].any()) or self.counts_numbers(level)

    def forget(self) -> None:
        """Forget which sets do not fit: how far a search comes in so many steps depends on it."""
        for known in self.known:
            known.refused[:] = 0
            known.days[:] = 0

    def bundle(self, assistant: int, members: Ints) -> Bundle:
        """Return the bundle of some of an assistant's own pairs, given by their places at the desk."""
        own = self.own[assistant][np.sort(members)]
        value = self.value[:, own].sum(axis=1) + self.count_value[assistant][:, : len(own)].sum(axis=1)
        return Bundle(assistant, self.client_of[own], own, value)

    def chosen(self, pairs: Ints) -> list[Bundle]:
        """Return the bundles that some pairs, given as columns of the model, come to."""
        place = np.searchsorted(self.pairs, pairs)
        whose = self.assistant_of[place]
        return [
            self.bundle(assistant, np.searchsorted(self.own[assistant], place[whose == assistant]))
            for assistant in np.unique(whose).tolist()
        ]

    def columns_of(self, bundles: Sequence[Bundle], pinned: Ints, value: Floats | None = None) -> Ints:
        """Return the columns of a plan in which some bundles are served, the best one if they have a value.

        Parameters
        ----------
        pinned
            The columns that pins name.
        """
        return np.concatenate([
            np.zeros(0, dtype=np.int64),
            *(
                columns_of(
                    self.blocks[b.assistant], self.pairs[self.own[b.assistant]], self.pairs[b.pairs],
                    pinned, self.clock.unhurried(), value,
                )
                for b in bundles
            ),
        ])

    def each(self, desks: Sequence[int], do: Callable[[int], T]) -> list[T]:
        """Do something at some desks, at as many at a time as there are workers, the caller one of them."""
        found: dict[int, T] = {}
        following = count()

        def work() -> None:
            while (n := next(following)) < len(desks):
                found[n] = do(desks[n])

        helping = [self.pool.submit(work) for _ in range(min(self.clock.workers, len(desks)) - 1)]
        work()
        for helper in helping:
            helper.result()
        return [found[n] for n in range(len(desks))]
