"""An assistant must know about what a client needs."""

from __future__ import annotations

from collections.abc import Hashable

from matcher.criteria.base import Bools, Pairs, Requirement
from matcher.parts import Assistant, Client


class CoversTopics(Requirement):
    """The assistant covers the topic of every essential need; optional ones may go without."""

    code = "topic"

    def of_client(self, client: Client) -> Hashable:
        """The topics that they cannot do without."""
        return frozenset(_essential(client))

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """The topics that they cover."""
        return assistant.topics

    def broken(self, pairs: Pairs) -> Bools:
        """Tell which assistants lack a topic that the client cannot do without."""
        every = {topic.id for topic in self.round.topics}
        lacks = {a.id: every - set(a.topics) if a.topics is not None else set() for a in pairs.assistants}
        return pairs.meeting(_essential, lambda a: lacks[a.id])

    def keeps_apart(self, client: Client, assistant: Assistant) -> bool:
        """Tell whether this assistant lacks a topic."""
        return assistant.topics is not None and not _essential(client) <= set(assistant.topics)

    def text(self, client: Client) -> str:
        """Say what such assistants lack."""
        return f"do not cover all of {', '.join(sorted(_essential(client)))}"


def _essential(client: Client) -> set[str]:
    return {need.topic for need in client.needs if not need.optional}
