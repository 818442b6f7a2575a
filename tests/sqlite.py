"""SQLite's databases for the tests: files in a folder."""
from __future__ import annotations

import shutil
from pathlib import Path


class SQLite:
    """A folder with a file for each database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def create(self) -> str:
        """Make an empty database; return its URL."""
        self._made += 1
        return f"sqlite:///{self._folder / f'test{self._made}.db'}"

    def copy(self, url: str) -> str:
        """Make a database like one that nobody has open; return its URL."""
        made = self.create()
        shutil.copyfile(url.removeprefix("sqlite:///"), made.removeprefix("sqlite:///"))
        return made

    def drop(self, url: str) -> None:
        """Remove a database."""
        for path in self._folder.glob(f"{Path(url).name}*"):  # with its write-ahead log
            path.unlink()
