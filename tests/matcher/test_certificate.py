"""Certificates: what they prove is the optimum, and no change of one proves less than that."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.rounds import office_round
from matcher import Plan, Round, Stop
from matcher.certificate import certify
from matcher.certificate.checker import Case, bound, check
from tests.builders import assistant, at, client, document, hours, need
from tests.matcher.exact import optimum
from tests.matcher.laws import lawful, tenfold
from tests.matcher.rounds import small_round, small_rounds
from tests.matcher.solving import planned

Document = dict[str, Any]
EVERYDAY, LONG = 25, 1_500


def served_only(document: Document) -> Document:
    return {**document, "policy": {**document.get("policy", {}), "levels": ["served"]}}


def certified(document: Document, plan: Document, *, seconds: float | None = None) -> Document:
    """The certificate's document, as it is read back from its file."""
    made = certify(Round.from_document(document), Plan.from_document(plan), Stop(time_limit=seconds))
    read: Document = json.loads(made.to_json())
    return read


def assert_certified_as_the_optimum(document: Document) -> None:
    document = served_only(document)
    best, plan = optimum(document), planned(document)
    if best is not None:
        certificate = certified(document, plan)
        assert certificate["bound"] == best["served"]
        faults, proven = check(document, plan, certificate)
        told = f"proven: the plan serves {best['served']}, and no plan serves more than {best['served']}"
        assert (faults, proven) == ([], told)


def scarce() -> Document:
    """Two clients of weights 2 and 1, an hour of one assistant."""
    return served_only(
        document(
            clients=[client(weight=2), client("c2")],
            assistants=[assistant(availability=[hours(0, "09:00", "10:00")])],
        )
    )


@pytest.mark.parametrize("seed", range(EVERYDAY))
def test_the_optimum_of_a_small_round_is_certified(seed: int) -> None:
    assert_certified_as_the_optimum(small_round(Random(seed)))


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_of_an_office_is_certified(seed: int) -> None:
    assert_certified_as_the_optimum(office_round(16, 3, 5, seed, national=seed % 2 == 1))


@pytest.mark.long
@pytest.mark.parametrize("hundred", range(LONG // 100))
def test_hundreds_of_optima_are_certified(hundred: int) -> None:
    for seed in range(hundred * 100, hundred * 100 + 100):
        assert_certified_as_the_optimum(small_round(Random(seed)))


@pytest.mark.parametrize(
    "empty",
    [document(clients=[]), document(assistants=[]), document(clients=[], assistants=[])],
    ids=["no clients", "no assistants", "nobody"],
)
def test_a_round_without_people_serves_nobody(empty: Document) -> None:
    assert_certified_as_the_optimum(empty)


def test_a_price_for_the_only_hour_proves_that_one_client_has_to_wait() -> None:
    round_ = scarce()
    certificate = certified(round_, planned(round_))
    ((*row, price),) = certificate["tree"]["prices"]
    assert (certificate["bound"], row) == (2, ["slot", "a1", at(0, "09:00")])
    # Less would not keep the lighter client away, more would cost more than the heavier one brings.
    assert 1_000_000 <= price <= 2_000_000


def test_a_question_proves_what_prices_alone_do_not() -> None:
    # Three clients of weight 2 want two half hours each, of an assistant who has three half hours:
    # half a client more is worth 1.
    halves = [need("n1", minutes=30), need("n2", minutes=30)]
    round_ = served_only(
        document(
            clients=[client(f"c{n}", weight=2, needs=halves, max_per_day=2) for n in range(3)],
            assistants=[assistant(availability=[hours(0, "09:00", "12:30")], max_minutes_per_day=90)],
        )
    )
    plan = planned(round_)
    certificate = certified(round_, plan)
    assert (plan["levels"][0]["value"], certificate["bound"], "split" in certificate["tree"]) == (2, 2, True)
    assert check(round_, plan, certificate)[0] == []


def test_a_certificate_that_time_cut_short_proves_less_and_still_the_truth() -> None:
    round_ = served_only(office_round(40, 4, 5, 1))
    plan = planned(round_)
    certificate = certified(round_, plan, seconds=1e-6)
    everybody = sum(one["weight"] for one in round_["clients"])
    assert (certificate["bound"] <= everybody, certificate["tree"]) == (True, {"prices": []})
    told = plan["levels"][0]["bound"]
    assert check(round_, plan, certificate)[0] == [
        f"plan: tells that no plan serves more than {told}; proven is {certificate['bound']}"
    ]


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document at which something stands."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


def tampered(tree: Document, path: tuple[Any, ...], value: Any) -> Any:
    """The tree with another value at one place, or without it where the value is `...`."""
    if not path:
        return value
    copy = json.loads(json.dumps(tree))
    node = copy
    for key in path[:-1]:
        node = node[key]
    if value is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return copy


@tenfold(25)
def test_law_no_change_of_a_certificate_proves_less_than_the_optimum(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.data())
    def holds(document: Document, data: st.DataObject) -> None:
        document = served_only(document)
        best = optimum(document)
        if best is None:
            return
        tree = certified(document, planned(document))["tree"]
        case = Case(document)
        whole = case.plans()
        for _ in range(8):
            path = data.draw(st.sampled_from(places(tree)))
            numbers = (-1, 0, 1, 10**6, 10**30, -(10**9))
            values = [..., None, True, *numbers, "", "a1", "c1", "slot", "client-day"]
            other = tree
            for key in data.draw(st.sampled_from(places(tree))):
                other = other[key]
            value = data.draw(st.sampled_from([*values, [], {}, {"prices": []}, other]) | st.integers())
            if path == () and value is ...:
                continue
            faults: list[str] = []
            proven = bound(case, whole, tampered(tree, path, value), faults)
            assert faults != [] or proven >= best["served"]

    holds()


@tenfold(25)
def test_law_whatever_prices_are_they_prove_no_less_than_the_optimum(examples: int) -> None:
    @lawful(examples)
    @given(small_rounds, st.data())
    def holds(document: Document, data: st.DataObject) -> None:
        document = served_only(document)
        best = optimum(document)
        if best is None:
            return
        case = Case(document)
        days = sorted(set(case.day_of))
        rows = [list(row) for row in case.limits]
        rows += [["client-day", c, a, day] for c in case.clients for a in case.assistants for day in days]
        priced = st.tuples(st.sampled_from(rows or [[]]), st.integers(0, 4_000_000))
        prices = st.lists(priced, max_size=12 if rows else 0)
        listed = [[*row, price] for row, price in data.draw(prices)]
        faults: list[str] = []
        assert bound(case, case.plans(), {"prices": listed}, faults) >= best["served"]
        assert faults == []

    holds()
