"""What if these two met, and those two never: the new plan beside the one that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from matcher.errors import BadRound, Fault
from matcher.explanation.difference import Difference, Moved, PersonChange, difference
from matcher.parts import Ban, Pin
from matcher.plan import Plan
from matcher.round import Round
from matcher.solver import solve
from matcher.stop import Progress, Stop

Pairing = tuple[str, str]


def with_decisions(rnd: Round, pins: Iterable[Pairing], bans: Iterable[Pairing]) -> Round:
    """Return a round with further pins and bans; those that it has already are not said twice.

    Raises
    ------
    BadRound
        Somebody is named who is not in the round.
    """
    pins, bans = list(pins), list(bans)
    who, whom = {c.id for c in rnd.clients}, {a.id for a in rnd.assistants}
    faults = [
        Fault("", f"{name} is no {kind} of the round", f"name one of its {kind}s")
        for client, assistant in (*pins, *bans)
        for name, kind, known in ((client, "client", who), (assistant, "assistant", whom))
        if name not in known
    ]
    if faults:
        raise BadRound(faults)
    more = dict.fromkeys(Pin(client=c, assistant=a) for c, a in pins)
    fewer = dict.fromkeys(Ban(client=c, assistant=a) for c, a in bans)
    return replace(
        rnd,
        pins=(*rnd.pins, *(pin for pin in more if pin not in rnd.pins)),
        bans=(*rnd.bans, *(ban for ban in fewer if ban not in rnd.bans)),
    )


def whatif(
    rnd: Round, plan: Plan, pins: Iterable[Pairing], bans: Iterable[Pairing], stop: Stop,
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[Round, Plan, Difference | None]:
    """Solve a round anew with further pins and bans: its round, its plan, and what differs from a plan.

    The difference is None where the pins contradict; the plan's conflicts say why. In a large round only
    those are planned anew whom the decisions concern.
    """
    other = with_decisions(rnd, pins, bans)
    found = solve(other, stop, on_progress, before=(rnd, plan))
    if found.status == "infeasible" or plan.status == "infeasible":
        return other, found, None
    return other, found, difference((rnd, plan), (other, found))


def text(told: Difference) -> str:
    """Say in lines what differs."""
    lines = ["level by level:"]
    for x in told.levels:
        said = f"  {x.level}: {x.before} -> {x.after} ({x.change:+})"
        if not x.exact:
            span = "not compared: an earlier level is open" if x.least is None else (
                f"not proven: between {x.least:+} and {x.most:+} for the best plans"
            )
            said += f", {span}"
        lines.append(said)
    for name, people in (("gain", told.gains), ("lose", told.loses), ("change alike", told.other)):
        lines.append(f"{len(people)} clients {name}{':' if people else ''}")
        lines += [f"  {_person(one)}" for one in people]
    lines.append(f"{len(told.moved)} appointments move{':' if told.moved else ''}")
    lines += [f"  {_moved(one)}" for one in told.moved]
    return "\n".join(lines)


def _person(one: PersonChange) -> str:
    points = ", ".join(f"{level} {by:+}" for level, by in one.points.items())
    return f"{one.client}: {one.before or 'nobody'} -> {one.after or 'nobody'}" + (
        f" ({points})" if points else ""
    )


def _moved(one: Moved) -> str:
    def at(where: tuple[str, object, str | None] | None) -> str:
        if where is None:
            return "none"
        return f"{where[1]:%Y-%m-%d %H:%M} with {where[0]}" + (f", {where[2]}" if where[2] else "")

    return f"{one.client} {one.need}: {at(one.before)} -> {at(one.after)}"
