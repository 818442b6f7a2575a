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


def lean(function: F) -> F:
    """Compile a function that makes no arrays of its own, and so need not count who still holds them.

    Where many arrays are handed from one small function to the next, counting takes longer than the work.
    """
    try:
        kept: F = _compile(cache=True, _nrt=False)(function)
    except RuntimeError:
        kept = _compile(_nrt=False)(function)
    return kept
