"""Reminders and quiet hours are the office's; a stop switch; several reminders; SMS; counted departures."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ONCE = ["appointment_id", "revision", "recipient", "kind"]
# Each with what rows of before have meant all the time.
NEW = {
    "offices": [("reminder_hours", sa.JSON(), "'[24]'"), ("quiet_from", sa.Time(), "'21:00:00'"),
                ("quiet_to", sa.Time(), "'07:00:00'"), ("moves_at_once", sa.Boolean(), "false"),
                ("mails_stopped_at", sa.DateTime(timezone=True), None)],
    "clients": [("channel", sa.String(), "'mail'")],
    "messages": [("channel", sa.String(), "'mail'"), ("hours_ahead", sa.Integer(), "0")],
}


def upgrade() -> None:
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch:
            for name, kind, before in columns:
                batch.add_column(sa.Column(name, kind, nullable=before is None,
                                           server_default=sa.text(before) if before else None))
        with op.batch_alter_table(table) as batch:
            for name, _kind, before in columns:
                if before:
                    batch.alter_column(name, server_default=None)
    # What was a reminder was the one of a day before.
    op.execute("UPDATE messages SET hours_ahead = 24 WHERE kind = 'reminder'")
    with op.batch_alter_table("messages") as batch:
        batch.drop_constraint(f"uq_messages_{'_'.join(ONCE)}", type_="unique")
        batch.create_unique_constraint("once", [*ONCE, "hours_ahead"])
    op.create_table(
        "departures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departures")),
    )
    op.create_index("ix_departures_channel_at", "departures", ["channel", "at"])


def downgrade() -> None:
    op.drop_table("departures")
    with op.batch_alter_table("messages") as batch:
        batch.drop_constraint("once", type_="unique")
    # Before, there was one reminder and nothing but mails.
    op.execute("DELETE FROM messages WHERE channel <> 'mail' OR (kind = 'reminder' AND hours_ahead <> 24)")
    with op.batch_alter_table("messages") as batch:
        batch.create_unique_constraint(f"uq_messages_{'_'.join(ONCE)}", ONCE)
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch:
            for name, _kind, _before in columns:
                batch.drop_column(name)
