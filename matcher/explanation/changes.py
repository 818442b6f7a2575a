"""What could be changed in a round for one client, the smallest first. Safety is not for sale.

Nothing here touches `not_with`, bans, `require-different`, a required gender or the genders that an
assistant accepts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from matcher.candidates import CODES, NO_COMMON_TIME
from matcher.explanation.desks import Desks
from matcher.explanation.patches import Operation, add, change
from matcher.explanation.standing import Standing
from matcher.explanation.stretches import minutes, told, whole
from matcher.languages import language_name, level_name
from matcher.parts import Assistant, Client, Wishes

# Kinds of changes, the smallest first: none, what the client gives up, what they do more, what an
# assistant does more, and somebody new.
KINDS = ("again", "language", "wish", "place", "come", "clients", "minutes", "hours", "recruit")
# How many levels of a language may be given up.
_LEVELS = 2


@dataclass(frozen=True, eq=False)
class Change:
    """One or two changed people, how a round's document says so, and how much it is of its kind.

    Attributes
    ----------
    amount
        Levels of language, minutes, or 0 where nothing is counted.
    wanted
        The assistants who may come into question by it.
    always
        Desks at which the person who is to be there longer always is; None if nobody is.
    """

    kind: str
    amount: int
    operations: tuple[Operation, ...]
    text: str
    wanted: tuple[str, ...]
    client: Client | None = None
    assistant: Assistant | None = None
    always: Desks | None = None

    @property
    def size(self) -> tuple[bool, int, int, int, str]:
        """What is compared: nobody new, operations, kind, amount, and the words where all else is equal."""
        recruits = self.kind == "recruit"
        return recruits, len(self.operations), KINDS.index(self.kind), self.amount, self.text

    def holds_more_than(self, other: Change) -> bool:
        """Tell whether all that another change does, this one does and more."""
        mine, theirs = ({str(o["path"]) for o in c.operations} for c in (self, other))
        return mine > theirs


def of_client(standing: Standing, client: Client) -> Iterator[Change]:
    """Change what the client gives up: levels of a language, a required origin, a place."""
    at = f"/clients/{standing.position[f'client {client.id}']}"
    everybody = tuple(sorted(a.id for a in standing.round.assistants))
    minimum = standing.round.policy.minimum_level
    for tag, level in sorted(client.languages.items()):
        for more in range(1, _LEVELS + 1):
            if level + more > 7:
                break
            yield Change(
                "language", more,
                (change(f"{at}/languages/{_escaped(tag)}", level_name(level + more)),),
                f"accept {language_name(tag)} at {level_name(level)} for {client.id} as if it were "
                f"{level_name(level + more)} (the office asks for {level_name(minimum)})",
                everybody, client=replace(client, languages={**client.languages, tag: level + more}),
            )
    if client.wishes.origin == "require-same":
        wishes = Wishes(
            given=client.wishes.given | {"origin"}, origin="prefer-same", gender=client.wishes.gender
        )
        yield Change(
            "wish", 0, (change(f"{at}/wishes/origin", "prefer-same"),),
            f"let {client.id} prefer, not require, somebody from the same country", everybody,
            client=replace(client, wishes=wishes),
        )
    yield from _of_places(standing, client, at, everybody)


def _of_places(standing: Standing, client: Client, at: str, everybody: tuple[str, ...]) -> Iterator[Change]:
    """Let a client come to a place of an assistant, too: always, or where a stretch of time names its own."""
    known = {
        place for a in standing.round.assistants
        for places in (a.places, *(i.places for i in a.availability)) for place in places or ()
    }
    own = client.places
    for place in sorted(known.difference(own)) if own is not None else ():
        yield Change(
            "place", 0, (add(f"{at}/places/-", place),), f"let {client.id} also come to {place}",
            everybody, client=replace(client, places=(*(own or ()), place)),
        )
    stretches = client.availability
    for n, stretch in enumerate(stretches):
        there = stretch.places
        for place in sorted(known.difference(there)) if there is not None else ():
            wider = replace(stretch, places=(*(there or ()), place))
            yield Change(
                "place", minutes(stretch), (add(f"{at}/availability/{n}/places/-", place),),
                f"let {client.id} also come to {place} on {told(stretch)}", everybody,
                client=replace(client, availability=(*stretches[:n], wider, *stretches[n + 1 :])),
            )


def ideal_helper(standing: Standing, client: Client) -> Assistant | None:
    """Return somebody new who would suit a client and is always there; None where no language would do."""
    known = sorted(client.languages.items(), key=lambda spoken: (-spoken[1], spoken[0]))
    if not known or known[0][1] < standing.round.policy.minimum_level:
        return None
    origins = sorted({a.origin for a in standing.round.assistants} | {"RS", "HU"})
    different = client.wishes.origin == "require-different"
    origin = next(o for o in origins if o != client.origin) if different else client.origin
    wished = client.wishes.gender.partition("-")[2] or ("female" if client.gender == "female" else "male")
    taken = {a.id for a in standing.round.assistants}
    name = next(n for n in ("recruit", *(f"recruit-{k}" for k in range(2, len(taken) + 3))) if n not in taken)
    return Assistant(
        id=name, gender=wished, origin=origin, languages={known[0][0]: 7},
        availability=whole(standing),
    )


def may_be_paired(standing: Standing, client: Client, assistant: Assistant) -> bool:
    """Tell whether nothing but time keeps two people apart."""
    table = standing.desks.table
    columns = table.columns
    broken = table.broken[columns.client_index[client.id], columns.assistant_index[assistant.id]]
    pinned = standing.desks.pins.get(client.id, assistant.id)
    return pinned == assistant.id and (not broken or CODES[broken - 1] == NO_COMMON_TIME)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
