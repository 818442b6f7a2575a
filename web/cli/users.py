"""Commands for offices and their coordinators' accounts."""
from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click
from flask.cli import with_appcontext

from web import schema
from web.models import Office, db
from web.services import accounts, office
from web.services.errors import InvalidInputError, ServiceError

password_stdin = click.option("--password-stdin", is_flag=True,
                              help="Read the password from the first line of standard input.")


def _with_database(command: Callable[..., None]) -> Callable[..., None]:
    """Refuse a database without tables, and show what a service refuses without a traceback."""
    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            schema.require_newest(db.engine)
            command(*args, **kwargs)
        except InvalidInputError as error:
            raise click.ClickException("\n".join(
                f"--{field.replace('_', '-')}: {fault}" for field, fault in error.faults.items())) from error
        except (ServiceError, schema.WrongSchemaError) as error:
            raise click.ClickException(str(error)) from error
    return with_appcontext(run)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password (at least 15 characters)", hide_input=True,
                            confirmation_prompt="The same password again"))


@click.command("create-office")
@click.argument("name")
@click.option("--public-name", default="", help="What mails show; nothing in it may tell of asylum.")
@_with_database
def create_office(name: str, public_name: str) -> None:
    """Create an office called NAME."""
    created = office.create_office(name=name, public_name=public_name, now=datetime.now(UTC))
    click.echo(f"Office {created.name} is created.")


@click.command("create-user")
@click.option("--email", prompt="E-mail address", help="The address to sign in with.")
@click.option("--name", prompt="Name", help="The coordinator's name.")
@click.option("--office", "office_name", default="",
              help="The office's name. Without any office yet, it is created under this name.")
@click.option("--public-name", default="", help="What mails show for an office that is created here.")
@password_stdin
@_with_database
def create_user(email: str, name: str, office_name: str, public_name: str, *, password_stdin: bool) -> None:
    """Create a coordinator's account."""
    now = datetime.now(UTC)
    chosen = _office(office_name)
    password = _password(password_stdin)
    if chosen is None:
        faults = accounts.faults_of_new(email=email, name=name, password=password, office_name=office_name)
        if faults:
            raise InvalidInputError(faults)
        chosen = office.create_office(name=office_name, public_name=public_name, now=now)
        click.echo(f"Office {chosen.name} is created.")
    user = accounts.create_user(office=chosen, email=email, name=name, password=password, now=now)
    click.echo(f"{user.email} can sign in to {chosen.name}.")


def _office(name: str) -> Office | None:
    """Find the office meant; None: there is none yet and `name` is to be the first."""
    offices = office.all_offices()
    if not offices and not name:
        raise click.ClickException("There is no office yet. Say what it is called: --office NAME")
    if not offices:
        return None
    if not name and len(offices) == 1:
        return offices[0]
    for found in offices:
        if found.name == name:
            return found
    known = ", ".join(repr(found.name) for found in offices)
    raise click.ClickException(
        f"--office: choose one of {known}, or create one first: flask create-office NAME")


@click.command("deactivate-user")
@click.argument("email")
@_with_database
def deactivate_user(email: str) -> None:
    """End the account EMAIL and all of its sessions."""
    user = accounts.deactivate_user(email=email, now=datetime.now(UTC))
    click.echo(f"{user.email} cannot sign in any more and is signed out everywhere.")


@click.command("reset-password")
@click.argument("email")
@password_stdin
@_with_database
def reset_password(email: str, *, password_stdin: bool) -> None:
    """Give the account EMAIL a new password and end all of its sessions."""
    if accounts.find(email) is None:
        raise click.ClickException(f"There is no account with the address {email}.")
    user = accounts.reset_password(email=email, new=_password(password_stdin), now=datetime.now(UTC))
    click.echo(f"{user.email} has a new password.")


commands = [create_office, create_user, deactivate_user, reset_password]
