"""Finding what a name stands for among known names, without guessing."""
from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from web.reading.folding import key, words

CLOSE = 0.8  # how alike two spellings are before one is offered for the other


@dataclass(frozen=True)
class Names:
    """Known names with what they stand for, and how each thing is called on the page.

    Parameters
    ----------
    codes : mapping of folded name to the codes it may stand for
    titles : mapping of code to its name in the reader's language
    """

    codes: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    _near: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def find(self, text: str) -> tuple[str, ...]:
        """The codes that this name stands for: none, one, or several."""
        return self.codes.get(key(text), ())

    def near(self, text: str) -> tuple[str, ...]:
        """Up to three codes whose names are spelt much like this."""
        folded = key(text)[:60]
        if folded not in self._near:
            # Of three letters, every other name is a near miss.
            close = difflib.get_close_matches(folded, self.codes, 5, CLOSE) if len(folded) > 3 else []
            self._near[folded] = tuple(dict.fromkeys(code for name in close for code in self.codes[name]))[:3]
        return self._near[folded]

    def containing(self, text: str) -> tuple[str, ...]:
        """The codes whose names have all these words and more: "Arabic" of "Arabic (Iraqi)"."""
        said = set(words(text))
        if not said:
            return ()
        return tuple(dict.fromkeys(code for name, codes in self.codes.items()
                                   if said < set(name.split()) for code in codes))

    def title(self, code: str) -> str:
        """How the page calls this."""
        return self.titles.get(code, code)


def make_names(spellings: Iterable[tuple[str, str]], titles: Mapping[str, str]) -> Names:
    """Names from pairs of (name as written somewhere, code); one name may stand for several codes."""
    codes: dict[str, tuple[str, ...]] = {}
    for name, code in spellings:
        folded = key(name)
        if folded and code not in codes.get(folded, ()):
            codes[folded] = (*codes.get(folded, ()), code)
    return Names(codes, titles)

