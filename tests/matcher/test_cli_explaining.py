"""The commands that explain: what they say, what they write, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rounds import office_round
from matcher import Plan
from matcher.__main__ import main
from tests.builders import assistant, client, document

Files = tuple[Path, Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A round in which one client of two is left out, and its plan."""
    doc = document(clients=[client(), client("c2", weight=2)], assistants=[assistant(max_clients=1)])
    return written(tmp_path, doc)


def written(folder: Path, doc: Any) -> Files:
    source, plan = folder / "round.json", folder / "plan.json"
    source.write_text(json.dumps(doc), encoding="utf-8")
    assert main(["solve", str(source), "-o", str(plan), "--workers", "1"]) == 0
    return source, plan


def said(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], list[str]]:
    out, err = capsys.readouterr()
    return out.splitlines(), err.splitlines()


def test_fixes_are_added_to_a_plan(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    source, plan = map(str, files)
    assert main(["fixes", source, plan, "-o", plan, "--progress"]) == 0
    assert said(capsys) == ([], ["1 of 1 clients"])
    (one,) = Plan.from_file(files[1]).unmatched
    assert one.fixes[0].text == "a1 takes 2 clients instead of 1"
    assert main(["check", source, plan]) == 0


def test_a_plan_may_be_solved_with_its_fixes(files: Files, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    assert main(["solve", str(files[0]), "-o", str(other), "--fixes"]) == 0
    assert Plan.from_file(other).unmatched[0].fixes[0].text == "a1 takes 2 clients instead of 1"


def test_what_would_help_does_not_depend_on_the_run(tmp_path: Path) -> None:
    # Sets of names come in another order in each run; a search may find in one what it misses in another.
    doc = office_round(120, 10, 3, 2)
    doc["policy"]["levels"] = ["served"]
    source, told = tmp_path / "round.json", []
    source.write_text(json.dumps(doc), encoding="utf-8")
    for seed in ("0", "1"):
        command = [sys.executable, "-m", "matcher", "solve", str(source), "--fixes"]
        done = subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        plan = json.loads(done.stdout)
        told.append((plan["levels"], plan["pairs"], plan["unmatched"]))
    assert told[0] == told[1]


def test_the_fixes_of_one_client_are_told_in_lines(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    source, plan = map(str, files)
    assert main(["fixes", source, plan, "--client", "c1"]) == 0
    assert said(capsys)[0] == [
        "a1 takes 2 clients instead of 1", "a new assistant who speaks Farsi (male, from AF), 60 minutes"
    ]
    assert main(["fixes", source, plan, "--client", "c2"]) == 2
    assert said(capsys)[1] == [
        "(whole document): c2 is no unmatched client of this plan; name one of the plan"
    ]


def test_that_no_small_change_helps_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, plan = map(str, written(tmp_path, document(clients=[client(languages={})])))
    assert main(["fixes", source, plan, "--client", "c1"]) == 0
    assert said(capsys)[0] == ["no small change was found that helps"]


def test_the_fixes_of_one_client_go_to_no_file(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    source, plan = map(str, files)
    before = files[1].read_bytes()
    assert main(["fixes", source, plan, "--client", "c1", "-o", plan]) == 2
    assert said(capsys) == ([], [
        "(whole document): --client tells lines, and writes no plan; leave out --client or --output"
    ])  # fmt: skip
    assert files[1].read_bytes() == before


def test_what_if_refuses_where_its_plan_cannot_go_before_it_solves(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    source = str(files[0])
    assert main(["whatif", source, "--ban", "c2=a1", "-o", source, "--progress"]) == 2
    told = f"cannot write {source}: it is the round itself; name another file"
    assert said(capsys) == ([], [told])


def test_what_if_tells_the_new_plan_and_the_difference(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, plan = map(str, files)
    other = tmp_path / "other.json"
    command = ["whatif", source, "--plan", plan, "--pin", "c1=a1", "-o", str(other)]
    assert main(command) == 0
    lines = said(capsys)[0]
    assert lines[1] == "  served: 2 -> 1 (-1)"
    assert lines[10:14] == [
        "1 clients gain:", "  c1: nobody -> a1 (served +1, language +7)",
        "1 clients lose:", "  c2: a1 -> nobody (served -2, language -7)",
    ]
    assert [pair.client for pair in Plan.from_file(other).pairs] == ["c1"]
    assert main(["whatif", source, "--ban", "c2=a1", "--json"]) == 0
    assert json.loads("".join(said(capsys)[0]))["levels"][0] == {
        "level": "served", "before": 2, "after": 1, "change": -1, "least": -1, "most": -1,
    }


def test_what_cannot_be_decided_ends_like_pins_that_contradict(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    source, plan = map(str, files)
    assert main(["whatif", source, "--plan", plan, "--pin", "c1=a1", "--pin", "c2=a1"]) == 3
    out, err = said(capsys)
    assert out == []
    assert len(err) == 1
    assert err[0].startswith("load: ")
    assert main(["whatif", source]) == 2
    assert said(capsys)[1] == [
        "(whole document): no decision is asked about; write --pin or --ban CLIENT=ASSISTANT"
    ]
    assert main(["whatif", source, "--pin", "c9=a1"]) == 2
    assert said(capsys)[1] == ["(whole document): c9 is no client of the round; name one of its clients"]
    with pytest.raises(SystemExit):
        main(["whatif", source, "--pin", "c1"])
    assert said(capsys)[1][-1].endswith("'c1' is no pair; write CLIENT=ASSISTANT, like c1=a3")


def test_each_reader_is_told_apart(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    source, plan = map(str, files)
    assert main(["explain", source, plan]) == 0
    assert said(capsys)[0] == [
        "c2 meets a1", "  both speak Farsi (native)", "  1 of 1 essential need met", "c1 meets nobody",
        "  1 of 1 assistant: possible, but their capacity serves others better",
    ]
    assert main(["explain", source, plan, "--for-client", "c1"]) == 0
    assert said(capsys)[0] == [
        "nobody could be found for you in this round; you stay on the list for the next one",
        "more times or places at which you can come make it more likely",
    ]
    assert main(["explain", source, plan, "--for-assistant", "a1", "--json"]) == 0
    told = json.loads("".join(said(capsys)[0]))
    assert [meeting["client"] for meeting in told["meets"]] == ["c2"]
    assert main(["explain", source, plan, "--for-assistant", "a9"]) == 2
    assert said(capsys)[1] == ["(whole document): a9 is no assistant of this plan; name one of the plan"]


def test_the_next_assistants_of_a_client_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doc = document(assistants=[assistant(), assistant("a2", languages={"fa": "B1"})])
    source, plan = map(str, written(tmp_path, doc))
    assert main(["alternatives", source, plan, "--client", "c1"]) == 0
    assert said(capsys)[0] == ["a2: language -4"]
    assert main(["alternatives", source, plan, "--client", "c1", "--json", "--progress"]) == 0
    out, err = said(capsys)
    assert [(one["assistant"], one["exact"]) for one in json.loads("".join(out))] == [("a2", True)]
    assert err[0].startswith("a2 ")


def test_whom_to_look_for_is_told(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    source, plan = map(str, files)
    assert main(["advise", source, "--plan", plan]) == 0
    lines = said(capsys)[0]
    assert (lines[0], lines[3]) == ("a new assistant", "an hour more of a present one")
    assert lines[4] == "  1. +1 served (exactly), +1 clients: a1: an hour more, within their hours"
    assert main(["advise", source, "--json", "--progress"]) == 0
    out, err = said(capsys)
    told = json.loads("".join(out))
    assert [(row["gain"], row["most"], row["text"]) for row in told["hours"]] == [
        (1, 1, "a1: an hour more, within their hours")
    ]
    assert err[0] == "recruits: 1 of 2"


def test_no_advice_is_given_where_pins_contradict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doc = document(clients=[client(languages={})], pins=[{"client": "c1", "assistant": "a1"}])
    source = tmp_path / "round.json"
    source.write_text(json.dumps(doc), encoding="utf-8")
    assert main(["advise", str(source)]) == 3
    told = "language: c1 with a1 cannot hold: the two do not understand each other well enough"
    assert said(capsys)[1] == [told]
