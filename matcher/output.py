"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from matcher.errors import MatcherError


class Unwritable(MatcherError):  # noqa: N818 - what it is, like BadRound and BadPlan
    """A path to which no output can go: which, why, and what to do."""


def check_writable(path: Path, *, sources: Sequence[Path]) -> None:
    """Refuse a path before hours of solving end at it; round and plan must not be written over."""
    target = Path(os.path.realpath(path))
    for name, source in zip(("round", "plan"), sources, strict=False):
        if target == Path(os.path.realpath(source)):
            raise Unwritable(f"cannot write {path}: it is the {name} itself; name another file")
    if target.exists() and not target.is_file():
        raise Unwritable(f"cannot write {path}: it is no ordinary file; name a file")
    try:
        temporary = _create(target)
    except OSError as error:
        raise _unwritable(path, error) from None
    temporary.unlink()


def make_folder(path: Path) -> None:
    """Make a folder for several files, or refuse it before hours of work end at it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        _create(Path(os.path.realpath(path)) / "report").unlink()
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise Unwritable(f"cannot write to {path}: {reason}; name a folder that you may write to") from None


def write(path: Path, data: bytes) -> None:
    """Write a file beside its place and move it there: readers see the old one or the new one."""
    target = Path(os.path.realpath(path))
    temporary = None
    try:
        temporary = _create(target)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise _unwritable(path, error) from None


def _create(target: Path) -> Path:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    temporary.touch(exist_ok=False)
    return temporary


def _unwritable(path: Path, error: OSError) -> Unwritable:
    reason = (error.strerror or "unknown error").lower()
    return Unwritable(f"cannot write {path}: {reason}; name a file in a folder that you may write to")
