"""Splitting the tree over bundles: nothing is lost, nothing is looked at twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import numpy as np
import pytest

from benchmarks.rounds import office_round
from matcher import Round, Stop, solve
from matcher.branch_price import Search
from matcher.branching import dived, splits
from matcher.bundling import Bundling, Node
from matcher.candidates import candidates
from matcher.clock import Clock
from matcher.levels import objectives
from matcher.model import build
from matcher.rows import Ints
from tests.matcher.laws import seeds
from tests.matcher.solving import Document


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def _bundling(document: Document, pool: ThreadPoolExecutor) -> Bundling:
    model = build(candidates(Round.from_document(document)))
    return Bundling(model, np.arange(model.pairs), (), objectives(model)[:1], Clock(Stop()), pool)


def _root(part: Bundling) -> Node:
    return Node(np.zeros(len(part.pairs), dtype=np.bool_), np.zeros(0, dtype=np.int64))


def _holds(part: Bundling, node: Node, chosen: Ints) -> bool:
    return not node.closed[chosen].any() and bool(np.isin(node.forced, part.client_of[chosen]).all())


@pytest.mark.parametrize("seed", seeds(15, 300))
def test_every_choice_is_in_one_child_of_each_split(pool: ThreadPoolExecutor, seed: int) -> None:
    random, part = Random(seed), _bundling(office_round(20, 4, 5, seed), pool)
    shares = np.array([random.choice([0.0, 0.25, 0.5, 1.0]) for _ in part.pairs])
    node = _root(part)
    for _ in range(random.randrange(3)):
        node = random.choice(random.choice(splits(part, node, shares, 6)))
    ways = splits(part, node, shares, 6)
    assert 0 < len(ways) <= 6
    for _ in range(50):
        mine = (np.flatnonzero((part.client_of == n) & ~node.closed) for n in range(len(part.clients)))
        picked = [random.choice([*own.tolist(), -1]) for own in mine]
        chosen = np.array([pair for pair in picked if pair >= 0], dtype=np.int64)
        for way in ways:
            assert sum(_holds(part, child, chosen) for child in way) == _holds(part, node, chosen)


def test_whole_shares_are_not_split(pool: ThreadPoolExecutor) -> None:
    part = _bundling(office_round(20, 4, 5, 0), pool)
    assert splits(part, _root(part), (np.arange(len(part.pairs)) % 2).astype(np.float64), 6) == []


def test_a_dive_takes_one_pair_of_a_client(pool: ThreadPoolExecutor) -> None:
    part = _bundling(office_round(20, 4, 5, 0), pool)
    node = dived(part, _root(part), np.full(len(part.pairs), 0.5))
    assert len(node.forced) > 1
    for client in node.forced:
        assert np.count_nonzero(~node.closed[part.client_of == client]) == 1


@pytest.mark.parametrize(("clients", "assistants", "seed", "level"), [
    (60, 6, 11, "language"), (60, 6, 12, "language"), (50, 5, 11, "language"), (70, 6, 4, "served"),
    pytest.param(70, 6, 12, "served", marks=pytest.mark.long),
    pytest.param(70, 6, 7, "language", marks=pytest.mark.long),
])
def test_a_pair_that_is_of_no_use_makes_a_level_worse(
    pool: ThreadPoolExecutor, clients: int, assistants: int, seed: int, level: str
) -> None:
    document = office_round(clients, assistants, 5, seed)
    document["policy"]["levels"] = [level]
    part = _bundling(document, pool)
    search = Search(part, 0, (), _root(part), [], lambda _value, _bound: None)
    best = search.run()
    useful = search.useful()
    assert best.value == best.bound
    assert len(search.leaves) > 1
    table = part.model.table
    some = np.flatnonzero(~useful)
    assert len(some)
    for pair in Random(seed).sample(some.tolist(), min(5, len(some))):
        client = table.clients[table.client[part.pairs[pair]]].id
        assistant = table.assistants[table.assistant[part.pairs[pair]]].id
        pins = [{"client": client, "assistant": assistant}]
        plan = solve(Round.from_document({**document, "pins": pins}), Stop())
        assert plan.status == "infeasible" or plan.levels[0].bound < best.value


def test_the_outlook_of_a_child_is_no_better_than_its_parent_and_no_worse_than_the_child(
    pool: ThreadPoolExecutor,
) -> None:
    part = _bundling(office_round(70, 6, 5, 4), pool)
    search = Search(part, 0, (), _root(part), [], lambda _value, _bound: None)
    search.run()
    master, root = search.master, _root(part)
    master.restrict(root.closed, root.forced)
    worth, _ = master.solve()
    shares = np.random.default_rng(0).random(len(part.pairs))
    children = [child for way in splits(part, root, shares, 6) for child in way]
    outlook = master.outlook([(child.closed, child.forced) for child in children])
    assert len(outlook) == len(children) == 12
    for child, looks in zip(children, outlook, strict=True):
        master.restrict(child.closed, child.forced)
        assert master.solve()[0] - 1e-6 <= looks <= worth + 1e-6
