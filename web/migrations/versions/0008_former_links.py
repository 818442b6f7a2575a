"""Answer links that have ended: what their mails had, and how often an appointment's was made anew."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("appointments") as batch:
        # 0: the secret is what it was before, so that every link in a mailbox stays valid.
        batch.add_column(sa.Column("link_generation", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("appointments") as batch:
        batch.alter_column("link_generation", existing_type=sa.Integer(), server_default=None)
    op.create_table(
        "former_links",
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], ondelete="CASCADE",
                                name=op.f("fk_former_links_appointment_id_appointments")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"],
                                name=op.f("fk_former_links_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_former_links_token_hash")),
    )
    op.create_index(op.f("ix_former_links_appointment_id"), "former_links", ["appointment_id"])
    op.create_index(op.f("ix_former_links_office_id"), "former_links", ["office_id"])


def downgrade() -> None:
    # The program before makes each appointment's first link, and no other: it must lead somewhere again.
    op.execute("UPDATE appointments SET token_hash = (SELECT token_hash FROM former_links"
               " WHERE former_links.appointment_id = appointments.id ORDER BY former_links.id LIMIT 1)"
               " WHERE link_generation > 0")
    op.drop_table("former_links")
    with op.batch_alter_table("appointments") as batch:
        batch.drop_column("link_generation")
