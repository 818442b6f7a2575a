"""What a use case refuses, in words for the person who asked for it."""
from __future__ import annotations


class ServiceError(Exception):
    """Something a person asked for that cannot be done; `str()` is a translated sentence for them."""


class InvalidInputError(ServiceError):
    """Fields with faults: `faults` maps a field's name to what is wrong and what to write."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


class NotFoundError(ServiceError):
    """No such thing in this office: the same for what is missing and for what is another's."""


class ConflictError(ServiceError):
    """Somebody else was faster; says who did what."""
