"""The parts of a round, solved one after the other here or several at once by any executor: to one plan."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from functools import partial

from matcher.clock import Clock
from matcher.plan import Plan
from matcher.plan_parts import Pair
from matcher.round import Round
from matcher.stop import Progress, Stop

Solve = Callable[[Round, Stop, Callable[[Progress], None] | None, tuple[Pair, ...]], Plan]
Report = Callable[[str, int, int], None]
# Seconds between two looks at the clock; kept for a plan to come back; waited for one that is late.
_LOOK, _RESERVE, _GRACE = 0.1, 0.1, 0.5


@dataclass
class Dispatch:
    """The parts of a round, the largest first, and what is known of each.

    Attributes
    ----------
    first
        The pairs of a plan of each to begin with.
    solve
        Solves one part; sent to the executor's workers, so it is a function of a module.
    stop
        As many parts are in the executor's hands at a time as it has workers. Whoever asks to stop
        is not heard there: parts that are not back then keep the plan they began with.
    executor
        Does the work; None is this process, one part after the other.
    kept
        Seconds of the limit that are not for the parts.
    plans, known
        Of the parts that are done, their plans; of each part the levels' values and bounds.
    """

    parts: Sequence[Round]
    first: Sequence[tuple[Pair, ...]]
    solve: Solve
    stop: Stop
    clock: Clock
    report: Report
    executor: Executor | None
    kept: float
    plans: dict[int, Plan] = field(init=False, default_factory=dict)
    known: list[dict[str, tuple[int, int]]] = field(init=False)
    told: dict[str, tuple[int, int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        served = self.parts[0].policy.levels[:1] == ("served",)
        self.known = [{} for _ in self.parts]
        for known, part, pairs in zip(self.known, self.parts, self.first, strict=True):
            if served:
                weight = sum(part.client(pair.client).weight for pair in pairs)
                known["served"] = weight, sum(client.weight for client in part.clients)

    def run(self) -> list[Plan]:
        """Solve every part; a worker that dies costs time and nothing else."""
        self._tell()
        if self.executor is not None:
            self._send(self.executor)
        missing = deque(n for n in range(len(self.parts)) if n not in self.plans)
        while missing:
            n = missing.popleft()
            stop = replace(self.stop, time_limit=self._share(n, missing, 1))
            self._learn(n, self.solve(self.parts[n], stop, partial(self._hear, n), self.first[n]))
        return [self.plans[n] for n in range(len(self.parts))]

    def _send(self, executor: Executor) -> None:
        """Keep the executor busy until all parts are back, or time is over, or it is broken."""
        waiting, running = deque(range(len(self.parts))), dict[Future[Plan], int]()
        while (waiting or running) and not self.clock.is_over(_GRACE):
            while waiting and len(running) < self.stop.workers:
                n = waiting.popleft()
                share = self._share(n, [*waiting, *running.values()], self.stop.workers)
                stop = replace(self.stop, time_limit=share, workers=1, cancelled=None)
                try:
                    running[executor.submit(self.solve, self.parts[n], stop, None, self.first[n])] = n
                except Exception:
                    # Each kind of executor has its own way to say that it is lost.
                    return
            for future in wait(running, timeout=_LOOK, return_when=FIRST_COMPLETED).done:
                n = running.pop(future)
                # Whatever ended it: a fault of ours is raised again where the part is solved here.
                if not future.cancelled() and future.exception() is None:
                    self._learn(n, future.result())
        for future in running:
            future.cancel()

    def _share(self, n: int, others: Iterable[int], workers: int) -> float | None:
        """Return how many seconds a part may take, so that all get theirs."""
        if self.stop.time_limit is None:
            return None
        own, more = self._size(n), sum(self._size(other) for other in others)
        left = max(0.0, self.clock.left - self.kept - _RESERVE)
        return min(left, left * workers * own / max(1, own + more))

    def _size(self, n: int) -> int:
        return len(self.parts[n].clients) + len(self.parts[n].assistants)

    def _learn(self, n: int, plan: Plan) -> None:
        self.plans[n] = plan
        self.known[n] = {level.level: (level.value, level.bound) for level in plan.levels}
        self._tell()

    def _hear(self, n: int, progress: Progress) -> None:
        if progress.value is not None and progress.bound is not None:
            self.known[n][progress.level] = progress.value, progress.bound
            self._tell()

    def _tell(self) -> None:
        """Report the sums of the first levels, as far as those before are proven in every part."""
        for level in self.parts[0].policy.levels:
            of_parts = [known[level] for known in self.known if level in known]
            if len(of_parts) < len(self.parts):
                return
            value, bound = (sum(numbers) for numbers in zip(*of_parts, strict=True))
            if self.told.get(level) != (value, bound):
                self.told[level] = value, bound
                self.report(level, value, bound)
            if value != bound:
                return
