"""Rounds, plans and the oracle, for tests of explanations."""

from __future__ import annotations

from random import Random
from typing import Any

from matcher import Plan, Round, Stop, solve
from matcher.explanation.patches import patched
from tests.matcher.exact import optimum
from tests.matcher.rounds import small_round

Document = dict[str, Any]


def solved(seed: int) -> tuple[Document, Round, Plan]:
    """A small random round, read, and its plan."""
    document = small_round(Random(seed))
    rnd = Round.from_document(document)
    return document, rnd, solve(rnd, Stop())


def weights(document: Document) -> dict[str, int]:
    """What each client counts in `served`."""
    return {client["id"]: client.get("weight", 1) for client in document["clients"]}


def served(document: Document, plan: Plan) -> int:
    """The weight of the matched, whatever the policy counts."""
    weight = weights(document)
    return sum(weight[pair.client] for pair in plan.pairs)


def best_served(document: Document) -> int | None:
    """The most that any plan serves, by the oracle; None where pins contradict."""
    policy = {**document.get("policy", {}), "levels": ["served"]}
    found = optimum({**document, "policy": policy})
    return None if found is None else found["served"]


__all__ = ["Document", "best_served", "patched", "served", "solved", "weights"]
