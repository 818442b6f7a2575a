"""What would help a client whom a plan leaves out: small changes of the round, each tried out.

A fix counts if a plan of the changed round serves everybody whom the plan serves and this client too:
`served` rises by the client's weight. Where the change gives time or places that others could use as
well, the fix also decides that this client gets them (a pin). Two fixes of a client are of two kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

from matcher.explanation.calendar import fit
from matcher.explanation.changes import Change, ideal_helper, may_be_paired, of_client
from matcher.explanation.desks import Desks, only
from matcher.explanation.patches import Operation, add
from matcher.explanation.raising import of_client_time, of_hours, of_limits
from matcher.explanation.standing import Standing
from matcher.explanation.stretches import minutes, while_there, whole
from matcher.languages import language_name
from matcher.parts import Assistant, Client, Interval, Pin
from matcher.plan import Plan
from matcher.plan_parts import Fix
from matcher.round import Round
from matcher.round_writing import part_document
from matcher.stop import Stop

MOST = 3
# Rounds with so few possible pairs are solved anew for every change that a quick search finds no room for.
_SMALL = 60


class Fixes:
    """Finds fixes for the clients whom a plan leaves out; what they share is computed once."""

    def __init__(self, rnd: Round, plan: Plan) -> None:
        self.standing = Standing(rnd, plan)
        self.small = len(self.standing.desks.table) <= _SMALL
        # Where another level goes before `served`, only solving tells whom an optimal plan serves.
        self.first = rnd.policy.levels[:1] == ("served",)
        self._always: dict[str, Desks] = {}

    def of(self, client_id: str) -> tuple[Fix, ...]:
        """Return the smallest fixes for an unmatched client, at most three."""
        if not self.first and not self.small:
            return ()
        client = self.standing.round.client(client_id)
        proven = cache(partial(self._proven, client))
        found: dict[Change, Fix] = {}
        untold: list[Change] = []
        for change in sorted(self._changes(client), key=lambda c: c.size):
            if any(change.holds_more_than(known) for known in found):
                continue
            if any(change.kind == known.kind for known in found):
                untold.append(change)
                continue
            # What was not told, as another of its kind was, may do alone.
            if any(change.holds_more_than(u) and proven(u) for u in untold):
                continue
            assistant = proven(change)
            fix = None if assistant is None else self._fix(client, change, assistant)
            if fix is not None:
                found[change] = fix
            if len(found) == MOST:
                break
        return tuple(found.values())

    def _changes(self, client: Client) -> Iterator[Change]:
        standing = self.standing
        rnd = standing.round
        if not standing.proven:
            everybody = tuple(a.id for a in rnd.assistants)
            yield Change("again", 0, (), f"{client.id} fits in as it is", everybody)
        yield from of_client(standing, client)
        always = standing.desks.with_client(
            replace(client, availability=whole(standing)), [a.id for a in rnd.assistants]
        )
        for assistant in rnd.assistants:
            if may_be_paired(standing, client, assistant):
                less = self.small
                yield from of_client_time(standing, client, assistant, always, less=less)
                yield from of_limits(standing, client, assistant, less=less)
                yield from of_hours(standing, client, assistant, self._ideal(assistant), less=less)
        yield from self._recruit(client)

    def _ideal(self, assistant: Assistant) -> Desks:
        if assistant.id not in self._always:
            matched = self.standing.assistant_of
            left = [client.id for client in self.standing.round.clients if client.id not in matched]
            there = replace(assistant, availability=whole(self.standing), max_clients=None)
            self._always[assistant.id] = self.standing.desks.with_assistant(there, left)
        return self._always[assistant.id]

    def _recruit(self, client: Client) -> Iterator[Change]:
        helper = ideal_helper(self.standing, client)
        if helper is None or client.id in self.standing.desks.pins:
            return
        desks = self.standing.desks.with_assistant(helper, [client.id])
        times = desks.fit(helper, [client.id])
        if times is None:
            return
        meetings = [m for pair in desks.pairs(helper.id, [client.id], times) for m in pair.appointments]
        hours = tuple(
            Interval(start=m.start, end=m.end) for m in sorted(meetings, key=lambda m: m.start)
        )
        length = sum(map(minutes, hours))
        helper = replace(helper, availability=hours)
        (language,) = helper.languages
        different = client.wishes.origin == "require-different"
        origin = f"not from {client.origin}" if different else f"from {helper.origin}"
        yield Change(
            "recruit", length, (add("/assistants/-", part_document(helper)),),
            f"a new assistant who speaks {language_name(language)} ({helper.gender}, {origin}), "
            f"{length} minutes",
            (helper.id,), assistant=helper,
        )

    def _proven(self, client: Client, change: Change) -> str | None:
        """Return with whom the client is in a plan of the changed round that serves all others, too."""
        standing = self.standing
        # One table for all whom a changed client may meet.
        other = change.client and standing.desks.with_client(change.client, change.wanted)
        for name in sorted(change.wanted) if self._may_do(client, change) else ():
            desks, assistant = other or standing.desks, change.assistant or standing.round.assistant(name)
            if other is None and (change.kind in ("hours", "recruit") or not desks.may_meet(client.id, name)):
                mine = standing.clients_of.get(name, frozenset())
                desks = desks.with_assistant(assistant, sorted({client.id, *mine}))
            moves = standing.room(desks, client.id, assistant)
            if moves and standing.holds(desks, moves, client=change.client, assistant=change.assistant):
                return name
        return self._by_solving(client, change) if self.small else None

    def _may_do(self, client: Client, change: Change) -> bool:
        """Tell whether the client fits in when somebody is there longer, before tables are made of it."""
        person = change.client or change.assistant
        if change.always is None or person is None or any(i.places for i in person.availability):
            return True
        (name,), standing = change.wanted, self.standing
        tasks = [while_there(task, standing, person) for task in change.always.tasks(client.id, name)]
        for other in sorted(standing.clients_of[name]):
            tasks += standing.desks.tasks(other, name)
        assistant = change.assistant or standing.round.assistant(name)
        people = {task.client: standing.round.client(task.client).max_per_day for task in tasks}
        limits = standing.desks.limits(assistant, people)
        return fit(tasks, limits, standing.round.slots_per_day) is not None

    def _by_solving(self, client: Client, change: Change) -> str | None:
        heavy = 1 + sum(c.weight for c in self.standing.round.clients)
        rnd = changed(self.standing.round, change)
        own = next(c for c in rnd.clients if c.id == client.id)
        rnd = replace(
            rnd, policy=replace(rnd.policy, levels=("served",)),
            clients=tuple(replace(own, weight=heavy) if c is own else c for c in rnd.clients),
        )
        pairs = {pair.client: pair.assistant for pair in _solved(rnd).pairs}
        others = sum(c.weight for c in rnd.clients if c.id in pairs and c.id != client.id)
        return pairs.get(client.id) if others >= self.standing.served else None

    def _fix(self, client: Client, change: Change, assistant: str) -> Fix | None:
        patch, text = change.operations, change.text
        if self._needs_decision(client, change):
            patch = (*patch, self._decision(client.id, assistant))
            text += f"; {client.id} meets {assistant}"
        if not self.first and not self._optimal_plan_serves(client, change, assistant, patch):
            return None
        return Fix(patch=patch, text=text)

    def _needs_decision(self, client: Client, change: Change) -> bool:
        """Tell whether an optimal plan could do without the client."""
        if change.kind == "again":
            return True
        if change.assistant is None and self.standing.proven:
            # Without the client it would be a plan of the round as it is, which serves less.
            return False
        if not self.small or not self.first:
            return True
        rnd = changed(self.standing.round, change)
        others = only(rnd, [c for c in rnd.clients if c.id != client.id], rnd.assistants)
        without = _solved(replace(others, policy=replace(rnd.policy, levels=("served",))))
        return without.levels[0].bound >= self.standing.served + client.weight

    def _decision(self, client: str, assistant: str) -> Operation:
        pin, rnd = {"client": client, "assistant": assistant}, self.standing.round
        return add("/pins/-", pin) if rnd.pins or "pins" in rnd.given else add("/pins", [pin])

    def _optimal_plan_serves(
        self, client: Client, change: Change, assistant: str, patch: tuple[Operation, ...]
    ) -> bool:
        rnd = changed(self.standing.round, change)
        if len(patch) > len(change.operations):
            rnd = replace(rnd, pins=(*rnd.pins, Pin(client=client.id, assistant=assistant)))
        plan = _solved(rnd)
        served = sum(rnd.client(pair.client).weight for pair in plan.pairs)
        told = "served" in rnd.policy.levels
        # Where the policy does not count it, plans that are equally good serve more or less.
        return told and served >= self.standing.served + client.weight and client.id in {
            pair.client for pair in plan.pairs
        }


def changed(rnd: Round, change: Change) -> Round:
    """Return the round with a change."""
    person, helper = change.client, change.assistant
    if person is not None:
        rnd = replace(rnd, clients=tuple(person if c.id == person.id else c for c in rnd.clients))
    if helper is None:
        return rnd
    if helper.id not in {a.id for a in rnd.assistants}:
        return replace(rnd, assistants=(*rnd.assistants, helper))
    return replace(rnd, assistants=tuple(helper if a.id == helper.id else a for a in rnd.assistants))


def with_fixes(rnd: Round, plan: Plan, tell: Callable[[int, int], None] | None = None) -> Plan:
    """Return a plan whose unmatched clients have their fixes; `tell` hears how many are done, of how many."""
    finder = Fixes(rnd, plan)
    unmatched = []
    for one in plan.unmatched:
        unmatched.append(replace(one, fixes=finder.of(one.client)))
        if tell is not None:
            tell(len(unmatched), len(plan.unmatched))
    return replace(plan, unmatched=tuple(unmatched))


def _solved(rnd: Round) -> Plan:
    from matcher.solver import solve

    return solve(rnd, Stop())
