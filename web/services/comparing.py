"""What changed from one version of a plan to another."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from web.services.review import LevelRow, Meeting, PairRow, Review


@dataclass(frozen=True, kw_only=True)
class LevelChange:
    """One level in both versions."""

    before: LevelRow
    after: LevelRow

    @property
    def difference(self) -> int:
        """How much the later version gains; a gain is always better, on every level."""
        return (self.after.value or 0) - (self.before.value or 0)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One client for whom something changed."""

    before: PairRow | None
    after: PairRow | None

    @property
    def client_name(self) -> str:
        """Whose change it is."""
        row = self.after or self.before
        return row.client_name if row else ""

    @property
    def left(self) -> list[Meeting]:
        """Appointments that the later version no longer has, or has at another time or place."""
        return _only(self.before, self.after)

    @property
    def came(self) -> list[Meeting]:
        """Appointments that the earlier version did not have so."""
        return _only(self.after, self.before)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two versions, the earlier first."""

    levels: tuple[LevelChange, ...]
    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    reassigned: tuple[Change, ...]
    moved: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Whether everybody meets the same people at the same times."""
        return not (self.gained or self.lost or self.reassigned or self.moved)


def compare(before: Review, after: Review) -> Comparison:
    """Compare two versions of a round's plan, level by level and client by client."""
    old, new = ({row.client: row for row in one.pairs} for one in (before, after))
    levels = {row.level: row for row in before.levels}
    changes = [Change(before=old.get(code), after=new.get(code)) for code in sorted(old.keys() | new.keys())]

    def those(holds: Callable[[Change], bool]) -> tuple[Change, ...]:
        return tuple(sorted(filter(holds, changes), key=lambda one: one.client_name.casefold()))

    return Comparison(
        levels=tuple(LevelChange(before=levels[row.level], after=row) for row in after.levels
                     if row.level in levels),
        gained=those(lambda one: one.before is None),
        lost=those(lambda one: one.after is None),
        reassigned=those(lambda one: bool(one.before and one.after
                                          and one.before.assistant != one.after.assistant)),
        moved=those(lambda one: bool(one.before and one.after and one.before.assistant == one.after.assistant
                                     and (one.left or one.came))),
    )


def _only(these: PairRow | None, those: PairRow | None) -> list[Meeting]:
    known = {_key(one) for one in _meetings(those)}
    return [one for one in _meetings(these) if _key(one) not in known]


def _meetings(row: PairRow | None) -> tuple[Meeting, ...]:
    return row.meetings if row else ()


def _key(one: Meeting) -> tuple[object, ...]:
    return one.need, one.start, one.end, one.place
