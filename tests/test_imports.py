"""Who may know whom: the layers of CONTRIBUTING.md, kept true by reading every import."""
from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MATCHER_NEEDS = {"numpy", "numba", "ortools", "highspy", "matcher"}
FOUNDATION = {"settings", "database", "i18n", "schema"}  # what every layer but the pure ones may use
MAY_IMPORT = {
    "views": {"views", "services", "render", "reading", "models", "security", "sessions"},
    "jobs": {"jobs", "services", "render", "reading", "models"},
    "cli": {"cli", "jobs", "services", "render", "reading", "models"},
    "services": {"services", "render", "reading", "models"},
    "security": {"services", "models", "sessions"},
    "sessions": {"models"},
    "render": {"render", "models"},
    "models": {"models"},
}
CLOCK = {"now", "today", "utcnow", "time", "time_ns"}  # measuring how long something takes is another thing
MAY_READ_THE_CLOCK = {"views", "jobs", "cli", "sessions", "demo"}


def files(package: str) -> list[Path]:
    """Every Python file of a package, by its path from the root."""
    return sorted(path.relative_to(ROOT) for path in (ROOT / package).rglob("*.py"))


@cache
def parts(path: Path) -> list[ast.AST]:
    """All that a file consists of."""
    return list(ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also within its functions."""
    for node in parts(path):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the whole name of the module"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def layer(path: Path) -> str:
    """The layer of a file under web/: its folder, or the file itself."""
    return path.parts[1].removesuffix(".py")


@pytest.mark.parametrize("path", files("matcher"), ids=str)
def test_the_matcher_needs_nothing_but_numbers(path: Path) -> None:
    needed = {name.split(".")[0] for name in imports(path)}
    optional = {"distributed"} if path.name == "executors.py" else set()
    assert needed <= MATCHER_NEEDS | optional | sys.stdlib_module_names, path


@pytest.mark.parametrize("path", files("web"), ids=str)
def test_a_layer_knows_only_the_layers_below_it(path: Path) -> None:
    own = {name.split(".")[1] for name in imports(path) if name.startswith("web.")}
    if layer(path) in MAY_IMPORT:
        assert own <= MAY_IMPORT[layer(path)] | FOUNDATION, path
    if layer(path) == "reading":
        assert own <= {"reading", "i18n"}, path


@pytest.mark.parametrize("path", files("web"), ids=str)
def test_only_services_call_the_matcher(path: Path) -> None:
    called = [name for name in imports(path) if name.split(".")[0] == "matcher"]
    assert layer(path) == "services" or called == [], path


@pytest.mark.parametrize("path", files("web"), ids=str)
def test_only_views_jobs_and_commands_read_the_clock(path: Path) -> None:
    if layer(path) in MAY_READ_THE_CLOCK:
        return
    read = [f"{path}:{node.lineno}" for node in parts(path)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK
            and isinstance(node.func.value, ast.Name) and node.func.value.id in {"datetime", "date", "time"}]
    assert read == []
