"""What a pair criterion is: a requirement rules pairs out, a preference gives them points."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from matcher.parts import Assistant, Client
from matcher.plan_parts import Reason
from matcher.round import Round

Bools = npt.NDArray[np.bool_]
Points = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Pairs:
    """Clients by assistants, seen as whole columns: every table has shape (clients, assistants)."""

    round: Round
    clients: Sequence[Client]
    assistants: Sequence[Assistant]

    @property
    def shape(self) -> tuple[int, int]:
        """How many clients, and how many assistants."""
        return len(self.clients), len(self.assistants)

    def equal(
        self, client: Callable[[Client], Hashable], assistant: Callable[[Assistant], Hashable]
    ) -> Bools:
        """Tell where a client's value is the assistant's."""
        number: dict[Hashable, int] = {}
        rows = [number.setdefault(client(c), len(number)) for c in self.clients]
        columns = [number.setdefault(assistant(a), len(number)) for a in self.assistants]
        return np.asarray(np.equal.outer(np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)))

    def of_clients(self, holds: Callable[[Client], bool]) -> Bools:
        """Tell for which clients something holds: a column that spreads over all assistants."""
        return np.array([holds(client) for client in self.clients], dtype=np.bool_).reshape(-1, 1)

    def of_assistants(self, holds: Callable[[Assistant], bool]) -> Bools:
        """Tell for which assistants something holds: a row that spreads over all clients."""
        return np.array([holds(assistant) for assistant in self.assistants], dtype=np.bool_).reshape(1, -1)

    def meeting(
        self, client: Callable[[Client], Collection[str]], assistant: Callable[[Assistant], Collection[str]]
    ) -> Bools:
        """Tell where a client's set and an assistant's have a member in common."""
        number: dict[str, int] = {}
        rows = [[number.setdefault(x, len(number)) for x in client(c)] for c in self.clients]
        # What no client has cannot be in common.
        columns = [[number[x] for x in assistant(a) if x in number] for a in self.assistants]
        common = _incidence(rows, len(number)) @ _incidence(columns, len(number)).T
        return np.asarray(common > 0)


def _incidence(rows: list[list[int]], width: int) -> npt.NDArray[np.float32]:
    # Floats, because only their product goes through the fast matrix routines.
    table = np.zeros((len(rows), width), dtype=np.float32)
    for n, members in enumerate(rows):
        table[n, members] = 1
    return table


class Criterion(ABC):
    """What looks at pairs, and of whom it sees the same."""

    def __init__(self, rnd: Round) -> None:
        self.round = rnd

    @abstractmethod
    def of_client(self, client: Client) -> Hashable:
        """Return all that it looks at of a client: those with the same are looked at once."""

    @abstractmethod
    def of_assistant(self, assistant: Assistant) -> Hashable:
        """Return all that it looks at of an assistant."""


class Requirement(Criterion):
    """A hard rule about pairs."""

    code: ClassVar[str]

    @abstractmethod
    def broken(self, pairs: Pairs) -> Bools:
        """Tell which pairs the rule keeps apart."""

    @abstractmethod
    def keeps_apart(self, client: Client, assistant: Assistant) -> bool:
        """Tell the same of one pair, read straight from the rule."""

    @abstractmethod
    def text(self, client: Client) -> str:
        """Say in words what such assistants lack for this client."""


class Preference(Criterion):
    """A wish about pairs, worth points on one level."""

    level: ClassVar[str]

    @abstractmethod
    def points(self, pairs: Pairs) -> Points:
        """Give every pair its points."""

    @abstractmethod
    def score(self, client: Client, assistant: Assistant) -> int:
        """Give one pair its points, read straight from the rule."""

    @abstractmethod
    def explain(self, client: Client, assistant: Assistant) -> Reason | None:
        """Say in words what the pair gets; None where there is nothing to say."""
