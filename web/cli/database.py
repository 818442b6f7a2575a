"""Commands that bring the database's schema up and down."""
from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from web import schema
from web.models import db


@click.command("upgrade-database")
@with_appcontext
def upgrade_database() -> None:
    """Create the tables, or bring them to the schema of this program."""
    try:
        before = schema.present_revision(db.engine)
        schema.upgrade(db.engine)
    except Exception as error:
        raise click.ClickException(f"Nothing was changed: {error}") from error
    after = schema.present_revision(db.engine)
    click.echo(f"Schema {after}: nothing to do." if before == after
               else f"Schema {before or 'empty'} -> {after}.")


@click.command("downgrade-database")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def downgrade_database(revision: str, *, yes: bool) -> None:
    """Take the tables back to REVISION; "base" drops them all."""
    if not yes:
        click.confirm("What the older schema cannot hold is lost. Is there a copy of the database?",
                      abort=True)
    try:
        schema.downgrade(db.engine, revision)
    except Exception as error:
        raise click.ClickException(f"Nothing was changed: {error}") from error
    click.echo(f"Schema {schema.present_revision(db.engine) or 'empty'}.")


@click.command("write-migration")
@click.argument("revision")
@click.argument("message")
@with_appcontext
def write_migration(revision: str, message: str) -> None:
    """Write migration REVISION (e.g. 0002) from the database's schema to the models'."""
    path = schema.write_revision(db.engine, message, revision)
    click.echo(f"{path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}: "
               "read it, and add what Alembic does not see (CHECK constraints, data).")


commands = [upgrade_database, downgrade_database, write_migration]
