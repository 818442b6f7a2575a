"""Some pairs must never meet: the client or the office says so."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from matcher.criteria.base import Bools, Pairs, Requirement
from matcher.parts import Assistant, Client
from matcher.round import Round


class NotWith(Requirement):
    """Neither the client's `not_with` nor a ban of the office names the pair."""

    code = "not-with"

    def __init__(self, rnd: Round) -> None:
        super().__init__(rnd)
        self._bans = {(ban.client, ban.assistant) for ban in rnd.bans}
        self._clients = {ban.client for ban in rnd.bans}
        self._assistants = {ban.assistant for ban in rnd.bans}
        self._assistants.update(other for client in rnd.clients for other in client.not_with)

    def of_client(self, client: Client) -> Hashable:
        """Who they are, if named or naming somebody."""
        return client.id if client.not_with or client.id in self._clients else None

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """Who they are, if named."""
        return assistant.id if assistant.id in self._assistants else None

    def broken(self, pairs: Pairs) -> Bools:
        """Tell which pairs are named; they are few, so they are marked one by one."""
        out = np.zeros(pairs.shape, dtype=np.bool_)
        rows = {client.id: n for n, client in enumerate(pairs.clients)}
        columns = {assistant.id: n for n, assistant in enumerate(pairs.assistants)}
        named = {(client.id, other) for client in pairs.clients for other in client.not_with}
        for client_id, assistant_id in named | self._bans:
            if client_id in rows and assistant_id in columns:
                out[rows[client_id], columns[assistant_id]] = True
        return out

    def keeps_apart(self, client: Client, assistant: Assistant) -> bool:
        """Tell whether these two are named."""
        return assistant.id in client.not_with or (client.id, assistant.id) in self._bans

    def text(self, client: Client) -> str:
        """Say what rules such assistants out."""
        return "ruled out by the client or the office"
