"""What assistants do themselves: sign-in links, own calendars, sessions, mails to them."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None



def upgrade() -> None:
    op.create_table(
        "own_calendars",
        sa.Column("assistant_id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("busy", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assistant_id"], ["assistants.id"], ondelete="CASCADE",
                                name=op.f("fk_own_calendars_assistant_id_assistants")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"],
                                name=op.f("fk_own_calendars_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_calendars")),
    )
    op.create_index(op.f("ix_own_calendars_assistant_id"), "own_calendars", ["assistant_id"])
    op.create_index(op.f("ix_own_calendars_office_id"), "own_calendars", ["office_id"])
    op.create_index("ix_own_calendars_due", "own_calendars", ["next_read_at"])
    op.create_table(
        "sign_in_links",
        sa.Column("assistant_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assistant_id"], ["assistants.id"], ondelete="CASCADE",
                                name=op.f("fk_sign_in_links_assistant_id_assistants")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"],
                                name=op.f("fk_sign_in_links_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_links_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_links_assistant_id"), "sign_in_links", ["assistant_id"])
    op.create_index(op.f("ix_sign_in_links_office_id"), "sign_in_links", ["office_id"])
    for table in ("sessions", "messages"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("assistant_id", sa.Integer(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_{table}_assistant_id_assistants"), "assistants",
                                     ["assistant_id"], ["id"], ondelete="CASCADE")
            batch.create_index(op.f(f"ix_{table}_assistant_id"), ["assistant_id"])
            if table == "messages":
                batch.alter_column("appointment_id", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("notices") as batch:
        batch.add_column(sa.Column("assistant_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_notices_assistant_id_assistants"), "assistants", ["assistant_id"],
                                 ["id"], ondelete="CASCADE")
    with op.batch_alter_table("assistants") as batch:
        batch.add_column(sa.Column("first_name_in_feed", sa.Boolean(), nullable=False,
                                   server_default=sa.false()))
    # Calendars show what they showed before: until now the office alone decided.
    op.execute("UPDATE assistants SET first_name_in_feed ="
               " (SELECT first_name_in_feed FROM offices WHERE offices.id = assistants.office_id)")
    with op.batch_alter_table("assistants") as batch:
        batch.alter_column("first_name_in_feed", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("assistants") as batch:
        batch.drop_column("first_name_in_feed")
    # Mails to assistants, and notices about them, mean nothing to the program before.
    op.execute("DELETE FROM notices WHERE assistant_id IS NOT NULL")
    op.execute("DELETE FROM messages WHERE assistant_id IS NOT NULL")
    op.execute("DELETE FROM sessions WHERE assistant_id IS NOT NULL")
    with op.batch_alter_table("notices") as batch:
        batch.drop_constraint(op.f("fk_notices_assistant_id_assistants"), type_="foreignkey")
        batch.drop_column("assistant_id")
    for table in ("sessions", "messages"):
        with op.batch_alter_table(table) as batch:
            if table == "messages":
                batch.alter_column("appointment_id", existing_type=sa.Integer(), nullable=False)
            batch.drop_index(op.f(f"ix_{table}_assistant_id"))
            batch.drop_constraint(op.f(f"fk_{table}_assistant_id_assistants"), type_="foreignkey")
            batch.drop_column("assistant_id")
    op.drop_table("sign_in_links")
    op.drop_table("own_calendars")
