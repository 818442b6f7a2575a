"""Solving in tests: from a document to a plan's document that the witness has read."""

from __future__ import annotations

from typing import Any

from matcher import Round, Stop, solve
from tests.matcher.exact import optimum
from tests.matcher.witness import faults

Document = dict[str, Any]


def planned(document: Document, *, seed: int = 0, workers: int = 1) -> Document:
    """Solve to the end; the plan keeps every rule and tells the truth, or the test fails here."""
    plan: Document = solve(Round.from_document(document), Stop(seed=seed, workers=workers)).to_document()
    assert faults(document, plan) == []
    assert plan["status"] in ("optimal", "infeasible")
    return plan


def agrees_with_exact(document: Document) -> None:
    """The plan is optimal with the exact solution's values, or neither solution has one."""
    best, plan = optimum(document), planned(document)
    if best is None:
        assert plan["status"] == "infeasible"
    else:
        assert (plan["status"], values(plan)) == ("optimal", best)


def values(plan: Document) -> dict[str, int]:
    """Value of every level, in the plan's order."""
    return {level["level"]: level["value"] for level in plan["levels"]}


def matched(plan: Document) -> dict[str, str]:
    """Whom each client meets."""
    return {pair["client"]: pair["assistant"] for pair in plan["pairs"]}


def starts(plan: Document) -> dict[str, str]:
    """When each appointment begins, by client and need: `{"c1 n1": "2026-12-07T09:00"}`."""
    return {
        f"{pair['client']} {said['need']}": said["start"]
        for pair in plan["pairs"]
        for said in pair["appointments"]
    }


def why_not(plan: Document, client: str = "c1") -> dict[str, int]:
    """How many assistants each rule keeps from an unmatched client."""
    (entry,) = [one for one in plan["unmatched"] if one["client"] == client]
    return {reason["code"]: reason["assistants"] for reason in entry["reasons"]}
