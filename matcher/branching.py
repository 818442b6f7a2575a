"""How a node of the tree over bundles is split, and where a dive goes on from it."""

from __future__ import annotations

import numpy as np

from matcher.bundling import Bundling, Node
from matcher.rows import Bools, Floats

# What share counts as none of something, or one less it as all of it.
WHOLE = 1e-6
# How far from one half the share of a client may be to split by whether they are served.
_UNDECIDED = 0.4
# A step of a dive takes so many pairs at most, of such a share at least, or else the one of the largest.
_TAKEN, _SURE = 8, 0.75


def splits(part: Bundling, node: Node, shares: Floats, most: int) -> list[tuple[Node, Node]]:
    """Split a node in several ways: a client is served or not, or else meets an assistant or not.

    Parameters
    ----------
    shares
        How much of each pair the relaxation takes: shape (pairs,).

    Returns
    -------
    list[tuple[Node, Node]]
        At most so many, of which the first divide most evenly; none where all shares are whole.
    """
    of_client = np.bincount(part.client_of, weights=shares, minlength=len(part.clients))
    by_client, by_pair = np.abs(of_client - 0.5), np.abs(shares - 0.5)
    clients = [n for n in np.argsort(by_client, kind="stable").tolist() if by_client[n] < _UNDECIDED]
    pairs = [n for n in np.argsort(by_pair, kind="stable").tolist() if by_pair[n] < 0.5 - WHOLE]
    served = ((part.client_of == n, np.zeros_like(node.closed), n) for n in clients)
    met = (_met(part, n) for n in pairs)
    return [
        (Node(node.closed | without, node.forced), Node(node.closed | others, np.union1d(node.forced, [n])))
        for without, others, n in [*served, *met][:most]
    ]


def _met(part: Bundling, pair: int) -> tuple[Bools, Bools, int]:
    """Return what is closed where a pair does not meet and where it does, and its client."""
    this: Bools = np.arange(len(part.pairs)) == pair
    client = int(part.client_of[pair])
    return this, (part.client_of == client) & ~this, client


def dived(part: Bundling, node: Node, shares: Floats) -> Node:
    """Take the pairs with the largest shares for good."""
    open_ = np.where((shares > WHOLE) & (shares < 1 - WHOLE), shares, -1.0)
    taken = np.argsort(-open_, kind="stable")[:_TAKEN]
    taken = taken[open_[taken] >= min(open_.max(), _SURE)]
    # Of a client's pairs that are taken alike, only the first.
    taken = taken[np.unique(part.client_of[taken], return_index=True)[1]]
    closed = node.closed | np.isin(part.client_of, part.client_of[taken])
    closed[taken] = node.closed[taken]
    return Node(closed, np.union1d(node.forced, part.client_of[taken]))
