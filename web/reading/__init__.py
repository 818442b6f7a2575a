"""Text as people write it -> values. Pure: no rows, no clock, no request."""
from __future__ import annotations

from web.reading.result import Fault, Note, Option, Question, Reading, Value

__all__ = ["Fault", "Note", "Option", "Question", "Reading", "Value"]
