"""Mails that come back, and the mailbox that clients answer to."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Mails of before carry no such address: they are known by their Message-ID when they come back.
    op.add_column("messages", sa.Column("return_hash", sa.String(), nullable=True))
    op.create_index(op.f("ix_messages_return_hash"), "messages", ["return_hash"])
    op.create_table(
        "incoming_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mails")),
        sa.UniqueConstraint("mailbox", "uidvalidity", "uid",
                            name=op.f("uq_incoming_mails_mailbox_uidvalidity_uid")),
    )
    op.create_index(op.f("ix_incoming_mails_digest"), "incoming_mails", ["digest"])
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
        sa.UniqueConstraint("name", name=op.f("uq_mailboxes_name")),
    )


def downgrade() -> None:
    op.drop_table("mailboxes")
    op.drop_table("incoming_mails")
    op.drop_index(op.f("ix_messages_return_hash"), "messages")
    op.drop_column("messages", "return_hash")
