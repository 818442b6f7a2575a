"""Progress that whoever waits hears of every second, whatever the solver is busy with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event, Lock, Thread
from types import TracebackType

from matcher.clock import Clock
from matcher.stop import Progress

# Seconds after which the last progress is told again: what solves may be late in letting others run.
_SILENCE = 0.7


class Teller:
    """Hands progress on, and repeats the last where a second would pass in silence.

    The repetition comes from a thread of its own; it and the solver never call at the same time, and
    nothing is told after the end of the `with` block.
    """

    def __init__(
        self, clock: Clock, first: str | None, on_progress: Callable[[Progress], None] | None
    ) -> None:
        self._clock, self._on_progress = clock, on_progress
        self._last = None if first is None else Progress(first, None, None, 0.0)
        self._lock, self._ended, self._at = Lock(), Event(), 0.0
        self._thread = Thread(target=self._repeat, name="progress", daemon=True)

    def __enter__(self) -> Teller:
        if self._on_progress is not None and self._last is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def __call__(self, level: str, value: int | None, bound: int | None) -> None:
        """Tell a level's best value and bound so far."""
        with self._lock:
            self._tell(Progress(level, value, bound, self._clock.seconds))

    def _tell(self, progress: Progress) -> None:
        self._last, self._at = progress, progress.seconds
        if self._on_progress is not None:
            self._on_progress(progress)

    def _repeat(self) -> None:
        while not self._ended.wait(max(0.05, self._at + _SILENCE - self._clock.seconds)):
            with self._lock:
                if self._last is not None and self._clock.seconds >= self._at + _SILENCE:
                    self._tell(replace(self._last, seconds=self._clock.seconds))
