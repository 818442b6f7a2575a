"""What the leaves of a tree over bundles say about every choice that is as good as the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.bundling import Node
from matcher.pricing import Listed, Pricing
from matcher.rows import Bools

# How far a bound computed in floating point may lie below the true one.
_SAFETY = 1e-5


@dataclass(frozen=True)
class Leaf:
    """A part of the tree, with the prices that bound what a choice in it is worth."""

    pricing: Pricing
    bound: float

    def at(self, node: Node) -> Leaf:
        """Return the same bound for a part of this part."""
        return replace(self, pricing=replace(self.pricing, node=node))

    def below(self, root: Node) -> Leaf:
        """Close what is closed at a root, too."""
        node = self.pricing.node
        return self.at(replace(node, closed=node.closed | root.closed))


def within(leaves: Sequence[Leaf], value: int, root: Node) -> Bools:
    """Tell which pairs that are open at a root can be in a choice that is worth so much."""
    useful = np.zeros_like(root.closed)
    for leaf, gap in _alive(leaves, value):
        if not (useful | root.closed).all():
            pricing = leaf.below(root).pricing
            useful |= pricing.within(gap) & ~pricing.node.closed
    return useful


def listed(leaves: Sequence[Leaf], value: int, root: Node) -> list[Listed] | None:
    """List each desk's bundles that can be in such a choice; None where there are too many."""
    lists = []
    for leaf, gap in _alive(leaves, value):
        some = leaf.below(root).pricing.listed(gap)
        if some is None:
            return None
        lists.append(some)
    return [_joined(of_desk) for of_desk in zip(*lists, strict=True)]


def _alive(leaves: Sequence[Leaf], value: int) -> list[tuple[Leaf, float]]:
    gaps = [(leaf, leaf.bound - value + _SAFETY) for leaf in leaves]
    return [(leaf, gap) for leaf, gap in gaps if gap >= 0.0]


def _joined(lists: Sequence[Listed]) -> Listed:
    """Return the bundles of one desk's lists, each once."""
    members = np.concatenate([one.members for one in lists])
    size = np.concatenate([one.size for one in lists])
    inside = np.arange(members.shape[1]) < size[:, None]
    _, first = np.unique(np.sort(np.where(inside, members, -1), axis=1), axis=0, return_index=True)
    return Listed(members[first], size[first])
