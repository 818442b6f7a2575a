"""What the command line says of a database that cannot be used."""
from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.postgresql import PostgreSQL
from tests.web.settings import make_settings
from web import create_app
from web.models import db


def upgrade(url: str) -> tuple[int, str]:
    app: Flask = create_app(make_settings(url))
    result = app.test_cli_runner().invoke(args=["upgrade-database"])
    with app.app_context():
        db.engine.dispose()
    return result.exit_code, result.output


def test_a_database_that_cannot_hold_every_name_is_refused(postgresql: PostgreSQL) -> None:
    url = postgresql.create(encoding="SQL_ASCII")
    assert upgrade(url) == (1, (
        "Error: Nothing was changed: The database has the encoding SQL_ASCII, which cannot hold every name. "
        "Create it anew: createdb --template template0 --encoding UTF8\n"))
    postgresql.drop(url)


@pytest.mark.parametrize("url", [
    "sqlite:///{folder}/folder", "postgresql://mira:secret@localhost:1/saputnik"])
def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path, url: str) -> None:
    (tmp_path / "folder").mkdir()
    code, said = upgrade(url.format(folder=tmp_path))
    assert (code, said.startswith("Error: Nothing was changed: The database cannot be opened: ")) == (1, True)
    assert "secret" not in said
