"""What the two wish about each other's gender."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from matcher.criteria.base import Bools, Pairs, Points, Preference, Requirement
from matcher.parts import GENDERS, Assistant, Client
from matcher.plan_parts import Reason
from matcher.round import Round

_REQUIRE, _PREFER = "require-", "prefer-"


def _wished(client: Client, how: str) -> str | None:
    wish = client.wishes.gender
    return wish.removeprefix(how) if wish.startswith(how) else None


class RequiredGender(Requirement):
    """A required gender is the assistant's, and the client's is one that the assistant accepts."""

    code = "gender"

    def __init__(self, rnd: Round) -> None:
        super().__init__(rnd)
        accepted = [set(a.accepts_genders) for a in rnd.assistants if a.accepts_genders is not None]
        self._refused = {gender for gender in GENDERS for genders in accepted if gender not in genders}

    def of_client(self, client: Client) -> Hashable:
        """Their gender, and which they require."""
        return client.gender, client.wishes.gender

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """Their gender, and which they accept."""
        return assistant.gender, assistant.accepts_genders

    def broken(self, pairs: Pairs) -> Bools:
        """Tell which pairs one of the two rules out."""
        requires = pairs.of_clients(lambda c: _wished(c, _REQUIRE) is not None)
        has = pairs.equal(lambda c: _wished(c, _REQUIRE), lambda a: a.gender)
        accepts_all = pairs.of_assistants(lambda a: a.accepts_genders is None)
        accepts = pairs.meeting(lambda c: (c.gender,), lambda a: a.accepts_genders or ())
        return (requires & ~has) | ~(accepts_all | accepts)

    def keeps_apart(self, client: Client, assistant: Assistant) -> bool:
        """Tell whether one of these two rules the other out."""
        required = _wished(client, _REQUIRE)
        if required is not None and assistant.gender != required:
            return True
        return assistant.accepts_genders is not None and client.gender not in assistant.accepts_genders

    def text(self, client: Client) -> str:
        """Say what such assistants lack, or whom they do not help."""
        required = _wished(client, _REQUIRE)
        lacks = [f"not {required}, which the client requires"] if required is not None else []
        lacks += [f"do not help {client.gender} clients"] if client.gender in self._refused else []
        return ", or ".join(lacks) or "no wish about gender rules anybody out"


class PreferredGender(Preference):
    """A point for the gender that the client would rather meet."""

    level = "gender"

    def of_client(self, client: Client) -> Hashable:
        """What they wish."""
        return client.wishes.gender

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """Their gender."""
        return assistant.gender

    def points(self, pairs: Pairs) -> Points:
        """Give a point where the preferred gender is the assistant's."""
        wished = pairs.of_clients(lambda c: _wished(c, _PREFER) is not None)
        met = pairs.equal(lambda c: _wished(c, _PREFER), lambda a: a.gender)
        return np.asarray(wished & met).astype(np.int8)

    def score(self, client: Client, assistant: Assistant) -> int:
        """Give these two their point."""
        return int(_wished(client, _PREFER) == assistant.gender)

    def explain(self, client: Client, assistant: Assistant) -> Reason | None:
        """Say whether the wish is met; nothing where there was none."""
        required, preferred = _wished(client, _REQUIRE), _wished(client, _PREFER)
        if required is not None:
            return Reason(self.level, f"{required}, as the client requires")
        if preferred is None:
            return None
        met = "" if self.score(client, assistant) else "not "
        return Reason(self.level, f"{met}{preferred}, as the client wished")
