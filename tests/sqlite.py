"""SQLite's databases for the tests: files in a folder."""
from __future__ import annotations

import shutil
from pathlib import Path


class SQLite:
    """A folder with a file for each database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def create(self, template: str = "") -> str:
        """Make a database, empty or a copy of another one that nobody is connected to; return its URL."""
        self._made += 1
        path = self._folder / f"test{self._made}.db"
        if template:
            shutil.copy(_path(template), path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a database."""
        for path in self._folder.glob(f"{_path(url).name}*"):  # with its write-ahead log
            path.unlink()


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
