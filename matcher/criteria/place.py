"""A pair must have somewhere to meet."""

from __future__ import annotations

from collections.abc import Hashable

from matcher.criteria.base import Bools, Pairs, Requirement
from matcher.parts import Assistant, Client
from matcher.times import places_of


class SharedPlace(Requirement):
    """They share a place at some time, each of the two at any time of their own.

    Whether that is the same time is asked later; who is never available breaks no rule of place.
    """

    code = "place"

    def of_client(self, client: Client) -> Hashable:
        """The places of all their times."""
        return _places(client)

    def of_assistant(self, assistant: Assistant) -> Hashable:
        """The places of all their times."""
        return _places(assistant)

    def broken(self, pairs: Pairs) -> Bools:
        """Tell which pairs have nowhere to meet."""
        some = pairs.of_clients(lambda c: bool(c.availability)) & pairs.of_assistants(
            lambda a: bool(a.availability)
        )
        free_c, free_a = pairs.of_clients(_anywhere), pairs.of_assistants(_anywhere)
        named_c = pairs.of_clients(lambda c: bool(_named(c)))
        named_a = pairs.of_assistants(lambda a: bool(_named(a)))
        shared = (free_c & (free_a | named_a)) | (named_c & free_a) | pairs.meeting(_named, _named)
        return some & ~shared

    def keeps_apart(self, client: Client, assistant: Assistant) -> bool:
        """Tell whether these two have nowhere to meet."""
        if not client.availability or not assistant.availability:
            return False
        mine = [places_of(client, interval) for interval in client.availability]
        theirs = [places_of(assistant, interval) for interval in assistant.availability]
        return not any(_some_place(a, b) for a in mine for b in theirs)

    def text(self, client: Client) -> str:
        """Say what such assistants lack."""
        places = ", ".join(sorted(_named(client)))
        return f"no shared place ({places})" if places else "no shared place"


def _places(person: Client | Assistant) -> Hashable:
    return frozenset(places_of(person, interval) for interval in person.availability)


def _anywhere(person: Client | Assistant) -> bool:
    return any(places_of(person, interval) is None for interval in person.availability)


def _named(person: Client | Assistant) -> set[str]:
    return {place for interval in person.availability for place in places_of(person, interval) or ()}


def _some_place(mine: tuple[str, ...] | None, theirs: tuple[str, ...] | None) -> bool:
    if mine is None or theirs is None:
        return mine != () and theirs != ()
    return not set(mine).isdisjoint(theirs)
