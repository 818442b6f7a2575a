"""Offices and accounts from the command line."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from tests.web.conftest import NOW
from tests.web.settings import make_settings
from web import create_app, schema
from web.models import BrowserSession, Office, Topic, User, db
from web.services import passwords

PASSWORD = "four odd words here\n"


@contextmanager
def application(url: str) -> Iterator[Flask]:
    app = create_app(make_settings(url))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def bare(database: str) -> Iterator[Flask]:
    """An application on a database without a table."""
    with application(database) as app:
        yield app


@pytest.fixture
def empty(migrated: str) -> Iterator[Flask]:
    """An application on a database with tables and nothing in them."""
    with application(migrated) as app:
        yield app


@pytest.fixture
def cli(empty: Flask, cheap_passwords: None) -> FlaskCliRunner:
    """The command line on that."""
    return empty.test_cli_runner()


def run(cli: FlaskCliRunner, *args: str, stdin: str = PASSWORD) -> tuple[int, str]:
    result = cli.invoke(args=args, input=stdin)
    return result.exit_code, result.output


def new_user(cli: FlaskCliRunner, *args: str, stdin: str = PASSWORD) -> tuple[int, str]:
    return run(cli, "create-user", "--email", "ana@example.org", "--name", "Ana", "--password-stdin", *args,
               stdin=stdin)


def test_the_first_user_brings_the_first_office(empty: Flask, cli: FlaskCliRunner) -> None:
    assert new_user(cli, "--office", "Info Point") == (
        0, "Office Info Point is created.\nana@example.org can sign in to Info Point.\n")
    with empty.app_context():
        office = db.session.scalars(select(Office)).one()
        assert (office.public_name, office.levels[0], office.bridges) == ("Info Point", "served", None)
        topics = select(Topic.code).execution_options(all_offices=True)
        assert "bank-account" in db.session.scalars(topics).all()


def test_the_password_is_asked_twice_and_not_shown(cli: FlaskCliRunner) -> None:
    code, output = run(cli, "create-user", "--email", "ana@example.org", "--name", "Ana",
                       "--office", "Info Point", stdin=PASSWORD * 2)
    assert (code, "four odd words" in output) == (0, False)


def test_two_different_passwords_are_asked_for_again(cli: FlaskCliRunner) -> None:
    code, output = run(cli, "create-user", "--email", "ana@example.org", "--name", "Ana",
                       "--office", "Info Point", stdin=PASSWORD + "four even words here\n" + PASSWORD * 2)
    assert (code, "do not match" in output) == (0, True)


def test_without_an_office_its_name_is_asked_for(cli: FlaskCliRunner) -> None:
    assert new_user(cli) == (1, "Error: There is no office yet. Say what it is called: --office NAME\n")


def test_a_weak_password_makes_neither_user_nor_office(empty: Flask, cli: FlaskCliRunner) -> None:
    code, output = new_user(cli, "--office", "Info Point", stdin="short\n")
    assert (code, output.split(".")[0]) == (1, "Error: --password: Use at least 15 characters")
    with empty.app_context():
        assert db.session.scalars(select(Office)).all() == []


def test_an_office_is_not_called_in_mails_what_tells_of_asylum(cli: FlaskCliRunner) -> None:
    code, output = run(cli, "create-office", "Refugee Aid")
    assert (code, output.split(" ")[1]) == (1, "--public-name:")
    assert run(cli, "create-office", "Refugee Aid", "--public-name", "Info Point")[0] == 0


def test_of_several_offices_one_is_named(cli: FlaskCliRunner) -> None:
    run(cli, "create-office", "Belgrade")
    run(cli, "create-office", "Niš")
    assert new_user(cli) == (1, "Error: --office: choose one of 'Belgrade', 'Niš', or create one first: "
                                "flask create-office NAME\n")
    assert new_user(cli, "--office", "Niš") == (0, "ana@example.org can sign in to Niš.\n")


def test_the_same_address_or_office_twice_is_refused(cli: FlaskCliRunner) -> None:
    new_user(cli, "--office", "Info Point")
    assert new_user(cli) == (1, "Error: There is already an account with the address ana@example.org.\n")
    assert run(cli, "create-office", "Info Point") == (
        1, "Error: There is already an office called Info Point.\n")


def test_a_deactivated_user_is_signed_out_at_once(empty: Flask, cli: FlaskCliRunner) -> None:
    new_user(cli, "--office", "Info Point")
    with empty.app_context():
        db.session.add(BrowserSession(token_hash="x", data={}, user_id=1, office_id=1, created_at=NOW,
                                      last_seen_at=NOW))
        db.session.commit()
    assert run(cli, "deactivate-user", "Ana@example.org")[0] == 0
    with empty.app_context(), db.engine.connect() as connection:
        assert connection.scalars(select(User.active)).all() == [False]
        assert connection.scalars(select(BrowserSession.id)).all() == []


def test_a_password_is_reset(empty: Flask, cli: FlaskCliRunner) -> None:
    new_user(cli, "--office", "Info Point")
    answer = run(cli, "reset-password", "ana@example.org", "--password-stdin", stdin="other odd words too\n")
    assert answer == (0, "ana@example.org has a new password.\n")
    with empty.app_context(), db.engine.connect() as connection:
        assert passwords.verify("other odd words too", connection.scalar(select(User.password_hash)))


@pytest.mark.parametrize("command", ["deactivate-user", "reset-password"])
def test_an_unknown_account_is_named(cli: FlaskCliRunner, command: str) -> None:
    assert run(cli, command, "nobody@example.org") == (
        1, "Error: There is no account with the address nobody@example.org.\n")


def test_a_database_without_tables_says_what_to_run(bare: Flask) -> None:
    assert new_user(bare.test_cli_runner()) == (
        1, "Error: The database is empty. Create its tables: flask upgrade-database\n")


def test_the_schema_goes_up_and_down(bare: Flask) -> None:
    cli, newest = bare.test_cli_runner(), schema.newest_revision()
    assert [run(cli, *words.split()) for words in (
        "upgrade-database", "upgrade-database", "downgrade-database base --yes")] == [
        (0, f"Schema empty -> {newest}.\n"), (0, f"Schema {newest}: nothing to do.\n"),
        (0, "Schema empty.\n")]


def test_a_revision_that_does_not_exist_changes_nothing(bare: Flask) -> None:
    cli = bare.test_cli_runner()
    run(cli, "upgrade-database")
    code, output = run(cli, "downgrade-database", "nowhere", "--yes")
    assert (code, output[:26]) == (1, "Error: Nothing was changed")
