"""People of whom a criterion sees the same, so that it looks at one of each kind instead of at everybody."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from matcher.columns import Columns
from matcher.compiled import lean
from matcher.criteria.base import Criterion, Pairs
from matcher.parts import Assistant, Client

Ints = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int8]
Scalar = TypeVar("Scalar", bound=np.generic)
_P = TypeVar("_P", Client, Assistant)


class OfKinds(NamedTuple, Generic[Scalar]):
    """What a criterion says of pairs: the table of kinds, and everybody's kind."""

    table: npt.NDArray[Scalar]
    client: Ints
    assistant: Ints


def of_kinds(
    criterion: Criterion, columns: Columns, say: Callable[[Pairs], npt.NDArray[Scalar]]
) -> OfKinds[Scalar]:
    """Ask a criterion about one pair of each two kinds."""
    client, clients = _kinds(columns.clients, criterion.of_client)
    assistant, assistants = _kinds(columns.assistants, criterion.of_assistant)
    return OfKinds(say(Pairs(columns.round, clients, assistants)), client, assistant)


def _kinds(people: Sequence[_P], key: Callable[[_P], Hashable]) -> tuple[Ints, list[_P]]:
    """Number the kinds of people, and return one of each."""
    number: dict[Hashable, int] = {}
    kind = np.fromiter((number.setdefault(key(one), len(number)) for one in people), dtype=np.int64)
    return kind, [people[n] for n in np.unique(kind, return_index=True)[1].tolist()]


def first_broken(rules: Sequence[OfKinds[np.bool_]], clients: slice, out: Shorts) -> None:
    """Write down the first rule that each pair breaks, counted from 1; 0 for none.

    Parameters
    ----------
    clients
        Whose pairs; `out` has one row for each of them and one column for each assistant.
    """
    sizes = np.cumsum([0, *(rule.table.size for rule in rules)])
    _first_broken(
        np.concatenate([rule.table.ravel() for rule in rules]),
        np.stack([
            offset + rule.client[clients] * rule.table.shape[1]
            for rule, offset in zip(rules, sizes.tolist(), strict=False)
        ]),
        np.stack([rule.assistant for rule in rules]),
        out,
    )


@lean
def _first_broken(broken: npt.NDArray[np.bool_], row: Ints, column: Ints, out: Shorts) -> None:
    for client in range(out.shape[0]):
        for assistant in range(out.shape[1]):
            for rule in range(row.shape[0]):
                if broken[row[rule, client] + column[rule, assistant]]:
                    out[client, assistant] = rule + 1
                    break
