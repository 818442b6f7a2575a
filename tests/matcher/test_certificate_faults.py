"""What the checker says of certificates with faults, and as a script that nothing else is needed for."""
from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from matcher.__main__ import main
from matcher.certificate import checker
from matcher.certificate.checker import check
from tests.builders import assistant, at, document
from tests.matcher.solving import planned
from tests.matcher.test_certificate import Document, certified, scarce

CHECKER = Path(checker.__file__)

NO_PRICE = "/tree/prices/0: is no limit of this round with a whole price from 0 on"


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
