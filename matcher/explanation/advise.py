"""Which new assistant, and whose extra hour, would serve the most more: ranked by solving again.

Every number comes from a plan. First each change is solved with the clients who are left out and one
assistant, while everybody else keeps what they have: that is quick, and exact for what it may change.
The best are then solved whole, for as long as there is time, which may find more and proves how much
more there can be. Where time ends before, those who could meet most of the clients left out were asked first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from matcher.candidates import candidates
from matcher.check import check
from matcher.clock import Clock
from matcher.errors import Contradicting
from matcher.explain import explained
from matcher.explanation.desks import only
from matcher.explanation.profiles import narrower, one_more_hour, recruits, told
from matcher.parts import Assistant
from matcher.plan import Plan
from matcher.plan_parts import Level, Pair, Solver
from matcher.round import Round
from matcher.round_writing import part_document
from matcher.solver import solve
from matcher.stop import Stop

# Rows of each table, and how many recruits are varied by days and places.
ROWS, _VARIED = 10, 6
# How many seconds one assistant's own part may take, and what a whole solve needs at least.
_PART, _LEAST = 5.0, 4.0


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One change, and what a plan reaches with it.

    Attributes
    ----------
    gain
        How much more `served` is in that plan than in the plan that stands.
    most
        What no plan of the changed round can gain more than.
    met, left
        Clients who are matched in that plan alone, and in the plan that stands alone; fewer may weigh more.
    """

    assistant: Assistant
    text: str
    gain: int
    most: int
    met: tuple[str, ...]
    left: tuple[str, ...]
    plan: Plan

    @property
    def clients(self) -> int:
        """How many more clients are matched in that plan."""
        return len(self.met) - len(self.left)

    @property
    def exact(self) -> bool:
        """Whether the gain is the most there can be."""
        return self.gain == self.most

    def to_document(self) -> dict[str, Any]:
        """Write a row for programs."""
        return {
            "text": self.text, "gain": self.gain, "most": self.most, "clients": self.clients,
            "met": list(self.met), "left": list(self.left), "assistant": part_document(self.assistant),
        }


Tell = Callable[[str, int, int], None]


def advise(
    rnd: Round, plan: Plan | None, stop: Stop, tell: Tell | None = None
) -> tuple[tuple[Advice, ...], tuple[Advice, ...]]:
    """Rank new assistants, and extra hours of present ones, by how much more could be served.

    Only `served` counts, whatever else the policy wants. Without a plan, or if the policy puts
    something else first, the round is solved for it, for half of the time.

    Raises
    ------
    Contradicting
        The round's pins cannot all hold.
    """
    clock = Clock(stop)
    first = rnd.policy.levels[:1] == ("served",)
    rnd = replace(rnd, policy=replace(rnd.policy, levels=("served",)))
    if plan is None or not first:
        half = None if stop.time_limit is None else stop.time_limit / 2
        plan = solve(rnd, replace(stop, time_limit=half))
    if plan.status == "infeasible":
        raise Contradicting(plan.conflicts)
    ranking = _Ranking(rnd, plan, stop, clock, tell or (lambda what, done, total: None))
    new, hours = ranking.new(), ranking.hours()
    # In turns, so that both tables have their best rows solved whole if time is short.
    turns = [row for rows in zip_longest(new, hours) for row in rows if row is not None]
    whole = ranking.whole(turns)

    def ranked(rows: list[Advice]) -> tuple[Advice, ...]:
        return tuple(sorted((whole.get(row.text, row) for row in rows), key=_order))

    return ranked(new), ranked(hours)


@dataclass(frozen=True)
class _Tried:
    """What one assistant's own part gains, before the whole plan is checked."""

    assistant: Assistant
    text: str
    gain: int
    clients: int
    pairs: tuple[Pair, ...]

    @property
    def order(self) -> tuple[int, int, timedelta, str]:
        return _order(self)


def _order(row: Advice | _Tried) -> tuple[int, int, timedelta, str]:
    """Put more served first, then more clients, then fewer hours."""
    hours = sum((i.end - i.start for i in row.assistant.availability), timedelta())
    return -row.gain, -row.clients, hours, row.text


