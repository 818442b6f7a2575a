"""Python compiled by numba, once for each machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., object])
_compile: Any = njit


def compiled(function: F) -> F:
    """Compile a function at its first call, and keep the result beside its file or in the user's cache.

    Where neither can be written, it is compiled anew in each process.
    """
    try:
        kept: F = _compile(cache=True)(function)
    except RuntimeError:
        kept = _compile()(function)
    return kept
