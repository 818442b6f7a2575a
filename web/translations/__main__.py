"""`update`: collect what is to translate into the catalogues. `compile`: make them ready to be read."""
from __future__ import annotations

import sys

from web.translations.catalogues import compile_all, update_all

if __name__ == "__main__":
    deeds = {"update": update_all, "compile": compile_all}
    if len(sys.argv) != 2 or sys.argv[1] not in deeds:
        sys.exit("python -m web.translations update|compile")
    deeds[sys.argv[1]]()
