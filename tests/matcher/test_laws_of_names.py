"""Laws of names and order: who stands first in a file, and what they are called, decides nothing."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matcher import Round, Stop, solve
from tests.matcher.laws import Document, copied, everyday_and_long, lawful
from tests.matcher.rounds import small_rounds


def told(document: Document) -> Document:
    """Return the plan's bytes as a document, less what tells of the file rather than of the plan."""
    plan = solve(Round.from_document(document), Stop()).to_document()
    plan.pop("round_sha256")
    plan["solver"].pop("seconds")
    for one in plan["unmatched"]:
        # A patch points to places in the file.
        one["fixes"] = [fix["text"] for fix in one["fixes"]]
    return plan


def mixed(part: Any, rng: Random) -> Any:
    """Return a document whose lists and fields stand in another order; levels and pins keep theirs."""
    if isinstance(part, dict):
        fields = list(part)
        rng.shuffle(fields)
        return {
            name: part[name] if name in ("levels", "pins") else mixed(part[name], rng) for name in fields
        }
    if isinstance(part, list):
        return [mixed(one, rng) for one in rng.sample(part, len(part))]
    return part


@everyday_and_long
def test_the_order_of_anything_in_the_file_changes_no_byte(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.randoms(use_true_random=False))
    def law(document: Document, rng: Random) -> None:
        assert told(mixed(document, rng)) == told(document)

    law()


@everyday_and_long
def test_names_in_the_same_order_give_the_same_plan_renamed(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.randoms(use_true_random=False))
    def law(document: Document, rng: Random) -> None:
        new = names_in_order(document, rng)
        assert without_texts(told(renamed(document, new))) == renamed(without_texts(told(document)), new)

    law()


@everyday_and_long
def test_names_in_any_order_change_no_value(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.randoms(use_true_random=False))
    def law(document: Document, rng: Random) -> None:
        ids = people(document)
        new = dict(zip(ids, rng.sample(ids, len(ids)), strict=True))
        assert told(renamed(document, new))["levels"] == told(document)["levels"]

    law()


def people(document: Document) -> list[str]:
    """Return the ids of clients and assistants, in their order."""
    return sorted(one["id"] for one in document["clients"] + document["assistants"])


def names_in_order(document: Document, rng: Random) -> dict[str, str]:
    """Make up a new name for everybody, in the order of the old ones."""
    ids = people(document)
    numbers = sorted(rng.sample(range(10_000), len(ids)))
    return {old: f"p{number:05}" for old, number in zip(ids, numbers, strict=True)}


def renamed(document: Document, new: dict[str, str]) -> Document:
    """Return a round or a plan in which everybody is called otherwise."""
    out = copied(document)
    for person in out.get("clients", []) + out.get("assistants", []):
        person["id"] = new[person["id"]]
        if "previous_assistant" in person:
            person["previous_assistant"] = new[person["previous_assistant"]]
        if "not_with" in person:
            person["not_with"] = [new[name] for name in person["not_with"]]
    for entry in (out.get(name, []) for name in ("pins", "bans", "keep", "pairs", "unmatched")):
        for one in entry:
            one |= {name: new[one[name]] for name in ("client", "assistant") if name in one}
    return out


def without_texts(plan: Document) -> Document:
    """Return a plan without its sentences, in which names stand."""
    out = copied(plan)
    for one in out["pairs"] + out["unmatched"]:
        for reason in one["reasons"]:
            del reason["text"]
        one.pop("fixes", None)
    for conflict in out["conflicts"]:
        del conflict["text"]
    return out
