"""What a WSGI server is told when the application cannot start."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.web.settings import SECRET


def start(folder: Path, database: str, secret: str) -> tuple[int, str]:
    """Import wsgi.py as gunicorn does, with a database that has no table."""
    config = folder / "own.toml"
    config.write_text(f'[site]\ndatabase_url = "{database}"\n')
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=Path(__file__).parents[2], capture_output=True, text=True,
        check=False, env={**os.environ, "SAPUTNIK_CONFIG": str(config), "SAPUTNIK_SECRET_KEY": secret})
    return done.returncode, done.stderr


def test_a_database_without_tables_is_not_served(tmp_path: Path, database: str) -> None:
    assert start(tmp_path, database, SECRET) == (
        3, "Saputnik cannot start. The database is empty. Create its tables: flask upgrade-database\n")


def test_a_missing_secret_is_told_without_a_traceback(tmp_path: Path) -> None:
    code, said = start(tmp_path, "sqlite:///never.db", "")
    assert (code, said[:42], said.count("\n")) == (3, "Saputnik cannot start. SAPUTNIK_SECRET_KEY", 1)
