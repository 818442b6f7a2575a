"""Questions that make the prices of either answer prove more: a small branch and bound."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from matcher.certificate.checker import Case, Part, halves, worth
from matcher.certificate.relaxation import Relaxation, Relaxed
from matcher.clock import Clock

Document = dict[str, Any]
_TOLERANCE = 1e-6
# How many questions are tried before one is asked, and how deep they go: the checker's parser has an end.
_TRIED, _DEEPEST = 6, 300
# No more than this is gained by a bound that falls further.
_ENOUGH = 2.0


@dataclass(order=True)
class Node:
    """A part of the plans, what they are worth at most, and the document that proves it."""

    rank: float
    number: int
    part: Part = field(compare=False)
    bound: int = field(compare=False)
    depth: int = field(compare=False)
    found: Relaxed | None = field(compare=False)
    document: Document = field(compare=False)


class Tree:
    """Grows a proof that no plan serves more than a target, as far as time allows."""

    def __init__(self, case: Case, clock: Clock) -> None:
        self.case, self.clock, self.count = case, clock, 0

    def grow(self, part: Part, target: int) -> tuple[Document, int]:
        """Return the proof and the bound that it proves.

        The leaf with the highest bound is split first, so that whenever time is up the bound is as
        low as so many questions make it. A leaf whose point is a plan cannot be split further.
        """
        root = self.node(part, 0, [])
        leaves = [root]
        while leaves[0].bound > target and not self.clock.is_over():
            leaf = leaves[0]
            split = self.best(leaf)
            if split is None:
                break
            question, yes, no = split
            leaf.document.clear()
            leaf.document |= {"split": question, "yes": yes.document, "no": no.document}
            heapq.heapreplace(leaves, yes)
            heapq.heappush(leaves, no)
        return root.document, max(leaf.bound for leaf in leaves)

    def node(self, part: Part, depth: int, known: list[Any]) -> Node:
        """Price one part, with prices known for a larger one where time is up; the checker bounds it."""
        found = Relaxation(self.case, part).solve(self.clock.left)
        prices = known if found is None else found.prices
        exact = worth(self.case, part, prices, [], "")
        self.count += 1
        value = float(exact) if found is None else min(found.value, float(exact + 1))
        return Node(-max(value, float(exact)), self.count, part, exact, depth, found, {"prices": prices})

    def best(self, leaf: Node) -> tuple[Document, Node, Node] | None:
        """Try some questions, and return the one whose answers both lower the bound most."""
        if leaf.found is None or leaf.depth >= _DEEPEST:
            return None
        best, most = None, -1.0
        known = leaf.document["prices"]
        for question in questions(self.case, leaf.part, leaf.found):
            parts = halves(self.case, leaf.part, question)
            yes, no = (self.node(part, leaf.depth + 1, known) for part in parts)
            falls = [min(max(answer.rank - leaf.rank, 1e-3), _ENOUGH) for answer in (yes, no)]
            if falls[0] * falls[1] > most:
                best, most = (question, yes, no), falls[0] * falls[1]
            if self.clock.is_over():
                break
        return best


def questions(case: Case, part: Part, found: Relaxed) -> list[Document]:
    """List questions whose answers both rule the point out: about people, else about one's time."""
    listed = sorted(_people(part, found), key=lambda asked: asked[0])[:_TRIED]
    return [question for _, question in listed] or list(_times(case, found))[:1]


def _people(part: Part, found: Relaxed) -> Iterator[tuple[float, Document]]:
    """Ask whether a client is matched, or with one assistant, with how far from even it is now."""
    matched: dict[str, dict[str, float]] = {}
    for (client, assistant), share in found.pairs.items():
        matched.setdefault(client, {})[assistant] = share
    for client, shares in matched.items():
        options = sorted(part.options[client])
        asked = [([a], share) for a, share in shares.items() if len(options) > 1]
        if client not in part.must:
            asked.append((options, sum(shares.values())))
        for assistants, share in asked:
            if _TOLERANCE < share < 1 - _TOLERANCE:
                yield abs(share - 0.5), {"client": client, "assistants": assistants}


def _times(case: Case, found: Relaxed) -> Iterator[Document]:
    for (client, _, need), days in found.days.items():
        on = sorted((day for day, share in days.items() if share > _TOLERANCE), key=lambda kind: kind[2])
        if len(on) > 1:
            yield {"client": client, "need": need, "before": f"{on[1][2]}T00:00"}
    for (client, _, need), days in found.days.items():
        for kind, share in days.items():
            times = found.times.get(kind, {})
            partly = [t for t, much in sorted(times.items()) if _TOLERANCE < much % 1 < 1 - _TOLERANCE]
            if share > _TOLERANCE and partly:
                yield {"client": client, "need": need, "before": case.moments[partly[-1]]}
