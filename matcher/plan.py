"""A plan: who meets whom and when, why, and what stands in the way of the others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.errors import BadPlan
from matcher.plan_parts import Appointment, Conflict, Fix, Level, Pair, Reason, Solver, Unmatched
from matcher.plan_reading import FORMAT, PlanReader
from matcher.round_writing import moment
from matcher.strict_json import parse_json, read_json

__all__ = [
    "Appointment",
    "Conflict",
    "Fix",
    "Level",
    "Pair",
    "Plan",
    "Reason",
    "Solver",
    "Unmatched",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The matcher's answer to one round, as an r4r-plan/1 document says it.

    Parameters
    ----------
    status
        `optimal` (every level proven), `feasible`, or `infeasible` (pins contradict; no pairs).
    levels
        In the order of the round's policy; empty where infeasible.
    """

    round_sha256: str
    status: str
    levels: tuple[Level, ...]
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    solver: Solver
    conflicts: tuple[Conflict, ...] = ()

    @classmethod
    def from_document(cls, document: object) -> Plan:
        """Read a plan from parsed JSON.

        Raises
        ------
        BadPlan
            With every fault of the document, each at its JSON Pointer.
        """
        reader = PlanReader()
        fields = reader.plan(document)
        if reader.faults:
            raise BadPlan(reader.faults)
        return cls(**fields)

    @classmethod
    def from_json(cls, data: bytes | str) -> Plan:
        """Read a plan from the text of a document."""
        return cls.from_document(parse_json(data, BadPlan))

    @classmethod
    def from_file(cls, path: Path) -> Plan:
        """Read a plan from a file."""
        return cls.from_document(read_json(path, BadPlan))

    def to_document(self) -> dict[str, Any]:
        """Write the plan in the one order it has: by client, and by start within a pair."""
        return {
            "format": FORMAT,
            "round_sha256": self.round_sha256,
            "status": self.status,
            "levels": [{"level": x.level, "value": x.value, "bound": x.bound} for x in self.levels],
            "pairs": [_pair(pair) for pair in sorted(self.pairs, key=lambda p: p.client)],
            "unmatched": [
                {
                    "client": one.client,
                    "reasons": [_reason(reason) for reason in one.reasons],
                    "fixes": [
                        {"patch": [dict(op) for op in fix.patch], "text": fix.text} for fix in one.fixes
                    ],
                }
                for one in sorted(self.unmatched, key=lambda u: u.client)
            ],
            "conflicts": [
                {"pins": list(conflict.pins), "code": conflict.code, "text": conflict.text}
                for conflict in self.conflicts
            ],
            "solver": {
                "version": self.solver.version,
                "seconds": self.solver.seconds,
                "seed": self.solver.seed,
                "workers": self.solver.workers,
            },
        }

    def to_json(self) -> bytes:
        """Write the plan as bytes that are the same for the same plan."""
        return (json.dumps(self.to_document(), indent=1, ensure_ascii=False) + "\n").encode()


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "client": pair.client,
        "assistant": pair.assistant,
        "appointments": [
            {"need": a.need, "start": moment(a.start), "end": moment(a.end), "place": a.place}
            for a in sorted(pair.appointments, key=lambda a: (a.start, a.need))
        ],
        "reasons": [_reason(reason) for reason in pair.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    counted = {} if reason.assistants is None else {"assistants": reason.assistants}
    return {"code": reason.code, "text": reason.text, **counted}
