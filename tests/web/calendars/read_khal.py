"""Reads a calendar as khal does after vdirsyncer: run by the interpreter of `make programs`.

What each program does with the octets, without its files and its database, which `test_subscribing.py` goes
through for those moments that are near a change of clocks: there are too many for that here.
"""
from __future__ import annotations

import json
import sys

import pytz
from khal.icalendar import cal_from_ics, expand, sanitize
from khal.utils import to_unix_time
from vdirsyncer.vobject import split_collection

found = []
for item in split_collection(sys.stdin.buffer.read().decode()):
    for event in cal_from_ics(item).walk("VEVENT"):
        found += [to_unix_time(start) for start, _end in expand(sanitize(event, pytz.utc)) or ()]
json.dump(found, sys.stdout)
