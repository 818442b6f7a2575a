"""A matching round: its dates, who is left out, what was fixed by hand, and each plan it had."""
from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from web.models.base import Base, OfficeRow
from web.models.leased import Leased

if TYPE_CHECKING:
    from web.models.user import User


class Round(OfficeRow, Base):
    """A round from its first to its last day."""

    __tablename__ = "rounds"
    title: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft")  # draft, published, discarded
    # The plan that the coordinator looks at and that publishing takes; None: not solved yet.
    plan_id: Mapped[int | None] = mapped_column(
        ForeignKey("plan_versions.id", use_alter=True, ondelete="SET NULL"))
    excluded_clients: Mapped[list[str]] = mapped_column(default=list)  # codes left out by hand
    excluded_assistants: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]  # published or discarded
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    ended_by: Mapped[User | None] = relationship(foreign_keys=[ended_by_id])
    plan: Mapped[PlanVersion | None] = relationship(foreign_keys=[plan_id], post_update=True)
    versions: Mapped[list[PlanVersion]] = relationship(
        foreign_keys="PlanVersion.round_id", order_by="PlanVersion.number", cascade="all, delete-orphan")
    pins: Mapped[list[RoundPin]] = relationship(cascade="all, delete-orphan", order_by="RoundPin.id")
    bans: Mapped[list[RoundBan]] = relationship(cascade="all, delete-orphan", order_by="RoundBan.id")


class PlanVersion(OfficeRow, Base):
    """A plan of a round, with the very document that was solved (r4r-round/1 and r4r-plan/1)."""

    __tablename__ = "plan_versions"
    __table_args__ = (UniqueConstraint("round_id", "number"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    made_by: Mapped[str]  # "solver" or "hand"
    created_at: Mapped[datetime]
    # When the rows were read that the round document was made of; a hand's change keeps it.
    read_at: Mapped[datetime]
    # Whole rounds are long: loaded only where they are looked at.
    round_document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    plan_document: Mapped[dict[str, Any]] = mapped_column(deferred=True)


class RoundPin(OfficeRow, Base):
    """This client with this assistant, perhaps for this need at this time."""

    __tablename__ = "round_pins"
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistants.id", ondelete="CASCADE"))
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    start: Mapped[str | None]  # local wall clock, YYYY-MM-DDTHH:MM, with need_id


class RoundBan(OfficeRow, Base):
    """Not this client with this assistant, in this round."""

    __tablename__ = "round_bans"
    __table_args__ = (UniqueConstraint("round_id", "client_id", "assistant_id"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistants.id", ondelete="CASCADE"))


class SolveRun(Leased, Base):
    """One press of Solve. Progress: [{"level": "served", "value": 41, "bound": 41, "seconds": 0.4}, …]."""

    __tablename__ = "solve_runs"
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"), index=True)
    # Pins that cannot all hold: [{"pins": [{"client": "C1", "assistant": "A2", …}], "code": "overlap"}]
    conflicts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan_versions.id", ondelete="SET NULL"))


class Question(Leased, Base):
    """What is asked about a version of a plan. Progress: [{"level": <kind>, "done": 3, "all": 12}]."""

    __tablename__ = "questions"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan_versions.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]  # fixes; alternatives, whatif, advice
    # By code: {"client": "C1"} of alternatives, {"pins": [["C1", "A2"]], "bans": []} of whatif.
    about: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What web/services/question_process.py sends; empty as long as there is none.
    result: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)
