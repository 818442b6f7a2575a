"""The command line: what it says, what it writes, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from matcher import Plan, Round
from matcher.__main__ import main
from tests.builders import a_round, assistant, at, client, document, need


@pytest.fixture
def round_file(tmp_path: Path) -> Path:
    return saved(tmp_path / "round.json", document())


def saved(path: Path, doc: Any) -> Path:
    path.write_text(json.dumps(doc), encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], list[str]]:
    out, err = capsys.readouterr()
    return out.splitlines(), err.splitlines()


def test_a_round_is_solved_and_its_plan_holds(
    round_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.json"
    assert main(["solve", str(round_file), "-o", str(plan), "--workers", "1"]) == 0
    assert said(capsys) == ([], [])
    assert Plan.from_file(plan).pairs[0].appointments[0].start.isoformat() == "2026-12-07T09:00:00"
    assert main(["check", str(round_file), str(plan)]) == 0
    assert said(capsys)[0] == [
        "ok: optimal, 1 pairs, 0 unmatched, served 1/1, stability 0/0, origin 0/0, language 7/7, "
        "gender 0/0, continuity 0/0, balance -1/-1, extras 0/0, early 0/0"
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json", "round.json"]


def test_without_an_output_the_plan_goes_to_standard_output(round_file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "matcher", "solve", str(round_file), "--progress"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert Plan.from_json(done.stdout).round_sha256 == a_round().sha256
    assert done.stderr.decode().split()[2] == "served"


def test_a_plan_with_faults_ends_with_one(
    round_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.json"
    main(["solve", str(round_file), "-o", str(plan)])
    doc = json.loads(plan.read_text(encoding="utf-8"))
    doc["pairs"][0]["appointments"][0].update(start=at(0, "08:00"), end=at(0, "09:00"))
    saved(plan, doc)
    assert main(["check", str(round_file), str(plan)]) == 1
    assert said(capsys)[0] == [
        f"/pairs/0/appointments/0: breaks time: {who} is not available there and then; "
        "make a plan that keeps this rule"
        for who in ("c1", "a1")
    ]


def test_bad_input_is_one_line_for_each_fault_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = saved(tmp_path / "round.json", document(clients=[client(weight=0, age=7)]))
    assert main(["solve", str(faulty), "-o", str(tmp_path / "plan.json")]) == 2
    out, err = said(capsys)
    assert (out, [line.split(": ")[0] for line in err]) == ([], ["/clients/0/age", "/clients/0/weight"])
    assert [path.name for path in tmp_path.iterdir()] == ["round.json"]


@pytest.mark.parametrize("command", [["solve"], ["check", "none.json"], ["describe"]])
def test_a_file_that_is_not_there_is_bad_input(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.json"
    assert main([command[0], str(missing), *command[1:]]) == 2
    told = f"(whole document): cannot read {missing}: no such file or directory; name a file that can be read"
    assert said(capsys) == ([], [told])


def test_a_plan_that_is_none_is_bad_input(round_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(round_file), str(round_file)]) == 2
    assert said(capsys)[1][0].startswith("/timezone: unknown field")


def test_pins_that_contradict_are_named_and_the_plan_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pins = [{"client": "c1", "assistant": name} for name in ("a1", "a2")]
    doc = document(assistants=[assistant(), assistant("a2")], pins=pins)
    source, plan = saved(tmp_path / "round.json", doc), tmp_path / "plan.json"
    assert main(["solve", str(source), "-o", str(plan)]) == 3
    out, err = said(capsys)
    assert (out, [line.split(": ")[:2] for line in err]) == ([], [["/pins/0, /pins/1", "one-assistant"]])
    assert (Plan.from_file(plan).status, Plan.from_file(plan).conflicts[0].pins) == ("infeasible", (0, 1))
    assert main(["check", str(source), str(plan)]) == 0


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("none/plan.json", "no such file or directory; name a file in a folder that you may write to"),
        ("", "it is no ordinary file; name a file"),
        ("round.json", "it is the round itself; name another file"),
    ],
)
def test_a_path_that_takes_no_plan_is_refused_before_solving(
    output: str,
    reason: str,
    round_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("matcher.solver.solve", lambda *_: pytest.fail("solved in vain"))
    path = round_file.parent / output
    before = round_file.read_bytes()
    assert main(["solve", str(round_file), "-o", str(path)]) == 2
    assert said(capsys) == ([], [f"cannot write {path}: {reason}"])
    assert round_file.read_bytes() == before


def test_a_plan_replaces_an_older_one(round_file: Path, tmp_path: Path) -> None:
    plan = saved(tmp_path / "plan.json", {"old": True})
    assert main(["solve", str(round_file), "-o", str(plan)]) == 0
    assert Plan.from_file(plan).status == "optimal"


def test_an_interrupt_leaves_nothing_behind(
    round_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **_more: object) -> Plan:
        raise KeyboardInterrupt

    monkeypatch.setattr("matcher.solver.solve", interrupted)
    assert main(["solve", str(round_file), "-o", str(tmp_path / "plan.json")]) == 130
    assert said(capsys) == ([], ["stopped; nothing was written"])
    assert [path.name for path in tmp_path.iterdir()] == ["round.json"]


@pytest.mark.parametrize(
    "options",
    [["--time-limit", "0"], ["--time-limit", "nan"], ["--workers", "0"], ["--seed", "-1"], ["--seed", "1.5"]],
)
def test_an_option_that_makes_no_sense_is_bad_input(
    options: list[str], round_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["solve", str(round_file), *options])
    assert ended.value.code == 2
    assert f"argument {options[0]}: " in said(capsys)[1][-1]


def test_a_round_is_described_in_words_and_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clients = [client(needs=[need(), need("n2", optional=True)]), client("c2", languages={"so": "C1"})]
    source = saved(tmp_path / "round.json", document(clients=clients, closed_days=["2026-12-08"]))
    assert main(["describe", str(source)]) == 0
    assert said(capsys)[0] == [
        "2 clients, 1 assistants, 6 open days",
        "2 essential and 1 optional needs, 0 pins",
        "1 of 2 pairs are possible, with 30 starts",
        "  ruled out by language: 1",
        "clients whom nobody can serve:",
        "  c2: 1 of 1 assistant: no shared language at B1 or better",
    ]
    assert main(["describe", str(source), "--json"]) == 0
    assert json.loads("".join(said(capsys)[0])) == {
        "round_sha256": Round.from_file(source).sha256,
        "clients": 2,
        "assistants": 1,
        "days": 6,
        "essential_needs": 2,
        "optional_needs": 1,
        "pins": 0,
        "pairs": 2,
        "possible_pairs": 1,
        "ruled_out": {"language": 1},
        "starts": 30,
        "without_assistant": [
            {
                "client": "c2",
                "reasons": [
                    {
                        "code": "language",
                        "text": "1 of 1 assistant: no shared language at B1 or better",
                        "assistants": 1,
                    }
                ],
            }
        ],
    }


def test_describing_needs_no_solver(round_file: Path) -> None:
    script = (
        "import sys; from matcher.__main__ import main; main(['describe', sys.argv[1]]); "
        "print(sorted({'ortools', 'highspy', 'matcher.solver'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(round_file)], capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "[]"


def test_a_reader_that_stops_early_hears_no_complaint(round_file: Path) -> None:
    command = f"{sys.executable} -m matcher describe {round_file} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert done.stderr == b""


def test_a_year_is_simulated_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "folder"
    assert main(["simulate", str(short_year(tmp_path)), "-o", str(folder), "--seed", "7"]) == 0
    assert said(capsys) == ([], [])
    assert (folder / "report.md").read_text(encoding="utf-8").startswith("2 weeks, 20 new clients a week, ")
    assert "seed 7" in (folder / "report.md").read_text(encoding="utf-8").splitlines()[0]


def test_a_faulty_scenario_is_bad_input_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", str(short_year(tmp_path, weeks=0)), "-o", str(tmp_path / "folder")]) == 2
    assert said(capsys) == ([], ["/weeks: 0 is out of range; write 1 to 520"])
    assert [path.name for path in tmp_path.iterdir()] == ["scenario.toml"]


def test_a_folder_that_takes_no_files_is_refused_before_the_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = short_year(tmp_path)
    assert main(["simulate", str(scenario), "-o", str(scenario)]) == 2
    told = f"cannot write to {scenario}: file exists; name a folder that you may write to"
    assert said(capsys) == ([], [told])


def short_year(folder: Path, weeks: int = 2) -> Path:
    """Write the office in config/ with two weeks, one length of a round and all its rules."""
    shipped = Path(__file__).parents[2] / "config" / "simulation.toml"
    text = shipped.read_text(encoding="utf-8").replace("\nweeks = 52\n", f"\nweeks = {weeks}\n")
    path = folder / "scenario.toml"
    path.write_text(text.replace("round_weeks = [1, 2, 4]", "round_weeks = [1]"), encoding="utf-8")
    return path
