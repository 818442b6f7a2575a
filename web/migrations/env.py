"""Alembic's entry: runs in the transaction that `web.schema` has opened."""
from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from web.models import Base, PlainText, UtcDateTime


def _render_item(kind: str, item: object, autogenerate: AutogenContext) -> str | Literal[False]:
    # A migration that was released must not change with the models' types.
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return "sa.String()" if isinstance(item, PlainText) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    # With the explicit BEGIN of `web.database`, SQLite undoes DDL too: a kill leaves the old schema.
    transactional_ddl=True,
    compare_server_default=True,
    render_item=_render_item,
)
with context.begin_transaction():
    context.run_migrations()
