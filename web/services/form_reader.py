"""Reading the fields of a form, with what is wrong with them in words."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time

from werkzeug.datastructures import MultiDict

from web.i18n import gettext as _

Form = MultiDict[str, str]


@dataclass
class Reader:
    """Reads the fields of one form and collects what is wrong with them."""

    form: Form
    faults: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """A field's text without the spaces around it."""
        return self.form.get(name, "").strip()

    def whole(self, name: str) -> int | None:
        """A whole number, or None where nothing is written."""
        text = self.text(name)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text):
            self.faults[name] = _("Write a whole number.")
            return None
        return int(text)

    def minutes(self, name: str) -> int | None:
        """Hours as minutes: "7.5" and "7,5" are 450."""
        text = self.text(name).replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", text):
            self.faults[name] = _("Write hours like 16 or 7.5.")
            return None
        return round(float(text) * 60)

    def day(self, name: str) -> date | None:
        """A day as browsers send it."""
        text = self.text(name)
        try:
            # fromisoformat() alone reads week dates too, and times with a zone.
            if text and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                raise ValueError(text)
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.faults[name] = _("Write a day like 2026-12-31.")
            return None

    def time(self, name: str) -> time | None:
        """A time of day; 24:00 is midnight at the end of the day."""
        text = self.text(name)
        try:
            if text and not re.fullmatch(r"\d\d:\d\d", text):
                raise ValueError(text)
            return time.fromisoformat("00:00" if text == "24:00" else text) if text else None
        except ValueError:
            self.faults[name] = _("Write a time like 09:30.")
            return None

    def rows(self, prefix: str) -> list[int]:
        """The numbers of the rows that a form holds under `prefix`."""
        pattern = re.compile(re.escape(prefix) + r"-([0-9]{1,3})-\w+")
        return sorted({int(match[1]) for name in self.form if (match := pattern.fullmatch(name))})
