"""The plan that a round names is a plan, on PostgreSQL too.

Rounds and plans name each other, so that 0001 marked this key to be added once both tables are there. SQLite
took it with its table; on PostgreSQL nobody added it.
"""
from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = "fk_rounds_plan_id_plan_versions"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute("UPDATE rounds SET plan_id = NULL"
               " WHERE NOT EXISTS (SELECT 1 FROM plan_versions WHERE plan_versions.id = rounds.plan_id)")
    op.create_foreign_key(NAME, "rounds", "plan_versions", ["plan_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(NAME, "rounds", type_="foreignkey")
