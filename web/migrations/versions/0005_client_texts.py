"""An office's own words for what the application says to clients."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"],
                                name=op.f("fk_client_texts_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_texts")),
        sa.UniqueConstraint("office_id", "language", "sentence",
                            name=op.f("uq_client_texts_office_id_language_sentence")),
    )
    op.create_index(op.f("ix_client_texts_office_id"), "client_texts", ["office_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_client_texts_office_id"), "client_texts")
    op.drop_table("client_texts")
