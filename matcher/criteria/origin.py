"""What a client wishes about the assistant's country and culture."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from matcher.criteria.base import Bools, Pairs, Points, Preference, Requirement
from matcher.parts import Assistant, Client
from matcher.plan_parts import Reason


class RequiredOrigin(Requirement):
    """A client may require somebody from their own country, or somebody who is not."""

    code = "origin"

    def of_client(self, client: Client) -> Hashable:
        """Their country, and what they require."""
        return client.origin, client.wishes.origin

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """Their country."""
        return assistant.origin

    def broken(self, pairs: Pairs) -> Bools:
        """Tell which assistants come from where the client must not be helped from."""
        same = pairs.equal(lambda c: c.origin, lambda a: a.origin)
        wants_same = pairs.of_clients(lambda c: c.wishes.origin == "require-same")
        wants_different = pairs.of_clients(lambda c: c.wishes.origin == "require-different")
        return (wants_same & ~same) | (wants_different & same)

    def keeps_apart(self, client: Client, assistant: Assistant) -> bool:
        """Tell whether this assistant's origin is ruled out."""
        same = client.origin == assistant.origin
        return client.wishes.origin == ("require-different" if same else "require-same")

    def text(self, client: Client) -> str:
        """Say what such assistants lack."""
        if client.wishes.origin == "require-same":
            return "not from the same country, which the client requires"
        return "from the same country, which the client rules out"


class SameOrigin(Preference):
    """Points for the client's wish to meet someone from their own country or culture."""

    level = "origin"

    def of_client(self, client: Client) -> Hashable:
        """Their country and cultures, and what they wish."""
        return client.origin, client.cultures, client.wishes.origin

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """Their country and cultures."""
        return assistant.origin, assistant.cultures

    def points(self, pairs: Pairs) -> Points:
        """Give 2 for the same country, 1 for a shared culture, to clients who wish it."""
        wished = pairs.of_clients(lambda c: c.wishes.origin == "prefer-same")
        same = pairs.equal(lambda c: c.origin, lambda a: a.origin)
        akin = pairs.meeting(lambda c: c.cultures, lambda a: a.cultures)
        return np.where(same, 2, akin).astype(np.int8) * wished.astype(np.int8)

    def score(self, client: Client, assistant: Assistant) -> int:
        """Give these two their points."""
        if client.wishes.origin != "prefer-same":
            return 0
        if client.origin == assistant.origin:
            return 2
        return int(not set(client.cultures).isdisjoint(assistant.cultures))

    def explain(self, client: Client, assistant: Assistant) -> Reason | None:
        """Say how far the wish is met; nothing where there was none."""
        if client.wishes.origin == "require-same":
            return Reason(self.level, "from the same country, as the client requires")
        if client.wishes.origin == "require-different":
            return Reason(self.level, "from another country, as the client requires")
        if client.wishes.origin == "none":
            return None
        shared = ", ".join(sorted(set(client.cultures) & set(assistant.cultures)))
        return Reason(
            self.level,
            {
                2: "from the same country, as the client wished",
                1: f"not from the same country, as the client wished, but of a shared culture ({shared})",
                0: "not from the same country or culture, as the client wished",
            }[self.score(client, assistant)],
        )
