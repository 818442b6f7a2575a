"""What lets anybody verify the bound of `served` without trusting the solver."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from matcher.certificate.checker import Case
from matcher.certificate.tree import Tree
from matcher.clock import Clock
from matcher.plan import Plan
from matcher.round import Round
from matcher.stop import Stop

FORMAT = "r4r-certificate/1"


@dataclass(frozen=True)
class Certificate:
    """A proof that no plan of a round serves more than `bound`; `document` is for the checker."""

    bound: int
    document: dict[str, Any]

    def to_json(self) -> bytes:
        """Write the document on one line."""
        return json.dumps(self.document, ensure_ascii=False).encode() + b"\n"


def certify(rnd: Round, plan: Plan, stop: Stop) -> Certificate:
    """Prove the plan's bound of `served`, or as much less as time allows.

    Parameters
    ----------
    plan
        One that keeps every rule and tells of `served`.
    """
    clock = Clock(stop)
    case = Case(rnd.to_document())
    (target,) = [level.bound for level in plan.levels if level.level == "served"]
    tree, bound = Tree(case, clock).grow(case.plans(), target)
    told = {"format": FORMAT, "round_sha256": rnd.sha256, "level": "served", "bound": bound}
    return Certificate(bound, {**told, "tree": tree})
