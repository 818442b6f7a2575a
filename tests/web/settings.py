"""Settings for tests: the shipped defaults, with what a test wants different."""
from __future__ import annotations

from dataclasses import replace
from typing import Any

from web.settings import Settings, load_settings

SECRET = "a secret of at least thirty-two letters for tests"


def make_settings(database: str, **fields: Any) -> Settings:
    """Build the default settings with a database of their own, given by its URL."""
    settings = load_settings({"SAPUTNIK_SECRET_KEY": SECRET})
    return replace(settings, **{"database_url": database, **fields})
