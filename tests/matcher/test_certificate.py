"""Certificates: what they prove is the optimum, and no change of one proves less than that."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.rounds import office_round
from matcher import Plan, Round, Stop
from matcher.__main__ import main
from matcher.certificate import certify, checker
from matcher.certificate.checker import Case, bound, check
from tests.builders import assistant, at, client, document, hours, need
from tests.matcher.exact import optimum
from tests.matcher.rounds import small_round, small_rounds
from tests.matcher.solving import planned

Document = dict[str, Any]
CHECKER = Path(checker.__file__)
NO_PRICE = "/tree/prices/0: is no limit of this round with a whole price from 0 on"
EVERYDAY, LONG = 50, 1_500
lawful = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


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


@lawful
@given(small_rounds, st.data())
def test_law_no_change_of_a_certificate_proves_less_than_the_optimum(
    document: Document, data: st.DataObject
) -> None:
    document = served_only(document)
    best = optimum(document)
    if best is None:
        return
    tree = certified(document, planned(document))["tree"]
    case = Case(document)
    whole = case.plans()
    for _ in range(8):
        path = data.draw(st.sampled_from(places(tree)))
        values = [..., None, True, -1, 0, 1, 10**6, 10**30, -(10**9), "", "a1", "c1", "slot", "client-day"]
        other = tree
        for key in data.draw(st.sampled_from(places(tree))):
            other = other[key]
        value = data.draw(st.sampled_from([*values, [], {}, {"prices": []}, other]) | st.integers())
        if path == () and value is ...:
            continue
        faults: list[str] = []
        proven = bound(case, whole, tampered(tree, path, value), faults)
        assert faults != [] or proven >= best["served"]


@lawful
@given(small_rounds, st.data())
def test_law_whatever_prices_are_they_prove_no_less_than_the_optimum(
    document: Document, data: st.DataObject
) -> None:
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


def faults_of(change: dict[str, Any], *, plan_change: dict[str, Any] | None = None) -> list[str]:
    """What the checker says of the scarce round's certificate and plan after a change."""
    round_ = scarce()
    plan = planned(round_)
    certificate = certified(round_, plan) | change
    return check(round_, plan | (plan_change or {}), certificate)[0]


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ({"prices": [["slot", "a1", at(0, "09:00"), -1]]}, NO_PRICE),
        ({"prices": [["slot", "a1", at(0, "09:00"), None]]}, NO_PRICE),
        ({"prices": [["slot", "a9", at(0, "09:00"), 1]]}, NO_PRICE),
        ({"prices": [["sun", "a1", 1]]}, NO_PRICE),
        ({"split": {"client": "c9", "assistants": ["a1"]}, "yes": {"prices": []}, "no": {"prices": []}},
         "/tree: is no question with two answers, and no list of prices: KeyError('c9')"),
        ({"split": {"client": "c1", "assistants": ["a1"]}, "yes": {"prices": []}},
         "/tree: is no question with two answers, and no list of prices: KeyError('no')"),
    ],
)  # fmt: skip
def test_a_fault_of_a_certificate_is_told_with_its_place(tree: Document, told: str) -> None:
    assert faults_of({"tree": tree}) == [f"certificate: {told}"]


def test_prices_that_prove_too_little_are_told() -> None:
    assert faults_of({"tree": {"prices": []}}) == [
        "plan: tells that no plan serves more than 2; proven is 3",
    ]
    assert faults_of({"bound": 1}) == ["certificate: tells that no plan serves more than 1; proven is 2"]


def test_a_certificate_of_another_round_is_told() -> None:
    assert faults_of({"round_sha256": "0" * 64}) == ["certificate: is of another round"]


def test_a_plan_that_tells_more_than_it_serves_is_told() -> None:
    levels = [{"level": "served", "value": 3, "bound": 3}]
    assert faults_of({}, plan_change={"levels": levels}) == ["plan: serves 2, and tells 3"]


