"""A plan that stands, and how to make room in it for one more client without losing anybody."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from matcher.check import add_up
from matcher.explanation.calendar import Placed
from matcher.explanation.desks import Desks, only
from matcher.parts import Assistant, Client
from matcher.plan import Plan
from matcher.plan_parts import Pair
from matcher.round import Round

# What the clients of each assistant who is touched become.
Moves = Mapping[str, frozenset[str]]


class Standing:
    """A plan of a round, as the clients of each assistant.

    Attributes
    ----------
    served
        The weight of everybody who is matched.
    proven
        Whether no plan of the round serves more.
    """

    def __init__(self, rnd: Round, plan: Plan) -> None:
        self.round, self.plan = rnd, plan
        self.assistant_of = {pair.client: pair.assistant for pair in plan.pairs}
        self.clients_of: dict[str, frozenset[str]] = {
            assistant.id: frozenset(c for c, a in self.assistant_of.items() if a == assistant.id)
            for assistant in rnd.assistants
        }
        self.served = sum(rnd.client(client).weight for client in self.assistant_of)
        told = next((level for level in plan.levels if level.level == "served"), None)
        first = rnd.policy.levels[:1] == ("served",)
        everybody = len(self.assistant_of) == len(rnd.clients)
        self.proven = everybody or (first and told is not None and told.value == told.bound)
        self.desks = Desks(rnd, {
            (pair.client, pair.assistant, meeting.need): rnd.day_index(meeting.start.date())
            for pair in plan.pairs
            for meeting in pair.appointments
        })
        self._also: dict[tuple[str, str], bool] = {}

    @cached_property
    def position(self) -> dict[str, int]:
        """Where each person stands in the round's document; clients and assistants may share an id."""
        return {f"client {c.id}": n for n, c in enumerate(self.round.clients)} | {
            f"assistant {a.id}": n for n, a in enumerate(self.round.assistants)
        }

    def takes_also(self, assistant: str, client: str) -> bool:
        """Tell whether an assistant was found to fit another client in, beside those they have."""
        key = assistant, client
        if key not in self._also:
            together = self.clients_of[assistant] | {client}
            self._also[key] = self.desks.fit(self.round.assistant(assistant), together) is not None
        return self._also[key]

    def room(self, desks: Desks, client: str, assistant: Assistant) -> Moves | None:
        """Find room for a client with an assistant, alone or by moving one other client on."""
        name = assistant.id
        together = self.clients_of.get(name, frozenset()) | {client}
        if not desks.may_meet(client, name):
            return None
        if desks.fit(assistant, together) is not None:
            return {name: together}
        for other in sorted(together - {client}):
            if other in self.desks.pins:
                continue
            onward = next((
                further for further in self.desks.possible[other]
                if further != name and self.takes_also(further, other)
            ), None)
            if onward is not None and desks.fit(assistant, together - {other}) is not None:
                return {name: together - {other}, onward: self.clients_of[onward] | {other}}
        return None

    def holds(
        self, desks: Desks, moves: Moves, *, client: Client | None, assistant: Assistant | None
    ) -> bool:
        """Check with the matcher's own checker that moves make a plan; who changed is handed in.

        Assistants who are not touched keep their clients and appointments. As no rule reaches from
        one assistant's appointments to another's, the whole plan holds if the touched part does.
        """
        assistants = [
            assistant if assistant is not None and assistant.id == name else self.round.assistant(name)
            for name in moves
        ]
        people = [
            client if client is not None and client.id == name else self.round.client(name)
            for name in sorted(frozenset().union(*moves.values()))
        ]
        pairs: list[Pair] = []
        for one in assistants:
            times: Mapping[tuple[str, str], Placed] | None = desks.fit(one, moves[one.id])
            if times is None:
                return False
            pairs += desks.pairs(one.id, moves[one.id], times)
        moved = frozenset().union(*(self.clients_of.get(name, frozenset()) for name in moves))
        faults, _ = add_up(only(self.round, people, assistants), pairs)
        return moved <= {person.id for person in people} and not faults
