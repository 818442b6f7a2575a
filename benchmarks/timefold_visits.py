"""Timefold on the visits of a round, which `rivals.timefold` writes on standard input of this script.

The quickest model to write: each essential need is a visit that takes one of its possible starts or none.
It runs alone, in an environment of its own, and writes what its plan is worth.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any

from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    ConstraintCollectors,
    ConstraintFactory,
    HardMediumSoftScore,
    Joiners,
    constraint_provider,
)

HARD, MEDIUM = HardMediumSoftScore.ONE_HARD, HardMediumSoftScore.ONE_MEDIUM


@dataclass(frozen=True)
class Start:
    """When a visit may begin, with whom, and what binds that assistant; in slots, `end` with the buffer."""

    assistant: int
    day: int
    week: int
    begin: int
    end: int
    slots: int
    most_day: int
    most_week: int
    most_clients: int


@planning_entity
@dataclass
class Visit:
    """An essential need of a client, who counts if all their visits have a start."""

    id: Annotated[int, PlanningId]
    client: int
    weight: int
    visits: int
    most_day: int
    starts: Annotated[list[Start], ValueRangeProvider] = field(default_factory=list)
    start: Annotated[Start | None, PlanningVariable(allows_unassigned=True)] = None


@planning_solution
@dataclass
class Visits:
    """All visits, and what their starts are worth."""

    visits: Annotated[list[Visit], PlanningEntityCollectionProperty]
    score: Annotated[HardMediumSoftScore | None, PlanningScore] = None


@constraint_provider
def rules(factory: ConstraintFactory) -> list[Any]:
    """Hard: the rules of a round. Medium: who is served. Soft: who is begun, a slope for the search."""
    placed = factory.for_each
    return [
        factory.for_each_unique_pair(
            Visit, Joiners.equal(lambda v: v.start.assistant),
            Joiners.overlapping(lambda v: v.start.begin, lambda v: v.start.end),
        ).penalize(HARD).as_constraint("overlap"),
        factory.for_each_unique_pair(Visit, Joiners.equal(lambda v: v.client))
        .filter(lambda a, b: a.start.assistant != b.start.assistant)
        .penalize(HARD).as_constraint("one assistant"),
        placed(Visit).group_by(
            lambda v: v.start.assistant, lambda v: v.start.day, lambda v: v.start.most_day,
            ConstraintCollectors.sum(lambda v: v.start.slots),
        ).filter(lambda a, d, most, slots: slots > most)
        .penalize(HARD, lambda a, d, most, slots: slots - most).as_constraint("day"),
        placed(Visit).group_by(
            lambda v: v.start.assistant, lambda v: v.start.week, lambda v: v.start.most_week,
            ConstraintCollectors.sum(lambda v: v.start.slots),
        ).filter(lambda a, w, most, slots: slots > most)
        .penalize(HARD, lambda a, w, most, slots: slots - most).as_constraint("week"),
        placed(Visit).group_by(
            lambda v: v.start.assistant, lambda v: v.start.most_clients,
            ConstraintCollectors.count_distinct(lambda v: v.client),
        ).filter(lambda a, most, clients: clients > most)
        .penalize(HARD, lambda a, most, clients: clients - most).as_constraint("clients"),
        placed(Visit).group_by(
            lambda v: v.client, lambda v: v.start.day, lambda v: v.most_day, ConstraintCollectors.count()
        ).filter(lambda c, d, most, visits: visits > most)
        .penalize(HARD, lambda c, d, most, visits: visits - most).as_constraint("visits a day"),
        placed(Visit).group_by(
            lambda v: v.client, lambda v: v.visits, lambda v: v.weight, ConstraintCollectors.count()
        ).filter(lambda c, needed, weight, visits: visits == needed)
        .reward(MEDIUM, lambda c, needed, weight, visits: weight).as_constraint("served"),
        placed(Visit).reward(HardMediumSoftScore.ONE_SOFT, lambda v: v.weight).as_constraint("begun"),
    ]


def main() -> None:
    """Solve what stands on standard input."""
    asked = json.load(sys.stdin)
    # Visits share their starts: what is handed to Java once for each takes longer than the search.
    start = cache(Start)
    visits = [
        Visit(n, client, weight, needed, most_day, [start(*one) for one in starts])
        for n, (client, weight, needed, most_day, starts) in enumerate(asked["visits"])
    ]
    limit = Duration(milliseconds=round(1000 * asked["seconds"]))
    solver = SolverFactory.create(SolverConfig(
        solution_class=Visits, entity_class_list=[Visit],
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=rules),
        termination_config=TerminationConfig(spent_limit=limit),
    )).build_solver()
    begun = time.perf_counter()
    score = solver.solve(Visits(visits)).score
    json.dump(
        {"broken": -score.hard_score, "served": score.medium_score, "seconds": time.perf_counter() - begun},
        sys.stdout,
    )


if __name__ == "__main__":
    main()
