"""The commands that explain: what they say, what they write, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

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
