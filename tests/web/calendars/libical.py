"""libical (Debian's libical3), the C library beneath Evolution, KOrganizer and others, called from tests."""
from __future__ import annotations

import ctypes
import ctypes.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

_HANDLE = ctypes.c_void_p


class _Time(ctypes.Structure):
    # struct icaltimetype of libical 3 (icaltime.h)
    _fields_ = [*((name, ctypes.c_int) for name in
                  ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")),
                ("zone", _HANDLE)]


_FUNCTIONS = {
    "icalparser_parse_string": (_HANDLE, [ctypes.c_char_p]),
    "icalcomponent_free": (None, [_HANDLE]),
    "icalcomponent_string_to_kind": (ctypes.c_int, [ctypes.c_char_p]),
    "icalproperty_string_to_kind": (ctypes.c_int, [ctypes.c_char_p]),
    "icalcomponent_get_first_component": (_HANDLE, [_HANDLE, ctypes.c_int]),
    "icalcomponent_get_next_component": (_HANDLE, [_HANDLE, ctypes.c_int]),
    "icalcomponent_get_dtstart": (_Time, [_HANDLE]),
    "icalcomponent_get_dtend": (_Time, [_HANDLE]),
    "icaltime_as_timet_with_zone": (ctypes.c_long, [_Time, _HANDLE]),
    "icalrestriction_check": (ctypes.c_int, [_HANDLE]),
    "icalcomponent_count_errors": (ctypes.c_int, [_HANDLE]),
    "icalcomponent_as_ical_string": (ctypes.c_char_p, [_HANDLE]),
}


@cache
def _library() -> ctypes.CDLL:
    name = ctypes.util.find_library("ical")
    if name is None:
        missing = "libical is missing: sh tests/system-packages.sh libical"
        if os.environ.get("CI"):
            raise RuntimeError(missing)
        pytest.skip(missing)
    library = ctypes.CDLL(name)
    for function, (result, arguments) in _FUNCTIONS.items():
        getattr(library, function).restype, getattr(library, function).argtypes = result, arguments
    return library


@contextmanager
def _parsed(octets: bytes) -> Iterator[int]:
    component = _library().icalparser_parse_string(octets)
    assert component is not None, "libical cannot read this at all"
    try:
        yield component
    finally:
        _library().icalcomponent_free(component)


def moments(octets: bytes) -> list[int]:
    """The start and end of each event, in seconds since 1970."""
    library = _library()
    kind = library.icalcomponent_string_to_kind(b"VEVENT")
    found = []
    with _parsed(octets) as component:
        event = library.icalcomponent_get_first_component(component, kind)
        while event:
            for time in (library.icalcomponent_get_dtstart(event), library.icalcomponent_get_dtend(event)):
                found.append(library.icaltime_as_timet_with_zone(time, time.zone))
            event = library.icalcomponent_get_next_component(component, kind)
    return found


def complaints(octets: bytes) -> list[str]:
    """What libical finds wrong with a file: its parser and its check of restrictions (RFC 5546, 3)."""
    library = _library()
    with _parsed(octets) as component:
        passed = library.icalrestriction_check(component)
        text = library.icalcomponent_as_ical_string(component).replace(b"\r\n ", b"").decode()
        found = [line for line in text.splitlines() if line.startswith("X-LIC-ERROR")]
        assert (passed == 1) == (not found), "the check failed without a word"
        assert library.icalcomponent_count_errors(component) == len(found)
    return found
