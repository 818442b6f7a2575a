"""What a level may cost over bundles before single appointments are tried, beside or instead."""

from __future__ import annotations

from typing import NamedTuple


class Budget(NamedTuple):
    """Costs where a master, with its pricing, costs 1.

    Attributes
    ----------
    slow
        From where on HiGHS tries single appointments beside.
    most
        Where the level is left to HiGHS alone.
    step
        What a step of HiGHS counts.
    """

    slow: float
    most: float
    step: float


OF_PAIRS = Budget(slow=60.0, most=600.0, step=8.0)
# Where numbers of clients count, prices are high, and what is not proven at once takes very long.
OF_NUMBERS = Budget(slow=20.0, most=300.0, step=4.0)
