"""Words that tell why somebody came: they must not stand in what a mail or a calendar shows."""
from __future__ import annotations

import re
from collections.abc import Iterable

# In the languages of pages and mails, beginning with the ones in Latin letters.
_REVEALING = re.compile(
    r"asyl|asile|azil|asil|refug|réfugi|flüchtling|izbegl|izbjegl|migra|displaced|deport|unhcr"
    r"|sığınma|mülteci|iltica|göçmen|penaber|penaxwaz|koçber|impunzi|ubuhungiro|mkimbizi|wakimbizi|qaxooti"
    r"|magangelyo|لجوء|لاجئ|مهاجر|پناه|کډوال|پناہ|مہاجر|پەناب|پەناه|کۆچبەر|ስደተ|ዑቕባ"
    r"|азил|избегл|мигра|убежищ|бежен|притулк|притулок|біжен|мігра", re.IGNORECASE)


def revealing_word(texts: Iterable[str]) -> str | None:
    """The first word of `texts` that tells too much, as it stands there."""
    for text in texts:
        for word in text.split():
            if _REVEALING.search(word):
                return word
    return None
