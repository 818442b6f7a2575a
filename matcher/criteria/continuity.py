"""Clients who were helped before may keep who helped them."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from matcher.criteria.base import Pairs, Points, Preference
from matcher.parts import Assistant, Client
from matcher.plan_parts import Reason
from matcher.round import Round


class Continuity(Preference):
    """A point for staying with the assistant of the round before."""

    level = "continuity"

    def __init__(self, rnd: Round) -> None:
        super().__init__(rnd)
        self._met = {client.previous_assistant for client in rnd.clients}

    def of_client(self, client: Client) -> Hashable:
        """Whom they met before."""
        return client.previous_assistant

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """Who they are, if any client met them before."""
        return assistant.id if assistant.id in self._met else None

    def points(self, pairs: Pairs) -> Points:
        """Give a point where the assistant is the client's previous one."""
        return pairs.equal(lambda c: c.previous_assistant, lambda a: a.id).astype(np.int8)

    def score(self, client: Client, assistant: Assistant) -> int:
        """Give these two their point."""
        return int(client.previous_assistant == assistant.id)

    def explain(self, client: Client, assistant: Assistant) -> Reason | None:
        """Say that they know each other, or that the client meets somebody new."""
        if client.previous_assistant is None:
            return None
        if self.score(client, assistant):
            return Reason(self.level, "they met in an earlier round")
        return Reason(self.level, "not the assistant of the earlier round")