def test_a_plan_that_breaks_a_rule_is_told() -> None:
    both = [
        {
            "client": name, "assistant": "a1",
            "appointments": [{"need": "n1", "start": at(0, start), "end": at(0, "10:00"), "place": None}],
        }
        for name, start in (("c1", "09:00"), ("c2", "09:00"), ("c2", "09:00"))
    ]  # fmt: skip
    told = faults_of({}, plan_change={"pairs": both, "levels": [{"level": "served", "value": 3, "bound": 3}]})
    twice = [
        f'plan: takes 2 of ["slot", "a1", "{at(0, clock)}"], which is more than there is'
        for clock in ("09:00", "09:30")
    ]
    assert told == ["plan: /pairs/2: c2 may not meet a1, or meets somebody already", *twice]


def test_the_checker_needs_the_standard_library_only() -> None:
    named = []
    for node in ast.walk(ast.parse(CHECKER.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            named.append(node.module or "")
    assert {name.split(".")[0] for name in named} - sys.stdlib_module_names == set()


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A round, its plan, and where its certificate goes."""
    paths = [tmp_path / name for name in ("round.json", "plan.json", "certificate.json")]
    paths[0].write_text(json.dumps(scarce()), encoding="utf-8")
    assert main(["solve", str(paths[0]), "-o", str(paths[1])]) == 0
    return [str(path) for path in paths]


def run(*arguments: str) -> tuple[int, str, str]:
    # -I and -S: without this project, its environment and its packages.
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(CHECKER), *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_a_certificate_is_written_and_checked_by_a_script_alone(files: list[str]) -> None:
    assert main(["certify", *files[:2], "-o", files[2]]) == 0
    assert run(*files) == (0, "proven: the plan serves 2, and no plan serves more than 2\n", "")


def test_what_time_leaves_unproven_is_told_and_written_all_the_same(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["certify", *files[:2], "-o", files[2], "--time-limit", "0.000001"]) == 1
    assert capsys.readouterr().err == "proven is that no plan serves more than 3; the plan tells 2\n"
    assert run(*files) == (1, "plan: tells that no plan serves more than 2; proven is 3\n", "")


def test_a_certificate_with_a_fault_is_refused_with_one(files: list[str]) -> None:
    main(["certify", *files[:2], "-o", files[2]])
    made = json.loads(Path(files[2]).read_text(encoding="utf-8"))
    Path(files[2]).write_text(json.dumps(made | {"tree": {"prices": []}}), encoding="utf-8")
    assert run(*files) == (1, "plan: tells that no plan serves more than 2; proven is 3\n", "")


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, '{"format": "r4r-certificate/1"}', "\0"])
def test_what_is_no_certificate_is_bad_input(files: list[str], text: str) -> None:
    Path(files[2]).write_text(text, encoding="utf-8")
    code, out, err = run(*files)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "certificate.json: " in err


def test_a_missing_file_is_bad_input_of_the_checker(files: list[str]) -> None:
    code, out, err = run(*files)
    assert (code, out) == (2, "")
    assert err.startswith(f"{files[2]}: FileNotFoundError")


def test_an_infeasible_round_has_no_bound_to_certify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pins = [{"client": "c1", "assistant": name} for name in ("a1", "a2")]
    paths = [str(tmp_path / name) for name in ("round.json", "plan.json", "certificate.json")]
    round_ = document(assistants=[assistant(), assistant("a2")], pins=pins)
    Path(paths[0]).write_text(json.dumps(round_), encoding="utf-8")
    assert main(["solve", paths[0], "-o", paths[1]]) == 3
    capsys.readouterr()
    assert main(["certify", *paths[:2], "-o", paths[2]]) == 2
    told = "/status: is infeasible: nobody can be served; take back pins and solve again\n"
    assert capsys.readouterr().err == told
    assert not Path(paths[2]).exists()


def test_a_plan_with_faults_is_not_certified(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    plan = json.loads(Path(files[1]).read_text(encoding="utf-8"))
    plan["levels"][0]["value"] = 1
    Path(files[1]).write_text(json.dumps(plan), encoding="utf-8")
    assert main(["certify", *files[:2], "-o", files[2]]) == 2
    told = ["/levels/0: served is 2, not 1; tell what the pairs add up to",
            "/status: is optimal, but a level is not proven; say feasible"]  # fmt: skip
    assert capsys.readouterr().err.splitlines() == told
    assert not Path(files[2]).exists()


def test_a_certificate_never_replaces_the_plan(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", *files[:2], "-o", files[1]]) == 2
    told = f"cannot write {files[1]}: it is the plan itself; name another file\n"
    assert capsys.readouterr().err == told
