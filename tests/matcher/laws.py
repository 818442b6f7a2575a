"""How laws are tried: the same rounds at every run, few every day and many in the long tests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

Document = dict[str, Any]

everyday_and_long = pytest.mark.parametrize("examples", [10, pytest.param(150, marks=pytest.mark.long)])


def tenfold(everyday: int) -> pytest.MarkDecorator:
    """So many examples every day, and ten times as many in the long tests."""
    return pytest.mark.parametrize(
        "examples", [everyday, pytest.param(10 * everyday, marks=pytest.mark.long)]
    )


def seeds(everyday: int, long: int) -> list[Any]:
    """Every day the first seeds, in the long tests the rest of them, for `parametrize`."""
    return [*range(everyday), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(everyday, long))]


def lawful(examples: int) -> settings:
    """So many rounds, drawn alike at every run: what fails here fails again."""
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def copied(document: Document) -> Document:
    """Return a document that shares nothing with this one."""
    copy: Document = json.loads(json.dumps(document))
    return copy
