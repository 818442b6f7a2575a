"""Two ways to one answer side by side, of which the one that takes less work wins.

Work is counted, not timed: who wins, and with it the plan, is the same on any machine and under any load.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


@dataclass
class Lane:
    """What one way has done so far, and whether it can still win.

    Attributes
    ----------
    place
        0 or 1: of ways that take the same work, the first wins.
    work
        What was done on the way.
    total
        What it took, once there is an answer, with what the first way had done before the second began.
    """

    track: _Track
    place: int
    work: float = 0.0
    total: float | None = None

    def go_on(self, work: float) -> bool:
        """Note how much work is done; tell whether the other way has not won with less."""
        self.work = work
        return not self.track.is_over and not self.track.lanes[1 - self.place].is_ahead(self)

    def invite(self) -> None:
        """Let the second way begin, if it has not."""
        if not self.track.begun.is_set():
            self.track.lead = self.work
            self.track.begun.set()

    @property
    def so_far(self) -> float:
        """The work done, with what the first way had done before this one began."""
        return self.work + self.track.lead * self.place

    def is_ahead(self, other: Lane) -> bool:
        """Tell whether there is an answer already for which less was done than on the other way so far."""
        return self.total is not None and (self.total, self.place) < (other.so_far, other.place)


@dataclass
class _Track:
    begun: Event = field(default_factory=Event)
    lead: float = 0.0
    is_over: bool = False
    lanes: tuple[Lane, ...] = ()


class Won(NamedTuple, Generic[T]):
    """The answer, and the place of the way that led to it."""

    place: int
    answer: T


def race(first: Callable[[Lane], T | None], second: Callable[[Lane], T | None]) -> Won[T] | None:
    """Go two ways at once, the second from when the first invites it; None where neither has an answer.

    A way ends with None where it cannot win any more, or gives up.
    """
    track = _Track()
    track.lanes = Lane(track, 0), Lane(track, 1)

    def go(lane: Lane, way: Callable[[Lane], T | None]) -> Won[T] | None:
        answer = way(lane)
        if answer is None:
            return None
        lane.total = lane.so_far
        return Won(lane.place, answer)

    def follow() -> Won[T] | None:
        track.begun.wait()
        return None if track.is_over else go(track.lanes[1], second)

    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(follow)
        try:
            one = go(track.lanes[0], first)
            track.is_over = not track.begun.is_set()
        except BaseException:
            track.is_over = True
            raise
        finally:
            track.begun.set()
        two = following.result()
    return two if two is not None and (one is None or track.lanes[1].is_ahead(track.lanes[0])) else one
