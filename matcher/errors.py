"""What can be wrong with what the matcher is given: what, where, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.plan_parts import Conflict


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a document, and how to put it right.

    Parameters
    ----------
    pointer
        JSON Pointer (RFC 6901) to the faulty value; empty for the whole document.
    message
        What is wrong there.
    remedy
        What would be right.
    """

    pointer: str
    message: str
    remedy: str

    def __str__(self) -> str:
        # A document may hold any character in a field's name; a fault still takes one line.
        line = f"{self.pointer or '(whole document)'}: {self.message}; {self.remedy}"
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


class MatcherError(Exception):
    """Anything that the matcher refuses."""


class _Faulty(MatcherError):  # noqa: N818 - what it is, like BadRound and BadPlan
    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class BadRound(_Faulty):
    """A round that breaks the rules of r4r-round/1: every fault of it."""


class BadPlan(_Faulty):
    """A document that is no r4r-plan/1: every fault of it."""


class BadScenario(_Faulty):
    """A document that says no year to simulate: every fault of it."""


class Contradicting(MatcherError):  # noqa: N818 - what the pins are
    """Pins that cannot all hold, where nothing can be said without a plan."""

    def __init__(self, conflicts: Iterable[Conflict]) -> None:
        self.conflicts: tuple[Conflict, ...] = tuple(conflicts)
        super().__init__("\n".join(f"{one.code}: {one.text}" for one in self.conflicts))