class _Ranking:
    def __init__(self, rnd: Round, plan: Plan, stop: Stop, clock: Clock, tell: Tell) -> None:
        self.round, self.plan, self.stop, self.clock, self.tell = rnd, plan, stop, clock, tell
        matched = {pair.client for pair in plan.pairs}
        self.left = [client for client in rnd.clients if client.id not in matched]
        self.served = sum(rnd.client(name).weight for name in matched)
        self.most = sum(client.weight for client in self.left)
        # How many seconds rows took to be written down; the next will take as long.
        self.writing = 0.0

    def new(self) -> list[Advice]:
        """Rank new assistants: of each language, origin and gender the best shift, days and place."""
        found = self._tried([(a, told(a)) for a in recruits(self.round, self.left)], "recruits")
        found += self._tried([
            (other, told(other)) for one in found[:_VARIED] for other in narrower(self.round, one.assistant)
        ], "days and places")
        best: dict[tuple[object, ...], _Tried] = {}
        for one in sorted(found, key=lambda t: t.order):
            helper = one.assistant
            best.setdefault((*helper.languages, helper.origin, helper.gender), one)
        return self._rows(best.values())

    def hours(self) -> list[Advice]:
        """Rank the present assistants by the best extra hour of each."""
        best = []
        weight = {client.id: client.weight for client in self.left}
        could = Counter[str]()
        for client, name in candidates(self.round).index:
            could[name] += weight.get(client, 0)
        for n, assistant in enumerate(sorted(self.round.assistants, key=lambda a: -could[a.id]), start=1):
            best += self._tried([
                (other, f"{assistant.id}: an hour more, {when}")
                for other, when in one_more_hour(self.round, assistant)
            ])[:1]
            self.tell("extra hours", n, len(self.round.assistants))
        return self._rows(best)

    def _tried(self, changes: list[tuple[Assistant, str]], what: str = "") -> list[_Tried]:
        """Solve anew for each assistant, their clients and those who are left out; the best first."""
        out, clock = [], self.clock.sooner(self.writing)
        for n, (assistant, text) in enumerate(changes, start=1):
            if clock.is_over():
                break
            mine = [self.round.client(p.client) for p in self.plan.pairs if p.assistant == assistant.id]
            small = only(self.round, [*mine, *self.left], [assistant])
            found = solve(small, replace(self.stop, time_limit=min(_PART, clock.left)))
            served = sum(small.client(pair.client).weight for pair in found.pairs)
            gain = served - sum(client.weight for client in mine)
            out.append(_Tried(assistant, text, gain, len(found.pairs) - len(mine), found.pairs))
            if what:
                self.tell(what, n, len(changes))
        return sorted(out, key=lambda t: t.order)

    def _rows(self, tried: Iterable[_Tried]) -> list[Advice]:
        rows, begun = [], self.clock.seconds
        for one in sorted((t for t in tried if t.gain > 0), key=lambda t: t.order)[:ROWS]:
            others = [pair for pair in self.plan.pairs if pair.assistant != one.assistant.id]
            row = self._row(one.assistant, one.text, [*others, *one.pairs], self.most)
            rows += [row] if row is not None else []
        self.writing = self.clock.seconds - begun
        return rows

    def _row(self, assistant: Assistant, text: str, pairs: Iterable[Pair], most: int) -> Advice | None:
        """Count what a plan of the changed round gains; None if the matcher's own checker finds a fault."""
        rnd = self.changed(assistant)
        matched, unmatched = explained(rnd, candidates(rnd), pairs)
        served = sum(rnd.client(pair.client).weight for pair in matched)
        plan = Plan(
            round_sha256=rnd.sha256, status="feasible", pairs=matched, unmatched=unmatched,
            levels=(Level(level="served", value=served, bound=self.served + most),),
            solver=Solver(version="", seconds=0.0, seed=self.stop.seed, workers=self.stop.workers),
        )
        if check(rnd, plan):
            return None
        before, now = ({pair.client for pair in pairs} for pairs in (self.plan.pairs, matched))
        return Advice(
            assistant=assistant, text=text, gain=served - self.served, most=most,
            met=tuple(sorted(now - before)), left=tuple(sorted(before - now)), plan=plan,
        )

    def changed(self, assistant: Assistant) -> Round:
        """Return the round with one assistant changed, or new."""
        known = any(a.id == assistant.id for a in self.round.assistants)
        people = tuple(assistant if a.id == assistant.id else a for a in self.round.assistants)
        return replace(self.round, assistants=people if known else (*people, assistant))

    def whole(self, rows: list[Advice]) -> dict[str, Advice]:
        """Solve whole rounds for as long as there is time, the best first."""
        out: dict[str, Advice] = {}
        for n, row in enumerate(rows, start=1):
            share = None
            if self.stop.time_limit is not None:
                left = self.clock.left
                share = max(_LEAST, left / (len(rows) - n + 1))
                if share > left:
                    break
            if self.clock.is_over():
                break
            found = solve(
                self.changed(row.assistant), replace(self.stop, time_limit=share),
                before=(self.round, self.plan),
            )
            (level,) = found.levels
            most = min(row.most, level.bound - self.served)
            better = self._row(row.assistant, row.text, found.pairs, most)
            kept = better is None or better.gain <= row.gain
            out[row.text] = replace(row, most=most) if kept or better is None else better
            self.tell("whole rounds", n, len(rows))
        return out


def table(rows: Iterable[Advice]) -> str:
    """Write rows as lines: what is gained, how sure that is, and by whom."""
    lines = []
    for n, row in enumerate(rows, start=1):
        sure = "exactly" if row.exact else f"at least; at most {row.most:+}"
        lines.append(f"{n:3}. {row.gain:+} served ({sure}), {row.clients:+} clients: {row.text}")
    return "\n".join(lines) or "  nothing that was tried serves more"
