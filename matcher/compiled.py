"""Python compiled by numba, once for each machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit, types

F = TypeVar("F", bound=Callable[..., object])
_compile: Any = njit
_types: Any = types


def compiled(function: F) -> F:
    """Compile a function at its first call, and keep the result beside its file or in the user's cache.

    Where neither can be written, it is compiled anew in each process.
    """
    return _kept(function)


# No counting of who still holds an array: where many are handed from one small function to the next,
# that takes longer than the work. Such a function can make no arrays of its own, and a part of an array that
# it returns is good only while its caller holds the whole.
_LEAN = {"_nrt": False}
# Nothing to be called by Python: that way in takes most of the time to compile. A part of its callers: to
# hand some twenty tables over takes far longer than most of what is done with them.
_INNER = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}


def lean(function: F) -> F:
    """Compile a function that makes no arrays of its own."""
    return _kept(function, **_LEAN)


def inner(function: F) -> F:
    """Compile a function that makes no arrays of its own, and is called by compiled ones alone."""
    return _kept(function, **_LEAN, **_INNER)


def _kept(function: F, **options: bool) -> F:
    # Whoever waits hears of progress meanwhile.
    options["nogil"] = True
    try:
        kept: F = _compile(cache=True, **options)(function)
    except RuntimeError:
        kept = _compile(**options)(function)
    _take_any_integer(kept)
    return kept


def _take_any_integer(kept: Any) -> None:
    """Let compiled code call a function as it is for every integer.

    Otherwise numba compiles it again for each 0, 1 and -1 that it is called with, and for shorter integers.
    """
    template = kept.get_call_template

    def widened(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return template(tuple(map(_wide, args)), {name: _wide(kind) for name, kind in kws.items()})

    kept.get_call_template = widened


def _wide(kind: Any) -> Any:
    kind = _types.unliteral(kind)
    return _types.int64 if isinstance(kind, _types.Integer) and kind.signed else kind
