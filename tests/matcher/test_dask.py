"""A Dask cluster of two processes: the same plan, also if one of them is killed at work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.matcher.test_apart import offices

pytestmark = pytest.mark.long
ROOT = Path(__file__).parent.parent.parent
# In a process of its own: what it starts and warns of stays there.
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        pids = [nanny.pid for nanny in cluster.workers.values()]
        print(cluster.scheduler_address, *pids, flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of a scheduler, and the process ids of its two workers."""
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        address, *pids = process.stdout.readline().split()
        yield address, [int(pid) for pid in pids]
        process.communicate(timeout=60)


@pytest.fixture
def solved(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Solve a round of six offices from the command line; the plan, but for its seconds."""
    document = tmp_path / "round.json"
    rnd = offices(360, 42)
    rnd["policy"]["levels"] = ["served"]
    document.write_text(json.dumps(rnd), encoding="utf-8")

    def run(*options: str, meanwhile: Callable[[], None] = lambda: None) -> dict[str, Any]:
        output = tmp_path / "plan.json"
        command = [sys.executable, "-m", "matcher", "solve", str(document), "-o", str(output), *options]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            meanwhile()
            _, told = process.communicate(timeout=120)
        assert (process.returncode, told) == (0, "")
        plan: dict[str, Any] = json.loads(output.read_bytes())
        plan["solver"].pop("seconds")
        return plan

    return run


def test_a_cluster_makes_the_plan_that_one_process_makes(
    cluster: tuple[str, list[int]], solved: Callable[..., dict[str, Any]]
) -> None:
    assert solved("--dask", cluster[0]) == solved()


def test_a_worker_that_is_killed_at_work_changes_nothing(
    cluster: tuple[str, list[int]], solved: Callable[..., dict[str, Any]]
) -> None:
    address, pids = cluster

    def kill() -> None:
        # As soon as it works: a second of its processor's time is more than it needs to start.
        begun = cpu(pids[0])
        while cpu(pids[0]) < begun + 1.0:
            time.sleep(0.1)
        os.kill(pids[0], signal.SIGKILL)

    assert solved("--dask", address, meanwhile=kill) == solved()


def cpu(pid: int) -> float:
    """How many seconds a process has worked."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("address", ["nonsense://here", "nonsense", "tls://127.0.0.1:1"])
def test_what_is_no_address_of_a_cluster_is_told_in_a_line(tmp_path: Path, address: str) -> None:
    """By the whole program: Dask's half-made client complains when Python forgets it."""
    document = tmp_path / "round.json"
    document.write_text(json.dumps(offices(6, 6)), encoding="utf-8")
    command = [sys.executable, "-m", "matcher", "solve", str(document), "--dask", address]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert done.stderr.startswith(f"--dask: cannot reach {address}: ")
    assert done.stderr.endswith("; give the address of a running scheduler\n")
