"""What is told to help is held against an oracle that shares no code: all laws on the same rounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Plan, Round, Stop, solve
from matcher.explanation.fixes import with_fixes
from matcher.explanation.patches import patched
from matcher.plan_parts import Fix
from tests.matcher.explaining import Document, best_served, served, solved, weights
from tests.matcher.laws import everyday_and_long, lawful
from tests.matcher.witness import faults


@dataclass(frozen=True)
class Told:
    """A fix, for whom it is, and the round and plan it is about."""

    document: Document
    round: Round
    plan: Plan
    client: str
    fix: Fix

    @cached_property
    def other(self) -> Document:
        """The round as the fix would have it."""
        return patched(self.document, self.fix.patch)

    @property
    def wanted(self) -> int:
        """What is served where the client is served and nobody is lost."""
        return served(self.document, self.plan) + weights(self.document)[self.client]

    @property
    def solvable(self) -> bool:
        return self.plan.status != "infeasible"

    @property
    def serves_first(self) -> bool:
        return self.round.policy.levels[:1] == ("served",)


def serves_the_client_and_loses_nobody(told: Told) -> None:
    if not told.solvable:
        return
    after = solve(Round.from_document(told.other), Stop())
    assert faults(told.other, after.to_document()) == []
    assert told.client in {pair.client for pair in after.pairs}
    assert served(told.other, after) >= told.wanted


def no_plan_that_serves_most_leaves_the_client_out(told: Told) -> None:
    """By the oracle: `served` rises, and without the client it cannot be as high."""
    doc, other = told.document, told.other
    if not told.solvable or not told.serves_first:
        return
    best = best_served(other)
    assert best is not None
    assert best >= told.wanted
    if len(other.get("pins", [])) > len(doc.get("pins", [])):
        return
    without = {**other, "clients": [c for c in other["clients"] if c["id"] != told.client]}
    without["keep"] = [k for k in other.get("keep", []) if k["client"] != told.client]
    without["bans"] = [k for k in other.get("bans", []) if k["client"] != told.client]
    rest = best_served(without)
    assert rest is not None
    assert rest < best


def safety_is_not_for_sale(told: Told) -> None:
    doc, other = told.document, told.other
    assert other.get("bans") == doc.get("bans")
    for before, after in zip(doc["clients"], other["clients"], strict=True):
        assert before.get("not_with") == after.get("not_with")
        mine, then = before.get("wishes", {}), after.get("wishes", {})
        assert mine.get("gender") == then.get("gender")
        kept = mine.get("origin") == then.get("origin")
        softened = (mine.get("origin"), then.get("origin")) == ("require-same", "prefer-same")
        assert kept or softened
    for before, after in zip(doc["assistants"], other["assistants"], strict=False):
        assert before.get("accepts_genders") == after.get("accepts_genders")


def a_smaller_change_of_limits_does_not_help(told: Told) -> None:
    """Whoever takes 30 minutes more would not be helped by a step of the grid less, says the oracle."""
    (operation, *others) = told.fix.patch
    if not told.serves_first or others or not str(operation["path"]).endswith("max_minutes_per_day"):
        return
    less = {**operation, "value": operation["value"] - told.round.grid_minutes}
    best = best_served(patched(told.document, [less]))
    assert best is not None
    assert best < told.wanted


def nothing_of_a_fix_can_be_left_out(told: Told) -> None:
    """Of several changes each is needed, says the oracle, whoever else may move on."""
    changes = [change for change in told.fix.patch if not change["path"].startswith("/pins")]
    if not told.serves_first or len(changes) < 2:
        return
    for left_out in changes:
        less = patched(told.document, [change for change in changes if change is not left_out])
        for helper in less["assistants"]:
            pin = {"client": told.client, "assistant": helper["id"]}
            best = best_served({**less, "pins": [*less.get("pins", []), pin]})
            assert best is None or best < told.wanted


LAWS: tuple[Callable[[Told], None], ...] = (
    serves_the_client_and_loses_nobody,
    no_plan_that_serves_most_leaves_the_client_out,
    safety_is_not_for_sale,
    a_smaller_change_of_limits_does_not_help,
    nothing_of_a_fix_can_be_left_out,
)


# The long one takes a minute and a half of a processor, more where others use it too.
@pytest.mark.timeout(1200)
@everyday_and_long
def test_every_fix_keeps_the_laws(examples: int) -> None:
    """One test, since it is solving and looking for fixes that takes the time."""

    @lawful(examples)
    @given(st.integers(0, 10**6))
    def law(seed: int) -> None:
        document, rnd, plan = solved(seed)
        for one in with_fixes(rnd, plan).unmatched:
            for fix in one.fixes:
                told = Told(document, rnd, plan, one.client, fix)
                for keeps in LAWS:
                    try:
                        keeps(told)
                    except AssertionError as error:
                        error.add_note(f"{keeps.__name__}: {one.client}, {fix.text}")
                        raise

    law()
