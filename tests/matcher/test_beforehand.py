"""Nobody waits for the compiler in front of a screen: the set-up has compiled all that a round can need."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Rounds of each kind: one client, hardly anybody with anybody, one office, many communities, six offices,
# more pairs than are proven, and some of them after a change.
ROUNDS = """
from dataclasses import replace
from benchmarks.communities import community_round
from benchmarks.rounds import office_round
from matcher import Round, Stop, solve
from matcher.parts import Pin

def solved(document, seconds=60):
    rnd = Round.from_document(document)
    return rnd, solve(rnd, Stop(time_limit=seconds))

for size in ((0, 0, 1), (1, 0, 1), (1, 1, 1), (1, 3, 5), (5, 1, 5), (40, 4, 10)):
    solved(office_round(*size, 0))
for seed in range(3):
    solved(community_round(120, 12, 5, seed))
solved(office_round(120, 12, 5, 1, national=True))
rnd, plan = solved(office_round(60, 8, 5, 2))
pins = tuple(Pin(client=pair.client, assistant=pair.assistant) for pair in plan.pairs[:9])
solve(replace(rnd, pins=pins), Stop(time_limit=60))
rnd, plan = solved(office_round(700, 70, 10, 0, national=True), 15)
pins = (Pin(client=plan.pairs[0].client, assistant=plan.pairs[0].assistant),)
solve(replace(rnd, pins=pins), Stop(time_limit=15), before=(rnd, plan))
"""


@pytest.mark.long
@pytest.mark.timeout(1200)  # a minute and a half, or on a busy machine some
def test_no_round_waits_for_the_compiler(tmp_path: Path) -> None:
    run(tmp_path, "-m", "matcher.beforehand")
    ready = kept(tmp_path)
    assert {name for name in ready if name.endswith(".nbi")} == written()
    run(tmp_path, "-c", ROUNDS)
    assert kept(tmp_path) == ready


def run(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)


def kept(folder: Path) -> set[str]:
    """What is compiled: an index for each function, and a file for each kind of arguments it takes."""
    return {path.name for path in folder.rglob("*.nb[ic]")}


def written() -> set[str]:
    """The index of each function that is written to be compiled, named by its file and its first line."""
    python = f"py{sys.version_info.major}{sys.version_info.minor}"
    return {
        f"{path.stem}.{function.name}-{function.decorator_list[0].lineno}.{python}.nbi"
        for path in (ROOT / "matcher").rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef) and {"compiled", "lean", "inner"} & {
            name.id for name in function.decorator_list if isinstance(name, ast.Name)
        }
    }
