"""Numbers in addresses: ids of rows."""
from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1  # where a database's integers end


class RowId(IntegerConverter):
    """An id that a row may have: an address with a larger one leads nowhere, and no database is asked."""

    def __init__(self, map: Map, **rules: Any) -> None:
        super().__init__(map, **{"max": LARGEST_ID, **rules})
