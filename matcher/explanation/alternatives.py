"""Why this assistant: the next three who were possible, and what each would cost everyone.

Each number is the difference between two plans: the one that stands, and the best in which the client
is with the other assistant, found by solving the round again with that decision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from matcher.candidates import candidates
from matcher.explanation.difference import Difference, LevelChange, difference
from matcher.parts import Pin
from matcher.plan import Plan
from matcher.round import Round
from matcher.solver import solve
from matcher.stop import Progress, Stop

MOST = 3


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another assistant for a client, the best plan with them, and what differs from the plan that stands."""

    assistant: str
    plan: Plan
    difference: Difference

    @property
    def levels(self) -> tuple[LevelChange, ...]:
        """What the round gains or loses, level by level."""
        return self.difference.levels

    @property
    def proven(self) -> bool:
        """Whether every number is exact."""
        return all(level.exact for level in self.levels)

    def to_document(self) -> dict[str, Any]:
        """Write what the other assistant would change for programs."""
        return {"assistant": self.assistant, "exact": self.proven, **self.difference.to_document()}


def alternatives(
    rnd: Round, plan: Plan, client_id: str, stop: Stop,
    on_progress: Callable[[str, Progress], None] | None = None,
) -> tuple[Alternative, ...]:
    """Return the next three assistants for a client of a plan, the least costly first.

    Every other possible assistant is tried, so that, where numbers are exact, no fourth one is better
    than the third. Pins of the client are set aside: they are what is asked about. `stop` holds for
    each of the solves.

    Raises
    ------
    KeyError
        The client is not matched in this plan.
    """
    own = {pair.client: pair.assistant for pair in plan.pairs}[client_id]
    possible = [
        assistant for client, assistant in candidates(rnd).index if client == client_id and assistant != own
    ]
    found = []
    for assistant in sorted(possible):
        def tell(progress: Progress, assistant: str = assistant) -> None:
            if on_progress is not None:
                on_progress(assistant, progress)

        other = replace(rnd, pins=(
            *(pin for pin in rnd.pins if pin.client != client_id), Pin(client=client_id, assistant=assistant)
        ))
        best = solve(other, stop, tell, before=(rnd, plan))
        # Other pins may leave the two no time.
        if best.status != "infeasible":
            told = difference((rnd, plan), (other, best))
            found.append(Alternative(assistant=assistant, plan=best, difference=told))
    return tuple(sorted(found, key=_cost))[:MOST]


def _cost(one: Alternative) -> tuple[list[int], str]:
    return [-level.change for level in one.levels], one.assistant


def text(one: Alternative) -> str:
    """Say in one line what another assistant would cost everyone."""
    if all(level.exact and level.change == 0 for level in one.levels):
        return f"{one.assistant} would be as good on every level"
    said = []
    for level in one.levels:
        if level.least is None or level.most is None:
            said.append(f"from {level.level} on nothing is compared: what comes before is not proven")
            break
        if not level.exact:
            said.append(f"{level.level} between {level.least:+} and {level.most:+} (not proven)")
        elif level.change:
            said.append(f"{level.level} {level.change:+}")
    return f"{one.assistant}: {', '.join(said)}"
