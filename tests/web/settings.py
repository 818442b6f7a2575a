"""Settings for tests: the shipped defaults, with what a test wants different."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from web.settings import Settings, load_settings

SECRET = "a secret of at least thirty-two letters for tests"


def make_settings(database: Path, **fields: Any) -> Settings:
    """Build the default settings with a database file of their own."""
    settings = load_settings({"SAPUTNIK_SECRET_KEY": SECRET})
    return replace(settings, **{"database_url": f"sqlite:///{database}", **fields})
